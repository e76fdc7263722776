/** What a check's results make of it, alone and beside what the base says. Pure. */

import { plural } from '../../platform/units.js';
import { newProblems, type Problem, type Results, type TestCounts } from '../results/results.js';
import type { CheckResult, Finding } from '../validation.js';
import { keptCoverage } from './changed-coverage.js';

/** Longer lists are cut in summaries; all problems stay with the result. */
const shownProblems = 12;
/** No result keeps more problems than these. */
const keptProblems = 2000;

/** What a check's report or output says joins its exit code. `promised`: it is the report that the check is to be judged by. */
export function withResults(result: CheckResult, results: Results, { promised = false } = {}): CheckResult {
  const problems = results.problems.slice(0, keptProblems);
  const { tests } = results;
  const covered = results.coverage?.size ? { covered: keptCoverage(results.coverage) } : {};
  const told = { ...result, problems, ...(tests ? { tests } : {}), ...covered };
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

/**
 * A check that fails, beside the same check on the base. Where that fails as well, only what is new makes it fail; a check
 * that does not tell its problems one by one stays as it is.
 * @param target how the base is called
 */
export function besideBase(result: CheckResult, base: CheckResult, target: string): CheckResult {
  if (result.status !== 'fail' || base.status !== 'fail') return result;
  const now = blocking(result.problems ?? []);
  const before = blocking(base.problems ?? []);
  if (!isTold(now, result.tests) || !isTold(before, base.tests)) {
    const [first, ...rest] = result.summary.split('\n');
    const unclear = `${first} (it fails on ${target} as well, and does not tell what is new)`;
    return { ...result, summary: [unclear, ...rest].join('\n') };
  }
  const fresh = newProblems(now, before);
  const known = now.length - fresh.length;
  const { tests } = result;
  const ran = tests ? [testWords({ ...tests, failed: 0 })] : [];
  const told = [plural(fresh.length, tests ? 'new failure' : 'new problem'), `${known} known on ${target}`];
  const headline = [...ran, ...told].join(', ');
  const kept = { ...result, known, problems: fresh };
  if (fresh.length === 0) return { ...kept, status: 'pass', summary: headline };
  return { ...kept, summary: [headline, ...problemLines(fresh)].join('\n') };
}

/** Whether every failure is told by itself: without that, an old one could stand for a new one. */
const isTold = (problems: readonly Problem[], tests: TestCounts | undefined): boolean =>
  problems.length > 0 &&
  problems.length < keptProblems &&
  (tests === undefined || problems.filter(({ kind }) => kind === 'test').length >= tests.failed);

/** How many tests really ran. */
export const ranTests = ({ passed, failed }: TestCounts): number => passed + failed;

/** The result of a check that failed, and passed when it was run again on the same tree. */
export function asFlaky(passed: CheckResult, failed: CheckResult, attempts: number): CheckResult {
  const [first = ''] = failed.summary.split('\n');
  const summary = `flaky: it failed (${first}) and passed at attempt ${attempts} on the same tree; ${passed.summary}`;
  return { ...passed, flaky: attempts, summary };
}

/** What a check that failed is to be mended by: its problems one by one, or what it said. */
export function toMend({ name, summary, problems = [] }: CheckResult): Finding[] {
  const told = blocking(problems);
  if (told.length === 0) {
    return [{ severity: 'error', path: '', line: 0, message: `The check "${name}" failed: ${summary}` }];
  }
  return told.map(({ path, line, name: what, message }) => ({
    ...{ severity: 'error', path, line },
    message: `The check "${name}" failed: ${what}: ${message}`,
  }));
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
