/** Other processes, as /proc shows them. Of one that is gone, and mostly of another user's, nothing can be read. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Of every process. Throws where there is no /proc. */
export const pids = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Whether a process is there, and no zombie. */
export function isRunning(pid: string): boolean {
  const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat !== undefined && !/\) [ZX] /.test(stat);
}

/** The words of its command line, in bytes. */
export const commandWords = (pid: string): string[] =>
  orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'))?.split('\0') ?? [];

/** Real paths of all files that processes have open. */
export function openFiles(): Set<string> {
  const found = new Set<string>();
  for (const pid of pids()) {
    for (const fd of orNothing(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
      const path = orNothing(() => readlinkSync(`/proc/${pid}/fd/${fd}`));
      if (path !== undefined) found.add(path);
    }
  }
  return found;
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
