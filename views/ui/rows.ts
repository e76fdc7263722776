/** The rows of each list pane, filtered; memoised so that a frame without changes costs nothing. Pure. */
import type { LogLine, WorktreeView } from '../../src/domain/app/events.js';
import { filterOfText } from '../../src/domain/app/filter.js';
import {
  foldedAtFirst,
  type Grouping,
  groupTasks,
  inTree,
  type TaskGroup,
} from '../../src/domain/app/groups.js';
import { askingTasks, type ListedTask, listedTasks, titleIn } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import type { MergeResult, MergeStatus, PairResult, QueueReport } from '../../src/domain/landing/merge.js';
import type { UiState } from './state.js';

export type MergeRow = {
  key: string;
  result?: MergeResult;
  /** The pairs of a result that are not clean, or worth a look. */
  quarrels?: readonly PairResult[];
  pair?: PairResult;
  queue?: QueueReport;
};

export interface Rows<T> {
  rows: readonly T[];
  /** Key of each row, for the selection. */
  keys: readonly string[];
  /** How many there are without the filter. */
  total: number;
}

/** Remembers the last answer for the same arguments, compared by identity. */
export function memo<A extends readonly unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { args: A; result: R } | undefined;
  return (...args) => {
    if (last && args.every((arg, index) => arg === last!.args[index])) return last.result;
    last = { args, result: compute(...args) };
    return last.result;
  };
}

/** A line of the task list that can be selected: a task, or the head of a folded group. */
export type TaskLine = { type: 'task'; row: ListedTask } | { type: 'group'; name: string; count: number };

/** What is shown of the task list from top to bottom: heads of open groups stand between what can be selected. */
export type ShownLine = number | { name: string; count: number };

export interface TaskLines extends Rows<TaskLine> {
  shown: readonly ShownLine[];
  /** Where each line that can be selected stands in `shown`. */
  places: readonly number[];
  /** Tasks that pass the filter. */
  tasks: number;
}

const groupsOf = memo(
  (rows: readonly ListedTask[], grouping: Grouping, asking: ReadonlySet<string>, busy: AppState['busy']) =>
    groupTasks(rows, grouping, { asking, busy }),
);

const filterTasks = memo((rows: readonly ListedTask[], asking: ReadonlySet<string>, filter: string) => {
  if (filter.trim() === '') return rows;
  const passes = filterOfText(filter);
  return rows.filter((row) => passes(row, ({ task, shown }) => (asking.has(task.slug) ? 'asking' : shown)));
});

const linesOfGroups = memo(
  (groups: readonly TaskGroup[], folds: ReadonlySet<string>, unfolded: boolean, total: number): TaskLines => {
    const rows: TaskLine[] = [];
    const shown: ShownLine[] = [];
    const places: number[] = [];
    const add = (line: TaskLine) => {
      places.push(shown.length);
      shown.push(rows.length);
      rows.push(line);
    };
    for (const { name, rows: members } of groups) {
      // The only group stays open: a list without a single task in sight tells nothing.
      const canFold = !unfolded && name !== '' && groups.length > 1;
      const folded = canFold && foldedAtFirst.has(name) !== folds.has(name);
      if (folded) add({ type: 'group', name, count: members.length });
      else {
        if (name !== '') shown.push({ name, count: members.length });
        for (const row of members) add({ type: 'task', row });
      }
    }
    const keys = rows.map((line) => (line.type === 'task' ? line.row.task.slug : groupKey(line.name)));
    return {
      rows,
      keys,
      total,
      shown,
      places,
      tasks: groups.reduce((sum, { rows: of }) => sum + of.length, 0),
    };
  },
);

/** Key of a folded group among those of tasks; no slug has a colon. */
export const groupKey = (name: string): string => `group:${name}`;

/** The lines of the task list. A filter opens every group: what was looked for must not hide. */
export function taskLinesOf(state: AppState, ui: UiState): TaskLines {
  const all = listedTasks(state);
  const asking = askingTasks(state);
  const rows = filterTasks(all, asking, ui.lists.tasks.filter);
  const groups = groupsOf(rows, ui.grouping, asking, state.busy);
  return linesOfGroups(groups, ui.folds, rows !== all, all.length);
}

const concernsOf = memo((rows: readonly ListedTask[], asking: ReadonlySet<string>, busy: AppState['busy']) =>
  groupTasks(rows, 'state', { asking, busy }),
);

const depthsOf = memo(
  (rows: readonly ListedTask[]) => new Map(inTree(rows).map(({ row, depth }) => [row.task.slug, depth])),
);

/** How deep each task stands in the tree of those that are listed; 0 while the list is in another order. */
export function depthIn(state: AppState, { grouping, lists }: UiState): (slug: string) => number {
  if (grouping !== 'tree') return () => 0;
  const depths = depthsOf(filterTasks(listedTasks(state), askingTasks(state), lists.tasks.filter));
  return (slug) => depths.get(slug) ?? 0;
}

/** Tasks by what they mean for the person, whatever the list is filtered and grouped by. */
export function tasksByConcern(state: AppState): readonly TaskGroup[] {
  return concernsOf(listedTasks(state), askingTasks(state), state.busy);
}

/** Tasks that need the person, most urgent first. */
export const waitingTasks = (state: AppState): readonly ListedTask[] =>
  tasksByConcern(state).find((group) => group.name === 'needs you')?.rows ?? [];

const filterWorktrees = memo(
  (worktrees: AppState['worktrees'], tasks: AppState['tasks'], filter: string): Rows<WorktreeView> => {
    const all = Object.values(worktrees);
    const titleOf = titleIn(tasks);
    const rows = all.filter((row) => matches(filter, `${row.task} ${row.branch} ${titleOf(row.task)}`));
    return { rows, keys: rows.map((row) => row.task), total: all.length };
  },
);

export function worktreeRowsOf(state: AppState, ui: UiState): Rows<WorktreeView> {
  return filterWorktrees(state.worktrees, state.tasks, ui.lists.worktrees.filter);
}

const rank = { conflict: 0, unknown: 1, clean: 2 } as const;

/** The status of two tasks merged together, in either order; undefined when they have not been checked. */
export const pairStatusOf = memo((pairs: AppState['pairs']) => {
  const known = new Map(pairs.map((pair) => [pairKey(pair.a, pair.b), pair.status]));
  return (a: string, b: string): MergeStatus | undefined => known.get(pairKey(a, b));
});

const pairKey = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

const filterMerges = memo(
  (
    merges: AppState['merges'],
    pairs: AppState['pairs'],
    queue: AppState['queue'],
    tasks: AppState['tasks'],
    filter: string,
  ): Rows<MergeRow> => {
    const results = Object.values(merges).sort((a, b) => rank[a.status] - rank[b.status]);
    const loud = pairs.filter((pair) => pair.status !== 'clean' || pair.looks?.length);
    const quarrels = new Map<string, PairResult[]>();
    for (const pair of loud) {
      for (const slug of [pair.a, pair.b]) quarrels.set(slug, [...(quarrels.get(slug) ?? []), pair]);
    }
    const live = queue?.steps.every((step) => merges[step.task]) && queue.steps.length > 0;
    const all: MergeRow[] = [
      ...results.map((result) => ({ key: result.task, result, quarrels: quarrels.get(result.task) ?? [] })),
      // A queue that was rehearsed with a task that has landed since is out of date.
      ...(queue && live ? [{ key: 'queue', queue }] : []),
      ...loud.map((pair) => ({ key: `${pair.a} × ${pair.b}`, pair })),
    ];
    const titleOf = titleIn(tasks);
    const rows = all.filter(({ key }) =>
      matches(filter, `${key} ${key.split(' × ').map(titleOf).join(' ')}`),
    );
    return { rows, keys: rows.map((row) => row.key), total: all.length };
  },
);

export function mergeRowsOf(state: AppState, ui: UiState): Rows<MergeRow> {
  return filterMerges(state.merges, state.pairs, state.queue, state.tasks, ui.lists.merge.filter);
}

const filterLog = memo((log: readonly LogLine[], filter: string): Rows<LogLine> => {
  const all = [...log].reverse();
  const rows = all.filter((line) => matches(filter, line.text));
  return { rows, keys: rows.map((line, index) => `${line.at} ${rows.length - index}`), total: all.length };
});

export function logRowsOf(state: AppState, ui: UiState): Rows<LogLine> {
  return filterLog(state.log, ui.lists.log.filter);
}

function matches(filter: string, text: string): boolean {
  return filter === '' || text.toLowerCase().includes(filter.toLowerCase());
}
