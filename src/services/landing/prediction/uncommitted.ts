/**
 * The uncommitted work of a worktree as a commit on top of its branch. It is made with a private index in the
 * scratch store, so the worktree's index and the repository's objects stay as they are. Of the repository's clean
 * filters only those run that the person's own configuration names.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { formatSize } from '../../../domain/platform/units.js';
import type { Task } from '../../../domain/store/task.js';
import type { Git } from '../../platform/index.js';
import { bytesOfPath, copyIndex, objectIdIn, unfilteredPaths } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { stageFiles, withIndex } from '../../worktrees/index.js';
import type { Analysis } from './analysis.js';
import { writePassing } from './commits.js';

export type Uncommitted =
  | { commit: string; files: number }
  /** Why it could not be told. */
  | { reason: string };

/** More than this is no work of an agent but something it unpacked and forgot to ignore. */
const maxFiles = 20_000;
const maxBytes = 256 * 1024 * 1024;

type Needs = Pick<RepoSession, 'git' | 'root' | 'env'>;

/**
 * The work of a task's worktree, or undefined when all is committed. Throws `git-failed`, `worktree-missing`.
 * @param tip commit of the task's branch
 * @param known changed and untracked paths, when the caller has looked already
 */
export async function uncommittedWork(
  session: Needs,
  analysis: Pick<Analysis, 'objects' | 'environment'>,
  task: Pick<Task, 'branch'> & { worktree: string },
  tip: string,
  known?: readonly string[],
): Promise<Uncommitted | undefined> {
  const { worktree } = task;
  const paths = (known ?? (await changedPaths(session.git, worktree))).filter((path) => !path.endsWith('/'));
  if (paths.length === 0) return undefined;
  const tooMuch = await excess(worktree, paths);
  if (tooMuch) return { reason: `uncommitted work: ${tooMuch}` };
  const at = await headOf(session.git, worktree);
  if (at.ref !== `refs/heads/${task.branch}` && !(await isAbove(session.git, at.head, tip))) {
    return { reason: `its worktree has uncommitted work but is not on ${task.branch}` };
  }
  const [unfiltered] = await unfilteredPaths(session, worktree, paths);
  if (unfiltered) {
    return {
      reason: `${unfiltered.path} needs the filter "${unfiltered.filter.name}", which is not trusted to run`,
    };
  }
  const tree = await withIndex(session, async (indexFile) => {
    await copyIndex(join(at.gitDir, 'index'), indexFile).catch(async (error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
      await session.git.run(['read-tree', at.head], { worktree, env: { GIT_INDEX_FILE: indexFile } });
    });
    return stageFiles(
      withObjects(session.git, analysis.environment),
      worktree,
      indexFile,
      paths.map(bytesOfPath),
    );
  });
  const commit = await writePassing(analysis.objects, { tree, parents: [at.head] });
  return { commit, files: paths.length };
}

/** Changed, deleted and untracked paths; a repository of its own inside ends with a slash. */
async function changedPaths(git: Git, worktree: string): Promise<string[]> {
  const args = ['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all'];
  const { stdout } = await git.run(args, { worktree });
  return stdout
    .split('\0')
    .filter(Boolean)
    .map((line) => line.slice(3));
}

async function excess(worktree: string, paths: readonly string[]): Promise<string | undefined> {
  if (paths.length > maxFiles) return `${paths.length} files are changed, more than ${maxFiles}`;
  // git's answer is read as UTF-8; a name that is not cannot be given back to it.
  const odd = paths.find((path) => path.includes('\ufffd'));
  if (odd) return `the name of ${odd} is not UTF-8`;
  let bytes = 0;
  for (const path of paths) {
    bytes += (await lstat(join(worktree, path)).catch(() => undefined))?.size ?? 0;
    if (bytes > maxBytes) return `its files hold more than ${formatSize(maxBytes)}, up to ${path}`;
  }
  return undefined;
}

async function headOf(git: Git, worktree: string): Promise<{ gitDir: string; head: string; ref: string }> {
  const args = ['rev-parse', '--absolute-git-dir', 'HEAD', '--symbolic-full-name', 'HEAD'];
  const [gitDir = '', head = '', ref = ''] = (await git.run(args, { worktree })).stdout.split('\n');
  return { gitDir, head: objectIdIn(head, 'rev-parse'), ref };
}

/** The agent may have committed without moving the branch: that will be brought along. */
async function isAbove(git: Git, head: string, tip: string): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', tip, head], { ok: [0, 1] })).code === 0;
}

function withObjects(git: Git, environment: Record<string, string>): Pick<Git, 'run'> {
  return {
    run: (args, options = {}) => git.run(args, { ...options, env: { ...options.env, ...environment } }),
  };
}
