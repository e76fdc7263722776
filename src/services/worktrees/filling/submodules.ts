/** Submodules of a new worktree: made of what the main worktree has of them. Nothing is fetched. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { RepoSession } from '../../store/index.js';
import { gitInModule, type ModuleParent, parentOf, type Submodule, submodulesIn } from '../places/modules.js';

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
    if (reason || !module.ownDir || !module.mainDir) continue;
    const { ownDir, mainDir, folder } = module;
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
  { ownDir, mainDir, folder, path, commit }: Submodule,
): Promise<string | undefined> {
  const hint = `\`git -C ${parentFolder} submodule update --init\` gets it`;
  if (!ownDir || !mainDir) return '.gitmodules does not name it';
  if (existsSync(join(folder, '.git'))) return undefined;
  if (!existsSync(join(mainDir, 'HEAD'))) return `the main worktree does not have it; ${hint}`;
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
  await writeFile(join(ownDir, 'HEAD'), `${commit}\n`);
  await writeFile(join(ownDir, 'objects/info/alternates'), `${await objectsOf(mainDir)}\n`);
  await git.run(['config', '--file', join(ownDir, 'config'), 'core.worktree', relative(ownDir, folder)]);
  await writeFile(join(folder, '.git'), `gitdir: ${relative(folder, ownDir)}\n`);
  try {
    await git.run(['read-tree', '-m', '-u', commit]);
    return undefined;
  } catch (error) {
    return `${path} could not be filled: ${(error as Error).message}`;
  }
}

/** git follows alternates of alternates only to a limited depth, so the first one is named as well. */
async function objectsOf(gitDir: string): Promise<string> {
  const own = join(gitDir, 'objects');
  const further = await readFile(join(own, 'info/alternates'), 'utf8').catch(() => '');
  return [own, ...further.split('\n').filter((line) => line.startsWith('/'))].join('\n');
}
