/**
 * What was written in folders since a moment, and the marks of repositories there. ctime tells, since a copy that keeps
 * its time of modification was written all the same. All paths are below the worktree, in bytes.
 */
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { isTextPath, pathBelow, runProcess, textOfPath } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

export interface Search {
  worktree: string;
  roots: readonly string[];
  /** File whose time of modification is the moment. */
  mark: string;
  /** What counts beside marks of repositories; directly in the roots there are no marks. */
  what: 'files' | 'folders' | 'files directly in them';
}

export interface Newer {
  /** With the `.git` of every repository, and every folder `objects`, as one without files of its own has it. */
  paths: string[];
  /** Folders that could not be looked through. */
  unread: string[];
}

const rootsPerCall = 500;

/** find(1) is quick. Where it is missing, may not read everything, or could not be given a name, we go through it ourselves. */
export async function findNewer(session: Pick<RepoSession, 'env'>, search: Search): Promise<Newer> {
  const named = search.roots.filter(isTextPath);
  const quick = await find(session, { ...search, roots: named });
  const rest = quick ? search.roots.filter((root) => !isTextPath(root)) : search.roots;
  const walked = await walk({ ...search, roots: rest });
  return { paths: [...(quick ?? []), ...walked.paths], unread: walked.unread };
}

const marks = [
  ...['-name', '.git', '-prune', '-print0', '-o'],
  ...['-type', 'd', '-name', 'objects', '-print0', '-o'],
];
const tests: Record<Search['what'], readonly string[]> = {
  files: [...marks, '!', '-type', 'd'],
  folders: [...marks, '-type', 'd'],
  'files directly in them': ['-maxdepth', '1', '!', '-type', 'd'],
};

async function find(
  { env }: Pick<RepoSession, 'env'>,
  { worktree, roots, mark, what }: Search,
): Promise<string[] | undefined> {
  const found: string[] = [];
  for (let at = 0; at < roots.length; at += rootsPerCall) {
    const names = roots.slice(at, at + rootsPerCall).map((root) => `./${textOfPath(root)}`);
    const argv = ['find', ...names, ...tests[what], '-cnewer', mark, '-print0'];
    const options = { cwd: worktree, env, maxBytes: 64 * 1024 * 1024, encoding: 'latin1' } as const;
    const result = await runProcess(argv, options).catch(() => undefined);
    if (result?.code !== 0 || result.truncated) return undefined;
    found.push(...result.stdout.split('\0').filter(Boolean));
  }
  return found.map((path) => path.slice(2));
}

async function walk({ worktree, roots, mark, what }: Search): Promise<Newer> {
  const found: Newer = { paths: [], unread: [] };
  if (roots.length === 0) return found;
  const since = await timeOf(mark);
  const shallow = what === 'files directly in them';
  const left = roots.map((path) => ({ path, isRoot: true }));
  for (const { path, isRoot } of left) {
    try {
      const { ctimeNs, isFolder } = await factsOf(pathBelow(worktree, path));
      if (!shallow && basename(path) === '.git') {
        found.paths.push(path);
        continue;
      }
      const isMark = !shallow && isFolder && basename(path) === 'objects';
      if (isMark || (isFolder === (what === 'folders') && ctimeNs > since)) found.paths.push(path);
      if (!isFolder || (shallow && !isRoot)) continue;
      const names = await readdir(pathBelow(worktree, path), { encoding: 'latin1' });
      for (const name of names) left.push({ path: `${path}/${name}`, isRoot: false });
    } catch (error) {
      // What goes meanwhile is no matter of ours.
      if (!hasCode(error, 'ENOENT')) found.unread.push(path);
    }
  }
  return found;
}

/** All that is there is newer than what is not: a main worktree has no mark. */
async function timeOf(mark: string): Promise<bigint> {
  try {
    return (await stat(mark, { bigint: true })).mtimeNs;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0n;
    throw error;
  }
}

async function factsOf(path: Buffer): Promise<{ ctimeNs: bigint; isFolder: boolean }> {
  const found = await lstat(path, { bigint: true });
  return { ctimeNs: found.ctimeNs, isFolder: found.isDirectory() };
}
