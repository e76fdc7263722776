/** Finding tasks in the registry. */
import { randomBytes } from 'node:crypto';
import { appError } from '../../../domain/platform/errors.js';
import { nearest } from '../../../domain/platform/nearest.js';
import type { RegistryFile, Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../types.js';

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

/** Eight hex digits that are not taken. */
export function newId(taken: ReadonlySet<string>): string {
  for (;;) {
    const id = randomBytes(4).toString('hex');
    if (!taken.has(id)) return id;
  }
}
