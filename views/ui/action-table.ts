/** What each action of the screen does. */
import { groupings } from '../../src/domain/app/groups.js';
import { agentsAtWork } from '../../src/domain/app/selectors.js';
import type { UiActionId } from '../actions.js';
import { conflictActs, conflictOverrides } from '../conflict/actions.js';
import { approvalOverlay } from '../overlays/approval.js';
import { quitOverlay } from '../overlays/choice.js';
import { reviewActs, reviewOverrides } from '../review/actions.js';
import type { ActionContext } from './action-context.js';
import { runOf } from './calls.js';
import { fieldOf } from './field.js';
import {
  back,
  copy,
  endZoom,
  focusPane,
  foldHere,
  moveBy,
  nextMatch,
  openSelected,
  pageOf,
  stepAside,
  stepPane,
  toggleFollow,
  togglePin,
  toggleWhole,
} from './navigate.js';
import { inspectorTabs } from './state.js';
import { goToAttention, markTasks } from './task-list.js';
import { foldOne, goToTrouble } from './transcript.js';

type Act = (context: ActionContext) => void;

const table: Readonly<Record<UiActionId, Act>> = {
  'ui.open': openSelected,
  'ui.back': back,
  'ui.next': by(() => 1),
  'ui.previous': by(() => -1),
  'ui.page-down': by((page) => page),
  'ui.page-up': by((page) => -page),
  'ui.half-down': by((page) => Math.max(1, page >> 1)),
  'ui.half-up': by((page) => -Math.max(1, page >> 1)),
  'ui.first': by(() => Number.NEGATIVE_INFINITY),
  'ui.last': by(() => Number.POSITIVE_INFINITY),
  'ui.attention': goToAttention,
  'ui.answer': answer,
  'ui.mark': mark('ui.mark', 1),
  'ui.mark-down': mark('ui.mark-down', 1),
  'ui.mark-up': mark('ui.mark-up', -1),
  'ui.mark-all': mark('ui.mark-all', 0),
  'ui.filter': ({ dispatch }) => dispatch({ type: 'filter.opened' }),
  'ui.filter-next': (context) => nextMatch(1, context),
  'ui.filter-previous': (context) => nextMatch(-1, context),
  'ui.group': group,
  'ui.fold': foldHere,
  'ui.unfold': foldOne,
  'ui.trouble': goToTrouble,
  'ui.tab-next': (context) => stepTab(1, context),
  'ui.tab-previous': (context) => stepTab(-1, context),
  'ui.pane-next': (context) => stepPane(1, context),
  'ui.pane-previous': (context) => stepPane(-1, context),
  'ui.pane-1': (context) => focusPane('tasks', context),
  'ui.pane-2': (context) => focusPane('inspector', context),
  'ui.pane-3': (context) => focusPane('merge', context),
  'ui.pane-4': (context) => focusPane('worktrees', context),
  'ui.pane-5': (context) => focusPane('pinned', context),
  'ui.zoom': (context) =>
    context.model.ui.zoom ? endZoom(context) : context.dispatch({ type: 'zoomed', on: true }),
  'ui.grow': ({ dispatch }) => dispatch({ type: 'split.changed', by: 1 }),
  'ui.shrink': ({ dispatch }) => dispatch({ type: 'split.changed', by: -1 }),
  'ui.log': ({ dispatch }) => dispatch({ type: 'page.toggled', page: 'log' }),
  'ui.fleet': ({ dispatch }) => dispatch({ type: 'page.toggled', page: 'fleet' }),
  'ui.plan': ({ dispatch }) => dispatch({ type: 'page.toggled', page: 'plan' }),
  'ui.monitor': ({ dispatch }) => dispatch({ type: 'page.toggled', page: 'monitor' }),
  'ui.merge': (context) => toggleWhole('merge', context),
  'ui.worktrees': (context) => toggleWhole('worktrees', context),
  'ui.right': (context) => stepAside(1, context),
  'ui.left': (context) => stepAside(-1, context),
  'ui.follow': toggleFollow,
  'ui.pin': togglePin,
  'ui.copy': (context) => copy(false, context),
  'ui.copy-path': (context) => copy(true, context),
  'ui.palette': ({ open }) => open({ type: 'palette', field: fieldOf(''), index: 0 }),
  'ui.help': ({ open }) => open({ type: 'help', field: fieldOf(''), index: 0 }),
  'ui.refresh': ({ invokePart, toast }) =>
    invokePart('overview', () => toast('Worktrees and merges are up to date.', 'done')),
  'ui.redraw': ({ terminal }) => terminal.redraw(),
  'ui.mouse': toggleMouse,
  'ui.quiet': toggleQuiet,
  'ui.suspend': ({ terminal }) => terminal.suspend(),
  'ui.quit': quit,
  ...reviewActs,
  ...conflictActs,
};

/** Carries out the action with this id; false when no action has it. */
export function runUiAction(id: string, context: ActionContext): boolean {
  const own: Act | undefined = Object.hasOwn(table, id) ? table[id as UiActionId] : undefined;
  const { conflict, review } = context.model.ui;
  const over = conflict ? conflictOverrides : review ? reviewOverrides : {};
  const act = over[id as UiActionId] ?? own;
  act?.(context);
  return act !== undefined;
}

/** Moves by as many lines as `lines` makes of a page's length. */
function by(lines: (page: number) => number): Act {
  return (context) => moveBy(lines(Math.max(1, pageOf(context))), context);
}

/** Marks, then moves the selection by `step` lines. */
function mark(id: UiActionId, step: number): Act {
  return (context) => {
    markTasks(id, context);
    if (step !== 0) moveBy(step, context);
  };
}

function stepTab(step: 1 | -1, { model, dispatch }: ActionContext) {
  if (model.ui.focus === 'worktrees') return dispatch({ type: 'worktrees.turned' });
  const at = inspectorTabs.indexOf(model.ui.tab) + step;
  dispatch({ type: 'tab.chosen', tab: inspectorTabs[(at + inspectorTabs.length) % inspectorTabs.length]! });
}

function group({ model, dispatch }: ActionContext) {
  const at = groupings.indexOf(model.ui.grouping) + 1;
  dispatch({ type: 'grouped', grouping: groupings[at % groupings.length]! });
}

function answer({ model, open, toast, terminal }: ActionContext) {
  const overlay = approvalOverlay(model.state, runOf(model));
  if (overlay) return open(overlay);
  // A transcript is read a moment before the state of its run.
  if (agentsAtWork(model.state) > 0) terminal.awaitQuestion();
  toast('No agent asks for anything.', 'info');
}

function toggleMouse({ model, dispatch, terminal }: ActionContext) {
  terminal.setMouse(!model.ui.mouse);
  dispatch({ type: 'mouse.toggled' });
}

function toggleQuiet({ model, dispatch, terminal, toast }: ActionContext) {
  const { quiet } = model.ui;
  terminal.setQuiet(!quiet);
  toast(quiet ? 'Bell and notifications are on.' : 'Bell and notifications are off.', 'done');
  dispatch({ type: 'quiet.toggled' });
}

function quit({ model, open, terminal }: ActionContext) {
  const live = agentsAtWork(model.state);
  return live > 0 ? open(quitOverlay(live)) : terminal.quit();
}
