/** JUnit XML: a test case for the verdict, for each check, for each policy and for what the validator agent found. */
import type { CriterionResult } from '../criteria.js';
import type { CheckResult, Finding, PolicyResult } from '../validation.js';
import { placeText, type RevisionReport } from './report.js';

interface Case {
  name: string;
  seconds: number;
  kind: 'pass' | 'failure' | 'error' | 'skipped';
  message: string;
  /** The whole evidence; of what passes, what is worth telling. */
  text: string;
}

/** The report as a JUnit document, as CI systems read it. */
export function junitReport(report: RevisionReport): string {
  const criteria = (report.criteria ?? []).map(criterionCase);
  const agent = report.findings.length > 0 ? [agentCase(report.findings)] : [];
  const suites: [string, Case[]][] = [
    ['verdict', [verdictCase(report)]],
    ['checks', report.checks.map(checkCase)],
    ['policies', report.policies.map(policyCase)],
    ['acceptance', criteria],
    ['validator agent', agent],
  ];
  const filled = suites.filter(([, cases]) => cases.length > 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="codex-agent validate"${totals(filled.flatMap(([, cases]) => cases))}>`,
    ...filled.flatMap(([name, cases]) => [
      `  <testsuite name="${xml(name)}"${totals(cases)} skipped="${skippedOf(cases)}">`,
      ...cases.flatMap((one) => caseLines(name, one)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function totals(cases: readonly Case[]): string {
  const count = (kind: Case['kind']) => cases.filter((one) => one.kind === kind).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0).toFixed(3);
  return ` tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" time="${seconds}"`;
}

/** Only a suite says how many were skipped: the schema has no such attribute for all of them. */
const skippedOf = (cases: readonly Case[]) => cases.filter(({ kind }) => kind === 'skipped').length;

function caseLines(suite: string, { name, seconds, kind, message, text }: Case): string[] {
  const head = `    <testcase classname="codex-agent.${xml(suite)}" name="${xml(name)}" time="${seconds.toFixed(3)}"`;
  if (kind === 'pass') {
    return text === ''
      ? [`${head}/>`]
      : [`${head}>`, `      <system-out>${xml(text)}</system-out>`, '    </testcase>'];
  }
  const type = kind === 'skipped' ? '' : ` type="${xml(suite)}"`;
  return [
    `${head}>`,
    `      <${kind} message="${xml(message)}"${type}>${xml(text)}</${kind}>`,
    '    </testcase>',
  ];
}

const verdictKinds = {
  pass: 'pass',
  fail: 'failure',
  held: 'failure',
  conflict: 'failure',
  error: 'error',
  stale: 'error',
  unchecked: 'skipped',
  unchanged: 'skipped',
} as const;

function verdictCase({ verdict, branch, base, reason = '', skipped }: RevisionReport): Case {
  const left = skipped.map((step) => `left out: ${step}`);
  const text = [reason, ...left].filter(Boolean).join('\n');
  const message = reason ? `${verdict}: ${reason}` : verdict;
  return { name: `${branch} into ${base}`, seconds: 0, kind: verdictKinds[verdict], message, text };
}

const checkKinds = { pass: 'pass', fail: 'failure', error: 'error', skipped: 'skipped' } as const;

function checkCase({ name, status, durationMs, summary }: CheckResult): Case {
  const [message = ''] = summary.split('\n');
  return { name, seconds: durationMs / 1000, kind: checkKinds[status], message, text: summary };
}

const policyKinds = { pass: 'pass', warn: 'pass', held: 'failure', fail: 'failure', error: 'error' } as const;

function policyCase({ name, status, detail, evidence = [] }: PolicyResult): Case {
  const places = evidence.map(({ path, line, what }) => placeText(path, line, what));
  const text = places.length > 0 ? places.join('\n') : detail;
  return { name, seconds: 0, kind: policyKinds[status], message: detail, text };
}

function criterionCase({ text, answer, path, line, evidence }: CriterionResult): Case {
  const kind = answer === 'not met' && path !== '' ? 'failure' : answer === 'met' ? 'pass' : 'skipped';
  return { name: text, seconds: 0, kind, message: answer, text: placeText(path, line, evidence) };
}

function agentCase(findings: readonly Finding[]): Case {
  const errors = findings.filter(({ severity }) => severity === 'error');
  return {
    name: 'findings',
    seconds: 0,
    kind: errors.length > 0 ? 'failure' : 'pass',
    message: errors[0]?.message ?? '',
    text: findings
      .map(({ severity, path, line, message }) => `${severity} ${placeText(path, line, message)}`)
      .join('\n'),
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text as XML 1.0 may hold it, in an element or an attribute: what it cannot hold at all becomes U+FFFD. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\t\n\r]/g, (sign) => entities[sign]!);
}
