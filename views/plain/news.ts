/** What has changed, in a sentence each: for a person who reads or hears lines and sees no picture. Pure. */
import { type AttentionKind, attentionOf } from '../../src/domain/app/attention.js';
import { describeEvent } from '../../src/domain/app/event-line.js';
import type { AppEvent } from '../../src/domain/app/events.js';
import { type ListedTask, listedTasks } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { doingOf } from '../doing.js';
import { waitingTasks } from '../ui/rows.js';

/** What was last said of each task, pair and question. */
export interface Told {
  standing: ReadonlyMap<string, string>;
  pairs: ReadonlySet<string>;
  waiting: ReadonlySet<string>;
}

/** How things stand, so that only what changes after it is said. */
export function toldOf(state: AppState): Told {
  return {
    standing: new Map(listedTasks(state).map((row) => [row.task.slug, standingKey(row)])),
    pairs: new Set(quarrels(state).map(({ key }) => key)),
    waiting: new Set(waits(state).map(({ key }) => key)),
  };
}

/** The sentences for what is different from what was told. `keysTo` names the keys that settle something. */
export function sentencesSince(
  told: Told,
  state: AppState,
  now: number,
  keysTo: (kind: AttentionKind) => string,
): string[] {
  const needed = new Set(waitingTasks(state).map(({ task }) => task.slug));
  return [
    ...listedTasks(state).flatMap((row) => {
      const before = told.standing.get(row.task.slug);
      // What needs the person is said below, with what is needed.
      if (before === standingKey(row) || needed.has(row.task.slug)) return [];
      return before === undefined
        ? [`New task ${nameOf(row)}.`]
        : [`${nameOf(row)} ${changeOf(row, state, now)}.`];
    }),
    ...quarrels(state).flatMap(({ key, text }) => (told.pairs.has(key) ? [] : [text])),
    ...waits(state).flatMap(({ key, text, kind }) =>
      told.waiting.has(key) ? [] : [`Needs you: ${text} ${keysTo(kind)}`.trimEnd()],
    ),
  ];
}

const nameOf = ({ task }: ListedTask): string => (task.title ? `${task.title} (${task.slug})` : task.slug);

const standingKey = ({ task, shown }: ListedTask): string =>
  `${shown}${shown === 'ready' && task.launch ? ' queued' : ''}`;

function changeOf(row: ListedTask, state: AppState, now: number): string {
  const { task, shown } = row;
  if (shown === 'running') return 'is being worked on';
  if (shown === 'landed') return `has landed${task.landedAs ? ` as ${task.landedAs.slice(0, 8)}` : ''}`;
  if (shown === 'ready') return task.launch ? 'is queued' : 'is ready';
  if (shown === 'blocked') return `waits: ${doingOf(row, state, now).words.text}`;
  const { words } = doingOf(row, { ...state, busy: {}, given: {} }, now);
  return words.text.startsWith(shown) ? `is ${words.text}` : `is ${shown}: ${words.text}`;
}

/** Pairs of tasks that conflict. */
function quarrels({ pairs }: AppState): { key: string; text: string }[] {
  return pairs
    .filter(({ status }) => status === 'conflict')
    .map(({ a, b, paths }) => ({
      key: [a, b].sort().join(' '),
      text: `${a} and ${b} will conflict${paths.length > 0 ? ` in ${paths.join(', ')}` : ''}.`,
    }));
}

function waits(state: AppState): { key: string; kind: AttentionKind; text: string }[] {
  return waitingTasks(state).map((row) => {
    const { task, title, kind, text } = attentionOf(row, state);
    return {
      key: `${task} ${kind} ${text}`,
      kind,
      text: `${title} (${task}): ${text}${/[.!?]$/.test(text) ? '' : '.'}`,
    };
  });
}

/** Events that the sentences above say already, or that tell of a step that is no news to a person. */
const covered = /^(call\.ended|command\.ended|task\.moved|task\.landed|run\.|transcript\.|merge\.checked)/;

/** The sentence of an event itself; undefined when it has none. */
export function saidOfEvent(event: AppEvent): string | undefined {
  const refused = event.type === 'task.landed' && event.report.status !== 'landed';
  if (covered.test(event.type) && !refused) return undefined;
  const text = describeEvent(event)?.text;
  return text === undefined ? undefined : `${text}${/[.!?]$/.test(text) ? '' : '.'}`;
}
