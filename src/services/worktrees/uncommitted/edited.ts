/** Files of a worktree that were changed, whatever their filters make of them. */
import { type ChangedFile, changedFiles } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { unchangedUnfiltered } from './unfiltered.js';

/**
 * Changed and untracked files, without those that only look changed since their filter is left out.
 * Throws as `changedFiles` does.
 */
export async function editedFiles(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  worktree: string,
): Promise<ChangedFile[]> {
  const files = await changedFiles({ ...session, commonDir: session.git.commonDir }, worktree);
  const paths = files.map(({ path }) => path);
  const same = new Set(await unchangedUnfiltered(session, worktree, paths));
  return files.filter(({ path }) => !same.has(path));
}
