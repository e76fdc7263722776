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

  it('are found in Python however often a line names the class of a test in brackets', () => {
    const of = (name: string, value: string) =>
      `class ${name}:\n    def test_a(self):\n        assert a() == ${value}\n\n`;
    const extended = 'class TestB(Mixin):\n    pass\n';
    const inPython = (before: string, after: string) =>
      weakenedTests([{ path: 'test_a.py', before, after }]).length;
    expect(inPython(of('Mixin', '1') + extended, extended)).toBe(1);
    expect(inPython(of('Mixin', '1'), '')).toBe(0);
    const start = process.cpuUsage();
    expect(inPython(`${of('Mixin', '1')}x = ${'(Mixin '.repeat(20_000)}\n`, '')).toBe(0);
    expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
  });

  it('are found where a word of the environment ends a test, also in a line with thousands of them', () => {
    const inGo = (guard: string) =>
      weakenedTests([
        { path: 'a_test.go', before: goTest(''), after: goTest(`\tif ${guard} {\n\t\treturn\n\t}\n`) },
      ]).map(({ what }) => what);
    const goTest = (first: string) => `func TestA(t *testing.T) {\n${first}\tassert.Equal(t, a(), 2)\n}\n`;
    const left = ['the test TestA is left by a word of the environment'];
    expect(inGo('os.Getenv("CI") != ""')).toEqual(left);
    const start = process.cpuUsage();
    expect(inGo(`os.Getenv("A") == ${'os.Getenv("B") + '.repeat(20_000)}x`)).toEqual(left);
    expect(inGo(`b == 1 {\n\t\tb = ${'os.Getenv("B") + '.repeat(20_000)}x`)).not.toEqual(left);
    expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
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

/** A test that claims what the program does, and the same with claims of its author's own that always hold. */
const excuses: [string, string, string, string][] = [
  [
    'a.test.ts',
    'JavaScript',
    "test('adds', () => {\n  assert.equal(add(1, 2), 3);\n  assert.equal(add(2, 2), 4);\n});\n",
    "test('adds', () => {\n  const sum = 4;\n  assert.equal(1 + 2, 3);\n  assert.equal(sum, 4);\n});\n",
  ],
  [
    'a.test.ts',
    'JavaScript, by itself',
    "test('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
    "test('adds', () => {\n  expect(add(1, 2)).toBe(add(1, 2));\n});\n",
  ],
  [
    'a.test.ts',
    'JavaScript, of its kind',
    "test('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
    "test('adds', () => {\n  expect(typeof add).toBe('function');\n});\n",
  ],
  [
    'a.test.ts',
    'JavaScript, of its kind in a comparison',
    "test('adds', () => {\n  assert.equal(add(1, 2), 3);\n});\n",
    "test('adds', () => {\n  assert.ok(typeof add(1, 2) === 'number');\n});\n",
  ],
  [
    'test_a.py',
    'Python',
    'def test_adds():\n    assert add(1, 2) == 3\n    assert add(2, 2) == 4\n',
    'def test_adds():\n    total = 4\n    assert 1 + 2 == 3\n    assert total == 4\n',
  ],
  [
    'a_test.go',
    'Go',
    'func TestAdds(t *testing.T) {\n\tassert.Equal(t, 3, Add(1, 2))\n\tassert.Equal(t, 4, Add(2, 2))\n}\n',
    'func TestAdds(t *testing.T) {\n\tsum := 4\n\tassert.Equal(t, 3, 1+2)\n\tassert.Equal(t, 4, sum)\n}\n',
  ],
  [
    'tests/a.rs',
    'Rust',
    '#[test]\nfn adds() {\n    assert_eq!(add(1, 2), 3);\n    assert_eq!(add(2, 2), 4);\n}\n',
    '#[test]\nfn adds() {\n    let sum = 4;\n    assert_eq!(1 + 2, 3);\n    assert_eq!(sum, 4);\n}\n',
  ],
  [
    'src/test/java/ATest.java',
    'Java',
    'class ATest {\n  @Test\n  void adds() {\n    assertEquals(3, add(1, 2));\n    assertEquals(4, add(2, 2));\n  }\n}\n',
    'class ATest {\n  @Test\n  void adds() {\n    int sum = 4;\n    assertEquals(3, 1 + 2);\n    assertEquals(4, sum);\n  }\n}\n',
  ],
  [
    'tests/a_test.cc',
    'C++',
    'TEST(Add, Adds) {\n  EXPECT_EQ(3, add(1, 2));\n  EXPECT_EQ(4, add(2, 2));\n}\n',
    'TEST(Add, Adds) {\n  int sum = 4;\n  EXPECT_EQ(3, 1 + 2);\n  EXPECT_EQ(4, sum);\n}\n',
  ],
];

describe('assertions that always hold', () => {
  it.each(excuses)('stand for none in %s (%s)', (path, _, before, after) => {
    expect(weakenedTests([{ path, before, after }]).filter(({ explained }) => !explained)).toHaveLength(1);
  });

  it('do not excuse lost tests when they are put beside the tests', () => {
    const line = (text: string, at: number) => ({ kind: 'added', text, line: at }) as const;
    const own = [
      'assert(true);',
      'assert.equal(1, 1);',
      'expect(limit(5)).toBe(5);',
      'expect(limit(6)).toBe(6);',
    ];
    const file = {
      path: 'src/own.ts',
      change: 'added',
      binary: false,
      added: 4,
      removed: 0,
      hunks: [own.map(line)],
    } as const;
    const before = adds + test('adds all', 'expect(addAll([1])).toBe(1);');
    const files = [{ path: 'a.test.ts', before, after: adds }];
    const found = weakenedTests(files, sourceChange([{ ...file, hunks: [own.map(line)] }], []));
    expect(found.filter(({ explained }) => !explained)).toHaveLength(1);
  });

  it.each([
    [
      'a value that a callback sets',
      "test('calls', () => {\n  let called = false;\n  run(() => { called = true; });\n  expect(called).toBe(true);\n});\n",
    ],
    [
      'what a constant gives',
      "test('reads', () => {\n  const input = 'a';\n  expect(read(input)).toBe('b');\n});\n",
    ],
  ])('are not %s', (_, after) => {
    const before = after.replace(/ {2}expect.*\n/, (claim) => claim + claim.replace('toBe', 'toEqual'));
    expect(told(before, after).some(({ what }) => what.includes('always holds'))).toBe(false);
  });
});

describe('an assertion of a library that is given another body', () => {
  const helper = "import assert from 'node:assert';\nexport const check = () => {};\n";
  const whats = (path: string, before: string, after: string) =>
    weakenedTests([{ path, before, after }]).map(({ what, line }) => [line, what]);

  it.each([
    ['test/helper.js', helper, `${helper}assert.equal = () => {};\n`, 3],
    ['test/helper.js', '', 'assert.strictEqual = () => {};\n', 1],
    [
      'test/conftest.py',
      'import unittest\n',
      'import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n',
      2,
    ],
  ])('is told in %s, whether or not the file has tests', (path, before, after, line) => {
    expect(whats(path, before, after)).toEqual([[line, 'an assertion is defined as something else']]);
  });

  it('is not told of one that a project adds, that stood there before, or that is only compared', () => {
    expect(whats('test/helper.js', helper, `${helper}assert.isSong = () => {};\n`)).toEqual([]);
    expect(whats('test/setup.js', '', 'global.expect = chai.expect;\nassert = chai.assert;\n')).toEqual([]);
    const old = `${helper}assert.equal = () => {};\n`;
    expect(whats('test/helper.js', old, `${old}export const more = 1;\n`)).toEqual([]);
    expect(whats('test/helper.js', helper, `${helper}if (assert.equal === check) check();\n`)).toEqual([]);
  });
});

describe('a helper of tests that compares nothing any more', () => {
  const body = '(a, b) => {\n  if (a !== b) throw new Error(`${a}`);\n};\n';
  const whats = (before: string, after: string) =>
    weakenedTests([{ path: 'test/helper.js', before, after }]).map(({ what, line }) => [line, what]);

  it('is told with its line', () => {
    const before = `export const one = 1;\nexport const checkSame = ${body}`;
    expect(whats(before, 'export const one = 1;\nexport const checkSame = () => {};\n')).toEqual([
      [2, 'the helper checkSame claims nothing any more'],
    ]);
  });

  it('is not told when it is gone, leaves it to another, or is no comparison', () => {
    const before = `export const checkSame = ${body}`;
    expect(whats(before, 'export const other = 1;\n')).toEqual([]);
    expect(whats(before, 'export const checkSame = (a, b) => assertSame(a, b);\n')).toEqual([]);
    const inner =
      'export const checkSame = (a, b) => {\n  const same = a === b;\n  if (!same) throw new Error(a);\n};\n';
    expect(whats(before, inner)).toEqual([]);
    expect(whats(`export const open = ${body}`, 'export const open = () => {};\n')).toEqual([]);
  });
});
