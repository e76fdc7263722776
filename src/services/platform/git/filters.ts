/** Filters that a repository defines for itself and that we therefore do not run. */
import type { Git } from '../types.js';
import { hardenedEnvironment } from './environment.js';
import { placeOf } from './place.js';

/**
 * The paths whose attributes name a filter that must not be left out (`required`), but is.
 * A filter that is not required may be missing: git itself passes content through then.
 */
export async function unfilteredPaths(
  session: { git: Git; root: string; env: NodeJS.ProcessEnv },
  worktree: string,
  paths: readonly string[],
): Promise<{ path: string; filter: string }[]> {
  const { git, root, env } = session;
  const place = await placeOf({ root, commonDir: git.commonDir }, worktree);
  const { droppedFilters } = await hardenedEnvironment(place, env);
  if (droppedFilters.length === 0 || paths.length === 0) return [];
  const input = paths.map((path) => `${path}\0`).join('');
  const { stdout } = await git.run(['check-attr', '-z', '--stdin', 'filter'], { worktree, input });
  const fields = stdout.split('\0');
  return paths.flatMap((_, at) => {
    const filter = fields[at * 3 + 2] ?? '';
    return droppedFilters.includes(filter) ? [{ path: fields[at * 3]!, filter }] : [];
  });
}
