import { describe, expect, test } from '@jest/globals';
import { parseMerge, parseMergeBatch, withNames } from '../../../src/domain/landing/merge-output.js';

const tree = 'b6d3dd9a4503121c70aae201de1f98d66ea94829';
const blob = '587be6b4c3f93f93c489c0111bba5596147a26cb';
const stages = (path: string, ...numbers: number[]) =>
  numbers.map((stage) => `100644 ${blob} ${stage}\t${path}\0`).join('');
const message = (type: string, ...paths: string[]) =>
  `${paths.length}\0${paths.join('\0')}\0${type}\0${type}: text\n\0`;

describe('parseMerge', () => {
  test('a clean merge needs exit 0 and a tree', () => {
    expect(parseMerge(0, `${tree}\0`)).toEqual({ clean: true, tree, conflicts: [] });
    expect(parseMerge(0, '')).toBeUndefined();
    expect(parseMerge(0, 'not a tree\0')).toBeUndefined();
  });

  test('exit 1 without a tree is an unknown revision, other codes are errors', () => {
    expect(parseMerge(1, '')).toBeUndefined();
    expect(parseMerge(128, `${tree}\0`)).toBeUndefined();
  });

  test('names each path once, with its kind, also with odd names', () => {
    const text = `${tree}\0${stages('a\nb\tc', 1, 2, 3)}${stages('d', 1, 2)}\0${message('Auto-merging', 'a\nb\tc')}${message('CONFLICT (contents)', 'a\nb\tc')}${message('CONFLICT (modify/delete)', 'd')}`;
    expect(parseMerge(1, text)?.conflicts).toEqual([
      { path: 'a\nb\tc', kind: 'contents', message: 'CONFLICT (contents): text' },
      { path: 'd', kind: 'modify/delete', message: 'CONFLICT (modify/delete): text' },
    ]);
  });

  test('maps an invented name back, and keeps a conflict without stages', () => {
    const moved = `${tree}\0${stages('d~A', 1, 2)}\0${message('CONFLICT (file/directory)', 'd~A', 'd')}${message('CONFLICT (modify/delete)', 'd~A')}`;
    expect(parseMerge(1, moved)?.conflicts).toMatchObject([{ path: 'd', kind: 'file/directory' }]);
    const split = `${tree}\0\0${message('CONFLICT(directory rename unclear split)', 'old')}`;
    expect(parseMerge(1, split)?.conflicts).toMatchObject([
      { path: 'old', kind: 'directory rename unclear split' },
    ]);
  });

  test('two new files under one name are told apart from an edited one', () => {
    const text = `${tree}\0${stages('n', 2, 3)}\0${message('CONFLICT (contents)', 'n')}`;
    expect(parseMerge(1, text)?.conflicts).toMatchObject([{ path: 'n', kind: 'add/add' }]);
  });

  test('advice about submodules, printed in between, is passed over', () => {
    const told = `${tree}\0${stages('sub', 2, 3)}\0${message('CONFLICT (contents)', 'sub')}Recursive merging with submodules currently only supports trivial cases.\n`;
    expect(parseMerge(1, told)?.conflicts).toMatchObject([{ path: 'sub' }]);
    expect(parseMergeBatch(`0\0${told}\0${`1\0${tree}\0\0`}`).map(({ clean }) => clean)).toEqual([
      false,
      true,
    ]);
  });

  test('an error inside a merge is told, and a cut answer is none', () => {
    const failed = `${tree}\0\0${message('ERROR (submodule)', 's')}`;
    expect(parseMerge(1, failed)?.error).toBe('ERROR (submodule): text');
    expect(parseMerge(1, `${tree}\0${stages('a', 1)}\0${'2'}\0a\0`)).toBeUndefined();
    expect(parseMerge(1, `${tree}\0nonsense\0\0`)).toBeUndefined();
  });
});

describe('parseMergeBatch', () => {
  const conflict = `0\0${tree}\0${stages('a', 1, 2, 3)}\0${message('CONFLICT (contents)', 'a')}\0`;
  const clean = `1\0${tree}\0\0`;

  test('reads answers in order, and stops where git did', () => {
    const answers = parseMergeBatch(clean + conflict + clean);
    expect(answers.map((answer) => answer.clean)).toEqual([true, false, true]);
    expect(answers[1]?.conflicts).toMatchObject([{ path: 'a', kind: 'contents' }]);
    expect(parseMergeBatch(`${conflict}${clean}fatal`)).toHaveLength(2);
    expect(parseMergeBatch('')).toEqual([]);
  });
});

test('sides are named as people know them, and other ids stay', () => {
  const other = 'a'.repeat(40);
  const [named] = withNames(
    [{ path: 'f', kind: 'modify/delete', message: `deleted in ${blob}, modified in ${other}, f~${blob}` }],
    new Map([[blob, 'main']]),
  );
  expect(named?.message).toBe(`deleted in main, modified in ${other}, f~main`);
});
