/**
 * Predicts every pair of heads on top of the target. Each head is first merged onto the target, so that what it has
 * missed there does not count as a conflict between two tasks. A head that conflicts with the target takes part as
 * git's own tree of that merge, with markers: another head that changes the same lines conflicts with it. Two heads
 * of which one is built on the other share commits that the target lacks, so they are merged with their histories.
 */
import { collidingPairs, type PathChange } from '../../../domain/landing/collisions.js';
import type { Conflict, PairResult } from '../../../domain/landing/merge.js';
import { withNames } from '../../../domain/landing/merge-output.js';
import { withLooks } from './pair-looks.js';
import type { CleanPair, MergePair, TargetMerges } from './predictor.js';
import type { MergedTree } from './tree.js';

/** A head, and how it merges into the target. */
export interface MergedHead {
  name: string;
  /** Commit that was merged; absent when there is none. */
  commit?: string;
  /** The commit of its branch, below work that is not committed; absent when that is the same. */
  tip?: string;
  merged: MergedTree;
}

/**
 * All pairs, in the order of the heads. Most are clean without a merge: they change nothing in common.
 * @param looks also what clean pairs leave to be looked at
 */
export async function checkPairs(
  onto: TargetMerges,
  heads: readonly MergedHead[],
  looks = false,
): Promise<PairResult[]> {
  const onTarget = heads.map(({ commit, merged }) =>
    commit && merged.tree ? onto.result(merged.tree, [onto.root], [onto.target, commit]) : undefined,
  );
  const known = heads.flatMap((_, at) => (onTarget[at] ? [at] : []));
  const changed = await onto.changes(known.map((at) => onTarget[at]!));
  const touched = known.map((at, index) => withConflicts(changed[index]!, heads[at]!.merged));
  const candidates = collidingPairs(touched).map(([a, b]) => [known[a]!, known[b]!] as const);
  const kin = await kinship(onto, heads);
  const merges = candidates.map(([a, b]): MergePair => {
    if (kin(a, b)) return withHistory(onto, heads[a]!, heads[b]!);
    // The same two in whichever order they are asked for are one question.
    return [onTarget[a]!, onTarget[b]!].sort() as [string, string];
  });
  const answers = await onto.merge(merges);
  const names = namesOf(onto, heads, onTarget);
  const found = new Map(candidates.map(([a, b], at) => [`${a} ${b}`, answers[at]!]));
  const changes = new Map(known.map((at, index) => [at, changed[index]!]));
  const pairs = heads.flatMap((_, a) => heads.slice(a + 1).map((__, more) => [a, a + 1 + more] as const));
  const results = pairs.map(([a, b]): PairResult => {
    const [one, other] = [heads[a]!, heads[b]!];
    const lost = [one, other].find((_, at) => !onTarget[at === 0 ? a : b]);
    if (lost) return unknown(one, other, lost.merged.reason);
    const merged = found.get(`${a} ${b}`);
    if (!merged) return { a: one.name, b: other.name, status: 'clean', paths: [] };
    if (merged.status === 'unknown') return unknown(one, other, merged.reason);
    const conflicts = [
      ...withNames(merged.conflicts, names),
      ...stuckOn(one, changes.get(b)!),
      ...stuckOn(other, changes.get(a)!),
    ];
    return pairOf(one, other, conflicts);
  });
  if (!looks) return results;
  const sides = new Map(candidates.map(([a, b], at) => [`${a} ${b}`, merges[at]!]));
  return withLooks(
    onto,
    results,
    pairs.map(([a, b]): CleanPair | undefined => {
      if ([a, b].some((at) => heads[at]!.merged.status !== 'clean')) return undefined;
      const tree = found.get(`${a} ${b}`)?.tree;
      const merged = tree === undefined ? {} : { merged: { sides: sides.get(`${a} ${b}`)!, tree } };
      return { ours: onTarget[a]!, theirs: onTarget[b]!, ...merged };
    }),
  );
}

/** Tells whether two heads, by index, share commits that the target does not have. */
export async function kinship(
  onto: TargetMerges,
  heads: readonly MergedHead[],
): Promise<(a: number, b: number) => boolean> {
  const known = heads.flatMap(({ commit, merged }, at) => (commit && merged.tree ? [at] : []));
  const own = await onto.own(known.map((at) => heads[at]!.tip ?? heads[at]!.commit!));
  const owners = new Map<string, string>();
  for (const [index, apart] of own.entries()) {
    for (const commit of apart?.own ?? []) owners.set(commit, `${owners.get(commit) ?? ''} ${known[index]}`);
  }
  const kin = new Set<string>();
  for (const sharing of new Set(owners.values())) {
    const some = sharing.trim().split(' ');
    for (const a of some) for (const b of some) kin.add(`${a} ${b}`);
  }
  return (a, b) => kin.has(`${a} ${b}`);
}

/** As if the first had landed; where it cannot, the two as they are. */
function withHistory({ target, result }: TargetMerges, a: MergedHead, b: MergedHead): MergePair {
  if (a.merged.status !== 'clean' || b.merged.status !== 'clean') return [a.commit!, b.commit!];
  return [result(a.merged.tree!, [target, a.commit!], [target, a.commit!]), b.commit!];
}

/** Every id by which a head may have been called in a merge. */
function namesOf(
  { target, result }: TargetMerges,
  heads: readonly MergedHead[],
  onTarget: readonly (string | undefined)[],
): Map<string, string> {
  return new Map(
    heads.flatMap(({ name, commit, merged }, at) => {
      if (!commit || !merged.tree) return [];
      const landed = result(merged.tree, [target, commit], [target, commit]);
      return [onTarget[at]!, commit, landed].map((id) => [id, name] as const);
    }),
  );
}

const unknown = (a: MergedHead, b: MergedHead, reason = 'no answer'): PairResult => ({
  a: a.name,
  b: b.name,
  status: 'unknown',
  paths: [],
  reason,
});

function pairOf(a: MergedHead, b: MergedHead, conflicts: readonly Conflict[]): PairResult {
  const paths = [...new Set(conflicts.map((conflict) => conflict.path))];
  const pair = { a: a.name, b: b.name, paths };
  return paths.length === 0
    ? { ...pair, status: 'clean' }
    : { ...pair, status: 'conflict', conflicts: [...conflicts] };
}

/** What a head wanted to change but could not is missing in the tree that stands for it. */
function withConflicts(changes: readonly PathChange[], { conflicts }: MergedTree): PathChange[] {
  return [...changes, ...conflicts.map(({ path }) => ({ status: 'M', path }))];
}

/** Conflicts with the target that leave no markers (binary files, submodules), where another head changes the file. */
function stuckOn({ merged }: MergedHead, others: readonly PathChange[]): Conflict[] {
  const touched = new Set(others.flatMap(({ path, from }) => (from ? [path, from] : [path])));
  return merged.conflicts.filter(
    ({ kind, path }) => kind !== 'contents' && kind !== 'add/add' && touched.has(path),
  );
}
