/** The dependency graph: cycles, waves, and what is ready to start. */
import type { Task } from './task.js';

type Node = Pick<Task, 'slug' | 'dependsOn' | 'status' | 'priority' | 'createdAt'>;

export interface Wave {
  index: number;
  tasks: string[];
}

export interface Blocked {
  slug: string;
  reason: string;
}

export interface Plan {
  waves: Wave[];
  blocked: Blocked[];
}

/**
 * A dependency cycle as the slugs along it (first repeated at the end), or undefined.
 * Depth-first search with three colours, iterative so that long chains cannot overflow the stack.
 */
export function findCycle(tasks: readonly Pick<Task, 'slug' | 'dependsOn'>[]): string[] | undefined {
  const bySlug = new Map(tasks.map((task) => [task.slug, task]));
  const done = new Set<string>();
  for (const start of bySlug.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { slug: string; next: number }[] = [{ slug: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (top.next === 0) {
        if (done.has(top.slug)) {
          stack.pop();
          continue;
        }
        path.push(top.slug);
        onPath.add(top.slug);
      }
      const dependency = bySlug.get(top.slug)?.dependsOn[top.next++];
      if (dependency === undefined) {
        stack.pop();
        path.pop();
        onPath.delete(top.slug);
        done.add(top.slug);
      } else if (onPath.has(dependency)) {
        return [...path.slice(path.indexOf(dependency)), dependency];
      } else if (bySlug.has(dependency) && !done.has(dependency)) {
        stack.push({ slug: dependency, next: 0 });
      }
    }
  }
  return undefined;
}

const rank = { urgent: 0, high: 1, normal: 2, low: 3 } as const;

/** Names and times in ASCII: comparing by a language would load its rules first, which takes longer than a first frame. */
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Starting order among equals: priority, then age, then name. */
export function byUrgency(a: Node, b: Node): number {
  return rank[a.priority] - rank[b.priority] || compare(a.createdAt, b.createdAt) || compare(a.slug, b.slug);
}

/**
 * Why a task cannot start now; undefined when its dependencies have all landed.
 * @param nameOf what the one that it waits for is called: by its slug, or by its title where titles are shown
 */
export function blockedBy<T extends Node>(
  task: Node,
  bySlug: ReadonlyMap<string, T>,
  nameOf: (task: T) => string = ({ slug }) => slug,
): string | undefined {
  for (const slug of task.dependsOn) {
    const dependency = bySlug.get(slug);
    if (!dependency) return `depends on ${slug}, which does not exist`;
    const name = nameOf(dependency);
    if (dependency.status === 'cancelled') return `depends on ${name}, which was cancelled`;
    if (dependency.status === 'failed') return `depends on ${name}, which failed`;
    if (dependency.status !== 'landed') return `waits for ${name} to land`;
  }
  return undefined;
}

/**
 * Groups unsettled tasks into waves by longest path: Kahn's algorithm, layer by layer, in O(tasks + dependencies)
 * apart from sorting each wave by urgency. Tasks behind a cycle, a missing or a dead dependency are listed as
 * blocked, with the reason.
 */
export function planWaves(tasks: readonly Node[]): Plan {
  const bySlug = new Map(tasks.map((task) => [task.slug, task]));
  const open = tasks.filter((task) => !['landed', 'cancelled', 'failed', 'draft'].includes(task.status));
  const left = new Set(open.map((task) => task.slug));
  const dependants = new Map<string, Node[]>();
  const waitsFor = new Map<string, number>();
  for (const task of open) {
    const unlanded = task.dependsOn.filter((slug) => bySlug.get(slug)?.status !== 'landed');
    waitsFor.set(task.slug, unlanded.length);
    for (const slug of unlanded) {
      const list = dependants.get(slug);
      if (list) list.push(task);
      else dependants.set(slug, [task]);
    }
  }
  const waves: Wave[] = [];
  let wave = open.filter((task) => waitsFor.get(task.slug) === 0);
  while (wave.length > 0) {
    const slugs = wave.sort(byUrgency).map((task) => task.slug);
    waves.push({ index: waves.length + 1, tasks: slugs });
    for (const slug of slugs) left.delete(slug);
    wave = slugs
      .flatMap((slug) => dependants.get(slug) ?? [])
      .filter((task) => {
        const more = waitsFor.get(task.slug)! - 1;
        waitsFor.set(task.slug, more);
        return more === 0;
      });
  }
  const blocked = open
    .filter((task) => left.has(task.slug))
    .map((task) => ({ slug: task.slug, reason: stuckReason(task, bySlug, left) }));
  const drafts = tasks
    .filter((task) => task.status === 'draft')
    .map((task) => ({ slug: task.slug, reason: 'is still a draft' }));
  return { waves, blocked: [...blocked, ...drafts] };
}

function stuckReason(task: Node, bySlug: ReadonlyMap<string, Node>, stuck: ReadonlySet<string>): string {
  const dead = task.dependsOn.find((slug) => {
    const status = bySlug.get(slug)?.status;
    return status === undefined || ['cancelled', 'failed', 'draft'].includes(status);
  });
  if (dead !== undefined) {
    const dependency = bySlug.get(dead);
    return `depends on ${dead}, which ${dependency ? `is ${dependency.status}` : 'does not exist'}`;
  }
  const waiting = task.dependsOn.find((slug) => stuck.has(slug));
  return waiting ? `waits for ${waiting}, which cannot start` : 'cannot start';
}

/** Wave index per slug, for lists. */
export function waveIndex(plan: Plan): Map<string, number> {
  return new Map(plan.waves.flatMap((wave) => wave.tasks.map((slug) => [slug, wave.index] as const)));
}

/** These tasks and all that they depend on, directly or not, by slug. */
export function withDependencies(
  all: readonly Pick<Task, 'slug' | 'dependsOn'>[],
  slugs: readonly string[],
): string[] {
  const bySlug = new Map(all.map((task) => [task.slug, task]));
  const wanted = new Set<string>();
  const queue = [...slugs];
  for (let slug = queue.pop(); slug !== undefined; slug = queue.pop()) {
    if (wanted.has(slug)) continue;
    wanted.add(slug);
    queue.push(...(bySlug.get(slug)?.dependsOn ?? []));
  }
  return [...wanted];
}
