/** What the mouse points at. Pure. */
import type { AppState } from '../../src/domain/app/state.js';
import type { Layout, PaneId } from '../layout.js';
import { listHeight } from '../panes/list.js';
import { keysOf } from './rows.js';
import { isListPane, selectedIndex, type UiEvent, type UiState, visibleTop } from './state.js';

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
  if (at.action !== 'press' || !isListPane(name)) return events;
  const keys = keysOf(name, state, ui);
  const withHead = name === 'tasks' || name === 'worktrees';
  const height = listHeight(rect, withHead);
  const current = selectedIndex(ui.lists[name], keys);
  const top = Math.min(visibleTop(current, ui.lists[name].top, height), Math.max(0, keys.length - height));
  const index = top + at.y - rect.y - 1 - (withHead && rect.height - 2 > 3 ? 1 : 0);
  if (index >= 0 && index < keys.length && index >= top && index < top + height) {
    events.push({ type: 'selected', pane: name, index, key: keys[index], height });
  }
  return events;
}
