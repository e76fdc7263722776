/** What the additions of both sides take twice in a file that git merged without a conflict. Pure. */
import { splitLines } from '../structural/text.js';
import { readEntries } from './entries.js';
import { deadCode } from './flow.js';
import { lostImports } from './imported.js';
import { slotProblems } from './slots.js';

export interface MergedTexts {
  path: string;
  base: string;
  ours: string;
  theirs: string;
  /** git's own merge of them. */
  result: string;
}

export interface Collided {
  /** What is wrong with the merged text. */
  what: string;
  /** Lines of each side that it comes from. */
  ours: number;
  theirs: number;
}

/** More are not told of one file. */
const most = 5;

/** What is wrong with git's merge of a file by the judgement of the gate, though git called it clean. */
export function collidedIn(texts: MergedTexts): Collided[] {
  const problems = [
    ...slotProblems(texts),
    ...dataProblems(texts),
    ...deadCode(texts),
    ...lostImports(texts).map((name) => `${name} is used, and nothing imports it any more`),
  ];
  return [...new Set(problems)].slice(0, most).map((what) => ({
    what,
    ours: lineAbout(what, texts.ours, texts.base),
    theirs: lineAbout(what, texts.theirs, texts.base),
  }));
}

function dataProblems({ path, base, ours, theirs, result }: MergedTexts): string[] {
  const [b, o, t, r] = [base, ours, theirs, result].map((text) => readEntries(path, text));
  if (!o?.entries || !t?.entries || !r) return [];
  if (!r.entries) return [`the file does not load any more: ${r.problem}`];
  const known = new Set([...(b?.twice ?? []), ...o.twice, ...t.twice]);
  return r.twice.filter((key) => !known.has(key)).map((key) => `the key ${key} stands there twice`);
}

/** The first line that a side added and that has one of the words of the problem; else its first added line. */
function lineAbout(what: string, side: string, base: string): number {
  const before = new Set(splitLines(base).map((line) => line.trim()));
  const added = splitLines(side).flatMap((line, at) =>
    line.trim() === '' || before.has(line.trim()) ? [] : [{ line, at }],
  );
  const words = (what.match(/[\p{L}\p{N}_$-]+/gu) ?? []).filter((word) => !plain.has(word)).reverse();
  const found = words.flatMap((word) => added.find(({ line }) => line.includes(word)) ?? [])[0] ?? added[0];
  return (found?.at ?? 0) + 1;
}

/** Words of the sentences themselves. */
const plain = new Set(
  'the stands there twice times for and of a statement line behind that leaves block key declaration file does not load any more is used nothing imports it 2 3'.split(
    ' ',
  ),
);
