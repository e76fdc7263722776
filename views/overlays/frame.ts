/** The frame of an overlay: centred, framed, emptied, with a title and the keys that work in it. */
import type { Canvas, Rect } from '../canvas.js';

/** Clears and frames a centred rectangle; gives the inside. Sizes are of the inside and are cut to the screen. */
export function overlayFrame(
  canvas: Canvas,
  size: { width: number; height: number; title: string; foot?: string },
): Rect {
  const width = Math.min(canvas.width - 2, size.width + 4);
  const height = Math.min(canvas.height - 2, size.height + 2);
  const rect: Rect = {
    x: Math.floor((canvas.width - width) / 2),
    y: Math.max(1, Math.floor((canvas.height - height) / 2.4)),
    width,
    height,
  };
  canvas.fill(rect);
  const inside = canvas.box(rect, { focused: true, title: size.title, foot: size.foot });
  return { x: inside.x + 1, y: inside.y, width: inside.width - 2, height: inside.height };
}

/** Columns for an overlay with long lines: most of the screen, up to a width that still reads well. */
export function readingWidth(canvas: { width: number }, limit = 96): number {
  return Math.max(20, Math.min(limit, canvas.width - 6));
}
