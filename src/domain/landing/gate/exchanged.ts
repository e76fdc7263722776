/** Two lines of an answer that say two lines of the sides with parts of them exchanged. Pure. */
import { type ConflictHunk, hunksOf } from '../hunks.js';
import { splitLines, tight } from '../structural/text.js';
import { isProse } from './code.js';
import type { JudgedResult } from './input.js';

/** Among more lines, one pair proves nothing. */
const mostLines = 40;
const maxLine = 400;
/** An exchange leaves most of each line as it was. */
const leastAlike = 0.5;

export function exchangedProblems({ path, parts, answers }: JudgedResult): string[] {
  if (isProse(path)) return [];
  return hunksOf(parts).flatMap((hunk) => {
    const found = exchangedIn(hunk, answers.get(hunk.index) ?? '');
    return found
      ? [`hunk ${hunk.index}: ${quoted(found[0])} and ${quoted(found[1])} have parts of two lines exchanged`]
      : [];
  });
}

const quoted = (line: string): string => JSON.stringify(line.slice(0, 80));

function exchangedIn(hunk: ConflictHunk, answer: string): [string, string] | undefined {
  const lines = (text: string) =>
    splitLines(text)
      .map((line) => line.trim())
      .filter((line) => line !== '' && line.length <= maxLine);
  const given = lines(answer);
  const there = new Set(given.map(tight));
  const base = new Set(lines(hunk.base).map(tight));
  const sides = [...lines(hunk.ours), ...lines(hunk.theirs)];
  const known = new Set([...base, ...sides.map(tight)]);
  const fresh = given.filter((line) => !known.has(tight(line)));
  const missing = [...new Set(sides)].filter((line) => !there.has(tight(line)) && !base.has(tight(line)));
  if (fresh.length < 2 || missing.length < 2) return undefined;
  if (fresh.length > mostLines || missing.length > mostLines) return undefined;
  const words = new Map([...fresh, ...missing].map((line) => [line, tokens(line)]));
  const bag = (...some: string[]) =>
    some
      .flatMap((line) => words.get(line)!)
      .sort()
      .join('\0');
  const pairs = new Map<string, [string, string]>();
  for (const [at, a] of missing.entries())
    for (const b of missing.slice(at + 1)) pairs.set(bag(a, b), [a, b]);
  for (const [at, one] of fresh.entries()) {
    for (const other of fresh.slice(at + 1)) {
      const pair = pairs.get(bag(one, other));
      if (!pair) continue;
      // The same words one after the other are lines that were broken elsewhere.
      if ([pair.join(''), [...pair].reverse().join('')].some((said) => tight(said) === tight(one + other)))
        continue;
      const like = (line: string) =>
        Math.max(...pair.map((side) => alike(words.get(line)!, words.get(side)!)));
      if (like(one) >= leastAlike && like(other) >= leastAlike) return [one, other];
    }
  }
  return undefined;
}

const tokens = (line: string): string[] => line.match(/[\p{L}\p{N}_$]+|[^\s]/gu) ?? [];

/** Share of the words and signs that two lines have in common. */
function alike(one: readonly string[], other: readonly string[]): number {
  const left = [...other];
  let common = 0;
  for (const token of one) {
    const at = left.indexOf(token);
    if (at < 0) continue;
    left.splice(at, 1);
    common++;
  }
  return (2 * common) / (one.length + other.length);
}
