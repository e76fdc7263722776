/** Taking back what a person changed of a task: what an earlier change was, and whether it can still be taken back. */
import { moveTask, type Task } from './task.js';

/** A change of a person's: an edit, or the removal of a task. */
export interface TaskChange {
  id: string;
  at: string;
  before: Task;
  /** Absent: the task was removed. */
  after?: Task;
}

/** Fields that change with every write, or that say where a task is kept. */
const bookkeeping = new Set(['updatedAt', 'stub']);

/** Fields in which the edit made a difference. */
function editedFields({ before, after }: TaskChange): (keyof Task)[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after ?? {})]) as Set<keyof Task>;
  return [...names].filter((name) => !bookkeeping.has(name) && !same(before[name], after?.[name]));
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The change in words, for the line that offers to take it back. */
export const changeSaid = (change: TaskChange): string =>
  change.after
    ? `the edit of ${change.before.slug} (${editedFields(change).join(', ')})`
    : `the removal of ${change.before.slug}`;

/** True when the change can be taken back now, else the reason why not. */
export function canUndo(change: TaskChange, tasks: readonly Task[]): true | string {
  const { slug, id } = change.before;
  const now = tasks.find((task) => task.slug === slug);
  if (!change.after) {
    if (now) return `There is another task ${slug} by now.`;
    return tasks.some((task) => task.id === id) ? `${slug} is there again.` : true;
  }
  if (now?.id !== id) return `There is no task ${slug} any more.`;
  const changed = editedFields(change).find((name) => !same(now[name], change.after![name]));
  return changed === undefined ? true : `${changed} of ${slug} was changed again since.`;
}

/**
 * The task as it was before the change, with all that other changes have made of it since. Throws `bad-transition`
 * for a status that it cannot go back to.
 */
export function undone(change: TaskChange, now: Task | undefined): Task {
  if (!change.after || !now) return change.before;
  const back = Object.fromEntries(
    editedFields(change)
      .filter((name) => name !== 'status')
      .map((name) => [name, change.before[name]]),
  );
  const task: Task = { ...now, ...back };
  return change.before.status === change.after.status ? task : moveTask(task, change.before.status);
}
