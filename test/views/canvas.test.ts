import { expect, test } from '@jest/globals';
import { createCanvas } from '../../views/canvas.js';
import { createTheme } from '../../views/theme.js';
import { readTheme } from '../support/screen.js';

/** A canvas full of wide characters, from this column on. */
function wide(from: number) {
  const canvas = createCanvas(createTheme(readTheme('none')));
  canvas.reset(12, 3);
  for (let y = 0; y < 3; y++) canvas.text(from, y, 12 - from, '日本語日本');
  return canvas;
}
const cells = (canvas: ReturnType<typeof wide>, y: number) => canvas.chars.slice(y * 12, y * 12 + 12);

test('a box over the second half of a wide character takes away the first: no border is eaten', () => {
  const canvas = wide(0);
  canvas.box({ x: 3, y: 0, width: 4, height: 3 }, { focused: false });
  expect(cells(canvas, 1).slice(0, 4)).toEqual(['日', ' ', ' ', '│']);
  expect(canvas.row(1)).toHaveLength([...canvas.row(1)].length);
});

test('text and a fill do as well, and a wide character keeps its own second half', () => {
  const canvas = wide(1);
  canvas.text(2, 0, 3, 'abc');
  canvas.fill({ x: 4, y: 1, width: 3, height: 1 });
  expect(cells(canvas, 0).slice(0, 5)).toEqual([' ', ' ', 'a', 'b', 'c']);
  expect(cells(canvas, 1).slice(0, 4)).toEqual([' ', '日', ' ', ' ']);
  expect(cells(canvas, 2).slice(0, 4)).toEqual([' ', '日', ' ', '本']);
});
