/** Commands that start and stop the agent of one task, and settle what changed meanwhile. */
import { tasksBySlug } from '../../domain/app/lookups.js';
import { workOn, workUnderWay } from '../../domain/app/work.js';
import type { Settled } from '../../services/worktrees/index.js';
import { args, at, cliOnly, command, flag, list, taskArg } from '../define.js';
import { launchExit, launchLines, launchSaid, stopSaid } from '../launch-report.js';
import type { AnyCommand } from '../types.js';
import { notSettled } from './settled.js';

const runArgs = args({
  'task!': taskArg,
  wait: cliOnly(flag('wait until it is over')),
  land: flag('validate and land it when the agent is done'),
});

const run = command({
  id: 'task.run',
  fits: ['ready'],
  title: 'Run a task',
  summary: 'Start the agent of one task now.',
  args: runArgs,
  surfaces: ['cli', 'screen'],
  marks: 'each',
  streams: true,
  async run({ task, wait, land }, context) {
    const { runTask } = await context.services.app();
    return runTask(await context.trustedSession(), task, { wait: wait === true, land: land === true });
  },
  print: launchLines,
  said: launchSaid,
  exit: launchExit,
});

const retry = command({
  id: 'task.retry',
  settles: ['failed', 'input', 'checks failed'],
  when: ({ tasks }, { task }) => notSettled(tasks, task),
  title: 'Retry a task',
  summary: 'Start another attempt in the same worktree; earlier work stays.',
  args: runArgs,
  surfaces: ['cli', 'screen'],
  marks: 'each',
  streams: true,
  takesIn: true,
  async run({ task, wait, land }, context) {
    const { runTask } = await context.services.app();
    const options = { wait: wait === true, land: land === true, retry: true };
    return runTask(await context.trustedSession(), task, options);
  },
  print: launchLines,
  said: launchSaid,
  exit: launchExit,
});

interface Stopped {
  task: string;
  stopped: boolean;
  /** It was not running yet: only the wish to launch it was taken back. */
  withdrawn?: true;
  /** The process that drives is halted by a signal; it takes in what the run left when it goes on. */
  suspended?: number;
  /** Its run is over, and the process that drives is still busy with others. */
  collecting?: true;
}

const stop = command({
  id: 'task.stop',
  fits: ['working', 'queued'],
  part: 'stop',
  title: 'Stop a task',
  summary:
    'End the run of a task: interrupt, then terminate, then kill. Its work is kept. Or stop what is done for it.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  when({ tasks, works, given }, { task }) {
    const known = tasksBySlug(tasks).get(task ?? '');
    const idle = known && known.status !== 'running' && !known.launch && !given[known.slug];
    return idle && !workUnderWay(works, known.slug) ? 'The task is not running.' : true;
  },
  confirm({ task }, { works }) {
    const work = workUnderWay(works, task);
    return work ? `Stop ${workOn(work, task)}?` : `Stop the run of ${task}? What it wrote is kept.`;
  },
  async run({ task }, context): Promise<Stopped> {
    if (context.cancelWork?.(task)) return { task, stopped: true };
    const { stopTask } = await context.services.app();
    return stopTask(await context.session(), task);
  },
  said: ({ task, stopped, withdrawn, suspended, collecting }) =>
    stopSaid(
      stopped
        ? `Stopped ${task}.${collecting ? ' The process that drives commits what it left when it comes to it.' : ''}`
        : withdrawn
          ? `${task} is not launched any more.`
          : `${task} was not running.`,
      suspended,
    ),
});

const nextLine = (task: string, status: Settled['status']) =>
  status === 'done'
    ? `${task} is done: \`codex-agent task complete ${task}\` lands it.`
    : `${task} is ${status}.`;

const settledLines = ({ task, status, changes }: Settled): string[] =>
  changes.length === 0
    ? ['Nothing to put back: nothing that was found holds the task, or it is not there any more.']
    : [...changes.map(({ text, how }) => `${text.replace(/\.$/, '')}: ${how}`), nextLine(task, status)];

const accept = command({
  id: 'task.accept',
  title: 'Accept what changed',
  summary: 'Let stay what was found changed outside of a task; the task goes on.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  dryRun: 'honours',
  confirm: ({ task }) =>
    `Let stay what changed outside of ${task} while it ran? Its work goes on to landing.`,
  async run({ task }, context) {
    const { acceptTask } = await context.services.app();
    return acceptTask(await context.session(), task, { dryRun: context.flags.dryRun });
  },
  print: settledLines,
});

const restore = command({
  id: 'task.restore',
  title: 'Put back what changed',
  summary:
    'Put back what was found changed outside of a task, as it was before its last run; the task goes on.',
  args: args({
    'task!': taskArg,
    what: at(1, list('only these refs, paths or keys; default: what was found, and what went away', 'name')),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  dryRun: 'honours',
  confirm: ({ task, what }) =>
    `Put ${what?.length ? what.join(', ') : 'what was found changed, or gone,'} back to before the last run of ${task}?`,
  async run({ task, what }, context) {
    const { restoreTask } = await context.services.app();
    const only = what ? { only: what } : {};
    return restoreTask(await context.session(), task, { ...only, dryRun: context.flags.dryRun });
  },
  print: settledLines,
});

export const runCommands: readonly AnyCommand[] = [run, stop, retry, accept, restore];
