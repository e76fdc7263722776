/** Adds a worktree without files, under the lock of worktrees. */
import { endedFromOutside } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { discard } from '../removal/discard.js';
import { listWorktrees, recordAt } from './list.js';

/**
 * Adds it locked, for this reason: a lock that stays behind marks it as unfinished. Where git is killed in the middle,
 * what it had made goes at once: with a HEAD that names no commit yet, other git commands in the repository fail.
 * @param what as for `git worktree add`, the path among it
 */
export async function addEmptyWorktree(
  session: RepoSession,
  path: string,
  reason: string,
  what: readonly string[],
): Promise<void> {
  const { git } = session;
  try {
    await git.run(['worktree', 'add', '-q', '--no-checkout', '--lock', '--reason', reason, ...what]);
  } catch (error) {
    if (endedFromOutside(error)) await dropHalfMade(session, path).catch(() => {});
    throw error;
  }
}

async function dropHalfMade(session: RepoSession, path: string): Promise<void> {
  const record = recordAt(await listWorktrees(session.git), path);
  if (record) await discard(session, record);
}
