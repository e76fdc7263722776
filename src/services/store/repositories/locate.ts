/** Which repository a folder belongs to, and which worktree stands for it. */

import { hasCode } from '../../../domain/platform/errors.js';
import type { RegistryFile } from '../../../domain/store/task.js';
import { type FoundRepository, findRepository, type Paths, recordOf } from '../../platform/index.js';
import { openRegistry } from '../registry/index.js';
import { findRepo } from './register.js';

/**
 * The repository around `cwd`. A bare one is stood for by the worktree it was registered with, as long as that is
 * there. Undefined outside of one. Throws `no-worktree`.
 */
export async function locateRepository(
  cwd: string,
  read: () => Promise<RegistryFile>,
): Promise<FoundRepository | undefined> {
  const found = await findRepository(cwd);
  if (!found?.gitDir) return found;
  const known = findRepo(await read(), found);
  if (!known || known.path === found.root) return found;
  const gitDir = await recordOf(found.commonDir, known.path);
  return gitDir ? { ...found, root: known.path, gitDir } : found;
}

/** Main worktree of the repository around `cwd`; undefined outside of one, and where there is no worktree. */
export async function repositoryRoot(cwd: string, paths: Paths): Promise<string | undefined> {
  try {
    return (await locateRepository(cwd, () => openRegistry(paths).read()))?.root;
  } catch (error) {
    if (hasCode(error, 'no-worktree')) return undefined;
    throw error;
  }
}
