/** Files behind a filter that is left out: only their times tell whether they were changed. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { indexStats, unfilteredPaths } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

/**
 * Of these files, those that a filter of the repository's own stands before and that are as when they were checked out
 * or committed, by their times and sizes: without the filter their content would look changed.
 */
export async function unchangedUnfiltered(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  worktree: string,
  changed: readonly string[],
): Promise<string[]> {
  const paths = (await unfilteredPaths(session, worktree, changed)).map(({ path }) => path);
  if (paths.length === 0) return [];
  const known = await indexStats(session.git, worktree);
  return paths.filter((path) => {
    const found = lstatSync(join(worktree, path), { bigint: true, throwIfNoEntry: false });
    // git notes no size where it could not be sure by the time alone; to the nanosecond it is.
    const same = found && [`${found.mtimeNs} ${found.size}`, `${found.mtimeNs} 0`];
    return same?.includes(known.get(path) ?? '') === true;
  });
}
