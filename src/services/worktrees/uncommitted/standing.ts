/** Whether something stands at a path of a worktree itself: not behind a link, nor where a file took the place of a folder. */
import { lstatSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { pathBelow } from '../../platform/index.js';

/** Answers for paths of one worktree, in bytes; their folders are asked for once. */
export function standingIn(worktree: string): (path: string) => boolean {
  const folders = new Map([['.', true]]);
  const isFolder = (path: string): boolean => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const is = isFolder(dirname(path)) && foundAt(pathBelow(worktree, path))?.isDirectory() === true;
    folders.set(path, is);
    return is;
  };
  return (path) => isFolder(dirname(path)) && foundAt(pathBelow(worktree, path)) !== undefined;
}

function foundAt(path: Buffer): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
