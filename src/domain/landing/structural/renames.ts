/** One side renamed something throughout: what the other side wrote in the old name is meant to follow. */
import { mergeTokens, type Token, type TokenDiff, tokenDiff, tokenText } from './tokens.js';

/**
 * Both sides' changes after each side's renames were made in the other and in the base. Undefined when nothing was
 * renamed that the other side still names, or when the changes contradict each other even so.
 */
export function mergeRenamed(diffed: TokenDiff, indented: boolean): string | undefined {
  const names = new Map([...renamesIn(diffed, 'ours'), ...renamesIn(diffed, 'theirs')]);
  if (names.size === 0) return undefined;
  const follow = (tokens: readonly Token[]) =>
    tokenText(tokens.map((token) => ({ ...token, text: names.get(token.text) ?? token.text })));
  const again = tokenDiff(follow(diffed.base), follow(diffed.ours), follow(diffed.theirs));
  return again && mergeTokens(again, { touching: true, indented });
}

const isWord = (text: string): boolean => /^[\p{L}\p{N}_$]+$/u.test(text);

/** Words of the base that this side replaced by one other word wherever they stood, and that the other side uses in what it added. */
function renamesIn(diffed: TokenDiff, side: 'ours' | 'theirs'): Map<string, string> {
  const spans = side === 'ours' ? diffed.oursSpans : diffed.theirsSpans;
  const names = new Map<string, string | undefined>();
  for (const span of spans) {
    if (span.end - span.start !== span.to - span.from) continue;
    for (let at = 0; at < span.end - span.start; at++) {
      const [old, fresh] = [diffed.base[span.start + at]!.text, diffed[side][span.from + at]!.text];
      if (old === fresh || !isWord(old) || !isWord(fresh)) continue;
      names.set(old, names.has(old) && names.get(old) !== fresh ? undefined : fresh);
    }
  }
  const left = new Set(diffed[side].map(({ text }) => text));
  const before = new Set(diffed.base.map(({ text }) => text));
  const added = addedBy(diffed, side === 'ours' ? 'theirs' : 'ours');
  return new Map(
    [...names].flatMap(([old, fresh]): [string, string][] =>
      fresh !== undefined && !left.has(old) && !before.has(fresh) && added.has(old) ? [[old, fresh]] : [],
    ),
  );
}

function addedBy(diffed: TokenDiff, side: 'ours' | 'theirs'): Set<string> {
  const spans = side === 'ours' ? diffed.oursSpans : diffed.theirsSpans;
  return new Set(spans.flatMap((span) => diffed[side].slice(span.from, span.to).map(({ text }) => text)));
}
