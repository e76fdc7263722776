/** Validation: checks on the merged tree, policies on the task's diff, then the validator agent. */

import { judgeCoverage } from '../../../domain/landing/checks/changed-coverage.js';
import { judgeCounts } from '../../../domain/landing/checks/fewer-tests.js';
import { toMend } from '../../../domain/landing/checks/outcome.js';
import { brokenCriteria, type CriterionResult, speaksFor } from '../../../domain/landing/criteria.js';
import {
  type CheckResult,
  commandForWork,
  type Finding,
  type PolicyEvidence,
  type PolicyResult,
  type ValidationReport,
  type ValidationSummary,
  type Verdict,
  verdictOf,
  verdictOnTree,
} from '../../../domain/landing/validation.js';
import { appError, messageOf } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { branchTips } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, targetGone, telling } from '../../store/index.js';
import { buildCandidate } from '../candidates/candidate.js';
import { type Changes, changesOf, statOf } from './changes.js';
import { type ChangeSides, policiesOn } from './policies.js';
import { readReport, recordValidation } from './record.js';
import { reviewChanges } from './review.js';
import { checkTree } from './tree.js';
import { wordOn } from './word.js';

export { runChecks } from './checks.js';
export { type CheckOutput, outputsOf } from './outputs.js';
export { checkTree } from './tree.js';

/** Exactly what is judged: a commit, its tree, and the two commits it was made of. */
export interface Judged {
  commit: string;
  tree: string;
  target: string;
  head: string;
  /** Where `head` left `target`, where that is known already. */
  base?: string;
}

interface JudgeOptions {
  /** Every check is run, whatever is known of the tree. */
  fresh?: boolean;
}

/**
 * Judges one commit. Nothing is stored and no task moves: `recordValidation` does that with the report.
 * Throws `git-failed`, `interrupted`; a check, policy or model that cannot answer makes the verdict `error`.
 */
export async function validateCandidate(
  session: RepoSession,
  task: Task,
  judged: Judged,
  options: JudgeOptions = {},
): Promise<ValidationReport> {
  session.emit({ type: 'validation.started', task: task.slug });
  try {
    return await judgeCommit(telling(session, [task.slug]), task, judged, options);
  } catch (error) {
    session.emit({
      type: 'validation.finished',
      task: task.slug,
      verdict: 'error',
      summary: messageOf(error),
    });
    throw error;
  }
}

async function judgeCommit(
  session: RepoSession,
  task: Task,
  judged: Judged,
  options: JudgeOptions,
): Promise<ValidationReport> {
  const changes = await changesOf(session, judged.target, judged.head, judged.base);
  const { checks } = await checkTree(session, judged, changes.paths, options);
  session.progress?.stage({ kind: 'judge' });
  return reportOf(session, task, judged, checks, await opinionOn(session, task, changes, judged, checks));
}

/** What is thought of a task's own diff, whatever it is merged with. */
export interface Opinion {
  /** Whether the validator agent read the whole change. */
  read: boolean;
  policies: PolicyResult[];
  findings: Finding[];
  /** Its errors that have no place in the diff. */
  unplaced?: PolicyEvidence[];
  /** What it says of each acceptance criterion; absent where it was not asked. */
  criteria?: CriterionResult[];
  skipped: string[];
  /** Why the validator agent gave no opinion although it is configured. */
  error?: string;
  /** What the task changes. */
  paths: string[];
}

/**
 * Policies and the validator agent on the changes of `head` since it left `target`. What the agent found in exactly
 * this diff before is not asked again. Throws `git-failed`, `interrupted`.
 */
export async function opinionOf(
  session: RepoSession,
  task: Task,
  { target, head }: { target: string; head: string },
): Promise<Opinion> {
  const changes = await changesOf(session, target, head);
  const last = await readReport(session, task);
  if (!last || last.reason || !(await isSameDiff(session, last, { target, head }))) {
    return opinionOn(session, task, changes, { target, head });
  }
  const asked = (last.criteria ?? []).map(({ text }) => text);
  if (asked.join('\n') !== task.acceptance.join('\n'))
    return opinionOn(session, task, changes, { target, head });
  const skipped = last.skipped.filter((step) => step.includes('validator agent'));
  if (skipped.length > 0) return opinionOn(session, task, changes, { target, head });
  const unread = last.skipped.filter((step) => step.startsWith('binary files'));
  const { findings, unplaced = [] } = last;
  const word = { ...(await wordOn(session, task, head)), unplaced };
  return {
    read: unread.length === 0 && speaksFor(last.criteria),
    policies: await policiesOn(session, changes, { target, head }, word),
    findings,
    unplaced,
    ...(last.criteria ? { criteria: last.criteria } : {}),
    skipped: unread,
    paths: changes.paths,
  };
}

async function isSameDiff(
  session: Pick<RepoSession, 'git'>,
  before: { target: string; head: string },
  now: { target: string; head: string },
): Promise<boolean> {
  if (before.head !== now.head || !before.target) return false;
  const bases = [before, now].map(async ({ target, head }) =>
    session.git.run(['merge-base', '--all', target, head], { ok: [0, 1, 128] }),
  );
  const [old, fresh] = await Promise.all(bases);
  return old!.code === 0 && fresh!.code === 0 && old!.stdout === fresh!.stdout;
}

async function opinionOn(
  session: RepoSession,
  task: Task,
  changes: Changes,
  sides: ChangeSides,
  checks?: readonly CheckResult[],
): Promise<Opinion> {
  const { read, findings, unplaced, criteria, skipped, error } = await reviewChanges(
    session,
    task,
    changes,
    checks,
  );
  const word = { ...(await wordOn(session, task, sides.head)), unplaced };
  return {
    read: read && speaksFor(criteria),
    policies: await policiesOn(session, changes, sides, word),
    findings,
    unplaced,
    ...(criteria ? { criteria } : {}),
    skipped,
    ...(error ? { error } : {}),
    paths: changes.paths,
  };
}

/** The results with those failed that ran fewer tests than on the target, or too few of the changed lines. */
export function countedIn(
  { config, target }: Pick<RepoSession, 'config' | 'target'>,
  checks: readonly CheckResult[],
  judged: readonly { task: Pick<Task, 'allowed'>; opinion: Pick<Opinion, 'policies'> }[],
): CheckResult[] {
  const allowed = judged.flatMap(({ task }) => task.allowed ?? []);
  const { fewer_tests: policy, changed_coverage } = config.validator.policies;
  const policies = judged.flatMap(({ opinion }) => opinion.policies);
  return judgeCoverage(judgeCounts(checks, { policy, policies, allowed, target }), changed_coverage, allowed);
}

/** The whole judgement: the opinion on the task's diff, and the checks on the tree that it became part of. */
export function reportOf(
  session: Pick<RepoSession, 'config' | 'target'>,
  task: Task,
  { tree, target, head }: Omit<Judged, 'commit'>,
  ran: readonly CheckResult[],
  opinion: Opinion,
): ValidationReport {
  const checks = countedIn(session, ran, [{ task, opinion }]);
  const { policies, findings, unplaced, criteria } = opinion;
  const parts = { checks, policies, findings, ...(criteria ? { criteria } : {}) };
  const unchecked = session.config.validator.checks.length === 0 ? ['checks: no checks configured'] : [];
  return {
    task: task.slug,
    // A failure is known, whatever an agent that gave no answer would have said.
    verdict:
      opinion.error && verdictOf(parts) !== 'fail'
        ? 'error'
        : verdictOnTree({ ...parts, read: opinion.read }),
    ...parts,
    ...(unplaced?.length ? { unplaced } : {}),
    attempts: 0,
    skipped: [...opinion.skipped, ...unchecked],
    ...(opinion.error ? { reason: opinion.error } : {}),
    tree,
    target,
    head,
  };
}

export interface ValidateOptions extends JudgeOptions {
  /** Has the findings mended. True when the branch changed; false ends the attempts. */
  fix?(findings: readonly Finding[]): Promise<boolean>;
}

/**
 * Validates a task merged with its target as they are now (the branch alone while they conflict), and records
 * the outcome. With `fix`, a failing verdict is mended at most `validator.max_fix_attempts` times, and no
 * longer than each attempt leaves fewer problems, where these are told one by one.
 */
export async function validateTask(
  session: RepoSession,
  task: Task,
  options: ValidateOptions = {},
): Promise<ValidationReport> {
  const most = options.fix ? session.config.validator.max_fix_attempts : 0;
  let left = Number.POSITIVE_INFINITY;
  for (let attempts = 0; ; attempts++) {
    const fresh = attempts === 0 ? task : await requireTask(session, task.slug);
    const found = await validateNow(session, fresh, (judged) =>
      validateCandidate(session, fresh, judged, options),
    );
    const report = { ...(await unlessStale(session, fresh, found)), attempts };
    const problems = problemsOf(report);
    // Where a check tells nothing one by one, an attempt may have helped all the same.
    const isTold = report.checks.every((check) => check.status !== 'fail' || check.problems?.length);
    const isStuck = report.verdict === 'fail' && attempts < most && isTold && problems.length >= left;
    if (isStuck) report.skipped = [...report.skipped, `auto-fix: attempt ${attempts} left as many problems`];
    await recordValidation(session, fresh, report);
    if (report.verdict !== 'fail' || attempts >= most || isStuck) return report;
    left = isTold ? problems.length : Number.POSITIVE_INFINITY;
    if (!(await options.fix?.(problems))) return { ...report, attempts: attempts + 1 };
  }
}

/** What was judged must still be what would land. */
async function unlessStale(
  session: RepoSession,
  task: Task,
  report: ValidationReport,
): Promise<ValidationReport> {
  if (report.head === '') return report;
  const tips = await branchTips(session.git, [session.target, task.branch]);
  const moved = [
    ...(tips.get(session.target) === report.target ? [] : [session.target]),
    ...(tips.get(task.branch) === report.head ? [] : [task.branch]),
  ];
  if (moved.length === 0) return report;
  return { ...report, verdict: 'stale', reason: `${moved.join(' and ')} moved while it was validated` };
}

/**
 * The report on a task merged with its target as both are now; nothing is recorded. The branch alone is judged while
 * they conflict. Throws `git-failed`, `interrupted`.
 * @param judge how a commit is judged
 */
export async function validateNow(
  session: RepoSession,
  task: Task,
  judge = (judged: Judged) => validateCandidate(session, task, judged),
): Promise<ValidationReport> {
  const candidate = await buildCandidate(session, task);
  switch (candidate.status) {
    case 'clean':
      return judge(candidate);
    case 'conflict': {
      const { target, head } = candidate;
      const tree = await session.git.treeOf(head);
      const report = await judge({ commit: head, tree, target, head });
      const paths = candidate.conflicts.map((conflict) => conflict.path).join(', ');
      report.skipped.push(
        `merge with ${session.target}: conflicts in ${paths}; the branch alone was checked`,
      );
      if (!['pass', 'held', 'unchecked'].includes(report.verdict)) return report;
      return { ...report, verdict: 'conflict', reason: `it conflicts with ${session.target} in ${paths}` };
    }
    case 'unknown':
      return {
        ...noVerdict(task, 'error', candidate.reason),
        ...(candidate.noWork ? { next: commandForWork(task) } : {}),
      };
    case 'landed':
      return noVerdict(task, 'unchanged', `${task.branch} has nothing that ${session.target} lacks`);
  }
}

function noVerdict(task: Task, verdict: Verdict, reason: string): ValidationReport {
  return {
    task: task.slug,
    verdict,
    checks: [],
    policies: [],
    findings: [],
    attempts: 0,
    skipped: [],
    reason,
    tree: '',
    target: '',
    head: '',
  };
}

/** Everything that keeps a report from passing, as findings; a policy, and a check that tells no place, name no file. */
export function problemsOf(report: ValidationReport): Finding[] {
  const places = { severity: 'error', path: '', line: 0 } as const;
  return [
    ...report.checks.filter((check) => check.status === 'fail').flatMap(toMend),
    ...report.policies
      .filter((policy) => policy.status === 'fail')
      .map((policy) => ({ ...places, message: `The policy "${policy.name}" is broken: ${policy.detail}` })),
    ...brokenCriteria(report.criteria).map(({ text, path, line, evidence }) => ({
      ...{ severity: 'error' as const, path, line },
      message: `Not met: ${text} (${evidence})`,
    })),
    ...report.findings.filter((finding) => finding.severity !== 'info'),
  ];
}

/** `data` of `task review`. */
export interface ReviewReport {
  task: string;
  stat: string;
  diff: string;
  policies: PolicyResult[];
  findings: Finding[];
  criteria?: CriterionResult[];
  skipped: string[];
  /** Why there are no findings although the validator agent is configured. */
  reason?: string;
  validation?: ValidationSummary;
}

/**
 * A task's diff and what is to be said about it. Findings of the last validation are shown while its branch
 * is what was validated; otherwise the validator agent is asked. Throws `no-branch`, `git-failed`.
 */
export async function reviewTask(session: RepoSession, task: Task): Promise<ReviewReport> {
  const [target, head] = await Promise.all([
    session.git.commitOf(`refs/heads/${session.target}`),
    session.git.commitOf(`refs/heads/${task.branch}`),
  ]);
  if (!target || !head) {
    const gone = head ? await targetGone(session) : undefined;
    throw appError('no-branch', `There is no branch ${head ? session.target : task.branch}.`, {
      hint: gone?.hint ?? 'The task has not been worked on yet.',
    });
  }
  const [changes, last] = await Promise.all([changesOf(session, target, head), readReport(session, task)]);
  const stat = await statOf(session, changes, { target, head });
  const known = last?.head === head ? last : undefined;
  const review = known
    ? {
        ...{ findings: known.findings, unplaced: known.unplaced, criteria: known.criteria },
        ...{ skipped: known.skipped, error: known.reason },
      }
    : await reviewChanges(session, task, changes);
  const word = { ...(await wordOn(session, task, head)), unplaced: review.unplaced ?? [] };
  return {
    task: task.slug,
    stat,
    diff: changes.text,
    policies: await policiesOn(session, changes, { target, head }, word),
    findings: review.findings,
    ...(review.criteria ? { criteria: review.criteria } : {}),
    skipped: review.skipped,
    ...(review.error ? { reason: review.error } : {}),
    ...(task.validation ? { validation: task.validation } : {}),
  };
}
