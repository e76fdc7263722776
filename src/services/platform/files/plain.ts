/** Files that came with a repository, or were named by hand: only regular ones are read, a pipe would hold us for ever. */
import { closeSync, constants, fstatSync, openSync, readFile, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { formatSize } from '../../../domain/platform/units.js';

/** A file of this size is read at once: four turns of the event loop cost more than its bytes. */
const smallBytes = 256_000;

/** Bytes of a regular file, links followed. Throws `not-a-file`, `file-too-big`, and what the system says. */
export async function readPlain(path: string, mostBytes = 64_000_000): Promise<Buffer> {
  // Without a writer, opening a pipe waits; no signal ends that.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw appError('not-a-file', `${path} is not a regular file.`);
    if (found.size > mostBytes) {
      throw appError('file-too-big', `${path} is too big to be read (${formatSize(found.size)}).`);
    }
    // Files of the kernel say that they are empty; they are read at once as well.
    return found.size <= smallBytes ? readFileSync(file) : await promisify(readFile)(file);
  } finally {
    closeSync(file);
  }
}

/** Text of a regular file; undefined when there is none. Throws every other error: a default must not hide it. */
export async function readText(path: string, encoding: BufferEncoding = 'utf8'): Promise<string | undefined> {
  try {
    return (await readPlain(path)).toString(encoding);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
