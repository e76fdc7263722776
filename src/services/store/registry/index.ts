/** The registry, `tasks.json`: read without a lock, written by one process at a time, never half. */

import { isUtf8 } from 'node:buffer';
import {
  type BigIntStats,
  copyFileSync,
  linkSync,
  lstatSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { markedAfterEdit } from '../../../domain/store/hand-edit.js';
import type { RegistryFile } from '../../../domain/store/task.js';
import type { Paths } from '../../platform/index.js';
import {
  acquireLock,
  ensurePrivateFolder,
  readPlainSync,
  stageFile,
  tempName,
  tempOwner,
  watchEvents,
} from '../../platform/index.js';
import type { Registry } from '../types.js';
import { knownBeforeEdit } from './edited.js';
import { appendJournal, describeChange, type JournalLine, rotateJournal, textSum } from './journal.js';
import { emptyRegistry, parseRegistry, problemOf, schemaVersion, withoutMark } from './parse.js';
import { hasTraces, isFlipped, rebuild } from './recover.js';
import { isSame, type Rendered, registryText, render } from './render.js';

/** The journal is started anew above this size, in bytes. */
const journalLimit = 8_000_000;
/** How often in a row an update starts anew because a person edited the file, which takes no lock. */
const handEditPatience = 5;
const watchQuietMs = 40;
/** Where the system has no watch left, the registry is looked at so often: a screen that reads has no tick of its own. */
const watchlessMs = 2_000;

/** A registry as it was on disk, with what tells whether the disk still holds it. */
interface Snapshot {
  file: RegistryFile;
  text: string;
  /** Inode, size and time; undefined when there was no file. */
  stamp: string | undefined;
}

/**
 * Opens the registry of these paths; nothing is read yet. What `read` hands out is shared by all readers of this
 * object and never written; what `update` hands out is its own.
 * @param note told when a damaged file had to be rebuilt, and what that lost
 */
export function openRegistry(
  paths: Pick<Paths, 'dataDir' | 'registryFile'>,
  note?: (message: string) => void,
): Registry {
  const path = paths.registryFile;
  const journal = join(paths.dataDir, 'events.jsonl');
  const lockDir = join(paths.dataDir, 'tasks.lock.d');
  let known: Snapshot | undefined;

  /** An empty registry, where there never was one. */
  function noFile(): Snapshot {
    if (hasTraces(path, journal)) throw appError('registry-damaged', `${path} is gone.`);
    if (known) throw registryGone(path);
    return { file: emptyRegistry(), text: '', stamp: undefined };
  }

  /** @param trusting whether an equal stamp is proof enough; a writer compares the text itself */
  async function load(trusting: boolean): Promise<Snapshot> {
    for (;;) {
      const stamp = stampOf(path);
      if (stamp === undefined) return noFile();
      if (trusting && known?.stamp === stamp) return known;
      // At once: a screen shows nothing before it, and what follows is done at once as well.
      const bytes = readPlainSync(path);
      // What is read as text all the same has other characters in place of those that the disk lost.
      if (!isUtf8(bytes)) throw appError('registry-damaged', `${path} is damaged: it is no text.`);
      const text = withoutMark(bytes);
      const file = known?.text === text ? known.file : await parseRegistry(text, path);
      if (stampOf(path) !== stamp) continue;
      known = { file, text, stamp };
      return known;
    }
  }

  async function isDamage(error: unknown): Promise<boolean> {
    if (hasCode(error, 'registry-damaged')) return true;
    const odd = hasCode(error, 'registry-invalid') || hasCode(error, 'registry-newer');
    return odd && (await isFlipped(path, journal));
  }

  async function loadOrRebuild(): Promise<Snapshot> {
    try {
      return await load(false);
    } catch (error) {
      if (!(await isDamage(error))) throw error;
      const { file, report } = await rebuild(path, journal);
      await replaceFile(registryText(render(file), file.rev), stampOf(path), { keepOld: false });
      note?.(report);
      return load(false);
    }
  }

  /** A field that this version does not know may be nested deeper than can be written again. */
  function written(file: RegistryFile): Rendered {
    try {
      return render(file);
    } catch (cause) {
      if ((cause as Error).name !== 'RangeError') throw cause;
      throw appError('registry-too-deep', `A value in ${path} is nested too deep to be written again.`, {
        cause,
        hint: 'Nothing was changed. Take that value out by hand, then try again.',
      });
    }
  }

  async function read(): Promise<RegistryFile> {
    try {
      return copyOf((await load(true)).file);
    } catch (error) {
      if (!(await isDamage(error))) throw error;
      return underLock('rebuild the registry', async () => copyOf((await loadOrRebuild()).file));
    }
  }

  /** What is there to be changed: where something else has edited it, with the tasks marked that this concerns. */
  async function asFound({ file: { rev }, text }: Snapshot) {
    const file = text === '' ? emptyRegistry() : (JSON.parse(text) as RegistryFile);
    // Before a change is made: it may change what it is given.
    const found = written(file);
    const known = await knownBeforeEdit({ path, journal }, { rev, text });
    const given = (known && markedAfterEdit(known, file, textSum(text))) ?? file;
    // The journal tells an edit by hand as well, so that nothing of it is lost when the file has to be rebuilt.
    return { given, found, known: known ? written(known) : found };
  }

  async function update<T>(
    label: string,
    change: (file: RegistryFile) => { file: RegistryFile; result: T },
    options: { unlessSuspended?: true } = {},
  ): Promise<T> {
    const work = async () => {
      for (let tries = 1; ; tries++) {
        const before = await loadOrRebuild();
        const { given, found, known } = await asFound(before);
        const { file, result } = change(given);
        const next = written({ ...file, schemaVersion });
        if (isSame(found, next)) return result;
        await requireValid(file, label);
        try {
          await commit(before, known, next, label);
          return result;
        } catch (error) {
          if (!hasCode(error, 'registry-moved') || tries >= handEditPatience) throw error;
        }
      }
    };
    return underLock(label, work, options);
  }

  async function commit(before: Snapshot, old: Rendered, next: Rendered, label: string): Promise<void> {
    const rev = before.file.rev + 1;
    const text = registryText(next, rev);
    const line = { ...describeChange(old, next, rev, label), sum: textSum(text) };
    const { size } = await appendJournal(journal, line);
    try {
      await replaceFile(text, before.stamp, { keepOld: true });
    } catch (error) {
      // Takes the journal's word back: a later line of the same revision replaces this one.
      const taken: JournalLine = {
        rev,
        at: line.at,
        pid: process.pid,
        label: `not written: ${label}`,
      };
      await appendJournal(journal, taken).catch(() => {});
      throw error;
    }
    if (size > journalLimit) await rotateJournal(journal);
  }

  /** Puts the text in place, the old file becoming `.1` if it is to be kept. */
  async function replaceFile(text: string, expected: string | undefined, { keepOld }: { keepOld: boolean }) {
    const place = placeOf(path);
    const staged = await stageFile(place, text);
    let previous: string | undefined;
    try {
      if (stampOf(path) !== expected) {
        throw appError('registry-moved', `${path} was changed by something that takes no lock.`, {
          hint: 'Try again.',
        });
      }
      if (keepOld && expected !== undefined) previous = otherNameOf(place, path);
    } catch (error) {
      await staged.discard();
      throw error;
    }
    try {
      await staged.replace();
    } catch (error) {
      if (previous) rmSync(previous, { force: true });
      throw error;
    }
    if (previous) becomePrevious(previous, path);
  }

  async function underLock<T>(
    command: string,
    work: () => Promise<T>,
    options: { unlessSuspended?: true } = {},
  ): Promise<T> {
    ensurePrivateFolder(paths.dataDir);
    const lock = await acquireLock(lockDir, { command, ...options });
    try {
      for (const one of new Set([placeOf(path), path])) sweepTemps(one);
      return await work();
    } finally {
      await lock.release();
    }
  }

  return { read, update, watch: (onChange) => watchFile(paths.dataDir, path, onChange) };
}

const registryGone = (path: string) =>
  appError('registry-lost', `${path} is gone, and all that it could be rebuilt from.`, {
    hint: `Put ${dirname(path)} back, from the trash or a backup. Agents at work go on: \`codex-agent manager monitor\` then adopts them.`,
  });

/** Arrays of its own: a caller may sort or filter them in place. */
function copyOf(file: RegistryFile): RegistryFile {
  return { ...file, repos: [...file.repos], tasks: [...file.tasks] };
}

/** A mistake of ours must not make the registry unreadable for everybody. */
async function requireValid(file: RegistryFile, label: string): Promise<void> {
  const problem = await problemOf(file);
  if (!problem) return;
  throw appError(
    'registry-refused',
    `"${label}" would spoil the registry: ${problem.pointer} ${problem.what}.`,
  );
}

/** Undefined when there is none. Throws `registry-no-file` for a folder, and for a pipe, which would never end. */
function stampOf(path: string): string | undefined {
  const found: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found && !found.isFile()) {
    const what = found.isDirectory() ? 'a folder' : 'a pipe or a device';
    throw appError('registry-no-file', `${path} is ${what}, and no file.`, {
      hint: 'Move it away; the version before and the journal beside it then give the tasks back.',
    });
  }
  return found && `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
}

/** The file itself: people keep theirs in a folder of dotfiles and a link in its place, which stays a link. */
function placeOf(path: string): string {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return path;
  try {
    return realpathSync(path);
  } catch (cause) {
    throw appError('registry-link', `${path} is a link that leads nowhere.`, {
      cause,
      hint: `Put the file back that it leads to, or remove the link: the journal beside it then gives the tasks back.`,
    });
  }
}

/**
 * A name of its own for what is there. It becomes the previous version only when the new one is in place: a file that is
 * the previous version too was therefore put back by something else.
 */
function otherNameOf(place: string, path: string): string {
  const temp = tempName(path);
  try {
    linkSync(place, temp);
  } catch (error) {
    // Another file system, or one without hard links.
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP'].some((code) => hasCode(error, code))) throw error;
    copyFileSync(place, temp);
  }
  return temp;
}

/** At no moment is there no previous version. What was written is written: an older one and the journal do as well. */
function becomePrevious(temp: string, path: string): void {
  try {
    renameSync(temp, `${path}.1`);
  } catch {
    rmSync(temp, { force: true });
  }
}

/** Temporary files of writers that died. Under the lock no other process can be writing one. */
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
  const onEvent = (_event: string, name: string | null) => {
    if (name === null || join(folder, name) === path) timer ??= setTimeout(look, watchQuietMs);
  };
  // For a file behind a link, the callers' slow tick finds changes.
  const unwatch = watchEvents(folder, onEvent, { persistent: true, slowMs: watchlessMs });
  return () => {
    clearTimeout(timer);
    unwatch();
  };
}
