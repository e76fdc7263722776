/** What the screen itself remembers: focus, selections, filters, marks, overlays. Events in, state out; pure. */
import type { Grouping } from '../../src/domain/app/groups.js';
import { perList } from '../../src/domain/app/lookups.js';
import type { ReviewSubject } from '../../src/domain/landing/review/document.js';
import { type ConflictUi, openConflictUi } from '../conflict/state.js';
import type { PaneId, WholePage } from '../layout.js';
import type { Overlay } from '../overlays/types.js';
import { openReviewUi, type ReviewUi } from '../review/state.js';
import { type MarkChange, withChange } from './marks.js';

const listPanes = ['tasks', 'worktrees', 'merge', 'log', 'fleet', 'plan', 'monitor'] as const;
export type ListPane = (typeof listPanes)[number];
export type TranscriptPane = 'inspector' | 'pinned';
/** What the inspector shows of the selected task. */
export const inspectorTabs = ['transcript', 'diff', 'checks', 'merge', 'worktree', 'task'] as const;
export type InspectorTab = (typeof inspectorTabs)[number];

export interface ListUi {
  /** Key of the selected row; survives reordering. */
  key?: string;
  /** The last index of that row; the selection falls back to it when the row is gone. */
  index: number;
  /** First row shown. */
  top: number;
  filter: string;
}

/** What a person has unfolded: everything, or some; a named block is the other way round than the rest. */
export interface OpenFolds {
  all: boolean;
  blocks: ReadonlySet<string>;
}

export interface Toast {
  text: string;
  level: 'done' | 'info' | 'error';
  /** When it disappears, in milliseconds since the epoch. */
  until: number;
}

export interface UiState {
  focus: PaneId;
  lists: Readonly<Record<ListPane, ListUi>>;
  /** Number of the last transcript line shown; undefined follows the end. */
  bottoms: Readonly<Record<TranscriptPane, number | undefined>>;
  /** What is unfolded in each transcript. */
  opened: Readonly<Record<TranscriptPane, OpenFolds>>;
  /** The words of the search in each transcript; '' without a search. */
  searches: Readonly<Record<TranscriptPane, string>>;
  tab: InspectorTab;
  /** First row of each page of the inspector but the transcript; by tab. */
  tops: Readonly<Partial<Record<InspectorTab, number>>>;
  /** The line of the task's page that Enter carries out, from 0 among its next actions. */
  nextAt: number;
  /** The pane of worktrees shows the monitor. */
  monitorTab: boolean;
  grouping: Grouping;
  /** Groups whose folding a person has changed from what it is at first. */
  folds: ReadonlySet<string>;
  /** Slugs of marked tasks. */
  marks: ReadonlySet<string>;
  /** What was marked before each change of marks, newest last. */
  markedBefore: readonly MarkChange[];
  /** The person is typing the filter of the focused list, or the search of the transcript. */
  filtering: boolean;
  overlays: readonly Overlay[];
  toast?: Toast;
  zoom: boolean;
  split: number;
  log: boolean;
  /** The page of a review, while it is open. */
  review?: ReviewUi;
  /** The page of a conflict, while it is open. */
  conflict?: ConflictUi;
  /** Keys of a chord pressed so far. */
  chord: readonly string[];
  /** Run shown in the pinned transcript. */
  pinned?: string;
  /** Error line that was dismissed with Esc. */
  seenError?: string;
  mouse: boolean;
  /** No bell and no notification until the person wants them again. */
  quiet: boolean;
}

const foldedUp: OpenFolds = { all: false, blocks: new Set() };
const list: ListUi = { index: 0, top: 0, filter: '' };

export function initialUi(mouse: boolean): UiState {
  return {
    focus: 'tasks',
    lists: { tasks: list, worktrees: list, merge: list, log: list, fleet: list, plan: list, monitor: list },
    bottoms: { inspector: undefined, pinned: undefined },
    opened: { inspector: foldedUp, pinned: foldedUp },
    searches: { inspector: '', pinned: '' },
    tab: 'transcript',
    tops: {},
    nextAt: 0,
    monitorTab: false,
    grouping: 'state',
    folds: new Set(),
    marks: new Set(),
    markedBefore: [],
    filtering: false,
    overlays: [],
    zoom: false,
    split: 0,
    log: true,
    chord: [],
    mouse,
    quiet: false,
  };
}

export type UiEvent =
  | { type: 'focused'; pane: PaneId }
  | {
      type: 'selected';
      pane: ListPane;
      index: number;
      key: string | undefined;
      height: number;
      place?: number;
    }
  /** What the list shows as selected stays so by its key. */
  | { type: 'held'; pane: ListPane; index: number; key: string }
  | { type: 'filter.opened' }
  | { type: 'filter.typed'; pane: PaneId; text: string }
  | { type: 'filter.closed'; keep: boolean }
  | { type: 'tab.chosen'; tab: InspectorTab }
  | { type: 'page.scrolled'; tab: InspectorTab; top: number }
  | { type: 'next.chosen'; at: number }
  | { type: 'grouped'; grouping: Grouping }
  | { type: 'folded'; group: string }
  | { type: 'marked'; slugs: readonly string[]; on: boolean; at: number }
  /** The marks become what they were before their last change. */
  | { type: 'marks.undone' }
  | { type: 'transcript.scrolled'; pane: TranscriptPane; bottom: number | undefined }
  /** One block, or all of them without a name, is opened or folded. */
  | { type: 'transcript.opened'; pane: TranscriptPane; block?: string }
  | { type: 'overlay.opened'; overlay: Overlay }
  | { type: 'overlay.changed'; overlay: Overlay }
  | { type: 'overlay.closed' }
  | { type: 'toasted'; toast: Toast | undefined }
  | { type: 'zoomed'; on: boolean }
  | { type: 'split.changed'; by: 1 | -1 }
  /** A page that takes the whole screen is shown, or left. */
  | { type: 'page.toggled'; page: WholePage }
  /** The pane of worktrees shows its other tab. */
  | { type: 'worktrees.turned' }
  | { type: 'chord.pressed'; keys: readonly string[] }
  | { type: 'pinned'; run: string | undefined }
  | { type: 'review.opened'; subject: ReviewSubject }
  | { type: 'review.changed'; change: Partial<ReviewUi> }
  | { type: 'review.closed' }
  | { type: 'conflict.opened'; task: string }
  | { type: 'conflict.changed'; change: Partial<ConflictUi> }
  | { type: 'conflict.closed' }
  | { type: 'error.seen'; message: string | undefined }
  | { type: 'mouse.toggled' }
  | { type: 'quiet.toggled' };

/** The screen's state after an event. */
export function reduceUi(ui: UiState, event: UiEvent): UiState {
  switch (event.type) {
    case 'focused':
      return { ...ui, focus: event.pane, filtering: false };
    case 'selected':
      return selecting(ui, event);
    case 'held':
      return withList(ui, event.pane, { ...ui.lists[event.pane], index: event.index, key: event.key });
    case 'filter.opened':
      return { ...ui, filtering: true };
    case 'filter.typed':
      return withFilter(ui, event.pane, event.text);
    case 'filter.closed': {
      const closed = { ...ui, filtering: false };
      return event.keep ? closed : withFilter(closed, ui.focus, '');
    }
    case 'tab.chosen':
      return { ...ui, tab: event.tab };
    case 'page.scrolled':
      return { ...ui, tops: { ...ui.tops, [event.tab]: event.top } };
    case 'next.chosen':
      return { ...ui, nextAt: event.at };
    case 'grouped':
      return { ...ui, grouping: event.grouping, folds: new Set() };
    case 'folded': {
      const folds = new Set(ui.folds);
      if (!folds.delete(event.group)) folds.add(event.group);
      return { ...ui, folds };
    }
    case 'marked':
      return marking(ui, event);
    case 'marks.undone':
      return unmarking(ui);
    case 'transcript.scrolled':
      return { ...ui, bottoms: { ...ui.bottoms, [event.pane]: event.bottom } };
    case 'transcript.opened':
      return {
        ...ui,
        opened: { ...ui.opened, [event.pane]: toggled(ui.opened[event.pane], event.block) },
      };
    case 'overlay.opened':
      return { ...ui, overlays: [...ui.overlays, event.overlay], chord: [], filtering: false };
    case 'overlay.changed':
      return { ...ui, overlays: [...ui.overlays.slice(0, -1), event.overlay] };
    case 'overlay.closed':
      return { ...ui, overlays: ui.overlays.slice(0, -1) };
    case 'toasted':
      return { ...ui, toast: event.toast };
    case 'zoomed':
      return { ...ui, zoom: event.on };
    case 'split.changed':
      return { ...ui, split: Math.max(-1, Math.min(2, ui.split + event.by)) };
    case 'page.toggled':
      return { ...ui, focus: ui.focus === event.page ? 'tasks' : event.page, filtering: false };
    case 'worktrees.turned':
      return { ...ui, monitorTab: !ui.monitorTab };
    case 'chord.pressed':
      return { ...ui, chord: event.keys };
    case 'pinned':
      return {
        ...ui,
        pinned: event.run,
        bottoms: { ...ui.bottoms, pinned: undefined },
        focus: event.run === undefined && ui.focus === 'pinned' ? 'inspector' : ui.focus,
      };
    case 'review.opened':
      return { ...ui, review: openReviewUi(event.subject), filtering: false };
    case 'review.changed':
      return ui.review ? { ...ui, review: { ...ui.review, ...event.change } } : ui;
    case 'review.closed': {
      const { review: _, ...others } = ui;
      return others;
    }
    case 'conflict.opened':
      return { ...ui, conflict: openConflictUi(event.task), filtering: false };
    case 'conflict.changed':
      return ui.conflict ? { ...ui, conflict: { ...ui.conflict, ...event.change } } : ui;
    case 'conflict.closed': {
      const { conflict: _, ...others } = ui;
      return others;
    }
    case 'error.seen':
      return { ...ui, seenError: event.message };
    case 'quiet.toggled':
      return { ...ui, quiet: !ui.quiet };
    case 'mouse.toggled':
      return { ...ui, mouse: !ui.mouse };
  }
}

type Of<T extends UiEvent['type']> = Extract<UiEvent, { type: T }>;

function selecting(ui: UiState, event: Of<'selected'>): UiState {
  const before = ui.lists[event.pane];
  const top = visibleTop(event.place ?? event.index, before.top, event.height);
  const next = withList(ui, event.pane, { ...before, index: event.index, key: event.key, top });
  if (event.pane !== 'tasks' || event.key === undefined) return next;
  // Another task has another page, which begins at its top.
  const other = event.key === before.key ? {} : { tops: {}, nextAt: 0 };
  return { ...following(next, event.key), ...other };
}

function marking(ui: UiState, { slugs, on, at }: Of<'marked'>): UiState {
  const marks = new Set(ui.marks);
  for (const slug of slugs) on ? marks.add(slug) : marks.delete(slug);
  return { ...ui, marks, markedBefore: withChange(ui.markedBefore, ui.marks, at) };
}

function unmarking(ui: UiState): UiState {
  const last = ui.markedBefore.at(-1);
  return last ? { ...ui, marks: new Set(last.marks), markedBefore: ui.markedBefore.slice(0, -1) } : ui;
}

/** The panes about merges and worktrees stand at the task that is selected, where they have it. */
function following(ui: UiState, key: string): UiState {
  const { merge, worktrees } = ui.lists;
  return { ...ui, lists: { ...ui.lists, merge: { ...merge, key }, worktrees: { ...worktrees, key } } };
}

function toggled({ all, blocks }: OpenFolds, block: string | undefined): OpenFolds {
  if (block === undefined) return { all: !all, blocks: new Set() };
  const next = new Set(blocks);
  if (!next.delete(block)) next.add(block);
  return { all, blocks: next };
}

export function isListPane(pane: PaneId): pane is ListPane {
  return listPanes.some((one) => one === pane);
}

/** First row to show so that row `index` is visible in `height` rows, moving as little as possible. */
export function visibleTop(index: number, top: number, height: number): number {
  if (index < top) return Math.max(0, index);
  if (index >= top + height) return Math.max(0, index - Math.max(1, height) + 1);
  return Math.max(0, top);
}

/** Where each key stands first. */
const placesOf = perList(
  (keys: readonly string[]) => new Map(keys.map((key, at) => [key, at] as const).reverse()),
);

/** Index of the selected row: by its key, else where it was, inside the list. -1 for an empty list. */
export function selectedIndex(selection: ListUi, keys: readonly string[]): number {
  if (keys.length === 0) return -1;
  if (selection.key !== undefined && keys[selection.index] !== selection.key) {
    const found = placesOf(keys).get(selection.key);
    if (found !== undefined) return found;
  }
  return Math.max(0, Math.min(selection.index, keys.length - 1));
}

/** The filter of a list, or the search of a transcript. */
export function filterOf(ui: UiState, pane: PaneId): string {
  return isListPane(pane) ? ui.lists[pane].filter : ui.searches[pane];
}

function withFilter(ui: UiState, pane: PaneId, text: string): UiState {
  if (!isListPane(pane)) return { ...ui, searches: { ...ui.searches, [pane]: text } };
  return withList(ui, pane, { ...ui.lists[pane], filter: text, top: 0 });
}

function withList(ui: UiState, pane: ListPane, changed: ListUi): UiState {
  return { ...ui, lists: { ...ui.lists, [pane]: changed } };
}

/** Nothing is open over the list, and nothing is typed: what the person does is not cut off when the screen is left. */
export const isFree = ({ overlays, filtering, review, conflict }: UiState): boolean =>
  overlays.length === 0 && !filtering && !review && !conflict;
