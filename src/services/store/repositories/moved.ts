/** A repository whose folder was moved or renamed is recognised by its commits, and its tasks are taken over. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { RegistryFile, Repo, Task } from '../../../domain/store/task.js';
import type { FoundRepository, Git } from '../../platform/index.js';
import { tasksOf } from '../tasks/index.js';
import type { Registry } from '../types.js';
import { findRepo } from './register.js';

/** A registered repository that is not where it was. */
export interface FormerPlace {
  path: string;
  tasks: number;
}

/** How many commits of a repository that is gone are looked for. */
const commitsAtMost = 5;

/** Registered repositories whose folder is gone, or a link to this one now, and whose commits this one holds. */
export async function formerPlaces(file: RegistryFile, git: Git): Promise<FormerPlace[]> {
  const places: FormerPlace[] = [];
  for (const repo of file.repos) {
    if (repo.path === git.root || isThere(repo, git)) continue;
    const tasks = tasksOf(file, repo.id);
    if (await holds(git, repo, tasks)) places.push({ path: repo.path, tasks: tasks.length });
  }
  return places;
}

/** Who moves a repository to another disk often leaves a link where it was. */
function isThere({ path, commonDir }: Repo, git: Git): boolean {
  const place = commonDir ?? join(path, '.git');
  return existsSync(place) && (place === git.commonDir || realpathSync(place) !== git.commonDir);
}

async function holds(git: Git, repo: Repo, tasks: readonly Task[]): Promise<boolean> {
  const commits = new Set([repo.seen, ...tasks.flatMap((task) => [task.landedAs, task.base])]);
  commits.delete(undefined);
  for (const commit of [...commits].slice(0, commitsAtMost)) {
    if (await git.commitOf(commit!)) return true;
  }
  return false;
}

/**
 * Gives the tasks of the repository that was at `from` to the one at hand, and mends git's records of its worktrees.
 * Throws (usage) `not-moved` when `from` is not a former place of it, `slug-taken` when both have a task of one name.
 */
export async function adoptRepository(
  registry: Registry,
  found: FoundRepository,
  git: Git,
  from: string,
): Promise<Repo> {
  const places = await formerPlaces(await registry.read(), git);
  if (!places.some(({ path }) => path === from)) {
    const names = places.map(({ path }) => path).join(', ');
    throw appError('not-moved', `${from} is not where this repository was before.`, {
      kind: 'usage',
      hint: names
        ? `It was at ${names}.`
        : 'Give the path that this repository had before it was moved: nothing but a link to it stands there now, and all its commits are here.',
    });
  }
  const { repo, worktrees } = await registry.update('repository moved', (file) =>
    takeOver(file, found, from),
  );
  if (worktrees.length > 0) await git.run(['worktree', 'repair', ...worktrees], { ok: [0, 1] });
  return repo;
}

function takeOver(file: RegistryFile, found: FoundRepository, from: string) {
  const former = file.repos.find(({ path }) => path === from)!;
  const here = findRepo(file, found);
  const own = here ? tasksOf(file, here.id) : [];
  const theirs = tasksOf(file, former.id);
  const twice = own.find(({ slug }) => theirs.some((task) => task.slug === slug));
  if (twice) {
    throw appError('slug-taken', `There is a task ${twice.slug} here already.`, {
      kind: 'usage',
      hint: `Remove it first: codex-agent task remove ${twice.slug}`,
    });
  }
  const { commonDir: _, ...rest } = former;
  const repo: Repo = {
    ...rest,
    path: found.root,
    ...(found.gitDir ? { commonDir: found.commonDir } : {}),
  };
  const tasks = file.tasks.map((task) => {
    if (task.repo === here?.id) return { ...task, repo: repo.id };
    return task.repo === former.id ? moved(task, from, found.root) : task;
  });
  const repos = file.repos.filter(({ id }) => id !== here?.id).map((one) => (one === former ? repo : one));
  const worktrees = tasksOf({ ...file, tasks }, repo.id).flatMap(({ worktree }) => worktree ?? []);
  const there = worktrees.filter((path) => existsSync(path));
  return { file: { ...file, repos, tasks }, result: { repo, worktrees: there } };
}

/** Worktrees stand beside the repository: they were moved with it, or stayed where they were. */
function moved(task: Task, from: string, to: string): Task {
  if (!task.worktree || existsSync(task.worktree)) return task;
  const path = join(dirname(to), relative(dirname(from), task.worktree));
  return existsSync(path) ? { ...task, worktree: path } : task;
}
