/** What the mouse points at. Pure. */
import type { AppState } from '../../src/domain/app/state.js';
import type { Layout, PaneId } from '../layout.js';
import { listHeight, shownPlaceOf, topOf } from '../panes/list.js';
import { keysOf } from './page-rows.js';
import { taskLinesOf } from './rows.js';
import { isListPane, selectedIndex, type UiEvent, type UiState } from './state.js';

/** Pages that are no list from their first row on: a cell of theirs is no row. */
const drawn: ReadonlySet<PaneId> = new Set(['fleet', 'plan', 'monitor']);

/** The changes a press or a turn of the wheel at a cell makes: the pane gets the focus, a pressed row is selected. */
export function pointAt(
  at: { x: number; y: number; action: 'press' | 'wheel-up' | 'wheel-down' },
  layout: Layout,
  state: AppState,
  ui: UiState,
): UiEvent[] {
  const found = Object.entries(layout.panes).find(
    ([, rect]) =>
      rect && at.x >= rect.x && at.x < rect.x + rect.width && at.y >= rect.y && at.y < rect.y + rect.height,
  );
  if (!found?.[1]) return [];
  const [name, rect] = found as [PaneId, NonNullable<(typeof found)[1]>];
  const events: UiEvent[] = name === ui.focus ? [] : [{ type: 'focused', pane: name }];
  if (at.action !== 'press' || !isListPane(name) || drawn.has(name)) return events;
  const keys = keysOf(name, state, ui);
  const withHead = name === 'tasks' || name === 'worktrees';
  const height = listHeight(rect, withHead);
  const { shown, places } = name === 'tasks' ? taskLinesOf(state, ui) : { shown: keys.map((_, i) => i) };
  const current = shownPlaceOf(selectedIndex(ui.lists[name], keys), places);
  const top = topOf(ui.lists[name], current, height, shown.length);
  const place = top + at.y - rect.y - 1 - (withHead && rect.height - 2 > 3 ? 1 : 0);
  const index = place >= top && place < top + height ? shown[place] : undefined;
  if (typeof index === 'number') {
    events.push({ type: 'selected', pane: name, index, key: keys[index], height, place });
  }
  return events;
}
