/** Brings an index of our own up to what stands in a worktree; the worktree's own index is not touched. */
import { readlinkSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { type Git, isTextPath, pathBelow, printedId, textOfPath, wholeStat } from '../../platform/index.js';
import { outsidePatterns } from './outside.js';
import { stageUnfiltered } from './stage-unfiltered.js';
import { standingIn } from './standing.js';

export interface Staged {
  /** Tree id of everything that stands in the worktree and is not ignored. */
  tree: string;
  /** Folders with a repository of their own: git can only point to them, not hold them. */
  nested: string[];
  /** Missing files that the sparse patterns leave out: still in the tree, though the index had lost their marks. In bytes. */
  outside: string[];
}

interface StageOptions {
  /** May tell of paths that look changed, but are not. */
  unchanged?: (changed: readonly string[]) => Promise<readonly string[]>;
  /** A file that its filter or conversion refuses is staged as it stands, in place of an error. */
  whatever?: boolean;
}

/**
 * Stages changed, deleted and new files into `indexFile` (which exists) and writes its tree.
 * Not `git add -A`: that asks every nested repository for its state, and so runs what its configuration names.
 */
export async function stageWorktree(
  git: Git,
  worktree: string,
  indexFile: string,
  { unchanged = async () => [], whatever = false }: StageOptions = {},
): Promise<Staged> {
  const options = { worktree, env: { GIT_INDEX_FILE: indexFile }, bytes: true };
  const paths = async (args: string[]) => (await git.run(args, options)).stdout.split('\0').filter(Boolean);
  await git.run([...wholeStat, 'update-index', '-q', '--refresh'], { ...options, ok: [0, 1] });
  const seen = await paths([...wholeStat, 'diff-files', '-z', '--name-status']);
  const pairs = seen.flatMap((status, at) => (at % 2 === 0 ? [{ status, path: seen[at + 1]! }] : []));
  const missing = pairs.filter(({ status }) => status === 'D').map(({ path }) => path);
  const outside = await outsidePatterns(git, worktree, missing);
  const seenAs = pairs.map(({ path }) => path);
  const same = new Set(await unchanged(seenAs.filter(isTextPath).map(textOfPath)));
  const left = new Set([
    ...outside,
    ...seenAs.filter((path) => isTextPath(path) && same.has(textOfPath(path))),
  ]);
  const changed = seenAs.filter((path) => !left.has(path));
  const untracked = await paths(['ls-files', '-z', '-o', '--exclude-standard']);
  const nested = untracked.filter((path) => path.endsWith('/')).map((path) => textOfPath(path.slice(0, -1)));
  const files = [...new Set([...changed, ...untracked.filter((path) => !path.endsWith('/'))])];
  const tree = await stageFiles(git, worktree, indexFile, files, { whatever });
  return { tree, nested, outside };
}

/** Brings these paths, in bytes, of `indexFile` up to the worktree and returns the tree of the whole index. */
export async function stageFiles(
  git: Pick<Git, 'run'>,
  worktree: string,
  indexFile: string,
  files: readonly string[],
  { whatever = false }: Pick<StageOptions, 'whatever'> = {},
): Promise<string> {
  const options = { worktree, env: { GIT_INDEX_FILE: indexFile }, bytes: true };
  const isStanding = standingIn(worktree);
  const gone = files.filter((path) => !isStanding(path));
  const there = files.filter((path) => isStanding(path));
  // git refuses to look where a link stands in place of a folder: there is nothing of these paths.
  if (gone.length > 0) {
    await git.run(['update-index', '--force-remove', '-z', '--stdin'], { ...options, input: lines(gone) });
  }
  const update = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
  await git.run([...wholeStat, ...update], { ...options, input: lines(there) }).catch((error: unknown) => {
    if (!whatever || !hasCode(error, 'git-failed')) throw error;
    return stageUnfiltered(git, worktree, indexFile, there);
  });
  return printedId(git, ['write-tree'], options);
}

const lines = (paths: readonly string[]) => paths.map((path) => `${path}\0`).join('');

/** True for a link, named in bytes, that leads out of its worktree, or to git's own files in it. */
export function isEscapingLink(worktree: string, path: string): boolean {
  const full = pathBelow(worktree, path);
  const link = linkAt(full);
  if (link === undefined) return false;
  const target = relative(worktree, resolve(dirname(full.toString('utf8')), link));
  return target.startsWith('..') || target.split('/')[0] === '.git';
}

/** Of a path that is gone, or lies behind a file by now, there is no link. */
function linkAt(path: Buffer): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (['EINVAL', 'ENOENT', 'ENOTDIR'].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}
