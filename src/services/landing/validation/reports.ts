/** The reports that checks promise: taken away before a check is run, read after it, and what they say. */
import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withResults } from '../../../domain/landing/checks/outcome.js';
import { wantedReport } from '../../../domain/landing/results/format-names.js';
import { readAs, readOutput } from '../../../domain/landing/results/formats.js';
import { isEmpty } from '../../../domain/landing/results/junit.js';
import { joined, type Results, withPathsBelow } from '../../../domain/landing/results/results.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { matchesAny } from '../../../domain/platform/glob.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import { readUtf8 } from '../../platform/index.js';

/** Longer reports are not read. */
const readable = 32 * 1024 * 1024;

/** What a check wrote to its two streams. */
export interface Said {
  stdout: string;
  stderr: string;
}

const reportsOf = ({ report = [] }: Pick<CheckConfig, 'report'>) =>
  [report].flat().map((text) => ({ text, ...wantedReport(text) }));

/** Globs of the files that checks promise to write. */
export const reportGlobs = (checks: readonly CheckConfig[]): string[] =>
  checks.flatMap((check) => reportsOf(check).flatMap(({ files }) => files ?? []));

/** Takes older reports away: one that is there afterwards is this run's own. */
export async function clearReports(check: CheckConfig, folder: string): Promise<void> {
  for (const { files } of reportsOf(check)) {
    if (files === undefined) continue;
    for (const path of await filesOf(folder, files)) await rm(join(folder, path), { force: true });
  }
}

/**
 * The result with what its reports say, or without any, its output where that is of a known form. A report that is
 * promised and missing, or that says nothing, makes a pass an error: nothing is known of what it should tell.
 */
export async function withReports(
  check: CheckConfig,
  result: CheckResult,
  said: Said,
  folder: string,
): Promise<CheckResult> {
  if (result.status === 'error') return result;
  const reports = reportsOf(check);
  if (reports.length === 0) {
    const found = readOutput(said.stdout) ?? readOutput(said.stderr);
    // A test of a test runner shows failures of its own that are meant to be.
    const isMeant = result.status === 'pass' && (found?.tests?.failed ?? 0) > 0;
    return found && !isMeant ? withResults(result, placedIn(folder, found)) : result;
  }
  const read: Results[] = [];
  for (const report of reports) {
    const found = await readReport(report, said, folder);
    if (typeof found === 'string') {
      const summary = `${found}\n${result.summary}`;
      return { ...result, status: result.status === 'pass' ? 'error' : result.status, summary };
    }
    read.push(found);
  }
  return withResults(result, placedIn(folder, joined(read)), { promised: true });
}

/** The results with the paths that files have below a folder. A name of a package before one is taken off. */
function placedIn(folder: string, results: Results): Results {
  const below = withPathsBelow(results, [folder]);
  const problems = below.problems.map((problem) => {
    const parts = problem.path.split('/');
    const at = parts.findIndex((_, first) => existsSync(join(folder, ...parts.slice(first))));
    return at > 0 ? { ...problem, path: parts.slice(at).join('/') } : problem;
  });
  return { ...below, problems };
}

/** What a report says, or in words why that is not known. */
async function readReport(
  { text, format, files }: ReturnType<typeof reportsOf>[number],
  said: Said,
  folder: string,
): Promise<Results | string> {
  if (files === undefined) {
    return (
      readAs(format, said.stdout) ??
      readAs(format, said.stderr) ??
      `the report that it promises is missing: its output is no ${text}`
    );
  }
  const found = await filesOf(folder, files);
  if (found.length === 0) return `the report that it promises is missing: ${text}`;
  const all: Results[] = [];
  for (const path of found) {
    const file = join(folder, path);
    const { size } = await stat(file);
    const results = size > readable ? undefined : readAs(format, await readUtf8(file));
    await rm(file, { force: true });
    if (!results) return `the report that it promises cannot be read: ${path} is no ${format}`;
    all.push(results);
  }
  const one = joined(all);
  return isEmpty(one) && format === 'junit' ? `the report that it promises is empty: ${text}` : one;
}

/** The files below a folder that a glob names, in order. Installed packages are not looked through. */
async function filesOf(folder: string, glob: string): Promise<string[]> {
  const fixed = glob.split('/').slice(0, -1);
  const wild = fixed.findIndex((part) => /[*?[{]/.test(part));
  const start = (wild < 0 ? fixed : fixed.slice(0, wild)).join('/');
  const found: string[] = [];
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const entries = await readdir(join(folder, at), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isFile() && matchesAny(path, [glob])) found.push(path);
      else if (wild >= 0 && entry.isDirectory() && !/^(?:node_modules|\.git)$/.test(entry.name))
        open.push(path);
    }
  }
  return found.sort();
}
