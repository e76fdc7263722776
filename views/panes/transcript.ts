/** The transcript of a run: the last lines when following, else where the person stopped. */
import { sanitizeLine } from '../../src/domain/sanitize.js';
import { wrap } from '../../src/domain/width.js';
import type { Canvas, Rect } from '../canvas.js';
import type { Model, TranscriptView } from '../model.js';
import type { Style } from '../theme.js';
import type { TranscriptPane } from '../ui/state.js';

export function paintTranscript(canvas: Canvas, rect: Rect, pane: TranscriptPane, model: Model) {
  const view = model.transcripts[pane];
  const bottom = model.ui.bottoms[pane];
  const number = pane === 'pinned' ? 5 : 4;
  const inside = canvas.box(rect, {
    focused: model.ui.focus === pane,
    title: view ? `${number} Transcript  ${titleOf(view)}` : `${number} Transcript`,
    note: view ? (bottom === undefined ? 'follow ▼' : `stays at ${share(bottom, view.total)}`) : undefined,
    foot: view && view.total > 0 ? `${view.total} line${view.total === 1 ? '' : 's'}` : undefined,
  });
  if (!view || view.lines.length === 0) {
    canvas.text(inside.x + 1, inside.y, inside.width - 2, emptyText(view), 'dim');
    return;
  }
  const rows = lastRows(view, bottom, inside.width, inside.height);
  rows.forEach((row, at) => {
    canvas.text(inside.x, inside.y + at, inside.width, row.text, row.style);
  });
}

function titleOf({ run, runId }: TranscriptView): string {
  if (!run) return runId;
  const how = run.status ?? run.phase;
  return `${run.task}  ${run.runner} · attempt ${run.attempt} · ${how}`;
}

function emptyText(view: TranscriptView | undefined): string {
  if (!view) return 'No run of the selected task yet. w l launches the wave.';
  return view.live ? 'Waiting for the first line…' : 'This run wrote nothing.';
}

function share(bottom: number, total: number): string {
  return `${total === 0 ? 100 : Math.min(100, Math.round((bottom / total) * 100))}%`;
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
  for (
    let number = Math.min(bottom ?? view.total, view.total);
    number >= first && rows.length < height;
    number--
  ) {
    rows.unshift(...rowsOf(view.lines[number - first]!, width));
  }
  return rows.slice(-height);
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
