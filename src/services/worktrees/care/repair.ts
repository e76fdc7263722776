/** Mends worktrees that a crash, a move or a full disk left in a bad way. No file of a person is taken away. */
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { addWorktree } from '../filling/add.js';
import { tidySpares } from '../filling/spares.js';
import { cutMove } from '../moves/note.js';
import { undoCutMove } from '../moves/undo.js';
import { holdsFiles, listWorktrees, recordAt } from '../places/list.js';
import { lockWorktrees } from '../places/places.js';
import { sweepPrivateWorktrees } from '../places/private.js';
import { occupants } from '../removal/occupants.js';
import { overviewOf } from './overview.js';

export interface Repair {
  path: string;
  task?: string;
  /** What was wrong. */
  problem: string;
  /** What was done about it, or with `dryRun` would be; undefined when a person has to decide. */
  done?: string;
  /** What a person can do. */
  hint?: string;
}

/** An index lock this old, in a folder where no process works, is a dead git's. */
const staleLockMs = 10 * 60_000;

/** Looks at all worktrees of tasks and mends what can be mended without losing anything. */
export async function repairWorktrees(
  session: RepoSession,
  tasks: readonly Task[],
  options: { dryRun?: boolean } = {},
): Promise<Repair[]> {
  const act = !options.dryRun;
  const repairs: Repair[] = await cutOff(session);
  for (const row of await overviewOf(session, tasks)) {
    const task = tasks.find((one) => one.slug === row.task);
    const about = { path: row.path, ...(row.task ? { task: row.task } : {}) };
    if (row.kind !== 'task' || !task) {
      if (row.kind !== 'other' && row.keep.length === 0) {
        repairs.push({ ...about, problem: 'left behind by a process that died', done: 'removed' });
      }
    } else if (row.state === 'half-made' || row.state === 'setup-failed') {
      repairs.push({ ...about, ...(await finish(session, task, row.state, act)) });
    } else if (row.state === 'missing') {
      repairs.push({ ...about, ...(await findAgain(session, task, row.path, act)) });
    } else if (row.state === 'unknown') {
      repairs.push({ ...about, ...(await reconnect(session, task, act)) });
    } else {
      const stale = await staleIndexLock(session, row.path);
      if (!stale) continue;
      if (act) await rename(stale, `${stale}.stale-${Date.now()}`);
      repairs.push({ ...about, problem: 'a git that died left index.lock', done: 'the lock was set aside' });
    }
  }
  if (act) {
    await undoCutMove(session);
    await sweepPrivateWorktrees(session);
    await tidySpares(session);
  }
  return repairs;
}

async function cutOff(session: RepoSession): Promise<Repair[]> {
  const move = await cutMove(session);
  if (!move) return [];
  const problem = `git was ended while it moved ${move.ref.replace('refs/heads/', '')}`;
  return [{ path: move.worktree, problem, done: 'what it had written was put right' }];
}

async function finish(
  session: RepoSession,
  task: Task,
  state: 'half-made' | 'setup-failed',
  act: boolean,
): Promise<Omit<Repair, 'path'>> {
  const problem = state === 'half-made' ? 'its filling was cut short' : 'its set-up did not end well';
  try {
    if (act) await addWorktree(session, task);
    return { problem, done: state === 'half-made' ? 'filled anew' : 'set up again' };
  } catch (error) {
    return { problem, hint: (error as Error).message };
  }
}

/** git says that a folder is gone, too, when only the `.git` file in it is. */
async function findAgain(
  session: RepoSession,
  task: Task,
  path: string,
  act: boolean,
): Promise<Omit<Repair, 'path'>> {
  if (await holdsFiles({ path, missing: true })) {
    return reconnect(session, task, act, 'its .git file is gone');
  }
  const hint = `Bring the folder back, or \`codex-agent task worktree add ${task.slug}\` makes it again from its branch.`;
  return { problem: 'its folder is gone', hint };
}

/** git finds a worktree again whose folder, or whose repository, was moved. */
async function reconnect(
  session: RepoSession,
  task: Task,
  act: boolean,
  problem = 'git does not know it',
): Promise<Omit<Repair, 'path'>> {
  const path = task.worktree!;
  const there = await stat(path).catch(() => undefined);
  if (!there) {
    return {
      problem,
      hint: `\`codex-agent task worktree add ${task.slug}\` makes it again from its branch.`,
    };
  }
  if (!act) return { problem, done: 'its records are connected again, if they are there' };
  const lock = await lockWorktrees(session, 'worktree repair');
  try {
    await session.git.run(['worktree', 'repair', path], { ok: [0, 1, 128] });
    if (recordAt(await listWorktrees(session.git), path)?.missing === false)
      return { problem, done: 'connected again' };
  } finally {
    await lock.release();
  }
  return { problem, hint: `Its record is gone. Save what you need from ${path}, then remove that folder.` };
}

async function staleIndexLock(session: RepoSession, path: string): Promise<string | undefined> {
  const lock = join(await session.git.gitDir(path), 'index.lock');
  const found = await stat(lock).catch(() => undefined);
  const old = found !== undefined && Date.now() - found.mtimeMs > staleLockMs;
  return old && occupants(path).length === 0 ? lock : undefined;
}
