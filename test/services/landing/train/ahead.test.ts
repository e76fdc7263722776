import { describe, expect, test } from '@jest/globals';
import { makeAhead } from '../../../../src/services/landing/train/ahead.js';
import type { TestedTree } from '../../../../src/services/landing/train/tree-checker.js';

const passed = (tree: string): TestedTree => ({
  outcome: 'pass',
  checks: [],
  suspects: [],
  ended: true,
  chain: { target: 'start', links: [], commit: 'tip', tree },
});

/** Checks that come to their end when the test says so, or are ended. */
function ground(most = 1) {
  const ends = new Map<string, () => void>();
  let dropped = 0;
  const ahead = makeAhead({
    most,
    dropped: () => dropped++,
    check: async ([tree = ''], signal) => ({
      tree,
      found: new Promise((resolve, reject) => {
        ends.set(tree, () => resolve(passed(tree)));
        signal.addEventListener('abort', () => reject(new Error('interrupted')));
      }),
    }),
  });
  return {
    ahead,
    end: (tree: string) => ends.get(tree)?.(),
    begun: () => [...ends.keys()],
    dropped: () => dropped,
  };
}

describe('a tree that is checked ahead', () => {
  test('is the answer when it is asked about', async () => {
    const { ahead, end, dropped } = ground();
    await ahead.begin(['first']);
    const taken = ahead.take('first');
    end('first');
    expect(await taken).toEqual(passed('first'));
    expect([ahead.wasted(), dropped()]).toEqual([0, 0]);
  });

  test('is ended when another one is asked about, and that counts as a run', async () => {
    const { ahead, begun, dropped } = ground();
    await ahead.begin(['first']);
    expect(await ahead.take('other')).toBeUndefined();
    await ahead.close();
    expect([ahead.wasted(), dropped()]).toEqual([1, 1]);
    // As many as may be wasted are.
    await ahead.begin(['second']);
    expect(begun()).toEqual(['first']);
  });

  test('is one at a time, and none outlives the search', async () => {
    const { ahead, begun } = ground(5);
    await ahead.begin(['first']);
    await ahead.begin(['second']);
    expect(begun()).toEqual(['first']);
    await ahead.close();
    expect(await ahead.take('first')).toBeUndefined();
  });
});
