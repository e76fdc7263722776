/** What a person is told after a key: what on the desk is not as it was when they were told last. Pure. */
import { decisionAt, decisionsOf } from '../conflict/state.js';
import { doingOf } from '../doing.js';
import type { PaneId } from '../layout.js';
import type { Model, TranscriptView } from '../model.js';
import type { Theme } from '../theme.js';
import { selectedTask } from '../ui/calls.js';
import { taskLinesOf } from '../ui/rows.js';
import { filterOf, isListPane, type UiState } from '../ui/state.js';
import { spokenConflict, spokenDecision } from './conflict-lines.js';
import { commandList, helpText, paneLines } from './lists.js';
import { askedBy } from './questions.js';
import { spokenReview, spokenRow } from './review-lines.js';

/** What the person was told. */
export interface Heard {
  ui: UiState;
  /** The pane that was read out; absent: none yet. */
  focus?: PaneId;
  task?: string;
  /** The run that was read out, and up to which line. */
  run?: string;
  lines: number;
  review?: unknown;
  conflict?: unknown;
  /** A page was asked for that is still read. */
  reading: boolean;
}

/** As if all that is there had been told. */
export function seenIn(model: Model): Heard {
  const { ui } = model;
  const view = model.transcripts.inspector;
  const task = selectedTask(model)?.slug;
  return {
    ui,
    focus: ui.focus,
    ...(task === undefined ? {} : { task }),
    ...(view ? { run: view.runId } : {}),
    lines: view?.total ?? 0,
    review: model.review?.review ?? model.review?.problem,
    conflict: model.conflict?.document ?? model.conflict?.problem,
    reading: false,
  };
}

/** The lines to say. `read`: the overlay on top is a page that was said whole. */
export function saidSince(
  seen: Heard,
  model: Model,
  theme: Theme,
): { lines: string[]; seen: Heard; read: boolean } {
  const { ui } = model;
  const toast = ui.toast && ui.toast !== seen.ui.toast ? [ui.toast.text] : [];
  const top = ui.overlays.at(-1);
  if (top) {
    const fresh = top !== seen.ui.overlays.at(-1);
    const page = top.type === 'help' || top.type === 'palette';
    const asked = page
      ? (top.type === 'help' ? helpText : commandList)(model, top.field.text)
      : askedBy(top, model, theme);
    const read = fresh && (page || top.type === 'detail');
    return { lines: [...toast, ...(fresh ? asked : [])], seen: { ...seen, ui }, read };
  }
  const [lines, reading] = ui.conflict
    ? [conflictSaid(seen, model), false]
    : ui.review
      ? [reviewSaid(seen, model), false]
      : paneSaid(seen, model, theme);
  return {
    lines: [...lines, ...marksSaid(seen.ui, ui), ...toast],
    seen: { ...seenIn(model), reading },
    read: false,
  };
}

function marksSaid(before: UiState, { marks }: UiState): string[] {
  if (marks === before.marks) return [];
  return [marks.size === 0 ? 'No task is marked.' : `${marks.size} marked: ${[...marks].join(', ')}.`];
}

function reviewSaid(seen: Heard, model: Model): string[] {
  const ui = model.ui.review!;
  const { review: view } = model;
  const before = seen.ui.review;
  const document = view?.review ?? view?.problem;
  if (!view || document === undefined) return before ? [] : ['Reading the change…'];
  if (document !== seen.review) return spokenReview(view, ui);
  if (before?.opened !== ui.opened || before.since !== ui.since) return spokenReview(view, ui);
  return before.at === ui.at ? [] : [spokenRow(view, ui)];
}

function conflictSaid(seen: Heard, model: Model): string[] {
  const ui = model.ui.conflict!;
  const { conflict: view } = model;
  const before = seen.ui.conflict;
  const document = view?.document ?? view?.problem;
  if (!view || document === undefined) return before ? [] : ['Reading the conflict…'];
  if (document !== seen.conflict) return spokenConflict(view, ui);
  if (before?.path === ui.path && before?.hunk === ui.hunk) return [];
  const decisions = view.document ? decisionsOf(view.document) : [];
  const current = decisions[decisionAt(decisions, ui)];
  return current ? spokenDecision(current) : [];
}

/** What is said of the panes, and whether a page is still read. */
function paneSaid(seen: Heard, model: Model, theme: Theme): [lines: string[], reading: boolean] {
  const { ui } = model;
  const task = selectedTask(model)?.slug;
  const moved =
    seen.focus !== ui.focus ||
    seen.ui.review !== undefined ||
    seen.ui.conflict !== undefined ||
    listChanged(seen.ui, ui);
  if (ui.focus === 'inspector') return inspectorSaid(seen, model, theme, moved || seen.task !== task);
  if (moved) return [paneLines(ui.focus, model, theme), false];
  if (task === seen.task || !isListPane(ui.focus)) return [[], false];
  // Where the list has changed below it, the selection is told all the same: keys are about it.
  return [ui.lists === seen.ui.lists ? [`Selected now: ${task ?? 'none'}.`] : selectionSaid(model), false];
}

const listChanged = (before: UiState, ui: UiState): boolean =>
  filterOf(before, ui.focus) !== filterOf(ui, ui.focus) ||
  before.grouping !== ui.grouping ||
  before.folds !== ui.folds;

function selectionSaid(model: Model): string[] {
  const task = selectedTask(model);
  if (!task) return ['No task is selected.'];
  const line = taskLinesOf(model.state, model.ui).rows.find(
    (one) => one.type === 'task' && one.row.task.slug === task.slug,
  );
  const doing = line?.type === 'task' ? ` ${doingOf(line.row, model.state, model.now).words.text}` : '';
  return [`Selected ${task.slug}: ${task.title || task.slug}.${doing}`];
}

function inspectorSaid(seen: Heard, model: Model, theme: Theme, other: boolean): [string[], boolean] {
  const { ui } = model;
  const page = other || seen.ui.tab !== ui.tab;
  if (ui.tab === 'diff' || ui.tab === 'checks') {
    const read = model.pages?.task === selectedTask(model)?.slug;
    if (read) return [page || seen.reading ? paneLines('inspector', model, theme) : [], false];
    return [page ? ['Reading…'] : [], page || seen.reading];
  }
  if (page) return [paneLines('inspector', model, theme), false];
  if (ui.tab !== 'transcript') return [[], false];
  const view = model.transcripts.inspector;
  const turned =
    view?.runId !== seen.run ||
    ui.bottoms.inspector !== seen.ui.bottoms.inspector ||
    ui.opened.inspector !== seen.ui.opened.inspector;
  if (turned) return [paneLines('inspector', model, theme), false];
  return [view && ui.bottoms.inspector === undefined ? grown(view, seen.lines) : [], false];
}

/** Lines of a followed transcript that are said at once. */
const most = 20;

function grown({ lines, total }: TranscriptView, before: number): string[] {
  const fresh = Math.min(total - before, lines.length);
  if (fresh <= 0) return [];
  const left = fresh > most ? [`(${fresh - most} lines left out)`] : [];
  return [...left, ...lines.slice(-Math.min(fresh, most)).map(({ text }) => text)];
}
