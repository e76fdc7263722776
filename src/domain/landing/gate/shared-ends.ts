/**
 * Two additions that end alike: git leaves their common end below the hunk, once. A right answer has it twice: within,
 * between the two additions, and below. Pure.
 */
import { type ConflictHunk, linesOf, type Part } from '../hunks.js';

/** A longer end is looked for to here. */
const longest = 40;

/** Places, as lines of the answer, of the common end between both additions; none where the answer is another one. */
export function sharedEnd(parts: readonly Part[], hunk: ConflictHunk, answer: string): number[] {
  if (hunk.base.trim() !== '') return [];
  const place = parts.findIndex((part) => part.type === 'hunk' && part.hunk.index === hunk.index);
  const next = parts[place + 1];
  if (next?.type !== 'text') return [];
  const [ours, theirs] = [hunk.ours, hunk.theirs].map(filled) as [Filled[], Filled[]];
  if (![ours, theirs].every(isOpen)) return [];
  const given = filled(answer);
  const length = given.length - ours.length - theirs.length;
  if (length < 1 || length > longest) return [];
  const end = filled(next.text).slice(0, length);
  const found = [
    [ours, theirs],
    [theirs, ours],
  ].some(([first, last]) => says(given) === says([...first!, ...end, ...last!]));
  const before =
    given[0]?.text === ours[0]!.text && says(given.slice(0, ours.length)) === says(ours) ? ours : theirs;
  return found ? given.slice(before.length, before.length + length).map(({ at }) => at) : [];
}

interface Filled {
  text: string;
  at: number;
}

/** Lines that say something. */
const filled = (text: string): Filled[] =>
  linesOf(text).flatMap((line, at) => (line.trim() === '' ? [] : [{ text: line.trimEnd(), at }]));

const says = (lines: readonly Filled[]): string => lines.map(({ text }) => text).join('\n');

const depthOf = ({ text }: Filled): number => text.search(/\S/);

/** Whether lines begin a block and stop within it. */
const isOpen = (lines: readonly Filled[]): boolean =>
  lines.length > 1 && depthOf(lines.at(-1)!) > depthOf(lines[0]!);
