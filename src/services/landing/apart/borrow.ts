/**
 * A git directory of our own that borrows the objects of a repository. What is merged, checked out and recorded there
 * never reaches the repository: its refs, its records of worktrees and its objects stay as they are.
 */
import { copyFile, lstat, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import type { BareRepository, FoundRepository, Git } from '../../platform/index.js';
import { gitAt, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

/** Names of the branches in the git directory that stand for the two revisions. */
export const borrowedBranches = { base: 'base', branch: 'branch' } as const;

/** The repository that is borrowed from, and the folder in it that ignored files come from. */
export interface BorrowedFrom {
  git: Git;
  found: FoundRepository | BareRepository;
}

/**
 * Makes the git directory in an empty folder. Ignored files, such as installed dependencies, come from the worktree of
 * the source; of a bare repository, `otherwise` stands for it.
 * Throws `git-failed`, and the system's errors.
 */
export async function borrow(
  { git, found }: BorrowedFrom,
  commits: { base: string; branch: string },
  { folder, otherwise, env }: { folder: string; otherwise: string } & Pick<RepoSession, 'env'>,
): Promise<Git> {
  const root = 'root' in found ? found.root : otherwise;
  const ownDir = 'root' in found ? (found.gitDir ?? found.commonDir) : undefined;
  const folders = ['objects/info', 'objects/pack', 'refs/heads', 'info'];
  await Promise.all(folders.map((name) => mkdir(join(folder, name), { recursive: true })));
  await writeTo(join(folder, 'objects/info/alternates'), `${quoted(join(found.commonDir, 'objects'))}\n`);
  for (const [name, branch] of Object.entries(borrowedBranches)) {
    await writeTo(join(folder, 'refs/heads', branch), `${commits[name as keyof typeof commits]}\n`);
  }
  await writeTo(join(folder, 'HEAD'), `${(await git.commitOf('HEAD')) ?? commits.base}\n`);
  const shared = ['config', 'shallow', 'info/exclude', 'info/attributes'];
  await Promise.all(shared.map((name) => copyIfThere(found.commonDir, folder, name)));
  // What submodules and large files consist of is only read.
  await Promise.all(['modules', 'lfs'].map((name) => linkIfThere(found.commonDir, folder, name)));
  if (ownDir) {
    const split = (await readdir(ownDir)).filter((name) => name.startsWith('sharedindex.'));
    const own = ['index', 'config.worktree', ...split];
    await Promise.all(own.map((name) => copyIfThere(ownDir, folder, name)));
  }
  for (const name of ['config', 'config.worktree']) await becomeOurs(git, join(folder, name));
  return gitAt({ root, commonDir: folder, gitDir: folder, env }, await git.version());
}

/** Of the source's own configuration: where it is, how it keeps its refs, and which part of the tree it shows. */
const sourcesOwn = [
  ...['core.worktree', 'core.bare', 'extensions.refStorage'],
  ...['core.sparseCheckout', 'core.sparseCheckoutCone', 'index.sparse'],
];

/** Takes what is the source's own out of a copied configuration. */
async function becomeOurs(git: Git, file: string): Promise<void> {
  if (!(await isThere(file))) return;
  for (const key of sourcesOwn) {
    await git.run(['config', '--file', file, '--unset-all', key], { ok: [0, 5] });
  }
}

async function copyIfThere(from: string, to: string, name: string): Promise<void> {
  await copyFile(join(from, name), join(to, name)).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
}

async function linkIfThere(from: string, to: string, name: string): Promise<void> {
  if (await isThere(join(from, name))) await symlink(join(from, name), join(to, name));
}

const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** As git reads a path in its list of alternates, whatever the path holds. */
const quoted = (path: string) => `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
