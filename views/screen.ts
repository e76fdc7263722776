/**
 * The terminal as a surface for frames. The one file that imports blessed, which is used for three
 * things only: entering the screen, decoding keys, and writing the cells that changed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '../src/domain/platform/errors.js';
import { charWidth } from '../src/domain/platform/width.js';
import type { Canvas } from './canvas.js';
import type { TerminalInput } from './terminal/input-filter.js';
import { createKeyReader, type DecodedKey } from './terminal/keys.js';
import { mouseOff, mouseOn, pasteOn, reenter, synchronised, titleKept } from './terminal/modes.js';

export interface MouseEvent {
  x: number;
  y: number;
  action: 'press' | 'wheel-up' | 'wheel-down';
}

export interface SurfaceOptions {
  /** Already filtered: one key sequence per chunk. */
  input: TerminalInput;
  output: NodeJS.WriteStream;
  /** Folder that holds x/xterm-256color. */
  terminfoDir: string;
  utf8: boolean;
  mouse: boolean;
  onKey(name: string): void;
  onMouse(event: MouseEvent): void;
  onResize(): void;
}

/** A frame that the terminal shows already: the screen was entered with it, and it is not written a second time. */
export interface ShownFrame {
  columns: number;
  rows: number;
  attrs: Uint32Array;
  chars: readonly string[];
}

export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Writes the cells that differ from what the terminal shows. */
  show(canvas: Canvas): void;
  /** Forgets what the terminal shows, so that the next frame is written whole. */
  forget(): void;
  /** Takes the screen again after a suspension. */
  reenter(): void;
  setMouse(on: boolean): void;
  /** Bytes for the terminal outside of frames. */
  write(bytes: string): void;
  flush(): void;
  /** Keeps blessed from restoring the terminal, since its owner does: a second time would move the cursor back. */
  abandon(): void;
  /** Stops reading keys and resizes. */
  close(): void;
}

/** The parts of blessed that the types package does not know or that are internal to it. */
interface Engine {
  screen(options: object): EngineScreen;
  tput?: Capabilities;
  Tput?: Capabilities;
  unicode: { charWidth(text: string | number, index?: number): number };
}
type Written = (args: unknown[]) => unknown;
type Compile = (this: object, info: object, key: string, text: unknown) => unknown;
interface Capabilities {
  ipaths: string[];
  prototype: { _compile: Compile };
}
type Line = [number, string][] & { dirty?: boolean };
interface EngineScreen {
  tput: { brokenACS: boolean };
  lines: Line[];
  /** What the terminal shows. */
  olines: Line[];
  cols: number;
  rows: number;
  program: EngineProgram;
  draw(from: number, to: number): void;
  realloc(): void;
  destroy(): void;
  on(event: 'resize', listener: () => void): void;
}
interface EngineProgram {
  output: NodeJS.WriteStream;
  isAlt: boolean;
  /** Not sent yet. */
  _buf: string;
  _owrite(text: string): void;
  flush(): void;
  on(event: string, listener: (...args: never[]) => void): void;
}

/** Throws `no-terminfo` when the terminal description is missing: without it no screen can be entered. */
export function requireTerminfo(folder: string): void {
  if (existsSync(join(folder, 'x', 'xterm-256color'))) return;
  throw appError('no-terminfo', `The terminal description is missing in ${folder}.`, {
    hint: 'Install codex-agents again, or use --no-tui.',
  });
}

/** Loads blessed, which takes a while. */
export async function loadEngine(): Promise<Engine> {
  const loaded = (await import('blessed')) as unknown as { default?: Engine } & Engine;
  return loaded.default ?? loaded;
}

/** Enters the screen, unless it was entered with the frame `shown`. */
export function openSurface(engine: Engine, options: SurfaceOptions, shown?: ShownFrame): Surface {
  const capabilities = (engine.Tput ?? engine.tput)!;
  const paths = capabilities.ipaths;
  paths.length = 0;
  paths.push(options.terminfoDir);
  compileWhenUsed(capabilities);
  engine.unicode.charWidth = (text, index = 0) =>
    charWidth(typeof text === 'number' ? String.fromCodePoint(text) : text.slice(index));
  const screen = engine.screen({
    input: options.input,
    output: options.output,
    terminal: 'xterm-256color',
    fullUnicode: true,
    forceUnicode: options.utf8,
    resizeTimeout: 50,
  });
  // Borders are sent as Unicode, because many terminals show alternate character sets as letters.
  screen.tput.brokenACS = true;
  const { program } = screen;
  if (shown) takeOver(screen, shown);
  program.flush();
  program._owrite = (text: string) => {
    if (text) program.output.write(synchronised(text));
  };
  options.output.write((shown ? '' : titleKept + pasteOn) + (options.mouse ? mouseOn : ''));

  let listening = false;
  const read = createKeyReader();
  program.on('keypress', (char: string | undefined, key: DecodedKey | undefined) => {
    const name = read(char, key);
    if (name !== undefined) options.onKey(name);
  });
  screen.on('resize', options.onResize);
  if (options.mouse) listenMouse();

  function listenMouse() {
    if (listening) return;
    listening = true;
    program.on('mouse', (event: { action: string; x: number; y: number }) => {
      const action = { mousedown: 'press', wheelup: 'wheel-up', wheeldown: 'wheel-down' }[event.action];
      if (action) options.onMouse({ x: event.x, y: event.y, action: action as MouseEvent['action'] });
    });
  }

  return {
    get width() {
      return screen.cols;
    },
    get height() {
      return screen.rows;
    },
    show(canvas) {
      copyCells(canvas, screen.lines);
      screen.draw(0, screen.lines.length - 1);
      program.flush();
    },
    forget() {
      screen.realloc();
    },
    reenter() {
      program.output.write(reenter);
      screen.realloc();
    },
    setMouse(on) {
      if (on) listenMouse();
      program.output.write(on ? mouseOn : mouseOff);
    },
    write(bytes) {
      program.output.write(bytes);
    },
    flush() {
      program.flush();
    },
    abandon() {
      program.isAlt = false;
    },
    close() {
      program.isAlt = false;
      screen.destroy();
    },
  };
}

/** What would enter the screen again stays unsent, and the cells that the terminal shows count as written. */
function takeOver(screen: EngineScreen, shown: ShownFrame): void {
  screen.program._buf = '';
  // At another size nothing on the terminal can be relied upon: the next frame is written whole.
  if (screen.cols !== shown.columns || screen.rows !== shown.rows) {
    screen.realloc();
    return;
  }
  for (let y = 0; y < shown.rows; y++) {
    for (let x = 0; x < shown.columns; x++) {
      const at = y * shown.columns + x;
      for (const line of [screen.lines[y]!, screen.olines[y]!]) {
        line[x]![0] = shown.attrs[at]!;
        line[x]![1] = shown.chars[at]!;
      }
    }
  }
}

/** Of some four hundred capabilities a screen writes a dozen: each becomes a program when it is first written. */
function compileWhenUsed({ prototype }: Capabilities): void {
  const compile = prototype._compile;
  if ('later' in compile) return;
  const later: Compile = function (info, key, text) {
    if (typeof text !== 'string' || text === '') return compile.call(this, info, key, text);
    let made: Written | undefined;
    return function (this: object, args: unknown[]) {
      made ??= compile.call(this, info, key, text) as Written;
      return made.call(this, args);
    };
  };
  prototype._compile = Object.assign(later, { later: true });
}

function copyCells(canvas: Canvas, lines: readonly Line[]) {
  const height = Math.min(canvas.height, lines.length);
  for (let y = 0; y < height; y++) {
    const line = lines[y]!;
    const width = Math.min(canvas.width, line.length);
    const start = y * canvas.width;
    for (let x = 0; x < width; x++) {
      const cell = line[x]!;
      const attr = canvas.attrs[start + x]!;
      const char = canvas.chars[start + x]!;
      if (cell[0] === attr && cell[1] === char) continue;
      cell[0] = attr;
      cell[1] = char;
      line.dirty = true;
    }
  }
}
