/** Takes a worktree away: one rename and one record, then the files at leisure. */
import { mkdir, readdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hasCode } from '../../domain/errors.js';
import { baseEnvironment } from '../git/environment.js';
import { startDetached } from '../process.js';
import type { RepoSession } from '../types.js';
import type { WorktreeRecord } from './list.js';
import { trashFolder } from './places.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'config' | 'env'>;

/** Ends in the names of folders that hold what no rescue ref can: they are never deleted by us. */
const kept = '.kept';
const dayMs = 86_400_000;

/**
 * Removes a worktree that is known to hold nothing worth keeping, or to be rescued.
 * @param keep how long its folder stays in the trash: not at all, a day, or for good
 */
export async function discard(
  session: Needs,
  record: WorktreeRecord,
  keep: 'no' | 'day' | 'always' = 'no',
): Promise<void> {
  const { git } = session;
  const trash = trashFolder(session);
  const name = `${basename(record.path)}-${Date.now()}${keep === 'always' ? kept : ''}`;
  await mkdir(trash, { recursive: true, mode: 0o700 });
  await rename(record.path, join(trash, name)).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
  if (record.locked !== undefined) await git.run(['worktree', 'unlock', record.path]);
  // Its folder is gone, so this drops exactly that record; `prune` would drop others whose disk is not mounted.
  await git.run(['worktree', 'remove', record.path]);
  const old = await expired(trash);
  remove(session, trash, keep === 'no' ? [...old, name] : old);
}

async function expired(trash: string): Promise<string[]> {
  const names = await readdir(trash);
  return names.filter((name) => {
    const at = /-(\d{13})$/.exec(name)?.[1];
    return at !== undefined && Date.now() - Number(at) > dayMs;
  });
}

/** Deletes at low priority, in a process that outlives this one. */
function remove(session: Needs, trash: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const paths = names.map((name) => join(trash, name));
  startDetached(['nice', '-n', '19', 'rm', '-rf', '--', ...paths], {
    cwd: '/',
    env: baseEnvironment(session.env),
  });
}
