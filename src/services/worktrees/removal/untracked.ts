/** What stands in a worktree and git does not track: new files, ignored ones that a person or an agent wrote, repositories. */
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pathBelow, textOfPath } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { isDependencies } from '../filling/ignored.js';
import { readyMark } from '../places/ready.js';
import { findNewer, type Newer, type Search } from './find-newer.js';
import { isBare, isWithin, lookAtNested, type Nested } from './nested.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'env'>;

export interface Untracked {
  /** Something stands there that git does not ignore. */
  visible: boolean;
  nested: Nested;
  /** Ignored files. */
  written: string[];
}

/**
 * One list of everything untracked tells where to look; every ignored file in a worktree that was never ready counts as
 * written there.
 * @param mark file as old as the moment from which on files count as written there; that of the worktree if left out
 */
export async function lookAtUntracked(session: Needs, worktree: string, mark?: string): Promise<Untracked> {
  const { git } = session;
  const since = mark ?? (await readyMark(git, worktree));
  // While git looks, the largest folders are looked through already, where they commonly are.
  const begun = beginInPackages(session, worktree, since);
  begun.catch(() => undefined);
  const { stdout } = await git.run(['ls-files', '-z', '-o', '--directory'], { worktree, bytes: true });
  const entries = stdout.split('\0').filter(Boolean);
  if (entries.length === 0) {
    return { visible: false, nested: { repositories: [], worktrees: [], unread: [] }, written: [] };
  }
  const [ignored, found] = await Promise.all([
    ignoredOf(git, worktree, entries),
    findWritten(session, worktree, entries, since, await begun),
  ]);
  const visible = ignored.length < entries.length;
  const { repositories, written } = await sorted(worktree, found.paths);
  const nested = await lookAtNested(session, worktree, repositories);
  nested.unread.push(...found.unread.map(textOfPath));
  // Among files that git shows there may be ignored ones, in a new folder too.
  const mine = visible ? await ignoredOf(git, worktree, written) : written;
  return { visible, nested, written: mine.map(textOfPath) };
}

/** Of every repository inside: its `.git`, or `objects` where it has no files. */
const isMark = (path: string) => ['.git', 'objects'].includes(basename(path));

/** Folders that are repositories, and files. */
async function sorted(
  worktree: string,
  found: readonly string[],
): Promise<{ repositories: string[]; written: string[] }> {
  const repositories: string[] = [];
  const written = found.filter((path) => !isMark(path));
  for (const path of new Set(found.filter(isMark))) {
    const isGit = basename(path) === '.git';
    if (isGit || (await isBare(worktree, dirname(path)))) repositories.push(dirname(path));
    else if (await isFile(pathBelow(worktree, path))) written.push(path);
  }
  return { repositories, written };
}

const isFile = async (path: Buffer) => !(await lstat(path).catch(() => undefined))?.isDirectory();

async function ignoredOf(
  git: RepoSession['git'],
  worktree: string,
  paths: readonly string[],
): Promise<string[]> {
  if (paths.length === 0) return [];
  // Git would take a name that begins with a colon for a word of its own.
  const input = paths.map((path) => `./${path}\0`).join('');
  const { stdout } = await git.run(['check-ignore', '-z', '--stdin'], {
    worktree,
    bytes: true,
    input,
    ok: [0, 1],
  });
  const ignored = stdout.split('\0').filter(Boolean);
  return ignored.map((path) => path.slice(2));
}

/**
 * Files written since the worktree was ready, and the mark of every repository inside. In installed packages, which are
 * most of all files, only folders are looked at: what is new there shows in its folder's time.
 */
async function findWritten(
  session: Needs,
  worktree: string,
  entries: readonly string[],
  mark: string,
  begun: Begun,
): Promise<Newer> {
  const roots = entries.map((entry) => entry.replace(/\/$/, ''));
  const packages = roots.filter(isDependencies);
  const look = (inside: readonly string[], what: Search['what']) =>
    findNewer(session, { worktree, roots: inside, mark, what });
  const [files, others, first] = await Promise.all([
    look(
      roots.filter((root) => !isDependencies(root)),
      'files',
    ),
    look(
      packages.filter((root) => !begun.roots.includes(root)),
      'folders',
    ),
    begun.found,
  ]);
  const untracked = begun.roots.filter((root) => packages.includes(root));
  const folders = [...first.paths.filter((path) => isWithin(`${path}/`, ...untracked)), ...others.paths];
  const inside = await look(
    folders.filter((path) => basename(path) !== '.git'),
    'files directly in them',
  );
  return {
    paths: [...files.paths, ...folders.filter(isMark), ...inside.paths],
    unread: [...files.unread, ...others.unread, ...first.unread, ...inside.unread],
  };
}

interface Begun {
  roots: readonly string[];
  found: Promise<Newer>;
}

/** Begins to look through installed packages at the top; whether git tracks them is not known yet. */
async function beginInPackages(session: Needs, worktree: string, mark: string): Promise<Begun> {
  const names = await readdir(worktree, { encoding: 'latin1' }).catch((): string[] => []);
  const roots = names.filter(isDependencies);
  return { roots, found: findNewer(session, { worktree, roots, mark, what: 'folders' }) };
}
