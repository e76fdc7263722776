/** What changed within a line of a review. */
import { describe, expect, test } from '@jest/globals';
import { changedWords } from '../../views/review/words.js';

describe('changes within a line', () => {
  test.each([
    ['return a + b;', 'return a - b;', ['+'], ['-']],
    ['killTree(a.pid, b)', 'killTree(a.pidfd, b)', ['pid'], ['pidfd']],
    ['f(a, b)', 'f(a, b, signal)', [], [', signal']],
  ])('%j → %j', (before, after, removed, added) => {
    const found = changedWords(before, after)!;
    expect(found.before.map(([from, to]) => before.slice(from, to))).toEqual(removed);
    expect(found.after.map(([from, to]) => after.slice(from, to))).toEqual(added);
  });

  test('are not told where lines have nothing in common, or are too long', () => {
    expect(changedWords('const a = 1;', 'export type Pid')).toBeUndefined();
    expect(changedWords('a '.repeat(500), 'b '.repeat(500))).toBeUndefined();
  });
});
