import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Lock, tryAcquireLock } from '../../../../src/services/platform/index.js';
import { inHydrationQueue } from '../../../../src/services/worktrees/filling/queue.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Nothing is filled until these are released. */
async function holdSlots({ paths }: SandboxSession): Promise<Lock[]> {
  const slots: Lock[] = [];
  for (let at = 0; at < availableParallelism(); at++) {
    const folder = join(paths.stateDir, 'hydration', `slot-${at}.lock.d`);
    slots.push((await tryAcquireLock(folder, { command: 'test' }))!);
  }
  return slots;
}

test('those of one process take their turn in the order they came, and one that is called off leaves at once', async () => {
  const session = await sandbox.session(sandbox.repo());
  const held = await holdSlots(session);
  const order: number[] = [];
  const stops = Array.from({ length: 8 }, () => new AbortController());
  const waiting = stops.map(({ signal }, at) =>
    inHydrationQueue({ ...session, signal }, 'test', async () => {
      order.push(at);
    }),
  );
  stops[3]!.abort();
  stops[0]!.abort();
  await expect(waiting[3]).rejects.toMatchObject({ code: 'interrupted' });
  await expect(waiting[0]).rejects.toMatchObject({ code: 'interrupted' });
  expect(order).toEqual([]);
  for (const slot of held) await slot.release();
  await Promise.all(waiting.filter((_, at) => at !== 0 && at !== 3));
  expect(order).toEqual([1, 2, 4, 5, 6, 7]);
});
