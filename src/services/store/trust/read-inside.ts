/** Reads a file that has to lie in a repository, whatever is put in its place meanwhile. */
import { closeSync, constants, existsSync, fstatSync, readlinkSync, readSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { openToRead } from '../../platform/index.js';

/**
 * Size and bytes of a regular file; no bytes when it has more than `most`.
 * Throws `outside-repository` for a link that leads out of `root` or nowhere, `not-a-file`, and what the system says.
 */
export function readInside(root: string, path: string, most: number): { size: number; content?: Buffer } {
  const full = join(root, path);
  const real = requireInside(root, full, realOf(full));
  // A link that took its place would be followed.
  const file = openToRead(real, constants.O_NOFOLLOW);
  try {
    requireInside(root, full, placeOf(file) ?? real);
    const found = fstatSync(file);
    if (!found.isFile()) throw appError('not-a-file', `${full} is not a regular file.`, { kind: 'trust' });
    if (found.size > most) return { size: found.size };
    const content = readUpTo(file, found.size, most + 1);
    return content.length > most ? { size: content.length } : { size: content.length, content };
  } finally {
    closeSync(file);
  }
}

function realOf(full: string): string {
  try {
    return realpathSync.native(full);
  } catch (cause) {
    throw appError('outside-repository', `${full} is a link that leads nowhere.`, {
      cause,
      kind: 'trust',
      hint: 'Replace the link by the file itself, or remove it.',
    });
  }
}

function requireInside(root: string, full: string, real: string): string {
  if (real.startsWith(root + sep)) return real;
  throw appError('outside-repository', `${full} leads out of the repository, to ${real}.`, {
    kind: 'trust',
    hint: 'Replace the link by the file itself.',
  });
}

/** Where the file that is open stands, where the kernel tells: a folder above may have become a link. */
function placeOf(file: number): string | undefined {
  const link = `/proc/self/fd/${file}`;
  return existsSync('/proc/self/fd') ? readlinkSync(link) : undefined;
}

/** Reads to the end: files of the kernel say that they are empty, and one that grows meanwhile has no end. */
function readUpTo(file: number, size: number, most: number): Buffer {
  const parts: Buffer[] = [];
  for (let length = 0; length < most; ) {
    const part = Buffer.alloc(Math.min(Math.max(size - length, 4096), most - length));
    const count = readSync(file, part, 0, part.length, null);
    if (count === 0) break;
    parts.push(part.subarray(0, count));
    length += count;
  }
  return Buffer.concat(parts);
}
