/** Room on the disks: where nothing can be written, or less is left than what is written there needs. */
import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toAppError } from '../../../domain/platform/errors.js';
import { roomHint } from '../../../domain/platform/system-errors.js';
import { formatSize, parseSize } from '../../../domain/platform/units.js';
import { roomAt, tempName, temporaryFolder, writeTo } from '../../platform/index.js';
import { loadConfig, locateRepository, openRegistry } from '../../store/index.js';
import { worktreeRoot } from '../../worktrees/index.js';
import type { DoctorItem, DoctorOptions } from './types.js';

/** Where we write, what for, and how much must be free. */
interface Place {
  what: string;
  folder: string;
  least: number;
  /** Why that much. */
  why: string;
  /** Whether a file may be written there to see whether that works. */
  ours?: boolean;
}

/** A quota, or a disk that fails, shows only when something is written: as much as a change of the registry takes. */
const probe = Buffer.alloc(64 * 1024);
const leastFiles = 100;

/** A sentence for each disk on which too little is left, and for each folder of ours that takes no file. */
export async function checkRoom(options: DoctorOptions): Promise<DoctorItem[]> {
  const name = 'room';
  const items: DoctorItem[] = [];
  const told = new Set<string>();
  for (const place of await placesOf(options)) {
    const problem = (await tooLittle(place)) ?? (place.ours ? await refused(place.folder) : undefined);
    const device = await deviceOf(place.folder);
    if (!problem || told.has(`${device} ${problem.status}`)) continue;
    told.add(`${device} ${problem.status}`);
    items.push({ name, ...problem });
  }
  return items.length > 0 ? items : [{ name, status: 'ok', detail: 'every disk has enough' }];
}

type Problem = Omit<DoctorItem, 'name'>;

async function tooLittle({ what, folder, least, why }: Place): Promise<Problem | undefined> {
  const room = await roomAt(folder);
  if (!room || (room.bytes >= least && room.files >= leastFiles)) return undefined;
  const left =
    room.files < leastFiles ? `room for ${room.files} more files is` : `${formatSize(room.bytes)} are`;
  const isFull = room.bytes < probe.length || room.files === 0;
  return {
    status: isFull ? 'fail' : 'warn',
    detail: `only ${left} left for ${what}, at ${folder}${isFull ? '' : `: ${why}`}`,
    hint: roomHint.replace(' and try again', ''),
  };
}

/** What the system says to a file that is written there; undefined where it takes it, or there is no folder yet. */
async function refused(folder: string): Promise<Problem | undefined> {
  if (!existsSync(folder)) return undefined;
  const file = tempName(join(folder, 'room'));
  try {
    await writeTo(file, probe, { flag: 'wx', mode: 0o600 });
    return undefined;
  } catch (error) {
    const { message, hint } = toAppError(error);
    return { status: 'fail', detail: message.replace(file, folder), ...(hint ? { hint } : {}) };
  } finally {
    await rm(file, { force: true }).catch(() => {});
  }
}

async function placesOf(options: DoctorOptions): Promise<Place[]> {
  const { paths, env } = options;
  const from = options.root ?? options.cwd;
  const found = from
    ? await locateRepository(from, openRegistry(paths).read).catch(() => undefined)
    : undefined;
  const loaded = await loadConfig({ paths, env, ...(found ? { root: found.root } : {}) }).catch(
    () => undefined,
  );
  const own: Omit<Place, 'what' | 'folder'> = {
    least: 20_000_000,
    why: 'transcripts and the registry have to fit',
    ours: true,
  };
  const places: Place[] = [
    { what: 'the registry', folder: paths.dataDir, ...own },
    { what: 'runs', folder: paths.stateDir, ...own },
    { what: 'predictions', folder: paths.cacheDir, ...own, why: 'merges are predicted there' },
    { what: 'temporary files', folder: temporaryFolder(env) || tmpdir(), ...own },
  ];
  if (!found) return places;
  places.push({
    ...own,
    what: 'git',
    folder: found.commonDir,
    why: 'commits of agents have to fit',
    ours: false,
  });
  if (!loaded) return places;
  const least = loaded.config.worktree.min_free;
  const root = worktreeRoot({ root: found.root, config: loaded.config, env });
  const why = `no worktree is filled below ${least} (worktree.min_free)`;
  return [...places, { what: 'worktrees', folder: root, least: parseSize(least), why }];
}

/** The disk that a folder is on, or will be. */
async function deviceOf(folder: string): Promise<string> {
  const room = await roomAt(folder);
  const found = room && (await stat(room.folder).catch(() => undefined));
  return found ? String(found.dev) : folder;
}
