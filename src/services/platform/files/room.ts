/** How much room the disk below a folder has left, for this user. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Room {
  /** The folder that was looked at: the one that was asked for, or the nearest above it that is there. */
  folder: string;
  bytes: number;
  /** How many more files it takes; Infinity where the file system does not count them. */
  files: number;
}

/** Undefined where the system does not tell. */
export async function roomAt(folder: string): Promise<Room | undefined> {
  const found = await statfs(folder).catch(() => undefined);
  if (found?.blocks) {
    const files = found.files > 0 ? found.ffree : Number.POSITIVE_INFINITY;
    return { folder, bytes: found.bavail * found.bsize, files };
  }
  return found || folder === dirname(folder) ? undefined : roomAt(dirname(folder));
}
