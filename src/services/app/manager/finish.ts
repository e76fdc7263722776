/** A person calls the work on a task's branch done, be it their own or an agent's: from there it lands like any other. */
import { isLive } from '../../../domain/agents/run.js';
import { currentRun } from '../../../domain/app/steps.js';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { moveTask, type Task } from '../../../domain/store/task.js';
import { hasRun, inspectRun } from '../../agents/index.js';
import { branchBeingRebased, mergeBaseOf, printedCount } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, targetGone, updateTask } from '../../store/index.js';
import { listWorktrees, lookInto, type WorktreeRecord } from '../../worktrees/index.js';

/** `data` of `task done`. */
export interface FinishedWork {
  task: string;
  status: Task['status'];
  branch: string;
  target: string;
  /** Commit of the branch that was called done. */
  head: string;
  /** How many commits the target does not have. */
  commits: number;
}

/**
 * Moves the task to `done` when all of its work is committed; a task that is done already stays as it is.
 * Nothing but the registry is written. Throws `still-running`, `changed-outside`, `not-open`, `no-branch`,
 * `nothing-committed`, `unfinished-operation`, `worktree-elsewhere` and `uncommitted`, each with the command that goes on.
 */
export async function finishTask(session: RepoSession, slug: string): Promise<FinishedWork> {
  const task = await requireTask(session, slug);
  await requireNoAgent(session, task);
  const { head, base, commits } = await committedWork(session, task);
  await requireAllCommitted(session, task);
  const done = await updateTask(session, slug, (fresh) => {
    requireOpen(fresh);
    if (fresh.status === 'done' || fresh.status === 'validated') return fresh;
    const from = fresh.base ?? base;
    return moveTask(fresh, 'done', {
      problem: undefined,
      launch: undefined,
      head,
      ...(from ? { base: from } : {}),
    });
  });
  return { task: slug, status: done.status, branch: done.branch, target: session.target, head, commits };
}

/** Throws for a task that is over, that an agent works on, or that waits for a word on what the guard found. */
function requireOpen({ slug, status, guard }: Task): void {
  if (status === 'running') throw agentAtWork(slug);
  if (status === 'landed') {
    throw appError('not-open', `${slug} has landed.`, {
      hint: `\`codex-agent task show ${slug}\` names the commit.`,
    });
  }
  if (status === 'cancelled') {
    throw appError('not-open', `${slug} is cancelled.`, {
      hint: `Take it up again first: \`codex-agent task edit ${slug} --status ready\`.`,
    });
  }
  const [found] = guard?.found ?? [];
  if (!found) return;
  throw appError(
    'changed-outside',
    `${slug} waits for your word on what changed while it ran: ${found.text}`,
    {
      hint: `Leave it so with \`codex-agent task accept ${slug}\`, or put it back with \`codex-agent task restore ${slug}\`.`,
    },
  );
}

async function requireNoAgent(session: RepoSession, task: Task): Promise<void> {
  requireOpen(task);
  const run = currentRun(task);
  if (!run || !(await hasRun(session.paths, run))) return;
  if (isLive((await inspectRun(session.paths, run)).phase)) throw agentAtWork(task.slug);
}

const agentAtWork = (slug: string) =>
  appError('still-running', `The agent of ${slug} is at work, so its work is not done.`, {
    hint: `Wait for it, or end it with \`codex-agent task stop ${slug}\`; what it wrote is kept.`,
  });

/** What the branch has that the target lacks. Throws `no-branch`, `nothing-committed`. */
async function committedWork(
  session: RepoSession,
  task: Task,
): Promise<{ head: string; base: string | undefined; commits: number }> {
  const { git, target } = session;
  const [onto, head] = await Promise.all(
    [target, task.branch].map((branch) => git.commitOf(`refs/heads/${branch}`)),
  );
  if (!onto) {
    const { reason, hint } = await targetGone(session);
    throw appError('no-branch', `Nothing can land: ${reason}.`, { hint });
  }
  if (!head) {
    throw appError('no-branch', `There is no branch ${task.branch}, so ${task.slug} has no work yet.`, {
      hint: `Make its worktree and work there: \`codex-agent task worktree add ${task.slug}\`; or \`codex-agent task run ${task.slug}\`.`,
    });
  }
  const commits = await printedCount(git, ['rev-list', '--count', head, `^${onto}`, '--']);
  if (commits === 0) {
    // Files that are not committed yet say better what is to be done.
    await requireAllCommitted(session, task);
    throw appError('nothing-committed', `${task.branch} has no commit that ${target} lacks.`, {
      hint: task.worktree
        ? `Commit your work in ${task.worktree}, then \`codex-agent task done ${task.slug}\` again.`
        : `Commit your work on ${task.branch}, then \`codex-agent task done ${task.slug}\` again.`,
    });
  }
  return { head, base: (await mergeBaseOf(git, onto, head)) || undefined, commits };
}

/** Looks wherever the branch is checked out, and into the task's own worktree. Throws what stands in the way. */
async function requireAllCommitted(session: RepoSession, task: Task): Promise<void> {
  const { git } = session;
  const ref = `refs/heads/${task.branch}`;
  const again = `then \`codex-agent task done ${task.slug}\` again`;
  for (const record of await listWorktrees(git)) {
    if (record.missing) continue;
    const holds = record.branch === ref || (await branchBeingRebased(git, record.path)) === ref;
    if (!holds && record.path !== task.worktree) continue;
    const { changed, unfinished } = await lookInto(session, record.path);
    const at = `git -C ${shellWord(record.path)}`;
    if (unfinished) {
      throw appError('unfinished-operation', `An unfinished ${unfinished} stands in ${record.path}.`, {
        hint: `Finish it with \`${at} ${unfinished} --continue\`, or give it up with \`${at} ${unfinished} --abort\`; ${again}.`,
      });
    }
    if (!holds) {
      throw appError('worktree-elsewhere', `${record.path} is on ${nameOf(record)}, not on ${task.branch}.`, {
        hint: `What is committed there would not land. Bring it to ${task.branch}: \`${at} switch ${shellWord(task.branch)}\`; ${again}.`,
      });
    }
    // Stubs and configuration are read from the main worktree itself: as files there they are no work on the branch.
    const files = changed.filter((path) => record.path !== session.root || !path.startsWith('.codex-agent/'));
    if (files.length > 0) {
      throw appError('uncommitted', `${record.path} has work that is not committed: ${named(files)}.`, {
        hint: `Commit it: \`${at} add -A && ${at} commit\`; ${again}.`,
      });
    }
  }
}

const nameOf = ({ branch, head }: WorktreeRecord): string =>
  branch?.replace('refs/heads/', '') ?? `the commit ${head?.slice(0, 8)}`;

function named(paths: readonly string[]): string {
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return `${paths.slice(0, 5).join(', ')}${more}`;
}
