/** The orchestrator commits for the agent: outside of its sandbox, from its files, by compare-and-swap. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Task } from '../../../domain/store/task.js';
import { parseReflog, runMark } from '../../../domain/worktrees/guard.js';
import type { Git, GitOptions } from '../../platform/index.js';
import {
  copyIndex,
  mayHoldSubmodules,
  printedId,
  readText,
  textOfPath,
  unfinishedIn,
} from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { linksListed } from '../places/modules.js';
import { commitHooks, runCommitHooks, skippedHooksText } from './hooks.js';
import { markSkipped } from './outside.js';
import { withIndex } from './own-index.js';
import {
  filterProblem,
  mixedLinesProblem,
  moduleProblem,
  nestedProblem,
  refusalOf,
  twiceProblem,
  unfinishedProblem,
} from './problems.js';
import { headIn } from './rescue.js';
import { commitToLand } from './signing.js';
import { stageWorktree } from './stage.js';
import { keepStaged, stagedAgainst } from './staged.js';
import { type KeptCommit, keepSubmodules } from './submodules.js';
import { type TreeChange, unchangedUnfiltered } from './unfiltered.js';

export interface CommittedWork {
  /** Commit the branch is at now; '' when there is no branch. */
  head: string;
  /** Set when a commit was made. */
  commit?: string;
  /** Paths in that commit. */
  files: string[];
  /** Commits of submodules that only this worktree had; they are kept now, and no remote is known to have them. */
  modules?: KeptCommit[];
  /** Why something was left uncommitted; it all stands in the worktree still. */
  problem?: string;
}

/**
 * Commits everything that stands in the task's worktree onto its branch; commits the agent made there are kept below.
 * Doing it again changes nothing. Throws `ref-moved` when the branch moves meanwhile, `worktree-missing`.
 * @param more message, and the run that did the work: both end up in the commit
 */
export async function commitWork(
  session: Pick<RepoSession, 'git' | 'root' | 'env' | 'config' | 'emit' | 'signal'>,
  task: Task,
  more: { message: string; runId: string },
): Promise<CommittedWork> {
  const { git } = session;
  const ref = `refs/heads/${task.branch}`;
  const worktree = task.worktree;
  const branchAt = (await git.commitOf(ref)) ?? '';
  if (!worktree) {
    return {
      head: branchAt,
      files: [],
      ...(branchAt ? {} : { problem: `the branch ${task.branch} is gone` }),
    };
  }
  const unfinished = await unfinishedIn(git, worktree);
  if (unfinished) {
    return { head: branchAt, files: [], problem: unfinishedProblem(unfinished, worktree, task.slug) };
  }
  const parent = await placeToCommit(session, task, branchAt, worktree);
  if ('problem' in parent) return { head: branchAt, files: [], problem: parent.problem };
  let outside: string[] = [];
  let nested: string[] = [];
  let replaced: string[] = [];
  const work = await withIndex(session, async (indexFile): Promise<CommittedWork> => {
    await startIndex(git, worktree, parent.commit, indexFile);
    const staged = await stageWorktree(git, worktree, indexFile, {
      unchanged: (changed) => unchangedUnfiltered(session, worktree, changed),
    }).catch((error: unknown) => mixedLinesProblem(error, worktree, task.slug));
    if ('problem' in staged) return { head: branchAt, files: [], problem: staged.problem };
    ({ outside, nested } = staged);
    const made = await changes(session, parent.commit, staged.tree);
    const files = made.map((change) => change.path);
    replaced = made.map((change) => change.was);
    const introduced = await changes(session, task.base ?? parent.commit, staged.tree);
    const problem =
      (await refusalOf(session, worktree, staged.tree, introduced)) ??
      (await filterProblem(session, worktree, made)) ??
      (await twiceProblem(session, worktree, task.base ?? parent.commit, introduced));
    if (problem) return { head: branchAt, files: [], problem };
    if (files.length === 0) return { head: parent.commit, files: [] };
    const own = [`Task: ${task.slug}`, `Run: ${more.runId}`];
    const trailers = [...own, ...session.config.git.trailers].join('\n');
    const hooks = await commitHooks(git, worktree);
    const unrun = skippedHooksText(session, hooks);
    if (unrun) session.emit({ type: 'noted', level: 'warning', message: `${task.slug}: ${unrun}` });
    const text = `${more.message.trim()}\n\n${trailers}`;
    const hooked = await runCommitHooks(session, worktree, hooks, indexFile, text);
    if ('problem' in hooked) return { head: branchAt, files: [], problem: hooked.problem };
    // A hook that formats has changed the index, and what it staged is what is meant.
    const env = { GIT_INDEX_FILE: indexFile };
    const tree = hooks.length === 0 ? staged.tree : await printedId(git, ['write-tree'], { worktree, env });
    const commit = await commitToLand(session, tree, [parent.commit], hooked.message);
    return { head: commit, commit, files };
  });
  if (work.problem) return work;
  // Before the branch names them: a pointer must not be seen before what it points to is safe.
  const modules = await keepSubmodules(session, worktree, task.slug);
  if (work.head !== branchAt) await git.moveRef(ref, work.head, branchAt, `work of ${more.runId}`);
  const place = { worktree, slug: task.slug, base: task.base };
  const problem = await alignWorktree(session, place, ref, work.head, outside, new Set(replaced));
  const unsettled =
    problem ?? nestedProblem(nested, worktree, task.slug) ?? (await moduleProblem(session, worktree));
  return {
    ...work,
    ...(modules.length > 0 ? { modules } : {}),
    ...(unsettled ? { problem: unsettled } : {}),
  };
}

/**
 * The commit to build on: the branch's own, or one that the agent made on another branch, where the task's branch holds
 * no work that would be left behind. A branch that the agent renamed is made again there.
 * @param branchAt '' when the branch is gone
 */
async function placeToCommit(
  { git }: Pick<RepoSession, 'git'>,
  { branch, base, slug }: Task,
  branchAt: string,
  worktree: string,
): Promise<{ commit: string } | { problem: string }> {
  const options: GitOptions = { worktree, ok: [0, 1] };
  const name = (await git.run(['symbolic-ref', '-q', 'HEAD'], options)).stdout.trim();
  if (branchAt && name === `refs/heads/${branch}`) return { commit: branchAt };
  const found = (await headIn(git, worktree)) ?? '';
  const lost = found === '' && name === `refs/heads/${branch}`;
  const head = lost ? await lastCommit(git, worktree) : found;
  const holds = async (commit: string | undefined) =>
    commit && head && (await git.run(['merge-base', '--is-ancestor', commit, head], options)).code === 0;
  if (await holds(branchAt || base)) return { commit: head };
  const mayLeave = head !== '' && (branchAt === '' || branchAt === base);
  if (mayLeave && (await isOfRun(git, head, worktree))) return { commit: head };
  const where = name ? name.replace(/^refs\/heads\//, '') : `commit ${head.slice(0, 8)}`;
  if (branchAt === '') {
    const again = `git -C ${shellWord(worktree)} update-ref ${shellWord(`refs/heads/${branch}`)} ${base ?? '<commit>'}`;
    return {
      problem: `the branch ${branch} is gone. To make it again: \`${again}\`, then \`codex-agent task retry ${slug}\``,
    };
  }
  return {
    problem: `the agent switched the worktree to ${where}, which does not hold the commits of its own branch. To go back: \`git -C ${shellWord(worktree)} switch ${shellWord(branch)}\`, then \`codex-agent task retry ${slug}\``,
  };
}

/** Where HEAD stood last, of a worktree whose branch went, as where an agent's `git gc` could only take it away. */
async function lastCommit(git: Git, worktree: string): Promise<string> {
  const log = (await readText(join(await git.gitDir(worktree), 'logs', 'HEAD')).catch(() => undefined)) ?? '';
  const last = parseReflog(log).at(-1)?.after;
  return (last && (await git.commitOf(last))) ?? '';
}

/** The run's own git made this commit: it bears the mark of a run. */
async function isOfRun(git: RepoSession['git'], commit: string, worktree: string): Promise<boolean> {
  const { stdout } = await git.run(['log', '-1', '--format=%ce', commit], { worktree });
  return stdout.trim().endsWith(runMark(''));
}

async function changes(
  { git }: Pick<RepoSession, 'git'>,
  commit: string,
  tree: string,
): Promise<TreeChange[]> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', commit, tree];
  const fields = (await git.run(args, { bytes: true })).stdout.split('\0');
  const found: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [before = '', after = '', was = '', is = ''] = fields[at]!.slice(1).split(' ');
    const bytes = fields[at + 1]!;
    found.push({ path: textOfPath(bytes), bytes, before, after, was, is });
  }
  return found;
}

/**
 * An index of the commit that knows of the worktree's files what its own index knows: which are unchanged, so that no
 * filter has to tell, and which are marked as absent or not to be looked at. One that is broken tells nothing.
 */
async function startIndex(git: Git, worktree: string, commit: string, indexFile: string): Promise<void> {
  const options = { worktree, env: { GIT_INDEX_FILE: indexFile } };
  const copied = await copyIndex(join(await git.gitDir(worktree), 'index'), indexFile).then(
    () => true,
    (error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
      return false;
    },
  );
  const merged = await git.run(['read-tree', '--reset', '-i', commit], { ...options, ok: [0, 128] });
  if (merged.code === 0) return copied ? takeOutSubmodules(git, worktree, indexFile) : undefined;
  await rm(indexFile, { force: true });
  await git.run(['read-tree', commit], options);
}

/**
 * Takes out of an index the submodules that the worktree's own index has no more and whose folders are none: as long as
 * an entry stands for a submodule, git sees no file of its folder.
 */
async function takeOutSubmodules(git: Git, worktree: string, indexFile: string): Promise<void> {
  if (!(await mayHoldSubmodules(indexFile))) return;
  const options = { worktree, env: { GIT_INDEX_FILE: indexFile } };
  const inIndex = async (of: GitOptions) =>
    linksListed((await git.run(['ls-files', '-s', '-z'], of)).stdout).map(({ path }) => path);
  const [wanted, own] = await Promise.all([inIndex(options), inIndex({ worktree })]);
  const gone = wanted.filter((path) => !own.includes(path) && !existsSync(join(worktree, path, '.git')));
  const input = gone.map((path) => `${path}\0`).join('');
  if (input) await git.run(['update-index', '--force-remove', '-z', '--stdin'], { ...options, input });
}

interface Place {
  worktree: string;
  slug: string;
  base?: string | undefined;
}

/** What holds an index for a moment, another git above all, is gone by then. */
const secondTryMs = 300;

/** Why HEAD and index of the worktree do not agree with what was committed; undefined when they do. */
async function alignWorktree(
  session: Pick<RepoSession, 'git' | 'env' | 'emit'>,
  place: Place,
  ref: string,
  head: string,
  outside: readonly string[],
  known: ReadonlySet<string>,
): Promise<string | undefined> {
  const align = () => bringUp(session, place, ref, head, outside, known);
  try {
    await align().catch(() => sleep(secondTryMs).then(align));
    return undefined;
  } catch (error) {
    const { worktree, slug } = place;
    return `the work is committed, but the index of ${worktree} could not be brought up to it: ${messageOf(error).replace(/\.$/, '')}. Once it can be written: \`codex-agent task retry ${slug}\``;
  }
}

/** Makes HEAD and index of a worktree agree with a commit. Files are not written, marks are kept. */
async function bringUp(
  session: Pick<RepoSession, 'git' | 'env' | 'emit'>,
  place: Place,
  ref: string,
  head: string,
  outside: readonly string[],
  known: ReadonlySet<string>,
): Promise<void> {
  const { git } = session;
  const { worktree } = place;
  const name = await git.run(['symbolic-ref', '-q', 'HEAD'], { worktree, ok: [0, 1] });
  if (name.stdout.trim() !== ref) await git.run(['symbolic-ref', 'HEAD', ref], { worktree });
  const staged = await stagedAgainst(git, worktree, head);
  if (staged.length > 0) {
    await keepStaged(session, place, head, staged, known);
    // Merged into the index that is there: a plain read-tree would forget which entries are marked.
    await git.run(['read-tree', '--reset', '-i', head], { worktree });
    await git.run(['update-index', '-q', '--refresh'], { worktree, ok: [0, 1] });
  }
  await markSkipped(git, worktree, outside);
}
