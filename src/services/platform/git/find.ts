/** Finds the repository around a folder by reading files only: git itself is not started. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';

export interface FoundRepository {
  /** Real path of the main worktree. */
  root: string;
  /** Real path of the common git directory. */
  commonDir: string;
}

/**
 * The repository that `cwd` lies in, also from inside a linked worktree.
 * Undefined outside of one, and for a bare repository, which has no main worktree.
 */
export async function findRepository(cwd: string): Promise<FoundRepository | undefined> {
  let folder = await realpath(cwd);
  for (;;) {
    const gitDir = await gitDirIn(folder);
    if (gitDir) return repositoryOf(folder, gitDir);
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

/** The git directory that the `.git` entry of a folder stands for, if it has a valid one. */
async function gitDirIn(folder: string): Promise<string | undefined> {
  const entry = join(folder, '.git');
  const found = await stat(entry).catch(() => undefined);
  if (!found) return undefined;
  const named = found.isDirectory()
    ? entry
    : resolve(folder, /^gitdir: (.+)$/m.exec(await readFile(entry, 'utf8'))?.[1] ?? '.');
  return (await isGitDir(named)) ? realpath(named) : undefined;
}

async function isGitDir(path: string): Promise<boolean> {
  const head = await readFile(join(path, 'HEAD'), 'utf8').catch(() => undefined);
  return head !== undefined;
}

async function repositoryOf(folder: string, gitDir: string): Promise<FoundRepository | undefined> {
  const shared = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => undefined);
  if (shared === undefined) return { root: folder, commonDir: gitDir };
  const commonDir = await realpath(resolve(gitDir, shared.trim())).catch(() => undefined);
  if (!commonDir) return undefined;
  const root = await mainWorktreeOf(commonDir);
  return root ? { root, commonDir } : undefined;
}

/** Submodules and separate git directories name their worktree in `core.worktree`; otherwise it is around `.git`. */
async function mainWorktreeOf(commonDir: string): Promise<string | undefined> {
  const config = await readFile(join(commonDir, 'config'), 'utf8').catch(() => '');
  const named = /^\s*worktree\s*=\s*"?([^"\n]+?)"?\s*$/m.exec(config)?.[1];
  const root = named ? resolveFrom(commonDir, named) : dirname(commonDir);
  const bare = /^\s*bare\s*=\s*true\s*$/im.test(config) || (!named && basename(commonDir) !== '.git');
  return bare ? undefined : realpath(root).catch(() => undefined);
}

const resolveFrom = (folder: string, path: string) => (isAbsolute(path) ? path : resolve(folder, path));
