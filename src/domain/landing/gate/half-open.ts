/** Brackets whose other end stands outside of the hunk: what a side changes there goes on elsewhere. Pure. */
import type { ConflictHunk } from '../hunks.js';

const pairs = ['()', '[]', '{}'] as const;

/** How many brackets of each shape a text opens and does not close. */
const openIn = (text: string): number[] =>
  pairs.map(([open, close]) => text.split(open!).length - text.split(close!).length);

/** Whether a side opens or closes a bracket that base and the other side leave, and does not do the opposite in the hunk. */
export function isHalfOpen({ base, ours, theirs }: ConflictHunk): boolean {
  const [b, o, t] = [base, ours, theirs].map(openIn) as [number[], number[], number[]];
  return pairs.some((_, at) => o[at] !== t[at] && (o[at] !== b[at] || t[at] !== b[at]));
}
