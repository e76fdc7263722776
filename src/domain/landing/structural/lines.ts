/** Merges by line, where one side's change says what to do with the other's. */
import { chunks, diff } from './sequence.js';
import { joinLines, splitLines, type Trio, tight, trimmed } from './text.js';
import { mergeTokens, type TokenDiff, tokenDiff } from './tokens.js';

/** Rule R2: a side that only re-spaced the base has no say against one that changed it. */
export function respaced({ base, ours, theirs }: Trio, indented: boolean): string[] | undefined {
  const [b, o, t] = [base, ours, theirs].map((lines) => tight(lines.join('\n'))) as [string, string, string];
  // Where indentation carries meaning, moving lines in or out is a change.
  const untouched = (lines: readonly string[]) =>
    !indented ||
    lines
      .map((line) => line.trimEnd())
      .filter(Boolean)
      .join('\n') ===
      base
        .map((line) => line.trimEnd())
        .filter(Boolean)
        .join('\n');
  if (b === '' || o === t) return undefined;
  if (o === b && untouched(ours)) return theirs;
  return t === b && untouched(theirs) ? ours : undefined;
}

/** Rule R3: one side made all the changes the other made, and more. */
export function editSuperset(diffed: TokenDiff, { base, ours, theirs }: Trio): string[] | undefined {
  if (trimmed(base).length === 0) return undefined;
  const marks = (spans: TokenDiff['oursSpans'], side: TokenDiff['ours']) =>
    spans.map((span) => {
      const words = side.slice(span.from, span.to).map((token) => token.text);
      return `${span.start}:${span.end}:${words.join(' ')}`;
    });
  const o = new Set(marks(diffed.oursSpans, diffed.ours));
  const t = new Set(marks(diffed.theirsSpans, diffed.theirs));
  if (o.size === 0 || t.size === 0) return undefined;
  if ([...t].every((mark) => o.has(mark))) return ours;
  return [...o].every((mark) => t.has(mark)) ? theirs : undefined;
}

/** Rule R6: line by line, when no side added or removed any. */
export function adjacentLines({ base, ours, theirs }: Trio): string[] | undefined {
  if (base.length === 0 || base.length !== ours.length || base.length !== theirs.length) return undefined;
  const result: string[] = [];
  for (const [at, line] of base.entries()) {
    const [o, t] = [ours[at]!, theirs[at]!];
    if (o !== line && t !== line && o !== t) return undefined;
    result.push(o === line ? t : o);
  }
  return result;
}

/**
 * Lines that only one side has stay; where both inserted at one point, ours come first and repeats once; lines
 * that both rewrote are merged word by word. Undefined where that fails.
 */
export function lineUnion(trio: Trio, indented: boolean): string[] | undefined {
  const { base, ours, theirs } = trio;
  if (base.length === 0 || base.length + ours.length + theirs.length > 3000) return undefined;
  const bare = (lines: readonly string[]) => lines.map((line) => line.trim());
  const [toOurs, toTheirs] = [diff(bare(base), bare(ours)), diff(bare(base), bare(theirs))];
  if (!toOurs || !toTheirs) return undefined;
  const result: string[] = [];
  for (const chunk of chunks(toOurs, toTheirs, base.length)) {
    const [o, t] = [ours.slice(...chunk.ours), theirs.slice(...chunk.theirs)];
    if (chunk.changed === 'none' || chunk.changed === 'ours') result.push(...o);
    else if (chunk.changed === 'theirs') result.push(...t);
    else if (chunk.base[0] === chunk.base[1]) {
      const known = new Set(bare(o));
      result.push(...o, ...t.filter((line) => line.trim() === '' || !known.has(line.trim())));
    } else {
      const b = base.slice(...chunk.base);
      const diffed = tokenDiff(joinLines(b), joinLines(o), joinLines(t));
      const merged = diffed && mergeTokens(diffed, { touching: true, indented });
      if (merged === undefined) return undefined;
      result.push(...splitLines(merged));
    }
  }
  return result;
}
