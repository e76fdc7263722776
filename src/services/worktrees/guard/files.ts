/**
 * The files in git directories by which others can make git run programs or look elsewhere. Only bytes are read and
 * written here; git is not asked, since it would believe them.
 */
import { cp, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../../domain/platform/errors.js';
import { type Paths, readPlain, tempName, writeTo } from '../../platform/index.js';
import { runFolder } from '../run-folder/folder.js';

/** What stands at a path. Of larger files, and of devices, only the kind is known. */
export type Saved =
  | { kind: 'none' }
  | { kind: 'file'; mode: number; base64: string }
  | { kind: 'link'; to: string }
  | { kind: 'folder' }
  | { kind: 'other'; about: string };

export type SavedFiles = Record<string, Saved>;

export const noFile: Saved = { kind: 'none' };

export const savedText = (saved: Saved): string =>
  saved.kind === 'file' ? Buffer.from(saved.base64, 'base64').toString('utf8') : '';

const maxBytes = 1024 * 1024;
const maxFiles = 5000;

export async function readAll(paths: readonly string[]): Promise<SavedFiles> {
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await readSaved(path)])));
}

/** What stands in a folder, by path; nothing where it is none. */
export async function filesIn(folder: string): Promise<string[]> {
  if ((await readSaved(folder)).kind !== 'folder') return [];
  const names = await readdir(folder).catch(orGone<string[]>([]));
  return names
    .sort()
    .slice(0, maxFiles)
    .map((name) => join(folder, name));
}

const orGone =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return instead;
    throw error;
  };

export const readSaved = (path: string): Promise<Saved> => readAny(path).catch(orGone<Saved>(noFile));

async function readAny(path: string): Promise<Saved> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return { kind: 'link', to: await readlink(path) };
  if (found.isDirectory()) return { kind: 'folder' };
  if (!found.isFile()) return { kind: 'other', about: 'a device or pipe' };
  if (found.size > maxBytes) return { kind: 'other', about: `${found.size} bytes, ${found.mtimeMs}` };
  return { kind: 'file', mode: found.mode & 0o777, base64: (await readPlain(path)).toString('base64') };
}

/** A record that git is just making or removing is whole, or gone, after a few looks; what was tampered with stays so. */
const looks = 10;
const betweenLooksMs = 100;

/**
 * Files of linked worktrees that lead git elsewhere than to the worktree's own record, with what would be right there.
 * What our claims and git's own moves write is right at any time, so nothing is compared with an earlier state.
 */
export async function misleading(commonDir: string): Promise<Map<string, string>> {
  for (let look = 1; ; look++) {
    const found = new Map<string, string>();
    for (const record of await filesIn(join(commonDir, 'worktrees'))) {
      const entry = savedText(await readSaved(join(record, 'gitdir'))).trim();
      // Git writes this file last and removes a record piece by piece: one without it is no worktree yet, or none any more.
      const shared = await readSaved(join(record, 'commondir'));
      if (!entry || shared.kind === 'none') continue;
      const isOwn = resolve(record, savedText(shared).trim()) === commonDir;
      if (!isOwn) found.set(join(record, 'commondir'), '../..\n');
      const place = resolve(record, entry);
      if (!(await leadsBack(commonDir, place))) found.set(place, `gitdir: ${record}\n`);
    }
    if (found.size === 0 || look === looks) return found;
    await sleep(betweenLooksMs);
  }
}

/** A `.git` file is gone, or leads to a record of this very repository, maybe a newer one, that leads back to it. */
async function leadsBack(commonDir: string, place: string): Promise<boolean> {
  const file = await readSaved(place);
  if (file.kind === 'none') return true;
  const record = resolve(dirname(place), /^gitdir: (.+)\n?$/.exec(savedText(file))?.[1] ?? '/');
  if (dirname(record) !== join(commonDir, 'worktrees')) return false;
  return resolve(record, savedText(await readSaved(join(record, 'gitdir'))).trim()) === place;
}

/**
 * Puts a path back as it was, in one step where a file stands; what stands there is first kept at `aside`.
 * Throws when what was there is not known, or its folder is a link now.
 */
export async function putBack(path: string, before: Saved, aside: string): Promise<void> {
  if (before.kind === 'other') throw new Error(`it was too large to be kept (${before.about})`);
  // Behind a link in place of its folder everything would be read and written elsewhere.
  if ((await readSaved(dirname(path))).kind === 'link') throw new Error('its folder is a link now');
  const now = await readSaved(path);
  await mkdir(dirname(aside), { recursive: true, mode: 0o700 });
  if (now.kind !== 'none') await cp(path, aside, { recursive: true, verbatimSymlinks: true });
  const isFolder = before.kind === 'folder';
  if (before.kind === 'none' || isFolder !== (now.kind === 'folder'))
    await rm(path, { force: true, recursive: true });
  if (before.kind === 'none') return;
  await mkdir(isFolder ? path : dirname(path), { recursive: true });
  if (isFolder) return;
  const temp = tempName(path);
  if (before.kind === 'link') await symlink(before.to, temp);
  else await writeTo(temp, Buffer.from(before.base64, 'base64'), { mode: before.mode, flag: 'wx' });
  await rename(temp, path);
}

/** Where a version that is replaced is kept. */
export const asideOf = (session: { paths: Paths }, runId: string, path: string): string =>
  join(runFolder(session.paths, runId), 'changed', path.replaceAll('..', '_').replaceAll('/', '__'));
