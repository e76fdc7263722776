import { describe, expect, test } from '@jest/globals';
import { collidingPairs, type PathChange, parseChanges } from '../../../src/domain/landing/collisions.js';

const changed = (path: string): PathChange => ({ status: 'M', path });
const added = (path: string): PathChange => ({ status: 'A', path });
const moved = (from: string, path: string): PathChange => ({ status: 'R', from, path });

describe('collidingPairs', () => {
  test.each<[string, PathChange[], PathChange[], boolean]>([
    ['one path', [changed('a')], [changed('a')], true],
    ['two paths', [changed('a')], [changed('b')], false],
    ['an old name', [moved('a', 'b')], [changed('a')], true],
    ['a new name', [moved('a', 'b')], [added('b')], true],
    ['a file and a folder of one name', [added('x')], [added('x/y/z')], true],
    ['a name that only begins alike', [added('x')], [added('xy/z')], false],
    ['a file added to a folder that moves', [moved('old/f', 'new/f')], [added('old/g')], true],
    ['a file added deep below a folder that moves', [moved('old/f', 'new/f')], [added('old/in/g')], true],
    ['a file moved into a folder that moves', [moved('old/f', 'new/f')], [moved('g', 'old/g')], true],
    ['a file added above what moves', [moved('a/old/f', 'a/new/f')], [added('a/g')], false],
    ['a file added below a folder moved with its own', [moved('a/x/f', 'b/x/f')], [added('a/g')], true],
    ['a file added beside one that is only renamed', [moved('d/f', 'd/g')], [added('d/h')], false],
    ['all moved down from the top', [moved('f', 'sub/f')], [added('g')], true],
    ['all moved down from the top, with folders', [moved('x/f', 'sub/x/f')], [added('g')], true],
    ['an edit in a folder that moves', [moved('old/f', 'new/f')], [changed('old/g')], false],
    ['a file deleted, perhaps moved', [{ status: 'L', path: 'd/f' }], [added('e/g')], true],
  ])('%s', (_, a, b, collide) => {
    expect(collidingPairs([a, b])).toEqual(collide ? [[0, 1]] : []);
    expect(collidingPairs([b, a])).toEqual(collide ? [[0, 1]] : []);
  });

  test('names each pair once, in order, and nothing with itself', () => {
    const heads = [[changed('a'), changed('b')], [], [changed('b'), changed('a')], [changed('a')]];
    expect(collidingPairs(heads)).toEqual([
      [0, 2],
      [0, 3],
      [2, 3],
    ]);
    expect(collidingPairs([])).toEqual([]);
  });
});

test('parseChanges reads renames, odd names and commits without changes', () => {
  const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
  const text = [one, ':100644 100644 a b M', 'odd\nname', ':100644 100644 a a R100', 'old', 'new', two, ''];
  expect([...parseChanges(text.join('\0'))]).toEqual([
    [one, [changed('odd\nname'), moved('old', 'new')]],
    [two, []],
  ]);
  expect(parseChanges('').size).toBe(0);
});
