/** Repositories of submodules that a worktree has no longer: git keeps them in its record, which goes with the worktree. */
import { existsSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Git } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { gitInModule, type ModuleParent } from '../places/modules.js';

export interface LeftModule {
  left: true;
  /** Name of the submodule, behind the path of its parent. */
  path: string;
  /** Its git directory, since it has no files any more. */
  folder: string;
  gitDir: string;
  mainDir: string;
  git: Git;
}

/** @param seen real git directories of those that are filled */
export async function leftModules(
  session: Pick<RepoSession, 'git' | 'env'>,
  { gitDir, mainDir, prefix }: Pick<ModuleParent, 'gitDir' | 'mainDir' | 'prefix'>,
  seen: ReadonlySet<string>,
): Promise<LeftModule[]> {
  const found: LeftModule[] = [];
  for (const name of await repositoriesBelow(join(gitDir, 'modules'))) {
    const folder = join(gitDir, 'modules', name);
    if (seen.has(realpathSync(folder))) continue;
    const main = join(mainDir, 'modules', name);
    const path = `${prefix}${name}`;
    const inner = { gitDir: folder, mainDir: main, prefix: `${path}/` };
    found.push(...(await leftModules(session, inner, seen)));
    const git = await gitInModule(session, folder);
    found.push({ left: true, path, folder, gitDir: folder, mainDir: main, git });
  }
  return found;
}

/** Names of git directories below a folder; a name may have slashes. */
async function repositoriesBelow(folder: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const name = `${prefix}${entry.name}`;
    if (existsSync(join(folder, name, 'HEAD'))) found.push(name);
    else found.push(...(await repositoriesBelow(folder, `${name}/`)));
  }
  return found;
}
