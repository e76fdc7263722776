/** What becomes of a task whose conflicts were resolved, or handed back. */
import type { Conflict, ResolveReport } from '../../../domain/landing/merge.js';
import { moveTask, type Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { updateTask } from '../../store/index.js';
import type { Sides } from './types.js';

/** What lists show of it: clean from now on, or in conflict and why it was handed back. */
export async function recordOutcome(
  session: RepoSession,
  task: Task,
  sides: Sides,
  report: ResolveReport,
  conflicts: Conflict[],
): Promise<void> {
  const at = new Date().toISOString();
  const { target, head } = sides;
  const merge =
    report.status === 'resolved'
      ? { status: 'clean' as const, conflicts: [], target, head: report.commit ?? head, at }
      : { status: 'conflict' as const, conflicts, target, head, at, bailOut: report.reason ?? '' };
  await updateTask(session, task.slug, (fresh) =>
    // What was validated was the branch before this merge.
    fresh.status === 'validated' && report.commit && report.commit !== head
      ? moveTask(fresh, 'done', { merge })
      : { ...fresh, merge },
  );
}
