/** Reads a review: the diff of a branch with all that is said of it. Changes nothing, starts no agent, asks no model. */

import { currencyOf, formatSpent, sumOf } from '../../../domain/agents/cost.js';
import type { RunView } from '../../../domain/agents/run.js';
import type { DiffFile } from '../../../domain/landing/diff.js';
import { placeComments } from '../../../domain/landing/review/comments.js';
import type { ReviewDocument, ReviewedRun, ReviewSubject } from '../../../domain/landing/review/document.js';
import { remarksOf } from '../../../domain/landing/review/remarks.js';
import {
  approvalOf,
  lastReviewed,
  type ReviewState,
  viewedPaths,
} from '../../../domain/landing/review/state.js';
import { appError, hasCode, messageOf } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Task } from '../../../domain/store/task.js';
import { hasRun, inspectRun } from '../../agents/index.js';
import { mergeBaseOf } from '../../platform/index.js';
import {
  type RepoSession,
  type ReviewOf,
  readReviewState,
  requireTask,
  targetGone,
} from '../../store/index.js';
import { mergeTree } from '../prediction/tree.js';
import { readChanges } from '../validation/changes.js';
import { readReport } from '../validation/record.js';

/** Unchanged lines around each change; more are shown when they are asked for. */
const contextLines = 3;

/** A review with what it is stored under, for those who change it. */
export interface OpenReview {
  of: ReviewOf;
  task?: Task;
  state: ReviewState;
  review: ReviewDocument;
}

/** The review of a task's work or of a branch. Throws `no-branch`, `task-not-found`, `bad-review`, `git-failed`. */
export async function readReview(session: RepoSession, subject: ReviewSubject): Promise<OpenReview> {
  const task = 'task' in subject ? await taskOrBranch(session, subject.task) : undefined;
  const branch = task?.branch ?? (subject as { branch: string }).branch;
  const of: ReviewOf = task ?? { branch };
  const target = ('onto' in subject && subject.onto) || session.target;
  const sides = await sidesOf(session, { task, branch, target });
  const [changes, state, report, runs, uncommitted] = await Promise.all([
    readChanges(session, `${sides.base}..${sides.head}`, contextLines),
    readReviewState(session, of),
    task && readReport(session, task),
    task ? runsOf(session, task) : [],
    task?.worktree ? uncommittedIn(session, task.worktree) : 0,
  ]);
  const round = lastReviewed(state, sides.head);
  const stale = report !== undefined && (report.head !== sides.head || report.target !== sides.tip);
  const review: ReviewDocument = {
    subject: task?.slug ?? branch,
    ...(task ? { status: task.status } : { bare: true as const }),
    title: task?.title ?? branch,
    goal: task?.goal ?? '',
    acceptance: task?.acceptance ?? [],
    ...{ branch, target, head: sides.head, base: sides.base },
    files: changes.files,
    ...(changes.unread ? { unread: changes.unread } : {}),
    ...(round ? { since: { round, ...(await sinceRound(session, round, sides, changes.files)) } } : {}),
    ...(report ? { report, stale } : {}),
    remarks: remarksOf(report?.head === sides.head ? report : undefined, changes.files),
    comments: placeComments(state.comments, changes.files, sides.head),
    viewed: viewedPaths(state, changes.files),
    ...withApproval(state, sides.head),
    runs,
    ...(task?.worktree ? { worktree: task.worktree } : {}),
    uncommitted,
  };
  return { of, ...(task ? { task } : {}), state, review };
}

/** The task; where only a branch has the name, what shows that one is said. */
async function taskOrBranch(session: RepoSession, name: string): Promise<Task> {
  try {
    return await requireTask(session, name);
  } catch (error) {
    if (!hasCode(error, 'task-not-found') || !(await session.git.commitOf(`refs/heads/${name}`))) throw error;
    throw appError('task-not-found', `There is no task ${JSON.stringify(name)}, only a branch.`, {
      kind: 'usage',
      hint: `To review it: codex-agent task review --branch ${shellWord(name)}. To make a task of its worktree: codex-agent task worktree adopt <folder>.`,
    });
  }
}

function withApproval(state: ReviewState, head: string): Pick<ReviewDocument, 'approval'> {
  const approval = approvalOf(state, head);
  return approval ? { approval } : {};
}

interface Sides {
  head: string;
  base: string;
  /** The target as it is now. */
  tip: string;
}

/** Work that has landed is looked at as it landed: its own newest commit, from where it had left the target. */
async function sidesOf(
  session: RepoSession,
  { task, branch, target }: { task?: Task; branch: string; target: string },
): Promise<Sides> {
  const { git } = session;
  if (task?.landedAs) {
    const tip = await git.commitOf(`${task.landedAs}^1`);
    const head = (await git.commitOf(`${task.landedAs}^2`)) ?? (await git.commitOf(task.landedAs));
    if (tip && head) return { base: (await mergeBaseOf(session.git, tip, head)) || tip, head, tip };
  }
  const local = (name: string) => git.commitOf(`refs/heads/${name}`);
  const [tip, head] = await Promise.all([
    local(target),
    local(branch).then((found) => found ?? (task ? undefined : git.commitOf(branch))),
  ]);
  if (!tip || !head) {
    const gone = head ? await targetGone(session) : undefined;
    throw appError('no-branch', `There is no branch ${head ? target : branch}.`, {
      hint:
        gone?.hint ??
        (task
          ? 'The task has not been worked on yet: launch it, then there is something to review.'
          : '`git branch --all` lists them.'),
    });
  }
  const base = await mergeBaseOf(session.git, tip, head);
  if (base) return { base, head, tip };
  throw appError(
    'unrelated',
    `${branch} has no commit in common with ${target}, so there is nothing to compare.`,
    { hint: 'Name what it belongs to: --onto.' },
  );
}

/**
 * What has changed since a round. Where the branch stands on another commit of the target by now, what was reviewed is
 * first moved there too, so that the work of others is not shown as the agent's.
 */
async function sinceRound(
  session: RepoSession,
  round: { commit: string; base: string },
  { head, base }: Sides,
  files: readonly DiffFile[],
): Promise<{ files: DiffFile[]; reason?: string }> {
  try {
    const moved =
      round.base === base ? undefined : await mergeTree(session, round.commit, base, { keep: true });
    if (moved?.status === 'clean' && moved.tree) {
      return { files: (await readChanges(session, `${moved.tree}..${head}`, contextLines)).files };
    }
    const before = await readChanges(session, `${round.base}..${round.commit}`, contextLines);
    const paths = [
      ...new Set([...files, ...before.files].flatMap(({ path, oldPath }) => [path, oldPath ?? path])),
    ];
    if (paths.length === 0) return { files: [] };
    return { files: (await readChanges(session, `${round.commit}..${head}`, contextLines, paths)).files };
  } catch (error) {
    return { files: [], reason: `What has changed since cannot be told: ${messageOf(error)}` };
  }
}

/** No more attempts are told of. */
const mostRuns = 20;

async function runsOf(session: RepoSession, task: Task): Promise<ReviewedRun[]> {
  const views: ReviewedRun[] = [];
  for (const runId of task.runIds.slice(-mostRuns)) {
    if (await hasRun(session.paths, runId))
      views.push(runOf(session, await inspectRun(session.paths, runId)));
  }
  return views;
}

function runOf({ config }: RepoSession, run: RunView): ReviewedRun {
  const { runId, attempt, runner, status, phase, finalText, spent, model } = run;
  const used = spent && sumOf([{ ...spent, ...(model ? { model } : {}) }], config.prices);
  return {
    ...{ runId, attempt, runner },
    status: status ?? phase,
    ...(finalText ? { said: finalText } : {}),
    ...(used && used.tokens > 0 ? { used: formatSpent(used, currencyOf(config.prices)) } : {}),
  };
}

/** How many files of the worktree are not committed. What git cannot tell is told by the worktree's own pages. */
async function uncommittedIn({ git }: RepoSession, worktree: string): Promise<number> {
  try {
    const { stdout } = await git.run(['status', '--porcelain', '-z', '--no-renames'], { worktree });
    return stdout.split('\0').filter(Boolean).length;
  } catch {
    return 0;
  }
}

/** The text of a file in a commit; undefined when it has none. */
export async function textIn(
  { git }: Pick<RepoSession, 'git'>,
  commit: string,
  path: string,
): Promise<string | undefined> {
  const { code, stdout } = await git.run(['cat-file', 'blob', `${commit}:${path}`], { ok: [0, 128] });
  return code === 0 ? stdout : undefined;
}
