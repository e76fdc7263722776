/** Movement, marks, filters, panes: the actions of the screen that need no command. */
import { groupings } from '../../src/domain/app/groups.js';
import { currentLayout } from '../frame.js';
import { inspectorHeight, wrappedPage } from '../inspector/paint.js';
import { type PaneId, paneOrder } from '../layout.js';
import { detailOverlay } from '../overlays/detail.js';
import { conflictLines } from '../overlays/merge-detail.js';
import { listHeight } from '../panes/list.js';
import { lowestBottom, transcriptHeight } from '../panes/transcript.js';
import type { NavigateContext } from './action-context.js';
import { selectedTask } from './calls.js';
import { keysOf, logRowsOf, mergeRowsOf, taskLinesOf } from './rows.js';
import {
  filterOf,
  inspectorTabs,
  isListPane,
  type ListPane,
  selectedIndex,
  type TranscriptPane,
} from './state.js';
import { foldGroup, goToAttention, markTasks } from './task-list.js';

const panes: readonly PaneId[] = ['tasks', 'inspector', 'merge', 'worktrees', 'pinned'];

/** Carries out one action of the screen by its id. */
export function runUiAction(id: string, context: NavigateContext) {
  const { model, dispatch, terminal } = context;
  const { ui } = model;
  const pane = /^ui\.pane-(\d)$/.exec(id);
  if (pane) return focus(panes[Number(pane[1]) - 1]!, context);
  switch (id) {
    case 'ui.next':
      return move(1, context);
    case 'ui.previous':
      return move(-1, context);
    case 'ui.page-down':
    case 'ui.page-up':
    case 'ui.half-down':
    case 'ui.half-up': {
      const lines = pageOf(context) >> (id.startsWith('ui.half') ? 1 : 0);
      return move(Math.max(1, lines) * (id.endsWith('down') ? 1 : -1), context);
    }
    case 'ui.first':
      return move(Number.NEGATIVE_INFINITY, context);
    case 'ui.last':
      return move(Number.POSITIVE_INFINITY, context);
    case 'ui.pane-next':
    case 'ui.pane-previous': {
      const order = paneOrder(layoutNow(context), { ...ui, pinned: ui.pinned !== undefined });
      const step = id === 'ui.pane-next' ? 1 : -1;
      const at = order.indexOf(ui.focus);
      return dispatch({ type: 'focused', pane: order[(at + step + order.length) % order.length] ?? 'tasks' });
    }
    case 'ui.open':
      return open(context);
    case 'ui.back':
      return back(context);
    case 'ui.zoom':
      return dispatch({ type: 'zoomed', on: !ui.zoom });
    case 'ui.grow':
      return dispatch({ type: 'split.changed', by: 1 });
    case 'ui.shrink':
      return dispatch({ type: 'split.changed', by: -1 });
    case 'ui.log':
      return dispatch({ type: 'log.toggled' });
    case 'ui.filter':
      return dispatch({ type: 'filter.opened' });
    case 'ui.filter-next':
    case 'ui.filter-previous': {
      const step = id === 'ui.filter-next' ? 1 : -1;
      return isListPane(ui.focus) ? move(step, context, true) : search(ui.focus, step, context);
    }
    case 'ui.filter-found':
      return isListPane(ui.focus) ? undefined : search(ui.focus, 0, context);
    case 'ui.tab-next':
    case 'ui.tab-previous': {
      const at = inspectorTabs.indexOf(ui.tab) + (id === 'ui.tab-next' ? 1 : -1);
      const tab = inspectorTabs[(at + inspectorTabs.length) % inspectorTabs.length]!;
      return dispatch({ type: 'tab.chosen', tab });
    }
    case 'ui.group': {
      const at = groupings.indexOf(ui.grouping) + 1;
      return dispatch({ type: 'grouped', grouping: groupings[at % groupings.length]! });
    }
    case 'ui.fold':
      return foldGroup(context);
    case 'ui.mark':
    case 'ui.mark-down':
    case 'ui.mark-up':
    case 'ui.mark-all':
      markTasks(id, context);
      return id === 'ui.mark-all' ? undefined : move(id === 'ui.mark-up' ? -1 : 1, context);
    case 'ui.attention':
      return goToAttention(context);
    case 'ui.follow': {
      const which: TranscriptPane = ui.focus === 'pinned' ? 'pinned' : 'inspector';
      const bottom = ui.bottoms[which] === undefined ? model.transcripts[which]?.total : undefined;
      return dispatch({ type: 'transcript.scrolled', pane: which, bottom });
    }
    case 'ui.pin': {
      const run = model.transcripts.inspector?.runId;
      if (ui.pinned !== undefined && (ui.pinned === run || ui.focus === 'pinned')) {
        return dispatch({ type: 'pinned', run: undefined });
      }
      if (run === undefined) return context.toast('The selected task has no transcript to pin.', 'error');
      dispatch({ type: 'pinned', run });
      if (context.size.width < 160)
        context.toast('Pinned: 5 shows it (side by side from 160 columns).', 'info');
      return;
    }
    case 'ui.copy':
    case 'ui.copy-path':
      return copy(id === 'ui.copy-path', context);
    case 'ui.mouse':
      terminal.setMouse(!ui.mouse);
      return dispatch({ type: 'mouse.toggled' });
    case 'ui.quiet':
      terminal.setQuiet(!ui.quiet);
      context.toast(ui.quiet ? 'Bell and notifications are on.' : 'Bell and notifications are off.', 'info');
      return dispatch({ type: 'quiet.toggled' });
    case 'ui.redraw':
      return terminal.redraw();
    case 'ui.suspend':
      return terminal.suspend();
  }
}

function layoutNow({ model, size }: NavigateContext) {
  return currentLayout(model.ui, size.width, size.height);
}

function focus(pane: PaneId, context: NavigateContext) {
  if (pane === 'pinned' && context.model.ui.pinned === undefined) {
    return context.toast('Nothing is pinned: p pins the transcript.', 'info');
  }
  context.dispatch({ type: 'focused', pane });
  // A pane for which this layout has no room is zoomed.
  if (!layoutNow(context).panes[pane]) context.dispatch({ type: 'zoomed', on: true });
}

function pageOf(context: NavigateContext): number {
  const { ui } = context.model;
  const rect = layoutNow(context).panes[ui.focus];
  if (isListPane(ui.focus)) return listHeight(rect, ui.focus !== 'log');
  return ui.focus === 'inspector' ? inspectorHeight(rect, context.model) : transcriptHeight(rect);
}

/** Moves the selection, or scrolls a transcript. `around` goes on at the other end. */
function move(by: number, context: NavigateContext, around = false) {
  const { ui, state } = context.model;
  if (!isListPane(ui.focus)) return scrollText(ui.focus, by, context);
  const keys = keysOf(ui.focus, state, ui);
  if (keys.length === 0) return;
  const at = selectedIndex(ui.lists[ui.focus], keys) + by;
  const index = around ? (at + keys.length) % keys.length : Math.max(0, Math.min(keys.length - 1, at));
  select(ui.focus, index, keys, context);
}

function select(pane: ListPane, index: number, keys: readonly string[], context: NavigateContext) {
  const { state, ui } = context.model;
  const place = pane === 'tasks' ? taskLinesOf(state, ui).places[index] : undefined;
  context.dispatch({ type: 'selected', pane, index, key: keys[index], height: pageOf(context), place });
}

/** Scrolls what the inspector shows: its transcript by lines of it, any other page by rows. */
function scrollText(pane: TranscriptPane, by: number, context: NavigateContext) {
  const { ui } = context.model;
  if (pane === 'pinned' || ui.tab === 'transcript') return scroll(pane, by, context);
  const task = selectedTask(context.model);
  if (!task) return;
  const width = (layoutNow(context).panes.inspector?.width ?? context.size.width) - 2;
  const lowest = Math.max(0, wrappedPage(ui.tab, task, context.model, width).length - pageOf(context));
  const from = Math.min(ui.tops[ui.tab] ?? 0, lowest);
  context.dispatch({ type: 'page.scrolled', tab: ui.tab, top: Math.max(0, Math.min(lowest, from + by)) });
}

function scroll(pane: TranscriptPane, by: number, context: NavigateContext) {
  const view = context.model.transcripts[pane];
  if (!view) return;
  const width = (layoutNow(context).panes[pane]?.width ?? context.size.width) - 2;
  const lowest = lowestBottom(view, width, pageOf(context));
  const wanted = (context.model.ui.bottoms[pane] ?? view.total) + by;
  if (wanted < lowest && view.hasOlder) context.terminal.fetchOlder(pane);
  const bottom = Math.max(lowest, wanted);
  context.dispatch({ type: 'transcript.scrolled', pane, bottom: bottom >= view.total ? undefined : bottom });
}

/** Goes to the next line with the words of the search; without a step, to this line or the nearest one above. */
function search(
  pane: TranscriptPane,
  step: 1 | -1 | 0,
  { model, dispatch, terminal, toast }: NavigateContext,
) {
  const view = model.transcripts[pane];
  const words = model.ui.searches[pane];
  if (!view) return;
  if (words === '') return toast('There is no search yet: / starts one.', 'info');
  const from = (model.ui.bottoms[pane] ?? view.total) + step;
  void terminal.find(pane, words, from, step === 1 ? 1 : -1).then((found) => {
    if ('number' in found) return dispatch({ type: 'transcript.scrolled', pane, bottom: found.number });
    const where = step === 1 ? 'further down' : 'further up';
    const more = found.missing === 'too-far' ? '; codex-agent session search looks further' : '';
    toast(`"${words}" is not ${where}${more}.`, 'info');
  });
}

function open(context: NavigateContext) {
  const { model, dispatch } = context;
  const { ui, state } = model;
  if (ui.focus === 'inspector' || ui.focus === 'pinned') return dispatch({ type: 'zoomed', on: !ui.zoom });
  if (ui.focus === 'tasks') {
    const { rows, keys } = taskLinesOf(state, ui);
    const line = rows[selectedIndex(ui.lists.tasks, keys)];
    if (line?.type === 'group') return foldGroup(context);
    if (line) focus('inspector', context);
    return;
  }
  if (ui.focus === 'log') {
    const { rows, keys } = logRowsOf(state, ui);
    const line = rows[selectedIndex(ui.lists.log, keys)];
    if (line) dispatch({ type: 'overlay.opened', overlay: detailOverlay(line.at, [{ text: line.text }]) });
    return;
  }
  if (ui.focus === 'merge') {
    const { rows, keys } = mergeRowsOf(state, ui);
    const row = rows[selectedIndex(ui.lists.merge, keys)];
    if (row) dispatch({ type: 'overlay.opened', overlay: detailOverlay(row.key, conflictLines(row)) });
    return;
  }
  if (selectedTask(model)) {
    dispatch({ type: 'tab.chosen', tab: 'worktree' });
    focus('inspector', context);
  }
}

/** Esc undoes one thing: the error line, the filter, marks, the zoom, scrolling. */
function back({ model, dispatch }: NavigateContext) {
  const { ui, state } = model;
  if (ui.toast && ui.toast.until > model.now) dispatch({ type: 'toasted', toast: undefined });
  if (state.lastError && state.lastError !== ui.seenError) {
    return dispatch({ type: 'error.seen', message: state.lastError });
  }
  if (filterOf(ui, ui.focus)) return dispatch({ type: 'filter.closed', keep: false });
  if (ui.zoom) return dispatch({ type: 'zoomed', on: false });
  if (ui.focus === 'log') return dispatch({ type: 'focused', pane: 'tasks' });
  if (ui.focus === 'tasks' && ui.marks.size > 0) {
    return dispatch({ type: 'marked', slugs: [...ui.marks], on: false });
  }
  if (!isListPane(ui.focus) && ui.bottoms[ui.focus] !== undefined) {
    return dispatch({ type: 'transcript.scrolled', pane: ui.focus, bottom: undefined });
  }
  if (ui.focus !== 'tasks') dispatch({ type: 'focused', pane: 'tasks' });
}

function copy(path: boolean, context: NavigateContext) {
  const { model, terminal, toast } = context;
  const task = selectedTask(model);
  const text = path ? task?.worktree : lineToCopy(context);
  if (!text)
    return toast(path ? 'The selected task has no worktree.' : 'The pane has no line to copy.', 'error');
  terminal.copy(text);
  toast(`Copied ${text}`, 'info');
}

function lineToCopy({ model }: NavigateContext): string | undefined {
  const { ui, state } = model;
  if (ui.focus === 'inspector' || ui.focus === 'pinned') {
    const view = model.transcripts[ui.focus];
    const bottom = ui.bottoms[ui.focus];
    return view?.lines.at(bottom === undefined ? -1 : bottom - view.total - 1);
  }
  if (ui.focus === 'log') {
    const { rows, keys } = logRowsOf(state, ui);
    return rows[selectedIndex(ui.lists.log, keys)]?.text;
  }
  const keys = keysOf(ui.focus, state, ui);
  return keys[selectedIndex(ui.lists[ui.focus], keys)];
}
