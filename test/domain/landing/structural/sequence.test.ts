import { expect, it } from '@jest/globals';
import { type ChangedSpan, diff } from '../../../../src/domain/landing/structural/sequence.js';

it('an edit script gives the side, and no shorter one does', () => {
  for (let round = 0; round < 200; round++) {
    const [base, side] = [sequence(round, 7), sequence(round + 1000, 11)];
    const spans = diff(base, side)!;
    expect(applied(spans, base, side)).toEqual(side);
    expect(edits(spans)).toBe(base.length + side.length - 2 * commonLength(base, side));
  }
});

it('a small comparison after a large one is right', () => {
  const large = [sequence(1, 700), sequence(2, 700)] as const;
  expect(applied(diff(...large)!, ...large)).toEqual(large[1]);
  expect(diff(['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual([{ start: 1, end: 2, from: 1, to: 2 }]);
});

it('sequences that have hardly anything in common are not compared to the end', () => {
  const other = Array.from({ length: 2000 }, (_, at) => `other ${at}`);
  expect(diff(sequence(1, 2000), other)).toBeUndefined();
});

/** Always the same letters for one seed: a linear congruential generator. */
function sequence(seed: number, length: number): string[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return 'abcd'[(state >> 16) % 4]!;
  });
}

function applied(spans: readonly ChangedSpan[], base: readonly string[], side: readonly string[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const { start, end, from, to } of spans) {
    result.push(...base.slice(at, start), ...side.slice(from, to));
    at = end;
  }
  return [...result, ...base.slice(at)];
}

const edits = (spans: readonly ChangedSpan[]) =>
  spans.reduce((sum, { start, end, from, to }) => sum + end - start + to - from, 0);

/** Length of a longest common subsequence, by the plain table. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const item of a) {
    const next = [0];
    for (const [at, other] of b.entries()) {
      next.push(item === other ? row[at]! + 1 : Math.max(row[at + 1]!, next[at]!));
    }
    row = next;
  }
  return row[b.length]!;
}
