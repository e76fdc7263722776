/** Tests that look untouched while what they call, or what they fail by, is another thing; and what only looks alike. */
import { describe, expect, it } from '@jest/globals';
import { judgePolicies } from '../../../../src/domain/landing/policies/judge.js';
import { redefined } from '../../../../src/domain/landing/tamper/redefined.js';
import { defaultPolicies } from '../../../../src/domain/store/policies.js';
import { changeOf, type Files } from '../../../support/seeds/change.js';
import { laidInPlace } from '../../../support/seeds/laid-in-place.js';
import { addsInRust, cheats, go, inPython, inScript, rs } from '../../../support/seeds/redefined.js';

const runs = [
  ['npm', 'test'],
  ['make', 'test'],
  ['make', 'lint'],
  ['cargo', 'test'],
  ['go', 'test', './...'],
  ['python3', '-m', 'pytest'],
];
const worst = (files: Files) => {
  const statuses = judgePolicies(changeOf(files, { runs }), defaultPolicies()).map(({ status }) => status);
  return (['error', 'fail', 'held'] as const).find((status) => statuses.includes(status)) ?? 'pass';
};

describe('a change that keeps its tests and takes away what they say', () => {
  it.each(Object.entries({ ...cheats, ...laidInPlace }))('is not passed: %s', (name, files) => {
    expect(worst(files)).toBe(name === 'py: conftest replaces add' ? 'held' : 'fail');
  });
});

const helper = (body: string) =>
  `from add import add\n\ndef check(a, b):\n    ${body}\n\ndef test_add():\n    check(add(1, 2), 3)\n`;
const harmless: Record<string, Files> = {
  'a helper that hands on to another one': {
    'add.py': inPython,
    'test_add.py': [helper('assert a == b'), `def same(a, b):\n    assert a == b\n\n${helper('same(a, b)')}`],
  },
  'a helper that was taken from a file of helpers': {
    'tests/helpers.py': ['def says(a):\n    return [a]\n', ''],
    'tests/test_add.py': [
      'from tests.helpers import says\n\ndef test_add():\n    assert says(1) == [1]\n',
      'def says(a):\n    return [a]\n\ndef test_add():\n    assert says(1) == [1]\n',
    ],
  },
  'a helper that is empty where something cannot be tested': {
    'test/a_test.cc': ['1', '2'].map(
      (value) =>
        `#include "a.h"\n#if MOCKS\n#  define CHECK_ARG(a, b) \\\n  { EXPECT_EQ(a, b); }\n#else\n#  define CHECK_ARG(a, b)\n#endif\nTEST(A, b) { EXPECT_EQ(a(${value}), ${value}); }\n`,
    ) as unknown as [string, string],
  },
  'an assertion of its own that says something': {
    'add.js': inScript,
    'add.test.js': [
      "import { add } from './add.js';\nit('adds', () => {\n  assertEqual(add(1, 2), 3);\n});\n",
      "import { add } from './add.js';\nfunction assertEqual(a, b) {\n  if (a !== b) throw new Error('no');\n}\nit('adds', () => {\n  assertEqual(add(1, 2), 3);\n});\n",
    ],
  },
  'a time in an example': {
    'a.go': go,
    'a_test.go': [
      'package a\n\nfunc TestA(t *testing.T) {\n\tif A() != 1 {\n\t\tt.Fatal()\n\t}\n}\n',
      'package a\n\nfunc TestA(t *testing.T) {\n\tif A() != 1 {\n\t\tt.Fatal()\n\t}\n}\n\nfunc ExampleB() {\n\tt := time.Time{}\n\tB(t)\n}\n',
    ],
  },
  'a program that is fetched and laid in its place': {
    Makefile: ['1', '2'].map(
      (version) =>
        `lint: bin/l\n\tbin/l run\nbin/l:\n\tcurl a-${version} | tar xz\n\tmv l-${version}/l bin/l\n\tchmod +x bin/l\n`,
    ) as unknown as [string, string],
  },
  'types that are looked at in more projects': {
    'package.json': ['tsc --noEmit', 'npx tsc --build'].map((types) =>
      JSON.stringify({ scripts: { test: 'npm run types && jest', types } }),
    ) as unknown as [string, string],
  },
  'types that another program tests': {
    'package.json': ['tsd', 'tstyche'].map((tool) =>
      JSON.stringify({
        scripts: { test: 'npm run test-types && jest', 'test-types': `tsc && ${tool} && attw` },
      }),
    ) as unknown as [string, string],
  },
};

describe('a change of tests that says as much', () => {
  it.each(Object.entries(harmless))('passes: %s', (_, files) => {
    expect(worst(files)).toBe('pass');
  });
});

describe('a change that only a person can judge', () => {
  it.each<[string, Files]>([
    [
      'a clock that is another one in tests',
      {
        'src/lib.rs': [
          rs('a + b', addsInRust),
          `#[cfg(not(test))]\nfn now() -> u64 {\n    1\n}\n#[cfg(test)]\nfn now() -> u64 {\n    2\n}\n${rs('a + b', addsInRust)}`,
        ],
      },
    ],
    [
      'types that are looked at without the projects that settings refer to',
      {
        'package.json': ['tsc -b', 'tsc --noEmit'].map((types) =>
          JSON.stringify({ scripts: { test: 'npm run types && jest', types } }),
        ) as unknown as [string, string],
      },
    ],
    [
      'tests by a program of the change',
      {
        'package.json': ['jest', 'node ./test/smoke.js'].map((test) =>
          JSON.stringify({ scripts: { test } }),
        ) as unknown as [string, string],
      },
    ],
    [
      'scripts of packages that are not run',
      { '.npmrc': ['package-lock=false\n', 'ignore-scripts=true\npackage-lock=false\n'] },
    ],
    [
      'a new file that types are not checked in',
      {
        'pyproject.toml': ['[tool.mypy]\nexclude = []\n', '[tool.mypy]\nexclude = ["examples/new.py"]\n'],
        'examples/new.py': ['', 'a = 1\n'],
      },
    ],
    [
      'a file that sets up tests and asks whether there are any',
      {
        'vitest.config.ts': [
          'export default { test: { globals: true } };\n',
          'export default { test: { globals: true, setupFiles: ["scripts/count.ts"] } };\n',
        ],
        'scripts/count.ts': ['', 'console.log(process.env.VITEST_POOL_ID);\n'],
      },
    ],
  ])('is held: %s', (_, files) => {
    expect(worst(files)).toBe('held');
  });
});

it('a long file of tests, with many new ones, is read in no time', () => {
  const test = (at: number) =>
    `def test_${at}(tmp_path):\n    value = read_${at}(tmp_path)\n    assert value == ${at}\n\n\n`;
  const tests = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => test(from + at)).join('');
  const [before, after] = [tests(0, 1500), tests(0, 1600)];
  const start = process.cpuUsage();
  expect(redefined([{ path: 'test_a.py', before, after }], [])).toEqual([]);
  expect(process.cpuUsage(start).user).toBeLessThan(10_000_000);
});
