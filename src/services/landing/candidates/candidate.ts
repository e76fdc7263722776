/** The merge that is to land, built off to the side: what is checked is exactly what lands. */
import type { Conflict } from '../../../domain/landing/merge.js';
import type { Task } from '../../../domain/store/task.js';
import { branchTips, type Git, mergeBaseOf } from '../../platform/index.js';
import { type RepoSession, targetGoneLine } from '../../store/index.js';
import { mergeTree } from '../prediction/tree.js';
import { commitMergeOf } from './chain.js';
import { sameWorkSince } from './same-work.js';

export type Candidate =
  | {
      status: 'clean';
      /** Commit of the target it was merged with. */
      target: string;
      /** Commit of the task's branch. */
      head: string;
      /** Where the branch left the target. */
      base: string;
      tree: string;
      /** The merge commit, with parents target and head. On no branch yet. */
      commit: string;
    }
  | { status: 'conflict'; conflicts: Conflict[]; target: string; head: string }
  /** `noWork`: the task has no commit yet that could be judged. */
  | { status: 'unknown'; reason: string; noWork?: true }
  /** The target holds the branch already, or the same work by another way. */
  | { status: 'landed'; commit: string };

/** Ref that keeps a landed branch after the branch itself is gone. */
export const doneRef = (task: Pick<Task, 'slug'>): string => `refs/codex-agents/done/${task.slug}`;

/** Merges the task's branch into the target as it is now. No ref, index or worktree is touched. */
export async function buildCandidate(
  session: Pick<RepoSession, 'git' | 'env' | 'target' | 'loaded'>,
  task: Task,
): Promise<Candidate> {
  const { git } = session;
  const tips = await branchTips(git, [session.target, task.branch]);
  const target = tips.get(session.target);
  if (!target) return { status: 'unknown', reason: await targetGoneLine(session) };
  const branch = tips.get(task.branch);
  const head = branch ?? (await git.commitOf(doneRef(task)));
  if (!head) return { status: 'unknown', reason: `there is no branch ${task.branch}`, noWork: true };
  // Git merges while it is asked where both parted: the answers do not need each other.
  const merging = mergeTree(session, target, head, { keep: true });
  let base: string;
  try {
    base = await partedAt(git, target, head);
  } finally {
    await merging;
  }
  if (base === head) {
    if (branch && head === task.base) {
      return { status: 'unknown', reason: `${task.branch} has no commits of its own`, noWork: true };
    }
    return { status: 'landed', commit: await landingOf(git, target, head) };
  }
  if (!branch) return { status: 'unknown', reason: `the branch ${task.branch} is gone` };
  const merged = await merging;
  if (merged.status === 'unknown') return { status: 'unknown', reason: merged.reason ?? 'no answer' };
  const mergedTree = merged.status === 'clean' ? merged.tree : undefined;
  const elsewhere = await sameWorkSince(git, base, { target, head }, mergedTree);
  if (elsewhere) return { status: 'landed', commit: elsewhere };
  if (merged.status === 'conflict') return { status: 'conflict', conflicts: merged.conflicts, target, head };
  const commit = await commitMergeOf(session, { task, head }, target, merged.tree!);
  return { status: 'clean', target, head, base, tree: merged.tree!, commit };
}

/** Where a branch left the target; with it the trees that are compared next are asked for. */
async function partedAt(git: Git, target: string, head: string): Promise<string> {
  const base = await mergeBaseOf(git, target, head);
  if (base !== '' && base !== head) await git.treesOf([base, head, target]);
  return base;
}

/** Whether one commit's history holds the other. */
export async function contains(git: Git, commit: string, other: string): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', other, commit], { ok: [0, 1] })).code === 0;
}

/** The merge that brought a branch in; the branch's own commit when it came without one. */
export async function landingOf(git: Git, target: string, head: string): Promise<string> {
  const { stdout } = await git.run(['rev-list', '--merges', '--parents', '--reverse', `${head}..${target}`]);
  const merge = stdout.split('\n').find((line) => line.split(' ').slice(2).includes(head));
  return merge?.split(' ')[0] ?? head;
}
