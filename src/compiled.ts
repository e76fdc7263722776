/**
 * Machine code of the program's packs, kept from one start to the next: what V8 made of a pack is taken again by a start
 * of the same build on the same node. Whatever is wrong with a kept file, the pack is compiled as if there were none.
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Before the code: how long it is, and a sum over samples of it. */
const headBytes = 8;
/** One word in so many goes into the sum, which is one in each sector of a disk: none can be missing unseen. */
const sampleWords = 64;
/** Code of another build is removed when it was written so long ago. */
const staleMs = 30 * 24 * 60 * 60 * 1000;

/** The folder of kept code; undefined where none is to be kept. The same as `paths.cacheDir`, found without the program. */
export function codeFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env.NODE_DISABLE_COMPILE_CACHE || process.platform === 'win32') return undefined;
  const { XDG_CACHE_HOME: named, HOME: home = homedir() } = env;
  const below = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  const cache = named && isAbsolute(named) ? named : join(home, below);
  return isAbsolute(cache) ? join(cache, 'codex-agents', 'code') : undefined;
}

/** Code that was kept under this name; undefined when there is none, or none that this user alone can have written. */
export function readCode(folder: string, name: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW);
    const found = fstatSync(file);
    if (!isOwn(found) || found.size <= headBytes) return undefined;
    const bytes = Buffer.allocUnsafeSlow(found.size);
    if (readSync(file, bytes, 0, bytes.length, 0) !== bytes.length) return undefined;
    const code = bytes.subarray(headBytes);
    return bytes.readUInt32LE(0) === code.length && bytes.readUInt32LE(4) === sumOf(code) ? code : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Keeps code under this name, whole or not at all. A folder that cannot be written, or is another user's, gets none. */
export async function keepCode(folder: string, name: string, code: Buffer): Promise<void> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOwn(statSync(folder))) return;
    const head = Buffer.alloc(headBytes);
    head.writeUInt32LE(code.length, 0);
    head.writeUInt32LE(sumOf(code), 4);
    const passing = join(folder, `.${name}.${process.pid}`);
    const file = await open(passing, 'w', 0o600);
    try {
      await file.writeFile(Buffer.concat([head, code]));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(passing, join(folder, name));
  } catch {
    // The next start compiles once more.
  }
}

/** Removes code of builds other than this one that was written long ago, and what a killed process left half written. */
export function removeStale(folder: string, build: string): void {
  try {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (!name.startsWith(build) && Date.now() - statSync(path).mtimeMs > staleMs) rmSync(path);
    }
  } catch {
    // Another process may be doing the same.
  }
}

/** It belongs to this user, and no other user may write it. */
function isOwn({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): boolean {
  return uid === process.geteuid?.() && (mode & 0o022) === 0;
}

function sumOf(code: Buffer): number {
  const words = new Int32Array(code.buffer, code.byteOffset, code.length >> 2);
  let sum = code.length;
  for (let at = 0; at < words.length; at += sampleWords) sum = (Math.imul(sum, 31) + words[at]!) | 0;
  return sum >>> 0;
}
