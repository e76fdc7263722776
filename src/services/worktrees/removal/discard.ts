/** Takes a worktree away: one rename and one record, then the files at leisure. */
import { mkdir, readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { baseEnvironment, findProgram, startDetached } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import type { WorktreeRecord } from '../places/list.js';
import { trashFolder } from '../places/places.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'config' | 'env'>;

/**
 * How long a folder stays in the trash: not at all, a day, or for good, because it holds what no rescue ref can.
 * Its name says so, so that whoever comes by can go on with a deletion that a crash cut short.
 */
export type Keep = 'no' | 'day' | 'always';
const endings: Record<Keep, string> = { no: '.gone', day: '.day', always: '.kept' };
const dayMs = 86_400_000;

/** Removes a worktree that is known to hold nothing worth keeping, or to be rescued. */
export async function discard(session: Needs, record: WorktreeRecord, keep: Keep = 'no'): Promise<void> {
  const { git } = session;
  const name = `${basename(record.path)}-${Date.now()}${endings[keep]}`;
  await moveAside(session, record.path, name);
  if (record.locked !== undefined) await git.run(['worktree', 'unlock', record.path]);
  // Its folder is gone, so this drops exactly that record; `prune` would drop others whose disk is not mounted.
  await git.run(['worktree', 'remove', record.path]);
  await emptyTrash(session, { just: name });
}

async function moveAside(session: Needs, path: string, name: string): Promise<void> {
  const trash = trashFolder(session);
  await mkdir(trash, { recursive: true, mode: 0o700 });
  try {
    await rename(path, join(trash, name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    if (!hasCode(error, 'EXDEV')) throw error;
    // An adopted worktree on another disk: its own folder's neighbour, where a rename is a rename.
    const beside = join(dirname(path), `.codex-agents-${name}`);
    await rename(path, beside);
    if (name.endsWith(endings.no)) deleteAtLeisure(session, [beside]);
  }
}

/**
 * Deletes in the background what need not be kept any longer; with `all`, also what would stay for a day. `just` came
 * there a moment ago: others that did are being deleted by whoever put them there.
 */
export async function emptyTrash(
  session: Needs,
  { all = false, just }: { all?: boolean; just?: string } = {},
): Promise<void> {
  const due = (await trashedNow(session, all)).map((path) => ({ path, name: basename(path) }));
  const ours = due.filter(({ name }) => just === undefined || name === just || ageOf(name) > cutShortMs);
  deleteAtLeisure(
    session,
    ours.map(({ path }) => path),
  );
}

/** A deletion that has not ended after so long was cut short. */
const cutShortMs = 10 * 60_000;

/** Milliseconds since it came into the trash; 0 when its name does not tell. */
function ageOf(name: string): number {
  const at = /-(\d{13})(\.\w+)?$/.exec(name)?.[1];
  return at === undefined ? 0 : Date.now() - Number(at);
}

/** Paths in the trash whose time has come. */
export async function trashedNow(session: Needs, all = false): Promise<string[]> {
  const trash = trashFolder(session);
  const names = await readdir(trash).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  const due = names.filter((name) => {
    if (name.endsWith(endings.no)) return true;
    if (name.endsWith(endings.always)) return false;
    return /-\d{13}(\.day)?$/.test(name) && (all || ageOf(name) > dayMs);
  });
  return due.map((name) => join(trash, name));
}

/** At low priority, in a process that outlives this one. */
function deleteAtLeisure(session: Needs, paths: readonly string[]): void {
  if (paths.length === 0) return;
  const env = baseEnvironment(session.env);
  const idle = findProgram('ionice', env) ? ['ionice', '-c', '3'] : [];
  // A moment later: what is still to be written durably would wait behind thousands of deletions.
  const remove = ['sh', '-c', 'sleep 1; exec rm -rf -- "$@"', 'sh', ...paths];
  startDetached(['nice', '-n', '19', ...idle, ...remove], { cwd: '/', env });
}
