/** The command log: what this program did, newest first. */
import type { Canvas, Rect } from '../canvas.js';
import type { Model } from '../model.js';
import { logRowsOf } from '../ui/rows.js';
import { paintList } from './list.js';

export function paintLog(canvas: Canvas, rect: Rect, { state, ui }: Model) {
  paintList(canvas, rect, {
    rows: logRowsOf(state, ui),
    ui: ui.lists.log,
    focused: ui.focus === 'log',
    title: 'Command log',
    note: '@ hide',
    empty: ['No command has run yet.'],
    spans: (line) => [
      { text: `${clock(line.at)} `, style: 'faint' },
      { text: line.text, style: line.level === 'error' ? 'bad' : 'dim' },
    ],
  });
}

/** Local time of day, HH:MM:SS. */
function clock(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '        ' : date.toTimeString().slice(0, 8);
}
