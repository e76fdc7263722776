/** Files that came with a repository, or were named by hand: only regular ones are read, a pipe would hold us for ever. */
import { closeSync, constants, fstatSync, openSync, readFile, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { formatSize } from '../../../domain/platform/units.js';

/** A file of this size is read at once: four turns of the event loop cost more than its bytes. */
const smallBytes = 256_000;

/** Bytes of a regular file, links followed. Throws `not-a-file`, `file-too-big`, and what the system says. */
export async function readPlain(path: string, mostBytes = 64_000_000): Promise<Buffer> {
  const file = openToRead(path);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw notAFile(path);
    if (found.size > mostBytes) throw tooBig(path, found.size);
    // Files of the kernel say that they are empty; they are read at once as well.
    return found.size <= smallBytes ? readFileSync(file) : await promisify(readFile)(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Opens a file to read it. Without a writer, opening a pipe waits, and no signal ends that; this does not.
 * Throws `not-a-file` for what cannot be opened at all, and what the system says.
 */
export function openToRead(path: string, flags = 0): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  } catch (cause) {
    throw cannotBeOpened(cause) ? notAFile(path, cause) : cause;
  }
}

/** A socket, a device without a driver, or a pipe without a reader. */
const cannotBeOpened = (error: unknown): boolean => hasCode(error, 'ENXIO') || hasCode(error, 'ENODEV');

const notAFile = (path: string, cause?: unknown) =>
  appError('not-a-file', `${path} is not a regular file.`, cause ? { cause } : {});

const tooBig = (path: string, size: number) =>
  appError('file-too-big', `${path} is too big to be read (${formatSize(size)}).`);

/** The same at once, for the places that may not wait. */
export function readPlainSync(path: string, mostBytes = 64_000_000): Buffer {
  const file = openToRead(path);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw notAFile(path);
    if (found.size > mostBytes) throw tooBig(path, found.size);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * A handle of a regular file. Opening a pipe waits for its other end, and no signal ends that; this does not.
 * Throws `not-a-file`, and what the system says.
 * @param flags further ones than O_RDONLY
 */
export async function openRegular(path: string, flags = 0, mode?: number): Promise<FileHandle> {
  const file = await open(path, flags | constants.O_NONBLOCK, mode).catch((cause: unknown) => {
    throw cannotBeOpened(cause) ? notAFile(path, cause) : cause;
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw notAFile(path);
}

/** A handle that adds to the end of a file of ours, made where it is missing; what it holds can be read too. */
export const openToAppend = (path: string): Promise<FileHandle> =>
  openRegular(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);

/** Text of a regular file. Throws `not-a-file`, `file-too-big`, and what the system says. */
export const readUtf8 = async (path: string): Promise<string> => (await readPlain(path)).toString('utf8');

/** Text of a regular file; undefined when there is none. Throws every other error: a default must not hide it. */
export async function readText(path: string, encoding: BufferEncoding = 'utf8'): Promise<string | undefined> {
  try {
    return (await readPlain(path)).toString(encoding);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
