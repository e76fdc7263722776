/** Who works in a folder, as far as this user can see. */
import { readFileSync, readlinkSync } from 'node:fs';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pids } from '../../platform/index.js';

/** Pids of processes whose working folder is the given one or below it. Empty where there is no /proc. */
export function occupants(path: string): string[] {
  return listProcesses().filter((pid) => {
    const cwd = cwdOf(pid);
    return cwd === path || cwd.startsWith(path + sep);
  });
}

/** The same, after a git that looks at the folder, ours or an editor's, has had the moment it takes. */
export async function lastingOccupants(path: string): Promise<string[]> {
  for (let waited = 0; ; waited += pollMs) {
    const pids = occupants(path);
    if (pids.length === 0 || waited >= gitsMomentMs || !pids.every(isGit)) return pids;
    await sleep(pollMs);
  }
}

const pollMs = 25;
const gitsMomentMs = 5_000;

function isGit(pid: string): boolean {
  try {
    return readFileSync(join('/proc', pid, 'comm'), 'utf8').trim() === 'git';
  } catch {
    return true;
  }
}

function listProcesses(): string[] {
  try {
    return pids();
  } catch {
    return [];
  }
}

/** '' for a process that is gone, or another user's. */
function cwdOf(pid: string): string {
  try {
    return readlinkSync(join('/proc', pid, 'cwd'));
  } catch {
    return '';
  }
}
