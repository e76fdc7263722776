/**
 * Shows that an answer is the three-way selection of its hunk: every change of both sides once, nothing else. It looks
 * at the texts only and knows nothing of the rules that make answers. Pure.
 */
import type { ConflictHunk } from '../hunks.js';
import { wordsOf } from '../hunks.js';
import { type ChangedSpan, clash, diff } from '../structural/sequence.js';
import { keyOf } from '../structural/text.js';
import { type Token, tokensOf } from '../structural/tokens.js';

/** Changes of both sides that stand nearer than this, in words and signs, may belong together. */
const leastDistance = 2;
const maxTokens = 6000;

/** What is known of the file around the hunk. */
export interface Around {
  /** White space at the beginning of a line carries meaning. */
  indented: boolean;
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
  if (hunk.base.trim() === '') return 'both sides add something at one place: their order would be a guess';
  const [base, ours, theirs, given] = [hunk.base, hunk.ours, hunk.theirs, answer].map(tokensOf) as [
    Token[],
    Token[],
    Token[],
    Token[],
  ];
  if ([base, ours, theirs, given].some((tokens) => tokens.length > maxTokens)) return 'it is too long';
  const [toOurs, toTheirs] = [diff(texts(base), texts(ours)), diff(texts(base), texts(theirs))];
  if (!toOurs || !toTheirs) return 'the sides are too far apart';
  const edits = unionOf(
    linesOfTokens(base),
    { side: ours, spans: toOurs },
    { side: theirs, spans: toTheirs },
  );
  if (typeof edits === 'string') return edits;
  const wanted = applied(base, edits);
  if (texts(wanted).join('\0') !== texts(given).join('\0')) {
    return 'it is not every change of both sides, and nothing else';
  }
  const broken = wrongBreak(given, [base, ours, theirs], indented);
  if (broken) return `the line breaks around ${JSON.stringify(broken)} are those of no side`;
  return lostName(hunk, around);
}

const texts = (tokens: readonly Token[]): string[] => tokens.map(({ text }) => text);

/** The line of each token, from 0. */
function linesOfTokens(tokens: readonly Token[]): number[] {
  let line = 0;
  return tokens.map(({ lead }) => {
    line += lead.split('\n').length - 1;
    return line;
  });
}

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
  for (const one of more) {
    if (shared.some((other) => clash({ ...one, from: 0, to: 0 }, { ...other, from: 0, to: 0 }, 0))) {
      return 'both sides change the same words, or neighbouring ones';
    }
  }
  return [...o, ...more].sort((a, b) => a.start - b.start || a.end - b.end);
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

const hasBreak = ({ lead }: Token): boolean => lead.includes('\n');
const indentOf = ({ lead }: Token): string => lead.slice(lead.lastIndexOf('\n') + 1);

/** The first word or sign that begins a line, or does not, unlike in every side between the same neighbours. */
function wrongBreak(
  given: readonly Token[],
  sides: readonly (readonly Token[])[],
  indented: boolean,
): string | undefined {
  const breaks = new Map<string, Set<string>>();
  const look = (token: Token) => `${hasBreak(token)}${indented && hasBreak(token) ? indentOf(token) : ''}`;
  const note = (name: string, token: Token) =>
    breaks.set(name, (breaks.get(name) ?? new Set()).add(look(token)));
  for (const side of sides) {
    for (const [at, token] of side.entries()) {
      note(`${side[at - 1]?.text ?? ''}\0${token.text}`, token);
      note(`\0\0${token.text}`, token);
    }
  }
  for (const [at, token] of given.entries()) {
    if (at === 0) continue;
    // Where two changes meet, the neighbours are new: then it must be so somewhere.
    const known = breaks.get(`${given[at - 1]!.text}\0${token.text}`) ?? breaks.get(`\0\0${token.text}`);
    if (known && !known.has(look(token))) return `${given[at - 1]!.text} ${token.text}`.trim();
  }
  return undefined;
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
