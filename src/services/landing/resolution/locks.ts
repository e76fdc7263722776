/**
 * Lock files are never merged as text: their own tool makes them anew from both sides' entries and the merged
 * manifest, offline.
 */
import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasConflictMarkers } from '../../../domain/landing/hunks.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import { baseEnvironment, makeOwnFolder, readUtf8, runProcess, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { type LockTexts, type LockTool, lockToolFor } from './lock-tools.js';

/** A lock file in conflict that its tool can make anew. */
export interface LockFile extends LockTexts {
  path: string;
  kind: string;
  /** Why it could not be made anew. */
  problem?: string;
}

type Session = Pick<RepoSession, 'git' | 'env' | 'signal' | 'paths'>;

const timeoutMs = 120_000;

const toolOf = (path: string): LockTool | undefined => lockToolFor(basename(path));

/** Whether a way is known to make this file anew. */
export const isLockFile = (path: string): boolean => toolOf(path) !== undefined;

/** How it is made anew, for the report. */
export const lockFileReason = (path: string): string => {
  const command = toolOf(path)?.command;
  return command ? `made anew by ${command.join(' ')}` : 'the lines of both sides';
};

/**
 * Makes the lock files of the private worktree anew; the merged manifests must stand there. No script of a package
 * runs, no network is used, and nothing but the lock files may change. Returns why it failed.
 */
export async function rebuildLocks(
  session: Session,
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
    if (!lock.problem && others.length > 0) {
      lock.problem = `${toolOf(lock.path)?.command?.[0]} changed ${others.slice(0, 3).join(', ')} as well`;
    }
    if (lock.problem) return `${lock.path}: ${lock.problem}`;
  }
  return undefined;
}

async function rebuild(session: Session, worktree: string, lock: LockFile): Promise<string | undefined> {
  const tool = toolOf(lock.path)!;
  const path = join(worktree, lock.path);
  // Below a folder of the person's own: programs look for settings in all folders above, and every user may write to /tmp.
  const parent = session.paths.stateDir;
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const scratch = await makeOwnFolder(parent, 'lock');
  try {
    const start = tool.start(lock);
    if (start === undefined) return whyNoStart(tool);
    await writeTo(path, start);
    const failed = tool.command && (await runTool(session, tool, dirname(path), scratch));
    if (failed) return failed;
    const text = await readUtf8(path);
    if (hasConflictMarkers(text)) return `${tool.command?.[0]} left conflict markers in it`;
    tool.verify?.(text);
    return undefined;
  } catch (error) {
    if (session.signal.aborted) throw error;
    return `it could not be made anew: ${messageOf(error)}`;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const whyNoStart = ({ command }: LockTool): string =>
  command
    ? `${command[0]} of this version loads code out of the repository, so it is not run`
    : 'the sides name different hashes for one thing';

async function runTool(
  session: Session,
  tool: LockTool,
  folder: string,
  scratch: string,
): Promise<string | undefined> {
  const [name = '', ...words] = tool.command!;
  try {
    const run = await runProcess([name, ...words, ...(tool.more?.({ folder, scratch }) ?? [])], {
      cwd: tool.elsewhere ? scratch : folder,
      env: { ...baseEnvironment(session.env), ...passed(session.env, tool), ...tool.env },
      signal: session.signal,
      timeoutMs,
      mayCut: true,
    });
    if (run.timedOut) return `${name} took too long`;
    return run.code === 0
      ? undefined
      : `${name} could not make it anew offline: ${lastLine(run.stderr || run.stdout)}`;
  } catch (error) {
    if (hasCode(error, 'program-not-found')) return `${name}, which makes it anew, is not on PATH`;
    throw error;
  }
}

const passed = (env: NodeJS.ProcessEnv, { passes = [] }: LockTool): Record<string, string> =>
  Object.fromEntries(passes.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));

const lastLine = (text: string): string => text.trim().split('\n').slice(-3).join(' ').slice(0, 300);

async function changedPaths(session: Pick<RepoSession, 'git'>, worktree: string): Promise<string[]> {
  const args = ['ls-files', '--modified', '--others', '--exclude-standard', '-z'];
  return (await session.git.run(args, { worktree })).stdout.split('\0').filter(Boolean);
}
