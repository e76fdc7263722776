/**
 * Resolves a task's conflicts with its target: up the ladder, through the gate and the checks, in a private worktree.
 * Either the branch gets a merge commit, or nothing changes.
 */
import { join } from 'node:path';
import { markHunks } from '../../../domain/landing/hunks.js';
import {
  type Conflict,
  type Resolution,
  type ResolveReport,
  strategies,
} from '../../../domain/landing/merge.js';
import { appError, hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { endedFromOutside, writeTo } from '../../platform/index.js';
import { type RepoSession, tellWork } from '../../store/index.js';
import { undoCutMove, withPrivateWorktree } from '../../worktrees/index.js';
import { writeAfterMerge } from './after-merge.js';
import { commitMerge, moveBranch, requireQuiet, writeResults } from './apply.js';
import { startMerge } from './conflicts.js';
import { climb } from './ladder.js';
import type { LockFile } from './locks.js';
import { closeMemory, forgetNoted, rerere } from './memory.js';
import { type CheckedResult, checkResult } from './merged-tree.js';
import { leaveFile, type OpenFile, unresolved, withdraw } from './open-file.js';
import { noteOrigins } from './origins.js';
import { recordOutcome } from './outcome.js';
import { keepResolution, resolutionOf } from './record.js';
import { handedBack, namesOf, resolved } from './report.js';
import { withSideTests } from './side-tests.js';
import { requireSides } from './sides.js';
import type { ModelState, RefusedFile, ResolutionSite } from './types.js';

export interface ResolveOptions {
  /** Rungs to use; default `resolver.strategies`. */
  strategies?: readonly string[];
  /** How often the agent may answer a file; default `resolver.max_attempts`. */
  attempts?: number;
  /** What is known of the model; shared by the resolutions of one landing, so that a broken model is asked once. */
  model?: ModelState;
}

/**
 * Merges the target into the task's branch.
 * Refuses to start with `bad-strategy` (usage), `task-running`, `worktree-dirty`, `branch-checked-out`, `no-branch`. Whatever is thrown or
 * bailed out of, the branch and the task's worktree are as they were.
 */
export function resolveTask(
  session: RepoSession,
  task: Task,
  options: ResolveOptions = {},
): Promise<ResolveReport> {
  const said = ({ status, reason }: ResolveReport) => ({ ok: status === 'resolved', text: reason ?? status });
  return tellWork(session, { task: task.slug, kind: 'resolving', said }, (told) =>
    resolveConflicts(told, task, options),
  );
}

async function resolveConflicts(
  session: RepoSession,
  task: Task,
  options: ResolveOptions,
): Promise<ResolveReport> {
  requireStrategies(options.strategies ?? []);
  await undoCutMove(session);
  const ownWorktree = await requireQuiet(session, task);
  const sides = await requireSides(session, task);
  const { report, conflicts, open } = sides.upToDate
    ? { report: resolved(task, [], sides.head), conflicts: [], open: [] }
    : await withPrivateWorktree(session, sides.head, 'resolve', (worktree) => {
        const site = { session, task, sides, worktree, model: options.model ?? {} };
        return resolveIn(site, ownWorktree, options);
      });
  const told = await writeAfterMerge(session, report, [
    ['what lists show of it', () => recordOutcome(session, task, sides, report, conflicts)],
  ]);
  if (conflicts.length > 0) await keep(session, task, resolutionOf(session, task, sides, report, open));
  session.emit({ type: 'merge.resolved', report: told });
  return told;
}

/** The merge is done, or undone: that it cannot be reviewed later is worth a word, not a failure. */
async function keep(session: RepoSession, task: Task, resolution: Resolution): Promise<void> {
  try {
    await keepResolution(session, task, resolution);
  } catch (error) {
    const message = `The resolution could not be kept for review: ${messageOf(error)}`;
    session.emit({ type: 'noted', level: 'warning', message });
  }
}

function requireStrategies(names: readonly string[]): void {
  const known: readonly string[] = strategies;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw appError('bad-strategy', `There is no strategy ${JSON.stringify(unknown)}.`, {
    kind: 'usage',
    hint: `Strategies: ${known.join(', ')}.`,
  });
}

interface Outcome {
  report: ResolveReport;
  conflicts: Conflict[];
  open: readonly OpenFile[];
}

async function resolveIn(
  site: ResolutionSite,
  ownWorktree: string | undefined,
  options: ResolveOptions,
): Promise<Outcome> {
  const { session, task, sides, worktree } = site;
  const { open, refused, locks } = await startMerge(session, worktree, sides);
  const conflicts = [...refused, ...open, ...locks].map(({ path, kind }) => ({ path, kind }));
  const use = new Set<string>(options.strategies ?? session.config.resolver.strategies);
  const attempts = options.attempts ?? session.config.resolver.max_attempts;
  let kept = false;
  try {
    if (open.length > 0) await rerere(session, worktree);
    const answered = await answerAll(site, { open, refused, locks }, use, attempts);
    const done = 'tree' in answered ? await commitResult(site, ownWorktree, answered.tree, open) : answered;
    const tests = site.sideTests?.map(({ report }) => report) ?? [];
    const runs = { checkRuns: answered.checkRuns, ...(tests.length > 0 ? { sideTests: tests } : {}) };
    if ('reason' in done) {
      const usedUp = 'usedUp' in answered;
      const report = handedBack(task, open, refused, locks, done.reason, usedUp);
      return { report: { ...report, ...runs }, conflicts, open };
    }
    kept = true;
    await remember(site, open);
    warnIfUnchecked(session, open);
    return { report: { ...resolved(task, open, done.commit, locks), ...runs }, conflicts, open };
  } finally {
    if (!kept && open.length > 0) await forgetNoted(session, worktree);
  }
}

/** Goes up the ladder and has the whole checked, again as long as attempts are left. */
async function answerAll(
  site: ResolutionSite,
  files: { open: readonly OpenFile[]; refused: readonly RefusedFile[]; locks: readonly LockFile[] },
  use: ReadonlySet<string>,
  attempts: number,
): Promise<({ tree: string } | { reason: string; usedUp?: true }) & { checkRuns: number }> {
  const { open, refused, locks } = files;
  const undecided = whyUndecided(refused, locks, use);
  // What a person has to decide anyway is worth no request.
  const rungsUsed = undecided ? new Set([...use].filter((name) => name !== 'ai')) : use;
  let checkRuns = 0;
  for (let attempt = 1; ; attempt++) {
    const stop = await climb(open, rungsUsed, site, attempt > 1);
    if (undecided) return { reason: undecided, checkRuns };
    const last = attempt >= attempts;
    const left = unresolved(open);
    if (left.length > 0 && (stop || last)) {
      const reason = namesOf(left, left[0]?.problem ?? stop ?? 'no answer');
      return { reason, checkRuns, ...(stop ? {} : { usedUp: true }) };
    }
    if (left.length > 0) continue;
    const result = await withSideTests(site, open, await checkResult(site, open, locks));
    checkRuns += result.ran ? 1 : 0;
    if (result.tree !== undefined) return { tree: result.tree, checkRuns };
    if (last || !mayMend(open, result, use.has('ai'))) {
      const usedUp = last && result.failed !== undefined && open.some((file) => hasAnswerBy(file, 'ai'));
      return { reason: result.reason, checkRuns, ...(usedUp ? { usedUp } : {}) };
    }
  }
}

function whyUndecided(
  refused: readonly RefusedFile[],
  locks: readonly LockFile[],
  use: ReadonlySet<string>,
): string | undefined {
  if (refused.length > 0) return namesOf(refused, refused[0]!.reason);
  if (locks.length === 0 || use.has('structural')) return undefined;
  return namesOf(locks, 'a tool writes it, and the strategy structural is not used');
}

/** Takes back what a model or a rule answered when the checks fail with it. False when no rung can answer otherwise. */
function mayMend(open: readonly OpenFile[], { failed, reason }: CheckedResult, mayAsk: boolean): boolean {
  if (failed === undefined) return false;
  for (const file of open) leaveFile(file, `the merged tree does not pass: ${failed.join(', ')}`);
  const doubtful = open.filter((file) => hasAnswerBy(file, 'ai') || hasAnswerBy(file, 'structural'));
  if (!mayAsk || doubtful.length === 0) return false;
  // A rule that reads only text can be wrong about what the program does: a model may do better.
  for (const file of doubtful) {
    withdraw(file, ['structural', 'ai'], 'the checks fail with this answer', `With your answer ${reason}`);
  }
  return true;
}

const hasAnswerBy = (file: OpenFile, strategy: string): boolean =>
  [...file.answers.values()].some((answer) => answer.strategy === strategy);

async function commitResult(
  { session, task, sides }: ResolutionSite,
  ownWorktree: string | undefined,
  tree: string,
  open: readonly OpenFile[],
): Promise<{ commit: string } | { reason: string }> {
  const commit = await commitMerge(session, task, sides, tree, open);
  try {
    await moveBranch(session, task, sides.head, commit, ownWorktree);
    return { commit };
  } catch (error) {
    const known = hasCode(error, 'ref-moved') || hasCode(error, 'git-failed');
    if (!known || endedFromOutside(error)) throw error;
    return { reason: `the branch could not be moved: ${messageOf(error)}` };
  }
}

/** The branch has the merge already: that this one could not be noted for the next time is no failure. */
async function remember({ session, worktree }: ResolutionSite, files: readonly OpenFile[]): Promise<void> {
  if (files.length === 0) return;
  try {
    // A check may have changed the files; what is remembered is what was committed.
    await writeResults(worktree, files);
    const byModel = files.filter((file) => hasAnswerBy(file, 'ai'));
    // In conflict again, these are not remembered: their answers have to land first.
    for (const file of byModel) await writeTo(join(worktree, file.path), markHunks(file.parts, new Map()));
    await noteOrigins(
      session,
      files.filter((file) => !byModel.includes(file)),
    );
    await rerere(session, worktree);
    await (byModel.length > 0 ? forgetNoted : closeMemory)(session, worktree);
  } catch (error) {
    const message = `The resolution could not be recorded: ${messageOf(error)}`;
    session.emit({ type: 'noted', level: 'warning', message });
  }
}

/** The gate reads text; only checks know whether a model's merge works. */
function warnIfUnchecked(session: RepoSession, files: readonly OpenFile[]): void {
  if (session.config.validator.checks.length > 0 || !files.some((file) => hasAnswerBy(file, 'ai'))) return;
  const message =
    'A model resolved conflicts and no checks are configured: look at the merge before it lands.';
  session.emit({ type: 'noted', level: 'warning', message });
}
