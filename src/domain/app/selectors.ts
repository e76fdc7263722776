/** Questions that panes and printers both ask of the state. */

import { isLive, type RunView } from '../agents/run.js';
import { blockedBy, planWaves, waveIndex } from '../store/graph.js';
import type { Task, TaskStatus } from '../store/task.js';
import { perList, tasksBySlug } from './lookups.js';
import type { AppState } from './state.js';

/** What a task is shown as: its status, or one of the derived words when that says more. */
export type ShownState = TaskStatus | 'blocked' | 'conflicted' | 'stale';

/** State word of a task. Derived words are never stored. */
export function shownState(task: Task, state: Pick<AppState, 'tasks' | 'merges'>): ShownState {
  return shownWith(task, state, tasksBySlug(state.tasks));
}

/** What a task is called on the screen: its title; the slug where it has none, or is not in the registry. */
export const titleIn =
  (tasks: readonly Task[]) =>
  (slug: string): string =>
    tasksBySlug(tasks).get(slug)?.title || slug;

function shownWith(
  task: Task,
  state: Pick<AppState, 'merges'>,
  bySlug: ReadonlyMap<string, Task>,
): ShownState {
  if (task.status === 'done' || task.status === 'validated') {
    const merge = state.merges[task.slug] ?? task.merge;
    if (merge?.status === 'conflict') return 'conflicted';
    const head = state.merges[task.slug]?.head;
    if (task.status === 'validated' && head && task.validation && head !== task.validation.head)
      return 'stale';
  }
  return task.status === 'ready' && blockedBy(task, bySlug) !== undefined ? 'blocked' : task.status;
}

/**
 * Whether the last validation of finished work did not pass, it was not launched again since, and nothing lands it by
 * itself, which would try again.
 */
export function failedChecks({ status, validation, launch }: Task): boolean {
  if (status !== 'done' || (validation?.verdict !== 'fail' && validation?.verdict !== 'error')) return false;
  return !launch || (!launch.land && launch.at <= validation.at);
}

/** Whether finished work waits until a person has looked at it and approved it. */
export const isHeld = ({ status, validation }: Pick<Task, 'status' | 'validation'>): boolean =>
  status === 'done' && validation?.verdict === 'held';

/** Glyph of a state; always shown together with the word. */
export const glyphs: Record<ShownState, string> = {
  draft: '◌',
  ready: '○',
  blocked: '○',
  running: '●',
  'needs-input': '!',
  done: '◇',
  validated: '◇',
  landed: '✓',
  failed: '✗',
  cancelled: '–',
  conflicted: '◆',
  stale: '◇',
};

export interface TaskRow {
  task: Task;
  shown: ShownState;
  wave?: number;
  /** What a task that is ready waits for, in words. */
  waits?: string;
  run?: RunView;
}

/** A row without its run: all that depends on tasks and merges alone. */
export type ListedTask = Omit<TaskRow, 'run'>;

let listed: { tasks: AppState['tasks']; merges: AppState['merges']; rows: readonly ListedTask[] } | undefined;

/**
 * Rows of the task list in registry order. One pass over the tasks, done again only when tasks or
 * merges changed: what a run says must not cost a pass over 10,000 tasks.
 */
export function listedTasks(state: Pick<AppState, 'tasks' | 'merges'>): readonly ListedTask[] {
  if (listed?.tasks === state.tasks && listed.merges === state.merges) return listed.rows;
  const waves = waveIndex(planWaves(state.tasks));
  const bySlug = tasksBySlug(state.tasks);
  const rows = state.tasks.map((task) => ({
    task,
    shown: shownWith(task, state, bySlug),
    wave: waves.get(task.slug),
    ...(task.status === 'ready'
      ? { waits: blockedBy(task, bySlug, ({ title, slug }) => title || slug) }
      : {}),
  }));
  listed = { tasks: state.tasks, merges: state.merges, rows };
  return rows;
}

/** Rows of the task list by slug. */
export const listedBySlug = perList(
  (rows: readonly ListedTask[]): ReadonlyMap<string, ListedTask> =>
    new Map(rows.map((row) => [row.task.slug, row])),
);

/** Rows of the task list with the latest run of each task. */
export function taskRows(state: AppState): TaskRow[] {
  return listedTasks(state).map((row) => ({ ...row, run: latestRun(row.task, state) }));
}

/** The newest run of a task that the state knows. */
export function latestRun(task: Task, state: Pick<AppState, 'runs'>): RunView | undefined {
  for (let i = task.runIds.length - 1; i >= 0; i--) {
    const run = state.runs[task.runIds[i]!];
    if (run) return run;
  }
  return undefined;
}

/** Runs whose processes may still be alive. */
function liveRuns(state: Pick<AppState, 'runs'>): RunView[] {
  return Object.values(state.runs).filter((run) => isLive(run.phase));
}

let asking: { runs: AppState['runs']; slugs: ReadonlySet<string> } | undefined;

/** Slugs of the tasks whose agent waits for an answer; the same set as long as it holds the same. */
export function askingTasks(state: Pick<AppState, 'runs'>): ReadonlySet<string> {
  if (asking?.runs === state.runs) return asking.slugs;
  const slugs = askingRuns(state).map((run) => run.task);
  const same = asking && asking.slugs.size === slugs.length && slugs.every((slug) => asking!.slugs.has(slug));
  asking = { runs: state.runs, slugs: same ? asking!.slugs : new Set(slugs) };
  return asking.slugs;
}

/** Live runs that wait for an answer, those that have waited longest first. */
export function askingRuns(state: Pick<AppState, 'runs'>): RunView[] {
  const since = (run: RunView) => run.approvals?.[0]?.at ?? '';
  return liveRuns(state)
    .filter((run) => run.approvals?.length)
    .sort((a, b) => (since(a) < since(b) ? -1 : 1));
}

/** How many agents are at work, those included whose run has only just been recorded. */
export function agentsAtWork(state: Pick<AppState, 'runs' | 'tasks'>): number {
  const starting = state.tasks.filter(
    (task) => task.status === 'running' && !state.runs[task.runIds.at(-1) ?? ''],
  );
  return liveRuns(state).length + starting.length;
}

/** Share of unsettled work done, 0 to 1; undefined without tasks. */
export function progress(state: Pick<AppState, 'tasks'>): number | undefined {
  const counted = state.tasks.filter((task) => task.status !== 'cancelled');
  if (counted.length === 0) return undefined;
  return counted.filter((task) => task.status === 'landed').length / counted.length;
}
