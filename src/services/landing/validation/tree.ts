/** The checks on one tree, in a private worktree of it; a tree that passed is not checked twice for landing. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { withPrivateWorktree } from '../../worktrees/index.js';
import { checksFor, runChecks } from './checks.js';
import { withSameTree } from './same-tree.js';

export interface CheckedTree {
  checks: CheckResult[];
  /** False when nothing had to be run. */
  ran: boolean;
}

/**
 * Runs the checks on a commit that is on no branch yet.
 * @param paths what it changes, for checks that look at some paths only
 * @param options `known`: an earlier pass of the same tree by the same checks will do; `heard`: gets what failing checks wrote
 * Throws `interrupted`, and what making a worktree throws.
 */
export async function checkTree(
  session: RepoSession,
  { commit, tree }: { commit: string; tree: string },
  paths: readonly string[],
  options: { known?: boolean; heard?: (output: string) => void } = {},
): Promise<CheckedTree> {
  if (session.config.validator.checks.length === 0) return { checks: [], ran: false };
  const before = options.known ? await readPass(session, tree, paths) : undefined;
  if (before) return { checks: before, ran: false };
  const ran = checksFor(session, paths).length > 0;
  const { heard } = options;
  const watched = (path: string) =>
    withSameTree(session, path, tree, (watch) =>
      runChecks(session, path, paths, session.signal, { watch, ...(heard ? { heard } : {}) }),
    );
  const checks = ran
    ? await withPrivateWorktree(session, commit, 'validate', watched)
    : await runChecks(session, session.root, paths, session.signal);
  await rememberPass(session, tree, paths, checks);
  return { checks, ran };
}

const isGood = ({ status }: CheckResult) => status === 'pass' || status === 'skipped';
const kept = 500;

/** Notes that a tree passed. Only passes are kept: what failed may have failed by chance. */
export async function rememberPass(
  session: RepoSession,
  tree: string,
  paths: readonly string[],
  checks: readonly CheckResult[],
): Promise<void> {
  if (!checks.every(isGood) || !checks.some((check) => check.status === 'pass')) return;
  const file = passFile(session, tree, paths);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFileDurably(file, `${JSON.stringify(checks)}\n`);
  await prune(dirname(file));
}

async function readPass(
  session: RepoSession,
  tree: string,
  paths: readonly string[],
): Promise<CheckResult[] | undefined> {
  try {
    const checks = JSON.parse(await readFile(passFile(session, tree, paths), 'utf8')) as CheckResult[];
    return Array.isArray(checks) && checks.every(isGood) ? checks : undefined;
  } catch {
    // A cache: without it the checks run again.
    return undefined;
  }
}

/** Other checks, or other settings of one, are another question about the same tree. */
function passFile(session: RepoSession, tree: string, paths: readonly string[]): string {
  const asked = JSON.stringify([
    session.config.validator.checks,
    checksFor(session, paths),
    session.config.worktree,
  ]);
  const key = createHash('sha256').update(asked).digest('hex').slice(0, 16);
  return join(session.paths.cacheDir, 'checks', session.repo.id, `${tree}-${key}.json`);
}

async function prune(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= kept) return;
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      at: (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  const old = aged.sort((a, b) => b.at - a.at).slice(kept / 2);
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })));
}
