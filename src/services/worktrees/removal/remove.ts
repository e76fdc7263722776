/** Removes a task's worktree without losing what is in it. */
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { runTeardown } from '../filling/setup.js';
import { holdsFiles, listWorktrees, ownerOf, recordAt, type WorktreeRecord } from '../places/list.js';
import { lockWorktrees } from '../places/places.js';
import { nestedRepositories, rescueRecord, rescueWorktree } from '../uncommitted/rescue.js';
import { keepSubmodules } from '../uncommitted/submodules.js';
import { discard } from './discard.js';
import { lookInto, type RemovalLook } from './look.js';
import { lastingOccupants } from './occupants.js';

export interface RemovedWorktree {
  /** False when there was none. */
  removed: boolean;
  /** Ref that holds what was not committed, and commits on no branch. */
  rescue?: string;
  /** Name of its entry in the trash, which `task worktree restore` takes it back from. */
  trash?: string;
  /** Files written there by a person or an agent whose content git leaves out, ignored ones above all; only the trash has them. */
  written?: string[];
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
  // No process may be at work when it begins: what it writes meanwhile would go with the folder.
  const look = requireNobodyInside(path).then(() => lookInto(session, path));
  look.catch(() => undefined);
  const lock = await lockWorktrees(session, `worktree remove ${task.slug}`);
  try {
    const records = await listWorktrees(session.git);
    const known = recordAt(records, path);
    const record = known && (await holdsFiles(known)) ? { ...known, missing: false } : known;
    if (known === records[0] || resolve(path) === session.root)
      throw notOurs(path, 'it is the main worktree');
    if (!record) {
      if (await exists(path)) throw notOurs(path, 'git does not know it');
      return { removed: false };
    }
    // A half-made one too: its lock keeps git out, and no person.
    if (record.missing || ownerOf(record.locked, 'hydrating') === 'gone') {
      const rescue = await rescueRecord(session, record, task.slug);
      await discard(session, record, 'trash', task.slug);
      return { removed: true, ...(rescue ? { rescue } : {}) };
    }
    requireUnlocked(record);
    const seen = await look;
    await requireNobodyInside(path);
    const force = options.force === true;
    if (!force) await requireNothingThere(session, task, path, seen);
    const rescue = await rescueWork(session, task, record, seen);
    // A worktree of this repository inside it: its record names a folder that is no longer there.
    for (const inner of records.filter((one) => !one.missing && one.path.startsWith(`${record.path}/`)))
      await rescueWorktree(session, inner.path, task.slug);
    await runTeardown(session, { path, slug: task.slug, port: task.port ?? 0 }).catch((error: unknown) => {
      // What it could not take down stays up; that is told by the log when the worktree goes all the same.
      if (!force) throw error;
    });
    const trash = await discard(session, record, rescue.keep, task.slug);
    const written = seen.written.length > 0 ? { written: seen.written } : {};
    return { removed: true, trash, ...(rescue.ref ? { rescue: rescue.ref } : {}), ...written };
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
    hint: `Unlock it with \`git worktree unlock ${shellWord(record.path)}\` if that is out of date.`,
  });
}

/** Throws what `removeWorktree` would throw for work that stands in the task's worktree. Changes nothing. */
export async function requireRemovable(session: RepoSession, task: Task): Promise<void> {
  if (!task.worktree) return;
  await requireNothingThere(session, task, task.worktree, await lookInto(session, task.worktree));
}

/** Throws when removing the worktree would take work from where a person expects it. */
async function requireNothingThere(
  session: RepoSession,
  task: Task,
  path: string,
  look: RemovalLook,
): Promise<void> {
  const { changed, unfinished, unlanded, hidden, nested, loose, modules } = look;
  const hint = 'Commit it, or use --force: a rescue ref then keeps it.';
  if (unfinished) throw dirty(path, `an unfinished ${unfinished}`, hint);
  const module = modules.find(({ dirty, unknown }) => dirty || unknown);
  if (module) {
    const what = module.unknown
      ? `${module.path}, which cannot be looked at: ${module.unknown}`
      : module.path;
    throw dirty(path, `uncommitted work in the submodule ${what}`, hint);
  }
  if (changed.length > 0) throw dirty(path, `uncommitted work: ${named(changed)}`, hint);
  if (hidden.length > 0) {
    throw dirty(path, `edits that git was told not to look at: ${named(hidden)}`, hint);
  }
  const away = 'Move it away, or use --force: the trash then keeps it for good.';
  const { repositories, worktrees, unread } = nested;
  if (unread.length > 0) {
    const hint = 'Make them readable, or use --force: the trash then keeps all of it for good.';
    throw dirty(path, `folders that cannot be read: ${named(unread)}`, hint);
  }
  if (repositories.length > 0)
    throw dirty(path, `work of a repository inside that is nowhere else: ${named(repositories)}`, away);
  if (worktrees.length > 0) {
    const move = `Move it: \`git -C ${shellWord(join(path, worktrees[0]!))} worktree move . <folder>\`. Or use --force: the trash then keeps it for good.`;
    throw dirty(path, `a worktree of a repository inside: ${named(worktrees)}`, move);
  }
  const [left] = loose.left;
  if (left) {
    throw appError('worktree-unlanded', `${path} has commits on no branch, left at ${left.slice(0, 12)}.`, {
      hint: `Keep them: \`git -C ${shellWord(path)} branch <name> ${left.slice(0, 12)}\`. Or use --force: a rescue ref then does.`,
    });
  }
  if (unlanded > 0) {
    const commits = unlanded === 1 ? 'a commit that has' : `${unlanded} commits that have`;
    throw appError('worktree-unlanded', `${path} has ${commits} not landed on ${session.target}.`, {
      hint: `Land the task first, or use --force: ${task.branch} stays, and so does a rescue ref.`,
    });
  }
}

const dirty = (path: string, what: string, hint: string) =>
  appError('worktree-dirty', `${path} has ${what}.`, { hint });

function named(paths: readonly string[]): string {
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return `${paths.slice(0, 5).join(', ')}${more}`;
}

/** Keeps what is in no commit of the branch, and says how long the folder is to stay in the trash. */
async function rescueWork(
  session: RepoSession,
  task: Task,
  record: WorktreeRecord,
  look: RemovalLook,
): Promise<{ ref?: string; keep: 'trash' | 'always' }> {
  const { path } = record;
  const ref = `refs/heads/${task.branch}`;
  const astray = record.branch !== ref && record.head !== (await session.git.commitOf(ref));
  const { changed, unfinished, hidden, loose, unlanded } = look;
  const rescued =
    unfinished !== undefined || changed.length + hidden.length + loose.tips.length + unlanded > 0 || astray;
  const { repositories, worktrees, unread } = look.nested;
  const nested =
    repositories.length + worktrees.length + unread.length > 0 ||
    (changed.length > 0 && (await nestedRepositories(session, path)).length > 0);
  // Patches that `git am` has still to apply are in no commit.
  const unheld =
    unfinished === 'am' || look.modules.some((module) => module.unknown !== undefined || module.unfilled);
  const keep = nested || unheld ? 'always' : 'trash';
  if (look.modules.length > 0) await keepSubmodules(session, path, task.slug, { edits: true });
  return rescued ? { ref: await rescueWorktree(session, path, task.slug), keep } : { keep };
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
