/** Folders that must lie in a repository: a link that came with it may lead anywhere. */
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';

/**
 * Makes a folder below `root` where it is missing, and returns its real path. Before anything is made, every part of
 * the way is looked at. Throws `outside-repository` for a link that leads out of `root`, into git's own
 * folder, or nowhere.
 * @param folder relative to `root`
 */
export async function folderInside(root: string, folder: string): Promise<string> {
  const path = await insideOnly(root, folder);
  await mkdir(path, { recursive: true });
  return realpath(path);
}

/** The path of the folder, which need not exist; nothing is made. Throws `outside-repository`. */
export async function insideOnly(root: string, folder: string): Promise<string> {
  const real = await realpath(root);
  let path = real;
  for (const part of folder.split('/')) {
    path = join(path, part);
    if (!(await lstat(path).catch(() => undefined))) continue;
    const leads = await realpath(path).catch(() => undefined);
    const inGit = leads === join(real, '.git') || leads?.startsWith(join(real, '.git') + sep);
    if (leads?.startsWith(real + sep) && !inGit) continue;
    throw appError(
      'outside-repository',
      `${path} is a link that leads ${leads ? `${inGit ? "into git's own folder" : 'out of the repository'}, to ${leads}` : 'nowhere'}.`,
      {
        hint: 'Replace the link by a folder; nothing was written.',
      },
    );
  }
  return path;
}
