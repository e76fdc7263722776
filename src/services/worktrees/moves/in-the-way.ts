/** What stands where files are about to be written: `git read-tree` overwrites what is ignored without a word. */
import { lstatSync } from 'node:fs';
import { appError } from '../../../domain/platform/errors.js';
import { isTextPath, pathBelow, textOfPath } from '../../platform/index.js';
import { standingIn } from '../uncommitted/standing.js';
import type { MoveNeeds } from './note.js';

const pathsPerCall = 500;

/**
 * Throws `files-in-the-way` where something that git does not track stands at one of these paths of a worktree, in bytes,
 * or where a folder of theirs has to be.
 */
export async function requireFreePaths(
  session: MoveNeeds,
  worktree: string,
  paths: readonly string[],
): Promise<void> {
  const untracked = await untrackedAt(session, worktree, paths);
  if (untracked.length === 0) return;
  const names = untracked.slice(0, 5).join(', ') + (untracked.length > 5 ? ', …' : '');
  throw appError('files-in-the-way', `Files in ${worktree} would be overwritten: ${names}.`, {
    hint: 'Move them away, then try again.',
  });
}

async function untrackedAt(
  { git }: MoveNeeds,
  worktree: string,
  paths: readonly string[],
): Promise<string[]> {
  const isStanding = standingIn(worktree);
  const found = paths.flatMap((path) => blockerAbove(worktree, path) ?? (isStanding(path) ? path : []));
  const standing = [...new Set(found)];
  // What cannot be asked for by name counts as untracked.
  const untracked = standing.filter((path) => !isTextPath(path)).map(textOfPath);
  const named = standing.filter(isTextPath).map((path) => `:(top,literal)${textOfPath(path)}`);
  for (let at = 0; at < named.length; at += pathsPerCall) {
    const args = ['ls-files', '-z', '--others', '--', ...named.slice(at, at + pathsPerCall)];
    untracked.push(...(await git.run(args, { worktree })).stdout.split('\0').filter(Boolean));
  }
  return untracked;
}

/** The file or link that stands in place of a folder above a path. */
export function blockerAbove(worktree: string, path: string): string | undefined {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const above = parts.slice(0, depth).join('/');
    const is = lstatSync(pathBelow(worktree, above), { throwIfNoEntry: false });
    if (!is) return undefined;
    if (!is.isDirectory()) return above;
  }
  return undefined;
}
