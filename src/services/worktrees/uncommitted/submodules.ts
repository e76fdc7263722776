/**
 * Work inside the submodules of a worktree. Their repositories go with it, so commits that only they have are kept
 * where the main worktree can reach them: in its repository of the submodule, or where it has none, in its own.
 */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Git, namesInFolder, unfinishedIn } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import {
  gitInModule,
  type ModuleParent,
  moduleGitDir,
  parentOf,
  type Submodule,
  submodulesIn,
} from '../places/modules.js';
import { type LeftModule, leftModules } from './left-modules.js';
import { existing, looseCommits } from './loose.js';
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

export interface FilledModule extends Submodule {
  git: Git;
  gitDir: string;
}

/**
 * Submodules in which there is work, nested ones too, and repositories of those that are none any more. No process is
 * started where there are no submodules.
 * @param also is told of every submodule that is filled
 */
export async function lookAtSubmodules(
  session: Needs,
  worktree: string,
  also: (module: FilledModule) => Promise<void> = async () => {},
): Promise<ModuleWork[]> {
  const found: ModuleWork[] = [];
  await eachFilled(session, worktree, async (module) => {
    const { path } = module;
    if ('unknown' in module) {
      found.push({ path, dirty: false, commits: [], unknown: module.unknown });
    } else if ('unfilled' in module) {
      found.push({ path, dirty: true, commits: [], unfilled: true });
    } else {
      const left = 'left' in module;
      if (!left) await also(module);
      const dirty = !left && (await isEdited(session, module));
      const commits = (await ownObjects(session, module)).map(({ id }) => id);
      if (dirty || commits.length > 0) found.push({ path, dirty, commits });
    }
  });
  return found;
}

/** Also where its git was told not to look at the edited files, or is in the middle of something. */
async function isEdited({ env }: Needs, { git, folder }: FilledModule): Promise<boolean> {
  if (await unfinishedIn(git)) return true;
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
    if (edits && !('left' in module) && (await isEdited(session, module))) {
      await rescueWorktree({ ...session, git: module.git }, module.folder, name);
    }
    for (const { id, isCommit } of await ownObjects(session, module)) {
      const one = await fetchOne(session, module, id, name);
      if (isCommit) kept.push(one);
    }
  });
  return kept;
}

async function fetchOne(
  session: Needs,
  module: FilledModule | LeftModule,
  commit: string,
  name: string,
): Promise<KeptCommit> {
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

interface OwnObject {
  id: string;
  isCommit: boolean;
}

/** Tips of the submodule that no ref where they would be kept holds, and what its refs name beside commits. */
async function ownObjects(
  session: Needs,
  { git, gitDir, mainDir, folder }: FilledModule | LeftModule,
): Promise<OwnObject[]> {
  const refs = await refsIn(git);
  const own = refs.filter(({ name }) => !name.startsWith('refs/remotes/'));
  const head = await git.commitOf('HEAD');
  const loose = (await looseCommits(git, folder)).tips;
  const named = own.flatMap(({ id, isCommit, tagged }) => (isCommit ? id : (tagged ?? [])));
  // What was fetched from a remote, or pushed there, is not the only copy.
  const tips = await unheld(git, [...new Set([...(head ? [head] : []), ...loose, ...named])], ['--remotes']);
  const keeper =
    mainDir && existsSync(join(mainDir, 'HEAD')) ? await gitInModule(session, mainDir) : session.git;
  const there = await existing(keeper, tips);
  // Objects that are there but on no ref, as after a kill, would go with the next gc.
  const commits = [...tips.filter((id) => !there.includes(id)), ...(await unheld(keeper, there, ['--all']))];
  const held = new Set((await refsIn(keeper)).map(({ id }) => id));
  // A tag that came from a remote came in a pack.
  const madeHere = ({ id, name }: Ref) =>
    !name.startsWith('refs/tags/') || existsSync(join(gitDir, 'objects', id.slice(0, 2), id.slice(2)));
  const others = own.filter((ref) => !ref.isCommit && !held.has(ref.id) && madeHere(ref));
  return [
    ...commits.map((id) => ({ id, isCommit: true })),
    ...[...new Set(others.map(({ id }) => id))].map((id) => ({ id, isCommit: false })),
  ];
}

interface Ref {
  name: string;
  id: string;
  isCommit: boolean;
  /** The commit that an annotated tag names. */
  tagged?: string;
}

async function refsIn(git: Git): Promise<Ref[]> {
  const format = '--format=%(objectname) %(objecttype) %(refname) %(*objecttype) %(*objectname)';
  const { stdout } = await git.run(['for-each-ref', format]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [id = '', type, name = '', inner, tagged] = line.split(' ');
      const of = inner === 'commit' && tagged ? { tagged } : {};
      return { id, isCommit: type === 'commit', name, ...of };
    });
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
    module: FilledModule | LeftModule | { path: string; unknown: string } | { path: string; unfilled: true },
  ) => Promise<void>,
): Promise<void> {
  const top = await parentOf(session, worktree);
  const within = [top.gitDir, worktree];
  const seen = new Set<string>();
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
      seen.add(realpathSync(gitDir));
      const git = await gitInModule(session, gitDir, folder);
      await walk({ git, folder, gitDir, mainDir: module.mainDir ?? gitDir, prefix: `${path}/` });
      await use({ ...module, git, gitDir });
    }
    for (const left of await leftModules(session, parent, seen)) await use(left);
  };
  await walk(top);
}
