/** One frame: header, panes, footer, what lies over them. A pure function of the model, onto a canvas. */
import { sanitizeLine } from '../src/domain/platform/sanitize.js';
import { fitText, textWidth, wrap } from '../src/domain/platform/width.js';
import type { Canvas } from './canvas.js';
import { paintConflict } from './conflict/paint.js';
import { paintInspector } from './inspector/paint.js';
import { type Layout, layoutOf, type PaneId } from './layout.js';
import type { Model } from './model.js';
import { paintMonitor } from './monitor/paint.js';
import { paintApproval } from './overlays/approval.js';
import { choiceNow, paintChoice } from './overlays/choice.js';
import { paintDetail } from './overlays/detail.js';
import { paintForm } from './overlays/form-paint.js';
import { paintChordMenu, paintHelp } from './overlays/help.js';
import { paintPalette } from './overlays/palette.js';
import { paintAttention } from './panes/attention.js';
import { paintFleet } from './panes/fleet.js';
import { paintFooter } from './panes/footer.js';
import { paintHeader } from './panes/header.js';
import { paintLog, paintLogLine } from './panes/log.js';
import { paintMerge } from './panes/merge.js';
import { paintPinned } from './panes/pinned.js';
import { paintPlan } from './panes/plan.js';
import { paintTasks } from './panes/tasks.js';
import { paintWorktrees } from './panes/worktrees.js';
import { paintReview } from './review/paint.js';
import type { UiState } from './ui/state.js';

/** The layout for what the person chose. */
export function currentLayout(ui: UiState, width: number, height: number): Layout {
  return layoutOf(width, height, { ...ui, pinned: ui.pinned !== undefined });
}

/** Paints everything; every cell of the canvas is set. */
export function paintFrame(canvas: Canvas, model: Model, width: number, height: number) {
  canvas.reset(width, height);
  const { ui } = model;
  const layout = currentLayout(ui, width, height);
  if (layout.tooSmall) {
    canvas.text(0, 0, width, 'terminal too small', 'warn');
    canvas.text(0, 1, width, `${width}x${height}, needs 40x10`, 'dim');
    wrap('Agents go on. Make it larger, or q quits.', width).forEach((text, at) => {
      canvas.text(0, 2 + at, width, text, 'dim');
    });
    return;
  }
  if (ui.conflict) paintConflict(canvas, model, ui.conflict, width, height);
  else if (ui.review) paintReview(canvas, model, ui.review, width, height);
  else paintPanes(canvas, layout, model);
  paintFooter(canvas, { x: 0, y: height - 1, width, height: 1 }, model);
  for (const overlay of ui.overlays) {
    switch (overlay.type) {
      case 'help':
        paintHelp(canvas, overlay, model);
        break;
      case 'palette':
        paintPalette(canvas, overlay, model);
        break;
      case 'approval':
        paintApproval(canvas, overlay, model);
        break;
      case 'choice':
        paintChoice(canvas, choiceNow(overlay, model.state));
        break;
      case 'form':
        paintForm(canvas, overlay);
        break;
      case 'detail':
        paintDetail(canvas, overlay);
        break;
    }
  }
  if (ui.toast && ui.toast.until > model.now) paintToast(canvas, ui.toast);
  // The person is choosing from it.
  if (ui.chord.length > 0) paintChordMenu(canvas, model);
}

function paintPanes(canvas: Canvas, layout: Layout, model: Model) {
  paintHeader(canvas, { x: 0, y: 0, width: canvas.width, height: 1 }, model, layout);
  for (const pane of Object.keys(layout.panes) as PaneId[]) paintPane(canvas, pane, layout, model);
  if (layout.attention) paintAttention(canvas, layout.attention, model);
  if (layout.logLine) paintLogLine(canvas, layout.logLine, model, layout);
}

function paintPane(canvas: Canvas, pane: PaneId, layout: Layout, model: Model) {
  const rect = layout.panes[pane];
  if (!rect) return;
  switch (pane) {
    case 'tasks':
      return paintTasks(canvas, rect, model);
    case 'worktrees':
      return paintWorktrees(canvas, rect, model);
    case 'merge':
      return paintMerge(canvas, rect, model);
    case 'inspector':
      return paintInspector(canvas, rect, model);
    case 'pinned':
      return paintPinned(canvas, rect, model);
    case 'log':
      return paintLog(canvas, rect, model);
    case 'fleet':
      return paintFleet(canvas, rect, model);
    case 'plan':
      return paintPlan(canvas, rect, model);
    case 'monitor':
      return paintMonitor(canvas, rect, model);
  }
}

/** A key that did nothing is told without the sign of what went well. */
const toastLooks = {
  done: { sign: '✓', style: 'good' },
  info: { sign: '·', style: 'text' },
  error: { sign: '✗', style: 'bad' },
} as const;

/** Lines of what happened that are shown; more stands in the log. */
const toastLines = 4;

/** A short word about what just happened, above the log and the footer, which go on to be seen. */
function paintToast(canvas: Canvas, toast: NonNullable<UiState['toast']>) {
  const { sign, style } = toastLooks[toast.level];
  const room = canvas.width - 10;
  const all = wrap(sanitizeLine(toast.text), room);
  const lines = all.slice(0, toastLines);
  if (all.length > toastLines) lines.push(fitText(`${lines.pop()} …`, room).trimEnd());
  const width = Math.max(...lines.map(textWidth)) + 6;
  const height = lines.length + 2;
  const rect = { x: canvas.width - width - 2, y: Math.max(0, canvas.height - 3 - height), width, height };
  canvas.fill(rect);
  const inside = canvas.box(rect, { focused: false });
  lines.forEach((line, at) => {
    canvas.text(inside.x, inside.y + at, inside.width, ` ${at === 0 ? sign : ' '} ${line}`, style);
  });
}
