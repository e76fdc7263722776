/** What can be selected on the pages that take the whole screen, memoised. Pure. */
import type { Spent } from '../../src/domain/agents/cost.js';
import { isLive, type RunView } from '../../src/domain/agents/run.js';
import { type PlanGraph, planGraph } from '../../src/domain/app/plan-graph.js';
import type { AppState } from '../../src/domain/app/state.js';
import type { Task } from '../../src/domain/store/task.js';
import { logRowsOf, memo, mergeRowsOf, type Rows, taskLinesOf, worktreeRowsOf } from './rows.js';
import type { ListPane, UiState } from './state.js';

export interface FleetRow {
  task: Task;
  run: RunView;
}

const contains = (text: string, words: string): boolean => text.toLowerCase().includes(words.toLowerCase());

const fleetOf = memo((tasks: AppState['tasks'], runs: AppState['runs'], filter: string): Rows<FleetRow> => {
  const all = tasks.flatMap((task): FleetRow[] => {
    const run = runs[task.runIds.at(-1) ?? ''];
    return run && isLive(run.phase) ? [{ task, run }] : [];
  });
  const asks = ({ run }: FleetRow) => Number((run.approvals?.length ?? 0) === 0);
  const rows = all
    .filter(({ task }) => contains(`${task.title} ${task.slug}`, filter))
    // Those that ask first; the order among the others stays as long as they run.
    .sort((a, b) => asks(a) - asks(b));
  return { rows, keys: rows.map(({ task }) => task.slug), total: all.length };
});

/** Live runs, for the fleet. */
export const fleetRowsOf = (state: AppState, ui: UiState): Rows<FleetRow> =>
  fleetOf(state.tasks, state.runs, ui.lists.fleet.filter);

const graphOf = memo((tasks: AppState['tasks']): PlanGraph => planGraph(tasks));

const planOf = memo((tasks: AppState['tasks'], filter: string): Rows<string> & { graph: PlanGraph } => {
  const graph = graphOf(tasks);
  const titles = new Map(tasks.map((task) => [task.slug, task.title]));
  const all = graph.columns.flatMap(({ slugs }) => slugs);
  const rows = all.filter((slug) => contains(`${titles.get(slug)} ${slug}`, filter));
  return { rows, keys: rows, total: all.length, graph };
});

/** Tasks of the plan, wave by wave; with the graph they stand in. */
export const planRowsOf = (state: AppState, ui: UiState) => planOf(state.tasks, ui.lists.plan.filter);

export interface MonitorRow {
  task: Task;
  spent?: Spent;
}

const monitorOf = memo(
  (
    tasks: AppState['tasks'],
    spend: AppState['spend'],
    worktrees: AppState['worktrees'],
    runs: AppState['runs'],
    filter: string,
  ): Rows<MonitorRow> => {
    const all = tasks.flatMap((task): MonitorRow[] => {
      const spent = spend?.tasks[task.slug];
      const run = runs[task.runIds.at(-1) ?? ''];
      return spent || worktrees[task.slug] || (run && isLive(run.phase)) ? [{ task, spent }] : [];
    });
    const rows = all
      .filter(({ task }) => contains(`${task.title} ${task.slug}`, filter))
      .sort((a, b) => (b.spent?.tokens ?? 0) - (a.spent?.tokens ?? 0));
    return { rows, keys: rows.map(({ task }) => task.slug), total: all.length };
  },
);

/** Tasks that have used something or take something of the machine, the dearest first. */
export const monitorRowsOf = ({ tasks, spend, worktrees, runs }: AppState, ui: UiState): Rows<MonitorRow> =>
  monitorOf(tasks, spend, worktrees, runs, ui.lists.monitor.filter);

const rowsOf: Record<ListPane, (state: AppState, ui: UiState) => Rows<unknown>> = {
  tasks: taskLinesOf,
  worktrees: worktreeRowsOf,
  merge: mergeRowsOf,
  log: logRowsOf,
  fleet: fleetRowsOf,
  plan: planRowsOf,
  monitor: monitorRowsOf,
};

/** Keys of the rows of any list pane. */
export const keysOf = (pane: ListPane, state: AppState, ui: UiState): readonly string[] =>
  rowsOf[pane](state, ui).keys;
