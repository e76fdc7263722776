/** The two commits a resolution brings together. */
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import type { Sides } from './types.js';

/**
 * Tips of the task's branch and of the target, and whether the branch already has all of the target.
 * Throws `no-branch`.
 */
export async function requireSides(
  session: Pick<RepoSession, 'git' | 'target'>,
  task: Task,
): Promise<Sides & { upToDate: boolean }> {
  const [head, target] = await Promise.all(
    [task.branch, session.target].map(async (branch) => {
      const commit = await session.git.commitOf(`refs/heads/${branch}`);
      if (commit) return commit;
      throw appError('no-branch', `There is no branch ${branch}.`, {
        hint:
          branch === task.branch
            ? 'The task has not been worked on yet.'
            : 'Set target in the configuration.',
      });
    }),
  );
  const contained = await session.git.run(['merge-base', '--is-ancestor', target!, head!], { ok: [0, 1] });
  return { head: head!, target: target!, upToDate: contained.code === 0 };
}
