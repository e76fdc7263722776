/** What the processes of runs, and this program itself, take of the machine: time of processors, and memory. */
import { readFileSync } from 'node:fs';
import type { ProcessUse } from '../../../../domain/app/monitor.js';
import { scanProcesses } from './processes.js';

export interface ProcessMeter {
  /** What the processes of each of these runs take; runs without a process are left out. */
  runs(folders: ReadonlyMap<string, string>): Promise<Record<string, ProcessUse>>;
  own(): ProcessUse;
}

/** USER_HZ is 100 on every Linux. */
const tickMs = 10;

interface Seen {
  atMs: number;
  /** Ticks of each process, by pid. */
  ticks: ReadonlyMap<number, number>;
}

/** One that compares each reading with the one before. */
export function createProcessMeter(): ProcessMeter {
  let before: Seen | undefined;
  let ownBefore: { atMs: number; spentMs: number } | undefined;
  return {
    async runs(folders) {
      const { carriers } = await scanProcesses();
      const atMs = performance.now();
      const ticks = new Map<number, number>();
      const uses: Record<string, ProcessUse> = {};
      for (const [runId, folder] of folders) {
        const found = (carriers.get(folder) ?? []).flatMap((pid) => sizeOfProcess(pid) ?? []);
        if (found.length === 0) continue;
        for (const one of found) ticks.set(one.pid, one.ticks);
        // What a process had used before it was first seen is left out: only a new one has used little.
        const spent = found.reduce(
          (sum, one) => sum + one.ticks - (before?.ticks.get(one.pid) ?? one.ticks),
          0,
        );
        uses[runId] = {
          bytes: found.reduce((sum, one) => sum + one.bytes, 0),
          processes: found.length,
          ...(before ? { core: (Math.max(0, spent) * tickMs) / Math.max(1, atMs - before.atMs) } : {}),
        };
      }
      before = { atMs, ticks };
      return uses;
    },
    own() {
      const { user, system } = process.cpuUsage();
      const now = { atMs: performance.now(), spentMs: (user + system) / 1000 };
      const core = ownBefore && (now.spentMs - ownBefore.spentMs) / Math.max(1, now.atMs - ownBefore.atMs);
      ownBefore = now;
      return { bytes: process.memoryUsage.rss(), processes: 1, ...(core === undefined ? {} : { core }) };
    },
  };
}

/** Undefined for one that is gone. */
function sizeOfProcess(pid: number): { pid: number; ticks: number; bytes: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const resident = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return { pid, ticks: Number(fields[11]) + Number(fields[12]), bytes: Number(resident ?? 0) * 1024 };
  } catch {
    return undefined;
  }
}
