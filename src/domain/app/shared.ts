/** What one screen of a repository finds out and others beside it take over, in place of looking themselves. */
import type { SharedState } from './events.js';
import type { AppState } from './state.js';
import type { Works } from './work.js';

const parts = [
  'runs',
  'activity',
  'worktrees',
  'merges',
  'pairs',
  'queue',
  'busy',
  'works',
  'spend',
  'pauses',
  'ground',
] as const satisfies readonly (keyof AppState & keyof SharedState)[];

/** The parts of a state that others take over; `own` names this process, for the case that it drives. */
export function sharedOf(state: AppState, own: string): SharedState {
  const driver = state.lease.held ? own : state.lease.holder;
  const whole = Object.fromEntries(parts.map((part) => [part, state[part]]));
  const shared = { ...whole, works: withFewLines(state.works) };
  return { ...(shared as Omit<SharedState, 'driver'>), ...(driver === undefined ? {} : { driver }) };
}

/** What a train of many tasks prints is kept once for each of them, and the file is written every second. */
const sharedLines = 20;
const withFewLines = (works: Works): Works =>
  Object.fromEntries(
    Object.entries(works).map(([slug, work]) => [slug, { ...work, lines: work.lines.slice(-sharedLines) }]),
  );

/** Whether two states have something different to share. */
export const sharesOther = (one: AppState, other: AppState): boolean =>
  one.lease !== other.lease || parts.some((part) => one[part] !== other[part]);
