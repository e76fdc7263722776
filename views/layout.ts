/** Where each pane goes at a size. Pure. */
import type { Rect } from './canvas.js';

/** Pages that take the whole screen while they are looked at. */
const wholePages = ['log', 'fleet', 'plan', 'monitor'] as const;
export type WholePage = (typeof wholePages)[number];
export type PaneId = 'tasks' | 'inspector' | 'merge' | 'worktrees' | 'pinned' | WholePage;

export const isWholePage = (pane: PaneId): pane is WholePage => wholePages.some((page) => page === pane);

export interface Layout {
  /** The terminal is too small for panes: one sentence says so. */
  tooSmall: boolean;
  /** One pane at a time, with a strip of tabs in place of the header. */
  single: boolean;
  panes: Partial<Record<PaneId, Rect>>;
  /** The line below the header that names what needs a person. */
  attention?: Rect;
  /** The newest line of the log, above the footer. */
  logLine?: Rect;
}

export interface LayoutChoice {
  focus: PaneId;
  zoom: boolean;
  /** -1, 0, 1, 2: how much room the inspector takes from the list. */
  split: number;
  log: boolean;
  pinned: boolean;
}

/** The inspector's share of the width beside the list, and of the height below it. */
const beside = [0.3, 0.4, 0.55, 0.7];
/** The share of the inspector and a pinned transcript together. */
const besideBoth = [0.5, 0.62, 0.7, 0.76];
const below = [0.3, 0.42, 0.6, 0.75];

/** Rectangles of what is shown at this size; the header is row 0, the footer the last row. */
export function layoutOf(width: number, height: number, choice: LayoutChoice): Layout {
  if (width < 40 || height < 10) return { tooSmall: true, single: false, panes: {} };
  const single = width < 60 || height < 16;
  const row = (y: number): Rect => ({ x: 0, y, width, height: 1 });
  const attention = single ? undefined : row(1);
  const logLine = choice.log && !single && height >= 20 ? row(height - 2) : undefined;
  const top = attention ? 2 : 1;
  const body: Rect = { x: 0, y: top, width, height: height - top - (logLine ? 2 : 1) };
  return {
    tooSmall: false,
    single,
    ...(attention ? { attention } : {}),
    ...(logLine ? { logLine } : {}),
    panes:
      single || choice.zoom || isWholePage(choice.focus) ? { [choice.focus]: body } : panesOf(body, choice),
  };
}

function panesOf(body: Rect, choice: LayoutChoice): Layout['panes'] {
  if (body.width < 100) return stacked(body, choice);
  return body.height < 26 ? sideBySide(body, choice) : withBand(body, choice);
}

/** The list over the inspector: for narrow terminals. */
function stacked(body: Rect, choice: LayoutChoice): Layout['panes'] {
  const low = clamp(Math.round(body.height * share(below, choice)), 4, body.height - 6);
  return {
    tasks: { ...body, height: body.height - low },
    inspector: { ...body, y: body.y + body.height - low, height: low },
  };
}

/** The list beside the inspector; from 160 columns on with a pinned transcript beside that. */
function sideBySide(body: Rect, choice: LayoutChoice): Layout['panes'] {
  const both = choice.pinned && body.width >= 160;
  const right = Math.round(body.width * share(both ? besideBoth : beside, choice));
  const left = body.width - right;
  const tasks = { ...body, width: left };
  const inspector = { ...body, x: body.x + left, width: right };
  if (!both) return { tasks, inspector };
  const first = Math.ceil(right / 2);
  return {
    tasks,
    inspector: { ...inspector, width: first },
    pinned: { ...inspector, x: inspector.x + first, width: right - first },
  };
}

/** The same over a band of merge predictions and worktrees. */
function withBand(body: Rect, choice: LayoutChoice): Layout['panes'] {
  const band = clamp(Math.round(body.height * 0.2), 6, 14);
  const low = { ...body, y: body.y + body.height - band, height: band };
  const left = Math.round(body.width * 0.44);
  return {
    ...sideBySide({ ...body, height: body.height - band }, choice),
    merge: { ...low, width: left },
    worktrees: { ...low, x: left, width: body.width - left },
  };
}

const share = (shares: readonly number[], { split }: LayoutChoice): number => shares[split + 1] ?? shares[1]!;

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Panes in the order Tab goes through them: those on screen, or all when only one is shown. */
export function paneOrder(layout: Layout, choice: LayoutChoice): PaneId[] {
  const all: PaneId[] = ['tasks', 'inspector', 'merge', 'worktrees', 'pinned', ...wholePages];
  if (layout.single || choice.zoom || layout.tooSmall || isWholePage(choice.focus)) {
    // The log stands in the strip of tabs; the other pages are a key away and no station on the way.
    return all.filter((pane) =>
      isWholePage(pane) ? pane === 'log' || pane === choice.focus : pane !== 'pinned' || choice.pinned,
    );
  }
  return all.filter((pane) => layout.panes[pane]);
}
