/** The command log: what this program did, newest first. */
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { keysFor } from '../keymap.js';
import type { Layout } from '../layout.js';
import type { Model } from '../model.js';
import { inKeys } from '../ui/as-keys.js';
import { logRowsOf } from '../ui/rows.js';
import { paintList } from './list.js';

export function paintLog(canvas: Canvas, rect: Rect, { state, ui, keymap }: Model) {
  paintList(canvas, rect, {
    rows: logRowsOf(state, ui),
    ui: ui.lists.log,
    focused: ui.focus === 'log',
    title: 'Log',
    note: `${keysFor(keymap, 'ui.log')} back`,
    empty: ['No command has run yet.'],
    spans: (line) => [
      { text: `${clock(line.at)} `, style: 'faint' },
      { text: line.text, style: line.level === 'error' ? 'bad' : 'dim' },
    ],
  });
}

/** Local time of day, HH:MM:SS. */
export function clock(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '        ' : date.toTimeString().slice(0, 8);
}

/**
 * What was done last, in words, for the row above the footer; the calls that it took stand in the log alone. Beside it the
 * keys to the panes for which there is no room.
 */
export function paintLogLine(canvas: Canvas, rect: Rect, model: Model, { panes }: Layout) {
  const { state, keymap } = model;
  const line = state.log.findLast(({ call }) => !call);
  const away = [
    { pane: 'merge', run: 'ui.pane-3', name: 'merge' },
    { pane: 'worktrees', run: 'ui.pane-4', name: 'worktrees' },
  ] as const;
  const others = panes.tasks ? away.filter(({ pane }) => !panes[pane]) : [];
  const note = [
    '',
    ...others.map(({ run, name }) => `${keysFor(keymap, run)} ${name}`),
    `${keysFor(keymap, 'ui.log')} log (${state.log.length}) `,
  ].join('  ');
  const spans: TextSpan[] = line
    ? [
        { text: ` ${clock(line.at)} `, style: 'faint' },
        { text: inKeys(line.text, model), style: line.level === 'error' ? 'bad' : 'dim' },
      ]
    : [];
  canvas.line(rect.x, rect.y, rect.width - note.length, spans);
  canvas.text(rect.x + rect.width - note.length, rect.y, note.length, note, 'faint');
}
