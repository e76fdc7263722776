/** Validation: checks run commands, policies judge the diff, the validator agent reads it. */
import { ExitCode } from '../platform/errors.js';
import type { Task } from '../store/task.js';
import { brokenCriteria, type CriterionResult } from './criteria.js';
import type { ChangedCoverage, CoveredFile, Problem, TestCounts } from './results/results.js';

/**
 * `pass`: a check ran or the validator agent read the change, and all held. `fail`: something did not hold. `error`: that cannot be told.
 * `held`: nothing failed, and a person has to look and approve before it may land.
 * `conflict`: the branch alone holds, merged it does not yet exist. `unchecked`: nothing failed, and neither happened.
 * `unchanged`: there is nothing to judge. `stale`: the target or the branch moved meanwhile.
 */
export type Verdict = 'pass' | 'fail' | 'held' | 'error' | 'conflict' | 'unchecked' | 'unchanged' | 'stale';
export type Severity = 'error' | 'warning' | 'info';

export interface CheckResult {
  name: string;
  /** What sort of check: test, lint, types, build, other. */
  kind: string;
  status: 'pass' | 'fail' | 'error' | 'skipped';
  durationMs: number;
  /** One line; for a failure the tail of the output. */
  summary: string;
  /** It passed on this very tree before, and was not run again. */
  cached?: boolean;
  /** File that holds all that it wrote. */
  output?: string;
  /** How many tests it ran, by its report or its output. */
  tests?: TestCounts;
  /** What it complains about, one by one, where its report or its output tells. */
  problems?: Problem[];
  /** How many of its problems the base has as well; these are not among `problems`. */
  known?: number;
  /** At which attempt it passed, after it had failed on the same tree. */
  flaky?: number;
  /** How many tests really ran, where that are fewer than on the base. */
  fewer?: { now: number; before: number };
  /** Which lines of which files it ran, while that is looked at. */
  covered?: Record<string, CoveredFile>;
  /** What the checks ran of the changed lines, with the first that tells of lines. */
  coverage?: ChangedCoverage;
  /** Files of the tree that it wrote to, so that what it judged is not the tree; the first of them where they are many. */
  wrote?: string[];
  /** It held, and is an error only because a policy misses a report: that hides no failure. */
  unreported?: true;
}

export interface PolicyResult {
  name: string;
  status: 'pass' | 'warn' | 'held' | 'fail' | 'error';
  /** The first of the evidence, in one line. */
  detail: string;
  evidence?: PolicyEvidence[];
}

/** One place at which a policy is broken. `path` is '' and `line` 0 where it is the change as a whole. */
export interface PolicyEvidence {
  path: string;
  line: number;
  /** The line is one of the file as it was. */
  isOld?: true;
  what: string;
  /** By what a person can allow it. */
  id?: string;
  /** Told, and no reason to fail: something explains it, or a person allowed it. */
  mild?: boolean;
  /** Only a person can tell whether it is right: no reason to fail, and one to hold the work. */
  held?: boolean;
}

export interface Finding {
  severity: Severity;
  path: string;
  line: number;
  message: string;
}

/** `data` of `task validate`. */
export interface ValidationReport {
  task: string;
  verdict: Verdict;
  checks: CheckResult[];
  policies: PolicyResult[];
  findings: Finding[];
  /** Errors of the validator agent at places that the diff does not have: a policy judges them. */
  unplaced?: PolicyEvidence[];
  /** What the validator agent says of each acceptance criterion; absent where it was not asked. */
  criteria?: CriterionResult[];
  /** Auto-fix attempts made. */
  attempts: number;
  /** Steps left out and why, e.g. "validator agent: no model configured". */
  skipped: string[];
  /** Why no verdict could be reached, when that is in none of the parts. */
  reason?: string;
  /** The command that goes on, where the verdict alone does not tell. */
  next?: string;
  /** Tree id the checks ran on. */
  tree: string;
  /** Commit of the target the tree was merged with. */
  target: string;
  /** Commit of the task's branch. */
  head: string;
}

/** What the registry keeps of the last validation. */
export interface ValidationSummary {
  verdict: Verdict;
  tree: string;
  target: string;
  head: string;
  at: string;
  summary: string;
}

/** Said with every landing in a repository without checks. */
export const nothingChecked = 'Nothing was checked: no checks are configured.';

/** The exit code of each verdict. */
export const exitOfVerdict: Readonly<Record<Verdict, ExitCode>> = {
  pass: ExitCode.ok,
  fail: ExitCode.validationFailed,
  held: ExitCode.held,
  conflict: ExitCode.conflictsRemain,
  error: ExitCode.noVerdict,
  stale: ExitCode.noVerdict,
  unchecked: ExitCode.nothingChecked,
  unchanged: ExitCode.nothingChecked,
};

/** The command that goes on from a verdict, or undefined where none has to. */
export function commandAfter(verdict: Verdict, task: string): string | undefined {
  switch (verdict) {
    case 'pass':
      return undefined;
    case 'fail':
      return `codex-agent task review ${task}`;
    case 'held':
      return `codex-agent task review ${task}, and where what it changes is right: codex-agent task review ${task} --approve`;
    case 'conflict':
      return `codex-agent merge resolve ${task}`;
    case 'error':
      return `codex-agent task validate ${task}, once what gave no answer is mended (a check: \`codex-agent config edit --repo\`)`;
    case 'stale':
      return `codex-agent task validate ${task}`;
    case 'unchecked':
      return `codex-agent task complete ${task}, which lands it unchecked; \`codex-agent init\` proposes checks`;
    case 'unchanged':
      return `codex-agent task show ${task}`;
  }
}

/** The command by which a task that has no commit of its own comes to one. */
export function commandForWork({ slug, status }: Pick<Task, 'slug' | 'status'>): string {
  if (status === 'running') return `codex-agent session show ${slug} --follow`;
  return `codex-agent task ${status === 'draft' || status === 'ready' ? 'run' : 'retry'} ${slug}`;
}

/**
 * The verdict over the opinion and the checks of a tree. A pass needs a check that ran, or a validator agent that
 * `read` the whole change.
 */
export function verdictOnTree(parts: Parameters<typeof verdictOf>[0] & { read?: boolean }): Verdict {
  const verdict = verdictOf(parts);
  const judged = parts.read || parts.checks.some(({ status }) => status === 'pass');
  return verdict === 'pass' && !judged ? 'unchecked' : verdict;
}

/**
 * The verdict over all parts: any error → error, any fail → fail, anything held → held, else pass. Findings of severity error and broken
 * criteria fail. A policy that fails is known whatever a check could not tell, and so is every failure beside a report
 * that only a policy misses.
 */
export function verdictOf(parts: {
  checks: readonly CheckResult[];
  policies: readonly PolicyResult[];
  findings: readonly Finding[];
  criteria?: readonly CriterionResult[];
}): 'pass' | 'fail' | 'held' | 'error' {
  if (parts.policies.some(({ status }) => status === 'fail')) return 'fail';
  const sure = parts.checks.filter(({ unreported }) => !unreported);
  if ([...sure, ...parts.policies].some(({ status }) => status === 'error')) return 'error';
  if (sure.some(({ status }) => status === 'fail') || brokenCriteria(parts.criteria).length > 0)
    return 'fail';
  if (parts.findings.some((finding) => finding.severity === 'error')) return 'fail';
  if (sure.length < parts.checks.length) return 'error';
  return parts.policies.some(({ status }) => status === 'held') ? 'held' : 'pass';
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!.trim().replace(/\.$/, '');

/** One line for lists: "2 of 3 checks failed: test, lint". */
export function summarizeValidation(
  report: Pick<ValidationReport, 'verdict' | 'checks' | 'policies' | 'findings' | 'criteria' | 'reason'>,
): string {
  const bad = [...report.checks, ...report.policies].filter(
    ({ status }) => status === 'fail' || status === 'error' || status === 'held',
  );
  const errors = report.findings.filter((finding) => finding.severity === 'error').length;
  // What could not be run says why: nothing else tells what to mend.
  const parts = bad.map((part) => {
    const why = part.status === 'error' ? firstLine('summary' in part ? part.summary : part.detail) : '';
    return `${part.name} ${part.status}${why ? `: ${why}` : ''}`;
  });
  if (errors > 0) parts.push(`${errors} finding${errors === 1 ? '' : 's'}`);
  const broken = brokenCriteria(report.criteria).length;
  if (broken > 0) parts.push(`${broken} criteri${broken === 1 ? 'on' : 'a'} not met`);
  if (report.reason) parts.push(report.reason);
  if (parts.length > 0) return parts.join(', ');
  const ran = report.checks.filter((check) => check.status === 'pass').length;
  if (ran > 0) return `${ran} check${ran === 1 ? '' : 's'} passed`;
  return report.checks.length > 0 ? 'no check looks at what changed' : 'no checks configured';
}
