/** Where the parts of the page stand. Pure. */
import type { Rect } from '../canvas.js';
import type { ConflictUi } from './state.js';

export interface ConflictLayout {
  body: Rect;
  files?: Rect;
  hunk?: Rect;
}

/** From this width on the files stand beside the hunk. */
const besideFrom = 110;
/** Columns that two sides, and all three, need to stand beside one another: with less most lines would be cut. */
const twoFrom = 76;
const threeFrom = 132;

/** Two lines above and two below are taken. */
export function conflictLayout(
  width: number,
  height: number,
  { focus }: Pick<ConflictUi, 'focus'>,
): ConflictLayout {
  const body: Rect = { x: 0, y: 2, width, height: height - 4 };
  if (width < besideFrom) return { body, [focus]: body };
  const side = Math.min(44, Math.max(32, Math.round(width * 0.26)));
  return { body, files: { ...body, width: side }, hunk: { ...body, x: side, width: width - side } };
}

/** Columns of the number and the sign before a line. */
export const lineMargin = 7;

/**
 * How many sides stand beside one another in a pane of this width: as many as have room, and of themselves only where
 * no line would be cut that has room when they stand below one another.
 * @param longest columns of the longest line of the sides
 */
export function sidesBeside(width: number, { split }: Pick<ConflictUi, 'split'>, longest: number): 1 | 2 | 3 {
  if (split === 'off') return 1;
  const inside = width - 2;
  const most = inside >= threeFrom ? 3 : inside >= twoFrom || split === 'on' ? 2 : 1;
  if (split === 'on') return most;
  const fits = (count: number) => Math.floor((inside - count + 1) / count) - lineMargin >= longest;
  if (!fits(1)) return most;
  return most === 3 && fits(3) ? 3 : most >= 2 && fits(2) ? 2 : 1;
}
