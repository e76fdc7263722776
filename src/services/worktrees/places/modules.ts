/** The submodules of a worktree, and where their repositories are: the worktree's own, and the main worktree's. */
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { type Git, gitAt, mayHoldSubmodules, readPlainSync } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

/** A repository whose submodules are wanted. */
export interface ModuleParent {
  git: Git;
  /** Its files. */
  folder: string;
  /** Its own git directory: submodules of the worktree have theirs in its `modules`. */
  gitDir: string;
  /** The same repository's git directory in the main worktree, whether or not it is there. */
  mainDir: string;
  /** Path of its folder below the worktree, with a slash at the end; '' for the worktree itself. */
  prefix: string;
}

export interface Submodule {
  /** Path below the worktree. */
  path: string;
  /** Commit that the index of its parent names. */
  commit: string;
  folder: string;
  /** Where its git directory belongs, which need not be there; undefined when `.gitmodules` does not name it. */
  ownDir?: string;
  /** Git directory of the same submodule in the main worktree, which need not be there. */
  mainDir?: string;
}

type Needs = Pick<RepoSession, 'git' | 'env'>;

/** The worktree as the parent of its submodules. */
export async function parentOf({ git }: Needs, worktree: string): Promise<ModuleParent> {
  const run: Git['run'] = (args, options = {}) => git.run(args, { worktree, ...options });
  const gitDir = await git.gitDir(worktree);
  return { git: { ...git, run }, folder: worktree, gitDir, mainDir: git.commonDir, prefix: '' };
}

/** Submodules of one repository, those of its submodules not included. No process is started where there are none. */
export async function submodulesIn(parent: ModuleParent): Promise<Submodule[]> {
  const { git, folder, gitDir, mainDir, prefix } = parent;
  const listed = join(folder, '.gitmodules');
  if (!(await mayHoldSubmodules(join(gitDir, 'index')))) return [];
  const { stdout } = await git.run(['ls-files', '-s', '-z']);
  const links = linksListed(stdout);
  if (links.length === 0) return [];
  const names = await namesIn(git, listed);
  return links.map(({ path, commit }) => {
    const name = names.get(path);
    const dirs = name
      ? { ownDir: join(gitDir, 'modules', name), mainDir: join(mainDir, 'modules', name) }
      : {};
    return { path: prefix + path, commit, folder: join(folder, path), ...dirs };
  });
}

/** Submodules in what `git ls-files -s -z` lists. */
export function linksListed(stdout: string): { path: string; commit: string }[] {
  return stdout.split('\0').flatMap((line) => {
    const [, commit, path] = /^160000 (\w+) \d\t(.*)$/s.exec(line) ?? [];
    return commit && path ? [{ path, commit }] : [];
  });
}

/** Names by path. A name that leads out of the folder of modules is none: that was a way to plant hooks. */
async function namesIn(git: Git, file: string): Promise<Map<string, string>> {
  const args = ['config', '-z', '--no-includes', '-f', file, '--get-regexp', '^submodule\\..*\\.path$'];
  const { stdout } = await git.run(args, { ok: [0, 1] });
  const pairs = stdout.split('\0').flatMap((entry): [string, string][] => {
    const [, name, path] = /^submodule\.(.*)\.path\n(.*)$/s.exec(entry) ?? [];
    const safe =
      name && !/^[-/]/.test(name) && !name.split(/[\\/]/).some((part) => ['', '.', '..'].includes(part));
    return safe ? [[path!, name]] : [];
  });
  return new Map(pairs);
}

/**
 * The git directory that a submodule's folder names: its own folder, or one in `within`. Undefined when it is not
 * filled; `elsewhere` when it leads out, and then no git of ours runs there.
 */
export function moduleGitDir(folder: string, within: string): string | 'elsewhere' | undefined {
  const entry = join(folder, '.git');
  const found = lstatSync(entry, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (found.isDirectory()) return entry;
  if (!found.isFile()) return 'elsewhere';
  const named = /^gitdir: (.+)$/m.exec(readPlainSync(entry).toString('utf8'))?.[1];
  const gitDir = named ? resolve(folder, named) : '';
  if (!existsSync(join(gitDir, 'HEAD'))) return 'elsewhere';
  return realpathSync(gitDir).startsWith(realpathSync(within) + sep) ? gitDir : 'elsewhere';
}

/** Git in a submodule, or in a repository without files of its own. */
export async function gitInModule({ git, env }: Needs, gitDir: string, folder = gitDir): Promise<Git> {
  return gitAt({ root: folder, commonDir: gitDir, env }, await git.version());
}
