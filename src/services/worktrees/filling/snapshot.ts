/**
 * Clones a whole main worktree at once, where it is a btrfs subvolume. Takes the same time for any number of files;
 * inodes and times survive, so that the copied index is valid as it is.
 */
import { copyFile, mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { baseEnvironment, findProgram, readPlain, runProcess, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import type { Ground } from '../places/ground.js';
import { differenceOf } from './donor.js';
import type { Filling } from './hydration.js';
import { type Entry, selectIgnored, worktreesInside } from './ignored.js';
import { installsFor } from './install.js';
import { keepLinksInside, linksIn } from './links.js';
import { countFiles, totalOf } from './measure.js';
import { toolEnvironment } from './setup.js';

/**
 * Fills an empty worktree with a snapshot of the donor, and takes out what does not belong there: the donor's edits,
 * and ignored files that are not to come along. Undefined, with the worktree empty, where that cannot be done.
 */
export async function snapshot(
  session: RepoSession,
  path: string,
  ground: Ground,
): Promise<Filling | undefined> {
  if (!ground.subvolume) return undefined;
  const { git, root } = session;
  const [possible, selection] = await Promise.all([isPossible(session), selectIgnored(session, true)]);
  if (!possible) return undefined;
  const entries = [...selection.dependencies, ...(await selection.others)];
  if (await holdsSubvolume(root, entries)) return undefined;
  const counting = countFiles(root, entries, toolEnvironment(session.env));
  if (!(await cloneInto(session, path))) return undefined;
  await copyFile(join(await git.gitDir(root), 'index'), join(await git.gitDir(path), 'index'));
  const leave = async (unwanted: readonly Entry[]) => {
    for (const entry of unwanted) await rm(join(path, entry.path), { recursive: true, force: true });
  };
  await leave(selection.refused());
  const { lockFiles } = differenceOf(await becomeCommit(session, path));
  const installed = installsFor(session, lockFiles);
  await leave(selection.dependencies.filter((entry) => installed.some((one) => one.replaces(entry.path))));
  const found = await counting;
  const links = found?.links ?? (await linksIn(path, entries));
  selection.skipped.push(...keepLinksInside(session, path, links));
  const carried = totalOf([found]);
  return { method: 'snapshot', ...(carried ? { carried } : {}), selection, lockFiles };
}

/** What a copied index could not stand for, or what would make the clone more than one tree. */
async function isPossible(session: RepoSession): Promise<boolean> {
  const { config, env, root, git } = session;
  if (!config.worktree.snapshot || !findProgram('btrfs', env)) return false;
  if ((await stat(root)).uid !== process.getuid?.()) return false;
  if ((await worktreesInside(session)).length > 0) return false;
  const [modules, split, sparse, flags] = await Promise.all([
    git.run(['ls-files', '-z', '--', '.gitmodules', ':(glob)**/.gitmodules']),
    git.run(['rev-parse', '--shared-index-path']),
    git.run(['config', '--get', '--type=bool', 'core.sparseCheckout'], { ok: [0, 1] }),
    git.run(['ls-files', '-v', '-z']),
  ]);
  // Skip-worktree and assume-unchanged entries (`S`, lower case) would hide local edits in the clone.
  const hidden = flags.stdout.split('\0').some((line) => /^[Sa-z] /.test(line));
  return modules.stdout === '' && split.stdout.trim() === '' && sparse.stdout.trim() !== 'true' && !hidden;
}

/** A subvolume inside arrives as an empty folder. */
async function holdsSubvolume(root: string, entries: readonly Entry[]): Promise<boolean> {
  for (const { path, folder } of entries) {
    if (folder && (await stat(join(root, path)).catch(() => undefined))?.ino === 256) return true;
  }
  return false;
}

/** Puts the snapshot in the worktree's place and its `.git` file into the snapshot. False: nothing has changed. */
async function cloneInto(session: RepoSession, path: string): Promise<boolean> {
  const link = join(path, '.git');
  const pointer = await readPlain(link);
  await rm(link);
  await rmdir(path);
  const argv = ['btrfs', '-q', 'subvolume', 'snapshot', session.root, path];
  const { code } = await runProcess(argv, { cwd: '/', env: baseEnvironment(session.env) });
  if (code !== 0) await mkdir(path, { recursive: true });
  // The clone of the repository itself, or where the donor is a linked worktree, of its pointer.
  await rm(link, { recursive: true, force: true });
  await writeTo(link, pointer);
  return code === 0;
}

/**
 * Makes the tracked files those of HEAD, whatever the donor had edited, staged or added. Only ever for our clone.
 * Returns the tracked paths in which the donor was different.
 */
async function becomeCommit({ git }: RepoSession, path: string): Promise<string[]> {
  const status = async () =>
    (await git.run(['status', '--porcelain', '-z', '--no-renames'], { worktree: path })).stdout
      .split('\0')
      .filter(Boolean)
      .map((line) => ({ untracked: line.startsWith('??'), file: line.slice(3) }));
  let found = await status();
  const different = found.filter((one) => !one.untracked).map((one) => one.file);
  if (different.length > 0) {
    await git.run(['read-tree', '--reset', '-u', 'HEAD'], { worktree: path });
    found = await status();
  }
  for (const { untracked, file } of found) {
    if (untracked) await rm(join(path, file), { recursive: true, force: true });
  }
  return different;
}
