/**
 * Lock files are never merged as text: their own tool makes them anew from both sides' entries and the merged
 * manifest, offline. So far npm's; it reads a lock file in conflict markers as the union of both.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../domain/errors.js';
import { hasConflictMarkers } from '../../domain/hunks.js';
import { baseEnvironment } from '../git/environment.js';
import { runProcess } from '../process.js';
import type { RepoSession } from '../types.js';

/** A lock file in conflict that its tool can make anew. */
export interface LockFile {
  path: string;
  kind: string;
  /** As git left it, in markers. */
  marked: string;
  /** Why it could not be made anew. */
  problem?: string;
}

/** The command as the report names it. */
export const lockTool = 'npm install --package-lock-only --offline';

const timeoutMs = 120_000;

/** Whether a tool is known that makes this file anew. */
export const isLockFile = (path: string): boolean =>
  /^(?:package-lock|npm-shrinkwrap)\.json$/.test(basename(path));

/**
 * Makes the lock files of the private worktree anew; the merged manifests must stand there. No script of a package
 * runs, no network is used, and nothing but the lock files may change. Returns why it failed.
 */
export async function rebuildLocks(
  session: Pick<RepoSession, 'git' | 'env' | 'signal'>,
  worktree: string,
  locks: readonly LockFile[],
): Promise<string | undefined> {
  for (const lock of locks) {
    delete lock.problem;
    const before = await changedPaths(session, worktree);
    lock.problem = await rebuild(session, worktree, lock);
    const others = (await changedPaths(session, worktree)).filter(
      (path) => path !== lock.path && !before.includes(path),
    );
    if (!lock.problem && others.length > 0) lock.problem = `npm changed ${others.join(', ')} as well`;
    if (lock.problem) return `${lock.path}: ${lock.problem}`;
  }
  return undefined;
}

async function rebuild(
  session: Pick<RepoSession, 'env' | 'signal'>,
  worktree: string,
  lock: LockFile,
): Promise<string | undefined> {
  const path = join(worktree, lock.path);
  // Settings of the repository must not name programs to run; those of the command line win over them.
  const safe = ['--ignore-scripts', '--git=/bin/false', '--script-shell=/bin/false', '--node-options='];
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  try {
    await writeFile(path, lock.marked);
    const run = await runProcess([...lockTool.split(' '), ...safe, ...quiet], {
      cwd: dirname(path),
      env: baseEnvironment(session.env),
      signal: session.signal,
      timeoutMs,
    });
    if (run.timedOut) return 'npm took too long';
    if (run.code !== 0) return `npm could not make it anew offline: ${lastLine(run.stderr || run.stdout)}`;
    const text = await readFile(path, 'utf8');
    if (hasConflictMarkers(text)) return 'npm left conflict markers in it';
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (session.signal.aborted) throw error;
    return `it could not be made anew: ${messageOf(error)}`;
  }
}

const lastLine = (text: string): string => text.trim().split('\n').slice(-3).join(' ').slice(0, 300);

async function changedPaths(session: Pick<RepoSession, 'git'>, worktree: string): Promise<string[]> {
  const args = ['ls-files', '--modified', '--others', '--exclude-standard', '-z'];
  return (await session.git.run(args, { worktree })).stdout.split('\0').filter(Boolean);
}
