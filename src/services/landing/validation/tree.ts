/** The checks on one tree, in a private worktree of it; a check that passed on a tree is not run on it twice. */
import type { CheckResult } from '../../../domain/landing/validation.js';
import type { RepoSession } from '../../store/index.js';
import { withPrivateWorktree } from '../../worktrees/index.js';
import { type CheckCache, openCheckCache } from './check-cache.js';
import { checksFor, runChecks } from './checks.js';
import { reportGlobs } from './reports.js';
import { withSameTree } from './same-tree.js';

export interface CheckedTree {
  checks: CheckResult[];
  /** False when nothing had to be run. */
  ran: boolean;
}

export interface TreeCheckOptions {
  /** Every check is run, whatever is known of the tree. */
  fresh?: boolean;
  /** Gets what failing checks wrote. */
  heard?: (output: string) => void;
}

/**
 * Runs the checks on a commit that is on no branch yet, those apart that passed on this very tree before.
 * @param paths what it changes, for checks that look at some paths only
 * Throws `interrupted`, and what making a worktree throws.
 */
export async function checkTree(
  session: RepoSession,
  { commit, tree }: { commit: string; tree: string },
  paths: readonly string[],
  options: TreeCheckOptions = {},
): Promise<CheckedTree> {
  const cache = openCheckCache(session, tree);
  const known = options.fresh ? new Map<string, CheckResult>() : await passesOf(session, cache, paths);
  if (checksFor(session, paths).every(({ name }) => known.has(name))) {
    return { checks: await runChecks(session, session.root, paths, session.signal, { known }), ran: false };
  }
  const checks = await withPrivateWorktree(session, commit, 'validate', (path) =>
    checkIn(session, { path, tree }, paths, { ...options, known }),
  );
  return { checks, ran: true };
}

/**
 * Runs the checks in a worktree of ours that holds this tree, and keeps what they said.
 * Throws `interrupted`, `git-failed`.
 */
export async function checkIn(
  session: RepoSession,
  { path, tree }: { path: string; tree: string },
  paths: readonly string[],
  options: Pick<TreeCheckOptions, 'heard'> & { known?: ReadonlyMap<string, CheckResult> } = {},
): Promise<CheckResult[]> {
  const cache = openCheckCache(session, tree);
  const tookMs = await cache.tookMs();
  const promised = reportGlobs(session.config.validator.checks);
  const checks = await withSameTree(session, { worktree: path, tree, promised }, (watch) =>
    runChecks(session, path, paths, session.signal, { ...options, watch, tookMs, outputOf: cache.outputOf }),
  );
  await cache.remember(checks);
  return checks;
}

async function passesOf(
  session: RepoSession,
  cache: CheckCache,
  paths: readonly string[],
): Promise<Map<string, CheckResult>> {
  const passes = new Map<string, CheckResult>();
  for (const check of checksFor(session, paths)) {
    const pass = await cache.passOf(check);
    if (pass) passes.set(check.name, pass);
  }
  return passes;
}
