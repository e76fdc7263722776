/** Files that are replaced whole: a reader, and a machine that loses power, see the old or the new one. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';

/** A durable temporary file waiting to take its place. */
export interface StagedFile {
  temp: string;
  /** Puts it in place, durably. */
  replace(): Promise<void>;
  discard(): Promise<void>;
}

/** Name of a temporary file beside `path`: its owner's pid is in it, so that a dead owner's can be swept. */
export function tempName(path: string): string {
  return `${path}.tmp.${process.pid}.${randomBytes(4).toString('hex')}`;
}

/** The owner's pid of a file named by `tempName`; undefined for any other name. */
export function tempOwner(name: string): number | undefined {
  const match = /\.tmp\.(\d+)\.[0-9a-f]{8}$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/**
 * Writes and fsyncs `data` to a temporary file beside `path`. Leaves nothing behind on an error,
 * which is the system's (`ENOSPC`, `EACCES`, …).
 * @param mode permissions before the umask; only files that belong to a repository need others than 0600
 */
export async function stageFile(path: string, data: string | Uint8Array, mode = 0o600): Promise<StagedFile> {
  const temp = tempName(path);
  const discard = () => unlink(temp).catch(() => {});
  const handle = await open(temp, 'wx', mode);
  try {
    await writeAll(handle, data);
    await syncIfAble(handle);
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => {});
    await discard();
    throw errorAt(error, path);
  }
  return {
    temp,
    discard,
    async replace() {
      try {
        await rename(temp, path);
      } catch (error) {
        await discard();
        throw error;
      }
      await syncFolder(dirname(path));
    },
  };
}

/** Replaces a file atomically and durably. Resolves when it would survive a power cut. See `stageFile`. */
export async function writeFileDurably(
  path: string,
  data: string | Uint8Array,
  mode?: number,
): Promise<void> {
  await (await stageFile(path, data, mode)).replace();
}

/** Appends at the end of an open file and makes that durable. An error names its `path`. */
export async function appendDurably(handle: FileHandle, path: string, data: string): Promise<void> {
  try {
    await writeAll(handle, data);
    await syncIfAble(handle);
  } catch (error) {
    throw errorAt(error, path);
  }
}

/** A file system that cannot sync, as some over the network, says so; what is written there is as safe as it gets. */
async function syncIfAble(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].some((code) => hasCode(error, code))) throw error;
  }
}

/** Makes renames and new names in a folder durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await syncIfAble(handle);
  } finally {
    await handle.close();
  }
}

/** The system's error, with the file that it is about: a refused write does not tell by itself. */
export function errorAt(error: unknown, path: string): unknown {
  const { syscall, path: known } = error as NodeJS.ErrnoException;
  return syscall && known === undefined ? Object.assign(error as Error, { path }) : error;
}

/** Writes a file as node does, in one go and not durably; an error names the file. */
export async function writeTo(...given: Parameters<typeof writeFile>): Promise<void> {
  await writeFile(...given).catch((error: unknown) => {
    throw errorAt(error, String(given[0]));
  });
}

/** A full disk shows as a short write first and as an error only on the next one. */
async function writeAll(handle: FileHandle, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, null);
    done += bytesWritten;
  }
}
