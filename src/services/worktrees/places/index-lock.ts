/** The lock of a worktree's index, where the git that made it was killed: an agent's, or one that moved a branch. */
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Git, leftLocks } from '../../platform/index.js';

/** Other programs than git, such as editors, hold it for a moment too. */
const momentMs = 1_000;

/**
 * Sets the lock aside where no git holds it any more. Returns false where one does, and goes on for longer than the
 * patience. Only for a worktree whose agent and person are done.
 */
export async function freeIndex(
  git: Pick<Git, 'gitDir'>,
  worktree: string,
  patienceMs = 2_000,
): Promise<boolean> {
  const gitDir = await git.gitDir(worktree);
  const path = join(gitDir, 'index.lock');
  const there = () => stat(path).catch(() => undefined);
  const found = await there();
  if (!found) return true;
  await sleep(Math.min(momentMs, Math.max(0, found.mtimeMs + momentMs - Date.now())));
  const [left] = await leftLocks([{ path, inode: found.ino }], [gitDir, worktree], patienceMs);
  if (left) await rename(left, `${left}.stale-${Date.now()}`);
  return (await there()) === undefined;
}
