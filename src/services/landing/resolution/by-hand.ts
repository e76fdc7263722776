/**
 * A person resolves: the conflict is laid out in the task's own worktree, where editors and merge tools work on it;
 * afterwards it becomes the same merge commit that the resolver would have made, and is remembered for the next time.
 */

import type { Conflict, ResolvedFile, ResolveReport } from '../../../domain/landing/merge.js';
import { appError, toAppError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Task } from '../../../domain/store/task.js';
import { unfinishedIn } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { rescueWorktree, signingFlag } from '../../worktrees/index.js';
import { writeAfterMerge } from './after-merge.js';
import { requireQuiet } from './apply.js';
import { unmergedIn } from './conflicts.js';
import { handRecords, readHandMade, sidesUnderWay } from './hand-made.js';
import { handWorkIn } from './hand-work.js';
import { closeMemory, forgetNoted, rerere } from './memory.js';
import { noteOrigins } from './origins.js';
import { recordOutcome } from './outcome.js';
import { keepResolution, resolutionOf } from './record.js';
import { requireSides } from './sides.js';

export type HandStep = 'start' | 'continue' | 'abort';

/**
 * Starts, finishes, or gives up a merge by hand. Finishing stages what was in conflict and holds no markers any more.
 * Throws `no-worktree`, `no-merge`, and what `resolveTask` throws before it starts.
 */
export async function resolveByHand(
  session: RepoSession,
  task: Task,
  step: HandStep,
): Promise<ResolveReport> {
  const { worktree } = task;
  if (!worktree) {
    throw appError('no-worktree', `Task ${task.slug} has no worktree to resolve in.`, {
      hint: `Make one with \`codex-agent task worktree add ${task.slug}\`.`,
    });
  }
  if (step === 'start') return start(session, task, worktree);
  if ((await unfinishedIn(session.git, worktree)) !== 'merge') {
    throw appError('no-merge', `No merge is under way in ${worktree}.`, {
      kind: 'usage',
      hint: `Start one with \`codex-agent merge resolve ${task.slug} --by-hand\`.`,
    });
  }
  return step === 'abort' ? abort(session, task, worktree) : finish(session, task, worktree);
}

async function start(session: RepoSession, task: Task, worktree: string): Promise<ResolveReport> {
  const unfinished = await unfinishedIn(session.git, worktree);
  if (unfinished) {
    throw appError('merge-under-way', `A ${unfinished} is under way in ${worktree}.`, {
      hint: 'Finish it with --continue, or give it up with --abort.',
    });
  }
  await requireQuiet(session, task);
  const sides = await requireSides(session, task);
  if (sides.upToDate) return { task: task.slug, status: 'resolved', files: [], commit: sides.head };
  const settings = ['-c', 'merge.conflictStyle=diff3', '-c', 'rerere.enabled=false'];
  const flags = ['--no-commit', '--no-ff', '--no-stat', '--no-squash', '--no-verify', '--no-autostash'];
  await session.git.run([...settings, 'merge', ...flags, sides.target], { worktree, ok: [0, 1] });
  const conflicts = await unmergedIn(session, worktree);
  if (conflicts.length === 0) return finish(session, task, worktree);
  await rerere(session, worktree);
  return handedOver(task, worktree, conflicts);
}

function handedOver(task: Task, worktree: string, conflicts: readonly Conflict[]): ResolveReport {
  return {
    task: task.slug,
    status: 'bailed-out',
    files: conflicts.map(({ path, kind }) => ({ path, strategy: 'none', hunks: [], reason: kind })),
    reason: `waits in ${worktree} for a person`,
    next: [
      `codex-agent task worktree open ${task.slug} --with editor`,
      `git -C ${shellWord(worktree)} mergetool`,
      `codex-agent merge resolve ${task.slug} --continue`,
      `codex-agent merge resolve ${task.slug} --abort`,
    ],
  };
}

async function finish(session: RepoSession, task: Task, worktree: string): Promise<ResolveReport> {
  const { git } = session;
  const { conflicts, left, unstaged } = await handWorkIn(session, worktree);
  if (left.length > 0) return handedOver(task, worktree, left);
  const sides = await sidesUnderWay(session, worktree);
  if (conflicts.length > 0) await rerere(session, worktree);
  if (unstaged.length > 0) {
    const input = unstaged.map(({ path }) => `${path}\0`).join('');
    await git.run(['update-index', '--add', '--remove', '-z', '--stdin'], { worktree, input });
  }
  const message = `Merge ${session.target} into ${task.branch}\n\nResolved by hand.\n\nTask: ${task.slug}\n`;
  const sign = await signingFlag(session);
  await git.run(['commit', '-q', '--no-verify', sign, '-F', '-'], { worktree, input: message });
  const head = (await git.commitOf(`refs/heads/${task.branch}`)) ?? '';
  const read = await readHandMade(session, sides, worktree, conflicts).catch(toAppError);
  const made = Array.isArray(read) ? read : [];
  const files = conflicts.map(({ path }): ResolvedFile => {
    const open = made.find((file) => file.path === path);
    return { path, strategy: 'by-hand', hunks: open ? handRecords(open) : [], reason: 'by hand' };
  });
  const report: ResolveReport = { task: task.slug, status: 'resolved', files, commit: head };
  const told = await writeAfterMerge(session, report, [
    ['how it was resolved, for the next time,', () => closeMemory(session, worktree)],
    [
      'who resolved which hunk',
      async () => {
        if (!Array.isArray(read)) throw read;
        await noteOrigins(session, read);
      },
    ],
    [
      'what lists show of it',
      async () => recordOutcome(session, task, await requireSides(session, task), report, []),
    ],
    [
      'the record of the resolution',
      () => keepResolution(session, task, resolutionOf(session, task, sides, report, made)),
    ],
  ]);
  session.emit({ type: 'merge.resolved', report: told });
  return told;
}

async function abort(session: RepoSession, task: Task, worktree: string): Promise<ResolveReport> {
  // What was resolved so far may be hours of work.
  const rescue = await rescueWorktree(session, worktree, task.slug);
  await session.git.run(['merge', '--abort'], { worktree });
  await forgetNoted(session, worktree);
  const reason = `given up; the branch is as it was, and ${rescue} holds what stood in the files`;
  return { task: task.slug, status: 'bailed-out', files: [], reason };
}
