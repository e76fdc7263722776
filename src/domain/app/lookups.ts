/** What is looked up in lists of ten thousand many times a frame: made once a list. A changed state has new lists. */
import type { Task } from '../store/task.js';

/** The same answer for the same list, compared by identity, as long as the list lives. */
export function perList<T, R>(make: (list: readonly T[]) => R): (list: readonly T[]) => R {
  const made = new WeakMap<readonly T[], { answer: R }>();
  return (list) => {
    const found = made.get(list) ?? { answer: make(list) };
    made.set(list, found);
    return found.answer;
  };
}

/** Tasks by slug. */
export const tasksBySlug = perList(
  (tasks: readonly Task[]): ReadonlyMap<string, Task> => new Map(tasks.map((task) => [task.slug, task])),
);

/** The tasks that depend on each, by its slug. */
export const dependentsIn = perList((tasks: readonly Task[]): ReadonlyMap<string, readonly Task[]> => {
  const found = new Map<string, Task[]>();
  for (const task of tasks) {
    for (const slug of new Set(task.dependsOn)) {
      const others = found.get(slug);
      if (others) others.push(task);
      else found.set(slug, [task]);
    }
  }
  return found;
});
