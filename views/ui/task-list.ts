/** Marks, folds and the way to what needs a person: what only the task list can do. */
import { currentLayout } from '../frame.js';
import { keysFor } from '../keymap.js';
import { listHeight } from '../panes/list.js';
import type { ActionContext } from './action-context.js';
import { selectedTask } from './calls.js';
import { keysOf } from './page-rows.js';
import { groupKey, type TaskLines, taskLinesOf, waitingTasks } from './rows.js';
import { reduceUi, selectedIndex, type UiEvent } from './state.js';

/** Marks the selected task or takes its mark away; `ui.mark-all` marks all that are shown, or none. */
export function markTasks(id: string, context: ActionContext) {
  const { ui, state, now: at } = context.model;
  const { rows, keys } = taskLinesOf(state, ui);
  if (id === 'ui.mark-all') {
    const slugs = rows.flatMap((line) => (line.type === 'task' ? line.row.task.slug : []));
    return context.dispatch({ type: 'marked', slugs, on: !slugs.every((slug) => ui.marks.has(slug)), at });
  }
  const line = rows[selectedIndex(ui.lists.tasks, keys)];
  if (line?.type === 'task') {
    const { slug } = line.row.task;
    context.dispatch({ type: 'marked', slugs: [slug], on: id !== 'ui.mark' || !ui.marks.has(slug), at });
  }
}

/** Folds the group of the selected task, or opens the folded one; the selection goes with it. */
export function foldGroup({ model, dispatch, toast, size }: ActionContext) {
  const { ui, state } = model;
  if (ui.grouping === 'none' || ui.grouping === 'tree') {
    return toast(`The list has no groups: ${keysFor(model.keymap, 'ui.group')} groups it.`, 'info');
  }
  const lines = taskLinesOf(state, ui);
  const index = selectedIndex(ui.lists.tasks, lines.keys);
  const line = lines.rows[index];
  if (!line) return;
  const group = line.type === 'group' ? line.name : headAbove(lines, index);
  if (group === undefined) return;
  const after = reduceUi(ui, { type: 'folded', group });
  const { keys, places } = taskLinesOf(state, after);
  if (keys.every((one, at) => one === lines.keys[at])) {
    const why = ui.lists.tasks.filter ? 'A filter keeps every group open.' : 'The only group stays open.';
    return toast(why, 'info');
  }
  dispatch({ type: 'folded', group });
  const key = line.type === 'group' ? firstOf(lines, group, keys) : groupKey(group);
  const at = Math.max(0, keys.indexOf(key));
  const height = listHeight(currentLayout(ui, size.width, size.height).panes.tasks, true);
  dispatch({ type: 'selected', pane: 'tasks', index: at, key: keys[at], height, place: places[at] });
}

function headAbove({ shown, places }: TaskLines, index: number): string | undefined {
  const head = shown.slice(0, places[index]).findLast((line) => typeof line !== 'number');
  return typeof head === 'object' ? head.name : undefined;
}

/** The first task of a group that has just been opened: it stands where the folded head stood. */
function firstOf({ keys: before }: TaskLines, group: string, after: readonly string[]): string {
  return after[before.indexOf(groupKey(group))] ?? groupKey(group);
}

/** Goes to the next task that needs a person. */
export function goToAttention(context: ActionContext) {
  const waiting = waitingTasks(context.model.state);
  if (waiting.length === 0) return context.toast('Nothing needs you.', 'info');
  const selected = selectedTask(context.model)?.slug;
  const next = waiting[(waiting.findIndex((row) => row.task.slug === selected) + 1) % waiting.length]!;
  goToTask(next.task.slug, context);
}

/** Selects a task in the list; what hides it, a filter or a fold, is opened. */
export function goToTask(slug: string, { model, dispatch, size }: ActionContext) {
  const { ui, state } = model;
  let seen = ui;
  const show = (event: UiEvent) => {
    dispatch(event);
    seen = reduceUi(seen, event);
  };
  if (ui.focus !== 'tasks') show({ type: 'focused', pane: 'tasks' });
  if (!keysOf('tasks', state, seen).includes(slug)) show({ type: 'filter.typed', pane: 'tasks', text: '' });
  if (!keysOf('tasks', state, seen).includes(slug)) show({ type: 'grouped', grouping: 'state' });
  if (!keysOf('tasks', state, seen).includes(slug)) show({ type: 'grouped', grouping: 'none' });
  const { keys, places } = taskLinesOf(state, seen);
  const index = keys.indexOf(slug);
  const height = listHeight(currentLayout(seen, size.width, size.height).panes.tasks, true);
  dispatch({ type: 'selected', pane: 'tasks', index, key: slug, height, place: places[index] });
}
