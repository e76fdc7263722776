import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { readAs, readOutput } from '../../../../src/domain/landing/results/formats.js';
import {
  newProblems,
  type Problem,
  type TestCounts,
  withPathsBelow,
} from '../../../../src/domain/landing/results/results.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../fixtures/check-outputs');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const shown = ({ name, path, line, message }: Problem) => `${path}:${line} ${name}: ${message}`;

const tests = (passed: number, failed: number, skipped: number): TestCounts => ({ passed, failed, skipped });

const eslint = (end: string) => [
  `src/sum.js:2 no-var: Unexpected var, use let or const instead${end}`,
  `src/sum.js:2 no-unused-vars: 'c' is assigned a value but never used${end}`,
];
const tsc = [
  "src/sum.ts:2 TS2322: Type 'string' is not assignable to type 'number'.",
  "src/sum.ts:5 TS2322: Type 'number' is not assignable to type 'string'.",
  "src/sum.ts:5 TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
];

/** What real tools wrote of small projects with known failures (made by make.sh), and what it says. */
const cases: [string, TestCounts | undefined, string[]][] = [
  ['node-spec.txt', tests(2, 1, 2), ['test/node.js:7 sum > adds two: Expected values to be strictly equal:']],
  ['node-tap.txt', tests(2, 1, 2), ['test/node.js:7 sum > adds two: Expected values to be strictly equal:']],
  [
    'node-junit.xml',
    tests(2, 1, 2),
    ['test/node.js:7 sum > adds two: Expected values to be strictly equal:-1 !== 3'],
  ],
  ['mocha-tap.txt', tests(1, 1, 1), [':0 sum adds two: expected 3']],
  ['mocha-xunit.xml', tests(1, 1, 1), ['test/mocha.js:0 sum > adds two: expected 3']],
  [
    'jest.txt',
    tests(1, 1, 1),
    [
      'test/framework.spec.js:5 sum > adds two: expect(received).toBe(expected) // Object.is equality',
      "test/broken.spec.js:0 test/broken.spec.js: Cannot find module '../src/missing.js' from 'test/broken.spec.js'",
    ],
  ],
  [
    'jest-json.txt',
    tests(1, 1, 1),
    [
      'test/framework.spec.js:5 sum > adds two: Error: expect(received).toBe(expected) // Object.is equality',
      "test/broken.spec.js:0 test/broken.spec.js: Cannot find module '../src/missing.js' from 'test/broken.spec.js'",
    ],
  ],
  [
    'vitest.txt',
    tests(1, 1, 1),
    [
      "test/broken.spec.js:0 test/broken.spec.js: Error: Cannot find module '../src/missing.js' imported from '/project/test/broken.spec.js'",
      'test/framework.spec.js:5 sum > adds two: AssertionError: expected -1 to be 3 // Object.is equality',
    ],
  ],
  [
    'vitest-json.txt',
    tests(1, 1, 1),
    [
      "test/broken.spec.js:0 test/broken.spec.js: Cannot find module '../src/missing.js' imported from '/project/test/broken.spec.js'",
      'test/framework.spec.js:5 sum > adds two: AssertionError: expected -1 to be 3 // Object.is equality',
    ],
  ],
  [
    'vitest-junit.xml',
    tests(1, 2, 1),
    [
      "test/broken.spec.js:1 test/broken.spec.js > test/broken.spec.js: Cannot find module '../src/missing.js' imported from '/project/test/broken.spec.js'",
      'test/framework.spec.js:5 test/framework.spec.js > sum > adds two: expected -1 to be 3 // Object.is equality',
    ],
  ],
  [
    'pytest.txt',
    tests(2, 2, 1),
    [
      'test_sum.py:9 test_sum.py::test_adds_two: assert -1 == 3',
      'test_sum.py:24 test_sum.py::test_needs_server: RuntimeError: no server',
    ],
  ],
  [
    'pytest-junit.xml',
    tests(2, 2, 1),
    [
      'test_sum.py:9 test_sum > test_adds_two: assert -1 == 3',
      'test_sum.py:24 test_sum > test_needs_server: failed on setup with "RuntimeError: no server"',
    ],
  ],
  [
    'go.txt',
    undefined,
    [
      'example.com/sum/sum_test.go:7 example.com/sum.TestTwo: Sum(1, 2) = -1',
      'example.com/sum/sum_test.go:13 example.com/sum.TestTable/one: one is wrong',
      'bad/bad.go:3 go: cannot use "no" (untyped string constant) as int value in return statement',
    ],
  ],
  [
    'go-json.txt',
    tests(1, 2, 1),
    [
      'example.com/sum/sum_test.go:7 example.com/sum.TestTwo: Sum(1, 2) = -1',
      'example.com/sum/sum_test.go:13 example.com/sum.TestTable/one: one is wrong',
      'bad/bad.go:3 go: cannot use "no" (untyped string constant) as int value in return statement',
    ],
  ],
  ['cargo.txt', tests(1, 1, 1), ['src/lib.rs:11 tests::adds_two: assertion `left == right` failed']],
  ['cargo-build.txt', undefined, ['src/lib.rs:2 E0308: mismatched types']],
  ['eslint-stylish.txt', undefined, eslint('')],
  ['eslint-json.txt', undefined, eslint('.')],
  ['eslint.sarif', undefined, eslint('.')],
  ['tsc.txt', undefined, tsc],
  ['tsc-pretty.txt', undefined, tsc],
];

describe('what real tools wrote', () => {
  it.each(cases)('%s: counts and places are exact', (file, counts, problems) => {
    const found = readOutput(read(file));
    const results = found && withPathsBelow(found, ['/project', '/project/py', '/project/go']);
    expect(results?.tests).toEqual(counts);
    expect(results?.problems.map(shown)).toEqual(problems);
  });
});

describe('coverage', () => {
  it('tells the lines of each file, by lcov and by Cobertura', () => {
    const { coverage } = readOutput(read('node.lcov'))!;
    expect([...coverage!.get('src/sum.js')!]).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 2],
    ]);
    const xml =
      '<coverage line-rate="0.5"><packages><package><classes><class filename="a.py"><lines>' +
      '<line number="1" hits="1"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>';
    expect([...readAs('cobertura', xml)!.coverage!.get('a.py')!]).toEqual([
      [1, 1],
      [2, 0],
    ]);
  });
});

describe('linters that write a problem a line', () => {
  it.each([
    [
      'a.py:3: error: Incompatible types  [assignment]',
      'a.py:3 assignment: Incompatible types  [assignment]',
    ],
    ['src/a.py:1:8: F401 [*] `os` imported but unused', 'src/a.py:1 F401: `os` imported but unused'],
    ["lib/a.c:7:3: error: expected ';'", "lib/a.c:7 error: expected ';'"],
  ])('%s', (line, expected) => {
    expect(readOutput(`checking\n${line}\nFound 1 error\n`)!.problems.map(shown)).toEqual([expected]);
  });
});

describe('what is no report', () => {
  it.each([
    ['nothing', ''],
    ['words', 'all good\nok\n'],
    ['broken XML', '<testsuites><testsuite>'],
    ['a page', '<!doctype html><html><body></body></html>'],
    ['other JSON', '{"version": "1", "tests": 3}'],
    ['a list', '[1, 2]'],
  ])('%s has no results', (_, text) => {
    expect(readOutput(text)).toBeUndefined();
    expect(readAs('junit', text)).toBeUndefined();
  });

  it('follows no entity of a document, however many they come to', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>`;
    const text = `${bomb}<testsuite><testcase name="&b;"><failure message="&b;"/></testcase></testsuite>`;
    expect(readAs('junit', text)?.problems[0]?.message ?? '').not.toContain('aaaaaaaaaa');
  });
});

describe('problems beside those of the base', () => {
  const at = (line: number, name = 'no-var', message = 'Unexpected var'): Problem => ({
    ...{ kind: 'finding', name, path: 'a.js', line, message, severity: 'error' },
  });

  it('are the same on other lines, and one more of a kind is new', () => {
    expect(newProblems([at(10), at(20)], [at(1), at(2)])).toEqual([]);
    expect(newProblems([at(10), at(20), at(30)], [at(1), at(2)])).toEqual([at(30)]);
    expect(newProblems([at(1, 'eqeqeq')], [at(1)])).toEqual([at(1, 'eqeqeq')]);
  });

  it('are tests by name, whatever they say', () => {
    const test = (message: string): Problem => ({ ...at(1, 'adds', message), kind: 'test' });
    expect(newProblems([test('took 12 ms')], [test('took 10 ms')])).toEqual([]);
  });
});
