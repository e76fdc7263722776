/**
 * Lines that stand there otherwise than a side has them, though the other side did not ask for it: a condition turned
 * round, a value or an argument changed, a line put into a comment, or left out although all its words occur elsewhere.
 */
import { type ConflictHunk, hunksOf, wordsOf } from '../hunks.js';
import { isImport } from '../structural/imports.js';
import { diff } from '../structural/sequence.js';
import { splitLines, tight } from '../structural/text.js';
import { codeOf, codeOfHunks, isProse } from './code.js';
import type { JudgedResult } from './input.js';

/** A line without its comment and the insides of its strings, and as it stands there. */
interface CodeLine {
  code: string;
  raw: string;
}

export function rewrittenProblems(input: JudgedResult): string[] {
  const { path, parts, answers } = input;
  if (isProse(path)) return [];
  const codeOfSide = (textOf: (hunk: ConflictHunk) => string) => {
    const code = codeOfHunks(path, parts, textOf);
    return (hunk: ConflictHunk) => linesOf(textOf(hunk), code.get(hunk.index)!);
  };
  const [base, ours, theirs] = (['base', 'ours', 'theirs'] as const).map((side) =>
    codeOfSide((hunk) => hunk[side]),
  );
  const given = codeOfSide(({ index }) => answers.get(index) ?? '');
  return hunksOf(parts).flatMap((hunk) => {
    const reason = new Set(wordsOf(input.reasons?.get(hunk.index) ?? ''));
    const answer = answers.get(hunk.index) ?? '';
    const sides = { base: base!(hunk), ours: ours!(hunk), theirs: theirs!(hunk), given: given(hunk) };
    return problemsIn(sides, answer, path, reason).map((what) => `hunk ${hunk.index}: ${what}`);
  });
}

interface Sides {
  base: CodeLine[];
  ours: CodeLine[];
  theirs: CodeLine[];
  given: CodeLine[];
}

/** Longer hunks are not compared line with line. */
const maxLines = 600;

function problemsIn(sides: Sides, answer: string, path: string, reason: ReadonlySet<string>): string[] {
  const { missing, extra } = balance(sides);
  if (missing.length === 0 || missing.length + extra.length > maxLines) return [];
  const hidden = hiddenIn(answer, sides.given, path);
  const problems: string[] = [];
  const used = new Set<CodeLine>();
  for (const line of extra) {
    const other = otherStrings(line, missing, sides.base);
    if (other) {
      used.add(other);
      problems.push(`${quoted(line.raw)} stands where a side has ${quoted(other.raw)}, with another string`);
      continue;
    }
    const like = mostAlike(line, missing);
    if (!like) continue;
    const changed = unasked(like.line, line, sides, reason);
    if (!changed) continue;
    used.add(like.line);
    problems.push(
      `${quoted(line.raw)} stands where a side has ${quoted(like.line.raw)}, and no side changes ${changed}`,
    );
  }
  for (const line of missing) {
    if (used.has(line)) continue;
    if (hidden.has(tight(line.raw)) || hidden.has(tight(line.code))) {
      problems.push(`the line ${quoted(line.raw)} stands there only in a comment or a string`);
    } else if (isGone(line, extra, sides, reason)) {
      problems.push(`the line ${quoted(line.raw)} is missing`);
    }
  }
  return problems;
}

/** The line that a side added and that this one is but for what stands in its strings, which no merging explains. */
function otherStrings(
  { code, raw }: CodeLine,
  missing: readonly CodeLine[],
  base: readonly CodeLine[],
): CodeLine | undefined {
  const same = (line: CodeLine) => tight(line.code) === tight(code);
  if (wordsOf(code).length === 0 || base.some(same)) return undefined;
  return missing.find((line) => same(line) && wordsOf(line.raw).join() !== wordsOf(raw).join());
}

const quoted = (line: string): string => JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}…` : line);

function linesOf(text: string, code: string): CodeLine[] {
  const raw = splitLines(text);
  return splitLines(code).flatMap((line, at) =>
    line.trim() === '' ? [] : [{ code: line.trim(), raw: (raw[at] ?? '').trim() }],
  );
}

/** Lines that are there less often, and more often, than the changes of both sides make it. */
function balance({ base, ours, theirs, given }: Sides): { missing: CodeLine[]; extra: CodeLine[] } {
  const count = (lines: readonly CodeLine[]) => {
    const counts = new Map<string, number>();
    for (const { raw } of lines) counts.set(tight(raw), (counts.get(tight(raw)) ?? 0) + 1);
    return counts;
  };
  const [inBase, inOurs, inTheirs, inGiven] = [base, ours, theirs, given].map(
    count,
  ) as unknown as Four<Counts>;
  const numbers = ({ raw }: CodeLine) => {
    const key = tight(raw);
    return [inBase, inOurs, inTheirs, inGiven].map(
      (counts) => counts.get(key) ?? 0,
    ) as unknown as Four<number>;
  };
  const missing = unique([...ours, ...theirs]).filter((line) => {
    const [b, o, t, g] = numbers(line);
    return g < (o >= b && t >= b ? Math.max(o, t) : o + t - b);
  });
  const extra = unique(given).filter((line) => {
    const [b, o, t, g] = numbers(line);
    return g > Math.max(o >= b && t >= b ? o + t - b : 0, Math.min(o, t), o < b || t < b ? o + t - b : 0);
  });
  return { missing, extra };
}

type Counts = ReadonlyMap<string, number>;
type Four<T> = [base: T, ours: T, theirs: T, given: T];

function unique(lines: readonly CodeLine[]): CodeLine[] {
  const known = new Set<string>();
  return lines.filter(({ raw }) => !known.has(tight(raw)) && known.add(tight(raw)));
}

/** What the comments and strings of an answer say, line by line, without white space. */
function hiddenIn(answer: string, given: readonly CodeLine[], path: string): Set<string> {
  const code = new Set(given.map(({ raw }) => raw));
  const comments = splitLines(answer)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !code.has(line))
    .map((line) => line.replace(/^(?:\/\/+|#+|\/\*+|\*|--|;+|<!--)\s*/, '').replace(/\s*(?:\*\/|-->)$/, ''));
  return new Set([...comments, ...codeOf(path, answer).strings.flatMap(splitLines)].map(tight));
}

/** Two lines that have so much in common are two versions of one. */
const leastAlike = 0.6;

function mostAlike(
  { code }: CodeLine,
  others: readonly CodeLine[],
): { line: CodeLine; share: number } | undefined {
  const own = wordsAndSigns(code);
  let best: { line: CodeLine; share: number } | undefined;
  for (const line of others) {
    const words = wordsAndSigns(line.code);
    const spans = diff(words, own);
    if (!spans) continue;
    const cut = spans.reduce((sum, { start, end }) => sum + end - start, 0);
    const share = (2 * (words.length - cut)) / (words.length + own.length);
    if (share >= leastAlike && (!best || share > best.share)) best = { line, share };
  }
  return best;
}

const sign = /===|!==|==|!=|<=|>=|&&|\|\||\?\?|=>|->|::|:=|[-+*/%&|^]=|[\p{L}\p{N}_$]+|[^\s]/gu;

const wordsAndSigns = (code: string): string[] => code.match(sign) ?? [];

const comparisons = new Set(['===', '!==', '==', '!=', '<=', '>=', '<', '>']);
const negations = new Set(['!', 'not']);
const connectives = new Set(['&&', '||', 'and', 'or']);
const arithmetic = new Set(['+', '-', '*', '/', '%']);
const isWord = (token: string): boolean => /^[\p{L}\p{N}_$]+$/u.test(token);

/** What differs between a side's line and the answer's that the other side did not change; undefined: nothing of weight. */
function unasked(
  before: CodeLine,
  after: CodeLine,
  sides: Sides,
  reason: ReadonlySet<string>,
): string | undefined {
  if (isImport(before.raw)) return undefined;
  const swapped = swappedArguments(before.code, after.code);
  if (swapped) return `the order of ${swapped}`;
  const asked = askedByOther(before, sides);
  const [from, to] = [wordsAndSigns(before.code), wordsAndSigns(after.code)];
  const spans = diff(from, to) ?? [];
  const gone = spans
    .flatMap(({ start, end }) => from.slice(start, end))
    .filter((token) => !asked.removed.has(token));
  const come = spans
    .flatMap((span) => to.slice(span.from, span.to))
    .filter((token) => !asked.added.has(token));
  return (
    turned(gone, come) ??
    otherSign(from, to, asked) ??
    come.find((token) => modifiers.has(token) && !gone.includes(token) && !saidIn(sides, token)) ??
    changedValue(gone, come, reason) ??
    goneWord(gone, come, sides.given, after, reason)
  );
}

/** What the side without this line changed in the whole hunk. */
function askedByOther(
  line: CodeLine,
  { base, ours, theirs }: Sides,
): Record<'added' | 'removed', Set<string>> {
  const other = withoutLine(line, ours, theirs);
  const all = (lines: readonly CodeLine[]) => lines.flatMap(({ code }) => wordsAndSigns(code));
  const [before, after] = [all(base), all(other ?? base)];
  return { added: excess(after, before), removed: excess(before, after) };
}

/** The side that does not have this line; undefined: both have it. */
function withoutLine(
  line: CodeLine,
  ours: readonly CodeLine[],
  theirs: readonly CodeLine[],
): readonly CodeLine[] | undefined {
  const has = (lines: readonly CodeLine[]) => lines.some(({ raw }) => tight(raw) === tight(line.raw));
  return has(ours) ? (has(theirs) ? undefined : theirs) : ours;
}

/** Words and signs that are more often in one list than in the other. */
function excess(more: readonly string[], less: readonly string[]): Set<string> {
  const left = countOf(less);
  const found = new Set<string>();
  for (const token of more) {
    const times = left.get(token) ?? 0;
    left.set(token, times - 1);
    if (times <= 0) found.add(token);
  }
  return found;
}

/** A comparison, a negation, a connective or a sign of arithmetic that stands there instead of another. */
function turned(gone: readonly string[], come: readonly string[]): string | undefined {
  const once = [
    ...gone.filter((token) => !come.includes(token)),
    ...come.filter((token) => !gone.includes(token)),
  ];
  const exchanged = [comparisons, connectives, arithmetic].find(
    (set) => gone.some((one) => set.has(one)) && come.some((one) => set.has(one)),
  );
  return once.find((token) => negations.has(token) || exchanged?.has(token) || token === 'await');
}

/** Signs that say how a word is meant, wherever a line is broken. */
const meaning = new Set(['?', '!', '&', '*', '@', '~']);

/** A sign that came or went in a line whose words are the same. */
function otherSign(
  from: readonly string[],
  to: readonly string[],
  asked: Record<'added' | 'removed', ReadonlySet<string>>,
): string | undefined {
  if (from.filter(isWord).join(' ') !== to.filter(isWord).join(' ')) return undefined;
  const [less, more] = [excess(from, to), excess(to, from)];
  return [...meaning].find(
    (one) => (less.has(one) && !asked.removed.has(one)) || (more.has(one) && !asked.added.has(one)),
  );
}

/** Words before a declaration or a value that change what it is. */
const modifiers = new Set(
  'static late lateinit lazy final public private protected internal readonly volatile virtual override abstract sealed open async unsafe weak unowned mut ref out extern global nonlocal any void synchronized transient'.split(
    ' ',
  ),
);

const saidIn = ({ base, ours, theirs }: Sides, word: string): boolean =>
  [base, ours, theirs].some((lines) => lines.some(({ code }) => wordsOf(code).includes(word)));

const literal = /^(?:true|false|True|False|null|None|nil|\d+)$/;

function changedValue(
  gone: readonly string[],
  come: readonly string[],
  reason: ReadonlySet<string>,
): string | undefined {
  if (!gone.some((token) => literal.test(token))) return undefined;
  return come.find((token) => literal.test(token) && !gone.includes(token) && !reason.has(token));
}

/** A word of the line that stands in no other line of the answer either. */
function goneWord(
  gone: readonly string[],
  come: readonly string[],
  given: readonly CodeLine[],
  after: CodeLine,
  reason: ReadonlySet<string>,
): string | undefined {
  const elsewhere = new Set(given.filter((line) => line !== after).flatMap(({ code }) => wordsOf(code)));
  return gone.find(
    (token) => isWord(token) && !come.includes(token) && !elsewhere.has(token) && !reason.has(token),
  );
}

const countOf = (list: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const one of list) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
};

/** Arguments of one call in another order. */
function swappedArguments(before: string, after: string): string | undefined {
  const calls = (code: string) =>
    [...code.matchAll(/[\p{L}\p{N}_$]\(([^()]*,[^()]*)\)/gu)].map(([, inside]) =>
      inside!.split(',').map(tight),
    );
  const known = calls(before);
  const now = calls(after);
  const key = (list: readonly string[]) => list.join(',');
  const sorted = (list: readonly string[]) => [...list].sort().join(',');
  const fresh = now.find(
    (list) =>
      !known.some((other) => key(other) === key(list)) &&
      known.some((other) => sorted(other) === sorted(list)),
  );
  return fresh?.join(', ');
}

const isSubstantial = (line: string): boolean => wordsOf(line).join('').length > 3;
/** So many new lines together may say what a side said in one. */
const window = 6;

/** Whether no new lines say what this one says. */
function isGone(
  line: CodeLine,
  extra: readonly CodeLine[],
  sides: Sides,
  reason: ReadonlySet<string>,
): boolean {
  if (!isSubstantial(line.code) || isImport(line.raw)) return false;
  const wanted = wordsOf(line.code);
  if (wanted.some((word) => reason.has(word))) return false;
  const other = withoutLine(line, sides.ours, sides.theirs) ?? [];
  if (isRewrapped(line, sides.given)) return false;
  const kept = new Set(other.flatMap(({ code }) => wordsOf(code)));
  const before = new Set(sides.base.flatMap(({ code }) => wordsOf(code)));
  const needed = wanted.filter((word) => (kept.has(word) || !before.has(word)) && !/^\d+$/.test(word));
  const anywhere = new Set(sides.given.flatMap(({ code }) => wordsOf(code)));
  // A word that is nowhere any more is told as a word.
  if (needed.some((word) => !anywhere.has(word))) return false;
  // Lines of the other side may say it, and new ones.
  const own = other === sides.ours ? sides.theirs : sides.ours;
  const known = new Set([...sides.base, ...own].map(({ raw }) => tight(raw)));
  const fresh = new Set(extra.map(({ raw }) => raw));
  const said = sides.given.some((_, at) => {
    const lines = sides.given.slice(at, at + window);
    const words = new Set(lines.flatMap(({ code }) => wordsOf(code)));
    const told = lines.some(({ raw }) => fresh.has(raw) || !known.has(tight(raw)));
    return told && needed.every((word) => words.has(word));
  });
  return !said;
}

/** Whether several lines together are this line. */
function isRewrapped({ raw }: CodeLine, given: readonly CodeLine[]): boolean {
  const wanted = tight(raw);
  const lines = given.map((line) => tight(line.raw));
  return lines.join('').includes(wanted) && !lines.some((line) => line.includes(wanted));
}
