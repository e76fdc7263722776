/** Files behind a filter that is left out: only their times tell whether they were changed, and what of them may be committed. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfPath, indexStats, type SkippedFilter, unfilteredPaths } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { standingIn } from './standing.js';

/**
 * Of these files, those that a filter of the repository's own stands before and that are as when they were checked out
 * or committed, by their times and sizes: without the filter their content would look changed.
 */
export async function unchangedUnfiltered(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  worktree: string,
  changed: readonly string[],
): Promise<string[]> {
  const paths = (await unfilteredPaths(session, worktree, changed)).map(({ path }) => path);
  if (paths.length === 0) return [];
  const [known, modes] = await Promise.all([
    indexStats(session.git, worktree),
    modesOf(session, worktree, paths),
  ]);
  const isStanding = standingIn(worktree);
  return paths.filter((path) => {
    if (!isStanding(bytesOfPath(path))) return false;
    const found = lstatSync(join(worktree, path), { bigint: true, throwIfNoEntry: false });
    // git notes no size where it could not be sure by the time alone; to the nanosecond it is.
    const runs = found && (found.mode & 0o100n) !== 0n;
    if (modes.get(path)?.endsWith('755') !== runs) return false;
    const same = found && [`${found.mtimeNs} ${found.size}`, `${found.mtimeNs} 0`];
    return same?.includes(known.get(path) ?? '') === true;
  });
}

async function modesOf(
  { git }: Pick<RepoSession, 'git'>,
  worktree: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const wanted = new Set(paths);
  const { stdout } = await git.run(['ls-files', '-s', '-z'], { worktree });
  const lines = stdout
    .split('\0')
    .map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, 6)] as const);
  return new Map(lines.filter(([path]) => wanted.has(path)));
}

/** A path in which two trees differ. */
export interface TreeChange {
  path: string;
  /** The same in bytes. */
  bytes: string;
  /** Modes as git writes them: 100644 file, 120000 link, 160000 another repository, 000000 none. */
  before: string;
  after: string;
  /** Object ids of what was there, and is. */
  was: string;
  is: string;
}

/**
 * The first file that would be committed without the filter that it needs. What went through it before may be taken
 * away, renamed, or given another mode: nothing of it changes.
 */
export async function unfilteredChange(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  worktree: string,
  changes: readonly TreeChange[],
): Promise<{ path: string; filter: SkippedFilter } | undefined> {
  const paths = changes.map(({ path }) => path);
  const found = await unfilteredPaths(session, worktree, paths);
  const filterOf = new Map(found.map(({ path, filter }) => [path, filter.name]));
  const known = new Set(changes.map(({ path, was }) => `${filterOf.get(path)} ${was}`));
  const at = new Map(changes.map((change) => [change.path, change]));
  return found.find(({ path, filter }) => {
    const { after, is } = at.get(path)!;
    return after !== '000000' && !known.has(`${filter.name} ${is}`);
  });
}

/**
 * The first file that was committed through its filter although it stands in the worktree as git stored it before: the
 * agent's git has filtered it a second time.
 */
export async function filteredTwice(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  worktree: string,
  introduced: readonly TreeChange[],
): Promise<{ path: string; filter: SkippedFilter } | undefined> {
  const edited = introduced.filter(({ before, after }) => before !== '000000' && after !== '000000');
  const paths = edited.filter(({ was, is }) => was !== is).map(({ path }) => path);
  for (const found of await unfilteredPaths(session, worktree, paths)) {
    const args = ['hash-object', '--no-filters', '--', join(worktree, found.path)];
    const { code, stdout } = await session.git.run(args, { worktree, ok: [0, 128] });
    const { was } = edited.find(({ path }) => path === found.path)!;
    if (code === 0 && stdout.trim() === was) return found;
  }
  return undefined;
}
