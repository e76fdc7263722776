/**
 * The files in a git directory by which others can make git run programs or look elsewhere: read before a run, compared
 * after it. Only bytes are read and written here; git is not asked, since it would believe them.
 */
import {
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../../domain/platform/errors.js';
import { tempName } from '../../platform/index.js';

/** What stands at a path. Larger files, and devices, are only noted. */
export type Saved =
  | { kind: 'none' }
  | { kind: 'file'; mode: number; base64: string }
  | { kind: 'link'; to: string }
  | { kind: 'folder' }
  | { kind: 'other'; about: string };

export type SavedFiles = Record<string, Saved>;

const maxBytes = 1024 * 1024;
const maxHooks = 500;

/** A worktree that git is just making or removing is whole, or gone, after a few looks; what was tampered with stays so. */
const looks = 10;
const betweenLooksMs = 100;

/** Files that may or may not be there. `commondir` must not: it would lead every git elsewhere. */
const single = [
  'config',
  'config.worktree',
  'commondir',
  'info/attributes',
  'info/exclude',
  'info/grafts',
  'objects/info/alternates',
];

/** Everything that is guarded in a repository, by absolute path. */
export async function readGuarded(commonDir: string): Promise<SavedFiles> {
  const paths = single.map((name) => join(commonDir, name));
  const hooks = join(commonDir, 'hooks');
  paths.push(hooks, ...(await namesIn(hooks)).slice(0, maxHooks).map((name) => join(hooks, name)));
  for (const id of await namesIn(join(commonDir, 'worktrees'))) {
    const record = join(commonDir, 'worktrees', id);
    const entry = await readFile(join(record, 'gitdir'), 'utf8').catch(() => undefined);
    // Git writes this file last and removes a record piece by piece: one without it is no worktree yet, or none any more.
    const whole = (await readSaved(join(record, 'commondir'))).kind !== 'none';
    if (!entry || !whole) continue;
    paths.push(...['commondir', 'gitdir', 'config.worktree'].map((name) => join(record, name)));
    const place = resolve(record, entry.trim());
    // Not there: a worktree whose folder was taken away, and may be made again.
    if ((await readSaved(place)).kind !== 'none') paths.push(place);
  }
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await readSaved(path)])));
}

export async function readSaved(path: string): Promise<Saved> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return { kind: 'link', to: await readlink(path) };
    if (found.isDirectory()) return { kind: 'folder' };
    if (!found.isFile()) return { kind: 'other', about: 'a device or pipe' };
    if (found.size > maxBytes) return { kind: 'other', about: `${found.size} bytes, ${found.mtimeMs}` };
    return { kind: 'file', mode: found.mode & 0o777, base64: (await readFile(path)).toString('base64') };
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return { kind: 'none' };
    throw error;
  }
}

export interface FileChange {
  path: string;
  before: Saved;
  after: Saved;
}

/**
 * Paths that are not as they were. Worktrees made or removed meanwhile are no change: git and we do that all the time,
 * and what a record says is checked whenever it is used.
 */
export async function changedFiles(commonDir: string, before: SavedFiles): Promise<FileChange[]> {
  for (let look = 1; ; look++) {
    const changes = await compare(commonDir, before);
    if (look === looks || !changes.some(({ path }) => isLinked(commonDir, path))) return changes;
    await sleep(betweenLooksMs);
  }
}

async function compare(commonDir: string, before: SavedFiles): Promise<FileChange[]> {
  const now = await readGuarded(commonDir);
  const changes: FileChange[] = [];
  for (const path of [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()) {
    const was = before[path];
    const is = now[path] ?? (await readSaved(path));
    if (JSON.stringify(was ?? { kind: 'none' }) === JSON.stringify(is)) continue;
    if (await belongsToOtherWorktree(commonDir, path, was)) continue;
    if (await leadsToItsRecord(commonDir, path, is)) continue;
    changes.push({ path, before: was ?? { kind: 'none' }, after: is });
  }
  return changes;
}

/**
 * The `.git` file of a worktree that was made anew meanwhile, after its filling was cut short, say: it leads to a record
 * of this very repository, and that record leads back to it.
 */
async function leadsToItsRecord(commonDir: string, path: string, is: Saved): Promise<boolean> {
  if (is.kind !== 'file' || !relative(commonDir, path).startsWith('..')) return false;
  const to = /^gitdir: (.+)\n?$/.exec(Buffer.from(is.base64, 'base64').toString('utf8'))?.[1];
  if (to === undefined) return false;
  const record = resolve(dirname(path), to);
  if (dirname(record) !== join(commonDir, 'worktrees')) return false;
  const back = await readSaved(join(record, 'gitdir'));
  if (back.kind !== 'file') return false;
  return resolve(record, Buffer.from(back.base64, 'base64').toString('utf8').trim()) === path;
}

/** In the record of a linked worktree, or its `.git` file. */
function isLinked(commonDir: string, path: string): boolean {
  const inside = relative(commonDir, path);
  return inside.startsWith('worktrees/') || inside.startsWith('..');
}

/** A record, or the `.git` file of a worktree, that was not there before or is wholly gone now. */
async function belongsToOtherWorktree(
  commonDir: string,
  path: string,
  was: Saved | undefined,
): Promise<boolean> {
  if (!isLinked(commonDir, path)) return false;
  const folder = await lstat(dirname(path)).catch(() => undefined);
  return was === undefined || folder === undefined;
}

/**
 * Puts a path back as it was, in one step where a file stands; what stood there is first kept at `aside`.
 * With `none`, takes away what was not there. Returns false when what was there is not known.
 */
export async function putBack({ path, before }: FileChange, aside: string): Promise<boolean> {
  if (before.kind === 'other') return false;
  // Behind a link in place of its folder everything would be read and written elsewhere.
  if (await isLink(dirname(path))) return false;
  await keepAside(path, aside);
  if (before.kind === 'none') await rm(path, { force: true });
  else if (before.kind === 'folder') {
    await rm(path, { force: true });
    await mkdir(path, { recursive: true });
  } else {
    await mkdir(dirname(path), { recursive: true });
    const temp = tempName(path);
    if (before.kind === 'link') await symlink(before.to, temp);
    else await writeFile(temp, Buffer.from(before.base64, 'base64'), { mode: before.mode, flag: 'wx' });
    await rename(temp, path);
  }
  return true;
}

const isLink = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true;

/** Files and links are copied, so that their place is never empty; a folder has to make room. */
async function keepAside(path: string, aside: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return;
  await mkdir(dirname(aside), { recursive: true, mode: 0o700 });
  const copy = () => cp(path, aside, { recursive: true, verbatimSymlinks: true });
  if (found.isFile() || found.isSymbolicLink()) return copy();
  try {
    await rename(path, aside);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    await copy();
    await rm(path, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    if (!(await lstat(folder)).isDirectory()) return [];
    return (await readdir(folder)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}
