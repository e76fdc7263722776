/** Starts the next attempt of a task: worktree, record, run; each step safe to repeat after a crash. */
import { type RunView, runIdOf } from '../../../domain/agents/run.js';
import { moveTask, type Task } from '../../../domain/store/task.js';
import {
  budgetOfRun,
  developerPrompt,
  fullAccessWarning,
  hasRun,
  inspectRun,
  launchRun,
  loadAgent,
  type PrepareOptions,
  prepareRun,
  requireBudget,
} from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, updateTask } from '../../store/index.js';
import { addWorktree, guardBefore, isClaimed, runFolder } from '../../worktrees/index.js';

/** Hydrates, records the attempt, then starts it. Killed anywhere, a later `relaunch` goes on from the record. */
export async function launchTask(session: RepoSession, slug: string): Promise<RunView> {
  const task = await requireTask(session, slug);
  await requireBudget(session, task);
  const worktree = await addWorktree(session, task);
  if (worktree.created) {
    const { path, summary, method } = worktree;
    session.emit({ type: 'worktree.hydrated', task: slug, path, summary, method });
  }
  const attempt = task.attempts + 1;
  const runId = runIdOf(task.slug, task.id, 'developer', attempt);
  await updateTask(session, slug, (fresh) =>
    moveTask(fresh, 'running', {
      worktree: worktree.path,
      branch: worktree.branch,
      base: worktree.base,
      attempts: attempt,
      runIds: [...fresh.runIds, runId],
      problem: undefined,
    }),
  );
  return startRun(session, slug);
}

/** A session belongs to the runner that made it, whichever is the agent's now. */
export type ResumedSession = Required<Pick<RunView, 'sessionId' | 'runner'>>;

/** Starts the run a task has on record. Starting it again is harmless: a run id is claimed once. */
export async function startRun(
  session: RepoSession,
  slug: string,
  more: { resume?: ResumedSession; message?: string } = {},
): Promise<RunView> {
  const task = await requireTask(session, slug);
  const agent = await loadAgent(session, 'developer', task);
  if (agent.sandbox === 'full') {
    const message = `${slug}: ${fullAccessWarning(agent)}`;
    session.emit({ type: 'noted', level: 'warning', message });
  }
  const prompt = more.message ?? (await developerPrompt(session, task));
  const { budget } = await budgetOfRun(session, task, agent);
  const intent = await prepareRun(session, {
    task,
    agent,
    prompt,
    attempt: task.attempts,
    budget,
    ...(more.resume ? await sessionOf(session, task, more.resume) : {}),
  });
  // Launched again after a crash, the run may be at work already: what is now is not how it was before.
  if (!isClaimed(runFolder(session.paths, intent.runId))) await guardBefore(session, intent.runId);
  await launchRun(session, intent);
  const view = await inspectRun(session.paths, intent.runId);
  session.emit({ type: 'run.started', run: view });
  return view;
}

/** A session goes on with its own runner, and with what it had used when its newest run was over. */
async function sessionOf(
  session: RepoSession,
  task: Task,
  { sessionId, runner }: ResumedSession,
): Promise<Partial<PrepareOptions>> {
  const same = { resume: sessionId, runnerName: runner };
  for (const runId of task.runIds.slice(0, -1).reverse()) {
    if (!(await hasRun(session.paths, runId))) continue;
    const view = await inspectRun(session.paths, runId);
    if (view.sessionId === sessionId && view.usage) return { ...same, usedBefore: view.usage };
  }
  return same;
}

/** Records a further attempt that continues a runner's own conversation, and starts it. */
export async function resumeTask(
  session: RepoSession,
  task: Task,
  resumed: ResumedSession,
  message: string,
): Promise<RunView> {
  await requireBudget(session, task);
  const worktree = await addWorktree(session, task);
  const attempt = task.attempts + 1;
  await updateTask(session, task.slug, (fresh) =>
    moveTask(fresh, 'running', {
      worktree: worktree.path,
      attempts: attempt,
      runIds: [...fresh.runIds, runIdOf(fresh.slug, fresh.id, 'developer', attempt)],
      problem: undefined,
    }),
  );
  return startRun(session, task.slug, { resume: resumed, message });
}
