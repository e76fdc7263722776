/** Merge predictions: conflicts first, then what could not be told, then clean ones; pairs below. */
import type { Conflict, MergeResult } from '../../src/domain/merge.js';
import { fitText } from '../../src/domain/width.js';
import type { Canvas, Rect, Span } from '../canvas.js';
import type { Model } from '../model.js';
import { type MergeRow, mergeRowsOf } from '../ui/rows.js';
import { paintList } from './list.js';

export function paintMerge(canvas: Canvas, rect: Rect, { state, ui }: Model) {
  const rows = mergeRowsOf(state, ui);
  const slug = Math.min(28, Math.max(8, Math.round((rect.width - 3) * 0.46)));
  paintList(canvas, rect, {
    rows,
    ui: ui.lists.merge,
    focused: ui.focus === 'merge',
    title: '3 Merge',
    note: noteOf(rows.rows),
    empty: ['Nothing checked yet.', `m c predicts merges into ${state.target || 'the target'}.`],
    spans: (row) => spansOf(row, slug, state.target),
  });
}

/** The worst there is, counted: conflicts, else what could not be told, else clean ones. */
function noteOf(rows: readonly MergeRow[]): string | undefined {
  const count = (status: MergeResult['status']) => rows.filter((row) => row.result?.status === status).length;
  if (count('conflict') > 0) return `${count('conflict')} ✗`;
  if (count('unknown') > 0) return `${count('unknown')} ?`;
  return count('clean') > 0 ? `${count('clean')} ✓` : undefined;
}

function spansOf(row: MergeRow, slug: number, target: string): Span[] {
  if (row.pair) {
    const { status, paths } = row.pair;
    return [
      { text: status === 'conflict' ? '◆ ' : '? ', style: status === 'conflict' ? 'bad' : 'warn' },
      { text: `${row.key}  ` },
      { text: paths.join('  '), style: 'dim' },
    ];
  }
  const result = row.result!;
  return [{ text: `${fitText(result.task, slug)} ` }, ...verdict(result, target)];
}

function verdict(result: MergeResult, target: string): Span[] {
  switch (result.status) {
    case 'conflict':
      return [
        { text: '✗ ', style: 'bad' },
        { text: `${conflictWords(result.conflicts)}  `, style: 'bad' },
        { text: result.conflicts.map((conflict) => conflict.path).join('  '), style: 'dim' },
      ];
    case 'unknown':
      return [
        { text: '? unknown  ', style: 'warn' },
        { text: result.reason ?? '', style: 'dim' },
      ];
    case 'clean':
      return [
        { text: '✓ clean  ', style: 'good' },
        result.behind
          ? { text: `${result.behind} behind ${target}`, style: 'dim' }
          : { text: `into ${target || 'the target'}`, style: 'faint' },
      ];
  }
}

/** "3 conflicts in 2 files". */
export function conflictWords(conflicts: readonly Conflict[]): string {
  const files = new Set(conflicts.map((conflict) => conflict.path)).size;
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  return conflicts.length === files
    ? `conflict in ${plural(files, 'file')}`
    : `${plural(conflicts.length, 'conflict')} in ${plural(files, 'file')}`;
}
