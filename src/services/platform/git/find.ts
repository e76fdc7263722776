/**
 * Finds the repository around a folder by reading files only: git itself is not started. They are few and small, and a
 * screen shows nothing before they are read, so nothing is waited for.
 */
import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { namesInFolder } from '../files/folder.js';
import { indexEntries } from './index-file.js';
import { gitText, isTrue, valueIn } from './own-config.js';

export interface FoundRepository {
  /** Real path of the main worktree; of a bare repository, the linked worktree that stands for it. */
  root: string;
  /** Real path of the common git directory. */
  commonDir: string;
  /** Git directory of `root`, where that is not the common one. */
  gitDir?: string;
}

/**
 * The repository that `cwd` lies in, also from inside a linked worktree or the git directory of a bare repository.
 * A bare repository is stood for by the worktree of its HEAD's branch, else by the one around `cwd`, else by the first.
 * Undefined outside of one. Throws `no-worktree` for a bare repository without any worktree, and `marked-bare` for one
 * whose files are checked out.
 */
export async function findRepository(cwd: string): Promise<FoundRepository | undefined> {
  const found = await findRepositoryOrBare(cwd);
  if (!found || 'root' in found) return found;
  throw appError('no-worktree', `${found.commonDir} is a bare repository without a worktree.`, {
    hint: `Add one and go there: git -C ${shellWord(found.commonDir)} worktree add <folder> <branch>`,
  });
}

/** A bare repository without any worktree. */
export type BareRepository = Pick<FoundRepository, 'commonDir'>;

/** The same, for what needs no worktree: a bare repository without any is an answer too. */
export async function findRepositoryOrBare(
  cwd: string,
): Promise<FoundRepository | BareRepository | undefined> {
  let folder = realpathSync.native(cwd);
  for (;;) {
    const gitDir = await gitDirIn(folder);
    if (gitDir) return repositoryOf(folder, gitDir);
    if (await isBareDir(folder)) return bareRepository(folder);
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

/** A linked worktree as git's own record of it tells. */
export interface LinkedWorktree {
  path: string;
  gitDir: string;
}

/** The linked worktree whose record has this name; its folder may be missing. */
export async function linkedWorktree(commonDir: string, name: string): Promise<LinkedWorktree | undefined> {
  const gitDir = join(commonDir, 'worktrees', name);
  const entry = await gitText(join(gitDir, 'gitdir'));
  return entry === undefined ? undefined : { gitDir, path: dirname(resolve(gitDir, entry.trim())) };
}

/** Every linked worktree that has a record, by name of the record. */
export async function linkedWorktrees(commonDir: string): Promise<LinkedWorktree[]> {
  const names = await namesInFolder(join(commonDir, 'worktrees'));
  const found = await Promise.all(names.sort().map((name) => linkedWorktree(commonDir, name)));
  return found.flatMap((one) => one ?? []);
}

/** The git directory that the `.git` entry of a folder stands for, if it has a valid one. */
async function gitDirIn(folder: string): Promise<string | undefined> {
  const entry = join(folder, '.git');
  const found = statOf(entry);
  if (!found) return undefined;
  const named = found.isDirectory()
    ? entry
    : resolve(folder, /^gitdir: (.+)$/m.exec((await gitText(entry)) ?? '')?.[1] ?? '.');
  return (await gitText(join(named, 'HEAD'))) === undefined ? undefined : realpathSync.native(named);
}

async function repositoryOf(
  folder: string,
  gitDir: string,
): Promise<FoundRepository | BareRepository | undefined> {
  const shared = await gitText(join(gitDir, 'commondir'));
  if (shared === undefined) {
    if (await isBare(gitDir)) return bareRepository(gitDir);
    await requireFilesAt(folder, gitDir);
    return { root: folder, commonDir: gitDir };
  }
  refuseLedAway(folder, gitDir, shared.trim());
  const commonDir = realOf(resolve(gitDir, shared.trim()));
  if (!commonDir) return undefined;
  if (await isBare(commonDir)) return bareRepository(commonDir, { path: folder, gitDir });
  const root = await mainWorktreeOf(commonDir);
  return root ? { root, commonDir } : undefined;
}

/**
 * Throws `config-tampered` for the file of linked worktrees in a repository of its own: by it, git reads configuration,
 * and the programs that it names, from another folder.
 */
function refuseLedAway(folder: string, gitDir: string, shared: string): void {
  const own = realOf(join(folder, '.git'));
  if (basename(gitDir) !== '.git' || own !== gitDir) return;
  const file = join(gitDir, 'commondir');
  throw appError('config-tampered', `${file} leads git of ${folder} to ${shared}.`, {
    hint: `Git never makes it there: an agent may have. Look at both; to take it away: rm ${shellWord(file)}`,
  });
}

/** Submodules and separate git directories name their worktree in `core.worktree`; otherwise it is around `.git`. */
async function mainWorktreeOf(commonDir: string): Promise<string | undefined> {
  const named = await namedWorktree(commonDir);
  if (!named && basename(commonDir) !== '.git') return undefined;
  return realOf(named ?? dirname(commonDir));
}

/** The folder that `core.worktree` names. */
async function namedWorktree(gitDir: string): Promise<string | undefined> {
  const named = await coreValue(gitDir, 'worktree');
  return named ? resolveFrom(gitDir, named) : undefined;
}

/** A value of `core`, which moves to a file of its own where worktrees have configuration of their own. */
async function coreValue(gitDir: string, key: string): Promise<string | undefined> {
  const config = (await gitText(join(gitDir, 'config'))) ?? '';
  const own = isTrue(valueIn(config, 'extensions', 'worktreeconfig'))
    ? await gitText(join(gitDir, 'config.worktree'))
    : undefined;
  return (own === undefined ? undefined : valueIn(own, 'core', key)) ?? valueIn(config, 'core', key);
}

/**
 * Throws `files-elsewhere` when git would take another folder for that of the files. It is not followed: the
 * configuration is the repository's, and what lands would be written there.
 */
async function requireFilesAt(folder: string, gitDir: string): Promise<void> {
  const named = await namedWorktree(gitDir);
  if (!named || (realOf(named) ?? named) === folder) return;
  throw appError('files-elsewhere', `The files of ${folder} are in ${named}: core.worktree says so.`, {
    hint: `Here they have to be beside .git. Have git look there again: git -C ${shellWord(folder)} config --unset core.worktree.`,
  });
}

async function bareRepository(
  commonDir: string,
  around?: LinkedWorktree,
): Promise<FoundRepository | BareRepository> {
  const there: LinkedWorktree[] = [];
  for (const { path, gitDir } of await linkedWorktrees(commonDir)) {
    const real = realOf(path);
    // A worktree that we hold for a moment stands for nothing.
    const ours = (await gitText(join(gitDir, 'locked')))?.startsWith('codex-agents: ');
    if (real && !ours) there.push({ path: real, gitDir });
  }
  await refuseCheckout(commonDir, there);
  const branch = await gitText(join(commonDir, 'HEAD'));
  const heads = await Promise.all(there.map(({ gitDir }) => gitText(join(gitDir, 'HEAD'))));
  const chosen = there.find((_, at) => heads[at]?.trim() === branch?.trim()) ?? around ?? there[0];
  if (!chosen) return { commonDir };
  return { root: chosen.path, commonDir, gitDir: chosen.gitDir };
}

/**
 * Throws `marked-bare` when the files of a repository that says it is bare are checked out beside it. Programs set
 * `core.bare` by accident; a branch that landed would move away under those files.
 */
async function refuseCheckout(commonDir: string, worktrees: readonly LinkedWorktree[]): Promise<void> {
  if (basename(commonDir) !== '.git' || (await indexEntries(join(commonDir, 'index'))) === 0) return;
  const folder = dirname(commonDir);
  const inWorktrees = (path: string) =>
    worktrees.some((worktree) => worktree.path === path || worktree.path.startsWith(`${path}/`));
  const names = await namesInFolder(folder);
  if (!names.some((name) => name !== '.git' && !inWorktrees(join(folder, name)))) return;
  throw appError('marked-bare', `${folder} is marked as bare (core.bare), but files are checked out there.`, {
    hint: `When that was not meant: git -C ${shellWord(folder)} config core.bare false. Else take the index of that checkout away: ${join(commonDir, 'index')}.`,
  });
}

const isBare = async (gitDir: string): Promise<boolean> => isTrue(await coreValue(gitDir, 'bare'));

/** Whether a folder is itself the git directory of a bare repository. */
async function isBareDir(folder: string): Promise<boolean> {
  if ((await gitText(join(folder, 'HEAD'))) === undefined) return false;
  const objects = statOf(join(folder, 'objects'));
  return objects?.isDirectory() === true && isBare(folder);
}

const resolveFrom = (folder: string, path: string) => (isAbsolute(path) ? path : resolve(folder, path));

/** The place that a path leads to; undefined where it leads nowhere. */
function realOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
