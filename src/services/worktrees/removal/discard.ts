/** Takes a worktree away: its folder and git's record of it are renamed into the trash. */
import { cp, mkdir, rename, rm, rmdir, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { readUtf8, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import type { WorktreeRecord } from '../places/list.js';
import { trashFolder } from '../places/places.js';
import { emptyTrash, type Keep, listTrash, recordFolder, trashName } from './trash.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'config' | 'env'>;

/** File in a record that names the commit which HEAD stood for when the worktree was removed. */
export const headFile = 'codex-agents-head';

/**
 * Removes a worktree: call it when nothing would be lost by that, or what would be is rescued. Returns the name of the
 * entry in the trash. Not `git worktree remove`: that deletes the index and the reflog, which a restore needs.
 */
export async function discard(
  session: Needs,
  record: WorktreeRecord,
  keep: Keep = 'no',
  slug = basename(record.path),
): Promise<string> {
  const gitDir = await session.git.gitDir(record.path);
  const trash = trashFolder(session);
  await mkdir(trash, { recursive: true, mode: 0o700 });
  // Killed between the two renames, an earlier removal has left the folder there already.
  const begun = record.missing ? await entryOf(session, gitDir) : undefined;
  const name = begun ?? trashName(slug, keep);
  // All that needs room comes first: where there is none, nothing has changed.
  if (record.head) await writeTo(join(gitDir, headFile), `${record.head}\n`);
  const copy = (await onOneDisk(gitDir, trash)) ? undefined : await copied(gitDir, trash);
  try {
    if (!begun) await moveAside(record.path, join(trash, name));
    // Killed after it was in place, an earlier removal has left one there.
    else await rm(join(trash, name, recordFolder), { recursive: true, force: true });
    await move(copy ?? gitDir, join(trash, name, recordFolder));
  } catch (error) {
    if (copy) await rm(copy, { recursive: true, force: true });
    throw error;
  }
  if (copy) await rm(gitDir, { recursive: true });
  await rmdir(dirname(gitDir)).catch(() => {});
  await emptyTrash(session, { just: name });
  return name;
}

/** Entry of the trash whose folder belonged to this record of git's. */
async function entryOf(session: Needs, gitDir: string): Promise<string | undefined> {
  for (const { name, folder } of await listTrash(session)) {
    const pointer = await readUtf8(join(folder, '.git')).catch(() => '');
    if (pointer.trim() === `gitdir: ${gitDir}`) return name;
  }
  return undefined;
}

async function moveAside(path: string, entry: string): Promise<void> {
  try {
    await rename(path, entry);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      await mkdir(entry, { recursive: true });
      return;
    }
    if (!hasCode(error, 'EXDEV')) throw error;
    // An adopted worktree on another disk: into a folder beside it, where a rename is a rename.
    const beside = join(dirname(path), '.codex-agents-trash', basename(entry));
    await mkdir(dirname(beside), { recursive: true, mode: 0o700 });
    await rename(path, beside);
    await symlink(beside, entry);
  }
}

const onOneDisk = async (a: string, b: string) => (await stat(a)).dev === (await stat(b)).dev;

/** A copy of git's record, which is small, in the trash; it has the same name whenever it is begun anew. */
async function copied(gitDir: string, trash: string): Promise<string> {
  const to = join(trash, `.${basename(gitDir)}.record`);
  await rm(to, { recursive: true, force: true });
  await copyWhole(gitDir, to);
  return to;
}

/** A rename, or on another disk a copy. */
export async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    await copyWhole(from, to);
    await rm(from, { recursive: true });
  }
}

/** Leaves nothing where the copy cannot be made whole. */
async function copyWhole(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    throw error;
  }
}
