import { describe, expect, it } from '@jest/globals';
import { sourceChange } from '../../../../src/domain/landing/tamper/sources.js';
import { weakenedTests } from '../../../../src/domain/landing/tamper/weakened-tests.js';

const test = (title: string, ...lines: string[]) =>
  `it('${title}', () => {\n${lines.map((line) => `  ${line}\n`).join('')}});\n`;
const adds = test('adds', 'expect(add(1, 2)).toBe(3);', 'expect(add(2, 2)).toBe(4);');
const told = (before: string, after: string, more: { path: string; before: string; after: string }[] = []) =>
  weakenedTests([{ path: 'a.test.ts', before, after }, ...more]);
const failing = (...given: Parameters<typeof told>) => told(...given).filter(({ explained }) => !explained);

describe('weakened tests', () => {
  it('name the test, its place, and what it claims no more', () => {
    const [weakening, ...others] = told(`\n${adds}`, `\n${test('adds', 'expect(add(1, 2)).toBe(3);')}`);
    expect(weakening).toEqual({
      path: 'a.test.ts',
      line: 2,
      what: 'the test adds claims less: expect(add(2, 2)).toBe(4) is gone',
    });
    expect(others).toEqual([]);
  });

  it('are not those that were taken together, apart, or to another file under the same name', () => {
    const [one, two] = [
      test('adds', 'expect(add(1, 2)).toBe(3);'),
      test('adds twos', 'expect(add(2, 2)).toBe(4);'),
    ];
    expect(failing(adds, one + two)).toEqual([]);
    expect(failing(one + two, adds)).toEqual([]);
    expect(failing(adds + one, one, [{ path: 'b.spec.ts', before: '', after: adds }])).toEqual([]);
  });

  it('are not those of which two that were alike became one', () => {
    const shared = { path: 'shared.test.ts', before: '', after: adds };
    const second = { path: 'b.test.ts', before: adds, after: '' };
    expect(failing(adds, '', [second, shared])).toEqual([]);
  });

  it('are told, and do not fail, where a helper asserts in their place', () => {
    const helper = 'function sums(a, b, c) {\n  expect(add(a, b)).toBe(c);\n}\n';
    const after = helper + test('adds', 'sums(1, 2, 3);', 'sums(2, 2, 4);');
    expect(told(adds, after)).toMatchObject([{ explained: 'a helper is called in its place' }]);
  });

  it('are told, and do not fail, when what they test is gone', () => {
    const [line] = [{ kind: 'removed', text: 'export function addAll() {}', line: 1, oldLine: 1 } as const];
    const file = {
      path: 'src/a.ts',
      change: 'modified',
      binary: false,
      added: 0,
      removed: 1,
      hunks: [[line]],
    } as const;
    const sources = sourceChange([{ ...file, hunks: [[line]] }], []);
    const before = adds + test('adds all', 'expect(addAll([1])).toBe(1);');
    const found = weakenedTests([{ path: 'a.test.ts', before, after: adds }], sources);
    expect(found).toMatchObject([{ explained: 'it goes with code that is gone: addAll' }]);
    expect(failing(before, adds)).toHaveLength(1);
  });

  it('are those whose place a test took that says nothing', () => {
    expect(failing(adds, test('works', 'expect(true).toBe(true);'))).not.toEqual([]);
    expect(failing(adds, test('multiplies', 'expect(mul(3, 3)).toBe(9);'))).not.toEqual([]);
  });

  it('are read in the whole of a signature that goes over lines', () => {
    const before = 'def test_a(one):\n    assert one == 1\n';
    const after = 'def test_a(\n    one: int, two: str\n) -> None:\n    assert one == 1\n';
    expect(weakenedTests([{ path: 'test_a.py', before, after }])).toEqual([]);
  });
});
