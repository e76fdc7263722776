/** A run is over: keep everything it left, judge it, move the task on. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backOffMs, mayPass, type RunView } from '../../domain/run.js';
import {
  type LaunchRequest,
  moveTask,
  type Task,
  type TaskProblem,
  type TaskStatus,
} from '../../domain/task.js';
import { inspectRun, stopRun } from '../runs/index.js';
import { requireTask, tasksOf, updateTask } from '../tasks/index.js';
import type { RepoSession } from '../types.js';
import { commitWork, compareRefs } from '../work/index.js';

/** Commits what the run left on the task's branch, then moves the task by how the run ended. Repeatable. */
export async function collectRun(session: RepoSession, slug: string, runId: string): Promise<void> {
  const task = await requireTask(session, slug);
  let run = await inspectRun(session.paths, runId);
  if (run.phase === 'leftovers') {
    await stopRun(session.paths, runId, 'interrupt');
    run = await inspectRun(session.paths, runId);
  }
  const work = await commitWork(session, task, { message: commitMessage(task, run), runId });
  if (work.commit) {
    session.emit({ type: 'work.committed', task: slug, commit: work.commit, files: work.files.length });
  }
  await warnOfMovedRefs(session, task, runId);
  const { to, problem } = judge(task, run, work.head, work.problem);
  await updateTask(session, slug, (fresh) => {
    if (fresh.status !== 'running') return fresh;
    const again = retryOf(session, fresh, run);
    if (again) return moveTask(fresh, 'ready', { problem, launch: again });
    return moveTask(fresh, to, { problem, ...(problem ? { launch: undefined } : {}) });
  });
}

/** The same wish for later, when the failure may pass by itself and the retries are not used up. */
function retryOf(session: RepoSession, task: Task, run: RunView): LaunchRequest | undefined {
  const retried = (task.launch?.retried ?? 0) + 1;
  if (!task.launch || run.status !== 'failed' || !run.error || !mayPass(run.error.code)) return undefined;
  if (retried > session.config.run.retries) return undefined;
  const notBefore = new Date(Date.now() + backOffMs(retried)).toISOString();
  session.emit({
    type: 'noted',
    level: 'warning',
    message: `${task.slug}: ${run.error.code}, trying again at ${notBefore.slice(11, 19)} (${retried} of ${session.config.run.retries})`,
  });
  return { ...task.launch, retried, notBefore };
}

function judge(
  task: Task,
  run: RunView,
  head: string,
  workProblem?: string,
): { to: TaskStatus; problem?: TaskProblem } {
  switch (run.status) {
    case 'completed':
      if (workProblem) return { to: 'needs-input', problem: { code: 'uncommitted', message: workProblem } };
      if (head === task.base) {
        const message = 'The agent finished, but nothing was changed.';
        return { to: 'needs-input', problem: { code: 'no-changes', message } };
      }
      return { to: 'done' };
    case 'interrupted':
      return run.phase === 'interrupted'
        ? {
            to: 'needs-input',
            problem: {
              code: 'interrupted',
              message: 'The machine restarted while the agent worked. Retry it, or resume its session.',
            },
          }
        : { to: 'ready', problem: { code: 'stopped', message: 'Stopped on request.' } };
    case 'failed':
    case 'timeout':
    case 'crashed':
    case 'lost':
    case undefined: {
      const code = run.error?.code ?? run.status ?? 'lost';
      return { to: 'failed', problem: { code, message: run.error?.message ?? `The run ended as ${code}.` } };
    }
  }
}

/** Subject: the first line of what the agent said last; trailers are added with the commit. */
function commitMessage(task: Task, run: RunView): string {
  const said = run.finalText?.trim();
  if (!said) return task.title;
  return `${task.title}\n\n${said.slice(0, 4000)}`;
}

/**
 * Tells of refs that moved during the run and are neither the task's nor ours. They are not put back:
 * the person may have committed meanwhile, and that must never be undone.
 */
async function warnOfMovedRefs(session: RepoSession, task: Task, runId: string): Promise<void> {
  const before = await readRefs(join(session.paths.runsDir, runId, 'refs.json'));
  if (!before) return;
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const ours = new Set(tasks.map((other) => `refs/heads/${other.branch}`));
  const landed = new Set(tasks.flatMap((other) => other.landedAs ?? []));
  for (const moved of await compareRefs(session, before, task)) {
    if (ours.has(moved.ref) || moved.ref.startsWith('refs/codex-agents/') || landed.has(moved.after))
      continue;
    session.emit({
      type: 'noted',
      level: 'warning',
      message: `${moved.ref} moved while ${task.slug} ran: ${moved.before.slice(0, 8) || 'new'} → ${moved.after.slice(0, 8) || 'deleted'}`,
    });
  }
}

async function readRefs(path: string): Promise<Record<string, string> | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
  } catch {
    // Written before the launch; a run from before it existed has none, and there is nothing to compare.
    return undefined;
  }
}
