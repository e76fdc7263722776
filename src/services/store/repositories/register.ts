/** Repositories in the registry. */
import { existsSync } from 'node:fs';
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
 * @param about a commit that it holds, by which it is recognised when it was moved; whether it is the demo's
 */
export async function registerRepo(
  registry: Registry,
  found: FoundRepository,
  about: Pick<Repo, 'seen' | 'demo'> = {},
): Promise<Repo> {
  return registry.update('repository registered', (file) => {
    const known = findRepo(file, found);
    if (known) return { file, result: known };
    const repo: Repo = {
      id: newId(new Set(file.repos.map((other) => other.id))),
      path: found.root,
      ...(found.gitDir ? { commonDir: found.commonDir } : {}),
      ...(about.seen ? { seen: about.seen } : {}),
      ...(about.demo ? { demo: true } : {}),
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

/** Takes demos whose folder is gone out of the registry, with their tasks: nothing of them is anywhere any more. */
export async function forgetGoneDemos(registry: Registry): Promise<void> {
  const goneIn = ({ repos }: RegistryFile) => repos.filter(({ demo, path }) => demo && !existsSync(path));
  if (goneIn(await registry.read()).length === 0) return;
  await registry.update('demos forgotten', (file) => {
    const gone = new Set(goneIn(file).map(({ id }) => id));
    const repos = file.repos.filter(({ id }) => !gone.has(id));
    return {
      file: { ...file, repos, tasks: file.tasks.filter(({ repo }) => !gone.has(repo)) },
      result: undefined,
    };
  });
}

/** How many tasks of each status every repository of the person has. */
export async function allRepos(
  paths: Paths,
): Promise<{ repo: string; name: string; tasks: Record<string, number> }[]> {
  const file = await openRegistry(paths).read();
  const own = file.repos.filter(({ demo }) => !demo);
  return own.map((repo) => {
    const tasks: Record<string, number> = {};
    for (const { status } of tasksOf(file, repo.id)) tasks[status] = (tasks[status] ?? 0) + 1;
    return { repo: repo.path, name: repo.name, tasks };
  });
}
