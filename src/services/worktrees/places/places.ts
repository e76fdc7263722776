/** Where worktrees are. */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { acquireLock, type Lock, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

type Rooted = Pick<RepoSession, 'root' | 'config' | 'env'>;

/**
 * Folder that holds a repository's worktrees: `worktree.root` relative to the repository, or a folder beside it.
 * That is on the same file system, so that copies can share blocks, and outside, so that the repository's own tools
 * do not find them.
 */
export function worktreeRoot({ root, config, env }: Rooted): string {
  const wanted = config.worktree.root;
  if (!wanted) return join(dirname(root), `${basename(root)}.worktrees`);
  return resolve(root, wanted.replace(/^~(?=\/|$)/, env.HOME ?? '~'));
}

/**
 * Keeps a worktree root inside the repository, or inside the one that has it as a submodule, out of its status and of
 * what is committed: with an ignore file of its own, so that nothing of the person's is changed. One that is there stays.
 */
export async function keepRootUnseen(session: Rooted & Pick<RepoSession, 'git'>): Promise<void> {
  const folder = worktreeRoot(session);
  const isSubmodule = session.git.commonDir.includes(`${sep}modules${sep}`);
  if (!folder.startsWith(session.root + sep) && !isSubmodule) return;
  await mkdir(folder, { recursive: true });
  await writeTo(join(folder, '.gitignore'), '# Worktrees of codex-agent.\n*\n', { flag: 'wx' }).catch(
    (error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    },
  );
}

export const worktreePath = (session: Rooted, slug: string): string => join(worktreeRoot(session), slug);

/** Folder where removed worktrees wait to be deleted. */
export const trashFolder = (session: Rooted): string => join(worktreeRoot(session), '.trash');

/** Folder of worktrees that exist for a moment only. */
export const privateFolder = (session: Rooted): string => join(worktreeRoot(session), '.private');

/** Folder of worktrees made ready for tasks that are still to come. */
export const spareFolder = (session: Rooted): string => join(worktreeRoot(session), '.spare');

/** git's records of worktrees change under one lock per repository: parallel `worktree add` fails now and then. */
export function lockWorktrees(
  session: Pick<RepoSession, 'paths' | 'repo' | 'signal'>,
  command: string,
): Promise<Lock> {
  const dir = join(session.paths.stateDir, 'repositories', session.repo.id, 'worktrees.lock.d');
  return acquireLock(dir, { command, signal: session.signal, waitMs: 120_000 });
}
