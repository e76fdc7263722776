/** Lock files of git in the repository: one that a killed git left behind holds up every command that needs the place. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { namesInFolder } from '../../platform/index.js';
import { locateRepository, openRegistry } from '../../store/index.js';
import type { DoctorItem, DoctorOptions } from './types.js';

/** A git that is at work holds a lock for a moment only. */
const momentMs = 10_000;

/** Tells those that are older than a moment. None is removed: whether a git is at work there, the person knows. */
export async function checkGitLocks({ paths, cwd, root }: DoctorOptions): Promise<DoctorItem[]> {
  const name = 'git locks';
  const from = root ?? cwd;
  const found = from ? await locateRepository(from, openRegistry(paths).read) : undefined;
  if (!found) return [];
  const items: DoctorItem[] = [];
  for (const path of await locksIn(found.commonDir)) {
    const since = (await lstat(path).catch(() => undefined))?.mtime;
    if (!since || Date.now() - since.getTime() < momentMs) continue;
    const detail = `${path} stands since ${since.toISOString().slice(0, 19)}Z: of a git at work, or of one that was killed`;
    items.push({ name, status: 'warn', detail, hint: `Once no git is at work there: rm ${shellWord(path)}` });
  }
  return items.length > 0 ? items : [{ name, status: 'ok', detail: 'none left behind' }];
}

async function locksIn(commonDir: string): Promise<string[]> {
  const locksOf = (folder: string, names: readonly string[]) =>
    names.filter((name) => name.endsWith('.lock')).map((name) => join(commonDir, folder, name));
  const list = async (folder: string) => locksOf(folder, await namesInFolder(join(commonDir, folder)));
  const worktrees = await namesInFolder(join(commonDir, 'worktrees'));
  const refs = locksOf('refs', await namesBelow(join(commonDir, 'refs')));
  const [top, ...linked] = await Promise.all([
    list(''),
    ...worktrees.map((name) => list(join('worktrees', name))),
  ]);
  return [...(top ?? []), ...refs, ...linked.flat()];
}

/** All names below a folder. git takes empty folders of refs away while it works: then another look is taken. */
async function namesBelow(folder: string, tries = 5): Promise<string[]> {
  try {
    return await readdir(folder, { recursive: true });
  } catch (error) {
    if (tries > 1 && hasCode(error, 'ENOENT')) return namesBelow(folder, tries - 1);
    throw error;
  }
}
