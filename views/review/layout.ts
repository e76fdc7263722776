/** Where the parts of the page stand. Pure. */
import type { Rect } from '../canvas.js';
import type { ReviewUi } from './state.js';

export interface ReviewLayout {
  body: Rect;
  files?: Rect;
  changes?: Rect;
  why?: Rect;
}

/**
 * From this width on the files stand beside the diff. From the next one on, which the diff has on a screen of 160
 * columns, its sides stand beside one another: with less room most lines would be cut.
 */
const besideFrom = 110;
const splitFrom = 113;

/** Two lines above and two below are taken; the transcript, when it is shown, stands over the lower ones. */
export function reviewLayout(
  width: number,
  height: number,
  ui: Pick<ReviewUi, 'focus' | 'why'>,
): ReviewLayout {
  const below = ui.why ? Math.max(5, Math.min(14, Math.floor(height / 4))) : 0;
  const body: Rect = { x: 0, y: 2, width, height: height - 4 - below };
  const why = ui.why ? { why: { x: 0, y: body.y + body.height, width, height: below } } : {};
  if (width < besideFrom) return { body, [ui.focus]: body, ...why };
  const side = Math.min(48, Math.max(32, Math.round(width * 0.28)));
  return {
    body,
    files: { ...body, width: side },
    changes: { ...body, x: side, width: width - side },
    ...why,
  };
}

/** How the rows of the diff stand. */
export interface RowsFit {
  /** Its sides stand beside one another. */
  split: boolean;
  /** Columns within the border of its pane; absent: there is no pane, and no row is too long. */
  inside?: number;
}

/** How they stand on a screen of this size. */
export function rowsFit(width: number, height: number, ui: ReviewUi): Required<RowsFit> {
  const { changes, body } = reviewLayout(width, height, ui);
  const inside = (changes ?? body).width - 2;
  return { split: ui.split === 'auto' ? inside >= splitFrom : ui.split === 'on', inside };
}
