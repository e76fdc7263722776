/** What files hold while something runs: they may be as they were at both ends, and be something else between. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { isGenerated } from '../../../domain/landing/generated.js';

const oftenMs = 2;
/** A file may be away for a moment while it is written. Longer than this, or than this part of all, it was taken away. */
const momentMs = 100;
const momentOfAll = 0.25;
/** Files that are looked at in one go, before others get their turn. */
const atOnce = 500;
/** The bytes of files up to this size are kept, and of all files together up to the second one. Of others the hash is. */
const mostKept = 2 ** 20;
const mostKeptOfAll = 2 ** 26;

interface Held {
  size: number;
  hash: string;
  bytes?: Buffer;
}

interface Looked {
  path: string;
  held: Held | undefined;
  stamp: string;
  /** When the last look was, if it was not there then, or only a beginning of it. */
  awayAt?: number;
  /** How long it was away from look to look. Looks may come late, so what was seen once may have been a moment. */
  awayMs: number;
  state: ReturnType<typeof compared>;
  isOther: boolean;
}

/**
 * Runs `work`, and tells which of these files held something else meanwhile than before it. A file that is written anew
 * with the same content is none; neither is one that a tool makes, and that it first takes away.
 */
export async function heldMeanwhile<T>(
  folder: string,
  paths: readonly string[],
  work: () => Promise<T>,
): Promise<{ result: T; others: string[] }> {
  const looked: Looked[] = [];
  let room = mostKeptOfAll;
  for (const path of paths) {
    if (looked.length % atOnce === atOnce - 1) await othersTurn();
    const file = join(folder, path);
    const stamp = stampOf(file);
    const held = heldBy(file, { kept: Math.min(room, mostKept) });
    room -= held?.bytes?.length ?? 0;
    looked.push({ path, stamp, held, awayMs: 0, state: 'same', isOther: false });
  }
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let next = 0;
  const look = () => {
    const at = performance.now();
    for (const one of looked.slice(next, next + atOnce))
      if (!one.isOther) lookAt(one, join(folder, one.path), at);
    next = next + atOnce < looked.length ? next + atOnce : 0;
    timer = setTimeout(look, Math.max(oftenMs, 3 * (performance.now() - at)));
  };
  if (looked.length > 0) look();
  try {
    const result = await work();
    const now = performance.now();
    const moment = Math.min(momentMs, momentOfAll * (now - begun));
    const others = looked.filter((one) => {
      if (!one.isOther) lookAt(one, join(folder, one.path), now);
      return one.isOther || (one.awayMs > moment && !isGenerated(one.path));
    });
    return { result, others: others.map(({ path }) => path) };
  } finally {
    clearTimeout(timer);
  }
}

function lookAt(one: Looked, file: string, at: number): void {
  const stamp = stampOf(file);
  if (stamp !== one.stamp) {
    one.stamp = stamp;
    one.state = compared(one.held, file);
  }
  if (one.state !== 'away') one.awayAt = undefined;
  else {
    one.awayMs += at - (one.awayAt ?? at);
    one.awayAt = at;
  }
  one.isOther = one.state === 'other';
}

/** Whether a file holds what it held, or nothing more than a beginning of it. */
function compared(was: Held | undefined, file: string): 'same' | 'away' | 'other' {
  const { size = 0, bytes } = was ?? {};
  // What was too big to be kept is away while it is shorter: it is not read again each time that it grows.
  const is = heldBy(file, bytes ? { kept: size, most: size } : { kept: 0, least: size, most: size });
  if (!is) return 'away';
  if (is.size === was?.size) return is.hash === was.hash ? 'same' : 'other';
  return is.bytes && bytes?.subarray(0, is.size).equals(is.bytes) ? 'away' : 'other';
}

/** It never throws, since a timer calls it: a file that cannot be looked at counts as one that is away. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = lstatSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    return '';
  }
}

interface Sizes {
  /** The bytes of a file up to this size are kept. */
  kept: number;
  /** A smaller file counts as none. */
  least?: number;
  /** Of a bigger file only the size is told. */
  most?: number;
}

/** What a file holds, or where a link leads; undefined where there is neither, or it cannot be read. */
function heldBy(file: string, { kept, least = 0, most }: Sizes): Held | undefined {
  let handle: number | undefined;
  try {
    if (lstatSync(file).isSymbolicLink()) return heldIn(Buffer.from(readlinkSync(file)));
    // Opened without this flag, a pipe would stop this program until a writer opens it too.
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const found = fstatSync(handle);
    if (!found.isFile() || found.size < least) return undefined;
    if (most !== undefined && found.size > most) return { size: found.size, hash: '' };
    if (found.size <= kept) return heldIn(readFileSync(handle));
    return { size: found.size, hash: hashOf(handle) };
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

const heldIn = (bytes: Buffer): Held => ({
  size: bytes.length,
  hash: createHash('sha256').update(bytes).digest('hex'),
  bytes,
});

function hashOf(handle: number): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(mostKept);
  for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece))
    hash.update(piece.subarray(0, read));
  return hash.digest('hex');
}
