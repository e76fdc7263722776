/** `merge check`: what would happen if the tasks' branches were merged, now, in pairs, or one after the other. */
import { messageOf } from '../../domain/errors.js';
import type { MergeReport, MergeResult, PairResult } from '../../domain/merge.js';
import type { Task } from '../../domain/task.js';
import type { Git, RepoSession } from '../types.js';
import { withAnalysis } from './analysis.js';
import { type MergedTree, mergeMany, mergeWith } from './tree.js';

export interface CheckOptions {
  /** Also every two branches with each other. */
  pairs?: boolean;
  /** Also all branches one after the other, in the order given. */
  queue?: boolean;
  /** A branch that belongs to no task, checked as well. */
  branch?: string;
  /** Branch to merge into; default the session's target. */
  into?: string;
}

interface Head {
  name: string;
  branch: string;
  /** Commit of the branch; absent when there is no such branch. */
  head?: string;
}

/** Checks the tasks' branches against the target. Repository, worktrees and refs stay untouched. */
export async function checkMerges(
  session: Pick<RepoSession, 'git' | 'env' | 'target'>,
  tasks: readonly Pick<Task, 'slug' | 'branch'>[],
  options: CheckOptions = {},
): Promise<MergeReport> {
  const targetName = options.into ?? session.target;
  const named = tasks.map((task) => ({ name: task.slug, branch: task.branch }));
  if (options.branch) named.push({ name: options.branch, branch: options.branch });
  const tips = await branchTips(session.git);
  const heads = named.map((one): Head => ({ ...one, head: tips.get(`refs/heads/${one.branch}`) }));
  const target = tips.get(`refs/heads/${targetName}`);
  if (!target) return withoutTarget(heads, targetName);
  try {
    return await withAnalysis(session, { attributesOf: target }, async (run) => {
      const merged = await mergeHeads(run, target, heads);
      const results: MergeResult[] = [];
      for (const [at, head] of heads.entries()) {
        const apart = head.head ? await distance(session.git, target, head.head) : {};
        results.push({ ...resultOf(head, target, merged[at]!), ...apart });
      }
      return {
        target: targetName,
        results,
        pairs: options.pairs ? await checkPairs(run, target, heads, merged) : [],
        ...(options.queue ? { queue: await checkQueue(run, target, heads) } : {}),
      };
    });
  } catch (error) {
    return { target: targetName, results: heads.map((head) => unknown(head, messageOf(error))), pairs: [] };
  }
}

const unknown = (head: Head, reason: string): MergeResult => ({
  task: head.name,
  status: 'unknown',
  conflicts: [],
  reason,
  ...(head.head ? { head: head.head } : {}),
});

function withoutTarget(heads: readonly Head[], target: string): MergeReport {
  const reason = `there is no branch ${target}`;
  return { target, results: heads.map((head) => unknown(head, reason)), pairs: [] };
}

/** Full commit id of every local branch. */
async function branchTips(git: Git): Promise<Map<string, string>> {
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads']);
  return new Map(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), line.slice(at + 1)] as const;
      }),
  );
}

async function mergeHeads(run: Git['run'], target: string, heads: readonly Head[]): Promise<MergedTree[]> {
  const known = heads.filter((head) => head.head !== undefined);
  const merged = await mergeMany(
    run,
    known.map((head) => [target, head.head!] as const),
  );
  const byHead = new Map(known.map((head, at) => [head, merged[at]!]));
  return heads.map(
    (head) =>
      byHead.get(head) ?? { status: 'unknown', conflicts: [], reason: `there is no branch ${head.branch}` },
  );
}

function resultOf(head: Head, target: string, merged: MergedTree): MergeResult {
  if (merged.status === 'unknown') return { ...unknown(head, merged.reason ?? 'no answer'), target };
  return {
    task: head.name,
    status: merged.status,
    conflicts: merged.conflicts,
    target,
    head: head.head!,
    ...(merged.status === 'clean' ? { tree: merged.tree! } : {}),
  };
}

/** Commits only the branch has, and only the target has; left out when git cannot tell. */
async function distance(
  git: Git,
  target: string,
  head: string,
): Promise<Pick<MergeResult, 'ahead' | 'behind'>> {
  try {
    const { stdout } = await git.run(['rev-list', '--left-right', '--count', `${target}...${head}`]);
    const [behind, ahead] = stdout.trim().split('\t').map(Number);
    return { ahead: ahead!, behind: behind! };
  } catch {
    return {};
  }
}

/**
 * Every two branches. A branch that merges cleanly is first brought onto the target, so that what it has missed
 * there is not counted as a quarrel between two tasks.
 */
async function checkPairs(
  run: Git['run'],
  target: string,
  heads: readonly Head[],
  merged: readonly MergedTree[],
): Promise<PairResult[]> {
  const fresh: (string | undefined)[] = [];
  for (const [at, one] of merged.entries()) {
    fresh.push(one.status === 'clean' ? await commitTree(run, one.tree!, [target]) : heads[at]!.head);
  }
  const indexes = heads.flatMap((_, a) => heads.slice(a + 1).map((__, more) => [a, a + 1 + more] as const));
  const known = indexes.filter(([a, b]) => fresh[a] && fresh[b]);
  const answers = await mergeMany(
    run,
    known.map(([a, b]) => [fresh[a]!, fresh[b]!] as const),
  );
  const byPair = new Map(known.map(([a, b], at) => [`${a} ${b}`, answers[at]!]));
  return indexes.map(([a, b]) => {
    const answer = byPair.get(`${a} ${b}`);
    const paths = [...new Set(answer?.conflicts.map((conflict) => conflict.path) ?? [])];
    return { a: heads[a]!.name, b: heads[b]!.name, status: answer?.status ?? 'unknown', paths };
  });
}

/** Merges one after the other; one that does not merge cleanly is left out and the rest goes on without it. */
async function checkQueue(
  run: Git['run'],
  target: string,
  heads: readonly Head[],
): Promise<MergeReport['queue']> {
  let tip = target;
  let firstConflict: string | undefined;
  for (const head of heads) {
    const merged = head.head ? await mergeWith(run, tip, head.head) : undefined;
    if (merged?.status === 'clean') tip = await commitTree(run, merged.tree!, [tip, head.head!]);
    else firstConflict ??= head.name;
  }
  return { order: heads.map((head) => head.name), ...(firstConflict ? { firstConflict } : {}) };
}

async function commitTree(run: Git['run'], tree: string, parents: readonly string[]): Promise<string> {
  const args = ['commit-tree', tree, '-m', 'check', ...parents.flatMap((parent) => ['-p', parent])];
  return (await run(args)).stdout.trim();
}
