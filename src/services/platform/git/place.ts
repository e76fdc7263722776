/** Where a git call works. Directories are pinned: what stands in an agent's folder is never asked. */
import { realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { readText } from '../files/plain.js';
import { type FoundRepository, type LinkedWorktree, linkedWorktree, linkedWorktrees } from './find.js';

export interface Place {
  gitDir: string;
  commonDir: string;
  workTree: string;
}

/**
 * The place of the main worktree, or of a linked one by its path.
 * Throws `worktree-missing` when git has no such worktree, `worktree-half-made` when what made it was cut off,
 * `config-tampered` when its record points elsewhere.
 */
export async function placeOf(repository: FoundRepository, worktree?: string): Promise<Place> {
  const { isHalfMade, ...place } = await recordedPlace(repository, worktree);
  if (isHalfMade) {
    throw appError('worktree-half-made', `What made the worktree at ${worktree} was cut off.`, {
      hint: 'No work can be in it: `task worktree add` makes it anew.',
    });
  }
  return place;
}

/** Git's own folder of a worktree, also of one that is half made: git cannot work in that one, its files can be read. */
export async function gitDirOf(repository: FoundRepository, worktree?: string): Promise<string> {
  return (await recordedPlace(repository, worktree)).gitDir;
}

async function recordedPlace(
  repository: FoundRepository,
  worktree?: string,
): Promise<Place & { isHalfMade?: boolean }> {
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
  const place = { gitDir, commonDir, workTree: worktree };
  const shared = await readText(join(gitDir, 'commondir'));
  if (!shared?.trim()) return { ...place, isHalfMade: true };
  if (resolve(gitDir, shared.trim()) !== commonDir) {
    throw appError('config-tampered', `${gitDir}/commondir points to ${shared}, not to this repository.`, {
      hint: 'An agent may have changed it. Look at that file before anything runs in the worktree.',
    });
  }
  return place;
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
