/** Tasks whose work came to the target by another way are taken for landed. */
import type { Task } from '../../../domain/store/task.js';
import { type RepoSession, tasksOf } from '../../store/index.js';
import { buildCandidate } from '../candidates/candidate.js';
import { openOutcomes } from './outcomes.js';

/**
 * Takes tasks whose work is on the target already for landed: what depends on them can start, and their worktrees go.
 * Resolves with their slugs.
 */
export async function settleLandedElsewhere(session: RepoSession): Promise<string[]> {
  const tasks = tasksOf(await session.registry.read(), session.repo.id).filter(mayHaveLanded);
  const landed: string[] = [];
  for (const task of tasks) {
    const candidate = await buildCandidate(session, task);
    if (candidate.status !== 'landed') continue;
    await openOutcomes(session, [task.slug]).land(task, candidate.commit);
    const message = `${task.slug} is on ${session.target} already, as ${candidate.commit.slice(0, 12)}: it counts as landed.`;
    session.emit({ type: 'noted', level: 'info', message });
    landed.push(task.slug);
  }
  return landed;
}

const mayHaveLanded = ({ status, base }: Task): boolean =>
  base !== undefined && (status === 'done' || status === 'validated');
