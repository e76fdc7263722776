/** Where the cursor of a review is once its rows have changed. */
import { expect, jest, test } from '@jest/globals';
import { addedFile } from '../../src/domain/landing/diff.js';
import { cursorOf, type DiffRow } from '../../views/review/rows.js';
import { openReviewUi } from '../../views/review/state.js';

test('the cursor finds its line again, and is looked for once, not for each frame', () => {
  const file = addedFile('a.ts', 'one\ntwo\nthree\n');
  const lines = file.hunks[0]!.map((line): DiffRow => ({ type: 'line', file, hunk: 0, new: line }));
  const rows = [...lines, { type: 'note', file, text: 'The end.' } satisfies DiffRow];
  const looks = jest.spyOn(rows, 'findIndex');
  const ui = {
    ...openReviewUi({ task: 'song' }),
    at: 0,
    place: { path: 'a.ts', side: 'new', line: 3 } as const,
  };
  const made = { rows, hunks: [], files: [], said: [] };
  expect([cursorOf(made, ui), cursorOf(made, ui), cursorOf(made, { ...ui, top: 1 })]).toEqual([2, 2, 2]);
  expect(looks).toHaveBeenCalledTimes(1);
  const gone = { ...ui, place: { ...ui.place, line: 9 } };
  expect([cursorOf(made, gone), cursorOf(made, { ...ui, at: 2 })]).toEqual([0, 2]);
  expect(cursorOf({ ...made, rows: [...rows].reverse() }, ui)).toBe(1);
});
