/** The checks on one tree, in a private worktree of it; a check that passed on a tree is not run on it twice. */
import type { CheckResult } from '../../../domain/landing/validation.js';
import type { RepoSession } from '../../store/index.js';
import { withPrivateWorktree } from '../../worktrees/index.js';
import { besideTarget } from './base-results.js';
import { lacksCoverage, withChangedLines } from './changed-lines.js';
import { openCheckCache } from './check-cache.js';
import { checkIn } from './check-in.js';
import { checksFor, runChecks } from './checks.js';

export interface CheckedTree {
  checks: CheckResult[];
  /** False when nothing had to be run. */
  ran: boolean;
}

interface TreeCheckOptions {
  /** Every check is run, whatever is known of the tree. */
  fresh?: boolean;
  /** Gets what failing checks wrote. */
  heard?: (output: string) => void;
}

/** What is checked, and the commit of the target that it is merged with; without that, every failure counts. */
export interface CheckedCommit {
  commit: string;
  tree: string;
  target?: string;
}

/**
 * Runs the checks on a commit that is on no branch yet, those apart that passed on this very tree before. A check that
 * fails on the target as well fails only by what is new.
 * @param paths what it changes, for checks that look at some paths only
 * Throws `interrupted`, and what making a worktree throws.
 */
export async function checkTree(
  session: RepoSession,
  { commit, tree, target }: CheckedCommit,
  paths: readonly string[],
  options: TreeCheckOptions = {},
): Promise<CheckedTree> {
  const wanted = checksFor(session, paths);
  if (wanted.length === 0) return { checks: await asKnown(session, paths, new Map()), ran: false };
  const base = await baseOf(session, target, tree);
  const aim = target === undefined ? {} : { target };
  const known = new Map<string, CheckResult>();
  if (!options.fresh) {
    const cache = openCheckCache(session, tree);
    const passes = await Promise.all(wanted.map((check) => cache.passOf(check, base?.tree ?? '')));
    for (const [at, check] of wanted.entries()) {
      const pass = passes[at];
      if (pass && !lacksCoverage(session, check, pass)) known.set(check.name, pass);
    }
  }
  if (wanted.every(({ name }) => known.has(name))) {
    const alone = await asKnown(session, paths, known);
    const checks = base ? await besideTarget(session, alone, base, paths) : alone;
    return { checks: await withChangedLines(session, checks, { tree, ...aim }), ran: false };
  }
  const { heard } = options;
  const checks = await withPrivateWorktree(session, commit, 'validate', (path) =>
    checkWorktree(session, { path, tree }, paths, {
      known,
      ...(base ? { base } : {}),
      ...(heard ? { heard } : {}),
      ...(options.fresh ? { fresh: true } : {}),
    }),
  );
  return { checks, ran: true };
}

/** The commit of the target with its tree, where that is another one. */
export async function baseOf(
  session: Pick<RepoSession, 'git'>,
  target: string | undefined,
  tree: string,
): Promise<{ commit: string; tree: string } | undefined> {
  if (target === undefined) return undefined;
  const base = { commit: target, tree: await session.git.treeOf(target) };
  return base.tree === tree ? undefined : base;
}

const asKnown = (
  session: RepoSession,
  paths: readonly string[],
  known: ReadonlyMap<string, CheckResult>,
): Promise<CheckResult[]> => runChecks(session, session.root, paths, session.signal, { known });

/**
 * Runs the checks in a worktree of ours that holds this tree, beside the base's results, and remembers what passed.
 * Throws `interrupted`, `git-failed`.
 */
export async function checkWorktree(
  session: RepoSession,
  place: { path: string; tree: string },
  paths: readonly string[],
  {
    base,
    fresh,
    ...options
  }: {
    base?: { commit: string; tree: string };
    /** The base is asked again as well. */
    fresh?: boolean;
    known?: ReadonlyMap<string, CheckResult>;
    heard?: (output: string) => void;
  } = {},
): Promise<CheckResult[]> {
  const alone = await checkIn(session, place, paths, options);
  const checks = base ? await besideTarget(session, alone, base, paths, fresh) : alone;
  await openCheckCache(session, place.tree).remember(checks, base?.tree ?? '');
  return withChangedLines(session, checks, {
    tree: place.tree,
    ...(base ? { target: base.commit } : {}),
  });
}
