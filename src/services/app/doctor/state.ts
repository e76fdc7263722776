/** Our own files: readable, private, unlocked or locked by a live process, and no leftovers. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { plural } from '../../../domain/platform/units.js';
import type { Paths } from '../../platform/index.js';
import { identityOf, lockHolder, tempOwner } from '../../platform/index.js';
import { openRegistry } from '../../store/index.js';
import type { DoctorItem } from './types.js';

/** Reads it as every command does; a damaged one is thereby rebuilt, and that is said. */
export async function checkRegistry(paths: Paths): Promise<DoctorItem[]> {
  const name = 'registry';
  const notes: string[] = [];
  const { rev, repos, tasks } = await openRegistry(paths, (note) => notes.push(note)).read();
  const aside = namesIn(paths.dataDir).filter((file) => file.startsWith('tasks.json.corrupt-'));
  return [
    {
      name,
      status: 'ok',
      detail: `revision ${rev}, ${plural(tasks.length, 'task')} in ${plural(repos.length, 'repository', 'repositories')}`,
    },
    ...notes.map((detail): DoctorItem => ({ name, status: 'warn', detail })),
    ...aside.map(
      (file): DoctorItem => ({
        name,
        status: 'warn',
        detail: `${join(paths.dataDir, file)} is a damaged registry that was set aside`,
        hint: 'Remove it when you miss nothing.',
      }),
    ),
  ];
}

/** Every lock folder below data and state; a lock that a process holds is no fault. */
export async function checkLocks(paths: Paths): Promise<DoctorItem[]> {
  const items: DoctorItem[] = [];
  for (const folder of [...foldersBelow(paths.dataDir, 2), ...foldersBelow(paths.stateDir, 2)]) {
    if (!folder.endsWith('.lock.d')) continue;
    const holder = await lockHolder(folder);
    if (!holder) continue;
    const detail = `${folder}: PID ${holder.pid} (${holder.command}, since ${holder.since})`;
    const judged = holder.pid > 0 && identityOf(holder.pid) !== undefined;
    items.push(
      judged
        ? { name: 'lock', status: 'ok', detail }
        : {
            name: 'lock',
            status: 'warn',
            detail,
            hint: 'It is unknown whether that process still runs.',
          },
    );
  }
  return items.length > 0 ? items : [{ name: 'locks', status: 'ok', detail: 'none held' }];
}

export async function checkTempFiles(paths: Paths, fix: boolean): Promise<DoctorItem[]> {
  const name = 'temporary files';
  const folders = [paths.dataDir, paths.stateDir, paths.configDir, paths.cacheDir];
  const stale = folders.flatMap((folder) =>
    namesIn(folder)
      .filter((file) => isStale(file))
      .map((file) => join(folder, file)),
  );
  if (stale.length === 0) return [{ name, status: 'ok', detail: 'none left behind' }];
  if (!fix) {
    const hint = 'codex-agent doctor --fix removes them.';
    return [{ name, status: 'warn', detail: `${stale.length} of dead processes: ${stale.join(', ')}`, hint }];
  }
  for (const path of stale) rmSync(path, { force: true });
  return [{ name, status: 'ok', detail: `removed ${stale.length} of dead processes` }];
}

/** A pid that cannot be judged counts as alive. */
function isStale(file: string): boolean {
  const owner = tempOwner(file);
  if (owner === undefined) return false;
  try {
    return identityOf(owner) === undefined;
  } catch {
    return false;
  }
}

/** Folders 0700 and files 0600: no other user may read transcripts and goals. */
export async function checkPermissions(paths: Paths): Promise<DoctorItem[]> {
  const name = 'permissions';
  const files = [paths.dataDir, paths.stateDir].flatMap((folder) => [
    folder,
    ...namesIn(folder).map((file) => join(folder, file)),
  ]);
  const open = files.filter((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0);
  if (open.length === 0) return [{ name, status: 'ok', detail: 'private' }];
  return [
    {
      name,
      status: 'warn',
      detail: `others can read ${open.slice(0, 3).join(', ')}${open.length > 3 ? ` and ${open.length - 3} more` : ''}`,
      hint: `chmod -R go= ${paths.dataDir} ${paths.stateDir}`,
    },
  ];
}

function foldersBelow(folder: string, depth: number): string[] {
  if (depth === 0) return [];
  const below = entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
  return [...below, ...below.flatMap((path) => foldersBelow(path, depth - 1))];
}

function namesIn(folder: string): string[] {
  return entriesOf(folder).map((entry) => entry.name);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
