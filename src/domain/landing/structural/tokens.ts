/** Merges below the line: words and signs, each with the white space before it. */
import { type ChangedSpan, type Chunk, chunks, clash, diff } from './sequence.js';

export interface Token {
  text: string;
  /** White space before it. */
  lead: string;
}

/** A text as tokens; what follows the last one is the lead of an empty token at the end. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(/[\p{L}\p{N}_$]+|[^\s]/gu)) {
    tokens.push({ text: match[0], lead: text.slice(end, match.index) });
    end = match.index + match[0].length;
  }
  tokens.push({ text: '', lead: text.slice(end) });
  return tokens;
}

export const tokenText = (tokens: readonly Token[]): string =>
  tokens.map((token) => token.lead + token.text).join('');

/** Three texts as tokens, and what each side did to the base. */
export interface TokenDiff {
  base: Token[];
  ours: Token[];
  theirs: Token[];
  oursSpans: ChangedSpan[];
  theirsSpans: ChangedSpan[];
}

const maxTokens = 4000;

/** Undefined when the texts are too long, or too far apart to be compared word by word. */
export function tokenDiff(base: string, ours: string, theirs: string): TokenDiff | undefined {
  if (base.length + ours.length + theirs.length > 120_000) return undefined;
  const parts = [base, ours, theirs].map(tokensOf) as [Token[], Token[], Token[]];
  if (parts.some((tokens) => tokens.length > maxTokens)) return undefined;
  const [b, o, t] = parts.map((tokens) => tokens.map((token) => token.text)) as [
    string[],
    string[],
    string[],
  ];
  const [oursSpans, theirsSpans] = [diff(b, o), diff(b, t)];
  if (!oursSpans || !theirsSpans) return undefined;
  return { base: parts[0], ours: parts[1], theirs: parts[2], oursSpans, theirsSpans };
}

/** How many tokens lie between the nearest changes of the two sides; 0 when they touch or overlap. */
export function leastDistance({ oursSpans, theirsSpans }: TokenDiff): number {
  let least = Number.POSITIVE_INFINITY;
  for (const a of oursSpans) {
    for (const b of theirsSpans) {
      const gap = Math.max(b.start - a.end, a.start - b.end, 0);
      if (gap < least) least = gap;
    }
  }
  return least;
}

/** The same change made by both. */
function same(diffed: TokenDiff, a: ChangedSpan, b: ChangedSpan): boolean {
  const { ours, theirs } = diffed;
  if (a.start !== b.start || a.end !== b.end || a.to - a.from !== b.to - b.from) return false;
  for (let at = 0; at < a.to - a.from; at++) {
    if (ours[a.from + at]!.text !== theirs[b.from + at]!.text) return false;
  }
  return true;
}

/** Whether any changes of the two sides, other than equal ones, come within `gap` tokens of each other. */
export function areClose(diffed: TokenDiff, gap: number): boolean {
  const { oursSpans, theirsSpans } = diffed;
  return oursSpans.some((a) => theirsSpans.some((b) => clash(a, b, gap) && !same(diffed, a, b)));
}

export interface TokenMergeOptions {
  /** Changes that touch but do not overlap may stand. */
  touching?: boolean;
  /** Where both insert at one point: ours, then theirs. */
  union?: boolean;
  /** White space is meaning. */
  indented: boolean;
}

/** The changes of both sides, or undefined where they contradict each other. */
export function mergeTokens(diffed: TokenDiff, options: TokenMergeOptions): string | undefined {
  const { base, ours, theirs, oursSpans, theirsSpans } = diffed;
  const result: Token[] = [];
  for (const chunk of chunks(oursSpans, theirsSpans, base.length, options.touching)) {
    if (chunk.changed === 'none') {
      for (let at = 0; at < chunk.base[1] - chunk.base[0]; at++) {
        const [b, o, t] = [
          base[chunk.base[0] + at]!,
          ours[chunk.ours[0] + at]!,
          theirs[chunk.theirs[0] + at]!,
        ];
        const lead = mergeLead(b.lead, o.lead, t.lead, options.indented);
        if (lead === undefined) return undefined;
        result.push({ text: b.text, lead });
      }
    } else {
      const taken = mergeChunk(diffed, chunk, options.union === true);
      if (!taken) return undefined;
      result.push(...taken);
    }
  }
  return tokenText(result);
}

function mergeLead(base: string, ours: string, theirs: string, indented: boolean): string | undefined {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  return indented && ours.replace(/^\s*\n/, '') !== theirs.replace(/^\s*\n/, '') ? undefined : ours;
}

function mergeChunk({ ours, theirs }: TokenDiff, chunk: Chunk, union: boolean): Token[] | undefined {
  const [o, t] = [ours.slice(...chunk.ours), theirs.slice(...chunk.theirs)];
  if (chunk.changed === 'ours') return o;
  if (chunk.changed === 'theirs') return t;
  if (o.length === t.length && o.every((token, at) => token.text === t[at]!.text)) return o;
  return union && chunk.base[0] === chunk.base[1] ? [...o, ...t] : undefined;
}
