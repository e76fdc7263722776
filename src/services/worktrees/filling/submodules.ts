/** Submodules of a new worktree: made of what the main worktree has of them. Nothing is fetched. */
import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { shellWord } from '../../../domain/platform/shell.js';
import { readUtf8, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import {
  gitInModule,
  type ModuleParent,
  moduleGitDir,
  parentOf,
  type Submodule,
  submodulesIn,
} from '../places/modules.js';

/** Brings them along, nested ones too. Returns those that stay empty, and why. */
export async function fillSubmodules(session: RepoSession, worktree: string): Promise<string[]> {
  return fillBelow(session, await parentOf(session, worktree));
}

async function fillBelow(session: RepoSession, parent: ModuleParent): Promise<string[]> {
  const skipped: string[] = [];
  for (const module of await submodulesIn(parent)) {
    const reason = session.config.worktree.submodules
      ? await fillOne(session, parent, module)
      : 'worktree.submodules is off';
    if (reason) skipped.push(`${module.path} (a submodule: ${reason})`);
    const { ownDir, folder } = module;
    const mainDir = donorOf(session, module);
    if (reason || !ownDir || !mainDir) continue;
    const git = await gitInModule(session, ownDir, folder);
    skipped.push(
      ...(await fillBelow(session, { git, folder, gitDir: ownDir, mainDir, prefix: `${module.path}/` })),
    );
  }
  return skipped;
}

/** Why it stays empty; undefined when it is filled. */
async function fillOne(
  session: RepoSession,
  { folder: parentFolder }: ModuleParent,
  module: Submodule,
): Promise<string | undefined> {
  const { ownDir, folder, path, commit } = module;
  const hint = `\`git -C ${shellWord(parentFolder)} submodule update --init\` gets it`;
  if (!ownDir) return '.gitmodules does not name it';
  if (existsSync(join(folder, '.git'))) return undefined;
  const mainDir = donorOf(session, module);
  if (!mainDir) return `the main worktree does not have it; ${hint}`;
  const mains = await gitInModule(session, mainDir);
  const known = await mains.run(['cat-file', '-e', `${commit}^{commit}`], { ok: [0, 1, 128] });
  if (known.code !== 0) return `the main worktree does not have its commit ${commit.slice(0, 12)}; ${hint}`;
  await mkdir(join(ownDir, 'objects/info'), { recursive: true });
  await mkdir(join(ownDir, 'refs'), { recursive: true });
  await mkdir(folder, { recursive: true });
  const git = await gitInModule(session, ownDir, folder);
  // Remotes and branches as the main worktree knows them; objects are shared, what is made here stays here.
  for (const file of ['config', 'packed-refs', 'shallow', 'refs/heads', 'refs/remotes', 'refs/tags']) {
    if (!existsSync(join(mainDir, file))) continue;
    await cp(join(mainDir, file), join(ownDir, file), { recursive: true, verbatimSymlinks: true });
  }
  await writeTo(join(ownDir, 'HEAD'), `${commit}\n`);
  await writeTo(join(ownDir, 'objects/info/alternates'), `${await objectsOf(mainDir)}\n`);
  await git.run(['config', '--file', join(ownDir, 'config'), 'core.worktree', relative(ownDir, folder)]);
  await writeTo(join(folder, '.git'), `gitdir: ${relative(folder, ownDir)}\n`);
  try {
    await git.run(['read-tree', '-m', '-u', commit]);
    return undefined;
  } catch (error) {
    return `${path} could not be filled: ${(error as Error).message}`;
  }
}

/**
 * Git directory of the submodule in the main worktree: where git keeps it, else the one that its folder names, as where
 * it was never absorbed, or where a linked worktree stands for a bare repository.
 */
function donorOf({ git, root }: RepoSession, { mainDir, path }: Submodule): string | undefined {
  if (mainDir && existsSync(join(mainDir, 'HEAD'))) return mainDir;
  const found = moduleGitDir(join(root, path), git.commonDir);
  return found !== undefined && found !== 'elsewhere' && existsSync(join(found, 'HEAD')) ? found : undefined;
}

/** git follows alternates of alternates only to a limited depth, so the first one is named as well. */
async function objectsOf(gitDir: string): Promise<string> {
  const own = join(gitDir, 'objects');
  const further = await readUtf8(join(own, 'info/alternates')).catch(() => '');
  return [own, ...further.split('\n').filter((line) => line.startsWith('/'))].join('\n');
}
