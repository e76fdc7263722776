/** Linked worktrees: what is changed in them and how far they are from the target. */
import type { WorktreeView } from '../../src/domain/app/events.js';
import { titleIn } from '../../src/domain/app/selectors.js';
import type { OwnWork } from '../../src/domain/app/work.js';
import { fitEnd, fitText } from '../../src/domain/platform/width.js';
import type { Task } from '../../src/domain/store/task.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { keysOfPart } from '../hints.js';
import { keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import { paintMonitorFacts } from '../monitor/paint.js';
import { memo, worktreeRowsOf } from '../ui/rows.js';
import { paintList } from './list.js';

const changesWidth = 9;

export function paintWorktrees(canvas: Canvas, rect: Rect, model: Model) {
  const { state, ui } = model;
  if (ui.monitorTab) return paintMonitorTab(canvas, rect, model);
  const inside = rect.width - 3;
  const method = inside >= 44;
  const ahead = method ? 9 : 6;
  const fixed = 1 + changesWidth + 1 + ahead + (method ? 10 : 0);
  const task = inside >= 66 ? 24 : Math.max(6, inside - fixed);
  const path = Math.max(0, inside - fixed - task - 1);
  paintList(canvas, rect, {
    rows: worktreeRowsOf(state, ui),
    ui: ui.lists.worktrees,
    focused: ui.focus === 'worktrees',
    title: '4 [Worktrees] Monitor',
    head: [
      {
        text: ` ${fitText('TASK', task)} ${fitText('CHANGES', changesWidth)} ${fitText('AHEAD', ahead)}`,
        style: 'dim',
      },
      ...(method ? [{ text: ` ${fitText('FILLED', 9)}`, style: 'dim' } as const] : []),
      ...(path > 0 ? [{ text: ' PATH', style: 'dim' } as const] : []),
    ],
    empty: emptyLines(state.tasks, keysOfPart('hydrate', model)),
    spans: (row) =>
      spansOf(
        row,
        { task, ahead, method, path },
        { title: titleIn(state.tasks)(row.task), work: state.works[row.task] },
      ),
  });
}

/** The words for a list without worktrees: the key that fills one is of no use when every task is over. */
const emptyLines = memo((tasks: readonly Task[], fills: string): string[] => {
  if (tasks.some(({ worktree }) => worktree !== undefined)) return ['Looking at the worktrees…'];
  return tasks.length > 0 && tasks.every(({ status }) => status === 'landed' || status === 'cancelled')
    ? ['No worktrees are left.', 'Every task has landed or was cancelled.']
    : [
        'No worktrees yet.',
        fills
          ? `${fills} fills one for the selected task; launching makes them too.`
          : 'Launching makes them.',
      ];
});

/** The other tab of the pane. */
function paintMonitorTab(canvas: Canvas, rect: Rect, model: Model) {
  const focused = model.ui.focus === 'worktrees';
  const note = focused ? `${keysFor(model.keymap, 'ui.open')} page` : undefined;
  paintMonitorFacts(canvas, canvas.box(rect, { focused, title: '4 Worktrees [Monitor]', note }), model);
}

interface Columns {
  task: number;
  ahead: number;
  method: boolean;
  /** 0: not shown. */
  path: number;
}

function spansOf(
  row: WorktreeView,
  { task, ahead, method, path }: Columns,
  { title, work }: { title: string; work?: OwnWork | undefined },
): TextSpan[] {
  return [
    { text: `${fitText(title, task)} ` },
    changes(row, work),
    { text: ` ${fitText(distance(row), ahead)}`, style: row.behind ? 'warn' : 'dim' },
    ...(method ? [{ text: ` ${fitText(row.method ?? '', 9)}`, style: 'dim' } as const] : []),
    ...(path > 0 ? [{ text: ` ${fitEnd(row.path, path)}`, style: 'faint' } as const] : []),
  ];
}

function changes(row: WorktreeView, work?: OwnWork): TextSpan {
  if (row.state === 'hydrating') {
    const percent = work?.ended ? undefined : work?.stage?.percent;
    const words = percent === undefined ? 'filling' : `fill ${percent} %`;
    return { text: fitText(words, changesWidth), style: 'info' };
  }
  if (row.state !== 'ready') return { text: fitText(row.state, changesWidth), style: 'bad' };
  // Undefined means that git could not tell, which is not clean.
  if (row.dirty === undefined) return { text: fitText('unknown', changesWidth), style: 'warn' };
  if (row.dirty === 0) return { text: fitText('clean', changesWidth), style: 'dim' };
  return { text: fitText(`~${row.dirty}`, changesWidth), style: 'warn' };
}

/** Commits ahead of and behind the target; empty where neither is known. */
export function distance(row: WorktreeView): string {
  if (row.ahead === undefined && row.behind === undefined) return '';
  return `↑${row.ahead ?? '?'} ↓${row.behind ?? '?'}`;
}
