import { describe, expect, test } from '@jest/globals';
import {
  cellsOf,
  charWidth,
  fitEnd,
  fitText,
  textWidth,
  toCells,
  wrap,
  wrapIndented,
} from '../../../src/domain/platform/width.js';

describe('widths', () => {
  test.each([
    ['a', 1],
    ['é', 1],
    ['日', 2],
    ['한', 2],
    ['✅', 2],
    ['🐢', 2],
    ['⚠', 1],
    ['●', 1],
    ['Ａ', 2],
    ['ส', 1],
  ] as const)('%s takes %i', (char, width) => {
    expect(charWidth(char)).toBe(width);
  });

  test('asked often about many characters, the answers stay right', () => {
    for (let code = 0x1100; code < 0x1100 + 12_000; code++) charWidth(String.fromCodePoint(code));
    expect([charWidth('日'), charWidth('●')]).toEqual([2, 1]);
  });
});

test('quotation marks, Cyrillic, braille and rare characters within a line are split like any other', () => {
  expect(toCells('“жⵣ⠋” ок')).toEqual(['“', 'ж', 'ⵣ', '⠋', '”', ' ', 'о', 'к']);
  expect(toCells('ab⚠cde\u0301漢f')).toEqual(['a', 'b', '⚠', 'c', 'd', 'e\u0301', '漢', 'f']);
  expect(textWidth('“ab” ⚠ 漢')).toBe(9);
  expect(cellsOf('“abcdef”', 5)).toEqual(['“', 'a', 'b', 'c', '…']);
});

describe('cells', () => {
  test.each([
    ['flags are their letters', '🇩🇪', ['D', 'E']],
    ['families are their first member', '👩\u200d👩\u200d👧x', ['👩', 'x']],
    ['skin tones are dropped', '👍🏽', ['👍']],
    ['at most two marks stay', 'x\u0301\u0302\u0303\u0304', ['x\u0301\u0302']],
    ['a mark without a base is dropped', '\u0301a', ['a']],
    ['a spacing mark has a cell of its own', 'ना', ['न', 'ा']],
  ])('%s', (_, text, cells) => {
    expect(toCells(text)).toEqual(cells);
  });

  test('a wide character is followed by an empty cell', () => {
    expect(cellsOf('a日b', 10)).toEqual(['a', '日', '', 'b']);
  });

  test.each([
    ['abcdef', 4, 'abc…'],
    ['日本語', 4, '日…'],
    ['日本語', 5, '日本…'],
    ['日本', 4, '日本'],
    ['abc', 0, ''],
    ['ab', 1, '…'],
    ['日', 1, '…'],
  ])('%s in %i columns is %s', (text, width, shown) => {
    expect(cellsOf(text, width).join('')).toBe(shown);
    expect(cellsOf(text, width).length).toBeLessThanOrEqual(width);
  });

  test('fitText is exactly as wide as asked, whatever comes in', () => {
    for (const text of ['', 'abc', '日本語', 'x\x1b[31my', '🐢🐢🐢', 'a'.repeat(99)]) {
      expect([text, textWidth(fitText(text, 7))]).toEqual([text, 7]);
    }
  });
});

describe('wrap', () => {
  test.each([
    ['breaks at spaces', 'one two three', 8, ['one two', 'three']],
    ['breaks long words', 'abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['keeps wide characters whole', '日本語', 5, ['日本', '語']],
    ['keeps an empty line', '', 5, ['']],
    ['fits exactly', 'abcd efgh', 4, ['abcd', 'efgh']],
    ['survives a column too few', '日本', 1, ['日', '本']],
  ])('%s', (_, text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});

describe('lines with an indentation', () => {
  const deep = `${' '.repeat(24)}deep(x);`;

  test('keep it, however deep', () => {
    expect(wrapIndented(deep, 80)).toEqual([deep]);
    expect(wrapIndented('', 80)).toEqual(['']);
  });

  test('give it to the rows that they are broken into', () => {
    const rows = wrapIndented(`    ${'word '.repeat(12)}`, 24);
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) expect(row).toMatch(/^ {4}word/);
  });

  test('are broken as they are where it leaves no room', () => {
    const rows = wrapIndented(`${' '.repeat(30)}a word`, 40);
    expect(rows[0]).toMatch(/^ {30}a/);
    expect(rows.join(' ')).toContain('word');
  });
});

test('of a path that is too long the end is kept, with a sign in front, and no wide character is halved', () => {
  expect(fitEnd('../repo.worktrees/parser', 12)).toBe('…rees/parser');
  expect(fitEnd('a/b', 6)).toBe('a/b   ');
  expect(fitEnd('日本語/文書', 6)).toBe('…/文書');
  expect(fitEnd('日本語/文書', 7)).toBe('…/文書 ');
});

test('the signs of our own screens are one cell each, as the whole way finds', () => {
  for (const char of '·×±•⏎⋯−…✓▶◌┄') {
    expect(toCells(char)).toEqual([char]);
    // A wide character beside it sends the text the whole way.
    expect(toCells(`${char}幅`)).toEqual([char, '幅']);
    expect(textWidth(char)).toBe(charWidth(char));
  }
});
