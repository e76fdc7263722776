import { expect, test } from '@jest/globals';
import { landingOrder, type Waiting } from '../../../src/domain/landing/landing-order.js';

const waiting = (slug: string, more: Partial<Waiting> = {}): Waiting => ({
  slug,
  dependsOn: [],
  stuck: false,
  ...more,
});
const tasks = (slugs: string) => slugs.split('').map((slug) => waiting(slug));
const edges = (...pairs: string[]) => pairs.map((pair) => [pair[0]!, pair[1]!] as const);

test('without conflicts the given order stays', () => {
  expect(landingOrder(tasks('cab'), [])).toEqual({ order: ['c', 'a', 'b'], leftOut: [] });
  expect(landingOrder([], [])).toEqual({ order: [], leftOut: [] });
});

test('the one that conflicts with many goes last', () => {
  const { order, leftOut } = landingOrder(tasks('abcd'), edges('ab', 'ac', 'ad'));
  expect(order).toEqual(['b', 'c', 'd', 'a']);
  expect(leftOut).toEqual(['a']);
});

test('of equal choices the earlier task is kept', () => {
  expect(landingOrder(tasks('ab'), edges('ab')).order).toEqual(['a', 'b']);
  expect(landingOrder(tasks('ba'), edges('ab')).order).toEqual(['b', 'a']);
});

test('a path of four keeps two, where taking the middle first would keep fewer', () => {
  expect(landingOrder(tasks('abcde'), edges('ab', 'bc', 'cd', 'de')).leftOut).toEqual(['b', 'd']);
});

test('dependencies come first, and what needs a task left out is left out too', () => {
  const list = [waiting('late', { dependsOn: ['early'] }), waiting('early')];
  expect(landingOrder(list, []).order).toEqual(['early', 'late']);
  const blocked = [
    waiting('a', { stuck: true }),
    waiting('b', { dependsOn: ['a', 'elsewhere'] }),
    waiting('c'),
  ];
  expect(landingOrder(blocked, [])).toEqual({ order: ['c', 'a', 'b'], leftOut: ['a', 'b'] });
  const circle = [waiting('x', { dependsOn: ['y'] }), waiting('y', { dependsOn: ['x'] })];
  expect(landingOrder(circle, []).order.sort()).toEqual(['x', 'y']);
});

/** All sets of tasks, the largest without a conflict. */
function bruteForce(slugs: string[], pairs: readonly (readonly [string, string])[]): number {
  let best = 0;
  for (let bits = 0; bits < 1 << slugs.length; bits++) {
    const kept = slugs.filter((_, at) => bits & (1 << at));
    if (kept.length > best && !pairs.some(([a, b]) => kept.includes(a) && kept.includes(b)))
      best = kept.length;
  }
  return best;
}

test('small groups are solved exactly', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  for (let round = 0; round < 40; round++) {
    const slugs = 'abcdefghij'.split('');
    const pairs = slugs.flatMap((a, at) =>
      slugs.slice(at + 1).flatMap((b) => (random() < 0.3 ? [[a, b] as const] : [])),
    );
    const { order, leftOut } = landingOrder(tasks(slugs.join('')), pairs);
    expect(order).toHaveLength(slugs.length);
    expect(slugs.length - leftOut.length).toBe(bruteForce(slugs, pairs));
  }
});

test('large groups are solved by rule of thumb, without conflicts and at once', () => {
  const slugs = Array.from({ length: 300 }, (_, at) => `t${at}`);
  const pairs = slugs.flatMap((a, at) => slugs.slice(at + 1, at + 4).map((b) => [a, b] as const));
  const { order, leftOut } = landingOrder(
    slugs.map((slug) => waiting(slug)),
    pairs,
  );
  const kept = new Set(order.slice(0, slugs.length - leftOut.length));
  expect(kept.size).toBe(75);
  expect(pairs.some(([a, b]) => kept.has(a) && kept.has(b))).toBe(false);
});
