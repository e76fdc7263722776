/** What a target had and has no more, since a person amended, rebased or reset it: a branch that began there brings it back. */
import type { Task } from '../../../domain/store/task.js';
import { runMark } from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { contains } from './candidate.js';

/** A commit that was on the target, and that the target has neither as it is nor as the same patch. */
export interface DroppedCommit {
  id: string;
  subject: string;
  /** Runs that it came from, and its committer's e-mail: by these its own task knows it. */
  runs: readonly string[];
  email: string;
}

export interface FormerTarget {
  /** The newest commit of the branch at which the target once was. */
  commit: string;
  /** Newest first; none where all of it came to the target anew, as by `git pull --rebase`. */
  dropped: DroppedCommit[];
}

/**
 * Git's own record of where the target was tells it; undefined where the branch began at what the target still has.
 * @param sides with `base`, where both parted, where that is known
 */
export async function formerTarget(
  { git, target: name }: Pick<RepoSession, 'git' | 'target'>,
  { target, head, base }: { target: string; head: string; base?: string },
): Promise<FormerTarget | undefined> {
  const args = ['merge-base', '--fork-point', `refs/heads/${name}`, head];
  const { code, stdout } = await git.run(args, { ok: [0, 1, 128] });
  const commit = stdout.trim();
  if (code !== 0 || commit === '' || commit === base || (await contains(git, target, commit)))
    return undefined;
  const format = '--format=%H%x1f%s%x1f%ce%x1f%(trailers:key=Run,valueonly,separator=%x20)%x1e';
  const only = ['--no-merges', '--cherry-pick', '--right-only', '--max-count=500'];
  const log = await git.run(['log', ...only, format, `${target}...${commit}`, '--']);
  const dropped = log.stdout.split('\x1e').flatMap((text) => {
    const [id = '', subject = '', email = '', runs = ''] = text.trim().split('\x1f');
    return id === '' ? [] : [{ id, subject, email, runs: runs.split(' ') }];
  });
  return { commit, dropped };
}

/** A task's own work was on the target when a person had merged it and took that back: it is the task's all the same. */
export const isWorkOf = ({ runs, email }: DroppedCommit, runIds: Task['runIds']): boolean =>
  runIds.some((run) => runs.includes(run) || email === runMark(run));
