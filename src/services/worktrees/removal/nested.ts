/**
 * Repositories inside a worktree, and worktrees of repositories that stand elsewhere. Read from their files: no git runs
 * in them, since their configuration is not ours.
 */
import { realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import {
  bytesOfPath,
  indexEntries,
  isTextPath,
  pathBelow,
  readText,
  readUtf8,
  textOfPath,
} from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { filesBelow, idsIn } from '../uncommitted/loose.js';

type Needs = Pick<RepoSession, 'git' | 'root'>;

export interface Nested {
  /** Those that hold what is, as far as can be told, nowhere else. */
  repositories: string[];
  /** Linked worktrees: with its folder, a repository elsewhere would lose what is checked out there. */
  worktrees: string[];
  /** Folders that cannot be read: what is in them is unknown. */
  unread: string[];
}

/** @param inside folders of repositories, below the worktree, in bytes */
export async function lookAtNested(
  session: Needs,
  worktree: string,
  inside: readonly string[],
): Promise<Nested> {
  const found: Nested = { repositories: [], worktrees: [], unread: [] };
  for (const bytes of inside) {
    const inner = textOfPath(bytes);
    // Under a name that is no text nothing of it is read, so it counts as work.
    if (!isTextPath(bytes)) found.repositories.push(inner);
    else if (await isLinked(join(worktree, inner))) found.worktrees.push(inner);
    else if (await mayHoldOwnWork(session, worktree, inner)) found.repositories.push(inner);
  }
  return found;
}

/** A repository in place of the worktree's own `.git` file, as `git init` makes it where that was lost. */
export async function lookAtOwnGit(session: Needs, worktree: string): Promise<Nested> {
  const isFolder = (await stat(join(worktree, '.git')).catch(() => undefined))?.isDirectory() === true;
  const holds = isFolder && (await mayHoldOwnWork(session, worktree, '.'));
  return { repositories: holds ? ['.git'] : [], worktrees: [], unread: [] };
}

/** Whether a folder, named in bytes, is a repository without files of its own. */
export async function isBare(worktree: string, inner: string): Promise<boolean> {
  const parts = ['objects', 'refs', 'HEAD'].map((name) =>
    stat(pathBelow(worktree, `${inner}/${name}`)).catch(() => undefined),
  );
  const [objects, refs, head] = await Promise.all(parts);
  return objects?.isDirectory() === true && refs?.isDirectory() === true && head?.isFile() === true;
}

/** Whether git's record of a linked worktree leads back to this folder: of a copy it leads to the first one. */
async function isLinked(folder: string): Promise<boolean> {
  const record = await gitDirOf(folder);
  if (!record || record === join(folder, '.git')) return false;
  const back = (await readText(join(record, 'gitdir')))?.trim();
  const same = (path: string) => realpath(path).catch(() => path);
  return back !== undefined && (await same(resolve(record, back))) === (await same(join(folder, '.git')));
}

export const isWithin = (path: string, ...folders: string[]): boolean =>
  folders.some((folder) => path.startsWith(folder + sep));

/** What cannot be read of it may be the only copy. */
const mayHoldOwnWork = (session: Needs, worktree: string, inner: string): Promise<boolean> =>
  holdsOwnWork(session, worktree, inner).catch(() => true);

/**
 * Whether a repository inside may hold the only copy of a commit, or of what is staged for its first one. The same tips
 * in the main worktree, or fetched from a remote, are a copy elsewhere; so is all that they hold.
 */
async function holdsOwnWork({ git, root }: Needs, worktree: string, inner: string): Promise<boolean> {
  const folder = join(worktree, inner);
  const bare = await isBare(worktree, bytesOfPath(inner));
  const own = bare ? folder : await gitDirOf(folder);
  if (!own || !isWithin(own, worktree, await git.gitDir(worktree))) return false;
  const { local, remote } = await tipsOf(own);
  if (local.size === 0) return (await indexEntries(join(own, 'index'))) > 0;
  const source = bare ? await sourceOf(own) : undefined;
  // One without files that was cloned from far away is what a tool keeps to fetch from.
  if (source === 'away') return false;
  const mains = bare ? join(root, inner) : await gitDirOf(join(root, inner));
  const known = mains ? await tipsOf(mains) : { local: new Set<string>(), remote: new Set<string>() };
  const cloned = source ? [...(await tipsOf(source)).local] : [];
  const held = new Set([...remote, ...known.local, ...known.remote, ...cloned]);
  const only = [...local].filter((id) => !held.has(id));
  if (only.length > 0 && !(source && (await areBehind(git, own, only, { held, local })))) return true;
  // What was amended, rebased or reset stands in its reflog only, and other commits where an operation is unfinished.
  const ids = new Set([...(await loggedIn(own)), ...(await idsIn(own))]);
  const left = [...ids].filter((id) => !held.has(id));
  return left.length > 0 && !(await areBehind(git, own, left, { held, local }));
}

/** Git directory that one without files was cloned from; `away` where that is on no disk of this machine. */
async function sourceOf(gitDir: string): Promise<string | 'away' | undefined> {
  const config = (await readText(join(gitDir, 'config'))) ?? '';
  if (!/^\s*\[remote\b/m.test(config)) return undefined;
  const url = /^\s*url\s*=\s*"?(?:file:\/\/)?(.+?)"?\s*$/m.exec(config)?.[1];
  const folder = url === undefined ? undefined : resolve(gitDir, url);
  if (folder === undefined || !(await stat(folder).catch(() => undefined))) return 'away';
  return (await gitDirOf(folder)) ?? folder;
}

/** Commits that HEAD and refs of a repository ever stood at. */
async function loggedIn(gitDir: string): Promise<Set<string>> {
  const texts = await textsBelow(gitDir, 'logs');
  return new Set(texts.flatMap(({ text }) => [...text.matchAll(logged)].map((match) => match[1]!)));
}

const logged = /^[0-9a-f]{40,64} (?!0+ )([0-9a-f]{40,64}) /gm;

/**
 * Whether these commits can all be reached from held ones: asked of our own git, which reads no more there than objects.
 * @param tips `held`: what is elsewhere too; `local`: what refs there name, which is always there to be read
 */
async function areBehind(
  git: RepoSession['git'],
  gitDir: string,
  ids: readonly string[],
  { held, local }: { held: ReadonlySet<string>; local: ReadonlySet<string> },
): Promise<boolean> {
  const objects = join(gitDir, 'objects').replace(/["\\]/g, '\\$&');
  // Of a partial clone git would fetch what it does not find, an id at a time.
  const env = { GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${objects}"`, GIT_NO_LAZY_FETCH: '1' };
  const options = { env, ok: [0, 1, 128] };
  const there = await git.run(['cat-file', '--batch-check'], {
    ...options,
    input: [...ids, ...held].map((id) => `${id}\n`).join(''),
  });
  const found = new Map([...there.stdout.matchAll(/^(\w+) (\w+) \d+$/gm)].map(([, id, kind]) => [id!, kind]));
  // Not to be read by our git, as with ids of another kind: then what it misses may be there all the same.
  if (there.code !== 0 || ![...local].every((id) => found.has(id))) return false;
  const commits = new Set([...found].flatMap(([id, kind]) => (kind === 'commit' ? [id] : [])));
  // What was pruned there is lost already.
  const asked = ids.filter((id) => commits.has(id));
  if (asked.length === 0) return true;
  const known = [...held].filter((id) => commits.has(id));
  const lines = [...asked, ...known.map((id) => `^${id}`)];
  const { code, stdout } = await git.run(['-c', 'core.commitGraph=false', 'rev-list', '-n', '1', '--stdin'], {
    ...options,
    input: lines.map((line) => `${line}\n`).join(''),
  });
  return code === 0 && stdout === '';
}

async function gitDirOf(folder: string): Promise<string | undefined> {
  const entry = join(folder, '.git');
  const found = await stat(entry).catch(() => undefined);
  if (!found || found.isDirectory()) return found && entry;
  const named = /^gitdir: (.+)$/m.exec(await readUtf8(entry).catch(() => ''))?.[1];
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
  const read = async (path: string) => (await readText(join(gitDir, path))) ?? '';
  add('HEAD', await read('HEAD'));
  for (const line of (await read('packed-refs')).split('\n')) {
    const [id = '', name = ''] = line.split(' ');
    if (name) add(name, id);
  }
  for (const { path, text } of await textsBelow(gitDir, 'refs')) add(path, text);
  return tips;
}

/** Files in a folder of a git directory and below it; `path` begins with the folder. Throws when one cannot be read. */
async function textsBelow(gitDir: string, folder: string): Promise<{ path: string; text: string }[]> {
  const paths = (await filesBelow(join(gitDir, folder))).map((path) => path.slice(gitDir.length + 1));
  return Promise.all(paths.map(async (path) => ({ path, text: await readUtf8(join(gitDir, path)) })));
}
