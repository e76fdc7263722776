/**
 * Puts right what a move of a checked-out branch left when it was cut off. What a person did since stays, and where they
 * moved the branch on, nothing is done.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { plural } from '../../../domain/platform/units.js';
import { commandWords, pids, unfinishedIn } from '../../platform/index.js';
import { freeIndex } from '../places/index-lock.js';
import { requireFreePaths } from './in-the-way.js';
import { type BranchMove, lockMoves, type MoveNeeds, noteFile, readMove } from './note.js';
import { type MovedFile, movedFiles, putFilesBack } from './put-back.js';

/**
 * Undoes, or brings to its end, a move that another process was killed in. Says so. Throws what keeps it from that.
 * @param worktree the only one that matters, if it is given
 */
export async function undoCutMove(session: MoveNeeds, worktree?: string): Promise<void> {
  if (!existsSync(noteFile(session))) return;
  if (worktree !== undefined && (await readMove(session))?.worktree !== worktree) return;
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
  if (move) {
    await undoMove(session, move);
    await tellLeft(session, move);
  }
  await rm(noteFile(session), { force: true });
}

/** For who holds the lock. Does nothing where the branch was moved, or is not checked out there any more. */
export async function undoMove(session: MoveNeeds, move: BranchMove): Promise<void> {
  const { git } = session;
  const { worktree, from, to } = move;
  // A commit that is gone tells nothing of what was written.
  if (!(await isThere(session, move)) || !(await git.commitOf(to))) return;
  await untilOver(session, move);
  // What was waited for may have come to its end, and a merge of a person has an index of its own.
  if (!(await isThere(session, move)) || (await unfinishedIn(git, worktree))) return;
  const files = await movedFiles(session, move);
  const paths = new Set(files.map(({ path }) => path));
  if (!(await indexDiffers(session, worktree, to, paths))) return takeBack(session, move, files);
  if (await indexDiffers(session, worktree, from, paths)) return;
  if ((await putFilesBack(session, move, files)) > 0) tell(session, move);
}

/** Says where half of a move may still stand, since a person went on in the worktree before it could be undone. */
async function tellLeft(session: MoveNeeds, { worktree, ref, from, to }: BranchMove): Promise<void> {
  const { git } = session;
  if (!(await isWorktree(git, worktree)) || !(await git.commitOf(to))) return;
  const isIn = await git.run(['merge-base', '--is-ancestor', to, 'HEAD'], { worktree, ok: [0, 1, 128] });
  if (isIn.code !== 1) return;
  const moved = await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-only', from, to], {
    bytes: true,
  });
  const edited = await git.run(['diff-index', '-z', '--name-only', 'HEAD', '--'], { worktree, bytes: true });
  const paths = new Set(moved.stdout.split('\0'));
  const left = edited.stdout.split('\0').filter((path) => path !== '' && paths.has(path)).length;
  if (left === 0) return;
  const message = `A move of ${shortName(ref)} was cut off in ${worktree}, and was not taken back, since HEAD or the index there is another by now: ${plural(left, 'file')} of it ${left === 1 ? 'differs' : 'differ'} from what is checked out (\`git -C ${shellWord(worktree)} diff HEAD\`).`;
  session.emit({ type: 'noted', level: 'warning', message });
}

const shortName = (ref: string): string => ref.replace('refs/heads/', '');

/** Whether the branch is checked out in the worktree, and where it was before. */
async function isThere({ git }: MoveNeeds, { worktree, ref, from }: BranchMove): Promise<boolean> {
  if (!(await isWorktree(git, worktree))) return false;
  const { stdout } = await git.run(['symbolic-ref', '-q', 'HEAD'], { worktree, ok: [0, 1] });
  return stdout.trim() === ref && (await git.commitOf(ref)) === from;
}

async function isWorktree(git: MoveNeeds['git'], path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  try {
    await git.gitDir(path);
    return true;
  } catch (error) {
    // A folder where git has no worktree any more is none of ours.
    if (hasCode(error, 'worktree-missing')) return false;
    throw error;
  }
}

/** Index and files are those of the commit to come: they go back, or the move ends where edits since are in the way. */
async function takeBack(session: MoveNeeds, move: BranchMove, files: readonly MovedFile[]): Promise<void> {
  const { worktree, from, to } = move;
  const removed = files.filter(({ before, after }) => before && !after).map(({ path }) => path);
  await requireFreePaths(session, worktree, removed);
  const back = await session.git.run(['read-tree', '-m', '-u', to, from], { worktree, ok: [0, 128] });
  if (back.code === 0) return tell(session, move);
  await session.git.run(['merge', '--ff-only', '--quiet', ...plainMerge, to], { worktree });
}

/**
 * Without these, settings of a person stash their edits, overwrite an ignored file, or leave the merge as edits
 * (`branch.<name>.mergeOptions`, `merge.ff`, `merge.autoStash`, `merge.verifySignatures`).
 */
export const plainMerge = [
  '--no-squash',
  '--commit',
  '--no-autostash',
  '--no-overwrite-ignore',
  '--no-verify-signatures',
  '--no-stat',
];

function tell(session: MoveNeeds, { worktree, ref }: BranchMove): void {
  const message = `A move of ${shortName(ref)} was cut off in ${worktree}; the files there are as they were before.`;
  session.emit({ type: 'noted', level: 'info', message });
}

/** Whether the index is not as in a commit, in any of these paths. */
async function indexDiffers(
  { git }: MoveNeeds,
  worktree: string,
  commit: string,
  paths: ReadonlySet<string>,
): Promise<boolean> {
  const args = ['diff-index', '--cached', '--no-renames', '--name-only', '-z', commit, '--'];
  const { stdout } = await git.run(args, { worktree, bytes: true });
  return stdout.split('\0').some((path) => paths.has(path));
}

const pollMs = 25;
const patienceMs = 30_000;

/**
 * Waits for a git that goes on although who started it was killed, and for those that may hold the index; a lock that
 * no git holds is set aside. Throws `git-busy` when that takes long.
 */
async function untilOver({ git }: MoveNeeds, { worktree, to }: BranchMove): Promise<void> {
  for (let waited = 0; isUnderWay(to); waited += pollMs) {
    if (waited >= patienceMs) throw stillAtWork(worktree);
    await sleep(pollMs);
  }
  if (!(await freeIndex(git, worktree, patienceMs))) throw stillAtWork(worktree);
}

const stillAtWork = (worktree: string) =>
  appError('git-busy', `A git is still at work in ${worktree}.`, {
    hint: 'Wait until it is done, then try again.',
  });

/** Whether a process was started to move a branch to this commit. */
const isUnderWay = (commit: string): boolean =>
  pids().some((pid) => {
    const words = commandWords(pid);
    return words.includes(commit) && (words.includes('--ff-only') || words.includes('read-tree'));
  });
