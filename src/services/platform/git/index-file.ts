/** Git's index as a file: what can be told of it without a process, and how it is copied. */
import { copyFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { namesInFolder } from '../files/folder.js';
import { openRegular, readPlain } from '../files/plain.js';
import type { Git } from '../types.js';

/**
 * Flags with which git compares all that an index notes of a file. A repository's configuration may leave some of it
 * out, and then an edit of the same size and time shows nowhere.
 */
export const wholeStat: readonly string[] = ['-c', 'core.trustctime=true', '-c', 'core.checkStat=default'];

/** Number of entries, from the index's header: "DIRC", version, count (gitformat-index). 0 when there is none. */
export async function indexEntries(path: string): Promise<number> {
  const file = await openRegular(path).catch(() => undefined);
  if (!file) return 0;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
    return bytesRead === 12 && buffer.toString('latin1', 0, 4) === 'DIRC' ? buffer.readUInt32BE(8) : 0;
  } finally {
    await file.close();
  }
}

const [assumeUnchanged, extended, skipWorktree] = [0x8000, 0x4000, 0x4000];
/** What of the flags is the length of the name; all of it set for a name that is as long or longer. */
const nameLength = 0xfff;
/** Stat data, the id and the flags of an entry, of which ids of SHA-1 have 20 bytes. */
const [statBytes, idBytes] = [40, 20];
/** Where the mode stands in the stat data, and what of it says that the entry is a submodule. */
const [modeAt, kindOfMode, submodule] = [24, 0xf000, 0xe000];

/**
 * Whether an index may hold entries whose files git does not look at (assume-unchanged, skip-worktree). True also for
 * one that cannot be read here: of SHA-256, split, sparse, or of a later version; then git has to be asked.
 */
export async function mayHoldMarks(path: string): Promise<boolean> {
  return mayHold(path, ({ flags, more }) => (flags & assumeUnchanged) !== 0 || (more & skipWorktree) !== 0);
}

/** Whether an index may hold submodules; true also for one that cannot be read here. */
export async function mayHoldSubmodules(path: string): Promise<boolean> {
  return mayHold(path, ({ mode }) => (mode & kindOfMode) === submodule);
}

interface IndexEntry {
  mode: number;
  flags: number;
  /** The flags of an extended entry; 0 otherwise. */
  more: number;
  /** Where its name stands. */
  nameAt: number;
  nameEnd: number;
  /** How much of the end of the name before it replaces, in version 4; otherwise its name stands whole. */
  replaces?: number;
}

/** Ten million files take less. */
const mostIndexBytes = 2_000_000_000;

async function mayHold(path: string, wanted: (entry: IndexEntry) => boolean): Promise<boolean> {
  const entries = entriesOf(await readPlain(path, mostIndexBytes).catch(() => Buffer.alloc(0)), idBytes);
  for (;;) {
    const { value, done } = entries.next();
    if (done) return !value;
    if (wanted(value)) return true;
  }
}

/**
 * Names in an index for which `wanted` is true, found without a process. Of a split index, also what its shared part may
 * hold; of one that is damaged, what stands before the damage.
 * @param idFormat of the repository's ids, as `extensions.objectFormat` names it
 */
export async function indexNames(
  gitDir: string,
  idFormat: string | undefined,
  wanted: (path: string) => boolean,
): Promise<string[]> {
  const parts = (await namesInFolder(gitDir)).filter((name) => /^(index|sharedindex\.[0-9a-f]+)$/.test(name));
  const names = new Set<string>();
  for (const part of parts) {
    const index = await readPlain(join(gitDir, part), mostIndexBytes).catch(() => Buffer.alloc(0));
    let name = '';
    for (const { nameAt, nameEnd, replaces } of entriesOf(index, idFormat === 'sha256' ? 32 : idBytes)) {
      const tail = index.toString('latin1', nameAt, nameEnd);
      name = replaces === undefined ? tail : name.slice(0, Math.max(0, name.length - replaces)) + tail;
      // An entry without a name stands in for one of the shared part.
      if (name !== '' && wanted(name)) names.add(Buffer.from(name, 'latin1').toString('utf8'));
    }
  }
  return [...names];
}

/** The entries of an index, one by one. Returns at the end whether that was all of it, and as it is meant. */
function* entriesOf(index: Buffer, idLength: number): Generator<IndexEntry, boolean> {
  if (index.length < 12 + idLength || index.toString('latin1', 0, 4) !== 'DIRC') return false;
  const [version, count] = [index.readUInt32BE(4), index.readUInt32BE(8)];
  if (version < 2 || version > 4) return false;
  let at = 12;
  for (let entry = 0; entry < count; entry++) {
    const flagsAt = at + statBytes + idLength;
    if (flagsAt + 4 > index.length) return false;
    const flags = index.readUInt16BE(flagsAt);
    const more = flags & extended ? index.readUInt16BE(flagsAt + 2) : 0;
    const behind = flagsAt + (flags & extended ? 4 : 2);
    const number = version === 4 ? numberAt(index, behind) : undefined;
    const nameAt = number?.end ?? behind;
    const nameEnd = number ? index.indexOf(0, nameAt) : endOfName(index, nameAt, flags);
    if (nameEnd < 0) return false;
    const replaces = number ? { replaces: number.value } : {};
    yield { mode: index.readUInt32BE(at + modeAt), flags, more, nameAt, nameEnd, ...replaces };
    // Up to version 3 each entry is filled up with one to eight zeros.
    at = number ? nameEnd + 1 : at + ((nameEnd - at + 8) & ~7);
  }
  return isRest(index, at, idLength);
}

/** Where the zero behind a name stands; -1 when there is none. The length that the flags hold saves looking for it. */
function endOfName(index: Buffer, nameAt: number, flags: number): number {
  const length = flags & nameLength;
  if (length === nameLength) return index.indexOf(0, nameAt + length);
  return index[nameAt + length] === 0 ? nameAt + length : -1;
}

/** A number of version 4 and where it ends: seven bits a byte, and one more for each byte that follows. */
function numberAt(index: Buffer, at: number): { value: number; end: number } {
  let end = at;
  let value = index[end]! & 0x7f;
  while (index[end]! & 0x80) value = (value + 1) * 0x80 + (index[++end]! & 0x7f);
  return { value, end: end + 1 };
}

/** Behind the entries come extensions and the checksum: else they were not read as they are meant. */
function isRest(index: Buffer, from: number, idLength: number): boolean {
  let at = from;
  while (at + 8 <= index.length - idLength) {
    const name = index.toString('latin1', at, at + 4);
    if (!/^[A-Za-z]{4}$/.test(name) || name === 'link' || name === 'sdir') return false;
    at += 8 + index.readUInt32BE(at + 4);
  }
  return at === index.length - idLength;
}

/** Times of modification and sizes by path, "<nanoseconds> <bytes>", as a worktree's index noted them. */
export async function indexStats(git: Pick<Git, 'run'>, worktree: string): Promise<Map<string, string>> {
  const { stdout } = await git.run(['ls-files', '--debug', '-z'], { worktree });
  const entry = /([^\0]*)\0 {2}ctime: \d+:\d+\n {2}mtime: (\d+):(\d+)\n.*\n.*\n {2}size: (\d+)\t.*\n/g;
  return new Map(
    [...stdout.matchAll(entry)].map(([, path, seconds, nanos, size]) => [
      path!,
      `${BigInt(seconds!) * 1_000_000_000n + BigInt(nanos!)} ${size}`,
    ]),
  );
}

/**
 * Copies an index and keeps its time. By that time git knows which entries are as young as the index and so may have
 * changed unseen; a copy that looked younger would hide an edit of the same size made within the same second.
 * Rejects with what the file system says.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from);
  await copyFile(from, to);
  // Rounded down: a copy that looks older only makes git look closer.
  const seconds = Math.floor(mtimeMs) / 1000;
  await utimes(to, seconds, seconds);
}
