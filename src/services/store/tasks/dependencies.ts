/** What tasks depend on: it must exist, and must not go round in a circle. Pure. */
import { type AppError, appError } from '../../../domain/platform/errors.js';
import { findCycle } from '../../../domain/store/graph.js';
import type { Task } from '../../../domain/store/task.js';

/** Throws `unknown-dependency` or `dependency-cycle` unless what `changed` tasks depend on makes sense in `all`. */
export function requireDependencies(all: readonly Task[], changed: readonly Task[]): void {
  const slugs = new Set(all.map((task) => task.slug));
  for (const task of changed) {
    const missing = task.dependsOn.find((slug) => !slugs.has(slug));
    if (missing !== undefined) throw unknown(task, missing);
  }
  const cycle = changed.some((task) => task.dependsOn.length > 0) ? findCycle(all) : undefined;
  if (cycle) throw inCircle(cycle);
}

/**
 * Of new tasks those that can be added: all that they depend on is there, or can be added itself. `refused`: why the
 * others cannot. Its time grows with the number of tasks and dependencies, whatever is wrong with them.
 */
export function addableOf(
  existing: readonly Task[],
  made: readonly Task[],
): { tasks: Task[]; refused: Map<Task, AppError> } {
  const there = new Set(existing.map(({ slug }) => slug));
  const open = new Map<Task, number>();
  const dependents = new Map<string, Task[]>();
  for (const task of made) {
    const lacks = new Set(task.dependsOn.filter((slug) => !there.has(slug)));
    open.set(task, lacks.size);
    for (const slug of lacks) {
      const list = dependents.get(slug);
      if (list) list.push(task);
      else dependents.set(slug, [task]);
    }
  }
  const free = made.filter((task) => open.get(task) === 0);
  for (const { slug } of free) {
    for (const dependent of dependents.get(slug) ?? []) {
      const left = open.get(dependent)! - 1;
      open.set(dependent, left);
      if (left === 0) free.push(dependent);
    }
  }
  const left = made.filter((task) => open.get(task)! > 0);
  return { tasks: made.filter((task) => open.get(task) === 0), refused: reasonsOf(left, there) };
}

function reasonsOf(left: readonly Task[], there: ReadonlySet<string>): Map<Task, AppError> {
  const slugs = new Set(left.map(({ slug }) => slug));
  const cycle = findCycle(left);
  const around = new Set(cycle);
  return new Map(
    left.map((task) => {
      if (cycle && around.has(task.slug)) return [task, inCircle(cycle)];
      const missing = task.dependsOn.find((slug) => !there.has(slug) && !slugs.has(slug));
      if (missing !== undefined) return [task, unknown(task, missing)];
      const other = task.dependsOn.find((slug) => slugs.has(slug));
      return [
        task,
        usage('unknown-dependency', `${task.slug} depends on ${other}, which is no task either.`),
      ];
    }),
  );
}

const unknown = ({ slug }: Task, missing: string) =>
  usage('unknown-dependency', `${slug} depends on ${JSON.stringify(missing)}, which does not exist.`);

const inCircle = (cycle: readonly string[]) =>
  usage('dependency-cycle', `The dependencies go round in a circle: ${cycle.join(' → ')}.`);

const usage = (code: string, message: string) => appError(code, message, { kind: 'usage' });
