/** Putting back by hand what could not be put back with certainty: refs that moved while a task's last run worked. */

import { currentRun } from '../../../domain/app/steps.js';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { tasksOf } from '../../store/index.js';
import { listWorktrees } from '../places/list.js';
import { restoreRefs } from '../uncommitted/index.js';
import { readFindings } from './findings.js';
import { movedRefs } from './refs.js';

/** `data` of `task restore`. */
export interface Restored {
  task: string;
  refs: {
    ref: string;
    before: string;
    after: string;
    /** Ref that keeps what it was moved to. */
    kept?: string;
    done: boolean;
    /** Worktree that has it checked out: its files are not touched. */
    worktree?: string;
  }[];
}

/**
 * Puts refs back to where they were before the task's newest run: those that were found moved when it ended and are
 * still there, or `only` these, wherever they are by now. With `dryRun` tells which. Each moves by compare-and-swap,
 * and what it was moved to is kept. Throws `no-run`, `not-moved` (usage).
 */
export async function restoreByHand(
  session: RepoSession,
  task: Task,
  options: { only?: readonly string[]; dryRun?: boolean },
): Promise<Restored> {
  const runId = currentRun(task);
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const moved = runId && (await movedRefs(session, task, runId, tasks));
  if (!moved) {
    throw appError('no-run', `It is not known where refs were before ${task.slug} ran.`, {
      hint: 'They are noted when a run starts, and forgotten with its folder.',
    });
  }
  const wanted = new Set(
    (options.only ?? []).map((name) => (name.startsWith('refs/') ? name : `refs/heads/${name}`)),
  );
  const strange = [...wanted].find((name) => !moved.some(({ ref }) => ref === name));
  if (strange) {
    throw appError('not-moved', `${strange} is where it was before ${task.slug} ran.`, { kind: 'usage' });
  }
  const holders = new Map((await listWorktrees(session.git)).map((record) => [record.branch, record.path]));
  const refs: Restored['refs'] = [];
  const found = wanted.size === 0 ? await foundMoved(session, runId) : undefined;
  const chosen = moved.filter(({ ref, after }) => found?.has(`${ref} ${after}`) ?? wanted.has(ref));
  for (const { ref, before, after } of chosen) {
    const worktree = holders.get(ref);
    const row = { ref, before, after, done: false, ...(worktree ? { worktree } : {}) };
    // A branch that somebody has checked out is not taken from under them.
    if (!options.dryRun && !(worktree && before === '')) {
      try {
        const [kept] = await restoreRefs(session, [{ ref, before, after }], task);
        refs.push({ ...row, done: true, ...(kept ? { kept } : {}) });
        continue;
      } catch (error) {
        if (!hasCode(error, 'ref-moved')) throw error;
      }
    }
    refs.push(row);
  }
  return { task: task.slug, refs };
}

/** What the end of the run told of, as "ref commit": whatever moved later is somebody's work since. */
async function foundMoved(session: Pick<RepoSession, 'paths'>, runId: string): Promise<Set<string>> {
  const findings = (await readFindings(session, runId)).filter(({ restored }) => !restored);
  return new Set(findings.flatMap(({ what, after }) => (after === undefined ? [] : [`${what} ${after}`])));
}
