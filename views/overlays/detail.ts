/** A page of text to read: a task, or the data a command gave back. */
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { wrap } from '../../src/domain/platform/width.js';
import type { Canvas } from '../canvas.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { Overlay, TextLine } from './types.js';

type DetailOverlay = Extract<Overlay, { type: 'detail' }>;

export function detailOverlay(title: string, lines: readonly TextLine[]): Overlay {
  return { type: 'detail', title, lines, top: 0 };
}

export function paintDetail(canvas: Canvas, overlay: DetailOverlay) {
  const width = readingWidth(canvas, 110);
  const lines = wrapped(overlay, width);
  const inside = overlayFrame(canvas, {
    width,
    height: Math.max(6, Math.min(lines.length + 1, canvas.height - 6)),
    title: overlay.title,
    foot: lines.length > canvas.height - 8 ? '↑↓ scroll  Esc close' : 'Esc close',
  });
  const top = Math.max(0, Math.min(overlay.top, lines.length - inside.height));
  lines.slice(top, top + inside.height).forEach((line, at) => {
    canvas.text(inside.x, inside.y + at, inside.width, line.text, line.style);
  });
}

let last: { lines: unknown; width: number; wrapped: TextLine[] } | undefined;

function wrapped(overlay: DetailOverlay, width: number): TextLine[] {
  if (last?.lines !== overlay.lines || last.width !== width) {
    const all = overlay.lines.flatMap((line) => {
      const text = sanitizeLine(line.text);
      const indent = ' '.repeat(Math.min(12, text.length - text.trimStart().length));
      return wrap(text.trimStart(), width - indent.length).map((part) => ({
        text: indent + part,
        style: line.style,
      }));
    });
    last = { lines: overlay.lines, width, wrapped: all };
  }
  return last.wrapped;
}
