/** Rescue refs: what stands in a worktree, kept before anything is taken away. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Git } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { stageWorktree } from './stage.js';

/** So many refs may be taken by others while we look for a free number. */
const triesForNumber = 50;

/**
 * Keeps a worktree's HEAD, staged state and files (untracked ones too, ignored ones not) in
 * `refs/codex-agents/rescue/<name>/<n>`, without changing anything in the worktree. Returns the ref.
 * Nested repositories are not held by it: see `nestedRepositories`.
 */
export async function rescueWorktree(
  session: Pick<RepoSession, 'git' | 'env'>,
  path: string,
  name: string,
): Promise<string> {
  const { git } = session;
  return withIndex(session, async (indexFile) => {
    const head = (await git.run(['rev-parse', '--verify', 'HEAD'], { worktree: path })).stdout.trim();
    // The real index is only copied: even write-tree would rewrite it.
    await copyFile(join(await git.gitDir(path), 'index'), indexFile).catch(async (error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
      await git.run(['read-tree', head], { worktree: path, env: { GIT_INDEX_FILE: indexFile } });
    });
    const parents = [head];
    const staged = await git.run(['write-tree'], {
      worktree: path,
      env: { GIT_INDEX_FILE: indexFile },
      ok: [0, 128],
    });
    // 128: a conflict is not resolved yet; its sides are commits, and the files hold the rest.
    if (staged.code === 0) {
      parents.push(await commitTree(git, staged.stdout.trim(), [head], `Staged in ${path}`));
    }
    const { tree } = await stageWorktree(git, path, indexFile);
    const commit = await commitTree(git, tree, parents, `Rescued from ${path}`);
    return writeRescueRef(git, name, commit, `rescue of ${path}`);
  });
}

/** Paths of repositories that stand inside a worktree without being submodules of it. */
export async function nestedRepositories({ git }: Pick<RepoSession, 'git'>, path: string): Promise<string[]> {
  const { stdout } = await git.run(['ls-files', '-z', '-o', '--exclude-standard'], { worktree: path });
  return stdout.split('\0').filter((entry) => entry.endsWith('/'));
}

/** Points the next free rescue ref of this name at a commit; none is ever overwritten. */
export async function writeRescueRef(git: Git, name: string, commit: string, why: string): Promise<string> {
  const prefix = `refs/codex-agents/rescue/${name}/`;
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname)', prefix]);
  const taken = stdout.split('\n').map((ref) => Number(ref.slice(prefix.length)) || 0);
  let number = Math.max(0, ...taken) + 1;
  for (let tries = 1; ; tries++, number++) {
    try {
      await git.moveRef(`${prefix}${number}`, commit, '', why);
      return `${prefix}${number}`;
    } catch (error) {
      if (!hasCode(error, 'ref-moved') || tries >= triesForNumber) throw error;
    }
  }
}

/** Runs `use` with the path of an index file of its own, which does not exist yet. */
export async function withIndex<T>(
  session: Pick<RepoSession, 'env'>,
  use: (indexFile: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(session.env.TMPDIR ?? tmpdir(), 'codex-agents-index-'));
  try {
    return await use(join(folder, 'index'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a commit of a tree; the message ends up exactly as given. */
export async function commitTree(
  git: Git,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  return (await git.run(args, { input: `${message}\n` })).stdout.trim();
}
