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

/** Waits for a free slot, of any process, and works in it. Throws `interrupted`, `lock-held` after an hour. */
export async function inHydrationQueue<T>(
  session: Pick<RepoSession, 'paths' | 'signal'>,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  const slot = await takeSlot(session, command);
  try {
    return await work();
  } finally {
    await slot.release();
  }
}

async function takeSlot(session: Pick<RepoSession, 'paths' | 'signal'>, command: string): Promise<Lock> {
  const deadline = performance.now() + waitLimitMs;
  for (;;) {
    for (let at = 0; at < slots; at++) {
      const dir = join(session.paths.stateDir, 'hydration', `slot-${at}.lock.d`);
      // Looking first is cheap; a try writes a durable ticket.
      if (await lockHolder(dir)) continue;
      const lock = await tryAcquireLock(dir, { command });
      if (lock) return lock;
    }
    if (session.signal.aborted) throw appError('interrupted', 'Interrupted.', { kind: 'interrupted' });
    if (performance.now() > deadline) {
      throw appError('lock-held', 'Other worktrees have been filled for an hour without an end.', {
        hint: 'See what `cp` and `git` processes do; end the ones that hang.',
      });
    }
    await sleep(20 + Math.random() * 60);
  }
}
