/**
 * Shows that an answer is the three-way selection of its hunk: every change of both sides once, nothing else. It looks
 * at the texts only and knows nothing of the rules that make answers. Pure.
 */
import type { ConflictHunk } from '../hunks.js';
import { wordsOf } from '../hunks.js';
import { type ChangedSpan, clash, diff } from '../structural/sequence.js';
import { keyOf, splitLines, tight } from '../structural/text.js';
import { type Token, tokensOf } from '../structural/tokens.js';
import { isHalfOpen } from './half-open.js';
import { type Beside, isJoined } from './joined.js';
import { laidOut, linesOfTokens, wrongBreak } from './layout.js';
import { unfollowedPattern } from './patterns.js';

/** Changes of both sides that stand nearer than this, in words and signs, may belong together. */
const leastDistance = 2;
const maxTokens = 6000;

/** What is known of the file around the hunk. */
export interface Around {
  path: string;
  /** White space at the beginning of a line carries meaning. */
  indented: boolean;
  /** Whether the hunk holds no code or data: words of prose and comments have no structure that holds them apart. */
  isProse(hunk: ConflictHunk): boolean;
  /** The lines right before and after the hunk. */
  beside(hunk: ConflictHunk): Beside;
  /** Whether the whole file has the word when it has this side's text in all hunks. */
  has(side: 'ours' | 'theirs', word: string): boolean;
}

/** Why the answer is not proven; undefined: it is. */
export function whyUnproven(hunk: ConflictHunk, answer: string, around: Around): string | undefined {
  const { indented } = around;
  const key = (text: string) => keyOf(text, indented);
  if (key(hunk.ours) === key(hunk.theirs)) {
    return key(answer) === key(hunk.ours) ? undefined : 'both sides say the same, and it says something else';
  }
  if (around.isProse(hunk)) return 'both sides change prose, and how sentences go together is a guess';
  if (isJoined(around.path, indented, hunk, answer, around.beside(hunk))) return undefined;
  if (hunk.base.trim() === '') return 'both sides add something at one place: their order would be a guess';
  if (isHalfOpen(hunk)) return 'one side opens or closes a bracket whose other end stands elsewhere';
  const [base, ours, theirs, given] = [hunk.base, hunk.ours, hunk.theirs, answer].map(tokensOf) as [
    Token[],
    Token[],
    Token[],
    Token[],
  ];
  if ([base, ours, theirs, given].some((tokens) => tokens.length > maxTokens)) return 'it is too long';
  const [toOurs, toTheirs] = [diff(texts(base), texts(ours)), diff(texts(base), texts(theirs))];
  if (!toOurs || !toTheirs) return 'the sides are too far apart';
  const pattern = unfollowedPattern(
    texts(base),
    { words: texts(ours), spans: toOurs },
    { words: texts(theirs), spans: toTheirs },
  );
  if (pattern !== undefined) {
    return `one side changes ${JSON.stringify(pattern)}, and the other adds it anew without that change`;
  }
  const edits = unionOf(
    linesOfTokens(base),
    { side: ours, spans: toOurs },
    { side: theirs, spans: toTheirs },
  );
  if (typeof edits === 'string') return edits;
  const unsure = besideRewritten(hunk) ?? laidOut(base, { ours, theirs }, { toOurs, toTheirs });
  if (unsure) return unsure;
  const wanted = applied(base, edits);
  if (texts(wanted).join('\0') !== texts(given).join('\0')) {
    return 'it is not every change of both sides, and nothing else';
  }
  const broken = wrongBreak(given, [base, ours, theirs], indented);
  if (broken) return `the line breaks around ${JSON.stringify(broken)} are those of no side`;
  return lostName(hunk, around);
}

const texts = (tokens: readonly Token[]): string[] => tokens.map(({ text }) => text);

interface Edit {
  start: number;
  end: number;
  tokens: readonly Token[];
}

interface Side {
  side: readonly Token[];
  spans: readonly ChangedSpan[];
}

/** The changes of both sides in order, equal ones once; or why they cannot be told apart. */
function unionOf(lineOf: readonly number[], ours: Side, theirs: Side): Edit[] | string {
  const edit = ({ side }: Side, span: ChangedSpan): Edit => ({
    start: span.start,
    end: span.end,
    tokens: side.slice(span.from, span.to),
  });
  const same = (a: Edit, b: Edit) =>
    a.start === b.start && a.end === b.end && texts(a.tokens).join('\0') === texts(b.tokens).join('\0');
  const [o, t] = [ours.spans.map((span) => edit(ours, span)), theirs.spans.map((span) => edit(theirs, span))];
  if (o.length === 0 || t.length === 0) return [...o, ...t];
  const more = t.filter((one) => !o.some((other) => same(one, other)));
  for (const one of more) {
    const near = o.find(
      (other) =>
        !t.some((equal) => same(equal, other)) &&
        clash({ ...one, from: 0, to: 0 }, { ...other, from: 0, to: 0 }, leastDistance),
    );
    if (near) return 'both sides change the same words, or neighbouring ones';
  }
  const lines = ({ start, end }: Edit) => [lineOf[start]!, lineOf[Math.max(start, end - 1)]!] as const;
  const meet = (a: Edit, b: Edit) => lines(a)[0] <= lines(b)[1] && lines(b)[0] <= lines(a)[1];
  const own = o.filter((one) => !t.some((other) => same(one, other)));
  if (more.some((one) => own.some((other) => meet(one, other)))) return 'both sides change the same line';
  const shared = o.filter((one) => t.some((other) => same(one, other)));
  // What looks like one change of both may be a part of a larger one.
  for (const one of [...more, ...own]) {
    if (
      shared.some((other) => clash({ ...one, from: 0, to: 0 }, { ...other, from: 0, to: 0 }, leastDistance))
    ) {
      return 'both sides change the same words, or neighbouring ones';
    }
  }
  return [...o, ...more].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Whole lines that one side adds or deletes right beside lines that the other rewrites: they may belong together. */
function besideRewritten(hunk: ConflictHunk): string | undefined {
  const lines = (text: string) => splitLines(text).map(tight).filter(Boolean);
  const [base, ours, theirs] = [hunk.base, hunk.ours, hunk.theirs].map(lines) as [
    string[],
    string[],
    string[],
  ];
  const [o, t] = [diff(base, ours), diff(base, theirs)];
  if (!o || !t) return 'the sides are too far apart';
  const whole = ({ start, end, from, to }: ChangedSpan) => (start === end) !== (from === to);
  const touch = (a: ChangedSpan, b: ChangedSpan) => a.start <= b.end && b.start <= a.end;
  const same = (a: ChangedSpan, b: ChangedSpan) =>
    a.start === b.start &&
    a.end === b.end &&
    ours.slice(a.from, a.to).join('\0') === theirs.slice(b.from, b.to).join('\0');
  const near = o.some((a) => t.some((b) => !same(a, b) && touch(a, b) && (whole(a) || whole(b))));
  return near ? 'one side adds or deletes lines right beside what the other changes' : undefined;
}

function applied(base: readonly Token[], edits: readonly Edit[]): Token[] {
  const result: Token[] = [];
  let at = 0;
  for (const { start, end, tokens } of edits) {
    result.push(...base.slice(at, start), ...tokens);
    at = end;
  }
  return [...result, ...base.slice(at)];
}

/** A name that one side took out of the file and that the other uses in what it adds. */
function lostName({ base, ours, theirs }: ConflictHunk, around: Around): string | undefined {
  const [b, o, t] = [base, ours, theirs].map((text) => wordsOf(text)) as [string[], string[], string[]];
  const lost = (own: readonly string[], other: readonly string[], side: 'ours' | 'theirs') => {
    const times = (list: readonly string[], word: string) => list.filter((one) => one === word).length;
    return own.find(
      (word) =>
        times(own, word) > times(b, word) &&
        b.includes(word) &&
        !other.includes(word) &&
        !around.has(side, word),
    );
  };
  const word = lost(o, t, 'theirs') ?? lost(t, o, 'ours');
  return word === undefined ? undefined : `one side uses ${word}, which the other took out`;
}
