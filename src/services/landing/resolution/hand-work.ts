/** What a person has made so far of the conflicts in a worktree where a merge or a rebase is under way. */
import { join } from 'node:path';
import { hasMarkers, newMarkers } from '../../../domain/landing/hunks.js';
import type { Conflict } from '../../../domain/landing/merge.js';
import { readUtf8 } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { isInside, kindOf, readUnmerged, textsOf, type Unmerged } from './conflicts.js';

type Session = Pick<RepoSession, 'git'>;

export interface HandWork {
  /** Everything that was in conflict, staged by now or not. */
  conflicts: Conflict[];
  /** What is not resolved yet. */
  left: Conflict[];
  /** Resolved in the file, and not staged as it is now. */
  unstaged: Conflict[];
}

/** Sorts what was in conflict by how far the person has come; reads git's stages and the files, and changes nothing. */
export async function handWorkIn(session: Session, worktree: string): Promise<HandWork> {
  const [unmerged, staged] = await Promise.all([
    readUnmerged(session, worktree),
    readUnmerged(session, worktree, '--resolve-undo'),
  ]);
  const work: HandWork = { conflicts: [], left: [], unstaged: [] };
  const sort = async (file: Unmerged, kind: string) => {
    const conflict = { path: file.path, kind };
    const list = (await isSettled(worktree, file)) ? work.unstaged : work.left;
    list.push(conflict);
  };
  for (const file of [...unmerged, ...staged]) work.conflicts.push({ path: file.path, kind: kindOf(file) });
  for (const file of unmerged) await sort(file, kindOf(file));
  for (const file of staged) {
    if (await isStagedWithMarkers(session, worktree, file)) await sort(file, 'staged with conflict markers');
  }
  return work;
}

/** A deletion against a change, a link, a submodule: those a person stages themself. */
async function isSettled(worktree: string, file: Unmerged): Promise<boolean> {
  if (!file.ours || !file.theirs || !(await isInside(worktree, file.path))) return false;
  return !hasMarkers(await readUtf8(join(worktree, file.path)));
}

/** Markers that were in none of the sides: `git add` takes them without a word. */
async function isStagedWithMarkers(session: Session, worktree: string, file: Unmerged): Promise<boolean> {
  // 128: staged as deleted, or as a submodule.
  const blob = await session.git.run(['cat-file', 'blob', `:0:${file.path}`], { worktree, ok: [0, 128] });
  if (!hasMarkers(blob.stdout)) return false;
  return newMarkers(blob.stdout, await textsOf(session, file)).length > 0;
}
