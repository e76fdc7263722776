/** The plan: boxes for tasks, a column for each wave, edges for what waits for what, the critical path in bold lines. */
import type { PlanEdge, PlanGraph } from '../../src/domain/app/plan-graph.js';
import {
  askingTasks,
  glyphs,
  type ListedTask,
  listedBySlug,
  listedTasks,
} from '../../src/domain/app/selectors.js';
import { plural } from '../../src/domain/platform/units.js';
import { fitText } from '../../src/domain/platform/width.js';
import type { Canvas, Rect } from '../canvas.js';
import { keysToSettle } from '../hints.js';
import type { Model } from '../model.js';
import { stateStyle } from '../theme.js';
import { planRowsOf } from '../ui/page-rows.js';
import { selectedIndex } from '../ui/state.js';
import { paintWay } from './fleet.js';
import { createLines, type Lines } from './plan-lines.js';

/** A box of three rows and a free row above it, in which edges pass that go further than the next column. */
const slotHeight = 4;
const gutter = 6;
const leastBox = 16;
const mostBox = 34;

interface Place {
  x: number;
  y: number;
}

export function paintPlan(canvas: Canvas, rect: Rect, model: Model) {
  const { state, ui } = model;
  const { keys, graph, total } = planRowsOf(state, ui);
  const selected = keys[selectedIndex(ui.lists.plan, keys)];
  const filter = ui.lists.plan.filter ? `  /${ui.lists.plan.filter}` : '';
  const chain = graph.critical.length > 0 ? `  critical path of ${graph.critical.length} tasks ` : '';
  canvas.line(rect.x, rect.y, rect.width, [
    { text: ' Plan', style: 'focus' },
    { text: `  ${plural(total, 'task')}${filter}`, style: 'dim' },
    { text: chain ? `${chain}━━` : '', style: 'warn' },
  ]);
  paintWay(canvas, rect, model, 'ui.plan');
  if (total === 0) {
    const words = `Nothing is left to plan. ${keysToSettle('empty', model)} adds a task.`;
    canvas.text(rect.x + 1, rect.y + 2, rect.width - 2, words, 'dim');
    return;
  }
  const body = { ...rect, y: rect.y + 1, height: rect.height - 1 };
  const boxWidth = boxWidthFor(body.width, graph.columns.length);
  const places = placesOf(graph, boxWidth);
  const view = viewOf(body, places, selected, boxWidth);
  const lines = createLines();
  for (const edge of graph.edges) drawEdge(lines, edge, places, boxWidth);
  lines.paint(canvas, body, view);
  graph.columns.forEach(({ name, slugs }, column) => {
    const x = column * (boxWidth + gutter) - view.x;
    if (x < 0 || x + boxWidth > body.width) return;
    canvas.text(body.x + x, body.y, boxWidth, `${name} · ${slugs.length}`, 'strong');
  });
  const rows = listedBySlug(listedTasks(state));
  const asking = askingTasks(state);
  const critical = new Set(graph.critical);
  const hidden = new Set(keys.length === total ? [] : keysHidden(graph, keys));
  for (const [slug, place] of places) {
    const at = { x: place.x - view.x, y: place.y - view.y };
    // Under the heads of the columns, and whole: half a box says nothing.
    if (at.x < 0 || at.x + boxWidth > body.width || at.y < 1 || at.y + 3 > body.height) continue;
    const box = { x: body.x + at.x, y: body.y + at.y, width: boxWidth, height: 3 };
    paintBox(canvas, box, rows.get(slug)!, {
      selected: slug === selected,
      critical: critical.has(slug),
      asks: asking.has(slug),
      faint: hidden.has(slug),
    });
  }
  paintMore(canvas, body, places, view);
}

const keysHidden = ({ columns }: PlanGraph, keys: readonly string[]): string[] =>
  columns.flatMap(({ slugs }) => slugs).filter((slug) => !keys.includes(slug));

const boxWidthFor = (width: number, columns: number): number =>
  Math.max(leastBox, Math.min(mostBox, Math.floor((width + gutter) / columns) - gutter));

function placesOf({ columns }: PlanGraph, boxWidth: number): Map<string, Place> {
  return new Map(
    columns.flatMap(({ slugs }, column) =>
      slugs.map((slug, row) => [slug, { x: column * (boxWidth + gutter), y: 2 + row * slotHeight }] as const),
    ),
  );
}

/** What is scrolled away to the left and above, so that the selected box is in view with its neighbours. */
function viewOf(
  body: Rect,
  places: ReadonlyMap<string, Place>,
  selected: string | undefined,
  boxWidth: number,
): Place {
  const at = (selected !== undefined && places.get(selected)) || { x: 0, y: 2 };
  const step = boxWidth + gutter;
  const columns = Math.max(1, Math.floor((body.width + gutter) / step));
  const rows = Math.max(1, Math.floor((body.height - 2) / slotHeight));
  const column = at.x / step;
  const row = (at.y - 2) / slotHeight;
  return {
    x:
      Math.max(0, column - Math.max(0, columns - 2)) *
      step *
      Number(column >= columns - 1 && lastX(places) + boxWidth > body.width),
    y: Math.max(0, row - Math.floor(rows / 2)) * slotHeight * Number(lastY(places) + 3 > body.height),
  };
}

const lastX = (places: ReadonlyMap<string, Place>) =>
  [...places.values()].reduce((last, { x }) => Math.max(last, x), 0);
const lastY = (places: ReadonlyMap<string, Place>) =>
  [...places.values()].reduce((last, { y }) => Math.max(last, y), 0);

/** From the right of one box to the left of another: down the gutter, and past columns in the free row above. */
function drawEdge(
  lines: Lines,
  { from, to, critical }: PlanEdge,
  places: ReadonlyMap<string, Place>,
  boxWidth: number,
) {
  const start = places.get(from)!;
  const end = places.get(to)!;
  if (end.x <= start.x) return;
  const out = start.x + boxWidth;
  const track = out + 2;
  lines.across(out, track, start.y + 1, critical);
  if (end.x === out + gutter) {
    lines.down(track, start.y + 1, end.y + 1, critical);
    lines.across(track, end.x - 1, end.y + 1, critical);
    return;
  }
  const pass = end.y - 1;
  const last = end.x - 3;
  lines.down(track, start.y + 1, pass, critical);
  lines.across(track, last, pass, critical);
  lines.down(last, pass, end.y + 1, critical);
  lines.across(last, end.x - 1, end.y + 1, critical);
}

function paintBox(
  canvas: Canvas,
  rect: Rect,
  { task, shown }: ListedTask,
  {
    selected,
    critical,
    asks,
    faint,
  }: { selected: boolean; critical: boolean; asks: boolean; faint: boolean },
) {
  canvas.fill(rect);
  const inside = canvas.box(rect, {
    focused: selected || critical,
    ...(selected ? {} : { style: critical ? 'warn' : 'border' }),
  });
  const title = fitText(task.title || task.slug, inside.width - 2);
  const style = faint ? 'faint' : selected ? 'strong' : 'text';
  const state = asks ? 'needs-input' : shown;
  canvas.line(
    inside.x,
    inside.y,
    inside.width,
    [
      { text: `${glyphs[state]} `, style: stateStyle[state] },
      { text: title, style },
    ],
    selected ? 'selected' : 'none',
  );
  // As the list calls it.
  const words = ` ${asks ? 'needs you' : shown === 'running' ? 'working' : shown}`;
  canvas.text(rect.x + 1, rect.y + 2, Math.min(words.length + 1, inside.width), `${words} `, 'dim');
}

/** Arrows in the corners tell that there is more. */
function paintMore(canvas: Canvas, body: Rect, places: ReadonlyMap<string, Place>, view: Place) {
  const below = [...places.values()].filter(({ y }) => y - view.y + 3 > body.height).length;
  const above = [...places.values()].filter(({ y }) => y - view.y < 1).length;
  const words = [above > 0 ? `↑ ${above} more` : '', below > 0 ? `↓ ${below} more` : '']
    .filter(Boolean)
    .join('  ');
  if (words) canvas.text(body.x + body.width - words.length - 1, body.y, words.length, words, 'dim');
}
