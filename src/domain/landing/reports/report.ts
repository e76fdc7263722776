/** What is reported of two revisions, and its problems in one list for every format. */
import type { CheckResult, PolicyResult, ValidationReport } from '../validation.js';

/** `data` of `validate`: a validation without a task. */
export interface RevisionReport extends Omit<ValidationReport, 'task' | 'attempts'> {
  /** Both as the person named them; `head` and `target` are their commits. */
  branch: string;
  base: string;
}

/** One thing that a reader of the report should see. `path` is '' and `line` 0 where it has no place. */
export interface ReportedProblem {
  /** What found it: `check/<name>`, `policy/<name>`, `acceptance`, `validator-agent` or `verdict`. */
  rule: string;
  level: 'error' | 'warning' | 'note';
  path: string;
  line: number;
  message: string;
}

/** Everything that was found, errors first; otherwise in the order of the report. */
export function reportedProblems(report: RevisionReport): ReportedProblem[] {
  const all = [
    ...verdictProblems(report),
    ...report.checks.filter(({ status }) => status === 'fail' || status === 'error').flatMap(checkProblems),
    ...report.policies.flatMap(policyProblems),
    ...(report.criteria ?? [])
      .filter(({ answer }) => answer === 'not met')
      .map(({ text, path, line, evidence }) => ({
        ...{ rule: 'acceptance', level: path === '' ? ('warning' as const) : ('error' as const), path, line },
        message: `not met: ${text}${evidence ? ` (${evidence})` : ''}`,
      })),
    ...report.findings.map(({ severity, path, line, message }) => {
      const level = severity === 'info' ? 'note' : severity;
      return { rule: 'validator-agent', level, path, line, message } as const;
    }),
  ];
  const levels = ['error', 'warning', 'note'];
  return all.sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
}

/** Each problem that a check tells of at its place; else what it said. */
function checkProblems({ name, status, summary, problems = [] }: CheckResult): ReportedProblem[] {
  const rule = `check/${name}`;
  if (status !== 'fail' || problems.length === 0) return [problem(rule, 'error', summary)];
  return problems.map(({ severity: level, path, line, name: what, message }) => {
    return { rule, level, path, line, message: `${what}: ${message}` };
  });
}

const problem = (rule: string, level: ReportedProblem['level'], message: string): ReportedProblem => ({
  ...{ rule, level, message },
  path: '',
  line: 0,
});

function verdictProblems({ verdict, reason }: RevisionReport): ReportedProblem[] {
  switch (verdict) {
    case 'pass':
    case 'fail':
    case 'held':
      return [];
    case 'conflict':
    case 'error':
    case 'stale':
      return [problem('verdict', 'error', reason ?? `The verdict is ${verdict}.`)];
    case 'unchecked':
      return [problem('verdict', 'warning', reason ?? 'Nothing was checked.')];
    case 'unchanged':
      return [problem('verdict', 'note', reason ?? 'There is nothing to judge.')];
  }
}

function policyProblems({ name, status, detail, evidence = [] }: PolicyResult): ReportedProblem[] {
  if (status === 'pass') return [];
  const worst = status === 'warn' || status === 'held' ? 'warning' : 'error';
  const rule = `policy/${name}`;
  if (evidence.length === 0) return [problem(rule, worst, detail)];
  return evidence.map(({ path, line, what, mild }) => {
    return { rule, level: mild ? 'note' : worst, path, line, message: what || name };
  });
}

/** A place and what is wrong there, as compilers write it. */
export function placeText(path: string, line: number, what: string): string {
  const place = line > 0 ? `${path}:${line}` : path;
  return path === '' ? what : `${place}: ${what}`;
}
