/** The task list in groups: by what a task means for the person, by wave, by label, by status, or by dependencies. */
import type { RunView } from '../agents/run.js';
import { isLive } from '../agents/run.js';
import { blockedBy, byUrgency } from '../store/graph.js';
import type { Task } from '../store/task.js';
import { tasksBySlug } from './lookups.js';
import { failedChecks, isHeld, type ListedTask } from './selectors.js';
import type { WorkKind } from './work.js';

export const groupings = ['state', 'tree', 'wave', 'label', 'status', 'none'] as const;
export type Grouping = (typeof groupings)[number];

/** What a task means for the person, most urgent first. */
export const concerns = [
  'needs you',
  'working',
  'queued',
  'to land',
  'ready',
  'blocked',
  'drafts',
  'landed',
  'cancelled',
] as const;
export type Concern = (typeof concerns)[number];

/** What is known of tasks besides the registry; every part is the same object as long as it says the same. */
export interface ConcernFacts {
  /** Slugs of the tasks whose agent waits for an answer. */
  asking: ReadonlySet<string>;
  /** Slugs that the program itself works on. */
  busy: Readonly<Record<string, WorkKind>>;
}

/** What a task means for the person now. */
export function concernOf(row: ListedTask, { asking, busy }: ConcernFacts): Concern {
  const { task, shown } = row;
  if (asking.has(task.slug)) return 'needs you';
  // Until its worktree is filled, a task is still in line: no agent works on it.
  if (busy[task.slug] && busy[task.slug] !== 'filling') return 'working';
  switch (shown) {
    case 'needs-input':
    case 'failed':
    case 'conflicted':
      return 'needs you';
    case 'running':
      return 'working';
    case 'ready':
      return task.launch ? 'queued' : 'ready';
    case 'done':
      return failedChecks(task) || isHeld(task) ? 'needs you' : 'to land';
    case 'validated':
    case 'stale':
      return 'to land';
    case 'blocked':
      return 'blocked';
    case 'draft':
      return 'drafts';
    case 'landed':
    case 'cancelled':
      return shown;
  }
}

export interface TaskGroup {
  name: string;
  rows: readonly ListedTask[];
}

/** Rows in named groups, in the order in which they are shown; within a group in the order of the rows. */
export function groupTasks(
  rows: readonly ListedTask[],
  grouping: Grouping,
  facts: ConcernFacts,
): readonly TaskGroup[] {
  switch (grouping) {
    case 'none':
      return [{ name: '', rows }];
    case 'tree':
      return [{ name: '', rows: inTree(rows).map(({ row }) => row) }];
    case 'state':
      return sorted(rows, (row) => concernOf(row, facts), concerns);
    case 'status':
      return sorted(rows, (row) => row.shown);
    case 'wave':
      return sorted(rows, (row) => (row.wave === undefined ? 'no wave' : `wave ${row.wave}`));
    case 'label':
      return sorted(rows, (row) => row.task.labels[0] ?? 'no label');
  }
}

/**
 * Rows below what they wait for, with how deep they stand there. One that depends on several stands below the last of
 * them; what is in a circle of dependencies comes at the end.
 */
export function inTree(rows: readonly ListedTask[]): { row: ListedTask; depth: number }[] {
  const places = new Map(rows.map((row, at) => [row.task.slug, at]));
  const below = new Map<string | undefined, ListedTask[]>();
  for (const row of rows) {
    const parent = row.task.dependsOn.filter((slug) => places.has(slug)).at(-1);
    const beside = below.get(parent);
    if (beside) beside.push(row);
    else below.set(parent, [row]);
  }
  const found: { row: ListedTask; depth: number }[] = [];
  const open = (below.get(undefined) ?? []).map((row) => ({ row, depth: 0 })).reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    found.push(next);
    const { depth } = next;
    for (const row of [...(below.get(next.row.task.slug) ?? [])].reverse())
      open.push({ row, depth: depth + 1 });
  }
  const seen = new Set(found.map(({ row }) => row));
  return [...found, ...rows.filter((row) => !seen.has(row)).map((row) => ({ row, depth: 0 }))];
}

function sorted(
  rows: readonly ListedTask[],
  nameOf: (row: ListedTask) => string,
  order?: readonly string[],
): TaskGroup[] {
  const groups = new Map<string, ListedTask[]>();
  for (const row of rows) {
    const name = nameOf(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  const rank = (name: string) => (order ? order.indexOf(name) : 0);
  return [...groups]
    .map(([name, members]) => ({ name, rows: members }))
    .sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** Groups that are folded until a person opens them: nothing in them waits for a person. */
export const foldedAtFirst: ReadonlySet<string> = new Set<Concern>(['landed', 'cancelled']);

let queued:
  | { tasks: readonly Task[]; busy: ConcernFacts['busy']; places: ReadonlyMap<string, number> }
  | undefined;

/** Place of a queued task among those that wait for a slot, from 1, in the order in which they are started. */
export function placeInQueue(task: Task, tasks: readonly Task[], busy: ConcernFacts['busy']): number {
  if (queued?.tasks !== tasks || queued.busy !== busy) {
    const bySlug = tasksBySlug(tasks);
    const waiting = tasks.filter(
      (one) => one.launch && one.status === 'ready' && !busy[one.slug] && !blockedBy(one, bySlug),
    );
    const places = new Map(waiting.sort(byUrgency).map(({ slug }, at) => [slug, at + 1]));
    queued = { tasks, busy, places };
  }
  return queued.places.get(task.slug) ?? queued.places.size + 1;
}

/** "1st", "2nd", "3rd", "11th". */
export function ordinal(place: number): string {
  const tens = place % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place}${ending}`;
}

/** How long a live run has written nothing, in milliseconds; undefined when that is not known. */
export function silentFor(run: RunView, atMs: number): number | undefined {
  if (!isLive(run.phase) || run.wroteAt === undefined) return undefined;
  return Math.max(0, atMs - Date.parse(run.wroteAt));
}
