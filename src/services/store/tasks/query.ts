/** Finding repositories and tasks in the registry. */
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { nearest } from '../../../domain/platform/nearest.js';
import type { RegistryFile, Repo, Task } from '../../../domain/store/task.js';
import type { Paths } from '../../platform/index.js';
import { openRegistry } from '../registry/index.js';
import type { Registry, RepoSession } from '../types.js';

/** The repository whose main worktree is at `root`; undefined when the registry does not know it. */
export function findRepo(file: RegistryFile, root: string): Repo | undefined {
  const path = realpathSync(root);
  return file.repos.find((repo) => repo.path === path);
}

/** Makes the repository at `root` known; one that is known already is returned as it is. */
export async function registerRepo(registry: Registry, root: string): Promise<Repo> {
  const path = realpathSync(root);
  return registry.update('repository registered', (file) => {
    const known = file.repos.find((repo) => repo.path === path);
    if (known) return { file, result: known };
    const repo: Repo = {
      id: newId(new Set(file.repos.map((other) => other.id))),
      path,
      name: basename(path),
      createdAt: new Date().toISOString(),
    };
    return { file: { ...file, repos: [...file.repos, repo] }, result: repo };
  });
}

/** Tasks of a repository, in registry order. */
export function tasksOf(file: RegistryFile, repoId: string): Task[] {
  return file.tasks.filter((task) => task.repo === repoId);
}

/** The task of this slug as the registry has it now. Throws `task-not-found` (usage) with the nearest slugs. */
export async function requireTask(
  session: Pick<RepoSession, 'registry' | 'repo'>,
  slug: string,
): Promise<Task> {
  return findTask(await session.registry.read(), session.repo.id, slug);
}

/** The same in a registry at hand. */
export function findTask(file: RegistryFile, repoId: string, slug: string): Task {
  const found = file.tasks.find((task) => task.repo === repoId && task.slug === slug);
  if (found) return found;
  const near = nearest(
    slug,
    tasksOf(file, repoId).map((task) => task.slug),
  );
  throw appError('task-not-found', `There is no task ${JSON.stringify(slug)}.`, {
    kind: 'usage',
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '`codex-agent task list` shows all tasks.',
  });
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

/** Eight hex digits that are not taken. */
export function newId(taken: ReadonlySet<string>): string {
  for (;;) {
    const id = randomBytes(4).toString('hex');
    if (!taken.has(id)) return id;
  }
}
