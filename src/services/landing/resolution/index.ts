/**
 * Resolves a task's conflicts with its target: recorded resolutions, white space, rules of text and syntax, then the
 * conflict-resolver agent, all behind one gate, in a private worktree. Either the branch gets a merge commit, or nothing changed.
 */

import { hunksOf } from '../../../domain/landing/hunks.js';
import type {
  Conflict,
  HunkRecord,
  Resolution,
  ResolvedFile,
  ResolveReport,
  Strategy,
} from '../../../domain/landing/merge.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { appError, hasCode, isAppError, messageOf } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { loadAgent, whyNoThinking } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { withPrivateWorktree } from '../../worktrees/index.js';
import { runChecks } from '../validation/checks.js';
import { rememberPass } from '../validation/tree.js';
import { commitMerge, moveBranch, requireQuiet, treeOfResult, writeResults } from './apply.js';
import { askForFile, whyNotShown } from './ask.js';
import { startMerge } from './conflicts.js';
import { type LockFile, lockReason, rebuildLocks } from './locks.js';
import { recordOutcome } from './outcome.js';
import { keepResolution, resolutionOf } from './record.js';
import {
  dropAnswers,
  forgetConflicts,
  recordResolution,
  tryRecorded,
  tryStructural,
  tryWhitespace,
} from './rungs.js';
import { requireSides } from './sides.js';
import type { OpenFile, RefusedFile, Sides } from './types.js';

export { isModelMade } from './apply.js';
export { resolveByHand } from './by-hand.js';
export { readResolution } from './record.js';

export interface ResolveOptions {
  /** Rungs to use; default `resolver.strategies`. */
  strategies?: readonly string[];
  /** How often the agent may answer a file; default `resolver.max_attempts`. */
  attempts?: number;
}

/**
 * Merges the target into the task's branch.
 * Refuses to start with `bad-strategy` (usage), `task-running`, `worktree-dirty`, `branch-checked-out`, `no-branch`. Whatever is thrown or
 * bailed out of, the branch and the task's worktree are as they were.
 */
export async function resolveTask(
  session: RepoSession,
  task: Task,
  options: ResolveOptions = {},
): Promise<ResolveReport> {
  requireStrategies(options.strategies ?? []);
  const worktree = await requireQuiet(session, task);
  const sides = await requireSides(session, task);
  const { report, conflicts, open } = sides.upToDate
    ? { report: resolved(task, [], sides.head), conflicts: [], open: [] }
    : await withPrivateWorktree(session, sides.head, 'resolve', async (path) => {
        const attempt: Attempt = { path, sides, worktree, options, checkRuns: 0 };
        const outcome = await resolveIn(session, task, attempt);
        outcome.report.checkRuns = attempt.checkRuns;
        return outcome;
      });
  await recordOutcome(session, task, sides, report, conflicts);
  if (conflicts.length > 0) await keep(session, task, resolutionOf(session, task, sides, report, open));
  session.emit({ type: 'merge.resolved', report });
  return report;
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

const strategies: readonly string[] = ['rerere', 'whitespace', 'structural', 'ai'];

function requireStrategies(names: readonly string[]): void {
  const unknown = names.find((name) => !strategies.includes(name));
  if (unknown === undefined) return;
  throw appError('bad-strategy', `There is no strategy ${JSON.stringify(unknown)}.`, {
    kind: 'usage',
    hint: `Strategies: ${strategies.join(', ')}.`,
  });
}

interface Attempt {
  /** Private worktree. */
  path: string;
  sides: Sides;
  /** The task's own worktree, when the branch is checked out there. */
  worktree: string | undefined;
  options: ResolveOptions;
  /** Runs of the checks so far. */
  checkRuns: number;
  /** Lock files in conflict, made anew once the manifests are merged. */
  locks?: readonly LockFile[];
}

async function resolveIn(
  session: RepoSession,
  task: Task,
  attempt: Attempt,
): Promise<{ report: ResolveReport; conflicts: Conflict[]; open: OpenFile[] }> {
  const { path, sides } = attempt;
  const { open, refused, locks } = await startMerge(session, path, sides);
  attempt.locks = locks;
  const conflicts = [...refused, ...open, ...locks].map((file) => ({ path: file.path, kind: file.kind }));
  let kept = false;
  try {
    const outcome = await resolveFiles(session, task, attempt, open, refused);
    kept = 'commit' in outcome;
    if ('reason' in outcome) {
      return {
        report: handBack(task, open, [...refused, ...unsolvedLocks(locks)], outcome.reason),
        conflicts,
        open,
      };
    }
    await remember(session, path, open);
    warnIfUnchecked(session, open);
    return { report: resolved(task, open, outcome.commit, locks), conflicts, open };
  } finally {
    if (!kept && open.length > 0) await forgetConflicts(session, path);
  }
}

/** Up the ladder, through the gate and the checks, to a commit on the branch. */
async function resolveFiles(
  session: RepoSession,
  task: Task,
  attempt: Attempt,
  open: readonly OpenFile[],
  refused: readonly RefusedFile[],
): Promise<{ commit: string } | { reason: string }> {
  const { path, sides } = attempt;
  const use = new Set(attempt.options.strategies ?? session.config.resolver.strategies);
  if (open.length > 0) await tryRecorded(session, path, open, use.has('rerere'));
  if (use.has('whitespace')) await tryWhitespace(open);
  if (use.has('structural')) await tryStructural(open);
  if (refused.length > 0) return { reason: namesOf(refused, refused[0]!.reason) };
  const locks = attempt.locks ?? [];
  if (locks.length > 0 && !use.has('structural')) {
    return { reason: namesOf(locks, 'a tool writes it, and the strategy structural is not used') };
  }
  const tree = await settle(session, task, attempt, open, use.has('ai'));
  if ('reason' in tree) return tree;
  const commit = await commitMerge(session, task, sides, tree.id, open);
  try {
    await moveBranch(session, task, sides.head, commit, attempt.worktree);
    return { commit };
  } catch (error) {
    if (!hasCode(error, 'ref-moved') && !hasCode(error, 'git-failed')) throw error;
    return { reason: `the branch could not be moved: ${messageOf(error)}` };
  }
}

/** The branch has the merge already: that this one could not be noted for the next time is no failure. */
async function remember(session: RepoSession, path: string, files: readonly OpenFile[]): Promise<void> {
  if (files.length === 0) return;
  try {
    // A check may have changed the files; what is remembered is what was committed.
    await writeResults(path, files);
    await recordResolution(session, path, files);
  } catch (error) {
    const message = `The resolution could not be recorded: ${messageOf(error)}`;
    session.emit({ type: 'noted', level: 'warning', message });
  }
}

/** The gate reads text; only checks know whether a model's merge works. */
function warnIfUnchecked(session: RepoSession, files: readonly OpenFile[]): void {
  if (session.config.validator.checks.length > 0 || !files.some(answeredByModel)) return;
  const message =
    'A model resolved conflicts and no checks are configured: look at the merge before it lands.';
  session.emit({ type: 'noted', level: 'warning', message });
}

const answeredByModel = (file: OpenFile) =>
  [...file.answers.values()].some(({ strategy }) => strategy === 'ai');

const answeredByRule = (file: OpenFile) =>
  [...file.answers.values()].some(({ strategy }) => strategy === 'structural');

function resolved(
  task: Task,
  files: readonly OpenFile[],
  commit: string,
  locks: readonly LockFile[] = [],
): ResolveReport {
  const rebuilt = locks.map(
    ({ path }): ResolvedFile => ({ path, strategy: 'structural', hunks: [], reason: lockReason(path) }),
  );
  return { task: task.slug, status: 'resolved', files: [...files.map(describe), ...rebuilt], commit };
}

const unsolvedLocks = (locks: readonly LockFile[]): RefusedFile[] =>
  locks.map(({ path, kind, problem }) => ({
    path,
    kind,
    hunks: 0,
    reason: problem ?? 'not tried: a tool makes it anew once all other files are resolved',
  }));

/** Answers what is open and runs the checks on the whole, again as long as attempts are left. */
async function settle(
  session: RepoSession,
  task: Task,
  under: Attempt,
  files: readonly OpenFile[],
  mayAsk: boolean,
): Promise<{ id: string } | { reason: string }> {
  const { path, sides, options } = under;
  const attempts = options.attempts ?? session.config.resolver.max_attempts;
  const feedback = new Map<OpenFile, string>();
  for (let attempt = 1; ; attempt++) {
    const last = attempt >= attempts;
    const open = files.filter((file) => file.result === undefined);
    if (open.length > 0) {
      const stop = await answer(session, task, sides, open, { mayAsk, feedback });
      const left = open.filter((file) => file.result === undefined);
      if (stop || (left.length > 0 && last)) return { reason: namesOf(left, left[0]?.problem ?? stop ?? '') };
      if (left.length > 0) continue;
    }
    await writeResults(path, files);
    const locks = under.locks ?? [];
    const stale = await rebuildLocks(session, path, locks);
    if (stale) return { reason: stale };
    const tree = await treeOfResult(session, path, [...files, ...locks]);
    const checks = await checksOf(session, path, sides, tree);
    if (checks.some(({ status }) => status !== 'skipped')) under.checkRuns++;
    const bad = checks.filter((check) => !isGood(check));
    if (bad.length === 0) return { id: tree };
    const reason = bad
      .map((check) => `the check "${check.name}" ${verb(check)}: ${check.summary}`)
      .join('\n');
    // A rule that reads only text can be wrong about what the program does: a model may do better.
    const ruled = mayAsk && !last ? files.filter(answeredByRule) : [];
    for (const file of ruled) dropAnswers(file, 'structural', 'the checks fail with the answer of the rules');
    const answered = [...new Set([...files.filter(answeredByModel), ...ruled])];
    for (const file of files)
      file.problem = `the merged tree does not pass: ${bad.map(({ name }) => name).join(', ')}`;
    if (last || answered.length === 0 || bad.some((check) => check.status === 'error')) return { reason };
    for (const file of answered) {
      delete file.result;
      feedback.set(file, `With your answer ${reason}`);
    }
  }
}

const isGood = (check: CheckResult) => check.status === 'pass' || check.status === 'skipped';
const verb = (check: CheckResult) =>
  check.status === 'fail' ? 'fails on the merged tree' : 'could not be run';

async function checksOf(
  session: RepoSession,
  path: string,
  sides: Sides,
  tree: string,
): Promise<CheckResult[]> {
  const changed = await session.git.run([
    'diff',
    '--name-only',
    '-z',
    '--no-renames',
    sides.head,
    tree,
    '--',
  ]);
  const own = await session.git.run(['diff', '--name-only', '-z', '--no-renames', sides.target, tree, '--']);
  const paths = `${changed.stdout}\0${own.stdout}`.split('\0').filter(Boolean);
  const checks = await runChecks(session, path, paths, session.signal);
  // Landing it next asks about the same tree.
  await rememberPass(session, tree, paths, checks);
  return checks;
}

/** One round of questions. Returns why asking is pointless, when it is. */
async function answer(
  session: RepoSession,
  task: Task,
  sides: Sides,
  files: readonly OpenFile[],
  { mayAsk, feedback }: { mayAsk: boolean; feedback: Map<OpenFile, string> },
): Promise<string | undefined> {
  const agent = await loadAgent(session, 'conflict-resolver', task);
  const cannot = mayAsk ? whyNoThinking(session, agent) : 'the strategy ai is not used';
  const reasons = files.map((file) => cannot ?? whyNotShown(file));
  for (const [at, file] of files.entries()) {
    file.problem = [file.problem, reasons[at]].filter(Boolean).join('; ') || undefined;
  }
  const stop = reasons.find(Boolean);
  if (stop) return stop;
  for (const file of files) {
    try {
      const problems = await askForFile(session, agent, task, sides, file, feedback.get(file));
      if (problems.length === 0) continue;
      file.problem = `the answer was rejected: ${problems.join('; ')}`;
      feedback.set(file, problems.join('\n'));
    } catch (error) {
      if (hasCode(error, 'interrupted') || !isAppError(error)) throw error;
      file.problem = error.message;
      return error.message;
    }
  }
  return undefined;
}

function namesOf(files: readonly { path: string }[], reason: string): string {
  const names = files.map((file) => file.path);
  return `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}: ${reason}`;
}

function handBack(
  task: Task,
  open: readonly OpenFile[],
  refused: readonly RefusedFile[],
  reason: string,
): ResolveReport {
  const unsolved = open.map((file): ResolvedFile => {
    if (file.result !== undefined && !file.problem) {
      return { ...describe(file), reason: 'could be resolved, but not without the others' };
    }
    const why = file.problem ?? 'not tried: other files cannot be resolved';
    return { path: file.path, strategy: 'none', hunks: recordsOf(file), reason: why };
  });
  const kept = refused.map(
    (file): ResolvedFile => ({ path: file.path, strategy: 'none', hunks: [], reason: file.reason }),
  );
  const again = `codex-agent merge resolve ${task.slug}`;
  const next = [`${again} --by-hand`, `${again} --attempts 5`, `codex-agent merge review ${task.slug}`];
  return { task: task.slug, status: 'bailed-out', files: [...kept, ...unsolved], reason, next };
}

/** A file counts by the highest rung any of its hunks needed. */
function describe(file: OpenFile): ResolvedFile {
  const rungs: readonly Strategy[] = ['ai', 'structural', 'whitespace', 'rerere'];
  const answers = [...file.answers].sort(([a], [b]) => a - b);
  const used = new Set(answers.map(([, answer]) => answer.strategy));
  const reasons = answers.map(([index, answer]) => `hunk ${index}: ${answer.reason ?? ''}`);
  return {
    path: file.path,
    strategy: rungs.find((rung) => used.has(rung)) ?? 'none',
    hunks: recordsOf(file),
    reason: reasons.join('; '),
  };
}

/** What became of every hunk, for `--explain`. */
function recordsOf(file: OpenFile): HunkRecord[] {
  return hunksOf(file.parts).map(({ index }) => {
    const answer = file.answers.get(index);
    if (!answer) {
      const reason = file.refusals?.get(index) ?? file.problem ?? 'nobody answered it';
      return { index, strategy: 'none', reason };
    }
    const { strategy, rules, score, reason = '' } = answer;
    return {
      index,
      strategy,
      ...(rules ? { rules } : {}),
      ...(score === undefined ? {} : { score }),
      reason,
    };
  });
}
