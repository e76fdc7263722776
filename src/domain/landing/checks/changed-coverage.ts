/** How many of the lines that a change adds were run by its checks, by the reports of these. Pure. */
import { matchesAny } from '../../platform/glob.js';
import type { PolicyConfig } from '../../store/policies.js';
import type { DiffFile } from '../diff.js';
import { globs, number } from '../policies/parameters.js';
import type { ChangedCoverage, CoveredFile, CoveredLines } from '../results/results.js';
import { isTestFile } from '../tamper/test-files.js';
import type { CheckResult } from '../validation.js';

/** Coverage in a form that is short to keep. */
export function keptCoverage(coverage: ReadonlyMap<string, CoveredLines>): Record<string, CoveredFile> {
  const of = (lines: CoveredLines, wasRun: boolean) =>
    rangesOf([...lines].filter(([, hits]) => hits > 0 === wasRun).map(([line]) => line));
  return Object.fromEntries(
    [...coverage].map(([path, lines]) => [path, { hit: of(lines, true), missed: of(lines, false) }]),
  );
}

/** 1, 2, 3, 7 → "1-3,7" */
function rangesOf(lines: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const line of [...new Set(lines)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** "1-3,7" → 1, 2, 3, 7 */
function linesIn(ranges: string): number[] {
  return ranges.split(',').flatMap((range) => {
    if (range === '') return [];
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}

/**
 * What the checks together ran of the lines that a change adds; undefined where no report tells of any line. A line counts
 * when a report says that it could have been run. Of a file of a covered kind that no report names, every line was missed.
 */
export function changedCoverage(
  files: readonly DiffFile[],
  checks: readonly Pick<CheckResult, 'covered'>[],
  ignored: readonly string[] = [],
): ChangedCoverage | undefined {
  const told = checks.flatMap(({ covered }) => Object.entries(covered ?? {}));
  if (told.length === 0) return undefined;
  const kinds = new Set(told.map(([path]) => endingOf(path)));
  let count = 0;
  const missed: ChangedCoverage['missed'] = [];
  for (const { path, hunks } of files) {
    if (isTestFile(path) || matchesAny(path, ignored) || !kinds.has(endingOf(path))) continue;
    const about = toldOf(path, told);
    const added = hunks.flat().filter(({ kind, text }) => kind === 'added' && /\w/.test(text));
    const hits = new Set(about.flatMap(({ hit }) => linesIn(hit)));
    const misses = new Set(about.flatMap(({ missed: no }) => linesIn(no)));
    const asked = added.filter(({ line }) => about.length === 0 || hits.has(line) || misses.has(line));
    const gone = asked.filter(({ line }) => !hits.has(line));
    count += asked.length;
    if (gone.length > 0) missed.push({ path, lines: rangesOf(gone.map(({ line }) => line)) });
  }
  return { lines: count, missed };
}

/** What is told of a file by the names that fit it best: a bare `index.ts` speaks of no file that is named in full. */
function toldOf(path: string, told: readonly (readonly [string, CoveredFile])[]): CoveredFile[] {
  const fitting = told.filter(([name]) => isSamePath(name, path));
  const exact = fitting.filter(([name]) => name.length >= path.length);
  const longest = Math.max(0, ...fitting.map(([name]) => name.length));
  return (exact.length > 0 ? exact : fitting.filter(([name]) => name.length === longest)).map(
    ([, file]) => file,
  );
}

const endingOf = (path: string) => (path.endsWith('.d.ts') ? '.d.ts' : path.slice(path.lastIndexOf('.')));

/** A report may name a file from its package's folder, or with the package's name before it. */
const isSamePath = (named: string, path: string) =>
  named === path || path.endsWith(`/${named}`) || named.endsWith(`/${path}`);

/**
 * The results, in which the checks that tell of coverage have failed where too few of the changed lines were run. Where
 * none tells of it although the policy wants it, that is an error: it must not look as if it had been met.
 */
export function judgeCoverage(
  checks: readonly CheckResult[],
  policy: PolicyConfig | undefined,
  allowed: readonly string[],
): CheckResult[] {
  if (!policy || policy.level === 'off' || allowed.includes('changed_coverage')) return [...checks];
  const told = checks.find(({ coverage }) => coverage)?.coverage;
  if (!told) {
    const first = checks.find(({ status, kind }) => status === 'pass' && kind === 'test');
    const at = first ?? checks.find(({ status }) => status === 'pass');
    const summary = 'changed_coverage: no report of a check tells which lines were run';
    const made = policy.level === 'fail' ? ({ status: 'error', unreported: true } as const) : {};
    return checks.map((check) =>
      check === at ? { ...check, ...made, summary: `${summary}\n${check.summary}` } : check,
    );
  }
  const gone = told.missed.reduce((sum, { lines }) => sum + countOf(lines), 0);
  const share = told.lines === 0 ? 1 : (told.lines - gone) / told.lines;
  if (share >= number(policy, 'min')) return [...checks];
  const words = `changed_coverage: ${told.lines - gone} of ${told.lines} changed lines were run, fewer than ${Math.round(number(policy, 'min') * 100)} %`;
  const places = told.missed.map(({ path, lines }) => ({
    ...({ kind: 'finding', name: 'changed_coverage', path, severity: 'error' } as const),
    line: Number.parseInt(lines, 10),
    message: `not run: ${lines.includes(',') || lines.includes('-') ? 'lines' : 'line'} ${lines}`,
  }));
  return checks.map((check) => {
    if (check.coverage !== told || check.status !== 'pass') return check;
    if (policy.level === 'warn') return { ...check, summary: `${check.summary} (${words})` };
    const lines = places.slice(0, 12).map(({ path, line, message }) => `${path}:${line}: ${message}`);
    return { ...check, status: 'fail', problems: places, summary: [words, ...lines].join('\n') };
  });
}

const countOf = (ranges: string) => linesIn(ranges).length;

/** Globs of files whose lines need not be run. */
export const uncoveredFiles = (policy: PolicyConfig): string[] => globs(policy, 'ignore');
