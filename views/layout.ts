/** Where each pane goes at a size. Pure. */
import type { Rect } from './canvas.js';

export type PaneId = 'tasks' | 'worktrees' | 'merge' | 'transcript' | 'pinned' | 'log';

export interface Layout {
  /** The terminal is too small for panes: one sentence says so. */
  tooSmall: boolean;
  /** One pane at a time, with a strip of tabs in place of the header. */
  single: boolean;
  panes: Partial<Record<PaneId, Rect>>;
}

export interface LayoutChoice {
  focus: PaneId;
  zoom: boolean;
  /** -1, 0, 1, 2: how much of the height the transcript takes. */
  split: number;
  log: boolean;
  pinned: boolean;
}

const shares = [0.18, 0.3, 0.48, 0.66];

/** Rectangles of the panes shown at this size; header is row 0, footer the last row. */
export function layoutOf(width: number, height: number, choice: LayoutChoice): Layout {
  if (width < 40 || height < 10) return { tooSmall: true, single: false, panes: {} };
  const body: Rect = { x: 0, y: 1, width, height: height - 2 };
  const single = width < 60 || height < 16;
  if (single || choice.zoom) return { tooSmall: false, single, panes: { [choice.focus]: body } };
  const share = shares[choice.split + 1] ?? 0.3;
  return { tooSmall: false, single: false, panes: (width >= 160 ? wide : medium)(body, share, choice) };
}

/** Tasks beside worktrees over merge; transcript below over the whole width; log when there is room. */
function medium(body: Rect, share: number, choice: LayoutChoice): Layout['panes'] {
  const logHeight = choice.log ? (body.width >= 100 && body.height >= 30 ? 4 : 0) : 0;
  const rest = body.height - logHeight;
  const transcriptHeight = clamp(Math.round(rest * share), 4, rest - 8);
  const top = rest - transcriptHeight;
  const left = Math.round(body.width * (body.width >= 100 ? 0.52 : 0.575));
  const right = body.width - left;
  const worktreesHeight = clamp(Math.round(top * 0.46), 4, top - 4);
  return {
    tasks: { x: 0, y: body.y, width: left, height: top },
    worktrees: { x: left, y: body.y, width: right, height: worktreesHeight },
    merge: { x: left, y: body.y + worktreesHeight, width: right, height: top - worktreesHeight },
    transcript: { x: 0, y: body.y + top, width: body.width, height: transcriptHeight },
    ...(logHeight > 0
      ? { log: { x: 0, y: body.y + rest, width: body.width, height: logHeight } }
      : choice.focus === 'log'
        ? {
            transcript: undefined,
            log: { x: 0, y: body.y + top, width: body.width, height: transcriptHeight },
          }
        : {}),
  };
}

/** Tasks left, one or two transcripts right; worktrees and merge below; log at the bottom. */
function wide(body: Rect, share: number, choice: LayoutChoice): Layout['panes'] {
  const logHeight = choice.log ? clamp(Math.round(body.height * 0.1), 4, 6) : 0;
  const rest = body.height - logHeight;
  const low = clamp(Math.round(rest * (0.57 - share)), 5, rest - 10);
  const top = rest - low;
  const left = Math.round(body.width * 0.4);
  const right = body.width - left;
  const first = choice.pinned ? Math.ceil(top / 2) : top;
  return {
    tasks: { x: 0, y: body.y, width: left, height: top },
    transcript: { x: left, y: body.y, width: right, height: first },
    ...(choice.pinned ? { pinned: { x: left, y: body.y + first, width: right, height: top - first } } : {}),
    worktrees: { x: 0, y: body.y + top, width: left, height: low },
    merge: { x: left, y: body.y + top, width: right, height: low },
    ...(logHeight > 0 ? { log: { x: 0, y: body.y + rest, width: body.width, height: logHeight } } : {}),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Panes in the order Tab goes through them: those on screen, or all when only one is shown. */
export function paneOrder(layout: Layout, choice: LayoutChoice): PaneId[] {
  const all: PaneId[] = ['tasks', 'worktrees', 'merge', 'transcript', 'pinned', 'log'];
  if (layout.single || choice.zoom || layout.tooSmall) {
    return all.filter((pane) => pane !== 'pinned' || choice.pinned);
  }
  return all.filter((pane) => layout.panes[pane]);
}
