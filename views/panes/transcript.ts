/** The transcript of a run: its last lines when the pane follows, else the lines at which the person stopped. */
import { planWords } from '../../src/domain/agents/transcript/plan.js';
import { obstacleOf } from '../../src/domain/app/attention.js';
import { plural } from '../../src/domain/platform/units.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { keysToSettle } from '../hints.js';
import { taskLines } from '../inspector/task-page.js';
import { wrappedLine } from '../inspector/wrapped.js';
import { keysFor } from '../keymap.js';
import type { Model, TranscriptView } from '../model.js';
import type { TextLine } from '../overlays/types.js';
import { selectedTask } from '../ui/calls.js';
import type { TranscriptPane } from '../ui/state.js';
import { columnAt, lastRows, type PaneRow } from './transcript-rows.js';

/** Paints the lines of a transcript into a rectangle without a border, its plan on top. */
export function paintLines(canvas: Canvas, inside: Rect, pane: TranscriptPane, model: Model) {
  const view = model.transcripts[pane];
  const words = model.ui.searches[pane];
  if (!view || view.lines.length === 0) {
    paintEmpty(canvas, inside, view, model);
    return;
  }
  const plan = planRows(view, inside);
  plan.forEach((spans, at) => {
    canvas.line(inside.x, inside.y + at, inside.width, spans);
  });
  const y = inside.y + plan.length;
  const opens = keysFor(model.keymap, 'ui.unfold');
  const room = { width: inside.width, height: inside.height - plan.length, ...(opens ? { opens } : {}) };
  lastRows(view, model.ui.bottoms[pane], model.ui.opened[pane], room).forEach((row, at) => {
    canvas.line(inside.x, y + at, inside.width, row.spans, row.ground);
    if (words) markWords(canvas, { ...inside, y: y + at }, row, words);
  });
}

/** From this height on the steps of the plan stand on top; below it only how far it has come. */
const stepsFrom = 18;
/** From this height on there is room for the plan at all. */
const planFrom = 8;
/** Steps shown at once, around the one that is being done. */
const stepsShown = 5;

/** What the agent means to do, to stand above its transcript; empty without a plan. */
function planRows(
  { plan = [] }: TranscriptView,
  { width, height }: Pick<Rect, 'width' | 'height'>,
): TextSpan[][] {
  if (plan.length === 0 || height < planFrom) return [];
  const head: TextSpan[] = [{ text: planWords(plan), style: 'info' }];
  const current = plan.findIndex(({ state }) => state !== 'done');
  if (height < stepsFrom || current < 0) return [head];
  const from = Math.max(0, Math.min(current - 1, plan.length - stepsShown));
  return [
    head,
    ...plan.slice(from, from + stepsShown).map(({ text, state }): TextSpan[] => [
      { text: { done: ' ✓ ', doing: ' ▶ ', open: ' ○ ' }[state], style: state === 'done' ? 'good' : 'info' },
      { text, style: state === 'done' ? 'dim' : state === 'doing' ? 'strong' : 'text' },
    ]),
    [{ text: '╌'.repeat(width), style: 'border' }],
  ];
}

/** Without a line to show: what is in the way, or how to go on and what the task is about. */
function paintEmpty(canvas: Canvas, inside: Rect, view: TranscriptView | undefined, model: Model) {
  const obstacle = view ? undefined : obstacleOf(model.state);
  const task = view || obstacle ? undefined : selectedTask(model);
  const lines: TextLine[] = obstacle
    ? [obstacle.text, '', obstacle.hint ?? ''].map((text) => ({ text, style: 'text' }))
    : [{ text: emptyText(view, model), style: 'dim' }];
  const about = task ? [{ text: '' }, ...taskLines(task, model.state)] : [];
  [...lines, ...about]
    .flatMap((line) => wrappedLine(line, inside.width - 2))
    .slice(0, inside.height)
    .forEach(({ text, style }, at) => {
      canvas.text(inside.x + 1, inside.y + at, inside.width - 2, text, style);
    });
}

function emptyText(view: TranscriptView | undefined, model: Model): string {
  if (!view) return noRunText(model);
  return view.live ? 'The agent has not written a line yet.' : 'This run ended without writing a line.';
}

function noRunText(model: Model): string {
  const task = selectedTask(model);
  if (task && task.runIds.length > 0) return 'Reading the transcript…';
  if (task && task.status !== 'ready') return 'The task has no run.';
  if (task?.launch) return 'The task is in line: its agent starts by itself.';
  return `The task has no run yet. ${keysToSettle('ready', model)} launches the wave.`;
}

/** Whether the pane follows the end, or where it stays; `brief` where there is little room. */
export function followWords(view: TranscriptView, bottom: number | undefined, brief = false): string {
  if (bottom === undefined) return brief ? '▼' : 'follow ▼';
  const below = Math.max(0, view.total - bottom) / Math.max(1, view.lines.length);
  const percent = Math.max(0, Math.round((1 - below) * 100));
  return brief ? `${percent}%` : `stays at ${percent}%`;
}

/** The number of lines; a plus says that older ones were not counted. */
export function countOf({ total, hasOlder }: TranscriptView): string {
  return hasOlder ? `${total}+ lines` : plural(total, 'line');
}

/** Marks the words of the search, except where they are broken over two rows. */
function markWords(canvas: Canvas, { x, y, width }: Rect, row: PaneRow, words: string) {
  const { text } = row;
  const low = text.toLowerCase();
  const wanted = words.toLowerCase();
  // In a text that changes its length in lower case, positions would be wrong.
  if (low.length !== text.length) return;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, at + wanted.length)) {
    const before = columnAt(row, at);
    canvas.text(x + before, y, width - before, text.slice(at, at + wanted.length), 'strong', 'selected');
  }
}

/** Rows that are left for lines in this height, below the plan. */
export const linesHeight = (view: TranscriptView | undefined, height: number): number =>
  Math.max(1, height - (view && view.lines.length > 0 ? planRows(view, { width: 1, height }).length : 0));

/** Rows of lines that the pane has, for paging. */
export function transcriptHeight(rect: Rect | undefined, view: TranscriptView | undefined): number {
  return rect ? linesHeight(view, Math.max(1, rect.height - 2)) : 1;
}
