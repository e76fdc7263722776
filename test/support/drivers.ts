/** Processes that a command left to go on driving a repository by itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { until } from './runs.js';

/** Pids of those. */
function driversOf(repo: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return argv.includes(repo) && argv.includes('monitor');
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Ends them and resolves when they are gone: one would go on writing into a home that is taken away or made anew. */
export async function endDrivers(repo: string): Promise<void> {
  for (const pid of driversOf(repo)) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // It has just ended.
    }
  }
  await until(() => driversOf(repo).length === 0, 30_000);
}
