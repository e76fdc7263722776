/**
 * The terminal as a surface from the first moment on: the first frame is painted by ourselves, and blessed, which keeps
 * all later ones and decodes keys, is loaded while the person looks at it.
 */
import type { Canvas } from './canvas.js';
import {
  loadEngine,
  openSurface,
  requireTerminfo,
  type ShownFrame,
  type Surface,
  type SurfaceOptions,
} from './screen.js';
import { enter, mouseOff, mouseOn, reenter, synchronised } from './terminal/modes.js';
import { wholeFrame } from './terminal/whole-frame.js';

/** A surface that can be shown a frame at once. */
export interface EarlySurface extends Surface {
  /** Loads blessed. */
  load(): Promise<void>;
  /**
   * Hands the terminal to blessed, when it is loaded: keys are decoded and every frame is shown; until then only the
   * first one is. The input flows from here on, so that who wants its keys has to listen in the same turn.
   */
  takeOver(): void;
}

/** Throws `no-terminfo`. A terminal that can draw ASCII alone gets its first frame from blessed, which spells the rest. */
export function createSurface(options: SurfaceOptions): EarlySurface {
  requireTerminfo(options.terminfoDir);
  const { input, output } = options;
  let engine: Awaited<ReturnType<typeof loadEngine>> | undefined;
  let full: Surface | undefined;
  let shown: ShownFrame | undefined;
  /** What is written before the screen is entered waits for it. */
  let waiting = '';
  let left = false;
  const write = (bytes: string) => {
    // A signal gave the terminal back: what it would answer now, a shell would take for typed.
    if (left) return;
    if (full) full.write(bytes);
    else if (shown) output.write(bytes);
    else waiting += bytes;
  };

  function first(canvas: Canvas) {
    input.setRawMode?.(true);
    output.write(enter + synchronised(wholeFrame(canvas)) + waiting);
    waiting = '';
    const { width: columns, height: rows, attrs, chars } = canvas;
    shown = { columns, rows, attrs: attrs.slice(), chars: chars.slice() };
  }

  return {
    get width() {
      return full?.width ?? output.columns;
    },
    get height() {
      return full?.height ?? output.rows;
    },
    show(canvas) {
      if (full) full.show(canvas);
      else if (!shown && options.utf8) first(canvas);
    },
    async load() {
      engine = await loadEngine();
    },
    takeOver() {
      if (left || !engine) return;
      full = openSurface(engine, options, shown);
      if (waiting) full.write(waiting);
    },
    forget() {
      if (full) full.forget();
      else if (shown) shown.columns = 0;
    },
    reenter() {
      if (full) return full.reenter();
      // What the terminal shows now is not known any more.
      if (shown) shown.columns = 0;
      output.write(reenter);
    },
    setMouse(on) {
      if (full) full.setMouse(on);
      else write(on ? mouseOn : mouseOff);
    },
    write,
    flush: () => full?.flush(),
    abandon() {
      left = true;
      full?.abandon();
    },
    close: () => full?.close(),
  };
}
