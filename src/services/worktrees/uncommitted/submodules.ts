/**
 * Work inside the submodules of a worktree. Their repositories go with it, so commits that only they have are kept
 * where the main worktree can reach them: in its repository of the submodule, or where it has none, in its own.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Git, namesInFolder } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import {
  gitInModule,
  type ModuleParent,
  moduleGitDir,
  parentOf,
  type Submodule,
  submodulesIn,
} from '../places/modules.js';
import { looseCommits } from './loose.js';
import { hiddenEdits } from './outside.js';
import { rescueWorktree } from './rescue.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'env'>;

export interface ModuleWork {
  /** Path of the submodule below the worktree. */
  path: string;
  /** It has edited or new files that are in no commit. */
  dirty: boolean;
  /** Commits that the main worktree cannot reach yet. */
  commits: string[];
  /** Files stand in its folder although it is not filled: git sees none of them. */
  unfilled?: true;
  /** Why it could not be looked at: then it counts as work. */
  unknown?: string;
}

interface Filled extends Submodule {
  git: Git;
  gitDir: string;
}

/** Submodules in which there is work, nested ones too. No process is started where there are no submodules. */
export async function lookAtSubmodules(session: Needs, worktree: string): Promise<ModuleWork[]> {
  const found: ModuleWork[] = [];
  await eachFilled(session, worktree, async (module) => {
    const { path } = module;
    if ('unknown' in module) {
      found.push({ path, dirty: false, commits: [], unknown: module.unknown });
    } else if ('unfilled' in module) {
      found.push({ path, dirty: true, commits: [], unfilled: true });
    } else {
      const dirty = await isEdited(session, module);
      const commits = await ownCommits(session, module);
      if (dirty || commits.length > 0) found.push({ path, dirty, commits });
    }
  });
  return found;
}

/** Also where its git was told not to look at the edited files. */
async function isEdited({ env }: Needs, { git, folder }: Filled): Promise<boolean> {
  const { stdout } = await git.run(['status', '--porcelain', '-z']);
  return stdout !== '' || (await hiddenEdits({ git, env }, folder)).length > 0;
}

export interface KeptCommit {
  path: string;
  commit: string;
  ref: string;
  /** Git directory that the ref is in. */
  in: string;
}

/**
 * Keeps the commits of all submodules where the main worktree can reach them; with `edits`, what is in no commit too.
 * Safe to repeat. Throws `git-failed`: then nothing may be removed.
 */
export async function keepSubmodules(
  session: Needs,
  worktree: string,
  name: string,
  { edits = false } = {},
): Promise<KeptCommit[]> {
  const kept: KeptCommit[] = [];
  await eachFilled(session, worktree, async (module) => {
    if ('unknown' in module || 'unfilled' in module) return;
    if (edits && (await isEdited(session, module))) {
      await rescueWorktree({ ...session, git: module.git }, module.folder, name);
    }
    for (const commit of await ownCommits(session, module))
      kept.push(await fetchOne(session, module, commit, name));
  });
  return kept;
}

async function fetchOne(session: Needs, module: Filled, commit: string, name: string): Promise<KeptCommit> {
  const mains = module.mainDir && existsSync(join(module.mainDir, 'HEAD')) ? module.mainDir : undefined;
  const git = mains ? await gitInModule(session, mains) : session.git;
  const folder = mains ? name : `${name}/${module.path}`;
  const ref = `refs/codex-agents/submodule/${folder}/${commit.slice(0, 16)}`;
  const flags = [
    '--quiet',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
  ];
  // Both ends are on this disk, and hardened alike.
  const env = { GIT_ALLOW_PROTOCOL: 'file' };
  await git.run(['-c', 'protocol.version=2', 'fetch', ...flags, '--', module.gitDir, `${commit}:${ref}`], {
    env,
  });
  return { path: module.path, commit, ref, in: git.commonDir };
}

/** Tips of the submodule that no ref where they would be kept holds. */
async function ownCommits(session: Needs, { git, mainDir, folder }: Filled): Promise<string[]> {
  const { stdout } = await git.run([
    'for-each-ref',
    '--format=%(objectname)',
    'refs/heads',
    'refs/codex-agents',
    'refs/stash',
  ]);
  const head = await git.commitOf('HEAD');
  const loose = (await looseCommits(git, folder)).tips;
  const all = [...new Set([...(head ? [head] : []), ...loose, ...stdout.split('\n').filter(Boolean)])];
  // What was fetched from a remote, or pushed there, is not the only copy.
  const tips = await unheld(git, all, ['--remotes']);
  const keeper =
    mainDir && existsSync(join(mainDir, 'HEAD')) ? await gitInModule(session, mainDir) : session.git;
  const checked = await keeper.run(['cat-file', '--batch-check'], {
    input: tips.map((id) => `${id}\n`).join(''),
  });
  const there = checked.stdout
    .split('\n')
    .filter((line) => / commit \d+$/.test(line))
    .map((line) => line.split(' ')[0]!);
  const own = tips.filter((id) => !there.includes(id));
  // Objects that are there but on no ref, as after a kill, would go with the next gc.
  return [...own, ...(await unheld(keeper, there, ['--all']))];
}

/** Of these commits of a repository, those that no ref of such a kind holds. */
async function unheld(git: Git, ids: readonly string[], refs: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const args = ['rev-list', '--stdin', '--not', ...refs];
  const { stdout } = await git.run(args, { input: ids.map((id) => `${id}\n`).join('') });
  const asked = new Set(ids);
  return stdout.split('\n').filter((id) => asked.has(id));
}

/** Deepest first, so that what a submodule holds is kept before the pointer to it. */
async function eachFilled(
  session: Needs,
  worktree: string,
  use: (
    module: Filled | { path: string; unknown: string } | { path: string; unfilled: true },
  ) => Promise<void>,
): Promise<void> {
  const top = await parentOf(session, worktree);
  const within = [top.gitDir, worktree];
  const walk = async (parent: ModuleParent): Promise<void> => {
    for (const module of await submodulesIn(parent)) {
      const { path, folder } = module;
      const gitDir = within.reduce<ReturnType<typeof moduleGitDir>>(
        (found, one) => (found === undefined || found === 'elsewhere' ? moduleGitDir(folder, one) : found),
        undefined,
      );
      if (gitDir === undefined) {
        if ((await namesInFolder(folder)).length > 0) await use({ path, unfilled: true });
        continue;
      }
      if (gitDir === 'elsewhere') {
        await use({ path, unknown: 'its .git leads out of the worktree' });
        continue;
      }
      const git = await gitInModule(session, gitDir, folder);
      await walk({ git, folder, gitDir, mainDir: module.mainDir ?? gitDir, prefix: `${path}/` });
      await use({ ...module, git, gitDir });
    }
  };
  await walk(top);
}
