/**
 * Spare worktrees: filled before a task asks, detached, at the target. A task claims one with a checkout of the
 * difference and a rename, so what that costs depends on what changed since and not on the number of files.
 * A spare is a worktree record locked as `spare`; there is no other bookkeeping.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { branchTips, namesInFolder, readUtf8 } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { addEmptyWorktree } from '../places/add-empty.js';
import {
  listWorktrees,
  lockReason,
  ownerOf,
  recordAt,
  relock,
  spareReason,
  type WorktreeRecord,
} from '../places/list.js';
import { lockWorktrees, spareFolder } from '../places/places.js';
import { discard } from '../removal/discard.js';
import { occupants } from '../removal/occupants.js';
import { rescueWorktree } from '../uncommitted/rescue.js';
import { donorDifference, lockFileNames } from './donor.js';
import { hydrate } from './hydrate.js';
import { installDependencies } from './install.js';

export interface PreparedSpares {
  /** Ready now, those made included. */
  ready: number;
  made: number;
  /** Out of date, or left behind by a process that died. */
  discarded: number;
  /** Why fewer were made than asked for. */
  reason?: string;
}

/** Spares from which a task can start at `commit`: filled by today's rules, with the same lock files. Newest last. */
async function usable(session: RepoSession, records: readonly WorktreeRecord[], commit: string) {
  const wanted = spareReason(await policyOf(session));
  const fit: WorktreeRecord[] = [];
  for (const record of sparesIn(session, records)) {
    if (record.locked !== wanted || record.missing || !record.head) continue;
    if (await sameDependencies(session, record.head, commit)) fit.push(record);
  }
  return fit;
}

function sparesIn(session: RepoSession, records: readonly WorktreeRecord[]): WorktreeRecord[] {
  const folder = spareFolder(session) + sep;
  // Git does not say of one that is locked whether its folder is there.
  return records
    .filter((record) => record.path.startsWith(folder))
    .map((record) => (existsSync(record.path) ? record : { ...record, missing: true }));
}

/** The rules a spare was filled by, as a short hash: when they change, it is out of date. */
async function policyOf({ config, git }: RepoSession): Promise<string> {
  const { include, exclude, env_files, max_copy, lock_file } = config.worktree;
  const rules = JSON.stringify([include, exclude, env_files, max_copy, lock_file, await patternsOf(git)]);
  return createHash('sha256').update(rules).digest('hex').slice(0, 12);
}

/** The sparse patterns of the main worktree, which new worktrees inherit; undefined when it is not sparse. */
async function patternsOf(git: RepoSession['git']): Promise<string | undefined> {
  const sparse = (await git.settings()).findLast(({ key }) => key === 'core.sparsecheckout');
  if (!sparse || !/^(true|yes|on|1)$/i.test(sparse.value)) return undefined;
  return readUtf8(join(git.commonDir, 'info/sparse-checkout')).catch(() => '');
}

async function sameDependencies({ git }: RepoSession, from: string, to: string): Promise<boolean> {
  if (from === to) return true;
  const { stdout } = await git.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to]);
  return !stdout
    .split('\0')
    .some((path) => lockFileNames.has(basename(path)) || basename(path) === '.gitignore');
}

/**
 * Turns a spare into the worktree at `path`, with the branch checked out and its lock saying that it is being
 * hydrated by us. False when there is none. Call it under the lock of the worktrees, with today's records.
 * Killed in between, a spare is left that the next `prepareSpares` or claim takes away.
 */
export async function claimSpare(
  session: RepoSession,
  records: readonly WorktreeRecord[],
  wanted: { path: string; branch: string; commit: string; exists: boolean },
): Promise<boolean> {
  const { git } = session;
  for (const spare of (await usable(session, records, wanted.commit)).reverse()) {
    await relock(session.git, spare.path, lockReason('hydrating'));
    if (!(await checkOut(session, spare.path, wanted))) {
      await relock(session.git, spare.path, inUse);
      continue;
    }
    await mkdir(dirname(wanted.path), { recursive: true });
    await git.run(['worktree', 'move', '-f', '-f', spare.path, wanted.path]);
    return true;
  }
  return false;
}

/** Of a spare that a person or a program has worked in. */
const inUse = spareReason('in use');

/** False when a person or a program has worked in the spare, which then stays as it is. */
async function checkOut(
  { git }: RepoSession,
  path: string,
  { branch, commit, exists }: { branch: string; commit: string; exists: boolean },
): Promise<boolean> {
  const start = exists ? [branch] : ['--no-track', '-b', branch, commit];
  const { code, stdout } = await git.run(['checkout', ...start, '--'], { worktree: path, ok: [0, 1, 128] });
  if (code !== 0) return false;
  // Each file with local changes is named, by its state and a tab.
  if (!/^[A-Z]\t/m.test(stdout)) return true;
  await git.run(['checkout', '-q', '--detach'], { worktree: path });
  if (!exists) await git.run(['update-ref', '-d', `refs/heads/${branch}`, commit]);
  return false;
}

/** Takes away spares that were never finished, or that lost their lock. Call it under the lock of the worktrees. */
export async function discardDeadSpares(
  session: RepoSession,
  records: readonly WorktreeRecord[],
): Promise<number> {
  const dead = sparesIn(session, records).filter(
    ({ locked }) =>
      locked === undefined ||
      ownerOf(locked, 'hydrating') === 'gone' ||
      ownerOf(locked, 'private') === 'gone',
  );
  for (const record of dead) await discard(session, record, 'trash', 'spare');
  return dead.length;
}

/**
 * Brings the pool to `worktree.spare` (or `count`) spares at the target, and discards those out of date.
 * No caller waits for it.
 */
export async function prepareSpares(
  session: RepoSession,
  count = session.config.worktree.spare,
): Promise<PreparedSpares> {
  const { commit, fit, discarded } = await tidySpares(session, count);
  const obstacle = commit ? await obstacleTo(session, commit) : `there is no commit at ${session.target}`;
  if (!commit || (obstacle && fit < count)) {
    return { ready: fit, made: 0, discarded, ...(obstacle ? { reason: obstacle } : {}) };
  }
  let made = 0;
  for (; fit + made < count; made++) await makeSpare(session, commit);
  return { ready: fit + made, made, discarded };
}

/** What the spares there are depend on, without asking git: the target's commit and their names. Equal: nothing to do. */
export async function sparesStanding(session: RepoSession): Promise<string> {
  const names = await namesInFolder(spareFolder(session));
  const tips = await branchTips(session.git, [session.target]);
  return [tips.get(session.target) ?? '', ...names.sort()].join(' ');
}

/** Discards spares that are out of date, left behind, or more than `count`. `fit`: how many are left. */
export async function tidySpares(
  session: RepoSession,
  count = session.config.worktree.spare,
): Promise<{ commit?: string; fit: number; discarded: number }> {
  const commit = await session.git.commitOf(`refs/heads/${session.target}`);
  return underLock(session, async () => {
    const records = await listWorktrees(session.git);
    let discarded = await discardDeadSpares(session, records);
    const fit = commit && count > 0 ? (await usable(session, records, commit)).slice(-count) : [];
    for (const record of sparesIn(session, records)) {
      if (!record.locked?.startsWith(spareReason('')) || fit.includes(record)) continue;
      if (await discardOld(session, record)) discarded++;
    }
    return { ...(commit ? { commit } : {}), fit: fit.length, discarded };
  });
}

/** Work that was done in a spare is kept under a rescue ref; one that a process works in stays. */
async function discardOld(session: RepoSession, record: WorktreeRecord): Promise<boolean> {
  if (occupants(record.path).length > 0) return false;
  const worktree = record.path;
  if (!record.missing) {
    const { stdout } = await session.git.run(['status', '--porcelain', '-z'], { worktree });
    if (stdout !== '') await rescueWorktree(session, worktree, 'spare');
  }
  await discard(session, record);
  return true;
}

/** Why a spare would be of no use. */
async function obstacleTo(session: RepoSession, commit: string): Promise<string | undefined> {
  const modules = await session.git.run(['ls-tree', '-z', commit, '--', '.gitmodules']);
  if (modules.stdout !== '') return 'git cannot move worktrees with submodules';
  if (session.config.worktree.lock_file !== 'warn') return undefined;
  const [different] = (await donorDifference(session, commit)).lockFiles;
  return (
    different &&
    `${different} of the main worktree is not that of ${session.target}, so neither are its packages`
  );
}

async function makeSpare(session: RepoSession, commit: string): Promise<void> {
  const folder = spareFolder(session);
  const path = join(folder, randomBytes(4).toString('hex'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await underLock(session, async () => {
    await addEmptyWorktree(session, path, lockReason('private'), ['--detach', path, commit]);
  });
  try {
    const { lockFiles } = await hydrate(session, path);
    await installDependencies(session, path, lockFiles);
    await underLock(session, async () => {
      await relock(session.git, path, spareReason(await policyOf(session)));
    });
  } catch (error) {
    await underLock(session, async () => {
      const record = recordAt(await listWorktrees(session.git), path);
      if (record) await discard(session, record);
    });
    throw error;
  }
}

async function underLock<T>(session: RepoSession, work: () => Promise<T>): Promise<T> {
  // An interrupt must not keep a worktree of ours from being taken away.
  const lock = await lockWorktrees({ ...session, signal: new AbortController().signal }, 'spare worktrees');
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
