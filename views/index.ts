/** The screen: a store's state shown in a terminal, keys turned into commands. */
import { agentsAtWork } from '../src/domain/app/selectors.js';
import { sanitizeLine } from '../src/domain/platform/sanitize.js';
import { callNewsOf } from './call-news.js';
import { createCanvas } from './canvas.js';
import { createDesk, type DeskDeps } from './desk.js';
import { currentLayout, paintFrame } from './frame.js';
import { createScheduler } from './scheduler.js';
import type { MouseEvent } from './screen.js';
import { createSurface } from './surface.js';
import { waitForAnswer } from './terminal/answer.js';
import { type CallBy, createCaller } from './terminal/caller.js';
import { createInputFilter, type TerminalInput } from './terminal/input-filter.js';
import { askBackground, clipboard, isUtf8 } from './terminal/modes.js';
import { captureConsole, ownTerminal, setBlocking } from './terminal/signals.js';
import { createTheme, isLight, pickTheme, type ThemeSpec } from './theme.js';
import { pointAt } from './ui/point.js';
import { isFree } from './ui/state.js';

export type { ConflictReader } from './conflict/source.js';
export { mergeKeymapTables, parseKeymap } from './keymap.js';
export type { ReviewReader } from './review/source.js';
export type { CallBy } from './terminal/caller.js';
export { parseTheme } from './theme.js';

export interface ScreenDeps extends DeskDeps {
  terminfoDir: string;
  /** Name of the theme; auto: by what the terminal can do, and by its background. */
  theme: string;
  /** What the theme of this name says. Throws `no-theme`, `bad-theme`. */
  readTheme(name: string): ThemeSpec;
  /** Glyphs of ASCII alone, whatever the locale can do. */
  ascii?: boolean;
  /** What changes by itself is shown once a second at most; what a key changes, at once. */
  calm?: boolean;
  /** How a person is called who looks elsewhere when something new waits for them. */
  callBy: CallBy;
  /** How long the rest of a key's sequence may take before ESC counts as a key of its own. */
  escapeMs?: number;
  env: NodeJS.ProcessEnv;
  /** The terminal; default: this process's. With another one, signals and console are left alone. */
  terminal?: { input: TerminalInput; output: NodeJS.WriteStream };
  /** The words for an error that nothing has caught. */
  crashed(error: unknown): string;
  /**
   * Called with a function that gives the terminal to another program and shows the screen again afterwards, with one
   * that leaves the screen, and with one that does as soon as nothing is open or typed, and calls back before.
   */
  onReady?(
    lend: <T>(work: () => Promise<T>) => Promise<T>,
    leave: () => void,
    leaveWhenFree: (leaving: () => void) => void,
  ): void;
}

export interface ScreenEnd {
  reason: 'quit' | 'signal';
  /** Exit code to end with: 0, or 128 + signal number. */
  code: number;
}

/** How often ages on the screen move on when nothing else happens, while agents work; four times as long at rest. */
const ageMs = 15_000;
const secondMs = 1_000;
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
  const chosen = pickTheme(deps.theme, deps.env);
  const ascii = !utf8 || deps.ascii === true || deps.theme === 'ascii';
  const canvasIn = (name: string) => createCanvas(createTheme(deps.readTheme(name), { ascii }));
  let light = isLight(deps.env.COLORFGBG ?? '') ?? false;
  let canvas = canvasIn(chosen === 'auto' ? (light ? 'light' : 'dark') : chosen);

  let leave: (end: ScreenEnd) => void = () => {};
  const ended = new Promise<ScreenEnd>((resolve) => {
    leave = resolve;
  });
  const { answered, answerCame } = waitForAnswer();

  const filter = createInputFilter(input, {
    onPaste: (text) => {
      desk.controller.paste(text);
      scheduler.urgent();
    },
    // The background is asked for once, and the first frame does not wait for the answer.
    onBackground(said) {
      answered();
      const now = isLight(said) ?? light;
      if (chosen !== 'auto' || now === light) return;
      light = now;
      canvas = canvasIn(light ? 'light' : 'dark');
      scheduler.urgent();
    },
    escapeMs: deps.escapeMs,
  });
  const surface = createSurface({
    input: filter,
    output,
    terminfoDir: deps.terminfoDir,
    utf8,
    mouse: deps.mouse,
    onKey: (name) => {
      if (name === 'C-c' && Date.now() - lentUntil < lateKeyMs) return;
      desk.controller.key(name);
      scheduler.urgent();
    },
    onMouse: mouse,
    onResize: () => paint(),
  });
  const scheduler = createScheduler({
    paint,
    stalled: () => output.writableNeedDrain,
    ...(deps.calm ? { frameMs: secondMs } : {}),
  });
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
          if (desk.model().ui.mouse) surface.setMouse(true);
          setBlocking(process.stdout, false);
          caller.resume();
          paint();
        },
        resized: redraw,
        ended: (code) => leave({ reason: 'signal', code }),
        crashed: deps.crashed,
      })
    : undefined;

  let lent = false;
  let whenFree: (() => void) | undefined;
  let secondTimer: NodeJS.Timeout | undefined;
  let lentUntil = 0;

  /** Gives the keys to another program and paints no frame until it has ended. */
  async function lend<T>(work: () => Promise<T>): Promise<T> {
    if (!owner) return work();
    await answerCame();
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
    caller.update(callNewsOf(deps.store.state()));
    const shown = desk.model();
    if (whenFree && isFree(shown.ui)) {
      whenFree();
      return leave({ reason: 'quit', code: 0 });
    }
    paintFrame(canvas, shown, surface.width, surface.height);
    desk.read(shown);
    surface.show(canvas);
    // Elapsed times count seconds for as long as the program itself is at work.
    clearTimeout(secondTimer);
    if (Object.keys(shown.state.busy).length > 0 && !deps.calm)
      secondTimer = setTimeout(scheduler.request, secondMs).unref();
  }

  function redraw() {
    surface.forget();
    paint();
  }

  const desk = createDesk(deps, {
    size: () => ({ width: surface.width, height: surface.height }),
    request: () => scheduler.request(),
    terminal: {
      quit: () => leave({ reason: 'quit', code: 0 }),
      suspend: () => void answerCame().then(() => owner?.suspend()),
      redraw,
      copy: (text) => surface.write(clipboard(sanitizeLine(text))),
      setMouse: (on) => surface.setMouse(on),
      setQuiet(on) {
        caller.silence(on);
        deps.onQuiet?.(on);
      },
    },
  });
  const { controller } = desk;

  function mouse(event: MouseEvent) {
    const { ui } = desk.model();
    if (ui.overlays.length > 0) {
      if (event.action !== 'press') controller.key(event.action === 'wheel-up' ? 'up' : 'down');
    } else {
      if (!ui.review && !ui.conflict) point(event);
      if (event.action !== 'press') turn(event.action === 'wheel-up' ? 'ui.previous' : 'ui.next');
    }
    scheduler.urgent();
  }

  function point(event: MouseEvent) {
    const { ui } = desk.model();
    const layout = currentLayout(ui, surface.width, surface.height);
    for (const change of pointAt(event, layout, deps.store.state(), ui)) desk.dispatch(change);
  }

  function turn(run: string) {
    for (let line = 0; line < 3; line++) controller.run({ run, args: {}, form: false, marked: false });
  }

  const onDrain = () => scheduler.drained();
  output.on('drain', onDrain);
  if (own) setBlocking(process.stdout, false);
  const releaseConsole = own
    ? captureConsole((line) => deps.store.dispatch({ type: 'noted', level: 'warning', message: line }))
    : undefined;
  let quietTicks = 0;
  const ageTimer = setInterval(() => {
    quietTicks = agentsAtWork(deps.store.state()) > 0 ? 0 : (quietTicks + 1) % 4;
    if (quietTicks === 0) scheduler.request();
  }, ageMs).unref();
  paint();

  try {
    // What was typed until now waits in the terminal.
    await Promise.all([surface.load(), deps.loadRest?.()]);
    surface.takeOver();
    filter.attach();
    deps.onReady?.(
      lend,
      () => leave({ reason: 'quit', code: 0 }),
      (leaving) => {
        whenFree = leaving;
        scheduler.request();
      },
    );
    if (chosen === 'auto') surface.write(askBackground);
    if (chosen !== 'auto' || !own) answered();
    paint();
    desk.sync();
    const end = await ended;
    if (end.reason === 'quit') await answerCame();
    return end;
  } finally {
    clearInterval(ageTimer);
    clearTimeout(secondTimer);
    desk.close();
    scheduler.stop();
    caller.stop();
    output.removeListener('drain', onDrain);
    filter.detach();
    surface.flush();
    owner?.release();
    surface.close();
    releaseConsole?.();
    input.pause();
  }
}
