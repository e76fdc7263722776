/** Takes files of a repository in, one after the other, as they are trusted: names, bytes, and what could not be read. */
import { createHash } from 'node:crypto';
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { isOnlyRead } from '../../../domain/store/agent-files.js';
import type { TrustInputs } from './inputs.js';
import { readInside } from './read-inside.js';

/** A file of configuration or instructions that is bigger is something else. */
const maxBytes = 1_000_000;
/** All together. */
const maxTotal = 16_000_000;

export const contentHash = (content: Buffer | string): string =>
  createHash('sha256').update(content).digest('hex');

/** Reads files of a repository one by one, each once, as long as there is room. */
export function takeFiles(root: string) {
  const total = createHash('sha256');
  const files: TrustInputs['files'] = [];
  const bytes: TrustInputs['bytes'] = new Map();
  const tooBig: TrustInputs['tooBig'] = [];
  const unread: TrustInputs['unread'] = [];
  let room = maxTotal;
  const add = (path: string, content: Buffer | string, onlyRead = false) => {
    const sha256 = contentHash(content);
    if (!onlyRead) total.update(`${Buffer.byteLength(path)}:${path}:${sha256}\n`);
    files.push({ path, sha256, ...(onlyRead ? { onlyRead: true } : {}) });
    taken.add(path);
    if (typeof content === 'string') return;
    room -= content.length;
    bytes.set(path, content);
  };
  const textOf = (path: string): string => bytes.get(path)?.toString('utf8') ?? '';
  const taken = new Set<string>();
  /** Whole folders of commands or skills are shared by links. */
  const isFolderLink = (path: string) =>
    lstatSync(join(root, path)).isSymbolicLink() && statSync(join(root, path)).isDirectory();
  return {
    /** A file of ours: anything but a regular file in the repository is refused. */
    take(path: string): void {
      const found = readInside(root, path, Math.min(maxBytes, room));
      if (!found.content) tooBig.push({ path, size: found.size });
      add(path, found.content ?? `too big: ${found.size}`);
    },
    /**
     * The text of a file for another program; undefined when that is not there, is empty, or is not read. Where an agent
     * of ours is given it as well, it counts like a file of ours, whatever it is.
     */
    takeOther(path: string, isOurs = false): string | undefined {
      if (taken.has(path)) return textOf(path);
      try {
        const { content, size } = readInside(root, path, Math.min(maxBytes, room));
        if (size === 0) return undefined;
        if (content) {
          add(path, content, !isOurs && isOnlyRead(path, content.toString('utf8')));
          return textOf(path);
        }
        unread.push({ path, why: `${size} bytes: too big to be read` });
        add(path, `too big: ${size}`, !isOurs && isOnlyRead(path, undefined));
      } catch (error) {
        // What is no regular file, or cannot be read by this user, is read by none of the user's agents either.
        const real = realOf(join(root, path));
        const isOut = hasCode(error, 'outside-repository');
        if (!real || !(isOut || isFolderLink(path))) return undefined;
        const leadsTo = isOut ? real : relative(root, real);
        const why = isOut
          ? 'a link that leads out of the repository'
          : 'a link to a folder, which is not read';
        unread.push({ path, why: `${why}, to ${leadsTo}` });
        add(path, `leads to ${leadsTo}`, !isOurs && isOnlyRead(path, undefined));
      }
      return undefined;
    },
    textOf,
    inputs: () => ({ hash: total.digest('hex'), files, bytes, tooBig, unread }),
  };
}

/** The place that a path leads to; undefined where it leads nowhere. */
function realOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
