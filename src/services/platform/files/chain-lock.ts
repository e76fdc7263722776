/**
 * The chain lock: a folder of numbered files, of which the highest owns the lock. A process takes it by `link(2)`
 * to the next number, which only one can win. The lock is free when its owner released it or is certainly dead.
 * Time plays no part, so a suspended owner or a clock that jumps can never give it to two.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, statSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { appendDurably } from './atomic.js';
import { namesInFolderSync } from './folder.js';
import { isSuspended, liveness, type ProcessIdentity, selfIdentity } from './identity.js';
import { ensurePrivateFolder } from './paths.js';
import { readPlainSync } from './plain.js';

export interface Lock {
  /** Lets the next one in. May be called twice. */
  release(): Promise<void>;
}

export interface LockHolder {
  pid: number;
  /** What the holder is doing, e.g. "manager launch". */
  command: string;
  /** ISO time. */
  since: string;
  /** It is halted, by Ctrl-Z or a signal: nothing comes from it until it goes on. */
  suspended?: true;
}

interface LockOptions {
  command: string;
  /** How long to wait for it, in milliseconds. Default 30 s. */
  waitMs?: number;
  /** Give up at once where the one that holds it is halted, and may stay so for ever. */
  unlessSuspended?: true;
  signal?: AbortSignal;
}

type LockRecord = ProcessIdentity & LockHolder;

/**
 * Takes the lock of `dir` (made when missing), waiting for it.
 * Throws `lock-held` naming the holder when it gives up, `interrupted` when the signal is aborted.
 */
export async function acquireLock(dir: string, options: LockOptions): Promise<Lock> {
  const { command, waitMs = 30_000, unlessSuspended = false, signal } = options;
  const deadline = performance.now() + waitMs;
  let ticket = await writeTicket(dir, command);
  try {
    for (;;) {
      if (signal?.aborted) throw appError('interrupted', 'Interrupted.', { kind: 'interrupted' });
      const result = attempt(dir, ticket);
      if (typeof result === 'number') return lockOf(dir, result);
      if (result === 'lost-ticket') ticket = await writeTicket(dir, command);
      const inVain = () => unlessSuspended && isSuspended(readRecord(join(dir, String(highest(dir)))));
      if (result === 'held' && (performance.now() >= deadline || inVain())) throw heldError(dir);
      await sleep(result === 'held' ? pauseMs(dir) : 1 + Math.random() * 9);
    }
  } finally {
    // A lock that was taken is taken, whatever becomes of its ticket: that is swept when this process is gone.
    quietly(() => remove(ticket));
  }
}

/** 2 to 22 ms, and more in a crowd: many look often enough together, and looking costs the owner its processor. */
function pauseMs(dir: string): number {
  const waiting = namesInFolderSync(dir).filter((name) => name.startsWith('t.')).length;
  return 2 + Math.random() * 20 * (1 + waiting / 8);
}

/** Takes the lock when it is free now; undefined when a process holds it. */
export async function tryAcquireLock(
  dir: string,
  options: Pick<LockOptions, 'command'>,
): Promise<Lock | undefined> {
  try {
    return await acquireLock(dir, { ...options, waitMs: 0 });
  } catch (error) {
    if (hasCode(error, 'lock-held')) return undefined;
    throw error;
  }
}

/** Who holds the lock now; undefined when no process does. A holder that cannot be judged counts. */
export async function lockHolder(dir: string): Promise<LockHolder | undefined> {
  const top = highest(dir);
  if (top === 0 || isFree(join(dir, String(top)))) return undefined;
  const record = readRecord(join(dir, String(top)));
  return record
    ? {
        pid: record.pid,
        command: record.command,
        since: record.since,
        ...(isSuspended(record) ? { suspended: true } : {}),
      }
    : { pid: 0, command: `unreadable lock file ${join(dir, String(top))}`, since: '' };
}

/** One try: the number we own now, or why not. */
function attempt(dir: string, ticket: string): number | 'held' | 'raced' | 'lost-ticket' {
  const top = highest(dir);
  if (top > 0 && !isFree(join(dir, String(top)))) return 'held';
  const mine = join(dir, String(top + 1));
  try {
    linkSync(ticket, mine);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return 'raced';
    if (hasCode(error, 'ENOENT')) return 'lost-ticket';
    throw error;
  }
  // Others may have come and gone since we looked, and have cleared the number we took: then a higher one exists.
  if (highest(dir) === top + 1) return top + 1;
  remove(mine);
  return 'raced';
}

const releaseAgainMs = 50;
/** Locks of this process that a failing disk would not let it release: to this process they are free. */
const unreleased = new Set<string>();

/** Whether it could be done. What was locked is done by then, and its outcome stands. */
function quietly(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

function lockOf(dir: string, number: number): Lock {
  let held = true;
  return {
    async release() {
      if (!held) return;
      held = false;
      const mine = join(dir, String(number));
      // Changing the mode needs no space, so a full disk cannot keep the lock taken.
      if (!quietly(() => chmodSync(mine, 0o400))) {
        await sleep(releaseAgainMs);
        if (!quietly(() => chmodSync(mine, 0o400))) unreleased.add(mine);
      }
      quietly(() => sweep(dir, number));
    },
  };
}

/** Writes our record under a name of its own; durable, since an empty record would look alive for ever. */
async function writeTicket(dir: string, command: string): Promise<string> {
  ensurePrivateFolder(dir);
  const self = selfIdentity();
  const path = join(dir, `t.${self.pid}.${randomBytes(6).toString('hex')}`);
  const record: LockRecord = { ...self, command, since: new Date().toISOString() };
  const handle = await open(path, 'wx', 0o600);
  try {
    await appendDurably(handle, path, JSON.stringify(record));
  } catch (error) {
    remove(path);
    throw error;
  } finally {
    await handle.close();
  }
  return path;
}

/** Released, or its owner certainly dead. A number that has just gone is free too: a higher one exists. */
function isFree(path: string): boolean {
  if (unreleased.has(path)) return true;
  try {
    if ((statSync(path).mode & 0o200) === 0) return true;
  } catch (error) {
    return hasCode(error, 'ENOENT');
  }
  const record = readRecord(path);
  return record !== undefined && liveness(record) === 'dead';
}

function readRecord(path: string): LockRecord | undefined {
  try {
    const record = JSON.parse(readPlainSync(path).toString('utf8'));
    return typeof record?.pid === 'number' && typeof record.boot === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

function highest(dir: string): number {
  return Math.max(0, ...numbersIn(namesInFolderSync(dir)));
}

function numbersIn(list: string[]): number[] {
  return list.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Removes numbers below ours and tickets of dead processes. The highest number is never removed. */
function sweep(dir: string, number: number): void {
  const list = namesInFolderSync(dir);
  for (const lower of numbersIn(list)) if (lower < number) remove(join(dir, String(lower)));
  for (const name of list) {
    const pid = /^t\.(\d+)\./.exec(name)?.[1];
    if (pid !== undefined && isGone(Number(pid))) sweepTicket(join(dir, name));
  }
}

/** An unreadable ticket may belong to a process in another pid namespace, which writes it anew when it is gone. */
function sweepTicket(path: string): void {
  const record = readRecord(path);
  if (!record || liveness(record) === 'dead') remove(path);
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return hasCode(error, 'ESRCH');
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

function heldError(dir: string) {
  const path = join(dir, String(highest(dir)));
  const record = readRecord(path);
  const who = record ? `PID ${record.pid} (${record.command}, since ${record.since})` : 'an unknown process';
  const alive = isSuspended(record)
    ? `That process is suspended: let it go on (\`kill -CONT ${record?.pid}\`), or end it.`
    : 'Wait for that process, or end it.';
  return appError('lock-held', `The lock ${dir} is held by ${who}.`, {
    hint:
      record && liveness(record) === 'alive'
        ? alive
        : `It is unknown whether that process still runs. If you are sure that it does not, run chmod 0400 ${path}`,
  });
}
