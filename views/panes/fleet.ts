/** The fleet: live runs as tiles, each with what it does now, how busy it is and its last lines. */
import { activityAt, sparkline } from '../../src/domain/agents/activity.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { plural } from '../../src/domain/platform/units.js';
import { fitText } from '../../src/domain/platform/width.js';
import type { Canvas, Rect } from '../canvas.js';
import { doingOf, formatAge } from '../doing.js';
import { keysToSettle } from '../hints.js';
import { keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import { fleetRowsOf } from '../ui/page-rows.js';
import { tasksByConcern } from '../ui/rows.js';
import { selectedIndex } from '../ui/state.js';

/** So many tiles are shown at once, and their transcripts read. */
const mostTiles = 12;
const leastTile = { width: 36, height: 6 };
/** Longer lines are no easier to read. */
const widest = 110;
const sparkWidth = 10;

interface Grid {
  columns: number;
  rows: number;
}

/** As few columns as show all tiles, so that lines stay long; as many tiles as fit where there are more. */
function gridOf(width: number, height: number, count: number): Grid {
  const most = Math.max(1, Math.min(4, Math.floor(width / leastTile.width)));
  const rows = Math.max(1, Math.floor(height / leastTile.height));
  const wanted = Math.max(1, Math.min(count, mostTiles));
  for (let columns = Math.min(most, Math.ceil(width / widest)); columns < most; columns++) {
    if (Math.ceil(wanted / columns) <= rows) return { columns, rows: Math.ceil(wanted / columns) };
  }
  return { columns: most, rows: Math.min(rows, Math.ceil(wanted / most)) };
}

export function paintFleet(canvas: Canvas, rect: Rect, model: Model) {
  const { state, ui } = model;
  const { rows, keys, total } = fleetRowsOf(state, ui);
  const index = selectedIndex(ui.lists.fleet, keys);
  const grid = gridOf(rect.width, rect.height - 1, rows.length);
  const shown = Math.min(mostTiles, grid.columns * grid.rows);
  const first = index < 0 ? 0 : Math.floor(index / shown) * shown;
  const filter = ui.lists.fleet.filter ? `  /${ui.lists.fleet.filter}` : '';
  const part = rows.length > shown ? `, ${first + 1} to ${Math.min(rows.length, first + shown)} shown` : '';
  canvas.line(rect.x, rect.y, rect.width, [
    { text: ' Fleet', style: 'focus' },
    {
      text: `  ${rows.length === total ? total : `${rows.length} of ${total}`} at work${part}${filter}`,
      style: 'dim',
    },
  ]);
  paintWay(canvas, rect, model, 'ui.fleet');
  const body = { ...rect, y: rect.y + 1, height: rect.height - 1 };
  if (rows.length === 0) {
    const launch = keysToSettle('ready', model);
    const sentences = filter
      ? ['Nothing matches. Esc clears the filter.']
      : ['No agent is at work now.', nextWords(model, launch)];
    for (const [at, words] of sentences.entries())
      canvas.text(body.x + 1, body.y + 1 + at, body.width - 2, words, 'dim');
    return;
  }
  for (let at = 0; at < shown && first + at < rows.length; at++) {
    paintTile(canvas, tileOf(body, grid, at), first + at, first + at === index, model);
  }
}

/** What comes next: the agents of tasks in line, or what launches those that are ready. */
function nextWords({ state }: Model, launch: string): string {
  const sizeOf = (name: string) =>
    tasksByConcern(state).find((group) => group.name === name)?.rows.length ?? 0;
  if (sizeOf('queued') > 0)
    return `${plural(sizeOf('queued'), 'task')} in line: their agents stand here once they start.`;
  if (sizeOf('ready') > 0) return `${launch} launches what is ready.`;
  if (sizeOf('working') > 0) return 'What is worked on is checked or landed by this program itself.';
  return 'They stand here as tiles while they work.';
}

/** The keys that lead on from a page and away from it, at the right of its first row. */
export function paintWay(canvas: Canvas, rect: Rect, { keymap }: Model, page: string) {
  const [open, back] = [keysFor(keymap, 'ui.open'), keysFor(keymap, page)];
  const text = canvas.spelled(`${open} go there  ${back} back `);
  canvas.text(rect.x + rect.width - text.length, rect.y, text.length, text, 'dim');
}

/** Tiles fill the rectangle to its last column and row. */
function tileOf(body: Rect, { columns, rows }: Grid, at: number): Rect {
  const [column, row] = [at % columns, Math.floor(at / columns)];
  const x = Math.floor((body.width * column) / columns);
  const y = Math.floor((body.height * row) / rows);
  return {
    x: body.x + x,
    y: body.y + y,
    width: Math.floor((body.width * (column + 1)) / columns) - x,
    height: Math.floor((body.height * (row + 1)) / rows) - y,
  };
}

function paintTile(canvas: Canvas, rect: Rect, at: number, selected: boolean, model: Model) {
  const { state, ui, now } = model;
  const { task, run } = fleetRowsOf(state, ui).rows[at]!;
  const doing = doingOf({ task, shown: 'running' }, state, now);
  const inside = canvas.box(rect, {
    focused: selected,
    title: `${doing.glyph.text} ${task.title || task.slug}`,
    note: formatAge(Math.max(0, now - Date.parse(run.startedAt))),
    foot: `${run.runner} · attempt ${run.attempt}`,
  });
  const activity = state.activity[run.runId];
  const spark = activity ? sparkline(activityAt(activity, now), sparkWidth) : '';
  const room = inside.width - sparkWidth - 1;
  canvas.line(inside.x, inside.y, inside.width, [
    { ...doing.words, text: `${fitText(sanitizeLine(doing.words.text), room)} ` },
    { text: spark, style: 'info' },
  ]);
  const height = inside.height - 1;
  const lines = model.fleet?.get(run.runId)?.slice(-height) ?? [];
  lines.forEach((line, row) => {
    canvas.text(inside.x, inside.y + 1 + row, inside.width, line, 'dim');
  });
}

/** Runs whose tiles are on the screen: their transcripts are to be read. */
export function runsShown(
  model: Pick<Model, 'state' | 'ui'>,
  size: { width: number; height: number },
): string[] {
  const { rows, keys } = fleetRowsOf(model.state, model.ui);
  const grid = gridOf(size.width, size.height - 4, rows.length);
  const shown = Math.min(mostTiles, grid.columns * grid.rows);
  const first = Math.floor(Math.max(0, selectedIndex(model.ui.lists.fleet, keys)) / shown) * shown;
  return rows.slice(first, first + shown).map(({ run }) => run.runId);
}
