/** What changed within a line: the parts of both that the other does not have. Pure. */

export type LinePart = readonly [from: number, to: number];

/** Longer lines are shown as changed whole: nothing in them would be found quickly. */
const mostTokens = 200;

const tokens = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

/** Parts of two lines that differ; undefined where the lines have too little in common for that to help. */
export function changedWords(
  before: string,
  after: string,
): { before: LinePart[]; after: LinePart[] } | undefined {
  const a: string[] = before.match(tokens) ?? [];
  const b: string[] = after.match(tokens) ?? [];
  if (a.length > mostTokens || b.length > mostTokens) return undefined;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const kept = common(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const shared = start + end + kept.filter(([at]) => a[start + at]!.trim() !== '').length;
  const size = Math.max(a.filter(isWord).length, b.filter(isWord).length);
  if (size === 0 || shared === 0 || shared < size * 0.35) return undefined;
  return {
    before: partsOf(a, start, end, new Set(kept.map(([at]) => at))),
    after: partsOf(b, start, end, new Set(kept.map(([, at]) => at))),
  };
}

const isWord = (token: string): boolean => token.trim() !== '';

/** The longest common subsequence, as pairs of positions. */
function common(a: readonly string[], b: readonly string[]): [number, number][] {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] =
        a[i] === b[j]
          ? table[(i + 1) * width + j + 1]! + 1
          : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (table[(i + 1) * width + j]! >= table[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}

function partsOf(all: readonly string[], start: number, end: number, kept: ReadonlySet<number>): LinePart[] {
  const parts: [number, number][] = [];
  let column = 0;
  all.forEach((token, at) => {
    const changed = at >= start && at < all.length - end && !kept.has(at - start);
    const lastPart = parts.at(-1);
    if (changed && lastPart && lastPart[1] === column) lastPart[1] = column + token.length;
    else if (changed) parts.push([column, column + token.length]);
    column += token.length;
  });
  return parts;
}
