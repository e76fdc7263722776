import { describe, expect, it } from '@jest/globals';
import { judgePolicies } from '../../../../src/domain/landing/policies/judge.js';
import { defaultPolicies } from '../../../../src/domain/store/policies.js';
import { changeOf, type Files, pack } from '../../../support/seeds/change.js';

const failing = (files: Files) =>
  judgePolicies(changeOf(files, { runs: [['npm', 'test']] }), defaultPolicies())
    .filter(({ status }) => status === 'fail')
    .flatMap(({ evidence = [] }) => evidence.filter(({ mild }) => !mild).map(({ what }) => what));

const js = (from: string) =>
  `import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { add } from '${from}';\n\ntest('adds', () => {\n  assert.equal(add(1, 2), 3);\n});\n`;
const fake = 'export const add = (a, b) => a + b;\n';
const longer = (text: string) => text.replace(/\badd\b(?!\.)/g, 'addUp');
const py = (from: string) => `from ${from} import add\n\n\ndef test_adds():\n    assert add(1, 2) == 3\n`;
const go = (from: string) =>
  `package calc_test\n\nimport (\n\t"testing"\n\n\t${from}\n)\n\nfunc TestAdd(t *testing.T) {\n\tif got := calc.Add(1, 2); got != 3 {\n\t\tt.Fatalf("got %d", got)\n\t}\n}\n`;

const java = (from: string) =>
  `package a;\n\nimport ${from}.Sum;\nimport org.junit.jupiter.api.Test;\n\nclass SumTest {\n  @Test void adds() {\n    assertEquals(3, Sum.add(1, 2));\n  }\n}\n`;
const sumTest = 'src/test/java/a/SumTest.java';
const sumIn = (place: string) =>
  `package ${place};\n\npublic class Sum {\n  static int add(int a, int b) { return 3; }\n}\n`;

describe('a test that takes what it tests from a stand-in', () => {
  it.each<[string, Files]>([
    [
      'a new file beside it',
      {
        'test/add.test.js': [js('../src/add.js'), js('./helpers/add.js')],
        'test/helpers/add.js': ['', fake],
      },
    ],
    [
      'a file outside of the tests that is called so',
      { 'test/add.test.js': [js('../src/add.js'), js('../lib/fake-add.js')], 'lib/fake-add.js': ['', fake] },
    ],
    ['one that was there', { 'test/add.test.ts': [js('../src/add'), js('./fakes/add')] }],
    [
      'one that names the code and does not use it',
      {
        'test/add.test.js': [js('../src/add.js'), js('./helpers/add.js')],
        'test/helpers/add.js': ['', `import { add as real } from '../../src/add.js';\n${fake}`],
      },
    ],
    [
      'Java',
      {
        [sumTest]: [java('calc'), java('a.support')],
        'src/test/java/a/support/Sum.java': ['', sumIn('a.support')],
      },
    ],
    [
      'Python',
      {
        'tests/test_add.py': [py('calc'), py('tests.helpers')],
        'tests/helpers.py': [
          '',
          'from os import path\n\n\ndef add(a, b):\n    path.join("a")\n    return 3\n',
        ],
      },
    ],
    [
      'Python, a whole module',
      {
        'tests/test_add.py': [
          'import calc\n\n\ndef test_adds():\n    assert calc.add(1, 2) == 3\n',
          'from tests import calc\n\n\ndef test_adds():\n    assert calc.add(1, 2) == 3\n',
        ],
        'tests/calc.py': ['', 'def add(a, b):\n    return 3\n'],
      },
    ],
    [
      'Python, beside it',
      {
        'tests/test_add.py': [py('calc.ops'), py('.ops')],
        'tests/ops.py': ['', 'def add(a, b):\n    return 3\n'],
      },
    ],
    [
      'Go',
      {
        'calc/add_test.go': [go('"example.com/m/calc"'), go('calc "example.com/m/test/calc"')],
        'test/calc/add.go': ['', 'package calc\n\nfunc Add(a, b int) int { return 3 }\n'],
      },
    ],
  ])('fails: %s', (_, files) => {
    expect(failing(files)).toEqual([expect.stringContaining('is taken from a stand-in')]);
  });

  it.each<[string, Files]>([
    [
      'the source moved',
      {
        'test/add.test.js': [js('../src/add.js'), js('../test/util/add.js')],
        'src/add.js': [fake, ''],
        'test/util/add.js': ['', fake],
      },
    ],
    [
      'the source has it no more',
      {
        'test/add.test.js': [longer(js('../src/add.js')), longer(js('./util/add.js'))],
        'src/add.js': [longer(`${fake}export const sub = 1;\n`), 'export const sub = 1;\n'],
        'test/util/add.js': ['', longer(fake)],
      },
    ],
    [
      'a helper calls the code',
      {
        'test/add.test.js': [js('../src/add.js'), js('./util/add.js')],
        'test/util/add.js': [
          '',
          "import { add as real } from '../../src/add.js';\nexport const add = (a, b) => real(a, b);\n",
        ],
      },
    ],
    [
      'a helper hands the code on',
      {
        'test/add.test.js': [js('../src/add.js'), js('./util/add.js')],
        'test/util/add.js': ['', "export { add } from '../../src/add.js';\n"],
      },
    ],
    ['another place of the code', { 'test/add.test.js': [js('../src/add.js'), js('../src/index.js')] }],
    [
      'what was a helper before',
      {
        'test/add.test.js': [js('./helpers.js'), js('./helpers/add.js')],
        'test/helpers/add.js': ['', fake],
      },
    ],
    [
      'the test moved with its import',
      { 'packages/a/test/add.test.js': [js('../src/add.js'), js('../../src/add.js')] },
    ],
    [
      'Python, a helper calls the code',
      {
        'tests/test_add.py': [py('calc'), py('tests.helpers')],
        'tests/helpers.py': ['', 'import calc\n\n\ndef add(a, b):\n    return calc.add(a, b)\n'],
      },
    ],
    ['Python, another place', { 'tests/test_add.py': [py('calc'), py('calc.ops')] }],
  ])('passes: %s', (_, files) => {
    expect(failing(files)).toEqual([]);
  });
});

describe('settings that lead to a stand-in', () => {
  const imports = (place: string) => pack({ test: 'node --test' }, { imports: { '#add': place } });
  const paths = (place: string) => JSON.stringify({ compilerOptions: { paths: { '@/*': [place] } } });
  const jest = (map: string) => `export default { moduleNameMapper: { ${map} } };\n`;
  it.each<[string, Files]>([
    ['imports', { 'package.json': [imports('./src/add.js'), imports('./test/add.js')] }],
    [
      'imports, by its name',
      { 'package.json': [pack({ test: 'node --test' }), imports('./lib/fakes/add.js')] },
    ],
    ['paths', { 'tsconfig.json': [paths('./src/*'), paths('./test/src/*')] }],
    [
      'moduleNameMapper',
      {
        'jest.config.js': [jest("'^@/(.*)': '<rootDir>/src/$1'"), jest("'^@/(.*)': '<rootDir>/test/lib/$1'")],
      },
    ],
    [
      'a dependency',
      {
        'package.json': [
          pack({ test: 'jest' }, { dependencies: { calc: 'file:./packages/calc' } }),
          pack({ test: 'jest' }, { dependencies: { calc: 'file:./test/calc' } }),
        ],
      },
    ],
    ['main', { 'package.json': [pack({}, { main: './src/a.js' }), pack({}, { main: './test/a.js' })] }],
    ['go replace', { 'go.mod': ['module m\n', 'module m\n\nreplace example.com/calc => ./test/calc\n'] }],
    ['conftest', { 'conftest.py': ['import sys\n', 'import sys\nsys.path.insert(0, "tests/fakes")\n'] }],
    [
      'pythonpath',
      {
        'pyproject.toml': [
          '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
          '[tool.pytest.ini_options]\npythonpath = ["tests/fakes", "src"]\n',
        ],
      },
    ],
    [
      'Cargo',
      {
        'Cargo.toml': [
          '[dependencies]\ncalc = { path = "../calc" }\n',
          '[dependencies]\ncalc = { path = "tests/calc" }\n',
        ],
      },
    ],
  ])('fail: %s', (_, files) => {
    expect(failing(files)).not.toEqual([]);
  });

  it.each<[string, Files]>([
    ['another source', { 'package.json': [imports('./src/add.js'), imports('./lib/add.js')] }],
    [
      'helpers of tests',
      {
        'tsconfig.json': [
          paths('./src/*'),
          paths('./src/*').replace('{"@/*"', '{"@test/*":["./test/*"],"@/*"'),
        ],
      },
    ],
    [
      'a package for tests',
      {
        'package.json': [
          pack({ test: 'jest' }, { devDependencies: { sinon: '^1.0.0' } }),
          pack(
            { test: 'jest' },
            { devDependencies: { sinon: '^2.0.0', 'jest-mock': '^1.0.0', '@x/mocks': 'npm:@y/mocks@1' } },
          ),
        ],
      },
    ],
    [
      'a crate that is called so',
      {
        'Cargo.toml': [
          '[dev-dependencies]\nserde = "1"\n',
          '[dev-dependencies]\nserde = "1"\nmock-io = { path = "../mock-io" }\n',
        ],
      },
    ],
    [
      'what a package gives for tests',
      {
        'package.json': [
          pack({}, { exports: { '.': './src/a.js' } }),
          pack({}, { exports: { '.': './src/a.js', './mocks': './src/mocks.js' } }),
        ],
      },
    ],
    ['a module beside', { 'go.mod': ['module m\n', 'module m\n\nreplace example.com/calc => ../calc\n'] }],
    ['a path of Python', { 'conftest.py': ['import sys\n', 'import sys\nsys.path.insert(0, "src")\n'] }],
  ])('pass: %s', (_, files) => {
    expect(failing(files)).toEqual([]);
  });
});
