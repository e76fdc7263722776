/** Lines of a drawing that meet and cross: each cell knows in which directions it goes on. */
import type { Canvas, Rect } from '../canvas.js';

const up = 1;
const right = 2;
const down = 4;
const left = 8;

/** By the directions of a cell: up 1, right 2, down 4, left 8. */
const light = [...' ╵╶└╷│┌├╴┘─┴┐┤┬┼'];
const heavy = [...' ╹╺┗╻┃┏┣╸┛━┻┓┫┳╋'];
const ascii = [...' |-+||++-+-++++++'];

export interface Lines {
  /** A line in row `y` from one column to another, both included. */
  across(from: number, to: number, y: number, bold: boolean): void;
  /** A line in column `x`. */
  down(x: number, from: number, to: number, bold: boolean): void;
  /** Paints what of it is in the rectangle when `view` is at its left and top; its first row stays free. */
  paint(canvas: Canvas, rect: Rect, view: { x: number; y: number }): void;
}

export function createLines(): Lines {
  const cells = new Map<string, { x: number; y: number; ways: number; bold: number }>();

  function add(x: number, y: number, ways: number, bold: boolean) {
    const key = `${x} ${y}`;
    const cell = cells.get(key) ?? { x, y, ways: 0, bold: 0 };
    cell.ways |= ways;
    if (bold) cell.bold |= ways;
    cells.set(key, cell);
  }

  return {
    across(from, to, y, bold) {
      for (let x = Math.min(from, to); x < Math.max(from, to); x++) {
        add(x, y, right, bold);
        add(x + 1, y, left, bold);
      }
    },
    down(x, from, to, bold) {
      for (let y = Math.min(from, to); y < Math.max(from, to); y++) {
        add(x, y, down, bold);
        add(x, y + 1, up, bold);
      }
    },
    paint(canvas, rect, view) {
      for (const cell of cells.values()) {
        const x = cell.x - view.x;
        const y = cell.y - view.y;
        if (x < 0 || x >= rect.width || y < 1 || y >= rect.height) continue;
        // Where a bold line crosses a light one, the bold one is followed by the eye.
        const bold = cell.bold > 0;
        const set = canvas.theme.ascii ? ascii : bold ? heavy : light;
        const ways = bold && cell.bold !== cell.ways && crosses(cell.bold) ? cell.bold : cell.ways;
        canvas.text(rect.x + x, rect.y + y, 1, set[ways]!, bold ? 'warn' : 'border');
      }
    },
  };
}

const crosses = (ways: number): boolean => ways === (left | right) || ways === (up | down);
