/** Links in a filled worktree: none leads out of it, unless the person wants it so. */
import { lstatSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { matchesAny } from '../../../domain/platform/glob.js';
import type { RepoSession } from '../../store/index.js';
import type { Entry } from './ignored.js';

/** So many links are named one by one. */
const namedAtMost = 12;

/**
 * Looks at the links among what came along. One that names the main worktree's own place is turned to the same place
 * here; one that leads elsewhere is taken away, but for those of `worktree.include`. Returns what was taken away, and
 * why.
 * @param links paths relative to the worktree
 */
export function keepLinksInside(
  { root, config }: Pick<RepoSession, 'root' | 'config'>,
  worktree: string,
  links: readonly string[],
): string[] {
  const inside = realpathSync(worktree);
  const gone: string[] = [];
  for (const link of links) {
    const path = join(inside, link);
    if (linkAt(path) === undefined) continue;
    turnHome(root, inside, path);
    if (isWithin(inside, endOf(path)) || matchesAny(link, config.worktree.include)) continue;
    rmSync(path);
    gone.push(link);
  }
  const why = 'a link that leaves the repository; worktree.include takes it along';
  const named = gone.slice(0, namedAtMost).map((link) => `${link} (${why})`);
  const more = gone.length - named.length;
  return more > 0 ? [...named, `${more} more links that leave the repository`] : named;
}

/** Links in these entries, found one folder after the other. */
export async function linksIn(worktree: string, entries: readonly Entry[]): Promise<string[]> {
  const found: string[] = [];
  const folders = entries.map(({ path }) => path);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (linkAt(join(worktree, folder)) !== undefined) found.push(folder);
    const children = await readdir(join(worktree, folder), { withFileTypes: true }).catch(() => []);
    for (const child of children) {
      if (child.isDirectory()) folders.push(join(folder, child.name));
      else if (child.isSymbolicLink()) found.push(join(folder, child.name));
    }
  }
  return found;
}

/** An absolute link into the main worktree would let an agent write there. */
function turnHome(root: string, worktree: string, path: string): void {
  const to = readlinkSync(path);
  if (!isAbsolute(to) || !isWithin(root, resolve(to)) || isWithin(worktree, resolve(to))) return;
  const here = join(worktree, relative(root, resolve(to)));
  rmSync(path);
  symlinkSync(relative(dirname(path), here) || '.', path);
}

/** Where it ends, step by step as the system goes, also where nothing is there yet. */
function endOf(path: string): string {
  const steps = path.split('/');
  let at = '/';
  let links = 0;
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    const next = join(at, step);
    const to = step === '..' ? undefined : linkAt(next);
    if (to === undefined) at = next;
    else if (++links > mostLinks) return '/';
    else {
      steps.unshift(...to.split('/'));
      if (isAbsolute(to)) at = '/';
    }
  }
  return at;
}

/** The system follows no more. */
const mostLinks = 40;

function linkAt(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith('../');
}
