import { expect, test } from '@jest/globals';
import { endedAfter } from '../../../../src/services/platform/index.js';

test('work that would never end is ended, and other work goes on as if alone', () => {
  const endless = () => /^(a+)+$/.test(`${'a'.repeat(60)}b`);
  const begin = performance.now();
  expect(() => endedAfter(200, endless)).toThrow('It took longer than 0.2 s and was ended.');
  expect(performance.now() - begin).toBeLessThan(20_000);
  expect(endedAfter(60_000, () => [1, 2].map((one) => one + 1))).toEqual([2, 3]);
});

test('what the work throws is thrown, and work within work has its own time', () => {
  const mine = Object.assign(new Error('mine'), { code: 'mine' });
  const fail = () => {
    throw mine;
  };
  expect(() => endedAfter(60_000, fail)).toThrow(mine);
  expect(endedAfter(60_000, () => endedAfter(60_000, () => 'inner').length)).toBe(5);
});
