/** The graph of what is still to be done: a column for each wave, the order in each, edges, and the longest chain. Pure. */
import { planWaves } from '../store/graph.js';
import type { Task } from '../store/task.js';

export interface PlanColumn {
  /** "landed", "wave 1", …, "blocked". */
  name: string;
  slugs: readonly string[];
}

export interface PlanEdge {
  from: string;
  to: string;
  /** Both ends are on the longest chain, one after the other. */
  critical: boolean;
}

export interface PlanGraph {
  columns: readonly PlanColumn[];
  edges: readonly PlanEdge[];
  /** The critical path, first task to last: the longest chain of tasks that wait for each other. */
  critical: readonly string[];
}

type Node = Pick<Task, 'slug' | 'dependsOn' | 'status' | 'priority' | 'createdAt'>;

/** The graph of these tasks. Landed ones are in it where another task that is still open depends on them. */
export function planGraph(tasks: readonly Node[]): PlanGraph {
  const { waves, blocked } = planWaves(tasks);
  const bySlug = new Map(tasks.map((task) => [task.slug, task]));
  const stuck = blocked.map(({ slug }) => slug);
  const open = [...waves.flatMap((wave) => wave.tasks), ...stuck];
  const needed = new Set(open.flatMap((slug) => bySlug.get(slug)!.dependsOn));
  const landed = tasks.filter(({ slug, status }) => status === 'landed' && needed.has(slug));
  // A dependency that failed holds others up: it stands with those.
  const failed = tasks.filter(
    ({ slug, status }) => status === 'failed' || (status === 'cancelled' && needed.has(slug)),
  );
  const named: PlanColumn[] = [
    { name: 'landed', slugs: landed.map(({ slug }) => slug) },
    ...waves.map(({ index, tasks: slugs }) => ({ name: `wave ${index}`, slugs })),
    { name: 'blocked', slugs: [...failed.map(({ slug }) => slug), ...stuck] },
  ];
  const shown = new Set(named.flatMap(({ slugs }) => slugs));
  const critical = longestChain(
    waves.map((wave) => wave.tasks),
    bySlug,
  );
  const place = new Map(critical.map((slug, at) => [slug, at]));
  const edges = [...shown].flatMap((to) =>
    bySlug
      .get(to)!
      .dependsOn.filter((from) => shown.has(from))
      .map((from) => ({ from, to, critical: place.has(from) && place.get(to) === place.get(from)! + 1 })),
  );
  return {
    columns: ordered(
      named.filter(({ slugs }) => slugs.length > 0),
      edges,
    ),
    edges,
    critical,
  };
}

/** Back from the first task of the last wave, each time to a dependency in the wave before: there always is one. */
function longestChain(waves: readonly (readonly string[])[], bySlug: ReadonlyMap<string, Node>): string[] {
  const chain: string[] = [];
  for (let at = waves.length - 1; at >= 0; at--) {
    const after = chain[0];
    const wanted = after === undefined ? undefined : new Set(bySlug.get(after)!.dependsOn);
    const slug = waves[at]!.find((one) => wanted?.has(one) ?? true);
    if (slug !== undefined) chain.unshift(slug);
  }
  return chain.length > 1 ? chain : [];
}

/** Each column in the order of what its tasks depend on, so that fewer edges cross. */
function ordered(columns: readonly PlanColumn[], edges: readonly PlanEdge[]): PlanColumn[] {
  const rows = new Map<string, number>();
  const before = new Map<string, string[]>();
  for (const { from, to } of edges) before.set(to, [...(before.get(to) ?? []), from]);
  return columns.map(({ name, slugs }) => {
    const weight = new Map(
      slugs.map((slug, at) => {
        const above = (before.get(slug) ?? []).flatMap((from) => rows.get(from) ?? []);
        return [
          slug,
          above.length > 0 ? above.reduce((sum, row) => sum + row, 0) / above.length : at,
        ] as const;
      }),
    );
    const sorted = [...slugs].sort((a, b) => weight.get(a)! - weight.get(b)!);
    sorted.forEach((slug, row) => {
      rows.set(slug, row);
    });
    return { name, slugs: sorted };
  });
}
