/** Files that an agent asks us to read or write for it: text, inside of its worktree, and never git's own. */
import { constants } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { openRegular, readPlain } from '../../platform/index.js';

/** Lines of a file, from `line` (1 is the first), at most `limit`. Throws `outside-worktree` and the system's errors. */
export async function readTextFile(
  root: string,
  path: string,
  part: { line?: number | null; limit?: number | null } = {},
): Promise<string> {
  const text = (await readPlain(await inside(root, path))).toString('utf8');
  if (!part.line && !part.limit) return text;
  const lines = text.split('\n');
  const from = Math.max(0, (part.line ?? 1) - 1);
  return lines.slice(from, part.limit ? from + part.limit : undefined).join('\n');
}

/** Writes the whole file, making folders as needed. Throws `outside-worktree` and the system's errors. */
export async function writeTextFile(root: string, path: string, content: string): Promise<void> {
  const real = await inside(root, path);
  await mkdir(dirname(real), { recursive: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const file = await openRegular(real, flags, 0o666);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

/** The path with links followed as far as it exists. */
async function inside(root: string, path: string): Promise<string> {
  if (!isAbsolute(path)) throw outside(path);
  const real = await existing(path);
  const below = relative(await realpath(root), real);
  const parts = below.split(sep);
  if (below === '' || isAbsolute(below) || parts[0] === '..') throw outside(path);
  // Case-blind, as some file systems are.
  if (parts.some((part) => part.toLowerCase() === '.git')) throw outside(path);
  return real;
}

async function existing(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error;
    return join(await existing(dirname(path)), path.slice(dirname(path).length).replace(/^\/+/, ''));
  }
}

const outside = (path: string) =>
  appError('outside-worktree', `${path} is not a file of the worktree that may be touched.`);
