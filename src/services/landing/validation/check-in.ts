/** The checks in a worktree of ours, on exactly the tree that it holds. */
import type { CheckResult } from '../../../domain/landing/validation.js';
import type { RepoSession } from '../../store/index.js';
import { openCheckCache } from './check-cache.js';
import { type CheckRunOptions, runChecks } from './checks.js';
import { reportGlobs } from './reports.js';
import { withSameTree } from './same-tree.js';

/** Runs the checks in a worktree that holds this tree. Nothing is remembered. Throws `interrupted`, `git-failed`. */
export async function checkIn(
  session: RepoSession,
  { path, tree }: { path: string; tree: string },
  paths: readonly string[],
  options: Pick<CheckRunOptions, 'heard' | 'known' | 'only'> = {},
): Promise<CheckResult[]> {
  const cache = openCheckCache(session, tree);
  const tookMs = await cache.tookMs();
  const promised = reportGlobs(session.config.validator.checks);
  return withSameTree(session, { worktree: path, tree, promised }, (watch) =>
    runChecks(session, path, paths, session.signal, { ...options, watch, tookMs, outputOf: cache.outputOf }),
  );
}
