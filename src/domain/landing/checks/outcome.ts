/** What a check's results make of it. Pure. */

import { plural } from '../../platform/units.js';
import type { Problem, Results, TestCounts } from '../results/results.js';
import type { CheckResult } from '../validation.js';

/** Longer lists are cut in summaries; all problems stay with the result. */
const shownProblems = 12;
/** No result keeps more problems than these. */
const keptProblems = 2000;

/** What a check's report or output says joins its exit code. `promised`: it is the report that the check is to be judged by. */
export function withResults(result: CheckResult, results: Results, { promised = false } = {}): CheckResult {
  const problems = results.problems.slice(0, keptProblems);
  const { tests } = results;
  const told = { ...result, problems, ...(tests ? { tests } : {}) };
  // What is wrong by its own report is no pass, whatever a script made of the exit code.
  const denied = promised && result.status === 'pass' && (tests?.failed ?? 0) > 0;
  if (result.status === 'pass' && !denied) {
    return { ...told, summary: tests ? testWords(tests) : result.summary };
  }
  if (result.status !== 'fail' && !denied) return told;
  const [first = '', ...tail] = result.summary.split('\n');
  const counted = [tests ? testWords(tests) : '', findingWords(problems)].filter(Boolean).join(', ');
  const start = denied ? 'exit code 0, but by its report' : first;
  const lines = problemLines(blocking(problems));
  const headline = [start, counted].filter(Boolean).join(denied ? ' ' : ': ');
  return { ...told, status: 'fail', summary: [headline, ...(lines.length > 0 ? lines : tail)].join('\n') };
}

/** What makes a check fail: errors, or where there are none, what it was told to take for one. */
function blocking(problems: readonly Problem[]): readonly Problem[] {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return errors.length > 0 ? errors : problems;
}

/** "412 passed, 3 skipped, 1 failed" */
function testWords({ passed, failed, skipped }: TestCounts): string {
  const parts = [`${passed} passed`];
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(', ');
}

/** "2 errors, 1 warning"; '' where nothing is complained about. */
function findingWords(problems: readonly Problem[]): string {
  const found = problems.filter(({ kind }) => kind === 'finding');
  const parts = (['error', 'warning'] as const).flatMap((severity) => {
    const count = found.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [plural(count, severity)];
  });
  return parts.join(', ');
}

function problemLines(problems: readonly Problem[]): string[] {
  const lines = problems.slice(0, shownProblems).map(({ path, line, name, message }) => {
    const place = path === '' ? '' : line > 0 ? `${path}:${line}: ` : `${path}: `;
    return `${place}${name}: ${message}`;
  });
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}
