/** Files that git does not know yet, as they stand: agents make many before anything is committed. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlain } from '../../platform/index.js';

export interface NewFile {
  path: string;
  /** Absent where it is no text, a link or no file, cannot be read, or has no room any more. */
  text?: string;
}

/** Reads new files of a worktree in this order, until `mostBytes` of them are read. What cannot be read has no text. */
export async function readNewFiles(
  worktree: string,
  paths: readonly string[],
  mostBytes: number,
): Promise<NewFile[]> {
  let left = mostBytes;
  const files: NewFile[] = [];
  for (const path of paths) {
    const text = left > 0 ? await textOf(join(worktree, path), left) : undefined;
    left -= text?.length ?? 0;
    files.push(text === undefined ? { path } : { path, text });
  }
  return files;
}

async function textOf(path: string, mostBytes: number): Promise<string | undefined> {
  try {
    // A link may lead out of the worktree, and git keeps its name alone.
    if (!(await lstat(path)).isFile()) return undefined;
    const bytes = await readPlain(path, mostBytes);
    return bytes.includes(0) ? undefined : bytes.toString('utf8');
  } catch {
    return undefined;
  }
}
