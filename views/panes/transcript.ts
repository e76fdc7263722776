/** The transcript of a run: its last lines when the pane follows, else the lines at which the person stopped. */
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { plural } from '../../src/domain/platform/units.js';
import { textWidth, wrap } from '../../src/domain/platform/width.js';
import type { Canvas, Rect } from '../canvas.js';
import type { Model, TranscriptView } from '../model.js';
import type { Style } from '../theme.js';
import type { TranscriptPane } from '../ui/state.js';

/** Paints the lines of a transcript into a rectangle without a border. */
export function paintLines(canvas: Canvas, inside: Rect, pane: TranscriptPane, model: Model) {
  const view = model.transcripts[pane];
  const words = model.ui.searches[pane];
  if (!view || view.lines.length === 0) {
    wrap(emptyText(view), inside.width - 2).forEach((text, at) => {
      canvas.text(inside.x + 1, inside.y + at, inside.width - 2, text, 'dim');
    });
    return;
  }
  const rows = lastRows(view, model.ui.bottoms[pane], inside.width, inside.height);
  rows.forEach((row, at) => {
    canvas.text(inside.x, inside.y + at, inside.width, row.text, row.style);
    if (words) markWords(canvas, { ...inside, y: inside.y + at }, row.text, words);
  });
}

function emptyText(view: TranscriptView | undefined): string {
  if (!view) return 'The task has no run yet. w l launches the wave.';
  return view.live ? 'The agent has not written a line yet.' : 'This run ended without writing a line.';
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
function markWords(canvas: Canvas, { x, y, width }: Rect, text: string, words: string) {
  const low = text.toLowerCase();
  const wanted = words.toLowerCase();
  // In a text that changes its length in lower case, positions would be wrong.
  if (low.length !== text.length) return;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, at + wanted.length)) {
    const before = textWidth(text.slice(0, at));
    canvas.text(x + before, y, width - before, text.slice(at, at + wanted.length), 'strong', 'selected');
  }
}

interface Row {
  text: string;
  style: Style;
}

const cacheLimit = 4000;
let cache = new Map<string, readonly Row[]>();
let cacheWidth = 0;

/** Wraps upwards from the bottom line until the pane is full: the cost is the pane, not the transcript. */
function lastRows(view: TranscriptView, bottom: number | undefined, width: number, height: number): Row[] {
  const first = view.total - view.lines.length + 1;
  const rows: Row[] = [];
  // The line at which the person stopped may no longer be kept: then the oldest kept lines are shown.
  if (bottom !== undefined && bottom <= lowestBottom(view, width, height)) {
    for (const line of view.lines) {
      rows.push(...rowsOf(line, width));
      if (rows.length >= height) break;
    }
    return rows.slice(0, height);
  }
  const last = Math.min(bottom ?? view.total, view.total);
  for (let number = last; number >= first && rows.length < height; number--) {
    rows.unshift(...rowsOf(view.lines[number - first]!, width));
  }
  return rows.slice(-height);
}

/** The last line in the pane when the first one in memory is at its top: as far up as it scrolls. */
export function lowestBottom(view: TranscriptView, width: number, height: number): number {
  const first = view.total - view.lines.length + 1;
  let rows = 0;
  for (let number = first; number <= view.total; number++) {
    rows += rowsOf(view.lines[number - first]!, width).length;
    if (rows > height) return Math.max(first, number - 1);
  }
  return view.total;
}

function rowsOf(raw: string, width: number): readonly Row[] {
  if (width !== cacheWidth || cache.size > cacheLimit) {
    cache = new Map();
    cacheWidth = width;
  }
  const known = cache.get(raw);
  if (known) return known;
  const line = sanitizeLine(raw);
  const style = styleOf(line);
  const rows = wrap(line, width).map((text) => ({ text, style }));
  cache.set(raw, rows);
  return rows;
}

/** Commands, edits and failures stand out; the rest is plain text. */
function styleOf(line: string): Style {
  const text = line.replace(/^\d\d:\d\d(:\d\d)?\s+/, '');
  if (/^(\$|>)\s/.test(text)) return 'info';
  if (/^(✗|error\b|fail(ed|ure)?\b|denied\b|FAIL\b)/i.test(text)) return 'bad';
  if (/^(✓|PASS\b|ok\b)/.test(text)) return 'good';
  if (/^(edit|✎|\+\+\+|patch)\b/.test(text)) return 'accent';
  if (/^(asks|because|answer): /.test(text)) return 'warn';
  if (/^(thinking|thought|·)/.test(text)) return 'dim';
  return 'text';
}

/** Rows of text the pane has, for paging. */
export function transcriptHeight(rect: Rect | undefined): number {
  return rect ? Math.max(1, rect.height - 2) : 1;
}
