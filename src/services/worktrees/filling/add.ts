/** Gives a task its linked worktree. */
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stoppedByPerson } from '../../../domain/app/work.js';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { formatSize } from '../../../domain/platform/units.js';
import { isOwnBranch } from '../../../domain/store/branch-name.js';
import type { Task } from '../../../domain/store/task.js';
import { mergeBaseOf, printedId } from '../../platform/index.js';
import { type RepoSession, tellWork } from '../../store/index.js';
import { addEmptyWorktree } from '../places/add-empty.js';
import {
  failedReason,
  forgetCommand,
  holdsFiles,
  listWorktrees,
  lockReason,
  ownerOf,
  recordAt,
  relock,
  type WorktreeRecord,
} from '../places/list.js';
import { keepRootUnseen, lockWorktrees, worktreePath } from '../places/places.js';
import { takePlace } from '../places/ports.js';
import { markReady } from '../places/ready.js';
import { discard } from '../removal/discard.js';
import { occupants } from '../removal/occupants.js';
import { rescueRecord } from '../uncommitted/rescue.js';
import { donorDifference } from './donor.js';
import { equip, hydrate } from './hydrate.js';
import type { Hydration } from './hydration.js';
import { claimSpare, discardDeadSpares } from './spares.js';
import { startCommit, withBranch } from './start.js';

export interface AddedWorktree extends Partial<Pick<Hydration, 'method' | 'carried' | 'seconds'>> {
  path: string;
  /** Commit the branch started from. */
  base: string;
  branch: string;
  /** False when it was there, ready, before. */
  created: boolean;
  skipped: string[];
  warnings: string[];
  /** One line for people. */
  summary: string;
}

/**
 * Makes the task's worktree and fills it, or finds it ready. A branch without commits of its own starts from where
 * the target is now; one with commits is taken as it is. What a killed or failed attempt left is made anew.
 * Throws `worktree-busy`, `worktree-path-taken`, `branch-checked-out`, `setup-failed`, and what `startCommit` and
 * `withBranch` throw.
 */
export function addWorktree(
  session: RepoSession,
  given: Task,
  options: { base?: string } = {},
): Promise<AddedWorktree> {
  const said = ({ summary }: AddedWorktree) => ({ ok: true, text: summary });
  return tellWork(session, { task: given.slug, kind: 'filling', said }, (told) => add(told, given, options));
}

async function add(session: RepoSession, given: Task, options: { base?: string }): Promise<AddedWorktree> {
  const path = given.worktree ?? worktreePath(session, given.slug);
  const target = await startCommit(session, given, options.base);
  const task = await withBranch(session, given);
  await keepRootUnseen(session);
  const lock = await lockWorktrees(session, `worktree add ${task.slug}`);
  const started = performance.now();
  let start: Start;
  let how: 'claimed' | 'empty' | 'filled';
  try {
    const records = await listWorktrees(session.git);
    await discardDeadSpares(session, records);
    const record = await connected(session, recordAt(records, path));
    if (record && isReady(record)) {
      requireOwn(task, record);
      return readyWorktree(session, task, path, target, record.head);
    }
    if (record && awaitsSetup(record)) {
      await relock(session.git, path, lockReason('setup'));
      start = { base: await baseOf(session, task, target), commit: record.head ?? target, exists: true };
      how = 'filled';
    } else {
      if (record) await clearUnfinished(session, record, task.slug);
      else await requireFreePath(path);
      start = await prepareBranch(session, task, target, options.base !== undefined);
      const claimed = await claimSpare(session, records, { ...start, path, branch: task.branch });
      if (!claimed) await addEmpty(session, task, path, start);
      how = claimed ? 'claimed' : 'empty';
    }
  } finally {
    await lock.release();
  }
  const filled = await makeReady(
    session,
    task,
    { worktree: path, branch: task.branch, base: start.base },
    how,
  );
  const seconds = (performance.now() - started) / 1000;
  const summary = summaryOf({ ...filled, seconds });
  return { ...filled, seconds, summary, path, base: start.base, branch: task.branch, created: true };
}

/** Has git write the `.git` file anew of a worktree that lost it: with that its files are as they were. */
async function connected(
  { git }: RepoSession,
  record: WorktreeRecord | undefined,
): Promise<WorktreeRecord | undefined> {
  if (!record || !(await holdsFiles(record))) return record;
  await git.run(['worktree', 'repair', record.path], { ok: [0, 1, 128] });
  const again = recordAt(await listWorktrees(git), record.path);
  if (!again?.missing) return again;
  throw appError('worktree-path-taken', `${record.path} has files, but its .git file is gone.`, {
    hint: `Try \`git worktree repair ${shellWord(record.path)}\`, or move that folder away.`,
  });
}

const isReady = ({ missing, locked }: WorktreeRecord) =>
  !missing && ownerOf(locked, 'hydrating') === undefined && ownerOf(locked, 'setup') === undefined;

/** Filled, but its set-up failed or was cut short: the files stay, since a person may have mended something there. */
const awaitsSetup = ({ missing, locked }: WorktreeRecord) => !missing && ownerOf(locked, 'setup') === 'gone';

/** Where a task has had no worktree, one with another branch is not the task's. Throws `worktree-path-taken`. */
function requireOwn(task: Task, { path, branch, head = '', locked }: WorktreeRecord): void {
  if (!existsSync(path)) {
    throw appError(
      'worktree-path-taken',
      `${path} is where the worktree of ${task.slug} goes. Git has a locked worktree there, and its folder is gone.`,
      { hint: `Bring the folder back, or have git forget it: ${forgetCommand({ path, locked })}` },
    );
  }
  if (task.worktree || branch === `refs/heads/${task.branch}`) return;
  const on = branch?.replace(/^refs\/heads\//, '') ?? `commit ${head.slice(0, 8)}`;
  throw appError(
    'worktree-path-taken',
    `${path} is where the worktree of ${task.slug} would go, and a worktree with ${on} checked out stands there.`,
    { hint: `Move that one: git worktree move ${shellWord(path)} <another place>` },
  );
}

async function readyWorktree(
  session: RepoSession,
  task: Task,
  path: string,
  target: string,
  head: string | undefined,
): Promise<AddedWorktree> {
  const base = await baseOf(session, task, target, head);
  return { path, base, branch: task.branch, created: false, skipped: [], warnings: [], summary: 'was ready' };
}

/** A worktree whose filling never ended goes to the trash: its lock keeps git out, and no person. */
async function clearUnfinished(session: RepoSession, record: WorktreeRecord, slug: string): Promise<void> {
  const gone = ownerOf(record.locked, 'hydrating') !== 'alive' && ownerOf(record.locked, 'setup') !== 'alive';
  // A git that the killed process had started may outlive it for a moment, and still writes there.
  for (let waited = 0; gone && waited < 10_000 && occupants(record.path).length > 0; waited += 50) {
    await sleep(50);
  }
  if (!gone || occupants(record.path).length > 0) {
    throw appError('worktree-busy', `Another process is filling ${record.path}.`, {
      hint: `Its lock says: ${record.locked ?? 'nothing'}.`,
    });
  }
  await rescueRecord(session, record, slug);
  await discard(session, record, 'trash', slug);
}

/** A folder that git does not know may be a person's: it is never cleared. */
async function requireFreePath(path: string): Promise<void> {
  const names = await readdir(path).catch(async (error: NodeJS.ErrnoException) => {
    // A link that leads nowhere stands in git's way.
    if (error.code === 'ENOENT') return (await lstat(path).catch(() => undefined)) ? undefined : [];
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (names?.length === 0) return;
  const what = names
    ? 'is not empty, and not a worktree of this repository'
    : 'is no folder, or lies in none';
  throw appError('worktree-path-taken', `${path} ${what}.`, {
    hint: 'Move what is there away, or set worktree.root to another place.',
  });
}

interface Start {
  /** Where the branch left the target. */
  base: string;
  /** What is to be checked out. */
  commit: string;
  /** Whether the branch exists. */
  exists: boolean;
}

/** A branch without commits of its own starts over from the target. */
async function prepareBranch(
  session: RepoSession,
  task: Task,
  target: string,
  baseIsGiven: boolean,
): Promise<Start> {
  const { git } = session;
  const ref = `refs/heads/${task.branch}`;
  const head = await git.commitOf(ref);
  if (!head) return { base: target, commit: target, exists: false };
  await requireNotCheckedOut(session, ref);
  const untouched = isOwnBranch(task) && (await isAncestor(session, head, target));
  if (!untouched || baseIsGiven) {
    return { base: await baseOf(session, task, target), commit: head, exists: true };
  }
  if (head !== target) await git.moveRef(ref, target, head, `start ${task.slug} from ${session.target}`);
  return { base: target, commit: target, exists: true };
}

async function addEmpty(session: RepoSession, task: Task, path: string, start: Start): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const what = start.exists ? [path, task.branch] : ['--no-track', '-b', task.branch, path, start.commit];
  await addEmptyWorktree(session, path, lockReason('hydrating'), what);
}

async function requireNotCheckedOut(session: RepoSession, ref: string): Promise<void> {
  const other = (await listWorktrees(session.git)).find((record) => record.branch === ref && !record.missing);
  if (!other) return;
  throw appError('branch-checked-out', `${ref.slice(11)} is checked out in ${other.path}.`, {
    hint: 'Switch that worktree to another branch first.',
  });
}

/**
 * What the branch started from: as recorded while that still holds, else where it left the target.
 * @param head what its worktree has checked out, for a branch that the agent renamed
 */
async function baseOf(session: RepoSession, task: Task, target: string, head?: string): Promise<string> {
  const own = `refs/heads/${task.branch}`;
  const ref = head && !(await session.git.commitOf(own)) ? head : own;
  if (task.base && (await isAncestor(session, task.base, ref))) return task.base;
  return (await mergeBaseOf(session.git, target, ref)) || target;
}

async function isAncestor(session: RepoSession, ancestor: string, commit: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', ancestor, commit];
  // 128: the recorded commit is gone.
  return (await session.git.run(args, { ok: [0, 1, 128] })).code === 0;
}

/** Fills and equips, and unlocks: that is what makes it ready. */
async function makeReady(
  session: RepoSession,
  task: Task,
  where: { worktree: string; branch: string; base: string },
  how: 'claimed' | 'empty' | 'filled',
): Promise<Omit<Hydration, 'seconds'>> {
  const { git } = session;
  const path = where.worktree;
  let stage: 'hydrating' | 'setup' = how === 'filled' ? 'setup' : 'hydrating';
  try {
    const filling = how === 'empty' ? await hydrate(session, path) : undefined;
    const lockFiles = filling?.lockFiles ?? (how === 'filled' ? await lockFilesAt(session, path) : []);
    await relock(git, path, lockReason('setup'));
    stage = 'setup';
    const place = await takePlace(session, task, where);
    const { skipped, warnings } = await equip(session, place, lockFiles);
    await markReady(git, path);
    await git.run(['worktree', 'unlock', path]);
    return {
      method: filling?.method ?? (how === 'claimed' ? 'spare' : 'checkout'),
      ...(filling?.carried ? { carried: filling.carried } : {}),
      skipped: [...(filling?.selection.skipped ?? []), ...skipped],
      warnings,
    };
  } catch (error) {
    // So that a later attempt, also by this process, starts over or goes on.
    await relock(git, path, failedReason(stage)).catch(() => {});
    const ends = hasCode(error, 'interrupted') && session.signal.reason !== stoppedByPerson;
    if (stage === 'hydrating' && !ends) {
      await dropHalfMade({ ...session, signal: AbortSignal.timeout(dropMs) }, path).catch(() => {});
    }
    if (hasCode(error, 'setup-failed')) throw error;
    throw Object.assign(error as Error, { task: task.slug });
  }
}

/** How long other work on worktrees is waited for, to take away what was not finished. */
const dropMs = 60_000;

/** What could not be filled holds no work, and maybe all that the disk had left: not even a lock fits then. */
async function dropHalfMade(session: RepoSession, path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  const lock = await lockWorktrees(session, `worktree remove ${path}`);
  try {
    const record = recordAt(await listWorktrees(session.git), path);
    if (record) await discard(session, record);
  } finally {
    await lock.release();
  }
}

async function lockFilesAt(session: RepoSession, path: string): Promise<string[]> {
  const head = await printedId(session.git, ['rev-parse', '--verify', 'HEAD'], { worktree: path });
  return (await donorDifference(session, head)).lockFiles;
}

const methodNames: Record<Hydration['method'], string> = {
  spare: 'a spare worktree',
  snapshot: 'a snapshot',
  reflink: 'shared blocks',
  copy: 'copies',
  checkout: 'checkout alone',
};

/** How many of the left-out files the summary names; the data has them all. */
const namedAtMost = 3;

function summaryOf({ method, carried, seconds, skipped, warnings }: Hydration): string {
  const parts = [`ready in ${seconds.toFixed(1)}s by ${methodNames[method]}`];
  if (carried && carried.files > 0) {
    const how = method === 'copy' ? 'copied' : 'shared';
    parts.push(`${carried.files} ignored files (${formatSize(carried.bytes)} ${how})`);
  }
  if (skipped.length > 0) {
    const more = skipped.length - namedAtMost;
    parts.push(`left out: ${skipped.slice(0, namedAtMost).join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
  }
  return [parts.join(', '), ...warnings].join('; ');
}
