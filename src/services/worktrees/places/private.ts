/** Worktrees of our own, for a moment: checks and merges happen there, never where a person or an agent works. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { RepoSession } from '../../store/index.js';
import { equip, hydrate } from '../filling/hydrate.js';
import { runTeardown } from '../filling/setup.js';
import { discard } from '../removal/discard.js';
import { addEmptyWorktree } from './add-empty.js';
import { listWorktrees, lockReason, ownerOf, recordAt } from './list.js';
import { lockWorktrees, privateFolder } from './places.js';

/**
 * Runs `use` in a filled, detached worktree of exactly this commit; it is gone afterwards, whatever happened.
 * @param purpose what it is for, one word; part of the folder's name
 */
export async function withPrivateWorktree<T>(
  session: RepoSession,
  commit: string,
  purpose: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = privateFolder(session);
  const path = join(folder, `${purpose}-${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await underLock(session, `worktree for ${purpose}`, async () => {
    await addEmptyWorktree(session, path, lockReason('private'), ['--detach', path, commit]);
  });
  const place = { path, slug: basename(path), port: 0 };
  try {
    const { lockFiles } = await hydrate(session, path);
    await equip(session, place, lockFiles);
    return await use(path);
  } finally {
    // It goes in any case; what failed is in the log.
    await runTeardown(session, place).catch(() => {});
    await underLock(session, `end of ${purpose}`, async () => {
      const record = recordAt(await listWorktrees(session.git), path);
      if (record) await discard(session, record);
    });
  }
}

/** Removes private worktrees whose process is gone. Returns their paths. */
export async function sweepPrivateWorktrees(session: RepoSession): Promise<string[]> {
  const ours = privateFolder(session);
  return underLock(session, 'sweep', async () => {
    const dead = (await listWorktrees(session.git)).filter(
      ({ path, locked, missing }) =>
        ownerOf(locked, 'private') === 'gone' ||
        // The process that took it away was killed between its last two steps.
        (missing && locked === undefined && dirname(path) === ours),
    );
    for (const record of dead) await discard(session, record);
    return dead.map((record) => record.path);
  });
}

async function underLock<T>(session: RepoSession, command: string, work: () => Promise<T>): Promise<T> {
  // An interrupt must not keep a worktree of ours from being taken away.
  const lock = await lockWorktrees({ ...session, signal: new AbortController().signal }, command);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
