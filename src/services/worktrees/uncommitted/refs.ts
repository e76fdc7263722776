/** Every ref of the repository, before and after something that might have moved one. */
import type { Task } from '../../../domain/store/task.js';
import { readRefs } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { writeRescueRef } from './rescue.js';

export interface MovedRef {
  ref: string;
  /** Object ids; '' when the ref did not exist. */
  before: string;
  after: string;
}

/** Object id of every ref. Throws `git-unclear` when there is none although `known` ones were there before. */
export async function snapshotRefs(
  { git }: Pick<RepoSession, 'git'>,
  known = 0,
): Promise<Record<string, string>> {
  return Object.fromEntries(await readRefs(git, { known }));
}

/** Refs that are not where they were, the task's own branch left out. */
export async function compareRefs(
  session: Pick<RepoSession, 'git'>,
  before: Readonly<Record<string, string>>,
  task: Pick<Task, 'branch'>,
): Promise<MovedRef[]> {
  const after = await snapshotRefs(session, Object.keys(before).length);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((ref) => ref !== `refs/heads/${task.branch}` && before[ref] !== after[ref])
    .map((ref) => ({ ref, before: before[ref] ?? '', after: after[ref] ?? '' }));
}

/**
 * Puts refs back to `before`, each only while it still is at `after`; what was there is kept in a rescue ref.
 * Returns those rescue refs. Throws `ref-moved`.
 */
export async function restoreRefs(
  session: Pick<RepoSession, 'git'>,
  moved: readonly MovedRef[],
  task: Pick<Task, 'slug'>,
): Promise<string[]> {
  const rescued: string[] = [];
  for (const { ref, before, after } of moved) {
    if (after) rescued.push(await writeRescueRef(session.git, task.slug, after, `was at ${ref}`));
    await session.git.moveRef(ref, before, after, `put back after ${task.slug}`);
  }
  return rescued;
}
