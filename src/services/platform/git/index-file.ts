/** Git's index as a file: what can be told of it without a process, and how it is copied. */
import { copyFile, open, stat, utimes } from 'node:fs/promises';
import type { Git } from '../types.js';

/** Number of entries, from the index's header: "DIRC", version, count (gitformat-index). 0 when there is none. */
export async function indexEntries(path: string): Promise<number> {
  const file = await open(path).catch(() => undefined);
  if (!file) return 0;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
    return bytesRead === 12 && buffer.toString('latin1', 0, 4) === 'DIRC' ? buffer.readUInt32BE(8) : 0;
  } finally {
    await file.close();
  }
}

/** Times of modification and sizes by path, "<nanoseconds> <bytes>", as a worktree's index noted them. */
export async function indexStats(git: Pick<Git, 'run'>, worktree: string): Promise<Map<string, string>> {
  const { stdout } = await git.run(['ls-files', '--debug', '-z'], { worktree });
  const entry = /([^\0]*)\0 {2}ctime: \d+:\d+\n {2}mtime: (\d+):(\d+)\n.*\n.*\n {2}size: (\d+)\t.*\n/g;
  return new Map(
    [...stdout.matchAll(entry)].map(([, path, seconds, nanos, size]) => [
      path!,
      `${BigInt(seconds!) * 1_000_000_000n + BigInt(nanos!)} ${size}`,
    ]),
  );
}

/**
 * Copies an index and keeps its time. By that time git knows which entries are as young as the index and so may have
 * changed unseen; a copy that looked younger would hide an edit of the same size made within the same second.
 * Rejects with what the file system says.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from);
  await copyFile(from, to);
  // Rounded down: a copy that looks older only makes git look closer.
  const seconds = Math.floor(mtimeMs) / 1000;
  await utimes(to, seconds, seconds);
}
