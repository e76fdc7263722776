/** What a person can do about a run, as commands to type. */
import { isLive, type RunView } from '../agents/run.js';
import type { Task } from '../store/task.js';

/** Commands that make sense for a run as it stands, the most likely first; none where it cannot be told from here. */
export function nextFor(run: RunView): string[] {
  const show = `session show ${run.runId}`;
  if (run.phase === 'unknown') return run.task === '?' ? [] : [show];
  if (run.phase === 'not-launched') return [`task run ${run.task}`];
  if (isLive(run.phase)) return [`session show ${run.runId} --follow`, `task stop ${run.task}`];
  const again = `task retry ${run.task}`;
  const resume = `session resume ${run.runId}`;
  if (run.status === 'completed') return run.sessionId ? [show, resume] : [show];
  return run.sessionId ? [resume, again, show] : [again, show];
}

/** Runs at work, and those that ended before their task was done, by a crash or a restart say: what to look at first. */
export function unfinishedRuns(runs: readonly RunView[], tasks: readonly Task[]): RunView[] {
  const open = new Set(
    tasks
      .filter(({ status }) => status === 'running' || status === 'needs-input')
      .map((task) => task.runIds.at(-1)),
  );
  return runs.filter(
    (run) =>
      isLive(run.phase) || (open.has(run.runId) && run.status !== undefined && run.status !== 'completed'),
  );
}
