import { describe, expect, it } from '@jest/globals';
import type { DiffFile } from '../../../../src/domain/landing/diff.js';
import { judgePolicies, type PersonsWord } from '../../../../src/domain/landing/policies/judge.js';
import { changedValues } from '../../../../src/domain/landing/tamper/changed-values.js';
import { defaultPolicies } from '../../../../src/domain/store/policies.js';

const js = (...claims: string[]) =>
  `import { sum } from './sum.js';\n\nit('adds', () => {\n${claims.map((one) => `  ${one}\n`).join('')}});\n`;
const test = (before: string, after: string, path = 'sum.test.js') => ({ path, before, after });

describe('values that tests expect', () => {
  it.each<[string, string, string, string, number]>([
    ['sum.test.js', js('expect(sum(1, 2)).toBe(3);'), js('', 'expect(sum(1, 2)).toBe(-1);'), 'toBe(-1)', 5],
    [
      'test_sum.py',
      'def test_a():\n    assert add(1, 2) == 3\n',
      'def test_a():\n    assert add(1, 2) == -1\n',
      '== -1',
      2,
    ],
  ])('are told with both values and their line: %s', (path, before, after, said, line) => {
    const [found, ...more] = changedValues([test(before, after, path)]);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ path, line, what: expect.stringContaining(said) });
    expect(found!.what).toContain('3');
  });

  it('are the same where another call is tested, or one more is', () => {
    const old = js('expect(sum(1, 2)).toBe(3);');
    expect(changedValues([test(old, js('expect(product(1, 2)).toBe(2);'))])).toEqual([]);
    expect(
      changedValues([test(old, js('expect(sum(1, 2)).toBe(3);', 'expect(sum(2, 2)).toBe(4);'))]),
    ).toEqual([]);
  });

  it('hold the work where the code changed too, and not for tests alone', () => {
    const texts = [test(js('expect(sum(1, 2)).toBe(3);'), js('expect(sum(1, 2)).toBe(-1);'))];
    const file = (path: string): DiffFile => ({
      ...{ path, change: 'modified', binary: false, added: 1, removed: 1, hunks: [] },
    });
    const { changed_expectations } = defaultPolicies();
    const judge = (paths: string[], word: PersonsWord = {}) =>
      judgePolicies(
        { files: paths.map(file), texts, runs: [] },
        { changed_expectations: changed_expectations! },
        word,
      )[0]!;
    const both = ['sum.js', 'sum.test.js'];
    expect(judge(both)).toMatchObject({
      status: 'held',
      evidence: [{ path: 'sum.test.js', line: 4 }],
    });
    expect(judge(['README.md', 'sum.test.js']).status).toBe('pass');
    expect(judge(both, { approved: true })).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('approved'),
    });
    expect(judge(both, { allowed: ['changed_expectations:sum.*'] }).status).toBe('warn');
    expect(judge(both, { allowed: ['weakened_tests'] }).status).toBe('held');
  });

  it('are told, and hold nothing, where the words of the task name each new value', () => {
    const texts = [
      test(js("expect(greet('a')).toBe('Hello a');"), js("expect(greet('a')).toBe('Good day a');")),
    ];
    const held = (asked?: string) =>
      changedValues(texts, asked).map(({ explained }) => explained === undefined);
    expect(held('Greet with "Good day a", not with hello')).toEqual([false]);
    expect(held('Greet more politely')).toEqual([true]);
    expect(held('Greet with Good day all')).toEqual([true]);
    expect(held()).toEqual([true]);
    const words = [test(js("expect(kind(1)).toBe('text');"), js("expect(kind(1)).toBe('number');"))];
    const isTold = (asked: string) => changedValues(words, asked)[0]!.explained !== undefined;
    expect([isTold('Give the number of cents'), isTold('kind gives "number"')]).toEqual([false, true]);
    const numbers = [test(js('expect(sum(1, 2)).toBe(3);'), js('expect(sum(1, 2)).toBe(4);'))];
    expect(changedValues(numbers, 'Step 4: make it fast')[0]).not.toHaveProperty('explained');
  });
});
