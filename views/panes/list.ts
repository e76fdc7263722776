/** What all list panes share: which rows are visible, the cursor column, the position in the border. */
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import type { Backdrop } from '../theme.js';
import type { Rows, ShownLine } from '../ui/rows.js';
import { type ListUi, selectedIndex, visibleTop } from '../ui/state.js';

export interface ListPaint<T> {
  rows: Rows<T>;
  ui: ListUi;
  focused: boolean;
  title: string;
  note?: string;
  /** Column heads; absent: no head row. */
  head?: readonly TextSpan[];
  /** The selection shows without the focus too, since other panes follow it. */
  leads?: boolean;
  /** Said in the pane when there are no rows. */
  empty: readonly string[];
  /** Lines from top to bottom, where heads of groups stand between the rows; absent: just the rows. */
  shown?: readonly ShownLine[];
  places?: readonly number[];
  headOf?(head: Exclude<ShownLine, number>): readonly TextSpan[];
  spans(row: T, width: number, selected: boolean): readonly TextSpan[];
}

/** Draws a list; only the visible rows are looked at. */
export function paintList<T>(canvas: Canvas, rect: Rect, list: ListPaint<T>) {
  const { rows, keys } = list.rows;
  const index = selectedIndex(list.ui, keys);
  const lines = list.shown?.length ?? rows.length;
  const filter = list.ui.filter ? `/${list.ui.filter} ` : '';
  const count = rows.length === list.rows.total ? `${rows.length}` : `${rows.length}/${list.rows.total}`;
  const inside = canvas.box(rect, {
    focused: list.focused,
    title: list.title,
    note: `${filter}${list.note ?? count}`,
    foot: index >= 0 && lines > rect.height - 2 ? `${index + 1} of ${rows.length}` : undefined,
  });
  let { y, height } = inside;
  if (list.head && height > 3) {
    canvas.line(inside.x, y, inside.width, list.head);
    y += 1;
    height -= 1;
  }
  const room = { x: inside.x, y, width: inside.width, height };
  if (rows.length === 0) return paintEmpty(canvas, room, list);
  const top = topOf(list.ui, shownPlaceOf(index, list.places), height, lines);
  for (let at = 0; at < height && top + at < lines; at++) {
    const line = list.shown ? list.shown[top + at]! : top + at;
    if (typeof line === 'number') paintRow(canvas, { ...room, y: y + at }, list, line, line === index);
    else canvas.line(room.x, y + at, room.width, list.headOf?.(line) ?? []);
  }
}

function paintEmpty<T>(canvas: Canvas, { x, y, width, height }: Rect, { ui, empty }: ListPaint<T>) {
  const words = ui.filter ? [`Nothing matches "${ui.filter}".`, 'Esc clears the filter.'] : empty;
  words.slice(0, height).forEach((text, at) => {
    canvas.text(x + 1, y + at, width - 2, text, at === 0 ? 'text' : 'dim');
  });
}

function paintRow<T>(
  canvas: Canvas,
  { x, y, width }: Rect,
  list: ListPaint<T>,
  row: number,
  selected: boolean,
) {
  const lit = selected && (list.focused || list.leads);
  const ground: Backdrop = lit ? (list.focused ? 'selected' : 'selectedIdle') : 'none';
  const mark: TextSpan = { text: selected && list.focused ? '▶' : ' ', style: 'focus' };
  canvas.line(x, y, width, [mark, ...list.spans(list.rows.rows[row]!, width - 1, selected)], ground);
}

/** Where a row stands among all lines; heads of groups stand above some. */
export function shownPlaceOf(index: number, places: readonly number[] | undefined): number {
  return places?.[index] ?? index;
}

/** First line shown, so that the one at `place` is visible; a head right above it is shown too. */
export function topOf(ui: ListUi, place: number, height: number, lines: number): number {
  const top = Math.min(visibleTop(place, ui.top, height), Math.max(0, lines - height));
  return place === top && top > 0 && height > 1 ? top - 1 : top;
}

/** Rows a list pane of this height can show, for paging. */
export function listHeight(rect: Rect | undefined, withHead: boolean): number {
  if (!rect) return 1;
  const inside = rect.height - 2;
  return Math.max(1, withHead && inside > 3 ? inside - 1 : inside);
}
