/** Rescue refs: what stands in a worktree, kept before anything is taken away. */
import { join } from 'node:path';
import { appError, hasCode, messageOf } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Git, GitOptions } from '../../platform/index.js';
import { copyIndex, objectIdIn, printedId, unclear } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { existing, looseCommits } from './loose.js';
import { hiddenEdits, unmark } from './outside.js';
import { withIndex } from './own-index.js';
import { stageWorktree } from './stage.js';

/** How many numbers are tried when other processes take refs at the same time. */
const triesForNumber = 50;

/**
 * Keeps a worktree's HEAD, staged state, files (untracked ones too, ignored ones not; edits that git was told not to
 * look at, too) and commits that no ref holds in `refs/codex-agents/rescue/<name>/<n>`, without changing anything in
 * the worktree. Returns the ref; the one that holds the same already, if one does. Throws `git-failed`, and then nothing
 * may be removed. Nested repositories are not held by it: see `nestedRepositories`.
 */
export async function rescueWorktree(
  session: Pick<RepoSession, 'git' | 'env'>,
  path: string,
  name: string,
): Promise<string> {
  const { git } = session;
  const [hidden, loose] = await Promise.all([hiddenEdits(session, path), looseCommits(git, path)]);
  return withIndex(session, async (indexFile) => {
    const head = await headIn(git, path);
    const parents = head === undefined ? [] : [head];
    // The real index is only copied: even write-tree would rewrite it.
    await copyIndex(join(await git.gitDir(path), 'index'), indexFile).catch(async (error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
      await git.run(['read-tree', head ?? '--empty'], { worktree: path, env: { GIT_INDEX_FILE: indexFile } });
    });
    const inIndex = await stagedTree(session, path, indexFile).catch((cause: unknown) => {
      if (!hasCode(cause, 'git-failed')) throw cause;
      throw appError('git-failed', `What is staged in ${path} cannot be kept: ${messageOf(cause)}`, {
        cause,
        hint: `Nothing was changed. Take it out of the index: \`git -C ${shellWord(path)} reset\`; then try again.`,
      });
    });
    if (hidden.length > 0) await unmark(git, path, indexFile, hidden);
    const { tree } = await stageWorktree(git, path, indexFile, { whatever: true });
    const same = await keptAlready(git, name, tree, { staged: inIndex, tips: [...parents, ...loose.tips] });
    if (same) return same;
    const staged = await commitTree(git, inIndex, parents, `Staged in ${path}`);
    const commit = await commitTree(git, tree, [...parents, staged, ...loose.tips], `Rescued from ${path}`);
    return writeRescueRef(git, name, commit, `rescue of ${path}`);
  });
}

/**
 * The rescue ref of this name that holds all of it already: a tree of files, the tree that was staged, and commits.
 * A worktree that stays as it is between two runs would be kept at each of them otherwise.
 */
async function keptAlready(
  git: Git,
  name: string,
  tree: string,
  more: { staged?: string; tips?: readonly string[] } = {},
): Promise<string | undefined> {
  const format = '--format=%(tree) %(refname) %(parent)';
  const { stdout } = await git.run(['for-each-ref', format, `refs/codex-agents/rescue/${name}/`]);
  for (const line of stdout.split('\n')) {
    const [of, ref, ...parents] = line.split(' ').filter(Boolean);
    if (of !== tree || !(more.tips ?? []).every((tip) => parents.includes(tip))) continue;
    if (more.staged === undefined || (await git.treesOf(parents)).includes(more.staged)) return ref;
  }
  return undefined;
}

/** Commit of a worktree's HEAD; undefined on a branch that has none yet. Throws `git-failed` when git cannot tell. */
export async function headIn(git: Git, worktree: string): Promise<string | undefined> {
  const { code, stdout } = await git.run(['rev-parse', '--verify', '-q', 'HEAD'], { worktree, ok: [0, 1] });
  if (code === 0) return objectIdIn(stdout, 'rev-parse');
  const state = ['status', '--porcelain=v2', '--branch', '--untracked-files=no', '--ignore-submodules=all'];
  if ((await git.run(state, { worktree })).stdout.startsWith('# branch.oid (initial)')) return undefined;
  throw appError('git-failed', `git cannot tell which commit is checked out in ${worktree}.`);
}

/**
 * Keeps what is staged in a worktree, before its index is brought up to what was committed. Returns the ref; the one
 * that holds the same already, if one does.
 */
export async function rescueStaged(
  session: Pick<RepoSession, 'git' | 'env'>,
  path: string,
  name: string,
): Promise<string> {
  const { git } = session;
  return withIndex(session, async (indexFile) => {
    await copyIndex(join(await git.gitDir(path), 'index'), indexFile);
    const tree = await stagedTree(session, path, indexFile);
    const same = await keptAlready(git, name, tree);
    if (same) return same;
    const head = await printedId(git, ['rev-parse', '--verify', 'HEAD'], { worktree: path });
    const commit = await commitTree(git, tree, [head], `Staged in ${path}`);
    return writeRescueRef(git, name, commit, `staged in ${path}`);
  });
}

/**
 * Keeps what only git's record of a worktree holds, also of one whose folder is gone or was never filled: commits that
 * no ref holds, and what was staged. Returns the ref, if there is any of that.
 */
export async function rescueRecord(
  session: Pick<RepoSession, 'git' | 'env' | 'root'>,
  { path, head }: { path: string; head?: string | undefined },
  name: string,
): Promise<string | undefined> {
  const { git } = session;
  const { tips } = await looseCommits(git, path);
  const known = head && !/^0+$/.test(head) ? head : undefined;
  const staged = await stagedBeside(session, path, known);
  if (staged === undefined && tips.length === 0) return undefined;
  const tree = staged ?? (await git.treeOf(tips[0]!));
  const parents = staged && known ? [known, ...tips] : tips;
  const what = staged ? `Staged in ${path}` : `Commits of ${path}`;
  return writeRescueRef(git, name, await commitTree(git, tree, parents, what), `record of ${path}`);
}

/** Tree of a record's index when it has what its commit has not. */
async function stagedBeside(
  session: Pick<RepoSession, 'git' | 'env' | 'root'>,
  path: string,
  head: string | undefined,
): Promise<string | undefined> {
  const { git, root } = session;
  return withIndex(session, async (indexFile) => {
    try {
      await copyIndex(join(await git.gitDir(path), 'index'), indexFile);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
    // Asked from the main worktree: the folder may be gone.
    const options = { worktree: root, env: { GIT_INDEX_FILE: indexFile } };
    const commit = head ?? (await printedId(git, ['mktree'], { input: '' }));
    const args = ['diff-index', '--cached', '--name-only', '--diff-filter=d', commit];
    return (await git.run(args, options)).stdout === '' ? undefined : stagedTree(session, root, indexFile);
  });
}

/** Keeps each of these, which are commits, in a rescue ref, if none has it yet. Returns the new refs. */
export async function keepCommits(
  git: Git,
  ids: readonly string[],
  name: string,
  why: string,
): Promise<string[]> {
  if (ids.length === 0) return [];
  const places = ['for-each-ref', '--format=%(objectname)', `refs/codex-agents/rescue/${name}/`];
  const kept = new Set((await git.run(places)).stdout.split('\n'));
  const refs: string[] = [];
  for (const id of await existing(git, ids)) {
    if (!kept.has(id)) refs.push(await writeRescueRef(git, name, id, why));
  }
  return refs;
}

/** Folder in the staged tree of an unfinished merge, for what has no one version: `<stage>/<path>`, and the index. */
const unmergedFolder = 'codex-agents-unmerged';

/**
 * The staged state as a tree. An index with conflicts has none: of those paths every side is kept in a folder of its
 * own, where nothing that was staged is lost, and the raw index beside them.
 */
async function stagedTree(
  session: Pick<RepoSession, 'git' | 'env'>,
  worktree: string,
  indexFile: string,
): Promise<string> {
  const { git } = session;
  const options = { worktree, env: { GIT_INDEX_FILE: indexFile }, bytes: true };
  const { stdout } = await git.run(['ls-files', '-u', '-z'], options);
  if (stdout === '') return printedId(git, ['write-tree'], options);
  const entries = (await git.run(['ls-files', '-s', '-z'], options)).stdout.split('\0').filter(Boolean);
  const raw = await printedId(git, ['hash-object', '-w', '--no-filters', indexFile], { worktree });
  const lines = entries.map((entry) => {
    const [, mode, id, stage, path] = /^(\d+) (\w+) (\d)\t(.*)$/s.exec(entry)!;
    return `${mode} ${id}\t${stage === '0' ? path : `${unmergedFolder}/${stage}/${path}`}\0`;
  });
  lines.push(`100644 ${raw}\t${unmergedFolder}/index\0`);
  return withIndex(session, async (own) => {
    const into = { ...options, env: { GIT_INDEX_FILE: own } };
    await git.run(['update-index', '-z', '--index-info'], { ...into, input: lines.join('') });
    return printedId(git, ['write-tree'], into);
  });
}

/** Paths of repositories that stand inside a worktree without being submodules of it. */
export async function nestedRepositories({ git }: Pick<RepoSession, 'git'>, path: string): Promise<string[]> {
  const { stdout } = await git.run(['ls-files', '-z', '-o', '--exclude-standard'], { worktree: path });
  return stdout.split('\0').filter((entry) => entry.endsWith('/'));
}

/** Points the next free rescue ref of this name at a commit; none is ever overwritten. */
export async function writeRescueRef(git: Git, name: string, commit: string, why: string): Promise<string> {
  const prefix = `refs/codex-agents/rescue/${name}/`;
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname)', prefix]);
  const taken = stdout.split('\n').map((ref) => Number(ref.slice(prefix.length)) || 0);
  let number = Math.max(0, ...taken) + 1;
  for (let tries = 1; ; tries++, number++) {
    try {
      await git.moveRef(`${prefix}${number}`, commit, '', why);
      await requireRef(git, `${prefix}${number}`, commit);
      return `${prefix}${number}`;
    } catch (error) {
      if (!hasCode(error, 'ref-moved') || tries >= triesForNumber) throw error;
    }
  }
}

/** What is told to be kept is looked at: what follows takes away the only other copy. Throws `git-unclear`. */
async function requireRef(git: Git, ref: string, commit: string): Promise<void> {
  if ((await git.commitOf(ref)) !== commit) throw unclear('update-ref', `${ref} does not hold ${commit}`);
}

/** Makes a commit of a tree; the message ends up exactly as given. */
export async function commitTree(
  git: Git,
  tree: string,
  parents: readonly string[],
  message: string,
  { sign = false, ...more }: { sign?: boolean } & Pick<GitOptions, 'timeoutMs' | 'env'> = {},
): Promise<string> {
  const signature = sign ? ['-S'] : [];
  const args = ['commit-tree', ...signature, tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  return printedId(git, args, { input: `${message}\n`, ...more });
}
