/** Why nothing more is to be done for a task that has landed. */
import { tasksBySlug } from '../../domain/app/lookups.js';
import type { Task } from '../../domain/store/task.js';

/** True, or that the task with this slug has landed. */
export const notSettled = (tasks: readonly Task[], wanted: string | undefined): true | string =>
  tasksBySlug(tasks).get(wanted ?? '')?.status === 'landed' ? `${wanted} has landed.` : true;
