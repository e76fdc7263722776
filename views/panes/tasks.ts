/** The task list: what each task does now, how busy it is, what it has changed, in groups that can be folded. */
import { activityAt, sparkline } from '../../src/domain/agents/activity.js';
import type { Grouping } from '../../src/domain/app/groups.js';
import { latestRun } from '../../src/domain/app/selectors.js';
import { fitText, textWidth } from '../../src/domain/platform/width.js';
import type { Task } from '../../src/domain/store/task.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { doingOf, formatAge } from '../doing.js';
import { keysToSettle } from '../hints.js';
import type { Model } from '../model.js';
import { depthIn, memo, type TaskLine, taskLinesOf } from '../ui/rows.js';
import { paintList } from './list.js';

const ageWidth = 4;
/** Words for groupings that are no groups. */
const orders: Partial<Record<Grouping, string>> = { none: 'order', tree: 'dependencies' };

interface Columns {
  /** 0 where there is no room. */
  slug: number;
  title: number;
  now: number;
  spark: number;
  changes: number;
}

export function paintTasks(canvas: Canvas, rect: Rect, model: Model) {
  const { state, ui } = model;
  const lines = taskLinesOf(state, ui);
  const columns = columnsFor(rect.width - 2, widestTitle(lines.rows));
  paintList<TaskLine>(canvas, rect, {
    rows: lines,
    shown: lines.shown,
    places: lines.places,
    ui: ui.lists.tasks,
    focused: ui.focus === 'tasks',
    title: `1 Tasks  by ${orders[ui.grouping] ?? ui.grouping}`,
    leads: true,
    note: noteOf(model, lines),
    head: headOf(columns),
    headOf: ({ name, count }) => [{ text: ` ▾ ${name} ${count}`, style: 'strong' }],
    empty: [`No tasks yet: press ${keysToSettle('empty', model)} to add,`, 'or run `codex-agent task add`.'],
    spans: (line) =>
      line.type === 'group'
        ? [{ text: `▸ ${line.name} ${line.count}`, style: 'dim' }]
        : spansOf(line.row, columns, model),
  });
}

/** Rows whose titles decide how wide their column is. */
const measured = 300;

const widestTitle = memo((rows: readonly TaskLine[]) =>
  Math.max(
    0,
    ...rows
      .slice(0, measured)
      .map((line) => (line.type === 'task' ? textWidth(line.row.task.title || line.row.task.slug) : 0)),
  ),
);

/** Widths of the columns; `width` is the inside of the pane. Title and what a task does now come first. */
function columnsFor(width: number, widest: number): Columns {
  const spark = width >= 62 ? 7 : 0;
  const changes = width >= 50 ? 8 : 0;
  const slug = width >= 110 ? 22 : 0;
  // Cursor, mark, glyph and a space; then every column with a space before it.
  const fixed = 4 + ageWidth + 1 + [spark, changes, slug].reduce((sum, one) => sum + (one ? one + 1 : 0), 0);
  const free = Math.max(12, width - fixed - 1);
  // As wide as the titles are, between these shares of the room.
  const title = Math.max(10, Math.round(free * 0.45), Math.min(widest, Math.round(free * 0.6)));
  return { slug, title, now: Math.max(0, free - title), spark, changes };
}

function headOf({ slug, title, now, spark, changes }: Columns): TextSpan[] {
  const names = [
    `    ${fitText('TASK', title)}`,
    ...(slug ? [fitText('SLUG', slug)] : []),
    fitText('NOW', now),
    ...(spark ? [fitText('LAST 5M', spark)] : []),
    ...(changes ? ['±'.padEnd(changes)] : []),
    'AGE'.padStart(ageWidth),
  ];
  return [{ text: names.join(' '), style: 'dim' }];
}

function noteOf({ ui }: Model, { tasks, total }: { tasks: number; total: number }): string {
  const marked = ui.marks.size > 0 ? `${ui.marks.size} marked · ` : '';
  return `${marked}${tasks === total ? `all ${total}` : `${tasks} of ${total}`}`;
}

function spansOf(
  row: Extract<TaskLine, { type: 'task' }>['row'],
  columns: Columns,
  model: Model,
): TextSpan[] {
  const { state, ui, now } = model;
  const { task, shown } = row;
  const depth = depthIn(state, ui)(task.slug);
  const lead = depth > 0 ? `${'  '.repeat(depth - 1)}└ ` : '';
  const doing = doingOf(row, state, now);
  const run = task.status === 'running' ? latestRun(task, state) : undefined;
  const since = Date.parse(run?.startedAt ?? standsSince(task, state));
  const age = Number.isNaN(since) ? '' : formatAge(Math.max(0, now - since));
  const quiet = shown === 'landed' || shown === 'cancelled' || shown === 'draft';
  return [
    { text: ui.marks.has(task.slug) ? '•' : ' ', style: 'warn' },
    doing.glyph,
    {
      text: ` ${fitText(`${lead}${task.title || task.slug}`, columns.title)}`,
      style: quiet ? 'dim' : 'text',
    },
    ...(columns.slug ? [{ text: ` ${fitText(task.slug, columns.slug)}`, style: 'dim' } as const] : []),
    ...middleSpans(model, doing.words, columns, { slug: task.slug, runId: run?.runId }),
    { text: ` ${age.padStart(ageWidth)}`, style: 'dim' },
  ];
}

/** Since when it stands as it does: an edit, a validation or an undo makes no task younger. */
function standsSince(task: Task, state: Model['state']): string {
  if (task.status === 'landed' || task.status === 'cancelled') return task.updatedAt;
  if (task.launch && task.status === 'ready') return task.launch.at;
  return latestRun(task, state)?.endedAt ?? (task.runIds.length > 0 ? task.updatedAt : task.createdAt);
}

/** What it does now, how busy it is and what it changed. Words have the room of columns behind them that are empty. */
function middleSpans(
  model: Model,
  words: TextSpan,
  { now, spark, changes }: Columns,
  { slug, runId }: { slug: string; runId: string | undefined },
): TextSpan[] {
  const bars = spark ? sparkOf(model, runId, spark) : '';
  const lines = changes ? changesOf(model, slug) : '';
  const busy = bars.trim() !== '';
  const free = busy ? 0 : (spark ? spark + 1 : 0) + (changes && lines === '' ? changes + 1 : 0);
  return [
    { ...words, text: ` ${fitText(words.text, now + free)}` },
    ...(busy ? [{ text: ` ${bars}`, style: 'info' } as const] : []),
    ...(changes && (busy || lines) ? [{ text: ` ${fitText(lines, changes)}`, style: 'dim' } as const] : []),
  ];
}

function sparkOf({ state, now }: Model, runId: string | undefined, width: number): string {
  const activity = runId === undefined ? undefined : state.activity[runId];
  return activity ? sparkline(activityAt(activity, now), width) : ' '.repeat(width);
}

/** Lines added and removed where they are known, else how many files are changed. */
function changesOf({ state }: Model, slug: string): string {
  const view = state.worktrees[slug];
  if (view?.added === undefined) return view?.dirty ? `~${view.dirty}` : '';
  const { added, removed } = view;
  return `${added ? `+${short(added)}` : ''}${removed ? ` -${short(removed)}` : ''}`.trim();
}

const short = (count: number): string => (count < 1_000 ? `${count}` : `${Math.round(count / 1_000)}k`);
