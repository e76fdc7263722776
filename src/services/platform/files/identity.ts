/** Who a process is: its pid, when the kernel started it, and in which boot. A bare pid says nothing. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from '../../../domain/platform/errors.js';

export interface ProcessIdentity {
  pid: number;
  /** Kernel start time: clock ticks since boot on Linux, `ps` text elsewhere. Compared, never computed with. */
  start: string;
  boot: string;
  /** Absent in records that a shell wrote. */
  pidns?: string;
  machine?: string;
}

/** `unknown` must be treated as alive. */
export type Liveness = 'alive' | 'dead' | 'unknown';

const hasProc = existsSync('/proc/self/stat');

/** Identity of this process. */
export function selfIdentity(): ProcessIdentity {
  return identityOf(process.pid)!;
}

/**
 * Identity of a process of this machine; undefined when there is none or it is a zombie.
 * Throws the system's error when that cannot be told.
 */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const found = look(pid);
  if (!found?.running) return undefined;
  return { pid, start: found.start, boot: bootId(), pidns: pidNamespace(), machine: machineId() };
}

/**
 * Whether the recorded process still lives. Dead only when that is certain: same machine and pid namespace,
 * and another boot, no such pid, another start time, or a zombie.
 */
export function liveness(recorded: ProcessIdentity): Liveness {
  try {
    if (recorded.machine !== undefined && recorded.machine !== machineId()) return 'unknown';
    if (recorded.pidns !== undefined && recorded.pidns !== pidNamespace()) return 'unknown';
    if (recorded.boot !== bootId()) return 'dead';
    const found = look(recorded.pid);
    return found?.running && found.start === recorded.start ? 'alive' : 'dead';
  } catch {
    return 'unknown';
  }
}

/** Whether the recorded process lives and is halted by a signal or a debugger; false when that cannot be told. */
export function isSuspended(recorded: ProcessIdentity | undefined): boolean {
  if (!recorded || liveness(recorded) !== 'alive') return false;
  try {
    return look(recorded.pid)?.suspended === true;
  } catch {
    return false;
  }
}

/** Id of the running boot. CODEX_AGENTS_BOOT_ID_FILE names another file to read it from: how tests reboot. */
export function bootId(): string {
  const file = process.env.CODEX_AGENTS_BOOT_ID_FILE;
  if (file) return readFileSync(file, 'utf8').trim();
  if (hasProc) return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  // macOS and the BSDs; not tested.
  return execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim();
}

/** The pid namespace as the kernel names it; "none" where there is no such thing. */
export function pidNamespace(): string {
  return hasProc ? readlinkSync('/proc/self/ns/pid') : 'none';
}

/** What tells machines that share a disk apart. */
function machineId(): string {
  machine ??= readMachineId();
  return machine;
}
let machine: string | undefined;

function readMachineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim() || hostname();
  } catch {
    return hostname();
  }
}

/** Start time and state; undefined when there is no such process. Any doubt throws. */
function look(pid: number): { start: string; running: boolean; suspended: boolean } | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (!hasProc) return lookWithPs(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name stands in brackets and may hold brackets itself: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    if (!state || !start) throw new Error(`/proc/${pid}/stat has an unknown form`);
    return { start, running: state !== 'Z' && state !== 'X', suspended: /^[Tt]/.test(state) };
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}

/** For systems without /proc; not tested. */
function lookWithPs(pid: number): ReturnType<typeof look> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return undefined;
  }
  const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
  }).trim();
  const [, state, start] = /^(\S+)\s+(.+)$/.exec(line) ?? [];
  if (!state || !start) throw new Error(`ps says nothing readable about ${pid}`);
  return { start, running: !state.startsWith('Z'), suspended: /^[Tt]/.test(state) };
}
