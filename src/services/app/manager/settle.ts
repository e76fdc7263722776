/** A person settles what the guard told of a task; the task goes on where it was held. */
import { currentRun } from '../../../domain/app/steps.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask } from '../../store/index.js';
import { acceptFound, released, restoreFound, type Settled } from '../../worktrees/index.js';
import { collectRun } from './collect.js';

export interface SettleOptions {
  dryRun?: boolean;
}

/** What was found stays as it is. Throws `nothing-found` (usage). */
export async function acceptTask(
  session: RepoSession,
  slug: string,
  { dryRun = false }: SettleOptions = {},
): Promise<Settled> {
  const changes = await acceptFound(session, await requireTask(session, slug), dryRun);
  return {
    task: slug,
    status: dryRun ? (await requireTask(session, slug)).status : await goOn(session, slug),
    changes,
  };
}

/** What was found, or `only` these, is put back as it was before the task's last run. Throws what `restoreFound` throws. */
export async function restoreTask(
  session: RepoSession,
  slug: string,
  { dryRun = false, only }: SettleOptions & { only?: readonly string[] } = {},
): Promise<Settled> {
  const task = await requireTask(session, slug);
  const changes = await restoreFound(session, task, { dryRun, ...(only ? { only } : {}) });
  return { task: slug, status: dryRun ? task.status : await goOn(session, slug), changes };
}

/** Judges this task's run again, and the runs of those that waited for the same. */
async function goOn(session: RepoSession, slug: string): Promise<Settled['status']> {
  const waiting = (await released(session)).map((task) => task.slug);
  const { guard } = await requireTask(session, slug);
  for (const name of new Set([...waiting, ...(guard?.found?.length ? [slug] : [])])) {
    const task = await requireTask(session, name);
    const runId = currentRun(task);
    if (runId && task.status !== 'running') await collectRun(session, name, runId);
  }
  return (await requireTask(session, slug)).status;
}
