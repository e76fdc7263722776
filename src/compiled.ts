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
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import * as zlib from 'node:zlib';

/** Before the code: how long it is, and a sum over all of it. V8 runs whatever it gets: one wrong byte ends the process. */
const headBytes = 8;
/** Code of another build is removed when it was written so long ago. */
const staleMs = 30 * 24 * 60 * 60 * 1000;

/** The folder of kept code; undefined where none is to be kept. The same as `paths.cacheDir`, found without the program. */
export function codeFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env.NODE_DISABLE_COMPILE_CACHE || process.platform === 'win32') return undefined;
  // The first releases of node 20 cannot make the sum.
  if (typeof zlib.crc32 !== 'function') return undefined;
  const { XDG_CACHE_HOME: named } = env;
  const below = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  const cache = named && isAbsolute(named) ? named : join(homeOf(env), below);
  return isAbsolute(cache) ? join(cache, 'codex-agents', 'code') : undefined;
}

/** The home of this user, or an empty text: a user who is in no list of users may have none. */
function homeOf({ HOME }: NodeJS.ProcessEnv): string {
  if (HOME !== undefined) return HOME;
  try {
    return homedir();
  } catch {
    return '';
  }
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
    return bytes.readUInt32LE(0) === code.length && bytes.readUInt32LE(4) === zlib.crc32(code)
      ? code
      : undefined;
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
    const passing = join(folder, `.${name}.${process.pid}`);
    try {
      await writeWhole(passing, withHead(code));
      await rename(passing, join(folder, name));
    } catch {
      // On a full disk, half a file would take the rest of it.
      rmSync(passing, { force: true });
    }
  } catch {
    // The next start compiles once more.
  }
}

/**
 * The same at once, for a process that is about to end. Nothing is synced: `readCode` does not take what is not whole.
 * The program's cache folder is not made for it, so that who keeps nothing there is left with nothing.
 */
export function keepCodeNow(folder: string, name: string, code: Buffer): void {
  try {
    if (!isOwn(statSync(dirname(folder)))) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOwn(statSync(folder))) return;
    const passing = join(folder, `.${name}.${process.pid}`);
    try {
      writeFileSync(passing, withHead(code), { mode: 0o600 });
      renameSync(passing, join(folder, name));
    } catch {
      rmSync(passing, { force: true });
    }
  } catch {
    // The next start compiles once more.
  }
}

function withHead(code: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(code.length, 0);
  head.writeUInt32LE(zlib.crc32(code), 4);
  return Buffer.concat([head, code]);
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
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
