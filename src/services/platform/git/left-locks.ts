/**
 * Locks of git that no git holds any more. That no process has one open does not tell: git closes its lock of the index
 * while a person writes the message of a commit, and locks of refs as soon as they are made.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../../domain/platform/errors.js';
import { isRunning, openFiles, pids } from '../processes/others.js';

export interface FoundLock {
  path: string;
  inode: number;
}

const pollMs = 25;

/**
 * Of these locks, those that have outlived every git that is at work in the folders now, and that no process has open.
 * None where such a git goes on for longer than the patience.
 */
export async function leftLocks(
  locks: readonly FoundLock[],
  folders: readonly string[],
  patienceMs: number,
): Promise<string[]> {
  if (locks.length === 0) return [];
  const others = gitsAt(folders);
  for (let waited = 0; others.some(isRunning); waited += pollMs) {
    if (waited >= patienceMs) return [];
    await sleep(pollMs);
  }
  const open = openFiles();
  const now = await Promise.all(locks.map(({ path }) => stat(path).catch(() => undefined)));
  const left = locks.filter(({ path, inode }, at) => now[at]?.ino === inode && !open.has(path));
  return left.map(({ path }) => path);
}

/** Gits that work in one of these folders, or of which that cannot be told. */
function gitsAt(folders: readonly string[]): string[] {
  const here = folders.map((folder) => Buffer.from(folder).toString('latin1'));
  return pids().filter((pid) => {
    try {
      if (!/^git\b/.test(readFileSync(`/proc/${pid}/comm`, 'utf8'))) return false;
      const told = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1'));
      const cwd = readlinkSync(`/proc/${pid}/cwd`, 'latin1');
      return here.some((folder) => [cwd, ...told].some((text) => text.includes(folder)));
    } catch (error) {
      return hasCode(error, 'EACCES') || hasCode(error, 'EPERM');
    }
  });
}
