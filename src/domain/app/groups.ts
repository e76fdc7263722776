/** The task list in groups: by what a task means for the person, by wave, by label, by status, or by dependencies. */
import type { RunView } from '../agents/run.js';
import { isLive } from '../agents/run.js';
import { blockedBy, byUrgency } from '../store/graph.js';
import type { Task } from '../store/task.js';
import { failedChecks, type ListedTask } from './selectors.js';

export const groupings = ['state', 'wave', 'label', 'status', 'none'] as const;
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
  /** Slugs that a command works on. */
  busy: Readonly<Record<string, string>>;
}

/** What a task means for the person now. */
export function concernOf(row: ListedTask, { asking, busy }: ConcernFacts): Concern {
  const { task, shown } = row;
  if (asking.has(task.slug)) return 'needs you';
  if (busy[task.slug]) return 'working';
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
      return failedChecks(task) ? 'needs you' : 'to land';
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

const queues = new WeakMap<readonly Task[], ReadonlyMap<string, number>>();

/** Place of a queued task among those that wait for a slot, from 1, in the order in which they are started. */
export function placeInQueue(task: Task, tasks: readonly Task[]): number {
  const known = queues.get(tasks) ?? queueOf(tasks);
  queues.set(tasks, known);
  return known.get(task.slug) ?? known.size + 1;
}

function queueOf(tasks: readonly Task[]): ReadonlyMap<string, number> {
  const bySlug = new Map(tasks.map((task) => [task.slug, task]));
  const waiting = tasks.filter((task) => task.status === 'ready' && task.launch && !blockedBy(task, bySlug));
  return new Map(waiting.sort(byUrgency).map(({ slug }, at) => [slug, at + 1]));
}

/** How long a live run has written nothing, in milliseconds; undefined when that is not known. */
export function silentFor(run: RunView, atMs: number): number | undefined {
  if (!isLive(run.phase) || run.wroteAt === undefined) return undefined;
  return Math.max(0, atMs - Date.parse(run.wroteAt));
}
