/** Brings a task's branch onto the target, in the task's own worktree. */

import type { Conflict } from '../../../domain/landing/merge.js';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Task } from '../../../domain/store/task.js';
import type { GitResult } from '../../platform/index.js';
import { unfinishedIn } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { editedFiles, rescueWorktree, signingFlag, writeRescueRef } from '../../worktrees/index.js';
import { formerTarget, isWorkOf } from '../candidates/former.js';
import { unmergedIn } from './conflicts.js';
import { handWorkIn } from './hand-work.js';
import { resolveTask } from './resolve.js';

export interface RebaseOptions {
  /** Default `start`. */
  mode?: 'start' | 'continue' | 'abort';
  /** On a conflict: put the branch back and have the resolver merge the target instead, behind its gate. */
  resolve?: boolean;
}

export interface RebaseReport {
  task: string;
  status: 'rebased' | 'up-to-date' | 'conflict' | 'aborted' | 'merged';
  /** Commit the branch is at now; absent while the rebase is under way. */
  head?: string;
  conflicts?: Conflict[];
  /** Ref that holds the branch as it was. */
  rescue?: string;
  /** Why the resolver handed back, when it was asked. */
  reason?: string;
  /** Commands that can be used next. */
  next?: string[];
}

type Needs = Pick<RepoSession, 'git' | 'root' | 'env' | 'target' | 'emit'>;

/**
 * Starts, goes on with, or gives up a rebase. On a conflict the worktree is left for a person to resolve, unless the
 * resolver is asked for: it merges, since what it answers is judged once and as a whole, not commit by commit.
 * Throws `no-worktree`, `task-running`, `worktree-dirty`, `rebase-under-way`, `no-rebase`, `branch-not-checked-out`.
 */
export async function rebaseTask(
  session: RepoSession,
  task: Task,
  { mode = 'start', resolve = false }: RebaseOptions = {},
): Promise<RebaseReport> {
  if (task.status === 'running') {
    throw appError('task-running', `${task.slug} is running; its branch is the agent's now.`, {
      hint: 'Wait for the run to end, or stop it.',
    });
  }
  const worktree = task.worktree;
  if (!worktree) {
    throw appError('no-worktree', `Task ${task.slug} has no worktree to rebase in.`, {
      hint: `Make one with \`codex-agent task worktree add ${task.slug}\`.`,
    });
  }
  const unfinished = await unfinishedIn(session.git, worktree);
  if (mode === 'start') {
    const report = await start(session, task, worktree, unfinished);
    if (report.status !== 'conflict') return report;
    return resolve ? mergeInstead(session, task, worktree, report) : { ...report, next: offers(task) };
  }
  if (unfinished !== 'rebase') {
    throw appError('no-rebase', `No rebase is under way in ${worktree}.`, { kind: 'usage' });
  }
  if (mode === 'abort') {
    // Half of it may have been resolved by hand, for hours.
    const rescue = await rescueWorktree(session, worktree, task.slug);
    await session.git.run(['rebase', '--abort'], { worktree });
    const head = await session.git.commitOf(`refs/heads/${task.branch}`);
    return { task: task.slug, status: 'aborted', ...(head ? { head } : {}), rescue };
  }
  // Here the person stages: what has no markers any more may still be half done.
  const { left, unstaged } = await handWorkIn(session, worktree);
  const conflicts = [...left, ...unstaged];
  if (conflicts.length > 0) {
    const next = [`git -C ${shellWord(worktree)} add <the files, once they are resolved>`, ...offers(task)];
    return { task: task.slug, status: 'conflict', conflicts, next };
  }
  return judge(session, task, worktree, await session.git.run(['rebase', '--continue'], anyEnd(worktree)));
}

function offers({ slug }: Task): string[] {
  const again = `codex-agent merge rebase ${slug}`;
  return [
    `codex-agent task worktree open ${slug} --with editor`,
    `${again} --continue`,
    `${again} --abort`,
    `${again} --abort, then ${again} --resolve`,
  ];
}

async function mergeInstead(
  session: RepoSession,
  task: Task,
  worktree: string,
  { rescue, conflicts = [] }: RebaseReport,
): Promise<RebaseReport> {
  await session.git.run(['rebase', '--abort'], { worktree });
  const { status, commit, reason, next } = await resolveTask(session, task);
  const kept = rescue ? { rescue } : {};
  if (status === 'resolved') return { task: task.slug, status: 'merged', head: commit ?? '', ...kept };
  const head = await session.git.commitOf(`refs/heads/${task.branch}`);
  return {
    task: task.slug,
    status: 'aborted',
    conflicts,
    ...(head ? { head } : {}),
    ...kept,
    ...(reason ? { reason } : {}),
    ...(next ? { next } : {}),
  };
}

async function start(
  session: Needs,
  task: Task,
  worktree: string,
  unfinished: string | undefined,
): Promise<RebaseReport> {
  const { git, target } = session;
  if (unfinished) {
    throw appError('rebase-under-way', `A ${unfinished} is under way in ${worktree}.`, {
      hint: 'Finish it, or give it up with --abort.',
    });
  }
  const changed = await editedFiles(session, worktree);
  if (changed.length > 0) {
    throw appError('worktree-dirty', `${worktree} has uncommitted work: ${changed[0]!.path}.`, {
      hint: 'Commit it first; nothing is stashed for you.',
    });
  }
  const ref = `refs/heads/${task.branch}`;
  const onto = await git.commitOf(`refs/heads/${target}`);
  const head = await git.commitOf(ref);
  const name = await git.run(['symbolic-ref', '-q', 'HEAD'], { worktree, ok: [0, 1] });
  if (!onto || !head || name.stdout.trim() !== ref) {
    throw appError(
      'branch-not-checked-out',
      `${worktree} is not on ${task.branch}, or ${target} is missing.`,
    );
  }
  const from = await formerPart(session, task, { target: onto, head });
  const ahead = await git.run(['merge-base', '--is-ancestor', onto, head], { ok: [0, 1] });
  if (ahead.code === 0 && !from) return { task: task.slug, status: 'up-to-date', head };
  const rescue = await writeRescueRef(git, task.slug, head, `before the rebase onto ${target}`);
  // The person's settings may stash, or move other branches: neither may happen here.
  const sign = await signingFlag(session);
  const args = [
    'rebase',
    '--no-autostash',
    '--no-update-refs',
    '--no-verify',
    sign,
    '--onto',
    onto,
    from ?? onto,
  ];
  return { ...(await judge(session, task, worktree, await git.run(args, anyEnd(worktree)))), rescue };
}

/** What the target had and has no more is not taken along: the commit behind which the task's own work begins. */
async function formerPart(
  session: Needs,
  { runIds }: Task,
  sides: { target: string; head: string },
): Promise<string | undefined> {
  const former = await formerTarget(session, sides);
  if (!former || former.commit === sides.head) return undefined;
  return former.dropped.some((commit) => isWorkOf(commit, runIds)) ? undefined : former.commit;
}

const anyEnd = (worktree: string) => ({ worktree, ok: [0, 1, 128] });

/** git's exit code says little; whether the rebase is still under way and what is unmerged says all. */
async function judge(session: Needs, task: Task, worktree: string, result: GitResult): Promise<RebaseReport> {
  const underWay = (await unfinishedIn(session.git, worktree)) === 'rebase';
  if (result.code === 0 && !underWay) {
    const head = await session.git.commitOf(`refs/heads/${task.branch}`);
    return { task: task.slug, status: 'rebased', ...(head ? { head } : {}) };
  }
  const conflicts = await unmergedIn(session, worktree);
  if (underWay && conflicts.length > 0) return { task: task.slug, status: 'conflict', conflicts };
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  throw appError('rebase-failed', `The rebase of ${task.slug} stopped: ${said || `exit ${result.code}`}.`, {
    ...(underWay ? { hint: `Look at ${worktree}, or give it up with --abort.` } : {}),
  });
}
