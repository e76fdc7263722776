/** What all list panes share: which rows are visible, the cursor column, the position in the border. */
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import type { Backdrop } from '../theme.js';
import type { Rows } from '../ui/rows.js';
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
  spans(row: T, width: number, selected: boolean): readonly TextSpan[];
}

/** Draws a list; only the visible rows are looked at. */
export function paintList<T>(canvas: Canvas, rect: Rect, list: ListPaint<T>) {
  const { rows, keys } = list.rows;
  const index = selectedIndex(list.ui, keys);
  const filter = list.ui.filter ? `/${list.ui.filter} ` : '';
  const count = rows.length === list.rows.total ? `${rows.length}` : `${rows.length}/${list.rows.total}`;
  const inside = canvas.box(rect, {
    focused: list.focused,
    title: list.title,
    note: `${filter}${list.note ?? count}`,
    foot: index >= 0 && rows.length > rect.height - 2 ? `${index + 1} of ${rows.length}` : undefined,
  });
  let { y, height } = inside;
  if (list.head && height > 3) {
    canvas.line(inside.x, y, inside.width, list.head);
    y += 1;
    height -= 1;
  }
  if (rows.length === 0) {
    const lines = list.ui.filter
      ? [`Nothing matches "${list.ui.filter}".`, 'Esc clears the filter.']
      : list.empty;
    lines.slice(0, height).forEach((text, at) => {
      canvas.text(inside.x + 1, y + at, inside.width - 2, text, at === 0 ? 'text' : 'dim');
    });
    return;
  }
  const top = Math.min(visibleTop(index, list.ui.top, height), Math.max(0, rows.length - height));
  for (let at = 0; at < height && top + at < rows.length; at++) {
    const selected = top + at === index;
    const shown = selected && (list.focused || list.leads);
    const ground: Backdrop = shown ? (list.focused ? 'selected' : 'selectedIdle') : 'none';
    const mark: TextSpan = { text: selected && list.focused ? '▶' : ' ', style: 'focus' };
    canvas.line(
      inside.x,
      y + at,
      inside.width,
      [mark, ...list.spans(rows[top + at]!, inside.width - 1, selected)],
      ground,
    );
  }
}

/** Rows a list pane of this height can show, for paging. */
export function listHeight(rect: Rect | undefined, withHead: boolean): number {
  if (!rect) return 1;
  const inside = rect.height - 2;
  return Math.max(1, withHead && inside > 3 ? inside - 1 : inside);
}
