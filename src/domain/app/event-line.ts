/** What the command log says of an event. */
import { pauseSaid } from '../agents/pause.js';
import { trainSaid } from '../landing/landing.js';
import { callSaid } from '../platform/call.js';
import { plural } from '../platform/units.js';
import type { AppEvent, LogLine } from './events.js';

type Line = Omit<LogLine, 'at'>;
type Say<T extends AppEvent['type']> = (event: Extract<AppEvent, { type: T }>) => Line | undefined;

const info = (text: string): Line => ({ text, level: 'info' });
const line = (text: string, good: boolean): Line => ({ text, level: good ? 'info' : 'error' });

/** Such an event changes what is shown, and is no news to a reader. */
const silent = () => undefined;

const sayings: { [T in AppEvent['type']]: Say<T> } = {
  'call.ended': ({ call }) => ({ ...line(callSaid(call), call.ok), call: true }),
  'command.ended': ({ message, ok }) => (message ? line(message, ok) : undefined),
  'command.started': silent,
  'ground.found': silent,
  'lease.changed': silent,
  'merge.checked': ({ results, pairs = [] }) => {
    const bad = results.filter((result) => result.status === 'conflict').length;
    const collide = pairs.filter((pair) => pair.status === 'conflict').length;
    const among = collide > 0 ? `, ${plural(collide, 'pair')} of them would collide` : '';
    return info(`merge check: ${results.length} checked, ${bad} in conflict${among}`);
  },
  'merge.resolved': ({ report: { task, status, reason } }) =>
    line(`${task}: ${status}${reason ? `, ${reason}` : ''}`, status === 'resolved'),
  noted: ({ message, level }) => line(message, level !== 'error'),
  'registry.loaded': silent,
  'repo.opened': silent,
  'run.changed': silent,
  'run.ended': ({ run: { task, status, phase, error } }) =>
    line(`${task}: run ${status ?? phase}${error ? `, ${error.code}` : ''}`, status === 'completed'),
  'run.progressed': silent,
  'run.started': ({ run }) => info(`${run.task}: ${run.runner} started (${run.runId})`),
  'runners.missed': ({ missing }) => (missing ? info(missing.what) : undefined),
  'runners.paused': ({ pauses }) => (pauses.length > 0 ? info(pauses.map(pauseSaid).join('. ')) : undefined),
  'spend.counted': silent,
  'state.shared': silent,
  'task.landed': ({ report: { task, status, target, commit, reason } }) =>
    status === 'landed'
      ? info(`${task}: landed on ${target} as ${commit?.slice(0, 8)}`)
      : line(`${task}: not landed, ${reason ?? 'no reason given'}`, false),
  'task.moved': ({ task, from, to, reason }) =>
    info(`${task}: ${from} → ${to}${reason ? ` (${reason})` : ''}`),
  // What became of a single task has been said.
  'train.finished': ({ report }) => (report.oneByOne > 1 ? info(`landing: ${trainSaid(report)}`) : undefined),
  'train.started': silent,
  'train.tested': ({ tasks, checks, outcome }) => {
    const what = tasks.length === 0 ? 'the target alone' : `${tasks.length} merged`;
    return info(`landing: ${what}, checks ${outcome}${checks.length > 0 ? ` (${checks.join(', ')})` : ''}`);
  },
  'transcript.grew': ({ lines }) => (lines.length > 0 ? info(lines.join('\n')) : undefined),
  'transcript.matched': ({ hit }) => info(`${hit.run}: ${hit.line}`),
  'undo.offered': silent,
  'validation.finished': ({ task, verdict, summary }) =>
    line(`${task}: validation ${verdict}, ${summary}`, verdict === 'pass'),
  'validation.started': silent,
  'work.committed': ({ task, commit, files }) =>
    info(`${task}: committed ${commit.slice(0, 8)}, ${plural(files, 'file')}`),
  'work.began': silent,
  'work.ended': silent,
  'work.went': silent,
  'worktree.hydrated': ({ task, summary }) => info(`${task}: worktree ${summary}`),
  'worktree.removed': ({ task, rescue }) =>
    info(`${task}: worktree removed${rescue ? `, kept as ${rescue}` : ''}`),
  'worktrees.inspected': silent,
};

/** The command log's line for an event; undefined for events that are no news to a reader. */
export function describeEvent(event: AppEvent): Line | undefined {
  return (sayings[event.type] as (event: AppEvent) => Line | undefined)(event);
}
