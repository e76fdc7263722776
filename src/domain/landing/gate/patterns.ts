/** One side changes every line of a kind, the other adds a line of that kind: the new line would want the change too. */
import type { ChangedSpan } from '../structural/sequence.js';

export interface ChangedWords {
  words: readonly string[];
  spans: readonly ChangedSpan[];
}

/** So many neighbouring words and signs make two places alike. */
const context = 3;
/** A change made so often is one of a kind of line, and one neighbour is enough to know the kind. */
const often = 3;

/** The words of a change that what the other side adds has not gone through; undefined: there are none. */
export function unfollowedPattern(
  base: readonly string[],
  ours: ChangedWords,
  theirs: ChangedWords,
): string | undefined {
  return unfollowed(base, ours, theirs) ?? unfollowed(base, theirs, ours);
}

function unfollowed(
  base: readonly string[],
  change: ChangedWords,
  { words, spans }: ChangedWords,
): string | undefined {
  const added = spans.map(({ from, to }) => words.slice(from, to)).filter((list) => list.length > 0);
  if (added.length === 0) return undefined;
  const isAdded = (list: readonly string[]) => added.some((one) => holds(one, list));
  const times = new Map<string, number>();
  for (const span of change.spans) {
    const { start, end } = span;
    const before = base.slice(start, end);
    const edit = [...before, '\0', ...change.words.slice(span.from, span.to)].join('\n');
    const [left, right] = [base.slice(Math.max(0, start - context), start), base.slice(end, end + context)];
    const whole = (list: readonly string[]) => list.length === context && list.some(isName);
    const near = before.some(isName)
      ? [
          [...left.slice(-1), ...before],
          [...before, ...right.slice(0, 1)],
        ]
      : before.length === 0
        ? [left, right].filter(whole)
        : [];
    const alike = near.find(isAdded);
    if (alike) return alike.join(' ');
    for (const [side, neighbour] of [left.at(-1), right[0]].entries()) {
      if (neighbour === undefined) continue;
      const kind = `${side}\0${neighbour}\0${edit}`;
      const count = (times.get(kind) ?? 0) + 1;
      times.set(kind, count);
      if (count >= often && isAdded(before.length > 0 ? before : [neighbour])) return neighbour;
    }
  }
  return undefined;
}

const isName = (word: string): boolean => /[\p{L}\p{N}_$]{3}/u.test(word);

function holds(list: readonly string[], part: readonly string[]): boolean {
  for (let at = 0; at + part.length <= list.length; at++) {
    if (part.every((word, offset) => list[at + offset] === word)) return true;
  }
  return false;
}
