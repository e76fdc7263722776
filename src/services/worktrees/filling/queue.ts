/** One queue for all hydrations of this user: disks get slower, not faster, when many fill worktrees at once. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '../../../domain/platform/errors.js';
import { type Lock, lockHolder, tryAcquireLock } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

/** One hydration keeps git and up to two copies busy. */
const slots = Math.max(1, Math.floor(availableParallelism() / 2));
const waitLimitMs = 60 * 60_000;

type Needs = Pick<RepoSession, 'paths' | 'signal'>;

/** Those of this process that wait for a slot, in order: only the first asks the disk, which costs all the processor. */
const lines = new Map<string, (() => void)[]>();

/** Waits for a free slot, of any process, and works in it. Throws `interrupted`, `lock-held` after an hour. */
export async function inHydrationQueue<T>(
  session: Needs,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  await firstInLine(session);
  const slot = await takeSlot(session, command).finally(() => letNext(session));
  try {
    return await work();
  } finally {
    await slot.release();
  }
}

/** Resolves when none of this process waits before; throws `interrupted`. */
async function firstInLine({ paths, signal }: Needs): Promise<void> {
  const line = lines.get(paths.stateDir);
  if (!line) {
    lines.set(paths.stateDir, []);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const go = () => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      line.splice(line.indexOf(go), 1);
      reject(interrupted());
    };
    if (signal.aborted) return reject(interrupted());
    signal.addEventListener('abort', leave, { once: true });
    line.push(go);
  });
}

function letNext({ paths }: Needs): void {
  const go = lines.get(paths.stateDir)?.shift();
  if (go) go();
  else lines.delete(paths.stateDir);
}

const interrupted = () => appError('interrupted', 'Interrupted.', { kind: 'interrupted' });

async function takeSlot(session: Needs, command: string): Promise<Lock> {
  const deadline = performance.now() + waitLimitMs;
  for (;;) {
    for (let at = 0; at < slots; at++) {
      const dir = join(session.paths.stateDir, 'hydration', `slot-${at}.lock.d`);
      // Looking first is cheap; a try writes a durable ticket.
      if (await lockHolder(dir)) continue;
      const lock = await tryAcquireLock(dir, { command });
      if (lock) return lock;
    }
    if (session.signal.aborted) throw interrupted();
    if (performance.now() > deadline) {
      throw appError('lock-held', 'Other worktrees have been filled for an hour without an end.', {
        hint: 'See what `cp` and `git` processes do; end the ones that hang.',
      });
    }
    await sleep(20 + Math.random() * 60);
  }
}
