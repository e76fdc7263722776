/** Removes a task's worktree without losing what is in it. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { changedFiles, unfinishedIn } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { runTeardown } from '../filling/setup.js';
import { listWorktrees, ownerOf, recordAt, type WorktreeRecord } from '../places/list.js';
import { lockWorktrees } from '../places/places.js';
import { nestedRepositories, rescueWorktree } from '../uncommitted/rescue.js';
import { discard } from './discard.js';
import { lastingOccupants } from './occupants.js';
import { isPristine } from './pristine.js';

export interface RemovedWorktree {
  /** False when there was none. */
  removed: boolean;
  /** Ref that holds what was not committed, and commits on no branch. */
  rescue?: string;
}

/**
 * Removes the worktree of a task; its branch stays. With `force` also one with changed or untracked files, or with
 * commits that have not landed: a rescue ref keeps them. Throws `worktree-dirty` or `worktree-unlanded` for such a one
 * when `force` is not set, `worktree-in-use` while a process works there, `worktree-locked`, `worktree-busy`,
 * `teardown-failed`, and `not-a-task-worktree` for a path that is not ours to remove.
 */
export async function removeWorktree(
  session: RepoSession,
  task: Task,
  options: { force?: boolean } = {},
): Promise<RemovedWorktree> {
  const path = task.worktree;
  if (!path) return { removed: false };
  // Looking takes the longest and changes nothing, so it goes on while the lock is taken and git lists its records.
  // Nobody may be at work when it begins: what they write behind its back would go with the folder.
  const look = requireNobodyInside(path).then(() => lookInto(session, path));
  look.catch(() => undefined);
  const lock = await lockWorktrees(session, `worktree remove ${task.slug}`);
  try {
    const records = await listWorktrees(session.git);
    const record = recordAt(records, path);
    if (record === records[0] || resolve(path) === session.root)
      throw notOurs(path, 'it is the main worktree');
    if (!record) {
      if (await exists(path)) throw notOurs(path, 'git does not know it');
      return { removed: false };
    }
    if (record.missing) {
      await discard(session, record);
      return { removed: true };
    }
    if (ownerOf(record.locked, 'hydrating') === 'gone') {
      await discard(session, record);
      return { removed: true };
    }
    requireUnlocked(record);
    const seen = await look;
    await requireNobodyInside(path);
    const force = options.force === true;
    const rescue = await rescueWork(session, task, record, seen, force);
    await runTeardown(session, { path, slug: task.slug, port: task.port ?? 0 }).catch((error: unknown) => {
      // What it could not take down stays up; that is told by the log when the worktree goes all the same.
      if (!force) throw error;
    });
    await discard(session, record, rescue.keep);
    return { removed: true, ...(rescue.ref ? { rescue: rescue.ref } : {}) };
  } finally {
    await lock.release();
  }
}

const notOurs = (path: string, why: string) =>
  appError('not-a-task-worktree', `${path} is not removed: ${why}.`);

function requireUnlocked(record: WorktreeRecord): void {
  if (record.locked === undefined || ownerOf(record.locked, 'setup') === 'gone') return;
  if (ownerOf(record.locked, 'hydrating') === 'alive' || ownerOf(record.locked, 'setup') === 'alive') {
    throw appError('worktree-busy', `Another process is filling ${record.path}.`);
  }
  throw appError('worktree-locked', `${record.path} is locked: ${record.locked || 'no reason given'}.`, {
    hint: `Unlock it with \`git worktree unlock ${record.path}\` if that is out of date.`,
  });
}

interface Look {
  /** Everything is as HEAD has it. */
  pristine: boolean;
  /** Operation that was begun and not finished, e.g. "merge". */
  unfinished?: string | undefined;
  /** How many commits the target does not have. */
  unlanded: number;
}

async function lookInto(session: RepoSession, path: string): Promise<Look> {
  const [pristine, unfinished, unlanded] = await Promise.all([
    isPristine(session, path),
    unfinishedIn(session.git, path),
    unlandedIn(session, path),
  ]);
  return { pristine, unfinished, unlanded };
}

/** Keeps what is in no commit of the branch. Returns the ref, and how long the folder is to stay in the trash. */
async function rescueWork(
  session: RepoSession,
  task: Task,
  record: WorktreeRecord,
  { pristine, unfinished, unlanded }: Look,
  force: boolean,
): Promise<{ ref?: string; keep: 'no' | 'day' | 'always' }> {
  const { path } = record;
  const ref = `refs/heads/${task.branch}`;
  const astray = record.branch !== ref && record.head !== (await session.git.commitOf(ref));
  if (pristine && !unfinished && !astray && unlanded === 0) return { keep: 'no' };
  const changed = await changedFiles({ ...session, commonDir: session.git.commonDir }, path);
  if (!force && (changed.length > 0 || unfinished)) {
    const names = changed.slice(0, 5).map((file) => file.path);
    const more = changed.length > 5 ? ` and ${changed.length - 5} more` : '';
    const what = unfinished ? `an unfinished ${unfinished}` : `uncommitted work: ${names.join(', ')}${more}`;
    throw appError('worktree-dirty', `${path} has ${what}.`, {
      hint: 'Commit it, or remove with --force: a rescue ref then keeps it.',
    });
  }
  if (!force && unlanded > 0) {
    const commits = unlanded === 1 ? 'a commit that has' : `${unlanded} commits that have`;
    throw appError('worktree-unlanded', `${path} has ${commits} not landed on ${session.target}.`, {
      hint: `Land the task first, or remove with --force: ${task.branch} stays, and so does a rescue ref.`,
    });
  }
  const nested = await nestedRepositories(session, path);
  const worthKeeping = changed.length > 0 || unfinished !== undefined || astray || unlanded > 0;
  const rescue = worthKeeping ? await rescueWorktree(session, path, task.slug) : undefined;
  const keep = nested.length > 0 ? 'always' : rescue ? 'day' : 'no';
  return rescue ? { ref: rescue, keep } : { keep };
}

/** How many commits of the worktree the target does not have; all of them when there is no target to compare with. */
async function unlandedIn({ git, target }: RepoSession, worktree: string): Promise<number> {
  const count = (range: string[]) =>
    git.run(['rev-list', '--count', ...range, '--'], { worktree, ok: [0, 128] });
  const missing = await count(['HEAD', `^refs/heads/${target}`]);
  const { stdout } = missing.code === 0 ? missing : await count(['HEAD']);
  // Not a number when git cannot tell: then it counts as work.
  return stdout.trim() === '' ? 1 : Number(stdout);
}

async function requireNobodyInside(path: string): Promise<void> {
  const [pid] = await lastingOccupants(path);
  if (pid === undefined) return;
  throw appError('worktree-in-use', `Process ${pid} works in ${path}.`, {
    hint: 'Stop it, or leave that folder, first.',
  });
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
