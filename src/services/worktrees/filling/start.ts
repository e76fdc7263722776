/** Which branch a task gets, and which commit it starts from. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { branchName } from '../../../domain/store/branch-name.js';
import type { Task } from '../../../domain/store/task.js';
import { type RepoSession, targetGone, updateTask } from '../../store/index.js';
import { branchInTheWay, foldersOf } from '../places/branch-room.js';

type Needs = Pick<RepoSession, 'git' | 'target' | 'config' | 'loaded' | 'emit'>;

/**
 * The commit that a task's branch starts from: `given`, else the task's own wish, else `worktree.base`, else the
 * target. Where the target does not exist and HEAD is detached, as in the checkout of a CI job, what is checked out.
 * Throws `base-missing`, `no-commit`, `target-missing`.
 */
export async function startCommit(session: Needs, task: Task, given?: string): Promise<string> {
  const { git, target, config } = session;
  const wanted = given ?? task.startFrom ?? config.worktree.base;
  if (wanted) return requireBase(session, task, wanted);
  const commit = await git.commitOf(`refs/heads/${target}`);
  if (commit) return commit;
  const head = await git.commitOf('HEAD');
  const branch = (await git.run(['symbolic-ref', '-q', 'HEAD'], { ok: [0, 1] })).stdout.trim();
  if (head && branch === '') {
    const message = `${task.slug} starts from ${head.slice(0, 12)}, which is checked out: there is no branch ${target} here.`;
    session.emit({ type: 'noted', level: 'warning', message });
    return head;
  }
  if (!head && branch === `refs/heads/${target}`) {
    throw appError('no-commit', `There is no commit on ${target} yet, so there is nothing to start from.`, {
      hint: `Make the first one: git -C ${shellWord(git.root)} commit --allow-empty -m 'First commit'`,
    });
  }
  const { reason, hint } = await targetGone(session);
  throw appError('target-missing', `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`, { hint });
}

async function requireBase(session: Needs, task: Task, wanted: string): Promise<string> {
  const commit = await session.git.commitOf(wanted);
  if (commit) return commit;
  const own = task.startFrom === wanted;
  throw appError('base-missing', `There is no commit at ${wanted}, from which ${task.slug} is to start.`, {
    kind: 'usage',
    hint: own
      ? `Fetch it, or choose another: codex-agent task edit ${task.slug} --base <revision>`
      : 'Fetch it, or choose another: codex-agent config set --user worktree.base <revision>',
  });
}

/**
 * The task with the branch it is to work on. A branch that we name and that does not exist yet follows
 * `worktree.branch` as it is now. Throws `branch-in-the-way` where git could not make it.
 */
export async function withBranch(session: RepoSession, task: Task): Promise<Task> {
  const exists = async (name: string) => (await session.git.commitOf(`refs/heads/${name}`)) !== undefined;
  const made = task.base === undefined && task.branchBy === 'program';
  if (await exists(task.branch)) return made ? besideEarlier(session, task) : task;
  const branch = made ? branchName(session.config.worktree.branch, task) : task.branch;
  await requireRoom(session, branch);
  if (branch === task.branch) return task;
  if (await exists(branch)) {
    throw appError(
      'branch-taken',
      `The branch ${branch} exists already; ${task.slug} is not started on it.`,
      {
        hint: `Rename it (git branch -m ${shellWord(branch)} <name>), or name branches otherwise in worktree.branch.`,
      },
    );
  }
  return updateTask(session, task.slug, (fresh) => ({ ...fresh, branch }));
}

/**
 * A branch of ours that is older than the task holds what an earlier task of this name left, perhaps thrown away.
 * It stays as it is, and the task gets another branch, with a warning. What was committed there since the task was
 * added is the task's own.
 */
async function besideEarlier(session: RepoSession, task: Task): Promise<Task> {
  const { git, target, emit } = session;
  const ref = `refs/heads/${task.branch}`;
  const aim = (await git.commitOf(`refs/heads/${target}`)) ? [`^refs/heads/${target}`] : [];
  const { stdout } = await git.run(['rev-list', '--timestamp', ref, ...aim, '--']);
  const own = stdout.split('\n').filter(Boolean);
  const newest = Number(own[0]?.split(' ')[0] ?? Number.NaN) * 1000;
  if (own.length === 0 || newest >= Date.parse(task.createdAt)) return task;
  const taken = new Set((await session.registry.read()).tasks.map(({ branch }) => branch));
  let branch = task.branch;
  for (let number = 2; taken.has(branch) || (await git.commitOf(`refs/heads/${branch}`)); number++) {
    branch = `${task.branch}-${number}`;
  }
  const commits = own.length === 1 ? 'a commit' : `${own.length} commits`;
  const message = `${task.slug} works on ${branch}: ${task.branch} already has ${commits} of an earlier task, and stays as it is. To go on with those instead: codex-agent task add "…" --branch ${shellWord(task.branch)}`;
  emit({ type: 'noted', level: 'warning', message });
  return updateTask(session, task.slug, (fresh) => ({ ...fresh, branch }));
}

async function requireRoom({ git, loaded }: RepoSession, branch: string): Promise<void> {
  const other = await branchInTheWay(git, branch);
  const layer = loaded.origins['worktree.branch']?.origin === 'repository' ? '--repo' : '--user';
  const otherwise = `codex-agent config set ${layer} worktree.branch 'agents/{slug}'`;
  if (other) {
    throw appError(
      'branch-in-the-way',
      `The branch ${other} is in the way: git cannot make ${branch} beside it.`,
      {
        hint: `Rename it (git branch -m ${shellWord(other)} <name>), or name the branches of tasks otherwise: ${otherwise}`,
      },
    );
  }
  for (const name of foldersOf(branch)) {
    const file = join(git.commonDir, 'refs/heads', name);
    const found = await lstat(file).catch(() => undefined);
    if (!found || found.isDirectory()) continue;
    throw appError(
      'branch-in-the-way',
      `${file} is in the way: it is not a branch, and git cannot make ${branch}.`,
      {
        hint: `Look at that file and move it away, or name the branches of tasks otherwise: ${otherwise}`,
      },
    );
  }
}
