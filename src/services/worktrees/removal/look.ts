/** What would be lost with a worktree. Every look is cheaper than a status, and they go on side by side. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { textOfPath, unfinishedIn, wholeStat } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { readyMark } from '../places/ready.js';
import { editedFiles } from '../uncommitted/edited.js';
import { type LooseCommits, looseCommits } from '../uncommitted/loose.js';
import { hiddenEdits } from '../uncommitted/outside.js';
import { headIn } from '../uncommitted/rescue.js';
import { lookAtSubmodules, type ModuleWork } from '../uncommitted/submodules.js';
import { lookAtOwnGit, type Nested } from './nested.js';
import { lookAtUntracked, type Untracked } from './untracked.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'target' | 'env'>;

export interface RemovalLook {
  /** Changed and untracked files. */
  changed: string[];
  /** Operation that was begun and not finished, e.g. "merge". */
  unfinished?: string | undefined;
  /** How many commits the target does not have. */
  unlanded: number;
  /** Edited files that git was told not to look at (assume-unchanged, skip-worktree). */
  hidden: string[];
  nested: Nested;
  /** Work inside submodules, whose repositories go with the worktree. */
  modules: ModuleWork[];
  /** Commits made there that no branch or ref holds. */
  loose: LooseCommits;
  /**
   * Files that were written after the worktree was ready and whose content git leaves out: ignored ones, and those behind
   * a filter that takes the edit away.
   */
  written: string[];
}

/** Looks, and changes nothing. Throws `git-failed` when git cannot tell. */
export async function lookInto(session: Needs, worktree: string): Promise<RemovalLook> {
  const { git } = session;
  const ok = [0, 1];
  const [untracked, own, edited, staged, hidden, loose, modules, unfinished, unlanded] = await Promise.all([
    lookAtUntracked(session, worktree),
    lookAtOwnGit(session, worktree),
    git.run([...wholeStat, ...ownThreads(), 'diff-files', '--quiet'], { worktree, ok }),
    // On a branch without a commit there is no HEAD to compare with; then the status tells.
    git.run(['diff-index', '--cached', '--quiet', 'HEAD'], { worktree, ok: [...ok, 128] }),
    hiddenEdits(session, worktree),
    looseCommits(git, worktree),
    lookAtModules(session, worktree),
    underWayIn(git, worktree),
    unlandedIn(session, worktree),
  ]);
  // A file that was merely touched counts as edited here: git's own status is asked only then.
  const clean = staged.code === 0 && edited.code === 0 && !untracked.visible;
  const changed = clean ? [] : (await editedFiles(session, worktree)).map(({ path }) => path);
  const nested = joined([untracked.nested, own, ...modules.inside.map((one) => one.nested)]);
  const filtered = edited.code === 0 ? [] : await editsFilteredAway(git, worktree, changed);
  const written = [...untracked.written, ...modules.inside.flatMap((one) => one.written), ...filtered];
  return {
    changed,
    unfinished,
    unlanded,
    hidden: hidden.map(textOfPath),
    nested,
    modules: modules.found,
    loose,
    written,
  };
}

/** Submodules are worktrees of their own to git: what stands untracked in them is looked at one by one. */
async function lookAtModules(
  session: Needs,
  worktree: string,
): Promise<{ found: ModuleWork[]; inside: Pick<Untracked, 'nested' | 'written'>[] }> {
  const mark = await readyMark(session.git, worktree);
  const inside: Pick<Untracked, 'nested' | 'written'>[] = [];
  const found = await lookAtSubmodules(session, worktree, async ({ git, folder, path }) => {
    const needs = { ...session, git, root: join(session.root, path) };
    const { nested, written } = await lookAtUntracked(needs, folder, mark);
    const below = (names: readonly string[]) => names.map((name) => join(path, name));
    const { repositories, worktrees, unread } = nested;
    inside.push({
      nested: {
        repositories: below(repositories),
        worktrees: below(worktrees),
        unread: below(unread),
      },
      written: below(written),
    });
  });
  return { found, inside };
}

const joined = (all: readonly Nested[]): Nested => ({
  repositories: all.flatMap(({ repositories }) => repositories),
  worktrees: all.flatMap(({ worktrees }) => worktrees),
  unread: all.flatMap(({ unread }) => unread),
});

/** Tracked files that were written, and that have a filter through which nothing of that is left. */
async function editsFilteredAway(
  git: RepoSession['git'],
  worktree: string,
  changed: readonly string[],
): Promise<string[]> {
  // Of the index as it is: what was only touched counts, too.
  const { stdout } = await git.run([...wholeStat, 'diff-files', '-z', '--name-only'], { worktree });
  const rest = stdout.split('\0').filter((path) => path !== '' && !changed.includes(path));
  if (rest.length === 0) return [];
  const input = rest.map((path) => `${path}\0`).join('');
  const asked = await git.run(['check-attr', '-z', '--stdin', 'filter'], { worktree, input });
  const fields = asked.stdout.split('\0');
  return rest.filter((_, at) => !/^(unspecified|unset)?$/.test(fields[at * 3 + 2] ?? ''));
}

/** A bisection too: it moves no branch, and its marks stand in git's record alone. */
async function underWayIn(git: RepoSession['git'], worktree: string): Promise<string | undefined> {
  const begun = await unfinishedIn(git, worktree);
  if (begun !== undefined) return begun;
  return existsSync(join(await git.gitDir(worktree), 'BISECT_LOG')) ? 'bisect' : undefined;
}

/** git looks at files in up to twenty threads; where cores are few, those only get in the way of the other looks. */
const ownThreads = (): string[] => (availableParallelism() > 2 ? [] : ['-c', 'core.preloadIndex=false']);

/**
 * How many commits of the worktree the target does not have; all of them when there is no target to compare with, and
 * one when git cannot count them, so that they are taken for work.
 */
async function unlandedIn({ git, target }: Needs, worktree: string): Promise<number> {
  const count = (range: string[]) =>
    git.run(['rev-list', '--count', ...range, '--'], { worktree, ok: [0, 128] });
  const missing = await count(['HEAD', `^refs/heads/${target}`]);
  const { stdout } = missing.code === 0 ? missing : await count(['HEAD']);
  // What is no number counts as work too: compared with zero it would be none.
  if (/^\d+$/.test(stdout.trim())) return Number(stdout);
  return stdout.trim() === '' && (await headIn(git, worktree)) === undefined ? 0 : 1;
}
