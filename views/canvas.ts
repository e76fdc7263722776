/**
 * A grid of cells that panes and overlays draw on; the surface copies it to the terminal.
 * All text passes the sanitiser here, so nothing can be drawn that was not made safe.
 */
import { sanitizeLine } from '../src/domain/platform/sanitize.js';
import { cellsOf, charWidth } from '../src/domain/platform/width.js';
import { enterSign } from './keymap.js';
import { asciiText, type Backdrop, type Border, borders, type Style, type Theme } from './theme.js';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A run of text in one style. */
export interface TextSpan {
  text: string;
  style?: Style;
}

export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** Attribute of cell y * width + x. */
  readonly attrs: Uint32Array;
  /** Its character; a space after a wide one. */
  readonly chars: string[];
  /** Empties the grid, at a new size when one is given. */
  reset(width: number, height: number): void;
  /** The text as this terminal has it: without the sign for Enter, which is a word then, and takes more columns. */
  spelled(text: string): string;
  /** Draws text into at most `width` columns; gives the columns used. */
  text(x: number, y: number, width: number, text: string, style?: Style, ground?: Backdrop): number;
  /** Draws spans one after the other and fills the rest of `width` with the ground. */
  line(x: number, y: number, width: number, spans: readonly TextSpan[], ground?: Backdrop): void;
  fill(rect: Rect, style?: Style, ground?: Backdrop): void;
  /** A border with titles in its top and bottom edges; gives the rectangle inside. */
  box(rect: Rect, options: BoxOptions): Rect;
  /** One row as text, for tests and for looking at. */
  row(y: number): string;
}

export interface BoxOptions {
  focused: boolean;
  /** Of the border; default: by `focused`. */
  style?: Style;
  title?: string;
  /** Right end of the top edge. */
  note?: string;
  /** Right end of the bottom edge. */
  foot?: string;
}

/** An empty grid. Drawing outside of it does nothing. Without frames, of a box only its titles are drawn. */
export function createCanvas(theme: Theme, { frames = true } = {}): Canvas {
  let attrs = new Uint32Array(0);
  let chars: string[] = [];
  let columns = 0;
  let rows = 0;

  function put(x: number, y: number, char: string, attr: number) {
    if (x < 0 || y < 0 || x >= columns || y >= rows) return;
    const at = y * columns + x;
    attrs[at] = attr;
    chars[at] = char;
  }

  /** What is drawn over the second half of a wide character takes the whole of it away: the terminal would show both. */
  function cut(x: number, y: number) {
    if (x <= 0 || x >= columns || y < 0 || y >= rows) return;
    const at = y * columns + x - 1;
    if (charWidth(chars[at]!) === 2) chars[at] = ' ';
  }

  const spelled = (content: string): string =>
    theme.ascii ? content.replaceAll(enterSign, 'Enter') : content;

  function text(
    x: number,
    y: number,
    width: number,
    content: string,
    style: Style = 'text',
    ground?: Backdrop,
  ) {
    const room = Math.min(width, columns - x);
    if (room <= 0 || content === '') return 0;
    const attr = theme.attr(style, ground);
    const cells = cellsOf(sanitizeLine(spelled(content)), room);
    cut(x, y);
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      put(x + i, y, cell === '' ? ' ' : theme.ascii ? asciiText(cell) : cell, attr);
    }
    return cells.length;
  }

  function fill(rect: Rect, style: Style = 'text', ground?: Backdrop) {
    const attr = theme.attr(style, ground);
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      cut(rect.x, y);
      for (let x = rect.x; x < rect.x + rect.width; x++) put(x, y, ' ', attr);
    }
  }

  function line(x: number, y: number, width: number, spans: readonly TextSpan[], ground?: Backdrop) {
    let used = 0;
    for (const span of spans) used += text(x + used, y, width - used, span.text, span.style, ground);
    const attr = theme.attr('text', ground);
    for (let i = used; i < width; i++) put(x + i, y, ' ', attr);
  }

  function edges(rect: Rect, set: Border, attr: number) {
    const right = rect.x + rect.width - 1;
    const bottom = rect.y + rect.height - 1;
    for (let y = rect.y; y <= bottom; y++) cut(rect.x, y);
    for (let x = rect.x + 1; x < right; x++) {
      put(x, rect.y, set.across, attr);
      put(x, bottom, set.across, attr);
    }
    for (let y = rect.y + 1; y < bottom; y++) {
      put(rect.x, y, set.down, attr);
      put(right, y, set.down, attr);
    }
    put(rect.x, rect.y, set.topLeft, attr);
    put(right, rect.y, set.topRight, attr);
    put(rect.x, bottom, set.bottomLeft, attr);
    put(right, bottom, set.bottomRight, attr);
  }

  function box(rect: Rect, { focused, style: chosen, title, note, foot }: BoxOptions): Rect {
    const set = bordersOf(theme, focused);
    const style: Style = chosen ?? (focused ? 'focus' : 'border');
    const right = rect.x + rect.width - 1;
    const bottom = rect.y + rect.height - 1;
    if (frames) edges(rect, set, theme.attr(style));
    const room = rect.width - 4;
    const noteCells = note ? cellsOf(sanitizeLine(spelled(note)), Math.max(0, room >> 1)).length : 0;
    if (title) text(rect.x + 2, rect.y, room - noteCells - 1, title, focused ? 'focus' : 'strong');
    if (note) text(right - 1 - noteCells, rect.y, noteCells, note, 'dim');
    if (foot) {
      const cells = cellsOf(sanitizeLine(spelled(foot)), room).length;
      text(right - 1 - cells, bottom, cells, foot, 'dim');
    }
    return { x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: rect.height - 2 };
  }

  return {
    get width() {
      return columns;
    },
    get height() {
      return rows;
    },
    get attrs() {
      return attrs;
    },
    get chars() {
      return chars;
    },
    theme,
    spelled,
    reset(width, height) {
      if (width !== columns || height !== rows) {
        columns = width;
        rows = height;
        attrs = new Uint32Array(width * height);
        chars = new Array<string>(width * height);
      }
      attrs.fill(theme.attr('text'));
      chars.fill(' ');
    },
    text,
    line,
    fill,
    box,
    row(y) {
      let out = '';
      let x = 0;
      while (x < columns) {
        const cell = chars[y * columns + x]!;
        out += cell;
        x += cellsOf(cell, 2).length || 1;
      }
      return out;
    },
  };
}

const bordersOf = ({ ascii }: Theme, heavy: boolean): Border =>
  ascii ? borders[heavy ? 'asciiHeavy' : 'ascii'] : borders[heavy ? 'heavy' : 'light'];
