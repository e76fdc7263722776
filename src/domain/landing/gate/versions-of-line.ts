/** A line that both sides rewrite: an answer holds one version of it, or one made of both, and never the two. Pure. */
import { hunksOf, wordsOf } from '../hunks.js';
import { isImport } from '../structural/imports.js';
import { type ChangedSpan, diff } from '../structural/sequence.js';
import { splitLines, tight } from '../structural/text.js';
import { codesOfHunks, isProse } from './code.js';
import type { JudgedResult } from './input.js';

/** Two lines that have so many words and signs in common are two versions of one. */
const leastAlike = 0.6;
const mostLines = 400;
/** Shorter lines are alike by chance. */
const leastWords = 3;

export function versionProblems({ path, parts, answers }: JudgedResult): string[] {
  if (isProse(path)) return [];
  const { base, ours, theirs } = codesOfHunks(path, parts, answers);
  return hunksOf(parts).flatMap((hunk) => {
    const { index } = hunk;
    const given = new Set(splitLines(answers.get(index) ?? '').map(tight));
    const lines = (text: string, masked: ReadonlyMap<number, string>) =>
      pairsOf(text, masked.get(index) ?? '');
    const before = lines(hunk.base, base);
    const [own, other] = [lines(hunk.ours, ours), lines(hunk.theirs, theirs)];
    if (before.length === 0 || Math.max(before.length, own.length, other.length) > mostLines) return [];
    const [toOwn, toOther] = [rewritten(before, own), rewritten(before, other)];
    for (const [at, mine] of toOwn) {
      const yours = toOther.get(at);
      if (!yours || tight(mine) === tight(yours)) continue;
      const kept = [hunk.ours, hunk.theirs].some((text) => {
        const side = new Set(splitLines(text).map(tight));
        return side.has(tight(mine)) && side.has(tight(yours));
      });
      if (kept || !given.has(tight(mine)) || !given.has(tight(yours))) continue;
      return [`hunk ${index}: ${quoted(mine)} and ${quoted(yours)} are two versions of one line`];
    }
    return [];
  });
}

const quoted = (line: string): string => JSON.stringify(line.trim().slice(0, 80));

interface Line {
  raw: string;
  tokens: string[];
}

/** Lines of code; a line that brings something in may well stand beside its other version. */
function pairsOf(text: string, code: string): Line[] {
  const masked = splitLines(code);
  return splitLines(text).flatMap((raw, at) => {
    const said = masked[at] ?? '';
    if (wordsOf(said).length < leastWords || isImport(raw.trim())) return [];
    return [{ raw, tokens: said.match(/[\p{L}\p{N}_$]+|[^\s]/gu) ?? [] }];
  });
}

/** By the place of a line of the base, what a side made of it. */
function rewritten(base: readonly Line[], side: readonly Line[]): Map<number, string> {
  const texts = (lines: readonly Line[]) => lines.map(({ raw }) => raw.trim());
  const found = new Map<number, string>();
  for (const { start, end, from, to } of diff(texts(base), texts(side)) ?? ([] as ChangedSpan[])) {
    for (let at = start; at < end; at++) {
      const likely = side
        .slice(from, to)
        .map((line) => ({ line, share: alike(base[at]!.tokens, line.tokens) }))
        .sort((a, b) => b.share - a.share)[0];
      if (likely && likely.share >= leastAlike) found.set(at, likely.line.raw);
    }
  }
  return found;
}

/** Share of the words and signs that two lines have in common, in their order. */
function alike(one: readonly string[], other: readonly string[]): number {
  const spans = diff(one, other);
  if (!spans) return 0;
  const gone = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  return (2 * (one.length - gone)) / (one.length + other.length);
}
