/** Markdown for people: the comment on a pull request, or the summary of a CI run. */
import { formatDuration } from '../../platform/units.js';
import { type ReportedProblem, type RevisionReport, reportedProblems } from './report.js';

const signs = {
  pass: '✅',
  fail: '❌',
  held: '✋',
  conflict: '❌',
  error: '⚠️',
  stale: '⚠️',
  unchecked: '⚪',
  unchanged: '⚪',
} as const;

/** Longer lists are cut, and say so: a comment has a limit of its own. */
const most = 100;

/** The report as Markdown that shows every name and message as it is: none of them is a link, a mention or markup. */
export function markdownReport(report: RevisionReport): string {
  const { verdict, branch, base, reason, checks, skipped } = report;
  const problems = reportedProblems(report).filter(({ rule }) => !/^(?:check\/|verdict$)/.test(rule));
  const shown = problems.slice(0, most);
  const more = problems.length - shown.length;
  const failed = checks.filter(({ status }) => status === 'fail' || status === 'error');
  return [
    `## ${signs[verdict]} ${verdict}: ${code(branch)} into ${code(base)}`,
    ...(reason ? ['', plain(reason)] : []),
    ...(checks.length > 0 ? ['', '| Check | Result | Time |', '| --- | --- | --- |'] : []),
    ...checks.map(
      ({ name, status, durationMs }) => `| ${plain(name)} | ${status} | ${formatDuration(durationMs)} |`,
    ),
    ...failed.flatMap(({ name, summary }) => ['', `### ${plain(name)}`, '', ...fenced(summary)]),
    ...(shown.length > 0 ? ['', '### Findings', '', ...shown.map(item)] : []),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(skipped.length > 0 ? ['', '### Left out', '', ...skipped.map((step) => `- ${plain(step)}`)] : []),
    '',
  ].join('\n');
}

function item({ rule, level, path, line, message }: ReportedProblem): string {
  const place = path === '' ? '' : ` ${code(line > 0 ? `${path}:${line}` : path)}`;
  return `- **${level}** ${plain(rule)}${place} ${plain(message)}`;
}

/** Signs that mean something to Markdown or HTML, as entities: no sign before one can undo them. */
function plain(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]<>#!|~&@:$^]/g, (sign) => `&#${sign.codePointAt(0)};`)
    .replace(/\bwww\./gi, (start) => `${start.slice(0, -1)}&#46;`);
}

/** A code span whose fence is longer than any run of backticks in it. */
function code(text: string): string {
  const line = oneLine(text);
  const fence = '`'.repeat(longestRun(line) + 1);
  return `${fence} ${line} ${fence}`;
}

function fenced(text: string): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [fence, text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, ' '), fence];
}

const longestRun = (text: string) => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

const oneLine = (text: string) => text.replace(/[\0-\x1f\x7f\u2028\u2029]+/g, ' ').trim();
