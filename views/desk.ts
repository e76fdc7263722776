/** What the screen and its plain form work with alike: the state of the person's desk, what is read for it, keys to commands. */
import type { AnyCommand, Outcome } from '../src/commands/types.js';
import type { AppEvent } from '../src/domain/app/events.js';
import type { MonitorReading } from '../src/domain/app/monitor.js';
import type { AppState } from '../src/domain/app/state.js';
import type { Store } from '../src/store/store.js';
import { type ConflictReader, createConflicts } from './conflict/source.js';
import { createController } from './controller.js';
import { createFleetLines } from './fleet-lines.js';
import { createPages, type PagesOptions } from './inspector/source.js';
import type { Keymap } from './keymap.js';
import { layoutOf } from './layout.js';
import type { Model } from './model.js';
import { createMonitor } from './monitor/source.js';
import { approvalOverlay, runAsking } from './overlays/approval.js';
import { runsShown } from './panes/fleet.js';
import { rowsFit } from './review/layout.js';
import { createReviews, type ReviewReader } from './review/source.js';
import { createTranscripts, type TranscriptSource } from './transcripts.js';
import type { TerminalActions } from './ui/action-context.js';
import { runOf, selectedTask } from './ui/calls.js';
import { type MarkChange, withChange } from './ui/marks.js';
import { initialUi, reduceUi, type UiEvent, type UiState } from './ui/state.js';

export interface DeskDeps {
  store: Store<AppState, AppEvent>;
  commands: readonly AnyCommand[];
  keymap: Keymap;
  /** Runs a command through the registry; what happens comes back through the store. */
  invoke(id: string, args: Record<string, unknown>): Promise<Outcome>;
  /** Loads what the first frame does not need, transcripts among it. Nothing below is called before it has resolved. */
  loadRest?(): Promise<void>;
  /** Live lines of a run. */
  openTranscript(runId: string, onChange: () => void): TranscriptSource;
  /** What the inspector shows of a task besides its transcript. */
  readPages: PagesOptions['read'];
  /** One look at what the monitor shows; each is compared with the one before. */
  readMonitor(): Promise<MonitorReading>;
  /** Lets the person write a text in their editor; resolves with what was saved. */
  editText(text: string): Promise<string>;
  /** How a change is read that a person reviews. */
  reviews: ReviewReader;
  /** How a conflict is read that a person decides. */
  conflicts: ConflictReader;
  mouse: boolean;
  /** Changes of marks of the screens before, newest last; `keep` is given all of them after each change. */
  marks?: { before: readonly MarkChange[]; keep(all: readonly MarkChange[]): void };
  version: string;
  /** Clock for ages; default: the system's. */
  now?(): number;
  /** Called when the person wants no calls now, or wants them again. */
  onQuiet?(on: boolean): void;
  /** Called with the task that the person has selected. */
  onSelect?(slug: string | undefined): void;
}

/** Where the desk is shown, and what keys ask of it. */
export interface Face {
  size(): { width: number; height: number };
  /** Something that is shown has changed. */
  request(): void;
  terminal: Pick<TerminalActions, 'quit' | 'suspend' | 'redraw' | 'copy' | 'setMouse' | 'setQuiet'>;
}

/** How long a selection has to stay before its transcript is opened. */
const settleMs = 40;

/** How long a person who wanted to answer waits for the question that the transcript told already. */
const questionMs = 2000;

/** One desk on a store. `close` it in the end. */
export function createDesk(deps: DeskDeps, face: Face) {
  const { request } = face;
  const commands = deps.commands.filter((row) => row.surfaces.includes('screen'));
  let ui: UiState = { ...initialUi(deps.mouse), markedBefore: deps.marks?.before ?? [] };
  const transcripts = createTranscripts({ open: deps.openTranscript, onChange: request });
  const fleet = createFleetLines({ open: deps.openTranscript, onChange: request });
  const pages = createPages({ read: deps.readPages, onChange: request });
  const monitor = createMonitor({ read: deps.readMonitor, onChange: request });
  const reviews = createReviews(deps.reviews, request);
  const conflicts = createConflicts(deps.conflicts, request);
  let toastTimer: NodeJS.Timeout | undefined;
  let settleTimer: NodeJS.Timeout | undefined;
  let questionUntil = 0;

  function model(): Model {
    const state = deps.store.state();
    return {
      state,
      ui,
      transcripts: {
        inspector: transcripts.view('inspector', state),
        pinned: transcripts.view('pinned', state),
      },
      pages: pages.pages(),
      fleet: fleet.lines(),
      monitor: monitor.view(),
      ...(ui.review ? { review: reviews.view(ui.review) } : {}),
      ...(ui.conflict ? { conflict: conflicts.view(ui.conflict) } : {}),
      keymap: deps.keymap,
      commands,
      version: deps.version,
      now: deps.now?.() ?? Date.now(),
    };
  }

  function dispatch(event: UiEvent) {
    ui = reduceUi(ui, event);
    request();
    // The screen after this one begins without marks: those of now are then what was marked before.
    if (event.type === 'marked' || event.type === 'marks.undone')
      deps.marks?.keep(
        ui.marks.size > 0 ? withChange(ui.markedBefore, ui.marks, Date.now()) : ui.markedBefore,
      );
    if (event.type === 'toasted' && event.toast) {
      clearTimeout(toastTimer);
      toastTimer = setTimeout(request, event.toast.until - Date.now() + 1);
    }
    if (/^(page\.toggled|focused|overlay\..*)$/.test(event.type)) syncFleet();
    // A page that is closed gives way to the list, where another task may be selected by now.
    if (/^(selected|pinned|filter\.typed|review\.closed|conflict\.closed)$/.test(event.type)) syncSoon();
  }

  function syncSoon() {
    clearTimeout(settleTimer);
    settleTimer = setTimeout(sync, settleMs);
  }

  function sync() {
    const changed = transcripts.sync(deps.store.state(), ui);
    syncFleet();
    deps.onSelect?.(selectedTask(model())?.slug);
    if (changed) dispatch({ type: 'transcript.scrolled', pane: 'inspector', bottom: undefined });
    request();
  }

  /** Tiles come and go with runs and with what is selected. */
  function syncFleet() {
    const state = deps.store.state();
    const asking = runAsking(ui.overlays.at(-1), state) ?? [];
    fleet.sync((ui.focus === 'fleet' ? runsShown({ state, ui }, face.size()) : []).concat(asking));
  }

  function openQuestion() {
    const shown = model();
    const overlay = ui.overlays.length === 0 ? approvalOverlay(shown.state, runOf(shown)) : undefined;
    if (!overlay) return;
    questionUntil = 0;
    dispatch({ type: 'overlay.opened', overlay });
  }

  const controller = createController({
    model,
    dispatch,
    async invoke(id, args) {
      const outcome = await deps.invoke(id, args);
      if (ui.review) reviews.stale();
      if (ui.conflict) conflicts.stale();
      return outcome;
    },
    keymap: deps.keymap,
    commands,
    size: face.size,
    terminal: {
      ...face.terminal,
      edit: deps.editText,
      awaitQuestion: () => {
        questionUntil = Date.now() + questionMs;
      },
      fetchOlder: (pane) => transcripts.fetchOlder(pane),
      unfold: (path) => reviews.want(path),
      find: (...wanted) => transcripts.find(...wanted),
    },
  });

  const unsubscribe = deps.store.subscribe((_, event) => {
    request();
    if (questionUntil > Date.now() && event.type.startsWith('run.')) openQuestion();
    // A run or a task that changed may have become what the selection is about, and so may one whose neighbour moved.
    if (
      /^(registry\.loaded|state\.shared|run\.|work\.ended|validation\.finished|task\.landed|train\.)/.test(
        event.type,
      )
    )
      syncSoon();
  });

  return {
    controller,
    model,
    dispatch,
    /** Opens what the selection is about. */
    sync,
    /** Reads what the shown page of the inspector or of a review lacks. */
    read(shown: Model) {
      const { review, conflict } = shown.ui;
      conflicts.sync(conflict, shown.state);
      const { width, height } = face.size();
      reviews.sync(review, shown.state, review ? rowsFit(width, height, review) : { split: false });
      // The page of a worktree tells how large it is, which the monitor's readings measure.
      const measures = showsMonitor(shown.ui, face.size()) || showsPage(shown.ui, 'worktree');
      monitor.sync(!review && !conflict && measures);
      pages.sync(
        showsPage(shown.ui, 'diff', 'checks') && !review && !conflict ? selectedTask(shown) : undefined,
        shown.state,
      );
    },
    close() {
      unsubscribe();
      clearTimeout(toastTimer);
      clearTimeout(settleTimer);
      transcripts.close();
      fleet.close();
      pages.close();
      monitor.close();
      reviews.close();
      conflicts.close();
    },
  };
}

/** Whether the inspector is in sight and on one of these pages. */
const showsPage = ({ tab, zoom, focus }: UiState, ...pages: UiState['tab'][]): boolean =>
  pages.includes(tab) && (!zoom || focus === 'inspector');

/** Whether the monitor is on the screen: as a page, or as the tab of the worktrees. */
const showsMonitor = (ui: UiState, { width, height }: { width: number; height: number }): boolean =>
  ui.focus === 'monitor' ||
  (ui.monitorTab &&
    layoutOf(width, height, { ...ui, pinned: ui.pinned !== undefined }).panes.worktrees !== undefined);
