/** In which order most tasks land, told from which of them conflict in pairs. Pure. */

/** Groups up to this many are solved exactly, larger ones by rule of thumb. */
const exactUpTo = 22;

export interface Waiting {
  slug: string;
  /** Slugs it comes after; others than those given do not matter. */
  dependsOn: readonly string[];
  /** Conflicts with the target already: it cannot land as it is. */
  stuck: boolean;
}

/**
 * Keeps the largest set of tasks that do not conflict with each other in the order given, dependencies first, and
 * puts the others behind them. Conflicts form a graph, and the largest set without an edge is wanted. Small
 * connected groups are searched exactly. In a larger group the task with the fewest conflicts left is taken and
 * those in conflict with it go, until none is left (the minimum-degree rule).
 * @returns the order, and the slugs expected not to land
 */
export function landingOrder(
  tasks: readonly Waiting[],
  conflicts: readonly (readonly [a: string, b: string])[],
): { order: string[]; leftOut: string[] } {
  const sorted = byDependency(tasks);
  const free = sorted.filter((task) => !task.stuck).map((task) => task.slug);
  const graph = new Map<string, Set<string>>(free.map((slug) => [slug, new Set()]));
  for (const [a, b] of conflicts) {
    if (!graph.has(a) || !graph.has(b)) continue;
    graph.get(a)!.add(b);
    graph.get(b)!.add(a);
  }
  const kept = new Set(groupsOf(graph).flatMap((group) => largestApart(group, graph)));
  const lands = new Set<string>();
  const known = new Set(tasks.map((task) => task.slug));
  // What depends on a task left out cannot land before it either.
  for (const { slug, dependsOn } of sorted) {
    if (kept.has(slug) && dependsOn.every((other) => lands.has(other) || !known.has(other))) lands.add(slug);
  }
  const leftOut = sorted.map((task) => task.slug).filter((slug) => !lands.has(slug));
  return { order: [...lands, ...leftOut], leftOut };
}

/** The given order, each task behind those it depends on; a circle is left as it is. */
function byDependency(tasks: readonly Waiting[]): Waiting[] {
  const bySlug = new Map(tasks.map((task) => [task.slug, task]));
  const done = new Set<Waiting>();
  const visit = (task: Waiting, above: ReadonlySet<Waiting>) => {
    if (done.has(task) || above.has(task)) return;
    const path = new Set(above).add(task);
    for (const other of task.dependsOn) {
      const needed = bySlug.get(other);
      if (needed) visit(needed, path);
    }
    done.add(task);
  };
  for (const task of tasks) visit(task, new Set());
  return [...done];
}

/** Connected groups, each in the order of the graph. */
function groupsOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const group = new Map<string, number>();
  let groups = 0;
  for (const start of graph.keys()) {
    if (group.has(start)) continue;
    const open = [start];
    group.set(start, groups);
    for (let slug = open.pop(); slug !== undefined; slug = open.pop()) {
      for (const other of graph.get(slug)!) {
        if (group.has(other)) continue;
        group.set(other, groups);
        open.push(other);
      }
    }
    groups++;
  }
  const found: string[][] = Array.from({ length: groups }, () => []);
  for (const slug of graph.keys()) found[group.get(slug)!]!.push(slug);
  return found;
}

function largestApart(
  group: readonly string[],
  graph: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  if (group.length === 1) return group;
  return group.length <= exactUpTo ? exactly(group, graph) : byFewest(group, graph);
}

/** Takes or leaves the task with the most conflicts, whichever keeps more; earlier ones are preferred. */
function exactly(
  group: readonly string[],
  graph: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const within = (slug: string) => group.filter((other) => graph.get(slug)!.has(other)).length;
  const worst = group.reduce((most, slug) => (within(slug) > within(most) ? slug : most), group[0] ?? '');
  if (group.length === 0 || within(worst) === 0) return group;
  const without = exactly(
    group.filter((slug) => slug !== worst),
    graph,
  );
  const apart = group.filter((slug) => slug !== worst && !graph.get(worst)!.has(slug));
  const taken = exactly(apart, graph);
  if (taken.length + 1 < without.length) return without;
  const chosen = group.filter((slug) => slug === worst || taken.includes(slug));
  return chosen.length > without.length || isEarlier(chosen, without, group) ? chosen : without;
}

/** Of two choices the one that keeps the earliest task. */
function isEarlier(one: readonly string[], other: readonly string[], group: readonly string[]): boolean {
  const first = group.find((slug) => one.includes(slug) !== other.includes(slug));
  return first !== undefined && one.includes(first);
}

function byFewest(
  group: readonly string[],
  graph: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const left = new Set(group);
  const kept = new Set<string>();
  const conflictsOf = (slug: string) => [...graph.get(slug)!].filter((other) => left.has(other)).length;
  while (left.size > 0) {
    let best = '';
    let fewest = Number.POSITIVE_INFINITY;
    for (const slug of left) {
      const many = conflictsOf(slug);
      if (many < fewest) [best, fewest] = [slug, many];
    }
    kept.add(best);
    left.delete(best);
    for (const other of graph.get(best)!) left.delete(other);
  }
  return group.filter((slug) => kept.has(slug));
}
