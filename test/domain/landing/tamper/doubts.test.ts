/** What a change may be right about holds the work for a person; what nothing speaks for fails it. */
import { describe, expect, it } from '@jest/globals';
import { judgePolicies } from '../../../../src/domain/landing/policies/judge.js';
import { defaultPolicies } from '../../../../src/domain/store/policies.js';
import { changeOf, type Files } from '../../../support/seeds/change.js';

const run = [['npm', 'test']];
const statusOf = (policy: string, files: Files, more = {}) =>
  judgePolicies({ ...changeOf(files, { runs: run }), ...more }, defaultPolicies()).find(
    ({ name }) => name === policy,
  )?.status;
const py = (name: string, ...lines: string[]) =>
  `def ${name}():\n${lines.map((line) => `    ${line}\n`).join('')}\n\n`;
const pkg = (scripts: Record<string, string>) => `${JSON.stringify({ scripts }, null, 2)}\n`;

const lost = py('test_rounds', 'assert says(1) == 1', 'assert says(2) == 2');
const kept = py('test_adds', 'assert add(1, 2) == 3');

describe('weakened tests', () => {
  it.each<[string, string | undefined, Files]>([
    [
      'fail where only other code was edited',
      'fail',
      {
        'test_a.py': [lost + kept, kept],
        'a.py': ['def says(n):\n    return n\n', 'def says(n):\n    return 0\n'],
      },
    ],
    [
      'hold the work where code was taken away',
      'held',
      {
        'test_a.py': [lost + kept, kept],
        'a.py': [
          'def says(n):\n    return n\n\n\ndef other_thing():\n    pass\n',
          'def says(n):\n    return n\n',
        ],
      },
    ],
    [
      'hold the work where what tests read grew as much',
      'held',
      { 'test/test_a.py': [lost + kept, kept], 'test/cases.md': ['one\n', `one\n${'more\n'.repeat(9)}`] },
    ],
    [
      'fail where what tests read only came along',
      'fail',
      { 'test/test_a.py': [lost + kept, kept], 'test/cases.md': ['', `one\n${'more\n'.repeat(9)}`] },
    ],
    [
      'only warn where a hook of the language went with its test',
      'warn',
      {
        'test_a.py': [py('test_limits_hash', 'assert {A(): 1}[A()] == 1') + kept, kept],
        'a.py': ['class A:\n    def __hash__(self):\n        return 1\n', 'class A:\n    pass\n'],
      },
    ],
    [
      'only warn where a getter went with what was claimed of it',
      'warn',
      {
        'a.test.js': [
          "it('is', () => {\n  expect(of(r).socket).toBe(1);\n  expect(of(r).connection).toBe(1);\n});\n",
          "it('is', () => {\n  expect(of(r).socket).toBe(1);\n});\n",
        ],
        'a.js': [
          'export const r = define({\n  connection: {\n    get() { return 1; },\n  },\n  socket: 1,\n});\n',
          'export const r = define({\n  socket: 1,\n});\n',
        ],
      },
    ],
    [
      'are none where a handler that only printed prints no more',
      'pass',
      {
        'a.test.js': [
          "it('is', () => {\n  try {\n    expect(a()).toBe(1);\n  } catch (error) {\n    console.log(error);\n  }\n});\n",
          "it('is', () => {\n  try {\n    expect(a()).toBe(1);\n  } catch (error) {\n  }\n});\n",
        ],
      },
    ],
    [
      'are none where a claim is turned round',
      'pass',
      {
        'src/test/java/ATest.java': [
          'class ATest {\n  @Test void a() {\n    assertFalse(a());\n  }\n}\n',
          'class ATest {\n  @Test void a() {\n    assertTrue(a());\n  }\n}\n',
        ],
      },
    ],
    [
      'are none where a benchmark of Go is gone',
      'pass',
      { 'a_test.go': ['package a\n\nfunc BenchmarkA(b *testing.B) {\n\ta()\n}\n', 'package a\n'] },
    ],
    [
      'are none in what Maven hands out',
      'pass',
      {
        'src/main/java/test/CallsTest.java': [
          'class CallsTest {\n  @Test void a() {\n    assertEquals(1, a());\n  }\n}\n',
          '',
        ],
      },
    ],
    [
      'hold the work where tests and code stand below the same new condition',
      'held',
      {
        'a_test.go': [
          'package a\n\nfunc TestA(t *testing.T) {\n\tassert.Equal(t, a(), 2)\n}\n',
          '//go:build finder\n\npackage a\n\nfunc TestA(t *testing.T) {\n\tassert.Equal(t, a(), 2)\n}\n',
        ],
        'a.go': ['package a\n', '//go:build finder\n\npackage a\n'],
      },
    ],
    [
      'hold the work where many tests were written anew and call the same',
      'held',
      {
        'test_a.py': [
          [1, 2, 3, 4].map((n) => py(`test_old_${n}`, `assert adds(${n}) == 1`, `x = own(${n})`)).join('') +
            'def own(n):\n    return n\n',
          [5, 6, 7].map((n) => py(`test_sum_${n}`, `assert adds(${n}) == [${n}]`)).join(''),
        ],
      },
    ],
    [
      'fail where tests written anew call less',
      'fail',
      {
        'test_a.py': [
          [1, 2, 3, 4]
            .map((n) => py(`test_old_${n}`, `assert adds(${n}) == 1`, `assert says(${n})`))
            .join(''),
          [5, 6, 7].map((n) => py(`test_sum_${n}`, `assert adds(${n}) == [${n}]`)).join(''),
        ],
      },
    ],
  ])('%s', (_, status, files) => {
    expect(statusOf('weakened_tests', files)).toBe(status);
  });
});

const pages = (...names: string[]): Files => ({
  'karma.conf.js': [[names[0]!], names].map(
    (out) => `module.exports = { exclude: ${JSON.stringify(out)} };\n`,
  ) as [string, string],
});
const rat = (more = '') =>
  `<project><build><plugin><configuration><excludes>\n<exclude>a/*.java</exclude>\n${more}</excludes></configuration></plugin></build></project>\n`;

describe('definitions of checks', () => {
  const make = (recipe: string, more = '') => `test: a\n\t${recipe}\n${more}`;
  it.each<[string, string, Files]>([
    ['a variable in front', 'pass', { Makefile: [make('./a-test'), make('$(PRE) ./a-test')] }],
    [
      'a variable in front that is set',
      'fail',
      { Makefile: [make('./a-test'), make('$(PRE) ./a-test', 'PRE = true\n')] },
    ],
    [
      'flags of a compiler',
      'pass',
      { Makefile: ['a_test: a.c\n\tgcc -DX -o $@ $^\n', 'a_test: a.c\n\t$(CC) $(CFLAGS) -o $@ $^\n'] },
    ],
    [
      'a compiler that is no more',
      'fail',
      { Makefile: ['a_test: a.c\n\tgcc -o $@ $^\n', 'a_test: a.c\n\tcp fake $@\n'] },
    ],
    [
      'targets that it needs now',
      'held',
      { Makefile: ['lint:\n\tbin/linter run\n', 'lint: lint-go\n\nlint-go:\n\tlinter run --fast\n'] },
    ],
    [
      'a tool that is fetched otherwise',
      'pass',
      { Makefile: ['test: bin/t\n\tbin/t\nbin/t:\n\tcurl a\n', 'test: bin/t\n\tbin/t\nbin/t:\n\tcurl b\n'] },
    ],
    [
      'a tool that is made',
      'fail',
      {
        Makefile: [
          'test: bin/t\n\tbin/t\nbin/t:\n\tcurl a\n',
          'test: bin/t\n\tbin/t\nbin/t:\n\tcp true bin/t\n',
        ],
      },
    ],
    [
      'a tool whose installer is fetched otherwise',
      'pass',
      {
        Makefile: ['1', '2'].map(
          (version) =>
            `test: bin/t\n\tbin/t\nbin/t:\n\tmkdir -p bin && curl a | sh -s -- -b bin v${version}\n`,
        ) as [string, string],
      },
    ],
    [
      'tests behind what is fetched that are gone',
      'fail',
      { Makefile: ['test:\n\tpip install -e . && pytest\n', 'test:\n\tpip install -e .\n'] },
    ],
    [
      'tests behind a folder that is made, gone with their target',
      'fail',
      { Makefile: ['test:\n\tmkdir -p out; go test ./...\nall:\n\techo\n', 'all:\n\techo\n'] },
    ],
    [
      'a script nobody asks for',
      'warn',
      { 'package.json': [pkg({ test: 'jest', 'coverage:ci': 'c8 jest' }), pkg({ test: 'jest' })] },
    ],
    [
      'a script of a kind that is asked for',
      'fail',
      {
        'package.json': [
          pkg({ test: 'run-p test:*', 'test:a': 'jest', 'test:b': 'ava' }),
          pkg({ test: 'run-p test:*', 'test:a': 'jest' }),
        ],
      },
    ],
    [
      'a script of one package of several',
      'held',
      { 'packages/a/package.json': [pkg({ 'test:a': 'jest', b: 'x' }), pkg({ b: 'x' })] },
    ],
    ['a page that may be run as a test left out', 'fail', pages('x.js', 'test/index.html')],
    ['what people read left out', 'pass', { 'pom.xml': [rat(), rat('<exclude>NOTES-*.txt</exclude>\n')] }],
    ['code left out', 'fail', { 'pom.xml': [rat(), rat('<exclude>b/*Test.java</exclude>\n')] }],
    ['a whole file of targets gone', 'held', { Makefile: [make('./a-test'), ''] }],
    [
      'an end that was forced',
      'pass',
      { 'package.json': [pkg({ test: 'jest --forceExit' }), pkg({ test: 'jest' })] },
    ],
  ])('with %s: %s', (_, status, files) => {
    expect(statusOf('check_definitions', files)).toBe(status);
  });

  it.each([
    ['npx', 'run-p', 'test:*'],
    ['sh', '-c', 'npm-run-all lint "test:*"'],
    ['pnpm', 'run', '/^test:.*/'],
  ])('with a script gone of a kind that the check asks for: %s %s %s', (...check) => {
    const files: Files = {
      'package.json': [pkg({ 'test:a': 'jest', 'test:b': 'ava' }), pkg({ 'test:a': 'jest' })],
    };
    expect(statusOf('check_definitions', files, { runs: [check] })).toBe('fail');
  });

  it('are held where they are as they were before a commit of the base', () => {
    const [loose, strict] = ['strict = false\n', 'strict = true\n'].map((line) => `[mypy]\n${line}`);
    const files: Files = { 'mypy.ini': [strict!, loose!] };
    const reverted = [changeOf({ 'mypy.ini': [loose!, strict!] }).files];
    expect(statusOf('check_definitions', files)).toBe('fail');
    expect(statusOf('check_definitions', files, { reverted })).toBe('held');
  });
});

describe('definitions that are traded, or ask for the machine', () => {
  const settings = (...lines: string[]) => `[tool.coverage.report]\n${lines.join('\n')}\n`;
  const hook = (...lines: string[]): Files => ({
    'tests/conftest.py': ['import os\n', `import os\n\n\n${py('pytest_collection_modifyitems', ...lines)}`],
  });
  const linter = (old: string, now: string): Files => ({
    '.pre-commit-config.yaml': [revision(old), `${revision(now)}# told\n`],
    'pyproject.toml': [
      '[tool.ruff]\nlint.ignore = ["A002"]\n',
      '[tool.ruff]\nlint.ignore = ["A002", "CPY001"]\n',
    ],
  });
  const revision = (rev: string) =>
    `repos:\n  - repo: https://example.org/ruff-pre-commit\n    rev: ${rev}\n    hooks:\n      - id: ruff\n`;
  const skip = 'items[0].add_marker(pytest.mark.skip)';
  it.each<[string, string, Files]>([
    [
      'pass where coverage leaves out what no test reaches',
      'pass',
      {
        'pyproject.toml': [
          settings('exclude_also = ["a"]'),
          settings('exclude_also = ["a", "if t.TYPE_CHECKING", "raise NotImplementedError", ": \\\\.{3}"]'),
        ],
      },
    ],
    [
      'fail where coverage leaves out more',
      'fail',
      { 'pyproject.toml': [settings('exclude_also = ["a"]'), settings('exclude_also = ["a", "if total"]')] },
    ],
    [
      'hold the work where a limit is raised for what is left out',
      'held',
      {
        'pyproject.toml': [
          settings('fail_under = 79', 'omit = ["a"]'),
          settings('fail_under = 100', 'omit = ["a", "tasks/*"]'),
        ],
      },
    ],
    [
      'hold the work where a hook asks what the system has',
      'held',
      hook('if hasattr(os, "link"):', '    return', skip),
    ],
    [
      'pass where a hook only clears what is kept',
      'pass',
      {
        'tests/conftest.py': [
          'import a\n',
          'import a\n\n\ndef pytest_runtest_setup() -> None:\n    a.kept.cache_clear()\n',
        ],
      },
    ],
    [
      'fail where such a hook leaves tests out',
      'fail',
      {
        'tests/conftest.py': [
          'import a\n',
          'import a\n\n\ndef pytest_runtest_setup() -> None:\n    a.kept.cache_clear()\n    pytest.skip()\n',
        ],
      },
    ],
    ['hold the work where a newer linter has rules that are left out', 'held', linter('1.0', '2.0')],
    ['fail where the same linter leaves out more', 'fail', linter('1.0', '1.0')],
    ['fail where a hook asks for nothing', 'fail', hook('if True:', `    ${skip}`)],
    ['fail where a hook asks for what people set', 'fail', hook('if os.environ.get("CI"):', `    ${skip}`)],
  ])('%s', (_, status, files) => {
    expect(statusOf('check_definitions', files)).toBe(status);
  });
});
