/** Validation: checks run commands, policies judge the diff, the validator agent reads it. */

export type Verdict = 'pass' | 'fail' | 'error';
export type Severity = 'error' | 'warning' | 'info';

export interface CheckResult {
  name: string;
  /** What sort of check: test, lint, types, build, other. */
  kind: string;
  status: 'pass' | 'fail' | 'error' | 'skipped';
  durationMs: number;
  /** One line; for a failure the tail of the output. */
  summary: string;
}

export interface PolicyResult {
  name: string;
  status: 'pass' | 'warn' | 'fail' | 'error';
  detail: string;
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
  /** Auto-fix attempts made. */
  attempts: number;
  /** Steps left out and why, e.g. "validator agent: no model configured". */
  skipped: string[];
  /** Why no verdict could be reached, when that is in none of the parts. */
  reason?: string;
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

/** The verdict over all parts: any error → error, any fail → fail, else pass. Findings of severity error fail. */
export function verdictOf(parts: {
  checks: readonly CheckResult[];
  policies: readonly PolicyResult[];
  findings: readonly Finding[];
}): Verdict {
  const statuses = [...parts.checks, ...parts.policies].map((part) => part.status);
  if (statuses.includes('error')) return 'error';
  if (statuses.includes('fail')) return 'fail';
  return parts.findings.some((finding) => finding.severity === 'error') ? 'fail' : 'pass';
}

/** One line for lists: "2 of 3 checks failed: test, lint". */
export function summarizeValidation(
  report: Pick<ValidationReport, 'verdict' | 'checks' | 'policies' | 'findings' | 'reason'>,
): string {
  const bad = [...report.checks, ...report.policies].filter(
    (part) => part.status === 'fail' || part.status === 'error',
  );
  const errors = report.findings.filter((finding) => finding.severity === 'error').length;
  const parts = [...bad.map((part) => `${part.name} ${part.status}`)];
  if (errors > 0) parts.push(`${errors} finding${errors === 1 ? '' : 's'}`);
  if (report.reason) parts.push(report.reason);
  if (parts.length > 0) return parts.join(', ');
  const ran = report.checks.filter((check) => check.status === 'pass').length;
  return ran === 0 ? 'no checks configured' : `${ran} check${ran === 1 ? '' : 's'} passed`;
}
