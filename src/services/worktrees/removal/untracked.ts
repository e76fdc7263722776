/** What stands in a worktree and git does not track: new files, ignored ones that a person or an agent wrote, repositories. */
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runProcess } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { isDependencies } from '../filling/ignored.js';
import { readyMark } from '../places/ready.js';
import { isBare, isWithin, lookAtNested, type Nested } from './nested.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'env'>;

export interface Untracked {
  /** Something stands there that git does not ignore. */
  visible: boolean;
  nested: Nested;
  /** Ignored files. */
  written?: string[] | undefined;
}

const noneNested: Nested = { repositories: [], worktrees: [] };
const entriesPerCall = 500;

/** One list of everything untracked tells where to look; every ignored file in a worktree that was never ready counts as written there. */
export async function lookAtUntracked(session: Needs, worktree: string): Promise<Untracked> {
  const { git } = session;
  // While git looks, the largest folders are looked through already, where they commonly are.
  const begun = beginInPackages(session, worktree);
  begun.catch(() => undefined);
  const { stdout } = await git.run(['ls-files', '-z', '-o', '--directory'], { worktree });
  const entries = stdout.split('\0').filter(Boolean);
  if (entries.length === 0) return { visible: false, nested: noneNested, written: [] };
  const [ignored, found] = await Promise.all([
    ignoredOf(git, worktree, entries),
    findWritten(session, worktree, entries, await begun),
  ]);
  const visible = ignored.length < entries.length;
  if (!found) return { visible, nested: noneNested };
  const { repositories, written } = await sorted(worktree, found);
  const nested = await lookAtNested(session, worktree, repositories);
  // Among files that git shows there may be ignored ones, in a new folder too.
  return { visible, nested, written: visible ? await ignoredOf(git, worktree, written) : written };
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
    else if (await isFile(join(worktree, path))) written.push(path);
  }
  return { repositories, written };
}

const isFile = async (path: string) => !(await lstat(path).catch(() => undefined))?.isDirectory();

async function ignoredOf(
  git: RepoSession['git'],
  worktree: string,
  paths: readonly string[],
): Promise<string[]> {
  if (paths.length === 0) return [];
  // Git would take a name that begins with a colon for a word of its own.
  const input = paths.map((path) => `./${path}\0`).join('');
  const { stdout } = await git.run(['check-ignore', '-z', '--stdin'], { worktree, input, ok: [0, 1] });
  const ignored = stdout.split('\0').filter(Boolean);
  return ignored.map((path) => path.slice(2));
}

/**
 * Files written since the worktree was ready, and the mark of every repository inside; undefined without `find`. In
 * installed packages, which are most of all files, only folders are looked at: what is new there shows in its folder's
 * time. ctime tells, since a copy that keeps its time of modification was written all the same.
 */
async function findWritten(
  session: Needs,
  worktree: string,
  entries: readonly string[],
  begun: Begun,
): Promise<string[] | undefined> {
  const roots = entries.map((entry) => `./${entry.replace(/\/$/, '')}`);
  const packages = roots.filter(isDependencies);
  const newer = ['-cnewer', await readyMark(session.git, worktree), '-print0'];
  const [written, others, first] = await Promise.all([
    find(
      session,
      worktree,
      roots.filter((root) => !isDependencies(root)),
      [...repositories, '!', '-type', 'd', ...newer],
    ),
    find(
      session,
      worktree,
      packages.filter((root) => !begun.roots.includes(root)),
      [...repositories, '-type', 'd', ...newer],
    ),
    begun.found,
  ]);
  if (!written || !others || !first) return undefined;
  const untracked = begun.roots.filter((root) => packages.includes(root));
  const folders = [...first.filter((path) => isWithin(`${path}/`, ...untracked)), ...others];
  const inside = await find(
    session,
    worktree,
    folders.filter((path) => basename(path) !== '.git'),
    ['-maxdepth', '1', '!', '-type', 'd', ...newer],
  );
  if (!inside) return undefined;
  return [...written, ...folders.filter(isMark), ...inside].map((path) => path.slice(2));
}

const repositories = [
  ...['-name', '.git', '-prune', '-print0', '-o'],
  ...['-type', 'd', '-name', 'objects', '-print0', '-o'],
];

interface Begun {
  roots: readonly string[];
  found: Promise<string[] | undefined>;
}

/** Begins to look through installed packages at the top; whether git tracks them is not known yet. */
async function beginInPackages(session: Needs, worktree: string): Promise<Begun> {
  const names = await readdir(worktree).catch((): string[] => []);
  const roots = names.map((name) => `./${name}`).filter(isDependencies);
  const newer = ['-type', 'd', '-cnewer', await readyMark(session.git, worktree), '-print0'];
  return { roots, found: find(session, worktree, roots, [...repositories, ...newer]) };
}

async function find(
  { env }: Needs,
  worktree: string,
  roots: readonly string[],
  test: readonly string[],
): Promise<string[] | undefined> {
  const found: string[] = [];
  for (let at = 0; at < roots.length; at += entriesPerCall) {
    const argv = ['find', ...roots.slice(at, at + entriesPerCall), ...test];
    const result = await runProcess(argv, { cwd: worktree, env, maxBytes: 64 * 1024 * 1024 }).catch(
      () => undefined,
    );
    if (result?.code !== 0 || result.truncated) return undefined;
    found.push(...result.stdout.split('\0').filter(Boolean));
  }
  return found;
}
