/**
 * Files that are deliberately not in a worktree: outside its sparse patterns, or marked by hand in its index. That
 * they are missing says nothing about whether they are wanted, so no commit of ours deletes them.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git, GitOptions } from '../../platform/index.js';
import { copyIndex, mayHoldMarks, printedId, wholeStat } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { withIndex, withScratch } from './own-index.js';
import { standingIn } from './standing.js';

/** Of these tracked paths, in bytes, which are missing, those that the worktree's sparse patterns leave out. */
export async function outsidePatterns(
  git: Git,
  worktree: string,
  missing: readonly string[],
): Promise<string[]> {
  if (missing.length === 0 || !(await isSparse(git, worktree))) return [];
  // git itself judges: it applies the patterns to an index of these paths alone, over an empty folder.
  return withScratch({ env: process.env }, async (folder) => {
    const files = join(folder, 'files');
    await mkdir(files);
    const env = { GIT_INDEX_FILE: join(folder, 'index'), GIT_WORK_TREE: files };
    const options = { worktree, cwd: files, env, bytes: true };
    const blob = await printedId(git, ['hash-object', '-w', '--stdin'], { worktree, input: '' });
    const input = missing.map((path) => `100644 ${blob}\t${path}\0`).join('');
    await git.run(['update-index', '-z', '--index-info'], { ...options, input });
    const tree = await printedId(git, ['write-tree'], options);
    await git.run(['read-tree', '-m', '-u', tree], options);
    return (await marksIn(git, options)).skipped;
  });
}

async function isSparse(git: Git, worktree: string): Promise<boolean> {
  const args = ['config', '--type=bool', '--get', 'core.sparseCheckout'];
  return (await git.run(args, { worktree, ok: [0, 1] })).stdout.trim() === 'true';
}

/** Marks these entries, named in bytes, of the worktree's own index as left out, as a sparse checkout does. */
export async function markSkipped(git: Git, worktree: string, paths: readonly string[]): Promise<void> {
  const input = paths.map((path) => `${path}\0`).join('');
  if (input)
    await git.run(['update-index', '--skip-worktree', '-z', '--stdin'], { worktree, input, bytes: true });
}

/** Entries by their paths in bytes. */
export interface Marks {
  /** Entries that git takes for absent on purpose (skip-worktree). */
  skipped: string[];
  /** Entries whose files git does not look at (assume-unchanged). */
  assumed: string[];
}

/** Entries of an index, that of the worktree if no other is named, for which git does not look at the file. */
async function marksIn(git: Git, options: GitOptions): Promise<Marks> {
  const { stdout } = await git.run(['ls-files', '-v', '-z'], options);
  const lines = stdout.split('\0');
  const named = (tag: RegExp) => lines.filter((line) => tag.test(line)).map((line) => line.slice(2));
  return { skipped: named(/^[Ss] /), assumed: named(/^[a-z] /) };
}

/** Edited files, in bytes, that git was told not to look at. Their edits show in no status and are in no commit. */
export async function hiddenEdits(
  session: Pick<RepoSession, 'git' | 'env'>,
  worktree: string,
): Promise<string[]> {
  const { git } = session;
  if (!(await mayHoldMarks(join(await git.gitDir(worktree), 'index')))) return [];
  const { skipped, assumed } = await marksIn(git, { worktree, bytes: true });
  // Of a sparse checkout most are absent.
  const there = [...new Set([...skipped, ...assumed])].filter(standingIn(worktree));
  if (there.length === 0) return [];
  return withIndex(session, async (indexFile) => {
    await copyIndex(join(await git.gitDir(worktree), 'index'), indexFile);
    await unmark(git, worktree, indexFile, there);
    const options = { worktree, env: { GIT_INDEX_FILE: indexFile }, bytes: true };
    await git.run([...wholeStat, 'update-index', '-q', '--refresh'], { ...options, ok: [0, 1] });
    const edited = (await git.run([...wholeStat, 'diff-files', '-z', '--name-only'], options)).stdout.split(
      '\0',
    );
    const asked = new Set(there);
    return edited.filter((path) => asked.has(path));
  });
}

/** Has git look at these entries, named in bytes, of an index again. */
export async function unmark(
  git: Git,
  worktree: string,
  indexFile: string,
  paths: readonly string[],
): Promise<void> {
  const options = { worktree, env: { GIT_INDEX_FILE: indexFile }, bytes: true };
  const input = paths.map((path) => `${path}\0`).join('');
  for (const flag of ['--no-skip-worktree', '--no-assume-unchanged']) {
    await git.run(['update-index', flag, '-z', '--stdin'], { ...options, input });
  }
}
