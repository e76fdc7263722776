/** The process table, read from /proc. The supervisor needs /proc too, so there is no other way to look. */
import { readFileSync } from 'node:fs';
import { hasCode } from '../../../../domain/platform/errors.js';
import { pids } from '../../../platform/index.js';

export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  session: number;
  start: string;
}

/** Every process but zombies. One that ends while we look is left out. */
function processTable(): ProcessRow[] {
  return pids().flatMap((pid) => rowOf(Number(pid)) ?? []);
}

/** The process with this pid; undefined when there is none or it is a zombie. */
export function rowOf(pid: number): ProcessRow | undefined {
  const stat = readOwn(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command's name stands in brackets and may hold brackets itself: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X' || fields.length < 20) return undefined;
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    start: fields[19]!,
  };
}

const cookieName = 'CODEX_AGENTS_RUN_DIR=';

/**
 * Pids of processes whose environment carries the run's cookie, wherever they have gone. The cookie is the run's
 * directory: ids are unique in one home only, and another home's processes must not be taken for ours.
 */
export function cookiePids(folder: string): number[] {
  const cookie = `${cookieName}${Buffer.from(folder).toString('latin1')}`;
  return pids()
    .filter((pid) => readOwn(`/proc/${pid}/environ`)?.split('\0').includes(cookie))
    .map(Number);
}

/** All processes at one moment, and which of them carry the cookie of which run's directory. */
interface ProcessScan {
  table: ProcessRow[];
  carriers: ReadonlyMap<string, number[]>;
}

let coming: Promise<ProcessScan> | undefined;

/**
 * Looks at all processes, after this call: all who ask before the look begins share it. Many runs that are ended
 * together would otherwise read the whole of /proc once each.
 */
export function scanProcesses(): Promise<ProcessScan> {
  coming ??= new Promise((resolve, reject) => {
    setImmediate(() => {
      coming = undefined;
      try {
        resolve({ table: processTable(), carriers: carriers() });
      } catch (error) {
        reject(error as Error);
      }
    });
  });
  return coming;
}

function carriers(): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const pid of pids()) {
    const words = readOwn(`/proc/${pid}/environ`)?.split('\0') ?? [];
    for (const word of new Set(words)) {
      if (!word.startsWith(cookieName)) continue;
      const folder = Buffer.from(word.slice(cookieName.length), 'latin1').toString();
      found.set(folder, [...(found.get(folder) ?? []), Number(pid)]);
    }
  }
  return found;
}

/** Rows of everything below `root`, by parent. */
export function descendantsOf(root: number, table: readonly ProcessRow[]): ProcessRow[] {
  const children = new Map<number, ProcessRow[]>();
  for (const row of table) {
    const list = children.get(row.parent);
    if (list) list.push(row);
    else children.set(row.parent, [row]);
  }
  const found: ProcessRow[] = [];
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    for (const row of children.get(pid) ?? []) {
      found.push(row);
      queue.push(row.pid);
    }
  }
  return found;
}

/**
 * Seconds since the kernel started a process, from its start time in ticks. The clock on the wall plays no
 * part, so setting it changes nothing. USER_HZ is 100 on every Linux.
 */
export function secondsSince(startTicks: string): number {
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Math.max(0, uptime - Number(startTicks) / 100);
}

/** Other users' processes are none of ours; one that has just gone is not there. */
function readOwn(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}
