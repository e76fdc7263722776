/** Takes away what is not needed any more: worktrees of tasks that are over, spares out of date, what crashes left, old trash. */
import type { Task } from '../../../domain/store/task.js';
import { sweepOwnFolders, temporaryFolder } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { overviewOf, type WorktreeRow } from '../care/overview.js';
import { tidySpares } from '../filling/spares.js';
import { sweepPrivateWorktrees } from '../places/private.js';
import { removeWorktree, requireRemovable } from './remove.js';
import { emptyTrash, trashedNow } from './trash.js';

export interface Collected {
  /** Removed, or with `dryRun` what would be. */
  removed: { path: string; task?: string; why: string }[];
  kept: Pick<WorktreeRow, 'path' | 'task' | 'keep'>[];
}

/**
 * Collects. Nothing is removed that has work in it, or that a task still needs; other people's worktrees are not
 * touched. With `trash` the trash is emptied now, not after a day; what no rescue ref holds stays in it for ever.
 */
export async function collectWorktrees(
  session: RepoSession,
  tasks: readonly Task[],
  options: { dryRun?: boolean; trash?: boolean } = {},
): Promise<Collected> {
  const rows = await overviewOf(session, tasks);
  // Before anything is added to it.
  const trash = await trashedNow(session, options.trash === true);
  const result: Collected = { removed: [], kept: [] };
  if (!options.dryRun) await emptyTrash(session, { all: options.trash === true });
  for (const row of rows) {
    const task = tasks.find((one) => one.slug === row.task);
    if (row.keep.length > 0) {
      result.kept.push({ path: row.path, ...(row.task ? { task: row.task } : {}), keep: row.keep });
      continue;
    }
    if (row.kind === 'task' && task) {
      const refusal = await (options.dryRun ? requireRemovable : removeTaskWorktree)(session, task).then(
        () => undefined,
        (error: unknown) => reasonOf(error),
      );
      if (refusal) {
        result.kept.push({ path: row.path, task: task.slug, keep: [refusal] });
        continue;
      }
      result.removed.push({ path: row.path, task: task.slug, why: `the task is ${task.status}` });
    } else result.removed.push({ path: row.path, why: 'left behind' });
  }
  for (const path of trash) result.removed.push({ path, why: 'in the trash' });
  if (options.dryRun) return result;
  await sweepPrivateWorktrees(session);
  for (const parent of [temporaryFolder(session.env), session.paths.stateDir])
    for (const path of await sweepOwnFolders(parent)) result.removed.push({ path, why: 'left behind' });
  await tidySpares(session);
  return result;
}

/** A worktree that is not removed is one that stays, with the reason; what is no answer of ours is thrown. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('worktree-'))
    return error.message;
  throw error;
}

async function removeTaskWorktree(session: RepoSession, task: Task): Promise<void> {
  await removeWorktree(session, task);
  await session.registry.update('task.worktree', (file) => ({
    file: {
      ...file,
      tasks: file.tasks.map((one) => (one.id === task.id ? { ...one, worktree: undefined } : one)),
    },
    result: undefined,
  }));
}
