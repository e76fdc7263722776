/** The file system as it is when a box is made. What cannot be looked at counts as not there. */
import { type Dirent, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Without links; undefined when it is not there. */
export function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

export const isFolder = (path: string): boolean => statOf(path)?.isDirectory() === true;
export const isFile = (path: string): boolean => statOf(path)?.isFile() === true;

export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Links that are passed on the way to a path: each with what it says. At most forty, as in the kernel. */
export function linksTo(path: string): [link: string, to: string][] {
  const found: [string, string][] = [];
  let at = path;
  while (found.length < 40) {
    const link = firstLink(at);
    if (!link) return found;
    const to = readlinkSync(link);
    found.push([link, to]);
    at = join(to.startsWith('/') ? to : join(dirname(link), to), at.slice(link.length));
  }
  return found;
}

function firstLink(path: string): string | undefined {
  const parts = path.split('/').filter(Boolean);
  for (let n = 1; n <= parts.length; n += 1) {
    const at = `/${parts.slice(0, n).join('/')}`;
    try {
      readlinkSync(at);
      return at;
    } catch {
      // Not a link, or not there.
    }
  }
  return undefined;
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
