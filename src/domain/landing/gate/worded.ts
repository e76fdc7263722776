/** Lines of an answer that say a line of a side with its words in another order, or without some of them. Pure. */
import { type ConflictHunk, hunksOf, wordsOf } from '../hunks.js';
import { splitLines, tight } from '../structural/text.js';
import { codesOfHunks, isProse } from './code.js';
import { readEntries } from './entries.js';
import type { JudgedResult } from './input.js';

/** Longer lines are made by a tool. */
const maxLine = 400;
/** A line that keeps fewer words of another one is a line of its own. */
const leastKept = 0.6;

export function wordedProblems(input: JudgedResult): string[] {
  const { path, parts, answers, reasons } = input;
  if (isProse(path)) return [];
  const { ours, theirs, given } = codesOfHunks(path, parts, answers);
  return hunksOf(parts).flatMap((hunk) => {
    const answer = answers.get(hunk.index);
    if (answer === undefined) return [];
    const named = new Set(wordsOf(reasons?.get(hunk.index) ?? ''));
    const known = new Set([hunk.base, hunk.ours, hunk.theirs].flatMap((text) => splitLines(text).map(tight)));
    const there = new Set(splitLines(answer).map(tight));
    const fresh = linesIn(answer, given.get(hunk.index)!).filter(({ raw }) => !known.has(tight(raw)));
    if (fresh.length === 0) return [];
    const index = byRarest(fresh);
    const before = new Set(splitLines(hunk.base).map(tight));
    return (['ours', 'theirs'] as const).flatMap((side) => {
      const masked = (side === 'ours' ? ours : theirs).get(hunk.index)!;
      const added = linesIn(hunk[side], masked).filter(
        ({ raw }) => !before.has(tight(raw)) && !there.has(tight(raw)),
      );
      const other = side === 'ours' ? hunk.theirs : hunk.ours;
      return problemsIn(path, hunk, side, added, index, { named, gone: goneIn(hunk.base, other) });
    });
  });
}

interface Line {
  raw: string;
  words: string[];
  /** The words of the lines right before and after it: a line may be broken in several. */
  near: ReadonlySet<string>;
}

const nearLines = 4;

/** Lines that say at least two words of code. */
function linesIn(raw: string, code: string): Line[] {
  const masked = splitLines(code);
  return splitLines(raw).flatMap((line, at) => {
    const words = wordsOf(masked[at] ?? '');
    if (words.length < 2 || line.length > maxLine) return [];
    const near = [
      ...masked.slice(Math.max(0, at - nearLines), at),
      ...masked.slice(at + 1, at + 1 + nearLines),
    ];
    return [{ raw: line, words, near: new Set(wordsOf(near.join('\n'))) }];
  });
}

/** Words that a side has less often than the base: it took them out. */
function goneIn(base: string, side: string): ReadonlySet<string> {
  const left = new Map<string, number>();
  for (const word of wordsOf(side)) left.set(word, (left.get(word) ?? 0) + 1);
  const gone = new Set<string>();
  for (const word of wordsOf(base)) {
    const many = left.get(word) ?? 0;
    if (many <= 0) gone.add(word);
    left.set(word, many - 1);
  }
  return gone;
}

/** By each line's rarest word: a line that says some of another one's words says that word too. */
function byRarest(lines: readonly Line[]): Map<string, Line[]> {
  const times = new Map<string, number>();
  for (const { words } of lines) for (const word of words) times.set(word, (times.get(word) ?? 0) + 1);
  const found = new Map<string, Line[]>();
  for (const line of lines) {
    const rarest = line.words.reduce((one, other) => (times.get(other)! < times.get(one)! ? other : one));
    const list = found.get(rarest);
    if (list) list.push(line);
    else found.set(rarest, [line]);
  }
  return found;
}

function problemsIn(
  path: string,
  { index }: ConflictHunk,
  side: 'ours' | 'theirs',
  added: readonly Line[],
  fresh: ReadonlyMap<string, readonly Line[]>,
  excused: { named: ReadonlySet<string>; gone: ReadonlySet<string> },
): string[] {
  for (const line of added) {
    for (const said of [...new Set(line.words)].flatMap((word) => fresh.get(word) ?? [])) {
      const told = `hunk ${index}: the line ${quoted(said.raw)} says ${quoted(line.raw)} of ${side}`;
      if (isReordered(line.words, said.words) && !saysTheSame(path, line.raw, said.raw))
        return [`${told} with its words in another order`];
      const lost = lostWords(line.words, said.words);
      const unexplained =
        lost?.filter(
          (word) =>
            ![excused.named, excused.gone].some((words) => words.has(word)) &&
            (!said.near.has(word) || isOwner(word, line, said)),
        ) ?? [];
      if (unexplained.length > 0) return [`${told} without ${unexplained[0]}`];
    }
  }
  return [];
}

const quoted = (line: string): string => JSON.stringify(line.trim().slice(0, 80));

/** Whether a line of data holds the same keys with the same values, in whatever order. */
function saysTheSame(path: string, one: string, other: string): boolean {
  const [a, b] = [one, other].map((line) => readEntries(path, line.trim())?.entries);
  return a !== undefined && b !== undefined && [...a].sort().join('\n') === [...b].sort().join('\n');
}

/** Whether the word says whose the next word is, which the other line declares for itself: `M.open` and `open`. */
function isOwner(word: string, line: Line, said: Line): boolean {
  const next = line.words[line.words.indexOf(word) + 1];
  const name = (text: string) =>
    /^(?:local\s+)?(?:function|def|func|fn|sub)\s+([\w.:]+)\s*\(/.exec(text.trim())?.[1];
  const [own, other] = [name(line.raw), name(said.raw)];
  return own !== undefined && own !== other && other === next && own.startsWith(word);
}

function isReordered(words: readonly string[], said: readonly string[]): boolean {
  return (
    words.length === said.length &&
    words.join(' ') !== said.join(' ') &&
    [...words].sort().join(' ') === [...said].sort().join(' ')
  );
}

/** The words that went, where all others follow each other as they did; undefined where it is another line. */
function lostWords(words: readonly string[], said: readonly string[]): string[] | undefined {
  if (said.length >= words.length || said.length < 2 || said.length < leastKept * words.length)
    return undefined;
  const lost: string[] = [];
  let next = 0;
  for (const word of words) {
    if (next < said.length && word === said[next]) next++;
    else lost.push(word);
  }
  return next === said.length ? lost : undefined;
}
