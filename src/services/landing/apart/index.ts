/**
 * Validates one revision merged with another, in a place of its own: no registry, no task, nothing written to the
 * repository, and nothing left when it ends.
 */
import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RevisionReport } from '../../../domain/landing/reports/report.js';
import type { ValidationReport } from '../../../domain/landing/validation.js';
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import type { Paths } from '../../platform/index.js';
import { findRepositoryOrBare, openGit, withFilters } from '../../platform/index.js';
import { type OpenOptions, openRegistry, type RepoSession } from '../../store/index.js';
import { withScratch } from '../../worktrees/index.js';
import { type Judged, opinionOf, reportOf, validateNow } from '../validation/index.js';
import { checkTree } from '../validation/tree.js';
import { loadBaseConfig } from './base-config.js';
import { type BorrowedFrom, borrow, borrowedBranches } from './borrow.js';
import { commitsOf, type NamedRevisions, whyUnrelated } from './revisions.js';

export interface ApartOptions extends OpenOptions {
  revisions: NamedRevisions;
  /** The caller vouches for what the base configures: its commands run. */
  trustBase: boolean;
  /** What a person lets the change break: policies, or `policy:glob`. */
  allow?: readonly string[];
}

/**
 * The report on `branch` merged into `base`. Checks run in a private worktree of the merged tree; configuration and
 * instructions are the base commit's, and count when they are trusted.
 * Throws `not-a-repository`, `no-such-revision` (usage), `git-failed`, `interrupted`, and what `loadBaseConfig` throws.
 */
export async function validateApart(options: ApartOptions): Promise<RevisionReport> {
  const { cwd, env, revisions } = options;
  const source = await openSource(options);
  const commits = await commitsOf(source, cwd, revisions);
  const unrelated = await whyUnrelated(source, commits);
  if (unrelated) return { ...revisions, ...nothingKnown(commits), reason: unrelated };
  return withScratch({ env }, async (folder) => {
    const place = await preparePlace(options, source, commits, await realpath(folder));
    const allowed = { ...place.task, allowed: [...(options.allow ?? [])] };
    const { task, ...report } = await validateNow(place.session, allowed, (judged) =>
      judgeIn({ ...place, task: allowed }, judged),
    );
    const now = await commitsOf(source, cwd, revisions).catch(() => undefined);
    const moved = (['base', 'branch'] as const).filter((name) => now?.[name] !== commits[name]);
    const sides = { head: commits.branch, target: commits.base };
    const all = { ...revisions, ...report, ...sides, skipped: [...place.leftOut, ...report.skipped] };
    if (moved.length === 0) return all;
    return {
      ...all,
      verdict: 'stale',
      reason: `the ${moved.join(' and the ')} moved while it was validated`,
    };
  });
}

/** What is borrowed from. Throws `no-folder`, `not-a-repository`. */
export async function openSource({ cwd, env }: Pick<ApartOptions, 'cwd' | 'env'>): Promise<BorrowedFrom> {
  if (!existsSync(cwd)) throw appError('no-folder', `There is no folder ${cwd}.`, { kind: 'usage' });
  const found = await findRepositoryOrBare(cwd);
  if (!found) {
    throw appError('not-a-repository', `There is no git repository at ${cwd} or above it.`, {
      hint: 'Go to a repository, or name one with -C <dir>.',
    });
  }
  const { commonDir } = found;
  const git = await openGit('root' in found ? { ...found, env } : { root: commonDir, commonDir, env });
  return { git, found };
}

interface ApartPlace {
  session: RepoSession;
  /** Where the base's instructions are read. */
  reader: RepoSession;
  task: Task;
  leftOut: string[];
}

/** A session on a git directory that borrows the repository's objects; all it writes is below `folder`. */
export async function preparePlace(
  options: ApartOptions,
  source: BorrowedFrom,
  commits: { branch: string; base: string },
  folder: string,
): Promise<ApartPlace> {
  const { emit, signal, revisions } = options;
  const root = 'root' in source.found ? source.found.root : undefined;
  const base = join(folder, 'base');
  await mkdir(base);
  const paths = pathsBelow(folder, options.paths);
  const { loaded, leftOut } = await loadBaseConfig({
    git: source.git,
    base: { commit: commits.base, name: revisions.base },
    folder: base,
    paths,
    persons: options.paths,
    root,
    trust: options.trustBase,
    env: options.env,
  });
  for (const message of loaded.warnings ?? []) emit({ type: 'noted', level: 'warning', message });
  const config = {
    ...loaded.config,
    target: borrowedBranches.base,
    worktree: { ...loaded.config.worktree, root: join(folder, 'worktrees') },
  };
  const env = withFilters(options.env, config.git.filters);
  const git = await borrow(source, commits, { folder: join(folder, 'git'), otherwise: base, env });
  const path = root ?? source.found.commonDir;
  const createdAt = new Date().toISOString();
  const repo = { id: 'apart', path, name: basename(path), createdAt };
  const session: RepoSession = {
    ...{ repo, root: git.root, target: config.target, config, loaded, paths, git, env, emit, signal },
    registry: openRegistry(paths),
  };
  return { session, reader: { ...session, root: base }, task: standIn(createdAt), leftOut };
}

/** Everything of our own goes below the folder; only what the person has configured is read from its place. */
function pathsBelow(folder: string, { configDir }: Paths): Paths {
  const stateDir = join(folder, 'state');
  return {
    configDir,
    dataDir: join(folder, 'data'),
    stateDir,
    cacheDir: join(folder, 'cache'),
    registryFile: join(folder, 'data', 'tasks.json'),
    runsDir: join(stateDir, 'runs'),
  };
}

async function judgeIn({ session, reader, task }: ApartPlace, judged: Judged): Promise<ValidationReport> {
  const opinion = await opinionOf(reader, task, judged);
  const { checks } = await checkTree(session, judged, opinion.paths);
  // What they wrote goes with the folder that holds it.
  const told = checks.map(({ output: _, ...check }) => check);
  return reportOf(session, task, judged, told, opinion);
}

/** A task of no registry, for the change where a task is wanted. No person asked for it: the maker of the branch named it. */
function standIn(now: string): Task {
  return {
    id: 'apart',
    repo: 'apart',
    slug: 'change',
    title: 'Merge the change',
    goal: 'The change is to be merged.',
    acceptance: [],
    status: 'done',
    priority: 'normal',
    owner: '',
    labels: [],
    dependsOn: [],
    touches: [],
    branch: borrowedBranches.branch,
    runIds: [],
    attempts: 0,
    createdAt: now,
    updatedAt: now,
  };
}

const nothingKnown = ({ branch, base }: { branch: string; base: string }) =>
  ({
    verdict: 'error',
    checks: [],
    policies: [],
    findings: [],
    skipped: [],
    tree: '',
    target: base,
    head: branch,
  }) satisfies Partial<RevisionReport>;
