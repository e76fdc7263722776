/** Where a git call works. Directories are pinned: what stands in an agent's folder is never asked. */
import { readFile, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { type FoundRepository, type LinkedWorktree, linkedWorktree, linkedWorktrees } from './find.js';

export interface Place {
  gitDir: string;
  commonDir: string;
  workTree: string;
}

/**
 * The place of the main worktree, or of a linked one by its path.
 * Throws `worktree-missing` when git has no such worktree, `config-tampered` when its record points elsewhere.
 */
export async function placeOf(repository: FoundRepository, worktree?: string): Promise<Place> {
  const { root, commonDir } = repository;
  if (worktree === undefined || worktree === root) {
    return { gitDir: repository.gitDir ?? commonDir, commonDir, workTree: root };
  }
  const gitDir = await recordOf(commonDir, worktree);
  if (!gitDir) {
    throw appError('worktree-missing', `git knows no worktree at ${worktree}.`, {
      hint: 'It may have been removed by hand; `task worktree add` makes it again from its branch.',
    });
  }
  const shared = (await readFile(join(gitDir, 'commondir'), 'utf8')).trim();
  if (resolve(gitDir, shared) !== commonDir) {
    throw appError('config-tampered', `${gitDir}/commondir points to ${shared}, not to this repository.`, {
      hint: 'An agent may have changed it. Look at that file before anything runs in the worktree.',
    });
  }
  return { gitDir, commonDir, workTree: worktree };
}

/** Folder in `<common dir>/worktrees` that belongs to the worktree at this path. */
export async function recordOf(commonDir: string, worktree: string): Promise<string | undefined> {
  const wanted = await realOrSame(worktree);
  const isIt = async ({ path }: LinkedWorktree) => path === worktree || (await realOrSame(path)) === wanted;
  // Records are named after their folders, mostly.
  const likely = await linkedWorktree(commonDir, basename(wanted));
  if (likely && (await isIt(likely))) return likely.gitDir;
  for (const record of await linkedWorktrees(commonDir)) if (await isIt(record)) return record.gitDir;
  return undefined;
}

const realOrSame = (path: string) => realpath(path).catch(() => resolve(path));
