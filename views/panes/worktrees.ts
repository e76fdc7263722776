/** Linked worktrees: what is changed in them and how far they are from the target. */
import type { WorktreeView } from '../../src/domain/events.js';
import { fitText } from '../../src/domain/width.js';
import type { Canvas, Rect, Span } from '../canvas.js';
import type { Model } from '../model.js';
import { worktreeRowsOf } from '../ui/rows.js';
import { paintList } from './list.js';

export function paintWorktrees(canvas: Canvas, rect: Rect, { state, ui }: Model) {
  const inside = rect.width - 3;
  const path = inside >= 66 ? inside - 24 - 1 - 8 - 1 - 9 - 1 - 9 - 1 : 0;
  const task = path > 0 ? 24 : Math.max(6, inside - 8 - 1 - 9 - (inside >= 44 ? 10 : 0) - 1);
  const method = inside >= 44;
  paintList(canvas, rect, {
    rows: worktreeRowsOf(state, ui),
    ui: ui.lists.worktrees,
    focused: ui.focus === 'worktrees',
    title: '2 Worktrees',
    head: [
      { text: ` ${fitText('TASK', task)} ${fitText('CHANGES', 8)} ${fitText('AHEAD', 9)}`, style: 'dim' },
      ...(method ? [{ text: ` ${fitText('FILLED', 9)}`, style: 'dim' } as const] : []),
      ...(path > 0 ? [{ text: ' PATH', style: 'dim' } as const] : []),
    ],
    empty: ['No worktrees yet.', 'h fills one for the selected task; launching makes them too.'],
    spans: (row) => spansOf(row, task, method, path),
  });
}

function spansOf(row: WorktreeView, task: number, method: boolean, path: number): Span[] {
  return [
    { text: `${fitText(row.task, task)} ` },
    changes(row),
    { text: ` ${fitText(distance(row), 9)}`, style: row.behind ? 'warn' : 'dim' },
    ...(method ? [{ text: ` ${fitText(row.method ?? '', 9)}`, style: 'dim' } as const] : []),
    ...(path > 0 ? [{ text: ` ${fitText(row.path, path)}`, style: 'faint' } as const] : []),
  ];
}

function changes(row: WorktreeView): Span {
  if (row.state !== 'ready')
    return { text: fitText(row.state, 8), style: row.state === 'hydrating' ? 'info' : 'bad' };
  // Undefined is not clean: git could not tell.
  if (row.dirty === undefined) return { text: fitText('unknown', 8), style: 'warn' };
  if (row.dirty === 0) return { text: fitText('clean', 8), style: 'dim' };
  return { text: fitText(`~${row.dirty}`, 8), style: 'warn' };
}

function distance(row: WorktreeView): string {
  if (row.ahead === undefined && row.behind === undefined) return '';
  return `↑${row.ahead ?? '?'} ↓${row.behind ?? '?'}`;
}
