/** The rows of each list pane, filtered; memoised so that a frame without changes costs nothing. Pure. */
import type { LogLine, WorktreeView } from '../../src/domain/app/events.js';
import { askingTasks, type ListedTask, listedTasks } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import type { MergeResult, MergeStatus, PairResult, QueueReport } from '../../src/domain/landing/merge.js';
import type { ListPane, TaskTab, UiState } from './state.js';

export type MergeRow = {
  key: string;
  result?: MergeResult;
  /** The pairs of a result that are not clean. */
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
function memo<A extends readonly unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { args: A; result: R } | undefined;
  return (...args) => {
    if (last && args.every((arg, index) => arg === last!.args[index])) return last.result;
    last = { args, result: compute(...args) };
    return last.result;
  };
}

const attention = new Set(['needs-input', 'failed', 'conflicted']);

/** True for tasks that wait for a person; `asking`: those whose agent waits for an answer. */
export function needsAttention(row: ListedTask, asking: ReadonlySet<string>): boolean {
  return attention.has(row.shown) || asking.has(row.task.slug);
}

const tabs: Record<TaskTab, (row: ListedTask, asking: ReadonlySet<string>) => boolean> = {
  all: () => true,
  open: (row) => row.task.status !== 'landed' && row.task.status !== 'cancelled',
  attention: needsAttention,
  landed: (row) => row.task.status === 'landed',
};

type Asking = ReadonlySet<string>;

const filterTasks = memo(
  (all: readonly ListedTask[], asking: Asking, tab: TaskTab, filter: string): Rows<ListedTask> => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const rows =
      words.length === 0 && tab === 'all'
        ? all
        : all.filter((row) => {
            if (!tabs[tab](row, asking)) return false;
            const text =
              `${row.task.slug} ${row.task.title} ${asking.has(row.task.slug) ? 'asking' : row.shown} ${row.task.labels.join(' ')}`.toLowerCase();
            return words.every((word) => text.includes(word));
          });
    return { rows, keys: rows.map((row) => row.task.slug), total: all.length };
  },
);

export function taskRowsOf(state: AppState, ui: UiState): Rows<ListedTask> {
  return filterTasks(listedTasks(state), askingTasks(state), ui.tab, ui.lists.tasks.filter);
}

const filterWorktrees = memo((worktrees: AppState['worktrees'], filter: string): Rows<WorktreeView> => {
  const all = Object.values(worktrees);
  const rows = all.filter((row) => matches(filter, `${row.task} ${row.branch}`));
  return { rows, keys: rows.map((row) => row.task), total: all.length };
});

export function worktreeRowsOf(state: AppState, ui: UiState): Rows<WorktreeView> {
  return filterWorktrees(state.worktrees, ui.lists.worktrees.filter);
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
    filter: string,
  ): Rows<MergeRow> => {
    const results = Object.values(merges).sort((a, b) => rank[a.status] - rank[b.status]);
    const loud = pairs.filter((pair) => pair.status !== 'clean');
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
    const rows = all.filter((row) => matches(filter, row.key));
    return { rows, keys: rows.map((row) => row.key), total: all.length };
  },
);

export function mergeRowsOf(state: AppState, ui: UiState): Rows<MergeRow> {
  return filterMerges(state.merges, state.pairs, state.queue, ui.lists.merge.filter);
}

const filterLog = memo((log: readonly LogLine[], filter: string): Rows<LogLine> => {
  const all = [...log].reverse();
  const rows = all.filter((line) => matches(filter, line.text));
  return { rows, keys: rows.map((line, index) => `${line.at} ${rows.length - index}`), total: all.length };
});

export function logRowsOf(state: AppState, ui: UiState): Rows<LogLine> {
  return filterLog(state.log, ui.lists.log.filter);
}

/** Keys of the rows of any list pane. */
export function keysOf(pane: ListPane, state: AppState, ui: UiState): readonly string[] {
  const rows = { tasks: taskRowsOf, worktrees: worktreeRowsOf, merge: mergeRowsOf, log: logRowsOf }[pane];
  return rows(state, ui).keys;
}

function matches(filter: string, text: string): boolean {
  return filter === '' || text.toLowerCase().includes(filter.toLowerCase());
}
