/**
 * Puts back the files that git had written when a move was cut off. They are told from those of a person by their
 * content (the whole of the file that was to come, its beginning, or nothing where git had removed it) and by their age.
 */
import { type BigIntStats, constants } from 'node:fs';
import { lstat, open, readlink, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { pathBelow } from '../../platform/index.js';
import { withScratch } from '../uncommitted/own-index.js';
import { standingIn } from '../uncommitted/standing.js';
import { blockerAbove } from './in-the-way.js';
import { type BranchMove, type MoveNeeds, noteFile } from './note.js';

/** A file in which two commits differ. Submodules are none: git leaves their folders alone. */
export interface MovedFile {
  /** In bytes. */
  path: string;
  /** Whether the commits before and after have it. */
  before: boolean;
  after: boolean;
}

export async function movedFiles({ git }: MoveNeeds, { from, to }: BranchMove): Promise<MovedFile[]> {
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--raw', '--no-abbrev', from, to];
  const words = (await git.run(args, { bytes: true })).stdout.split('\0');
  const isFile = (mode: string | undefined) => mode !== '000000' && mode !== '160000';
  const files: MovedFile[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [before, after] = words[at]!.slice(1).split(' ');
    files.push({ path: words[at + 1]!, before: isFile(before), after: isFile(after) });
  }
  return files.filter((file) => file.before || file.after);
}

/** Puts back what is not as in the commit before, and leaves what a person wrote. Returns how many files it were. */
export async function putFilesBack(
  session: MoveNeeds,
  { worktree, to }: BranchMove,
  files: readonly MovedFile[],
): Promise<number> {
  const { git } = session;
  const at = { worktree, bytes: true };
  await git.run(['update-index', '-q', '--refresh'], { worktree, ok: [0, 1] });
  const edited = new Set((await git.run(['diff-files', '--name-only', '-z'], at)).stdout.split('\0'));
  const isStanding = standingIn(worktree);
  const found = files.filter(({ path, before }) => (before ? edited.has(path) : isStanding(path)));
  if (found.length === 0) return 0;
  const since = (await stat(noteFile(session), { bigint: true })).mtimeNs;
  return withScratch(session, async (scratch) => {
    const env = { GIT_INDEX_FILE: join(scratch, 'index') };
    const whole = join(scratch, 'files');
    await git.run(['read-tree', to], { worktree, env });
    const written = found.filter(({ after }) => after).map(({ path }) => path);
    const write = ['checkout-index', '-q', '-f', '-z', '--stdin', `--prefix=${whole}${sep}`];
    await git.run(write, { ...at, env, input: lines(written) });
    let count = 0;
    const take = async ({ path }: MovedFile): Promise<boolean> => {
      if (!(await isOurs(pathBelow(whole, path), pathBelow(worktree, path), since))) return false;
      await rm(pathBelow(worktree, path), { force: true });
      count += 1;
      return true;
    };
    // What is new goes first: it may stand in the way of what is old.
    for (const file of found.filter(({ before }) => !before))
      if (await take(file)) await removeEmptyAbove(worktree, file.path);
    const back: string[] = [];
    for (const file of found.filter(({ before }) => before)) {
      await removeIfEmpty(pathBelow(worktree, file.path));
      if (!blockerAbove(worktree, file.path) && (await take(file))) back.push(file.path);
    }
    // Without force: what a person puts there now stays.
    await git.run(['checkout-index', '-q', '-u', '-z', '--stdin'], { ...at, input: lines(back) });
    return count;
  });
}

const lines = (paths: readonly string[]) => paths.map((path) => `${path}\0`).join('');

/** Whether what is at `path` is nothing, or since that moment the file at `whole` or its beginning. */
async function isOurs(whole: Buffer, path: Buffer, since: bigint): Promise<boolean> {
  const [is, wanted] = await Promise.all([statsOf(path), statsOf(whole)]);
  if (!is) return true;
  if (!wanted || is.ctimeNs < since) return false;
  if (is.isSymbolicLink())
    return wanted.isSymbolicLink() && (await readlink(path)) === (await readlink(whole));
  return is.isFile() && wanted.isFile() && is.size <= wanted.size && (await isBeginning(path, whole));
}

async function statsOf(path: Buffer): Promise<BigIntStats | undefined> {
  return lstat(path, { bigint: true }).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTDIR')) throw error;
    return undefined;
  });
}

const chunkBytes = 1024 * 1024;

async function isBeginning(path: Buffer, whole: Buffer): Promise<boolean> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const files = await Promise.all([open(path, flags), open(whole, flags)]);
  try {
    for (let at = 0; ; ) {
      const [written, all] = await Promise.all(
        files.map(async (file) => {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, at);
          return buffer.subarray(0, bytesRead);
        }),
      );
      if (written!.length === 0) return true;
      if (!all!.subarray(0, written!.length).equals(written!)) return false;
      at += written!.length;
    }
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

async function removeEmptyAbove(worktree: string, path: string): Promise<void> {
  for (let at = dirname(path); at !== '.'; at = dirname(at))
    if (!(await removeIfEmpty(pathBelow(worktree, at)))) return;
}

/** Removes a folder in which nothing is. */
async function removeIfEmpty(path: Buffer): Promise<boolean> {
  return rmdir(path).then(
    () => true,
    () => false,
  );
}
