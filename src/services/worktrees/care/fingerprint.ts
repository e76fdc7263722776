/** Tells whether files are still what they were, without reading them. */
import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/** What these files of a worktree look like from outside; equal for equal content. */
export async function fingerprint(worktree: string, paths: readonly string[]): Promise<string> {
  const hash = createHash('sha1');
  for (const path of paths) {
    const found = await lstat(join(worktree, path), { bigint: true }).catch(() => undefined);
    const outside = found && [found.ino, found.size, found.mode, found.mtimeNs, found.ctimeNs].join(' ');
    hash.update(`${path}\0${outside}\0`);
  }
  return hash.digest('hex');
}
