/** The screen: a store's state shown in a terminal, keys turned into commands. */
import type { AnyCommand, Outcome } from '../src/commands/types.js';
import { attentionOf } from '../src/domain/app/attention.js';
import type { AppEvent } from '../src/domain/app/events.js';
import { agentsAtWork } from '../src/domain/app/selectors.js';
import type { AppState } from '../src/domain/app/state.js';
import { sanitizeLine } from '../src/domain/platform/sanitize.js';
import type { Store } from '../src/store/store.js';
import { createCanvas } from './canvas.js';
import { createController } from './controller.js';
import { createFleetLines } from './fleet-lines.js';
import { currentLayout, paintFrame } from './frame.js';
import { createPages, type PagesOptions } from './inspector/source.js';
import type { Keymap } from './keymap.js';
import type { Model } from './model.js';
import { runAsking } from './overlays/approval.js';
import { runsShown } from './panes/fleet.js';
import { isSplit, reviewLayout } from './review/layout.js';
import { createReviews, type ReviewReader } from './review/source.js';
import { createScheduler } from './scheduler.js';
import { type MouseEvent, openSurface } from './screen.js';
import { type CallBy, type CallNews, createCaller } from './terminal/caller.js';
import { createInputFilter, type TerminalInput } from './terminal/input-filter.js';
import { clipboard, isUtf8 } from './terminal/modes.js';
import { captureConsole, ownTerminal, setBlocking } from './terminal/signals.js';
import { createTheme, pickTheme, type ThemeName } from './theme.js';
import { createTranscripts, type TranscriptSource } from './transcripts.js';
import { selectedTask } from './ui/calls.js';
import { pointAt } from './ui/point.js';
import { waitingTasks } from './ui/rows.js';
import { initialUi, reduceUi, type UiEvent, type UiState } from './ui/state.js';

export { mergeKeymapTables, parseKeymap } from './keymap.js';
export type { ReviewReader } from './review/source.js';
export type { CallBy } from './terminal/caller.js';
export type { TranscriptSource } from './transcripts.js';

export interface ScreenDeps {
  store: Store<AppState, AppEvent>;
  commands: readonly AnyCommand[];
  keymap: Keymap;
  /** Runs a command through the registry; what happens comes back through the store. */
  invoke(id: string, args: Record<string, unknown>): Promise<Outcome>;
  /** Live lines of a run. */
  openTranscript(runId: string, onChange: () => void): TranscriptSource;
  /** What the inspector shows of a task besides its transcript. */
  readPages: PagesOptions['read'];
  /** How a change is read that a person reviews. */
  reviews: ReviewReader;
  terminfoDir: string;
  theme: ThemeName | 'auto';
  mouse: boolean;
  /** How a person is called who looks elsewhere when something new waits for them. */
  callBy: CallBy;
  /** How long the rest of a key's sequence may take before ESC counts as a key of its own. */
  escapeMs?: number;
  version: string;
  env: NodeJS.ProcessEnv;
  /** Clock for ages; default: the system's. */
  now?(): number;
  /** The terminal; default: this process's. With another one, signals and console are left alone. */
  terminal?: { input: TerminalInput; output: NodeJS.WriteStream };
  /** The words for an error that nothing has caught. */
  crashed(error: unknown): string;
  /** Called with the task that the person has selected. */
  onSelect?(slug: string | undefined): void;
  /**
   * Called with a function that gives the terminal to another program and shows the screen again afterwards, and with
   * one that leaves the screen.
   */
  onReady?(lend: <T>(work: () => Promise<T>) => Promise<T>, leave: () => void): void;
}

export interface ScreenEnd {
  reason: 'quit' | 'signal';
  /** Exit code to end with: 0, or 128 + signal number. */
  code: number;
}

/** How often ages on the screen move on when nothing else happens, while agents work; four times as long at rest. */
const ageMs = 15_000;
/** How long a selection has to stay before its transcript is opened. */
const settleMs = 40;
/** How long a Ctrl-C is ignored after another program had the terminal: it was meant for that program. */
const lateKeyMs = 1500;

/**
 * Shows the screen until it is left. The first frame needs nothing but the store's state.
 * Throws `no-terminfo`.
 */
export async function openScreen(deps: ScreenDeps): Promise<ScreenEnd> {
  const own = deps.terminal === undefined;
  const input: TerminalInput = deps.terminal?.input ?? process.stdin;
  const output = deps.terminal?.output ?? process.stdout;
  const utf8 = isUtf8(deps.env);
  const canvas = createCanvas(createTheme(pickTheme(deps.theme, deps.env, utf8)));
  const commands = deps.commands.filter((row) => row.surfaces.includes('screen'));

  let ui = initialUi(deps.mouse);
  let leave: (end: ScreenEnd) => void = () => {};
  const ended = new Promise<ScreenEnd>((resolve) => {
    leave = resolve;
  });

  const filter = createInputFilter(input, {
    onPaste: (text) => {
      controller.paste(text);
      scheduler.urgent();
    },
    escapeMs: deps.escapeMs,
  });
  const surface = await openSurface({
    input: filter,
    output,
    terminfoDir: deps.terminfoDir,
    utf8,
    mouse: deps.mouse,
    onKey: (name) => {
      if (name === 'C-c' && Date.now() - lentUntil < lateKeyMs) return;
      controller.key(name);
      scheduler.urgent();
    },
    onMouse: mouse,
    onResize: () => paint(),
  });
  const transcripts = createTranscripts({
    open: deps.openTranscript,
    onChange: () => scheduler.request(),
  });
  const fleet = createFleetLines({ open: deps.openTranscript, onChange: () => scheduler.request() });
  const pages = createPages({ read: deps.readPages, onChange: () => scheduler.request() });
  const reviews = createReviews(deps.reviews, () => scheduler.request());
  const scheduler = createScheduler({ paint, stalled: () => output.writableNeedDrain });
  const owner = own
    ? ownTerminal({
        flush: () => surface.flush(),
        leaving: () => surface.abandon(),
        resume() {
          lent = false;
          process.stdin.setRawMode?.(true);
          process.stdin.resume();
          setBlocking(process.stdout, true);
          surface.reenter();
          if (ui.mouse) surface.setMouse(true);
          setBlocking(process.stdout, false);
          caller.resume();
          paint();
        },
        ended: (code) => leave({ reason: 'signal', code }),
        crashed: deps.crashed,
      })
    : undefined;

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
      ...(ui.review ? { review: reviews.view(ui.review) } : {}),
      keymap: deps.keymap,
      commands,
      version: deps.version,
      now: deps.now?.() ?? Date.now(),
    };
  }

  let lent = false;
  let lentUntil = 0;

  /** Gives the keys to another program and paints no frame until it has ended. */
  async function lend<T>(work: () => Promise<T>): Promise<T> {
    if (!owner) return work();
    lent = true;
    caller.pause();
    filter.detach();
    try {
      return await owner.lend(work);
    } finally {
      lentUntil = Date.now();
      filter.attach();
    }
  }

  const caller = createCaller(deps.callBy, (bytes) => surface.write(bytes));

  function paint() {
    if (lent) return;
    caller.update(newsOf(deps.store.state()));
    const shown = model();
    paintFrame(canvas, shown, surface.width, surface.height);
    reviews.sync(ui.review, shown.state, ui.review ? splitNow(ui.review) : false);
    pages.sync(readsPages(ui) && !ui.review ? selectedTask(shown) : undefined, shown.state);
    surface.show(canvas);
  }

  /** Whether the two sides of the diff stand beside one another now. */
  function splitNow(review: NonNullable<UiState['review']>): boolean {
    const { changes, body } = reviewLayout(surface.width, surface.height, review);
    return isSplit((changes ?? body).width, review);
  }

  let toastTimer: NodeJS.Timeout | undefined;
  let settleTimer: NodeJS.Timeout | undefined;

  function dispatch(event: UiEvent) {
    ui = reduceUi(ui, event);
    scheduler.request();
    if (event.type === 'toasted' && event.toast) {
      clearTimeout(toastTimer);
      toastTimer = setTimeout(scheduler.request, event.toast.until - Date.now() + 1);
    }
    if (/^(page\.toggled|focused|overlay\..*)$/.test(event.type)) syncFleet();
    if (event.type === 'selected' || event.type === 'pinned' || event.type === 'filter.typed') syncSoon();
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
    scheduler.request();
  }

  /** Tiles come and go with runs and with what is selected. */
  function syncFleet() {
    const state = deps.store.state();
    const asking = runAsking(ui.overlays.at(-1), state) ?? [];
    fleet.sync((ui.focus === 'fleet' ? runsShown({ state, ui }, surface) : []).concat(asking));
  }

  const controller = createController({
    model,
    dispatch,
    async invoke(id, args) {
      const outcome = await deps.invoke(id, args);
      if (ui.review) reviews.stale();
      return outcome;
    },
    keymap: deps.keymap,
    commands,
    size: () => ({ width: surface.width, height: surface.height }),
    terminal: {
      quit: () => leave({ reason: 'quit', code: 0 }),
      suspend: () => owner?.suspend(),
      redraw() {
        surface.forget();
        paint();
      },
      copy: (text) => surface.write(clipboard(sanitizeLine(text))),
      setMouse: (on) => surface.setMouse(on),
      setQuiet: (on) => caller.silence(on),
      fetchOlder: (pane) => transcripts.fetchOlder(pane),
      unfold: (path) => reviews.want(path),
      find: (...wanted) => transcripts.find(...wanted),
    },
  });

  function mouse(event: MouseEvent) {
    if (ui.overlays.length > 0) {
      if (event.action !== 'press') controller.key(event.action === 'wheel-up' ? 'up' : 'down');
    } else {
      if (!ui.review) point(event);
      if (event.action !== 'press') turn(event.action === 'wheel-up' ? 'ui.previous' : 'ui.next');
    }
    scheduler.urgent();
  }

  function point(event: MouseEvent) {
    const layout = currentLayout(ui, surface.width, surface.height);
    for (const change of pointAt(event, layout, deps.store.state(), ui)) dispatch(change);
  }

  function turn(run: string) {
    for (let line = 0; line < 3; line++) controller.run({ run, args: {}, form: false, marked: false });
  }

  filter.attach();
  deps.onReady?.(lend, () => leave({ reason: 'quit', code: 0 }));
  const onDrain = () => scheduler.drained();
  output.on('drain', onDrain);
  if (own) setBlocking(process.stdout, false);
  const releaseConsole = own
    ? captureConsole((line) => deps.store.dispatch({ type: 'noted', level: 'warning', message: line }))
    : undefined;
  const unsubscribe = deps.store.subscribe((_, event) => {
    scheduler.request();
    // A run or a task that changed may have become what the selection is about.
    if (/^(registry\.loaded|state\.shared|run\.)/.test(event.type)) syncSoon();
  });
  let quietTicks = 0;
  const ageTimer = setInterval(() => {
    quietTicks = agentsAtWork(deps.store.state()) > 0 ? 0 : (quietTicks + 1) % 4;
    if (quietTicks === 0) scheduler.request();
  }, ageMs).unref();
  paint();
  sync();

  try {
    return await ended;
  } finally {
    unsubscribe();
    clearInterval(ageTimer);
    clearTimeout(toastTimer);
    clearTimeout(settleTimer);
    scheduler.stop();
    caller.stop();
    transcripts.close();
    fleet.close();
    pages.close();
    reviews.close();
    output.removeListener('drain', onDrain);
    filter.detach();
    surface.flush();
    owner?.release();
    surface.close();
    releaseConsole?.();
    input.pause();
  }
}

/** Whether the inspector is on a page that has to be read from git and disk. */
const readsPages = ({ tab, zoom, focus }: UiState): boolean =>
  (tab === 'diff' || tab === 'checks') && (!zoom || focus === 'inspector');

let lastNews: { of: readonly unknown[]; news: CallNews } | undefined;

/** What the terminal's title and a call say. */
function newsOf(state: AppState): CallNews {
  const rows = waitingTasks(state);
  const of = [rows, state.runs, state.merges, state.repo];
  if (lastNews?.of.every((part, index) => part === of[index])) return lastNews.news;
  const waiting = rows.map((row) => attentionOf(row, state));
  const first = waiting[0];
  const news = {
    repo: state.repo?.name ?? '',
    waiting: waiting.map(({ task, kind, text }) => `${task} ${kind} ${text}`),
    text: first ? `${first.title}: ${first.text}` : '',
  };
  lastNews = { of, news };
  return news;
}
