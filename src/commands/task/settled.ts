/** Why nothing is to be done with the work of a task: it has landed, or there is none. */
import { tasksBySlug } from '../../domain/app/lookups.js';
import { hasWork, type Task } from '../../domain/store/task.js';

/** True, or that the task with this slug has landed. */
export const notSettled = (tasks: readonly Task[], wanted: string | undefined): true | string =>
  tasksBySlug(tasks).get(wanted ?? '')?.status === 'landed' ? 'The task has landed.' : true;

/** True, or that the task with this slug has no work yet. */
export function workedOn(tasks: readonly Task[], wanted: string | undefined): true | string {
  const task = tasksBySlug(tasks).get(wanted ?? '');
  const untouched = task && !hasWork(task) && (task.status === 'ready' || task.status === 'draft');
  return untouched ? 'There is no work on the task yet.' : true;
}

/** True, or why the task with this slug has no work that could be judged or land. */
export function hasToLand(tasks: readonly Task[], wanted: string | undefined): true | string {
  const open = notSettled(tasks, wanted);
  return open === true ? workedOn(tasks, wanted) : open;
}
