/** The task list: slug, state, title when there is room, wave, age. */
import { glyphs, type ListedTask, latestRun } from '../../src/domain/app/selectors.js';
import { formatDuration } from '../../src/domain/platform/units.js';
import { fitText } from '../../src/domain/platform/width.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import type { Model } from '../model.js';
import { stateStyle } from '../theme.js';
import { taskRowsOf } from '../ui/rows.js';
import { paintList } from './list.js';

const stateWidth = 13;
const waveWidth = 5;
const ageWidth = 5;

export function paintTasks(canvas: Canvas, rect: Rect, model: Model) {
  const { state, ui } = model;
  const columns = columnsFor(rect.width - 2);
  paintList(canvas, rect, {
    rows: taskRowsOf(state, ui),
    ui: ui.lists.tasks,
    focused: ui.focus === 'tasks',
    title: '1 Tasks',
    leads: true,
    note: noteOf(model),
    head: [
      { text: `  ${fitText('TASK', columns.slug)} ${fitText('STATE', stateWidth)}`, style: 'dim' },
      ...(columns.title > 0 ? [{ text: ` ${fitText('TITLE', columns.title)}`, style: 'dim' } as const] : []),
      { text: ' WAVE  AGE', style: 'dim' },
    ],
    empty: ['No tasks yet: press a to add,', 'or run `codex-agent task add`.'],
    spans: (row) => spansOf(row, columns, model),
  });
}

/** Widths of the two columns that give way; `width` is the inside of the pane. */
function columnsFor(width: number): { slug: number; title: number } {
  const free = width - 1 - 1 - 1 - stateWidth - waveWidth - ageWidth;
  if (free < 46) return { slug: free, title: 0 };
  const slug = Math.min(26, Math.round(free * 0.42));
  return { slug, title: free - slug - 1 };
}

function noteOf({ state, ui }: Model): string {
  const { rows, total } = taskRowsOf(state, ui);
  const marked = ui.marks.size > 0 ? `${ui.marks.size} marked  ` : '';
  return `${marked}[${ui.tab}] ${rows.length === total ? total : `${rows.length}/${total}`}`;
}

function spansOf(row: ListedTask, columns: { slug: number; title: number }, model: Model): TextSpan[] {
  const { task, shown, wave } = row;
  const busy = model.state.busy[task.slug];
  const run = task.status === 'running' ? latestRun(task, model.state) : undefined;
  const since = Date.parse(run?.startedAt ?? task.updatedAt);
  const age = Number.isNaN(since) ? '' : formatAge(Math.max(0, model.now - since));
  // An agent that waits for an answer is not at work.
  const asks = !busy && run?.approvals?.length ? 'asking' : undefined;
  const word = asks ? `${glyphs['needs-input']} ${asks}` : `${glyphs[shown]} ${busy ?? shown}`;
  const style = busy ? 'info' : asks ? stateStyle['needs-input'] : stateStyle[shown];
  const quiet = shown === 'landed' || shown === 'cancelled' || shown === 'draft';
  return [
    { text: model.ui.marks.has(task.slug) ? '•' : ' ', style: 'warn' },
    { text: fitText(task.slug, columns.slug), style: quiet ? 'dim' : 'text' },
    { text: ` ${fitText(word, stateWidth)}`, style },
    ...(columns.title > 0 ? [{ text: ` ${fitText(task.title, columns.title)}`, style: 'dim' } as const] : []),
    { text: ` ${(wave === undefined ? '' : `W${wave}`).padEnd(waveWidth - 1)}`, style: 'dim' },
    { text: age.padStart(ageWidth), style: 'dim' },
  ];
}

/** Ages count in whole units: "0.4s" would only flicker. */
function formatAge(ms: number): string {
  return ms < 10_000 ? 'now' : formatDuration(ms);
}
