import { describe, expect, test } from '@jest/globals';
import { layoutOf, type PaneId } from '../../views/layout.js';
import { editField, fieldOf, insertText } from '../../views/ui/field.js';
import { depthIn } from '../../views/ui/rows.js';
import { initialUi, reduceUi, selectedIndex, type UiEvent, visibleTop } from '../../views/ui/state.js';
import { story, taskOf } from '../fixtures/screen/state.js';

const uiAfter = (...events: UiEvent[]) => events.reduce(reduceUi, initialUi(false));

test('a task whose dependency is filtered out stands at the left, below no other one', () => {
  const state = {
    ...story,
    tasks: [taskOf('parser', 'ready'), taskOf('printer', 'ready', { dependsOn: ['parser'] })],
  };
  const ui = { ...initialUi(false), grouping: 'tree' as const };
  expect(depthIn(state, ui)('printer')).toBe(1);
  const filtered = reduceUi(ui, { type: 'filter.typed', pane: 'tasks', text: 'printer' });
  expect(depthIn(state, filtered)('printer')).toBe(0);
});

describe('the state of the screen', () => {
  test('typing a filter starts at the top; giving it up clears it', () => {
    const typed = uiAfter(
      { type: 'selected', pane: 'tasks', index: 90, key: 'a', height: 10 },
      { type: 'filter.opened' },
      { type: 'filter.typed', pane: 'tasks', text: 'x' },
    );
    expect([typed.filtering, typed.lists.tasks.filter, typed.lists.tasks.top]).toEqual([true, 'x', 0]);
    expect(reduceUi(typed, { type: 'filter.closed', keep: true }).lists.tasks.filter).toBe('x');
    expect(reduceUi(typed, { type: 'filter.closed', keep: false }).lists.tasks.filter).toBe('');
  });

  test('what is looked for in a transcript is no filter of a list', () => {
    const opened = uiAfter({ type: 'focused', pane: 'inspector' }, { type: 'filter.opened' });
    expect(opened.filtering).toBe(true);
    const typed = reduceUi(opened, { type: 'filter.typed', pane: 'inspector', text: 'lock' });
    expect([typed.searches.inspector, typed.searches.pinned, typed.lists.tasks.filter]).toEqual([
      'lock',
      '',
      '',
    ]);
    expect(reduceUi(typed, { type: 'filter.closed', keep: false }).searches.inspector).toBe('');
  });

  test('overlays lie on each other and the top one is changed and closed', () => {
    const help = { type: 'help', field: fieldOf(''), index: 0 } as const;
    const palette = { type: 'palette', field: fieldOf(''), index: 0 } as const;
    const both = uiAfter(
      { type: 'overlay.opened', overlay: help },
      { type: 'overlay.opened', overlay: palette },
    );
    const changed = reduceUi(both, { type: 'overlay.changed', overlay: { ...palette, index: 3 } });
    expect(changed.overlays).toEqual([help, { ...palette, index: 3 }]);
    expect(reduceUi(changed, { type: 'overlay.closed' }).overlays).toEqual([help]);
  });

  test('hiding the log or the pinned transcript does not leave the focus in the dark', () => {
    expect(uiAfter({ type: 'focused', pane: 'log' }, { type: 'page.toggled', page: 'log' }).focus).toBe(
      'tasks',
    );
    expect(
      uiAfter(
        { type: 'pinned', run: 'r' },
        { type: 'focused', pane: 'pinned' },
        { type: 'pinned', run: undefined },
      ).focus,
    ).toBe('inspector');
  });
});

describe('selection', () => {
  const list = { index: 1, key: 'b', top: 0, filter: '' };
  test.each([
    ['stays on its key', ['x', 'a', 'b'], 2],
    ['stays in place when its key is gone', ['a', 'c'], 1],
    ['is inside a shorter list', ['a'], 0],
    ['is nowhere in an empty list', [], -1],
  ])('%s', (_, keys, index) => {
    expect(selectedIndex(list, keys)).toBe(index);
  });

  test.each([
    [5, 0, 10, 0],
    [10, 0, 10, 1],
    [3, 7, 10, 3],
    [0, 0, 0, 0],
  ])('row %i from top %i in %i rows scrolls to %i', (index, top, height, result) => {
    expect(visibleTop(index, top, height)).toBe(result);
  });
});

describe('a field', () => {
  const type = (...keys: string[]) =>
    keys.reduce((field, key) => editField(field, key) ?? field, fieldOf('ab cd'));
  test.each([
    [['x'], 'ab cdx', 6],
    [['backspace'], 'ab c', 4],
    [['left', 'backspace'], 'ab d', 3],
    [['home', 'delete'], 'b cd', 0],
    [['C-w'], 'ab ', 3],
    [['M-b', 'x'], 'ab xcd', 4],
    [['C-left', 'M-left', 'M-f', 'x'], 'abx cd', 3],
    [['home', 'M-d'], ' cd', 0],
    [['space', 'M-backspace'], 'ab ', 3],
    [['C-u'], '', 0],
    [['C-a', 'C-k'], '', 0],
    [['home', 'space', '🐢'], ' 🐢ab cd', 2],
    [['left', 'left', 'left', 'left', 'left', 'left', 'backspace'], 'ab cd', 0],
    [['f5', 'pageup'], 'ab cd', 5],
  ])('after %j holds %j', (keys, text, cursor) => {
    expect(type(...keys)).toEqual({ text, cursor });
  });

  test('takes pasted lines as one line without controls', () => {
    expect(insertText(fieldOf('a'), 'b\r\n  c\x1b[A\x07').text).toBe('ab c[A');
  });
});

describe('layouts', () => {
  const choice = { focus: 'tasks' as PaneId, zoom: false, split: 0, log: true, pinned: false };

  test('panes never overlap nor leave the screen, at any size and with every choice', () => {
    const choices = [
      {},
      { pinned: true },
      { log: false },
      { split: 2 },
      { split: -1 },
      { focus: 'log' as PaneId },
    ];
    const wrong: string[] = [];
    for (let width = 1; width <= 220; width += 3) {
      for (let height = 1; height <= 70; height += 2) {
        for (const more of choices) {
          const rects = Object.values(layoutOf(width, height, { ...choice, ...more }).panes).filter(
            (rect) => !!rect,
          );
          const inside = rects.every(
            (rect) =>
              rect.x >= 0 &&
              rect.y >= 1 &&
              rect.width > 2 &&
              rect.height > 2 &&
              rect.x + rect.width <= width &&
              rect.y + rect.height <= height - 1,
          );
          const apart = rects.every((a, i) =>
            rects
              .slice(i + 1)
              .every(
                (b) =>
                  a.x + a.width <= b.x ||
                  b.x + b.width <= a.x ||
                  a.y + a.height <= b.y ||
                  b.y + b.height <= a.y,
              ),
          );
          if (!inside || !apart) wrong.push(`${width}x${height} ${JSON.stringify(more)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each([160, 200])('at %i columns two transcripts have room to be read, and titles stay', (width) => {
    const { panes } = layoutOf(width, 60, { ...choice, pinned: true });
    expect(panes.inspector!.width).toBeGreaterThanOrEqual(48);
    expect(panes.pinned!.width).toBeGreaterThanOrEqual(48);
    expect(panes.tasks!.width).toBeGreaterThanOrEqual(60);
  });

  test.each([
    [200, 60, ['tasks', 'inspector', 'merge', 'worktrees']],
    [120, 40, ['tasks', 'inspector', 'merge', 'worktrees']],
    [120, 24, ['tasks', 'inspector']],
    [80, 24, ['tasks', 'inspector']],
    [59, 24, ['tasks']],
    [80, 15, ['tasks']],
    [39, 24, []],
  ])('%ix%i shows %j', (width, height, panes) => {
    const layout = layoutOf(width, height, choice);
    expect(Object.entries(layout.panes).flatMap(([pane, rect]) => (rect ? [pane] : []))).toEqual(panes);
  });
});
