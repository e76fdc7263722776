/**
 * Puts right what a move of a checked-out branch left when it was cut off. What git had written is told from edits of a
 * person by its content: the whole of the file that was to come, its beginning, or nothing where git had removed it.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { lstat, readFile, readlink, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '../../../domain/platform/errors.js';
import { unfinishedIn } from '../../platform/index.js';
import { withScratch } from '../uncommitted/own-index.js';
import { type BranchMove, lockMoves, type MoveNeeds, noteFile, readMove } from './note.js';

/** Undoes, or brings to its end, a move that another process was killed in. Says so. Throws what keeps it from that. */
export async function undoCutMove(session: MoveNeeds): Promise<void> {
  if (!existsSync(noteFile(session))) return;
  const lock = await lockMoves(session);
  try {
    await undoNoted(session);
  } finally {
    await lock.release();
  }
}

/** The same for who holds the lock. */
export async function undoNoted(session: MoveNeeds): Promise<void> {
  const move = await readMove(session);
  if (move) await undoMove(session, move);
  await rm(noteFile(session), { force: true });
}

/** For who holds the lock. Does nothing where the branch was moved, or is not checked out there any more. */
export async function undoMove(session: MoveNeeds, move: BranchMove): Promise<void> {
  const { git } = session;
  const { worktree, ref, from, to } = move;
  const isThere = async () =>
    existsSync(worktree) &&
    (await git.run(['symbolic-ref', '-q', 'HEAD'], { worktree, ok: [0, 1] })).stdout.trim() === ref &&
    (await git.commitOf(ref)) === from;
  if (!(await isThere())) return;
  await untilOver(move, join(await git.gitDir(worktree), 'index.lock'));
  // What was waited for may have come to its end, and a merge of a person has an index of its own.
  if (!(await isThere()) || (await unfinishedIn(git, worktree))) return;
  const { changed, added } = await pathsOf(session, move);
  if (!(await indexDiffers(session, worktree, to, changed))) return takeBack(session, move);
  if (await indexDiffers(session, worktree, from, changed)) return;
  if ((await putBack(session, move, changed, added)) > 0) tell(session, move);
}

/** Index and files are those of the commit to come: they go back, or the move ends where edits since are in the way. */
async function takeBack(session: MoveNeeds, move: BranchMove): Promise<void> {
  const { worktree, from, to } = move;
  const back = await session.git.run(['read-tree', '-m', '-u', to, from], { worktree, ok: [0, 128] });
  if (back.code === 0) return tell(session, move);
  await session.git.run(['merge', '--ff-only', '--quiet', '--no-stat', to], { worktree });
}

function tell(session: MoveNeeds, { worktree, ref }: BranchMove): void {
  const branch = ref.replace('refs/heads/', '');
  const message = `A move of ${branch} was cut off in ${worktree}; the files there are as they were before.`;
  session.emit({ type: 'noted', level: 'info', message });
}

/** What a move changes, and what of it is new. */
async function pathsOf({ git }: MoveNeeds, { from, to }: BranchMove) {
  const { stdout } = await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-status', from, to]);
  const words = stdout.split('\0');
  const changed = new Set<string>();
  const added = new Set<string>();
  for (let at = 0; at + 1 < words.length; at += 2) (words[at] === 'A' ? added : changed).add(words[at + 1]!);
  return { changed: new Set([...changed, ...added]), added };
}

/** Whether the index is not as in a commit, in any of these paths. */
async function indexDiffers(
  { git }: MoveNeeds,
  worktree: string,
  commit: string,
  paths: ReadonlySet<string>,
): Promise<boolean> {
  const args = ['diff-index', '--cached', '--no-renames', '--name-only', '-z', commit, '--'];
  const { stdout } = await git.run(args, { worktree });
  return stdout.split('\0').some((path) => paths.has(path));
}

/** Puts back the files that git had begun to write; those that a person wrote stay. Returns how many it were. */
async function putBack(
  session: MoveNeeds,
  { worktree, to }: BranchMove,
  changed: ReadonlySet<string>,
  added: ReadonlySet<string>,
): Promise<number> {
  const { git } = session;
  await git.run(['update-index', '-q', '--refresh'], { worktree, ok: [0, 1] });
  const { stdout } = await git.run(['diff-files', '--name-only', '-z'], { worktree });
  const edited = stdout.split('\0').filter((path) => changed.has(path) && !added.has(path));
  const found = [...edited, ...[...added].filter((path) => existsSync(join(worktree, path)))];
  if (found.length === 0) return 0;
  return withScratch(session, async (scratch) => {
    const env = { GIT_INDEX_FILE: join(scratch, 'index') };
    const wanted = join(scratch, 'files') + sep;
    await git.run(['read-tree', to], { worktree, env });
    const input = found.map((path) => `${path}\0`).join('');
    // A path that the commit does not have is told, and is no error.
    const write = ['checkout-index', '-q', '-f', '-z', '--stdin', `--prefix=${wanted}`];
    await git.run(write, { worktree, env, input, ok: [0, 1, 128] });
    const ours: string[] = [];
    for (const path of found) if (await begins(join(wanted, path), join(worktree, path))) ours.push(path);
    for (const path of ours.filter((one) => added.has(one))) await remove(worktree, path);
    const old = ours.filter((path) => !added.has(path));
    for (const path of old) await rmdirIfEmpty(join(worktree, path));
    const back = old.map((path) => `${path}\0`).join('');
    await git.run(['checkout-index', '-q', '-f', '-u', '-z', '--stdin'], { worktree, input: back });
    return ours.length;
  });
}

/** Whether what is at `path` is the file at `whole`, its beginning, or nothing. */
async function begins(whole: string, path: string): Promise<boolean> {
  const is = await lstat(path).catch(() => undefined);
  if (!is || is.isDirectory()) return true;
  const wanted = await lstat(whole).catch(() => undefined);
  if (!wanted) return false;
  if (is.isSymbolicLink())
    return wanted.isSymbolicLink() && (await readlink(path)) === (await readlink(whole));
  if (!is.isFile() || !wanted.isFile() || is.size > wanted.size) return false;
  const [written, all] = await Promise.all([readFile(path), readFile(whole)]);
  return all.subarray(0, written.length).equals(written);
}

/** Removes a file, and the folders that held nothing else. */
async function remove(worktree: string, path: string): Promise<void> {
  await rm(join(worktree, path), { force: true });
  for (let at = dirname(path); at !== '.'; at = dirname(at))
    if (!(await rmdirIfEmpty(join(worktree, at)))) return;
}

async function rmdirIfEmpty(path: string): Promise<boolean> {
  return rmdir(path).then(
    () => true,
    () => false,
  );
}

const pollMs = 25;
const patienceMs = 30_000;

/**
 * Waits for a git that goes on although who started it was killed, and for one that holds the index; a lock that no
 * process holds is set aside. Throws `git-busy` when that takes long.
 */
async function untilOver({ worktree, to }: BranchMove, indexLock: string): Promise<void> {
  for (let waited = 0; isUnderWay(to) || isHeld(indexLock); waited += pollMs) {
    if (waited >= patienceMs) {
      throw appError('git-busy', `A git is still at work in ${worktree}.`, {
        hint: 'Wait until it is done, then try again.',
      });
    }
    await sleep(pollMs);
  }
  if (existsSync(indexLock)) await rename(indexLock, `${indexLock}.stale-${Date.now()}`);
}

/** Whether a process was started to move a branch to this commit. */
function isUnderWay(commit: string): boolean {
  return pids().some((pid) => {
    const words = known(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.split('\0') ?? [];
    return words.includes(commit) && (words.includes('--ff-only') || words.includes('read-tree'));
  });
}

/** Whether a process has this file open. */
function isHeld(path: string): boolean {
  if (!existsSync(path)) return false;
  return pids().some((pid) => {
    const folder = `/proc/${pid}/fd`;
    return known(() => readdirSync(folder))?.some(
      (fd) => known(() => readlinkSync(join(folder, fd))) === path,
    );
  });
}

const pids = (): string[] => known(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name))) ?? [];

/** What can be read of a process; undefined for one that is gone, or another user's. */
function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
