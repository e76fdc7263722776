/** What is noted of a move of a checked-out branch while it is under way. There is one at a time per repository. */
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { acquireLock, ensurePrivateFolder, type Lock, lockHolder, readUtf8 } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

export type MoveNeeds = Pick<RepoSession, 'git' | 'env' | 'paths' | 'repo' | 'emit'>;

export interface BranchMove {
  /** Where the branch is checked out. */
  worktree: string;
  /** The branch, e.g. "refs/heads/main". */
  ref: string;
  /** The commits before and after. */
  from: string;
  to: string;
}

const folderOf = ({ paths, repo }: MoveNeeds): string => join(paths.stateDir, 'repositories', repo.id);

export const noteFile = (session: MoveNeeds): string => join(folderOf(session), 'move.json');

const lockFolder = (session: MoveNeeds): string => join(folderOf(session), 'move.lock.d');

/** Who holds this moves a branch, or puts right what another left: a note that is found then is of one that is over. */
export function lockMoves(session: MoveNeeds): Promise<Lock> {
  ensurePrivateFolder(folderOf(session));
  return acquireLock(lockFolder(session), {
    command: 'move of a branch',
    waitMs: 120_000,
  });
}

/** The move that was cut off; undefined when there is none, or when its note was. */
export async function readMove(session: MoveNeeds): Promise<BranchMove | undefined> {
  try {
    return JSON.parse(await readUtf8(noteFile(session))) as BranchMove;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A move that no process works at any more. */
export async function cutMove(session: MoveNeeds): Promise<BranchMove | undefined> {
  const move = await readMove(session);
  return move && !(await lockHolder(lockFolder(session))) ? move : undefined;
}
