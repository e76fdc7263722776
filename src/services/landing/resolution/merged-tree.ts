/** The resolved files as one tree, and what the checks say of it. */
import type { CheckResult } from '../../../domain/landing/validation.js';
import { baseOf, checkWorktree } from '../validation/tree.js';
import { treeOfResult, writeResults } from './apply.js';
import { type LockFile, rebuildLocks } from './locks.js';
import { noteChecks, type OpenFile } from './open-file.js';
import type { ResolutionSite } from './types.js';

export type CheckedResult = {
  /** Whether a check was run. */
  ran: boolean;
} & (
  | { tree: string; reason?: undefined; failed?: undefined; notPassed?: undefined }
  /**
   * `failed`: names of the checks that fail; absent when another answer would not help. `notPassed`: those and the
   * checks that could not be run.
   */
  | { tree?: undefined; reason: string; failed?: string[]; notPassed?: string[] }
);

/** Writes the results, makes the lock files anew, stages both, and runs the checks on exactly that tree. */
export async function checkResult(
  site: ResolutionSite,
  files: readonly OpenFile[],
  locks: readonly LockFile[],
): Promise<CheckedResult> {
  const { session, worktree } = site;
  await writeResults(worktree, files);
  const stale = await rebuildLocks(session, worktree, locks);
  if (stale) return { ran: false, reason: stale };
  const tree = await treeOfResult(session, worktree, [...files, ...locks]);
  const checks = await checksOf(site, tree);
  const ran = checks.some(({ status }) => status !== 'skipped');
  const bad = checks.filter(({ status }) => status !== 'pass' && status !== 'skipped');
  if (bad.length === 0) {
    const passed = checks.filter(({ status }) => status === 'pass').map(({ name }) => name);
    for (const file of files) noteChecks(file, passed);
    return { ran, tree };
  }
  const reason = bad
    .map((check) => `the check "${check.name}" ${outcomeOf(check)}: ${check.summary}`)
    .join('\n');
  const unknown = bad.some(({ status }) => status === 'error');
  const notPassed = bad.map(({ name }) => name);
  return { ran, reason, notPassed, ...(unknown ? {} : { failed: notPassed }) };
}

const outcomeOf = (check: CheckResult) =>
  check.status === 'fail' ? 'fails on the merged tree' : 'could not be run';

async function checksOf({ session, sides, worktree }: ResolutionSite, tree: string): Promise<CheckResult[]> {
  const changed = async (side: string) =>
    (await session.git.run(['diff', '--name-only', '-z', '--no-renames', side, tree, '--'])).stdout;
  const lists = [await changed(sides.head), await changed(sides.target)];
  const paths = lists.join('\0').split('\0').filter(Boolean);
  // Landing it next asks about the same tree.
  const base = await baseOf(session, sides.target, tree);
  return checkWorktree(session, { path: worktree, tree }, paths, base ? { base } : {});
}
