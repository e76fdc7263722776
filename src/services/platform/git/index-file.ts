/** Git's index as a file: what can be told of it without a process, and how it is copied. */
import { copyFile, open, readFile, stat, utimes } from 'node:fs/promises';
import type { Git } from '../types.js';

/**
 * Flags with which git compares all that an index notes of a file. A repository's configuration may leave some of it
 * out, and then an edit of the same size and time shows nowhere.
 */
export const wholeStat: readonly string[] = ['-c', 'core.trustctime=true', '-c', 'core.checkStat=default'];

/** Number of entries, from the index's header: "DIRC", version, count (gitformat-index). 0 when there is none. */
export async function indexEntries(path: string): Promise<number> {
  const file = await open(path).catch(() => undefined);
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
}

async function mayHold(path: string, wanted: (entry: IndexEntry) => boolean): Promise<boolean> {
  const index = await readFile(path).catch(() => Buffer.alloc(0));
  if (index.length < 12 + idBytes || index.toString('latin1', 0, 4) !== 'DIRC') return true;
  const [version, count] = [index.readUInt32BE(4), index.readUInt32BE(8)];
  if (version < 2 || version > 4) return true;
  let at = 12;
  for (let entry = 0; entry < count; entry++) {
    const flagsAt = at + statBytes + idBytes;
    if (flagsAt + 4 > index.length) return true;
    const flags = index.readUInt16BE(flagsAt);
    const more = flags & extended ? index.readUInt16BE(flagsAt + 2) : 0;
    if (wanted({ mode: index.readUInt32BE(at + modeAt), flags, more })) return true;
    const nameAt = flagsAt + (flags & extended ? 4 : 2);
    const end = version === 4 ? index.indexOf(0, pastNumber(index, nameAt)) : endOfName(index, nameAt, flags);
    if (end < 0) return true;
    // Up to version 3 each entry is filled up with one to eight zeros.
    at = version === 4 ? end + 1 : at + ((end - at + 8) & ~7);
  }
  return !isRest(index, at);
}

/** Where the zero behind a name stands; -1 when there is none. The length that the flags hold saves looking for it. */
function endOfName(index: Buffer, nameAt: number, flags: number): number {
  const length = flags & nameLength;
  if (length === nameLength) return index.indexOf(0, nameAt + length);
  return index[nameAt + length] === 0 ? nameAt + length : -1;
}

/** Behind the number of bytes that a name of version 4 shares with the one before. */
function pastNumber(index: Buffer, at: number): number {
  let next = at;
  while (index[next]! & 0x80) next++;
  return next + 1;
}

/** Behind the entries come extensions and the checksum: else they were not read as they are meant. */
function isRest(index: Buffer, from: number): boolean {
  let at = from;
  while (at + 8 <= index.length - idBytes) {
    const name = index.toString('latin1', at, at + 4);
    if (!/^[A-Za-z]{4}$/.test(name) || name === 'link' || name === 'sdir') return false;
    at += 8 + index.readUInt32BE(at + 4);
  }
  return at === index.length - idBytes;
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
