import { expect, test } from '@jest/globals';
import { keptFor } from '../../../views/monitor/kept.js';

test('what is made of a reading is made once, until the reading or what else it is made of is another', () => {
  let made = 0;
  const make = () => {
    made += 1;
    return made;
  };
  const [first, next] = [{ at: 1 }, { at: 2 }];
  expect(keptFor(first, 'chart', [40, 'EUR'], make)).toBe(1);
  expect(keptFor(first, 'chart', [40, 'EUR'], make)).toBe(1);
  expect(keptFor(first, 'chart', [41, 'EUR'], make)).toBe(2);
  expect(keptFor(first, 'line', [41, 'EUR'], make)).toBe(3);
  expect(keptFor(next, 'chart', [41, 'EUR'], make)).toBe(4);
  expect(keptFor(undefined, 'chart', [], make)).toBe(5);
  expect(keptFor(undefined, 'chart', [], make)).toBe(6);
});
