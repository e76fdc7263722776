/** What the score table weighs: numbers about a hunk and one answer to it. The order is the table's. */
import { wordsOf } from '../hunks.js';
import { type HunkCandidate, type HunkView, type Rule, rules } from './candidates.js';
import { isBalanced, isChangelog } from './lists.js';
import { keyOf, splitLines, tight, trimmed } from './text.js';
import { leastDistance } from './tokens.js';

/** What surrounds the hunk. */
export interface Surroundings {
  hunks: number;
  /** Last non-blank line before, first one after. */
  lineBefore: string;
  lineAfter: string;
  /** Whether the whole file has the word when it has this side's text in all hunks. */
  has(side: 'ours' | 'theirs', word: string): boolean;
}

const comment = /^(?:\/\/|#|\/?\*|--|;|<!--|"""|''')/;
const test = /(?:^|[/._-])(?:tests?|specs?|__tests__)(?:[/._-]|$)/i;
const data = /\.(?:toml|json|ya?ml|xml|gradle|properties|ini|cfg|mod|lock)$/i;
const prose = /\.(?:md|rst|txt|adoc|markdown)$/i;

export const hunkFeatureNames = [
  ...['candidates', 'ours lines', 'base lines', 'theirs lines', 'hunks'],
  ...['ours adds', 'ours removes', 'theirs adds', 'theirs removes', 'both add'],
  ...['ours like base', 'theirs like base', 'ours like theirs'],
  ...['ours spans', 'theirs spans', 'distance', 'small side', 'large side'],
  ...['parsed', 'tree', 'tree both added', 'tree dropped'],
  ...['changelog', 'test', 'data', 'prose', 'indented', 'base empty', 'comments', 'side empty'],
  ...['version', 'version plain', 'version ours', 'uses removed word'],
] as const;

export const candidateFeatureNames = [
  ...rules,
  ...['rules', 'is ours', 'is theirs', 'is base', 'repeats', 'new lines', 'new line share'],
  ...['ours kept', 'theirs kept', 'brings back', 'missing', 'longer than ours', 'longer than theirs'],
  ...['balanced', 'repeats neighbour', 'distance if tokens', 'lines'],
] as const;

export const featureNames: readonly string[] = [...hunkFeatureNames, ...candidateFeatureNames];

interface Words {
  base: Set<string>;
  ours: Set<string>;
  theirs: Set<string>;
  oursAdds: string[];
  theirsAdds: string[];
  oursCuts: string[];
  theirsCuts: string[];
}

function wordSets(view: HunkView): Words {
  const [base, ours, theirs] = [view.base, view.ours, view.theirs].map((text) => new Set(wordsOf(text))) as [
    Set<string>,
    Set<string>,
    Set<string>,
  ];
  const minus = (a: Set<string>, b: Set<string>) => [...a].filter((word) => !b.has(word));
  return {
    base,
    ours,
    theirs,
    oursAdds: minus(ours, base),
    theirsAdds: minus(theirs, base),
    oursCuts: minus(base, ours),
    theirsCuts: minus(base, theirs),
  };
}

const overlap = (a: Set<string>, b: Set<string>): number => {
  if (a.size + b.size === 0) return 1;
  let common = 0;
  for (const word of a) if (b.has(word)) common++;
  return common / (a.size + b.size - common);
};

/** One row of numbers for each candidate, in their order. */
export function featuresOf(view: HunkView, around: Surroundings): number[][] {
  const words = wordSets(view);
  const own = hunkFeatures(view, around, words);
  return view.candidates.map((candidate) => [
    ...own,
    ...candidateFeatures(view, around, words, candidate, own[15]!),
  ]);
}

function hunkFeatures(view: HunkView, around: Surroundings, words: Words): number[] {
  const { trio, tokens, version, tree, path } = view;
  const distance = tokens ? Math.min(leastDistance(tokens), 60) : -1;
  const sides = [trimmed(trio.ours), trimmed(trio.theirs)] as const;
  const sizes = sides.map((lines) => lines.length);
  const both = words.oursAdds.filter((word) => words.theirs.has(word)).length;
  const all = [...sides[0], ...sides[1], ...trimmed(trio.base)];
  const removed =
    words.oursAdds.filter((word) => words.theirsCuts.includes(word) && !around.has('theirs', word)).length +
    words.theirsAdds.filter((word) => words.oursCuts.includes(word) && !around.has('ours', word)).length;
  return [
    view.candidates.length,
    trio.ours.length,
    trio.base.length,
    trio.theirs.length,
    around.hunks,
    words.oursAdds.length,
    words.oursCuts.length,
    words.theirsAdds.length,
    words.theirsCuts.length,
    both,
    overlap(words.ours, words.base),
    overlap(words.theirs, words.base),
    overlap(words.ours, words.theirs),
    tokens?.oursSpans.length ?? -1,
    tokens?.theirsSpans.length ?? -1,
    distance,
    Math.min(...sizes),
    Math.max(...sizes),
    Number(view.parsed),
    Number(tree !== undefined),
    tree?.bothAdded ?? 0,
    tree?.dropped ?? 0,
    Number(isChangelog(path)),
    Number(test.test(path)),
    Number(data.test(path)),
    Number(prose.test(path)),
    Number(view.indented),
    Number(trimmed(trio.base).length === 0),
    Number(all.length > 0 && all.every((line) => comment.test(line))),
    Number(sides[0].length === 0) + 2 * Number(sides[1].length === 0),
    Number(version !== undefined),
    Number(version?.plain === true),
    Number(version?.side === 'ours'),
    removed,
  ];
}

function candidateFeatures(
  view: HunkView,
  around: Surroundings,
  words: Words,
  candidate: HunkCandidate,
  distance: number,
): number[] {
  const { trio, indented } = view;
  const key = keyOf(candidate.text, indented);
  const lines = trimmed(splitLines(candidate.text));
  const sideLines = new Set([...trimmed(trio.ours), ...trimmed(trio.theirs), ...trimmed(trio.base)]);
  const fresh = lines.filter((line) => !sideLines.has(line)).length;
  const got = new Set(wordsOf(candidate.text));
  const share = (list: readonly string[]) =>
    list.length === 0 ? 1 : list.filter((word) => got.has(word)).length / list.length;
  const cuts = [...words.oursCuts, ...words.theirsCuts];
  const missing = [...words.oursAdds, ...words.theirsAdds].filter((word) => !got.has(word)).length;
  const near = [around.lineBefore, around.lineAfter].filter((line) => tight(line).length > 3);
  const edges = [lines[0], lines.at(-1)];
  const has = (rule: Rule) => candidate.rules.has(rule);
  return [
    ...rules.map((rule) => Number(has(rule))),
    candidate.rules.size,
    Number(key === keyOf(view.ours, indented)),
    Number(key === keyOf(view.theirs, indented)),
    Number(key === keyOf(view.base, indented)),
    repeatsOf(candidate.text, view),
    fresh,
    lines.length === 0 ? 0 : fresh / lines.length,
    share(words.oursAdds),
    share(words.theirsAdds),
    cuts.filter((word) => got.has(word)).length,
    missing,
    lines.length - trimmed(trio.ours).length,
    lines.length - trimmed(trio.theirs).length,
    Number(isBalanced(candidate.text)),
    Number(edges.some((edge) => edge !== undefined && near.includes(edge))),
    has('tokens') ? distance : -1,
    lines.length,
  ];
}

/** Substantial lines that the answer has more often than either side. */
export function repeatsOf(text: string, view: HunkView): number {
  const counts = [splitLines(text), view.trio.ours, view.trio.theirs].map((lines) => {
    const count = new Map<string, number>();
    for (const line of trimmed(lines)) count.set(line, (count.get(line) ?? 0) + 1);
    return count;
  });
  let repeats = 0;
  for (const [line, times] of counts[0]!) {
    const before = Math.max(counts[1]!.get(line) ?? 0, counts[2]!.get(line) ?? 0);
    if (times > 1 && times > before && tight(line).length > 3) repeats++;
  }
  return repeats;
}
