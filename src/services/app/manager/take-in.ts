/** Runs that ended while no process drove: their work is taken in before a command acts on it. */
import { isLive } from '../../../domain/agents/run.js';
import { currentRun } from '../../../domain/app/steps.js';
import type { Task } from '../../../domain/store/task.js';
import { hasRun, inspectRun } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { tasksOf } from '../../store/index.js';
import { drive } from './drive.js';

/**
 * Takes in what ended of these tasks, or of all where none is named; starts and lands nothing. Where another process
 * drives, that one does it.
 */
export async function takeInEnded(session: RepoSession, slugs: readonly string[]): Promise<void> {
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const wanted = tasks.filter(({ slug }) => slugs.length === 0 || slugs.includes(slug));
  const ended = await Promise.all(wanted.map((task) => hasEnded(session, task)));
  if (ended.includes(true)) await drive(session, { until: 'started', collectOnly: true });
}

async function hasEnded({ paths }: RepoSession, task: Task): Promise<boolean> {
  const run = currentRun(task);
  if (task.status !== 'running' || !run || !(await hasRun(paths, run))) return false;
  return !isLive((await inspectRun(paths, run)).phase);
}
