/** Movement of the screen: selections, scrolling, searching, opening and going back. */
import { workUnderWay } from '../../src/domain/app/work.js';
import { currentLayout } from '../frame.js';
import { inspectorHeight, wrappedPage } from '../inspector/paint.js';
import { keysFor } from '../keymap.js';
import { isWholePage, type PaneId, paneOrder } from '../layout.js';
import { detailOverlay } from '../overlays/detail.js';
import { mergeOverlay } from '../overlays/merge-detail.js';
import { listHeight } from '../panes/list.js';
import { clock } from '../panes/log.js';
import { transcriptHeight } from '../panes/transcript.js';
import type { ActionContext } from './action-context.js';
import { selectedTask } from './calls.js';
import { choosesNext, tookNext } from './next-actions.js';
import { keysOf, planRowsOf } from './page-rows.js';
import { logRowsOf, mergeRowsOf, taskLinesOf } from './rows.js';
import { filterOf, isListPane, type ListPane, selectedIndex, type TranscriptPane } from './state.js';
import { foldGroup, goToTask } from './task-list.js';
import { foldAll, scroll, search } from './transcript.js';

function layoutNow({ model, size }: ActionContext) {
  return currentLayout(model.ui, size.width, size.height);
}

/** Whether a pane has a place on the screen beside the others. */
function hasRoom(pane: PaneId, { model, size }: ActionContext): boolean {
  const unzoomed = { ...model.ui, focus: pane, zoom: false };
  return currentLayout(unzoomed, size.width, size.height).panes[pane] !== undefined;
}

/** Goes to a pane; one for which this layout has no room is zoomed, for as long as it is looked at. */
export function focusPane(pane: PaneId, context: ActionContext) {
  if (pane === 'pinned' && context.model.ui.pinned === undefined) {
    const key = keysFor(context.model.keymap, 'ui.pin');
    return context.toast(`Nothing is pinned: ${key} pins the transcript.`, 'info');
  }
  const { focus, zoom } = context.model.ui;
  context.dispatch({ type: 'focused', pane });
  if (!hasRoom(pane, context)) context.dispatch({ type: 'zoomed', on: true });
  else if (zoom && !hasRoom(focus, context)) context.dispatch({ type: 'zoomed', on: false });
}

/** Gives a pane the whole screen, or goes back to the tasks. */
export function toggleWhole(pane: 'merge' | 'worktrees', { model, dispatch }: ActionContext) {
  const whole = model.ui.focus === pane && model.ui.zoom;
  dispatch({ type: 'focused', pane: whole ? 'tasks' : pane });
  dispatch({ type: 'zoomed', on: !whole });
}

/** Goes to the next pane on the screen, or the previous one. */
export function stepPane(step: 1 | -1, context: ActionContext) {
  const { ui } = context.model;
  const order = paneOrder(layoutNow(context), { ...ui, pinned: ui.pinned !== undefined });
  const at = order.indexOf(ui.focus);
  context.dispatch({ type: 'focused', pane: order[(at + step + order.length) % order.length] ?? 'tasks' });
}

/** Lines that the focused pane shows at once. */
export function pageOf(context: ActionContext): number {
  const { ui } = context.model;
  const rect = layoutNow(context).panes[ui.focus];
  if (isListPane(ui.focus)) return listHeight(rect, ui.focus !== 'log');
  return ui.focus === 'inspector'
    ? inspectorHeight(rect, context.model)
    : transcriptHeight(rect, context.model.transcripts.pinned);
}

/** Moves the selection, or scrolls a transcript. `around` goes on at the other end. */
export function moveBy(by: number, context: ActionContext, around = false) {
  const { ui, state } = context.model;
  if (!isListPane(ui.focus)) return scrollText(ui.focus, by, context);
  const keys = keysOf(ui.focus, state, ui);
  if (keys.length === 0) return;
  const at = selectedIndex(ui.lists[ui.focus], keys) + by;
  const index = around ? (at + keys.length) % keys.length : Math.max(0, Math.min(keys.length - 1, at));
  select(ui.focus, index, keys, context);
}

/** To the right or left: the next pane, on the page of the fleet the next tile, on that of the plan the next wave. */
export function stepAside(step: 1 | -1, context: ActionContext) {
  const { focus } = context.model.ui;
  if (focus === 'fleet') return moveBy(step, context);
  return focus === 'plan' ? moveByWave(step, context) : stepPane(step, context);
}

/** To the task beside the selected one in another wave. */
function moveByWave(step: 1 | -1, context: ActionContext) {
  const { ui, state } = context.model;
  const { keys, graph } = planRowsOf(state, ui);
  const slug = keys[selectedIndex(ui.lists.plan, keys)];
  if (slug === undefined) return;
  const waves = graph.columns.map(({ slugs }) => slugs.filter((one) => keys.includes(one)));
  const from = waves.findIndex((slugs) => slugs.includes(slug));
  const row = waves[from]!.indexOf(slug);
  let to = from + step;
  while (waves[to]?.length === 0) to += step;
  const beside = waves[to];
  if (beside) select('plan', keys.indexOf(beside[Math.min(row, beside.length - 1)]!), keys, context);
}

function select(pane: ListPane, index: number, keys: readonly string[], context: ActionContext) {
  const { state, ui } = context.model;
  const place = pane === 'tasks' ? taskLinesOf(state, ui).places[index] : undefined;
  context.dispatch({ type: 'selected', pane, index, key: keys[index], height: pageOf(context), place });
}

/**
 * What the person sees selected stays so, by its key, from the moment of an act on: rows that come, go or move change
 * it no more, nor does a filter that ends.
 */
export function holdSelection({ model, dispatch }: ActionContext) {
  const { ui, state } = model;
  const { focus: pane } = ui;
  if (!isListPane(pane)) return;
  const keys = keysOf(pane, state, ui);
  const index = selectedIndex(ui.lists[pane], keys);
  const key = keys[index];
  if (key !== undefined && ui.lists[pane].key !== key) dispatch({ type: 'held', pane, index, key });
}

/** Scrolls what the inspector shows: its transcript by lines of it, any other page by rows. */
function scrollText(pane: TranscriptPane, by: number, context: ActionContext) {
  const { ui } = context.model;
  if (pane === 'pinned' || ui.tab === 'transcript')
    return scroll(
      pane,
      by,
      { width: (layoutNow(context).panes[pane]?.width ?? context.size.width) - 2, height: pageOf(context) },
      context,
    );
  const task = selectedTask(context.model);
  if (!task || choosesNext(task, by, context)) return;
  const width = (layoutNow(context).panes.inspector?.width ?? context.size.width) - 2;
  const lowest = Math.max(0, wrappedPage(ui.tab, task, context.model, width).length - pageOf(context));
  const from = Math.min(ui.tops[ui.tab] ?? 0, lowest);
  context.dispatch({ type: 'page.scrolled', tab: ui.tab, top: Math.max(0, Math.min(lowest, from + by)) });
}

/** Folds or opens the selected group, or everything in the transcript. */
export function foldHere(context: ActionContext) {
  const { focus } = context.model.ui;
  if (isListPane(focus)) foldGroup(context);
  else foldAll(focus, context);
}

/** Goes to the next match: of a list's filter, or of the transcript's search. */
export function nextMatch(step: 1 | -1, context: ActionContext) {
  const { focus } = context.model.ui;
  if (isListPane(focus)) moveBy(step, context, true);
  else search(focus, step, context);
}

/** Goes to the line with the words of a search that was just typed, or to the nearest one above. */
export function firstMatch(context: ActionContext) {
  const { focus } = context.model.ui;
  if (!isListPane(focus)) search(focus, 0, context);
}

/** Opens what is selected: a task in the inspector, a line of the log, a conflict, a worktree. */
export function openSelected(context: ActionContext) {
  const { model, dispatch } = context;
  const { ui, state } = model;
  if (tookNext(context)) return;
  if (ui.focus === 'inspector' || ui.focus === 'pinned') return dispatch({ type: 'zoomed', on: !ui.zoom });
  if (ui.focus === 'tasks') {
    const { rows, keys } = taskLinesOf(state, ui);
    const line = rows[selectedIndex(ui.lists.tasks, keys)];
    if (line?.type === 'group') return foldGroup(context);
    if (line) focusPane('inspector', context);
    return;
  }
  if (ui.focus === 'log') {
    const { rows, keys } = logRowsOf(state, ui);
    const line = rows[selectedIndex(ui.lists.log, keys)];
    if (line)
      dispatch({
        type: 'overlay.opened',
        overlay: detailOverlay(`Log, ${clock(line.at)}`, [{ text: line.text }]),
      });
    return;
  }
  if (ui.focus === 'fleet' || ui.focus === 'plan' || ui.focus === 'monitor') {
    const task = selectedTask(model);
    if (task) goToTask(task.slug, context);
    if (task) focusPane('inspector', context);
    return;
  }
  if (ui.focus === 'merge') {
    const { rows, keys } = mergeRowsOf(state, ui);
    const row = rows[selectedIndex(ui.lists.merge, keys)];
    if (row) dispatch({ type: 'overlay.opened', overlay: mergeOverlay(row, model) });
    return;
  }
  if (ui.monitorTab) return dispatch({ type: 'page.toggled', page: 'monitor' });
  if (selectedTask(model)) {
    dispatch({ type: 'tab.chosen', tab: 'worktree' });
    focusPane('inspector', context);
  }
}

/** Gives the other panes their room again; a pane that then has none gives way to the list. */
export function endZoom(context: ActionContext) {
  context.dispatch({ type: 'zoomed', on: false });
  if (!hasRoom(context.model.ui.focus, context)) context.dispatch({ type: 'focused', pane: 'tasks' });
}

/** Esc undoes one thing: the error line, the filter, marks, the zoom, scrolling. */
export function back(context: ActionContext) {
  const { model, dispatch } = context;
  const { ui, state } = model;
  if (ui.toast && ui.toast.until > model.now) dispatch({ type: 'toasted', toast: undefined });
  if (state.lastError && state.lastError !== ui.seenError) {
    return dispatch({ type: 'error.seen', message: state.lastError });
  }
  if (filterOf(ui, ui.focus)) return dispatch({ type: 'filter.closed', keep: false });
  if (ui.zoom) return endZoom(context);
  if (isWholePage(ui.focus)) return dispatch({ type: 'focused', pane: 'tasks' });
  if (ui.focus === 'tasks' && ui.marks.size > 0) {
    return dispatch({ type: 'marked', slugs: [...ui.marks], on: false, at: model.now });
  }
  if (!isListPane(ui.focus) && ui.bottoms[ui.focus] !== undefined) {
    return dispatch({ type: 'transcript.scrolled', pane: ui.focus, bottom: undefined });
  }
  if (ui.focus === 'inspector' && stopsWork(context)) return;
  if (ui.focus !== 'tasks') dispatch({ type: 'focused', pane: 'tasks' });
}

/** Asks whether to stop what the program itself does on the task that is looked at; false when it does nothing. */
function stopsWork({ model, call }: ActionContext): boolean {
  const task = selectedTask(model);
  const row = model.commands.find(({ part }) => part === 'stop');
  if (!task || !row || !workUnderWay(model.state.works, task.slug)) return false;
  call({ id: row.id, args: { task: task.slug } });
  return true;
}

/** Copies the selected line, or the path of the task's worktree. */
export function copy(path: boolean, context: ActionContext) {
  const { model, terminal, toast } = context;
  const task = selectedTask(model);
  const text = path ? task?.worktree : lineToCopy(context);
  if (!text)
    return toast(path ? 'The selected task has no worktree.' : 'The pane has no line to copy.', 'error');
  terminal.copy(text);
  toast(`Copied ${text}`, 'done');
}

function lineToCopy({ model }: ActionContext): string | undefined {
  const { ui, state } = model;
  if (ui.focus === 'inspector' || ui.focus === 'pinned') {
    const view = model.transcripts[ui.focus];
    const bottom = ui.bottoms[ui.focus];
    return view?.lines.at(bottom === undefined ? -1 : bottom - view.total - 1)?.text;
  }
  if (ui.focus === 'log') {
    const { rows, keys } = logRowsOf(state, ui);
    return rows[selectedIndex(ui.lists.log, keys)]?.text;
  }
  const keys = keysOf(ui.focus, state, ui);
  return keys[selectedIndex(ui.lists[ui.focus], keys)];
}

/** Follows the transcript as it grows, or stays where it is. */
export function toggleFollow({ model, dispatch }: ActionContext) {
  const { ui } = model;
  const pane: TranscriptPane = ui.focus === 'pinned' ? 'pinned' : 'inspector';
  const bottom = ui.bottoms[pane] === undefined ? model.transcripts[pane]?.total : undefined;
  dispatch({ type: 'transcript.scrolled', pane, bottom });
}

/** Pins the inspector's transcript, or takes the pinned one away. */
export function togglePin({ model, dispatch, toast, size }: ActionContext) {
  const { ui } = model;
  const run = model.transcripts.inspector?.runId;
  if (ui.pinned !== undefined && (ui.pinned === run || ui.focus === 'pinned')) {
    return dispatch({ type: 'pinned', run: undefined });
  }
  if (run === undefined) return toast('The selected task has no transcript to pin.', 'error');
  dispatch({ type: 'pinned', run });
  const key = keysFor(model.keymap, 'ui.pane-5');
  if (size.width < 160) toast(`Pinned: ${key} shows it (side by side from 160 columns).`, 'done');
}
