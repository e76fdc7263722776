/** Where a git call works. Directories are pinned: what stands in an agent's folder is never asked. */
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { FoundRepository } from './find.js';

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
  if (worktree === undefined || worktree === root) return { gitDir: commonDir, commonDir, workTree: root };
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
async function recordOf(commonDir: string, worktree: string): Promise<string | undefined> {
  const wanted = await realOrSame(worktree);
  const names = await readdir(join(commonDir, 'worktrees')).catch((): string[] => []);
  // Records are named after their folders, mostly.
  const likely = basename(wanted);
  for (const name of [...names.filter((one) => one === likely), ...names.filter((one) => one !== likely)]) {
    const record = join(commonDir, 'worktrees', name);
    const entry = await readFile(join(record, 'gitdir'), 'utf8').catch(() => undefined);
    if (entry === undefined) continue;
    const path = dirname(resolve(record, entry.trim()));
    if (path === worktree || (await realOrSame(path)) === wanted) return record;
  }
  return undefined;
}

const realOrSame = (path: string) => realpath(path).catch(() => resolve(path));
