/** After landing: keeps the branch in a ref of ours, removes worktree and branch. Safe to repeat. */
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import { systemRefusal } from '../../../domain/platform/system-errors.js';
import { isOwnBranch } from '../../../domain/store/branch-name.js';
import type { Task } from '../../../domain/store/task.js';
import { type GitFailure, heldLock } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { listWorktrees, recordAt, removeWorktree, worktreePath } from '../../worktrees/index.js';
import { contains, doneRef } from '../candidates/candidate.js';

export interface CleanedUp {
  /** Ref that holds what was left uncommitted in the worktree. */
  rescue?: string;
  /** Why the worktree is still there. */
  left?: string;
}

/** Reasons for which a worktree stays although its task has landed; so does one that a full or failing disk holds. */
const stays = ['worktree-in-use', 'worktree-locked', 'worktree-busy', 'not-a-task-worktree', 'git-failed'];

/** Cleans up behind a landed task. A branch that is not in the target, or that we did not make, stays. */
export async function cleanUpLanded(session: RepoSession, task: Task): Promise<CleanedUp> {
  const { git } = session;
  const ref = `refs/heads/${task.branch}`;
  const head = await git.commitOf(ref);
  if (head) await keepAsDone(session, task, head);
  const cleaned = await removeQuietly(session, task);
  if (!head || !isOwnBranch(task)) return cleaned;
  const target = await git.commitOf(`refs/heads/${session.target}`);
  const inUse = (await listWorktrees(git)).some((record) => record.branch === ref);
  if (target && !inUse && (await contains(git, target, head))) {
    await git.dropRef(ref, head, `${task.slug} has landed`).catch((error: unknown) => {
      // A person or an agent went on working on it: the branch stays.
      if (!hasCode(error, 'ref-moved')) branchStays(session, task, error);
    });
  }
  return cleaned;
}

/** The work has landed, so a lock that another git left behind must not make a failure of it; all else is thrown. */
function branchStays({ emit }: RepoSession, { slug, branch }: Task, error: unknown): void {
  if (!heldLock((error as Partial<GitFailure>).stderr ?? '')) throw error;
  const message = `${slug} has landed, but its branch stays: ${messageOf(error)}: \`git branch -d ${branch}\``;
  emit({ type: 'noted', level: 'warning', message });
}

async function keepAsDone({ git }: RepoSession, task: Task, head: string): Promise<void> {
  const kept = await git.commitOf(doneRef(task));
  if (kept !== head) await git.moveRef(doneRef(task), head, kept ?? '', `${task.slug} has landed`);
}

async function removeQuietly(session: RepoSession, task: Task): Promise<CleanedUp> {
  // Killed between the registry and git, the task may not know its worktree any more.
  const path = task.worktree ?? worktreePath(session, task.slug);
  if (!recordAt(await listWorktrees(session.git), path)) return {};
  try {
    const { rescue } = await removeWorktree(session, { ...task, worktree: path }, { force: true });
    session.emit({ type: 'worktree.removed', task: task.slug, ...(rescue ? { rescue } : {}) });
    return rescue ? { rescue } : {};
  } catch (error) {
    if (!systemRefusal(error) && !stays.some((code) => hasCode(error, code))) throw error;
    const message = `${task.slug}: its worktree stays. ${messageOf(error)} Once it may go: \`codex-agent task worktree gc\``;
    session.emit({ type: 'noted', level: 'warning', message });
    return { left: messageOf(error) };
  }
}
