/** The registry, `tasks.json`: read without a lock, written by one process at a time, never half. */
import { type BigIntStats, linkSync, readdirSync, renameSync, rmSync, statSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { appError, hasCode } from '../../domain/errors.js';
import type { RegistryFile } from '../../domain/task.js';
import { stageFile, tempName, tempOwner } from '../files/atomic.js';
import { acquireLock } from '../files/chain-lock.js';
import { ensurePrivateFolder } from '../files/paths.js';
import type { Paths, Registry } from '../types.js';
import { appendJournal, describeChange, type JournalLine, rotateJournal } from './journal.js';
import { emptyRegistry, formatRegistry, parseRegistry, schemaVersion } from './parse.js';
import { hasTraces, rebuild } from './recover.js';

/** The journal is started anew above this size, in bytes. */
const journalLimit = 8_000_000;
/** Hand edits take no lock; so many of them in a row are met with patience. */
const handEditPatience = 5;
const watchQuietMs = 40;

/** A registry as it was on disk, with what tells whether the disk still holds it. */
interface Snapshot {
  file: RegistryFile;
  text: string;
  /** Inode, size and time; undefined when there was no file. */
  stamp: string | undefined;
}

/**
 * Opens the registry of these paths; nothing is read yet. Rows of the files it hands out are frozen:
 * replace a task, never change it in place.
 * @param note told when a damaged file had to be rebuilt, and what that lost
 */
export function openRegistry(
  paths: Pick<Paths, 'dataDir' | 'registryFile'>,
  note?: (message: string) => void,
): Registry {
  const path = paths.registryFile;
  const journal = join(paths.dataDir, 'events.jsonl');
  const lockDir = join(paths.dataDir, 'tasks.lock.d');
  const lines = new WeakMap<object, string>();
  let known: Snapshot | undefined;

  /** @param trusting whether an equal stamp is proof enough; a writer compares the text itself */
  async function load(trusting: boolean): Promise<Snapshot> {
    for (;;) {
      const stamp = stampOf(path);
      if (stamp === undefined) {
        if (hasTraces(path, journal)) throw appError('registry-damaged', `${path} is gone.`);
        return { file: emptyRegistry(), text: '', stamp };
      }
      if (trusting && known?.stamp === stamp) return known;
      const text = await readFile(path, 'utf8');
      const file = known?.text === text ? known.file : freeze(await parseRegistry(text, path));
      if (stampOf(path) !== stamp) continue;
      known = { file, text, stamp };
      return known;
    }
  }

  async function loadOrRebuild(): Promise<Snapshot> {
    try {
      return await load(false);
    } catch (error) {
      if (!hasCode(error, 'registry-damaged')) throw error;
      const { file, report } = await rebuild(path, journal);
      const text = formatRegistry(file, lineOf);
      await replaceFile(text, stampOf(path), { keepOld: false });
      note?.(report);
      return load(false);
    }
  }

  async function read(): Promise<RegistryFile> {
    try {
      return copyOf((await load(true)).file);
    } catch (error) {
      if (!hasCode(error, 'registry-damaged')) throw error;
      return underLock('rebuild the registry', async () => copyOf((await loadOrRebuild()).file));
    }
  }

  async function update<T>(
    label: string,
    change: (file: RegistryFile) => { file: RegistryFile; result: T },
  ): Promise<T> {
    return underLock(label, async () => {
      for (let tries = 1; ; tries++) {
        const before = await loadOrRebuild();
        const given = copyOf(before.file);
        const { file, result } = change(given);
        if (file === given && sameRows(given, before.file)) return result;
        try {
          await commit(before, file, label);
          return result;
        } catch (error) {
          if (!hasCode(error, 'registry-moved') || tries >= handEditPatience) throw error;
        }
      }
    });
  }

  async function commit(before: Snapshot, change: RegistryFile, label: string): Promise<void> {
    const file = freeze({ ...change, schemaVersion, rev: before.file.rev + 1 } as RegistryFile);
    const line = describeChange(before.file, file, label);
    const { size } = await appendJournal(journal, line);
    try {
      const text = formatRegistry(file, lineOf);
      known = { file, text, stamp: await replaceFile(text, before.stamp, { keepOld: true }) };
    } catch (error) {
      // Takes the journal's word back: a later line of the same revision replaces this one.
      const taken: JournalLine = {
        rev: file.rev,
        at: line.at,
        pid: process.pid,
        label: `not written: ${label}`,
      };
      await appendJournal(journal, taken).catch(() => {});
      throw error;
    }
    if (size > journalLimit) await rotateJournal(journal);
  }

  /** Puts the text in place, the old file becoming `.1` if it is to be kept. Returns the new stamp. */
  async function replaceFile(text: string, expected: string | undefined, { keepOld }: { keepOld: boolean }) {
    const staged = await stageFile(path, text);
    try {
      if (stampOf(path) !== expected) {
        throw appError('registry-moved', `${path} was changed by something that takes no lock.`, {
          hint: 'Try again.',
        });
      }
      if (keepOld && expected !== undefined) keepPrevious(path);
    } catch (error) {
      await staged.discard();
      throw error;
    }
    // Taken before it is in place: what is there afterwards may be somebody's hand edit already.
    const stamp = stampOf(staged.temp);
    await staged.replace();
    return stamp;
  }

  async function underLock<T>(command: string, work: () => Promise<T>): Promise<T> {
    ensurePrivateFolder(paths.dataDir);
    const lock = await acquireLock(lockDir, { command });
    try {
      sweepTemps(path);
      return await work();
    } finally {
      await lock.release();
    }
  }

  function lineOf(row: object): string {
    const line = lines.get(row) ?? JSON.stringify(row);
    lines.set(row, line);
    return line;
  }

  return { read, update, watch: (onChange) => watchFile(paths.dataDir, path, onChange) };
}

/** Arrays of its own, so that rows can be added; the rows themselves are shared and frozen. */
function copyOf(file: RegistryFile): RegistryFile {
  return { ...file, repos: [...file.repos], tasks: [...file.tasks] };
}

function sameRows(a: RegistryFile, b: RegistryFile): boolean {
  const same = (left: readonly object[], right: readonly object[]) =>
    left.length === right.length && left.every((row, index) => row === right[index]);
  return same(a.tasks, b.tasks) && same(a.repos, b.repos);
}

/** Identity tells changed rows from unchanged ones, so a row that is changed in place must fail loudly. */
function freeze(file: RegistryFile): RegistryFile {
  for (const row of [...file.repos, ...file.tasks]) {
    if (Object.isFrozen(row)) continue;
    for (const value of Object.values(row))
      if (typeof value === 'object' && value !== null) Object.freeze(value);
    Object.freeze(row);
  }
  return file;
}

function stampOf(path: string): string | undefined {
  const found: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
}

/** By way of a name of its own: at no moment is there no previous version. */
function keepPrevious(path: string): void {
  const temp = tempName(path);
  linkSync(path, temp);
  renameSync(temp, `${path}.1`);
  // Renaming one name of a file onto another name of it does nothing at all.
  rmSync(temp, { force: true });
}

/** Temporary files of writers that died. Under the lock nobody else can be writing one. */
function sweepTemps(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(basename(path)) && tempOwner(name))
      rmSync(join(dirname(path), name), { force: true });
  }
}

function watchFile(folder: string, path: string, onChange: () => void): () => void {
  ensurePrivateFolder(folder);
  let seen = stampOf(path);
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    timer = undefined;
    const now = stampOf(path);
    if (now === seen) return;
    seen = now;
    onChange();
  };
  const watcher = watch(folder, (_event, name) => {
    if (name === null || join(folder, name) === path) timer ??= setTimeout(look, watchQuietMs);
  });
  // Without a watch (the system's limit reached) the callers' slow tick still finds changes.
  watcher.on('error', () => watcher.close());
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
