/** Tasks whose work came to the target by another way: merged by hand, squash-merged, cherry-picked or rebased. */
import { join } from 'node:path';
import type { Task } from '../../../domain/store/task.js';
import { tryAcquireLock } from '../../platform/index.js';
import { type RepoSession, tasksOf } from '../../store/index.js';
import { contains, landingOf } from '../candidates/candidate.js';
import { sameWork } from '../candidates/same-work.js';
import { checkMerges } from '../prediction/check.js';
import { openOutcomes } from './outcomes.js';

type Looking = Pick<RepoSession, 'git' | 'root' | 'env' | 'target' | 'loaded' | 'paths'>;

/** One landing at a time in a repository, whichever process does it. */
export const landingLock = ({ paths, repo }: Pick<RepoSession, 'paths' | 'repo'>): string =>
  join(paths.stateDir, 'landing', `${repo.id}.lock.d`);

/**
 * Tasks as they are: finished work that is on the target already counts as landed, with the commit that brought it.
 * Nothing is written; `settleLandedElsewhere` does that, as soon as something drives.
 */
export async function withLandedElsewhere(session: Looking, tasks: readonly Task[]): Promise<Task[]> {
  // Git that cannot tell is no reason not to show the tasks.
  const landed = await landedElsewhere(session, tasks).catch(() => new Map<string, string>());
  return tasks.map((task) => {
    const commit = landed.get(task.slug);
    return commit ? { ...task, status: 'landed', landedAs: commit, problem: undefined } : task;
  });
}

/**
 * Writes them off: what depends on them can start, and their worktrees go. Resolves with their slugs; with none while
 * a landing is under way, which may be about to write off the same.
 */
export async function settleLandedElsewhere(session: RepoSession): Promise<string[]> {
  const seen = await landedElsewhere(session, tasksOf(await session.registry.read(), session.repo.id));
  if (seen.size === 0) return [];
  const lock = await tryAcquireLock(landingLock(session), { command: 'write off what has landed elsewhere' });
  if (!lock) return [];
  try {
    const tasks = tasksOf(await session.registry.read(), session.repo.id);
    const landed = tasks.filter((task) => mayHaveLanded(task) && seen.has(task.slug));
    for (const task of landed) {
      const commit = seen.get(task.slug)!;
      await openOutcomes(session, [task.slug]).land(task, commit);
      const message = `${task.slug} is on ${session.target} already, as ${commit.slice(0, 12)}: it counts as landed.`;
      session.emit({ type: 'noted', level: 'info', message });
    }
    return landed.map(({ slug }) => slug);
  } finally {
    await lock.release();
  }
}

const mayHaveLanded = ({ status, base }: Task): boolean =>
  base !== undefined && (status === 'done' || status === 'validated');

/** By slug, the commits of the target that hold the work. What cannot be told has not landed. */
async function landedElsewhere(
  session: Looking,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const finished = tasks.filter(mayHaveLanded);
  if (finished.length === 0) return found;
  const { git } = session;
  const target = await git.commitOf(`refs/heads/${session.target}`);
  // A target that stands where the work began has got nothing of it.
  const open = finished.filter(({ base }) => target && base !== target);
  if (!target || open.length === 0) return found;
  const tree = await git.treeOf(target);
  const { results } = await checkMerges(session, open, { changed: () => [] });
  for (const [at, { status, head, tree: merged }] of results.entries()) {
    const task = open[at]!;
    const commit = !head
      ? await ofBranchThatIsGone(session, task, target)
      : status === 'unknown' || (status === 'clean' && merged !== tree)
        ? undefined
        : (await contains(git, target, head))
          ? head !== task.base && (await landingOf(git, target, head))
          : await sameWork(git, target, head, merged);
    if (commit) found.set(task.slug, commit);
  }
  return found;
}

/**
 * The work was merged, and its branch deleted: the commit that it ended with may still be there to compare with, and
 * commits of ours name the run that they come from.
 */
async function ofBranchThatIsGone(
  { git }: Looking,
  { base = '', head: last, runIds, branch }: Task,
  target: string,
): Promise<string | undefined> {
  if (await git.commitOf(`refs/heads/${branch}`)) return undefined;
  const head = last && (await git.commitOf(last));
  if (head && head !== base) {
    if (await contains(git, target, head)) return landingOf(git, target, head);
    const same = await sameWork(git, target, head);
    if (same) return same;
  }
  const run = runIds.at(-1);
  if (!run) return undefined;
  const format = '--format=%H %(trailers:key=Run,valueonly,separator=%x20)';
  const { stdout } = await git.run([
    'log',
    format,
    '--fixed-strings',
    `--grep=Run: ${run}`,
    `${base}..${target}`,
    '--',
  ]);
  const line = stdout.split('\n').find((one) => one.split(' ').slice(1).includes(run));
  return line?.split(' ')[0];
}
