/**
 * Moves a branch where it is checked out: by git itself, which refuses where a file of a person would be overwritten.
 * git writes files first, then the index, then the branch. One that is killed in between leaves what looks like edits
 * of a person, so each move is noted before it begins: `undoCutMove` puts right what was cut off.
 */
import { rm } from 'node:fs/promises';
import { type GitFailure, writeFileDurably } from '../../platform/index.js';
import { requireFreePaths } from './in-the-way.js';
import { type BranchMove, lockMoves, type MoveNeeds, noteFile } from './note.js';
import { movedFiles } from './put-back.js';
import { plainMerge, undoMove, undoNoted } from './undo.js';

/** What git says when it refuses before it has changed anything. */
const untouched =
  /would be overwritten|would lose untracked|not uptodate|Not possible to fast-forward|Diverging branches|index\.lock': File exists/;

/**
 * Moves the branch and the files of a worktree to a commit that follows its own.
 * Throws `git-failed` when it does not follow, or when a file is in the way: then nothing has changed.
 */
export function fastForwardIn(session: MoveNeeds, move: BranchMove): Promise<void> {
  const args = ['merge', '--ff-only', '--quiet', ...plainMerge, move.to];
  return noted(session, move, () => session.git.run(args, { worktree: move.worktree }));
}

/**
 * Moves the branch and the files of a worktree to any other commit. Edits of other files stay.
 * Throws `git-failed` or `files-in-the-way` when an edit or a file that git does not track would be overwritten, and
 * `ref-moved`: then nothing has changed.
 */
export function moveIn(session: MoveNeeds, move: BranchMove, why: string): Promise<void> {
  const { worktree, ref, from, to } = move;
  return noted(session, move, async () => {
    const added = (await movedFiles(session, move)).filter(({ before, after }) => after && !before);
    await requireFreePaths(
      session,
      worktree,
      added.map(({ path }) => path),
    );
    await session.git.run(['read-tree', '-m', '-u', from, to], { worktree });
    try {
      await session.git.moveRef(ref, to, from, why);
    } catch (error) {
      await session.git.run(['read-tree', '-m', '-u', to, from], { worktree });
      throw error;
    }
  });
}

async function noted(session: MoveNeeds, move: BranchMove, work: () => Promise<unknown>): Promise<void> {
  const lock = await lockMoves(session);
  try {
    await undoNoted(session);
    const note = noteFile(session);
    await writeFileDurably(note, JSON.stringify(move));
    try {
      await work();
    } catch (error) {
      if (!untouched.test((error as Partial<GitFailure>).stderr ?? '')) await undoMove(session, move);
      await rm(note, { force: true });
      throw error;
    }
    await rm(note, { force: true });
  } finally {
    await lock.release();
  }
}
