/** Repositories in the registry. */
import { basename, dirname } from 'node:path';
import type { RegistryFile, Repo } from '../../../domain/store/task.js';
import type { FoundRepository, Paths } from '../../platform/index.js';
import { openRegistry } from '../registry/index.js';
import { newId, tasksOf } from '../tasks/index.js';
import type { Registry } from '../types.js';

/** The registry's entry for a repository; undefined when it does not know it. */
export function findRepo(file: RegistryFile, found: FoundRepository): Repo | undefined {
  const isIt = (repo: Repo) =>
    repo.path === found.root || (found.gitDir !== undefined && repo.commonDir === found.commonDir);
  return file.repos.find(isIt);
}

/**
 * Makes a repository known; one that is known already is returned as it is.
 * @param seen a commit that it holds, by which it is recognised when it was moved
 */
export async function registerRepo(registry: Registry, found: FoundRepository, seen?: string): Promise<Repo> {
  return registry.update('repository registered', (file) => {
    const known = findRepo(file, found);
    if (known) return { file, result: known };
    const repo: Repo = {
      id: newId(new Set(file.repos.map((other) => other.id))),
      path: found.root,
      ...(found.gitDir ? { commonDir: found.commonDir } : {}),
      ...(seen ? { seen } : {}),
      name: nameOf(found),
      createdAt: new Date().toISOString(),
    };
    return { file: { ...file, repos: [...file.repos, repo] }, result: repo };
  });
}

/** `proj` for `proj/.bare` and for `proj.git`; a worktree of a bare repository is named after its branch. */
function nameOf({ root, commonDir, gitDir }: FoundRepository): string {
  if (!gitDir) return basename(root);
  const name = basename(commonDir).replace(/\.git$/, '');
  return name === '' || name.startsWith('.') ? basename(dirname(commonDir)) : name;
}

/** How many tasks of each status every known repository has. */
export async function allRepos(
  paths: Paths,
): Promise<{ repo: string; name: string; tasks: Record<string, number> }[]> {
  const file = await openRegistry(paths).read();
  return file.repos.map((repo) => {
    const tasks: Record<string, number> = {};
    for (const { status } of tasksOf(file, repo.id)) tasks[status] = (tasks[status] ?? 0) + 1;
    return { repo: repo.path, name: repo.name, tasks };
  });
}
