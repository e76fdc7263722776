/** What was marked before: a change of marks can be taken back like a change of a task. Pure. */
import type { AppState } from '../../src/domain/app/state.js';

/** Slugs that were marked until a change, and when that was, in milliseconds since the epoch. */
export interface MarkChange {
  marks: readonly string[];
  at: number;
}

/** So many changes can be taken back, one after the other. */
const kept = 50;

/** The changes so far with one more, that of the marks which stand now. */
export const withChange = (
  before: readonly MarkChange[],
  marks: ReadonlySet<string>,
  at: number,
): readonly MarkChange[] => [...before, { marks: [...marks], at }].slice(-kept);

/** The change of marks that undo takes back; undefined where the last change was one of a task, or there is none. */
export function marksToUndo(
  { markedBefore }: { markedBefore: readonly MarkChange[] },
  { undo }: Pick<AppState, 'undo'>,
): MarkChange | undefined {
  const last = markedBefore.at(-1);
  return last && last.at >= Date.parse(undo?.at ?? '1970-01-01T00:00:00.000Z') ? last : undefined;
}
