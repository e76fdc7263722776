/** Who works in a folder, as far as this user can see. */
import { readdirSync, readlinkSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Pids of processes whose working folder is the given one or below it. Empty where there is no /proc. */
export function occupants(path: string): string[] {
  return listProcesses().filter((pid) => {
    const cwd = cwdOf(pid);
    return cwd === path || cwd.startsWith(path + sep);
  });
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
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
