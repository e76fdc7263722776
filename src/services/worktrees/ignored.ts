/** Which ignored files of the main worktree a new worktree gets: dependencies and build output, never secrets. */
import { readdir, readlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { matchesAny } from '../../domain/glob.js';
import type { RepoSession } from '../types.js';
import { listWorktrees } from './list.js';
import { worktreeRoot } from './places.js';

export interface IgnoredEntries {
  /** Paths relative to the main worktree; a folder stands for all that is in it. */
  entries: string[];
  /** Left out, with the reason: "`.env` (may hold secrets)". */
  skipped: string[];
  /** Files in the entries. */
  files: number;
}

/** Lists what may be copied. Reads the main worktree only. */
export async function ignoredEntries(
  session: Pick<RepoSession, 'git' | 'root' | 'config' | 'env'>,
): Promise<IgnoredEntries> {
  const args = ['ls-files', '-z', '-o', '-i', '--exclude-standard', '--directory'];
  const { stdout } = await session.git.run(args);
  const worktrees = [worktreeRoot(session), ...(await listWorktrees(session.git)).map((one) => one.path)]
    .map((path) => relative(session.root, path))
    .filter((path) => path !== '' && !path.startsWith('..'));
  const found: IgnoredEntries = { entries: [], skipped: [], files: 0 };
  const judge = judgeOf(session, worktrees);
  for (const entry of stdout.split('\0').filter(Boolean)) {
    const path = entry.replace(/\/$/, '');
    const reason = judge(path);
    if (reason) found.skipped.push(`${path} (${reason})`);
    else if (!entry.endsWith('/')) await addFile(session.root, path, found);
    else found.entries.push(...(await addFolder(session.root, path, judge, found)));
  }
  return found;
}

type Judge = (path: string) => string | undefined;

/** Why a path is not copied; undefined when it is. */
function judgeOf(session: Pick<RepoSession, 'config'>, worktrees: readonly string[]): Judge {
  const { include, exclude, env_files } = session.config.worktree;
  return (path) => {
    const name = basename(path);
    if (worktrees.includes(path)) return 'a worktree';
    if (matchesAny(path, exclude)) return 'excluded';
    if (env_files.includes(path)) return 'copied apart';
    if (/^\.env(rc|\..*)?$/.test(name)) return 'may hold secrets';
    if (/\.(pid|sock)$/.test(name)) return 'belongs to a running program';
    if (/^\.?venv$/.test(name) && !matchesAny(path, include)) return 'holds absolute paths';
    return undefined;
  };
}

async function addFile(root: string, path: string, found: IgnoredEntries): Promise<void> {
  if (await leavesTree(root, path)) {
    found.skipped.push(`${path} (a link that leaves the repository)`);
    return;
  }
  found.entries.push(path);
  found.files++;
}

/**
 * Entries for a folder: itself when everything in it may be copied, otherwise those of its children that may.
 * Installed packages are taken whole: what is in them came from a registry.
 */
async function addFolder(root: string, path: string, judge: Judge, found: IgnoredEntries): Promise<string[]> {
  const trusted = basename(path) === 'node_modules';
  const children = await readdir(join(root, path), { withFileTypes: true }).catch(() => undefined);
  if (!children) {
    found.skipped.push(`${path} (cannot be read)`);
    return [];
  }
  if (children.some((child) => child.name === '.git' && !child.isDirectory())) {
    found.skipped.push(`${path} (a worktree or submodule of its own)`);
    return [];
  }
  const kept: string[] = [];
  let whole = true;
  for (const child of children) {
    const below = join(path, child.name);
    const reason = trusted ? undefined : await refusal(root, below, child, judge);
    if (reason) {
      whole = false;
      found.skipped.push(`${below} (${reason})`);
    } else if (child.isDirectory()) {
      const inner = await addFolder(root, below, trusted ? () => undefined : judge, found);
      whole &&= inner.length === 1 && inner[0] === below;
      kept.push(...inner);
    } else {
      found.files++;
      kept.push(below);
    }
  }
  return whole ? [path] : kept;
}

async function refusal(
  root: string,
  path: string,
  entry: { isSymbolicLink(): boolean; isDirectory(): boolean; isFile(): boolean },
  judge: Judge,
): Promise<string | undefined> {
  const reason = judge(path);
  if (reason) return reason;
  if (entry.isSymbolicLink()) {
    return (await leavesTree(root, path)) ? 'a link that leaves the repository' : undefined;
  }
  return entry.isDirectory() || entry.isFile() ? undefined : 'not a file';
}

async function leavesTree(root: string, path: string): Promise<boolean> {
  const target = await readlink(join(root, path)).catch(() => undefined);
  if (target === undefined) return false;
  return relative(root, resolve(root, dirname(path), target)).startsWith('..');
}
