/** A page of text to read: a task, or the data a command gave back. */
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { wrapIndented } from '../../src/domain/platform/width.js';
import type { Canvas } from '../canvas.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { Overlay, TextLine } from './types.js';

/** Columns that a page has at most: a terminal of 120 columns is filled. */
const pageWidth = 116;

type DetailOverlay = Extract<Overlay, { type: 'detail' }>;

export function detailOverlay(title: string, lines: readonly TextLine[]): DetailOverlay {
  return { type: 'detail', title, lines, top: 0 };
}

export function paintDetail(canvas: Canvas, overlay: DetailOverlay) {
  const width = readingWidth(canvas, pageWidth);
  const lines = wrapped(overlay, width);
  const inside = overlayFrame(canvas, {
    width,
    height: Math.max(6, Math.min(lines.length + 1, rowsIn(canvas.height))),
    title: overlay.title,
    foot: `${offerWords(overlay, canvas)}${lines.length > rowsIn(canvas.height) ? '↑↓ scroll  ' : ''}Esc close`,
  });
  const top = Math.max(0, Math.min(overlay.top, lines.length - inside.height));
  lines.slice(top, top + inside.height).forEach((line, at) => {
    canvas.text(inside.x, inside.y + at, inside.width, line.text, line.style);
  });
}

/** Whether the last line of the page is on a screen of this size: what is offered comes after reading. */
export const isAtEnd = (overlay: DetailOverlay, size: { width: number; height: number }): boolean =>
  overlay.top >= detailLimit(overlay, size);

function offerWords(overlay: DetailOverlay, size: { width: number; height: number }): string {
  if (!overlay.offer) return '';
  return isAtEnd(overlay, size) ? `y ${overlay.offer.label}  ` : `read on to ${overlay.offer.label}  `;
}

let last: { lines: unknown; width: number; wrapped: TextLine[] } | undefined;

function wrapped(overlay: DetailOverlay, width: number): TextLine[] {
  if (last?.lines !== overlay.lines || last.width !== width) {
    const all = overlay.lines.flatMap((line) => {
      return wrapIndented(sanitizeLine(line.text), width).map((text) => ({ text, style: line.style }));
    });
    last = { lines: overlay.lines, width, wrapped: all };
  }
  return last.wrapped;
}

/** Rows of a page on a screen of this height. */
const rowsIn = (height: number): number => height - 6;

/** The last line that may stand at the top on a screen of this size. */
export function detailLimit(overlay: DetailOverlay, size: { width: number; height: number }): number {
  const lines = wrapped(overlay, readingWidth(size, pageWidth));
  return Math.max(0, lines.length - rowsIn(size.height));
}
