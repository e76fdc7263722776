import { describe, expect, test } from '@jest/globals';
import { suspectsIn } from '../../../src/domain/landing/suspects.js';
import { growth } from '../../support/growth.js';
import { names, numbers, search } from '../../support/train-world.js';

function drawn(seed: number, n: number, bad: number, pairs: number) {
  const next = numbers(seed);
  const order = names(n);
  const picked = new Set<string>();
  while (picked.size < bad + 2 * pairs) picked.add(order[next(n)]!);
  const list = [...picked];
  const twos = Array.from({ length: pairs }, (_, at) => list.slice(bad + 2 * at, bad + 2 * at + 2));
  return {
    order,
    bad: list.slice(0, bad),
    twos,
    breaks: [...list.slice(0, bad).map((task) => [task]), ...twos],
  };
}

describe('a train', () => {
  test('that passes as a whole lands in one run', () => {
    const { landed, runs, moves } = search(names(30), {});
    expect(landed).toEqual(names(30));
    expect(runs).toBe(1);
    expect(moves).toHaveLength(2);
  });

  test('of one costs one run, and a second one before it is blamed', () => {
    expect(search(['a'], {})).toMatchObject({ landed: ['a'], runs: 1 });
    expect(search(['a'], { breaks: [['a']] })).toMatchObject({ refused: { a: { code: 'alone' } }, runs: 2 });
    expect(search([], {})).toMatchObject({ landed: [], runs: 0 });
  });

  test('lands all that is good and names what is not, whatever the draw', () => {
    let [total, smallest] = [0, 0];
    for (let seed = 1; seed <= 300; seed++) {
      const { order, bad, twos, breaks } = drawn(seed * 7919, 30, 3, 1);
      const { landed, refused, runs } = search(order, { breaks });
      const [first, second] = order.filter((task) => twos[0]!.includes(task)) as [string, string];
      expect(landed).toHaveLength(26);
      expect(landed).not.toContain(second);
      const { [second]: pair, ...others } = refused as unknown as Record<
        string,
        { with: string[]; among?: true }
      >;
      expect(others).toEqual(Object.fromEntries(bad.map((task) => [task, { code: 'alone' }])));
      expect(pair!.with).toContain(first);
      if (!pair!.among) smallest++;
      if (!pair!.among) expect(pair!.with).toEqual([first]);
      total += runs;
    }
    // One by one takes 30 runs, and one more for each of the four that fail.
    expect(total / 300).toBeLessThan(34);
    expect(smallest).toBeGreaterThan(270);
  });

  test('needs few runs when the failure speaks of those to blame', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { order, breaks } = drawn(seed * 104729, 30, 3, 1);
      const { landed, runs } = search(order, { breaks, speaksOf: (broken) => broken });
      expect(landed).toHaveLength(26);
      expect(runs).toBeLessThanOrEqual(14);
    }
  });

  test('is not led astray by a failure that speaks of the wrong ones, or of all', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { order, bad, breaks } = drawn(seed * 31337, 12, 2, 1);
      const wrong = order.filter((task) => !bad.includes(task)).slice(0, 4);
      for (const speaksOf of [() => wrong, () => order]) {
        const { landed, refused } = search(order, { breaks, speaksOf });
        expect(landed).toHaveLength(9);
        for (const task of bad) expect(refused[task]).toEqual({ code: 'alone' });
      }
    }
  });

  test('that needs three to fail names all three, and never two of them as a pair', () => {
    const { landed, refused } = search(names(8), { breaks: [['t1', 't4', 't6']] });
    expect(landed).toHaveLength(7);
    expect(refused).toEqual({ t6: { code: 'together', with: ['t1', 't4'] } });
  });

  test('lands the rest when the checks cannot be run to their end with one, which is blamed for no failure', () => {
    const { landed, refused } = search(names(6), { hangs: ['t2'] });
    expect(landed).toEqual(['t0', 't1', 't3', 't4', 't5']);
    expect(refused).toEqual({ t2: { code: 'error' } });
    const once = search(names(6), { breaks: [['t4']], errorAt: 3 });
    expect(once.landed).toHaveLength(5);
    expect(once.refused).toEqual({ t4: { code: 'alone' } });
  });

  test('blames nobody when the checks cannot be run at all, after two runs', () => {
    const { landed, refused, runs } = search(names(6), { errorFrom: 1 });
    expect(landed).toEqual([]);
    expect(new Set(Object.values(refused).map((why) => why.code))).toEqual(new Set(['error']));
    expect(runs).toBe(2);
    // The machine gives up in the middle: what was found until then holds, and nobody else is blamed for it.
    const later = search(names(8), { breaks: [['t1']], errorFrom: 7 });
    expect(later.landed).toContain('t0');
    expect(later.runs).toBeLessThan(16);
    const codes = Object.entries(later.refused).map(([task, why]) => (task === 't1' ? '' : why.code));
    expect(new Set(codes.filter(Boolean))).toEqual(new Set(['error']));
  });

  test('blames nobody when the target itself fails', () => {
    const { landed, refused, runs } = search(names(20), { breaks: [[]] });
    expect(landed).toEqual([]);
    expect(new Set(Object.values(refused).map((why) => why.code))).toEqual(new Set(['target']));
    expect(runs).toBeLessThanOrEqual(9);
  });

  test('lands all when a failure does not come again, and says so', () => {
    for (const order of [names(8), ['a', 'b'], ['a']]) {
      const { landed, refused, moves } = search(order, { flakeAt: 1 });
      expect([landed, refused]).toEqual([order, {}]);
      expect(moves).toContainEqual({ type: 'flaky', tasks: order });
    }
  });

  test('costs no more than one by one and a run for each culprit, and names the smallest sets', () => {
    const kinds = [[1], [2], [3], [1, 1, 1, 1], [2, 2], [1, 2, 3], [1, 1, 1, 1, 1, 1, 1, 1]];
    for (const sizes of kinds) {
      for (let seed = 1; seed <= 40; seed++) {
        const next = numbers(seed * 6007);
        const order = names(40);
        const picked = new Set<string>();
        const many = sizes.reduce((sum, size) => sum + size);
        while (picked.size < many) picked.add(order[next(40)]!);
        const list = order.filter((task) => picked.has(task));
        const breaks = sizes.map((size) => list.splice(0, size));
        const { landed, refused, runs } = search(order, { breaks });
        expect(landed).toHaveLength(40 - sizes.length);
        expect(runs).toBeLessThanOrEqual(40 + sizes.length);
        for (const set of breaks) {
          const why = refused[set.at(-1)!] as { with?: string[]; among?: true };
          if (!why.among) expect(why.with ?? []).toEqual(set.slice(0, -1));
        }
      }
    }
  });

  test('keeps what depends on a culprit off the target', () => {
    const { landed, refused } = search(names(5), {
      breaks: [['t1']],
      dependsOn: { t2: ['t1'], t4: ['t2'] },
    });
    expect(landed).toEqual(['t0', 't3']);
    expect(refused).toMatchObject({
      t1: { code: 'alone' },
      t2: { code: 'blocked', by: 't1' },
      t4: { code: 'blocked', by: 't1' },
    });
  });

  test('never puts a task before what it depends on, whoever is suspected', () => {
    const dependsOn = { t3: ['t0'], t4: ['t3'] };
    const { landed, moves } = search(names(6), { breaks: [['t5']], speaksOf: () => ['t0'], dependsOn });
    expect(landed).toHaveLength(5);
    for (const move of moves) {
      if (move.type !== 'test') continue;
      for (const [task, [needed]] of Object.entries(dependsOn)) {
        if (!move.tasks.includes(task) || !move.tasks.includes(needed!)) continue;
        expect(move.tasks.indexOf(needed!)).toBeLessThan(move.tasks.indexOf(task));
      }
    }
  });

  test('puts off what does not merge with the others, and what depends on it', () => {
    const { landed, deferred } = search(names(4), { conflicts: [['t0', 't1']], dependsOn: { t2: ['t1'] } });
    expect(landed).toEqual(['t0', 't3']);
    expect(deferred).toEqual(['t1', 't2']);
  });
});

describe('suspectsIn', () => {
  const changed = new Map([
    ['one', ['src/a.js', 'test/a.test.js', 'README.md']],
    ['two', ['src/b.js', 'lib/index.js']],
    ['three', ['src/c.js', 'src/index.js', 'README.md']],
    ['four', ['docs/d.md', 'README.md']],
  ]);

  test.each([
    ['not ok 3 - /tmp/x/wt/test/a.test.js', ['one']],
    ['at Object.<anonymous> (file:///tmp/wt/src/b.js:12:3)', ['two']],
    ['FAIL a.test.js\nERROR in c.js(3,4): no', ['one', 'three']],
    ['index.js is wrong', []],
    ['see README.md', []],
    ['something failed', []],
    ['', []],
  ])('reads %j', (output, suspects) => {
    expect(suspectsIn(output, changed)).toEqual(suspects);
  });

  test('reads a long output in one go', () => {
    const read = (words: number) =>
      expect(suspectsIn(`${'a/b/c/d/e/f '.repeat(words)} src/b.js`, changed)).toEqual(['two']);
    expect(growth(read, 2_500)).toBeLessThan(100);
  });
});
