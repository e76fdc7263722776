/** What stands in a worktree and git does not track: new files, ignored ones that a person or an agent wrote, repositories. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { runProcess } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { isDependencies } from '../filling/ignored.js';
import { readyMark } from '../places/ready.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'env'>;

export interface Untracked {
  /** Something stands there that git does not ignore. */
  visible: boolean;
  nested: string[];
  /** Ignored files. */
  written?: string[] | undefined;
}

const entriesPerCall = 500;

/** One list of everything untracked tells where to look; every ignored file in a worktree that was never ready counts as written there. */
export async function lookAtUntracked(session: Needs, worktree: string): Promise<Untracked> {
  const { git } = session;
  // While git looks, the largest folders are looked through already, where they commonly are.
  const begun = beginInPackages(session, worktree);
  begun.catch(() => undefined);
  const { stdout } = await git.run(['ls-files', '-z', '-o', '--directory'], { worktree });
  const entries = stdout.split('\0').filter(Boolean);
  if (entries.length === 0) return { visible: false, nested: [], written: [] };
  const [ignored, found] = await Promise.all([
    ignoredOf(git, worktree, entries),
    findWritten(session, worktree, entries, await begun),
  ]);
  const visible = ignored.length < entries.length;
  if (!found) return { visible, nested: [] };
  const isRepository = (path: string) => path === '.git' || path.endsWith('/.git');
  const nested: string[] = [];
  for (const path of found.filter(isRepository)) {
    const inner = dirname(path);
    if (await holdsOwnCommits(session, worktree, inner)) nested.push(inner);
  }
  const written = found.filter((path) => !isRepository(path));
  // Among files that git shows there may be ignored ones, in a new folder too.
  return { visible, nested, written: visible ? await ignoredOf(git, worktree, written) : written };
}

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
 * Files written since the worktree was ready, and `.git` of every repository inside; undefined without `find`. In
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
  const folders = [...first.filter((path) => isInside(`${path}/`, ...untracked)), ...others];
  const isNew = (path: string) => basename(path) !== '.git';
  const inside = await find(session, worktree, folders.filter(isNew), [
    '-maxdepth',
    '1',
    '!',
    '-type',
    'd',
    ...newer,
  ]);
  if (!inside) return undefined;
  return [...written, ...folders.filter((path) => !isNew(path)), ...inside].map((path) => path.slice(2));
}

const repositories = ['-name', '.git', '-prune', '-print0', '-o'];

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

/**
 * Whether a repository inside may hold the only copy of a commit. Read from its files: no git runs in it, since its
 * configuration is not ours. The same tips in the main worktree, or fetched from a remote, are a copy elsewhere.
 */
async function holdsOwnCommits({ git, root }: Needs, worktree: string, inner: string): Promise<boolean> {
  const own = await gitDirOf(join(worktree, inner));
  if (!own || !isInside(own, worktree, await git.gitDir(worktree))) return false;
  const { local, remote } = await tipsOf(own);
  if (local.size === 0) return false;
  const mains = await gitDirOf(join(root, inner));
  const known = mains ? await tipsOf(mains) : { local: new Set<string>(), remote: new Set<string>() };
  return [...local].some((id) => !remote.has(id) && !known.local.has(id) && !known.remote.has(id));
}

const isInside = (path: string, ...folders: string[]) =>
  folders.some((folder) => path.startsWith(folder + sep));

async function gitDirOf(folder: string): Promise<string | undefined> {
  const entry = join(folder, '.git');
  const found = await stat(entry).catch(() => undefined);
  if (!found || found.isDirectory()) return found && entry;
  const named = /^gitdir: (.+)$/m.exec(await readFile(entry, 'utf8').catch(() => ''))?.[1];
  return named && resolve(folder, named);
}

/** Commit ids that refs of a repository name: fetched from remotes, and all others, with HEAD and stash. */
async function tipsOf(gitDir: string): Promise<{ local: Set<string>; remote: Set<string> }> {
  const tips = { local: new Set<string>(), remote: new Set<string>() };
  const add = (name: string, text: string) => {
    const [id] = text.trim().split(/\s/);
    if (id && /^[0-9a-f]{40,64}$/.test(id))
      (name.startsWith('refs/remotes/') ? tips.remote : tips.local).add(id);
  };
  const read = (path: string) => readFile(join(gitDir, path), 'utf8').catch(() => '');
  add('HEAD', await read('HEAD'));
  for (const line of (await read('packed-refs')).split('\n')) {
    const [id = '', name = ''] = line.split(' ');
    if (name) add(name, id);
  }
  const files = await readdir(join(gitDir, 'refs'), { recursive: true, withFileTypes: true }).catch(() => []);
  for (const file of files) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath ?? file.path, file.name).slice(gitDir.length + 1);
    add(path, await read(path));
  }
  return tips;
}
