import { describe, expect, it } from '@jest/globals';
import { weakerDefinitions } from '../../../../src/domain/landing/tamper/definitions.js';

const pack = (scripts: object) => JSON.stringify({ scripts });
const told = (path: string, before: string, after: string, run: string[]) =>
  weakerDefinitions([{ path, before, after }], [run]).filter(({ explained }) => !explained);
const suite = (folder: string) =>
  `<phpunit><testsuites><testsuite><directory>${folder}</directory></testsuite></testsuites></phpunit>\n`;

describe('a definition that says the same', () => {
  it.each<[string, string, string, string[]]>([
    ['package.json', pack({ test: 'xo && ava && tsc' }), pack({ test: 'xo && tsc && ava' }), ['npm', 'test']],
    ['package.json', pack({ lint: 'echo "not now"' }), pack({ lint: 'eslint .' }), ['npm', 'run', 'lint']],
    [
      'package.json',
      pack({ test: 'echo "Error: no test specified" && exit 1' }),
      pack({ test: 'vitest run' }),
      ['npm', 'test'],
    ],
    [
      'package.json',
      pack({ test: 'ava', 'lint:types': 'eslint a.d.ts' }),
      pack({ test: 'ava', 'lint-types': 'eslint a.d.ts' }),
      ['npm', 'test'],
    ],
    [
      'package.json',
      pack({ test: 'npm run build && jest', build: 'node build.js' }),
      pack({ test: 'npm run build && jest', build: 'esbuild a.js' }),
      ['npm', 'test'],
    ],
    [
      'tox.ini',
      '[tox]\nenvlist = check,{py27,py34}-{a,b}\n',
      '[tox]\nenvlist = check,py{27,34}-{a,b,c}\n',
      ['tox'],
    ],
    [
      'conftest.py',
      "def pytest_runtest_makereport(item):\n    return save(\n        'a',\n        'b',\n    )\n",
      'def pytest_runtest_makereport(item):\n    return save("a", "b")\n',
      ['pytest'],
    ],
    [
      'conftest.py',
      'def pytest_sessionfinish():\n    if close:\n        close()\n',
      'def pytest_sessionfinish():\n    if not close:\n        return\n    close()\n',
      ['pytest'],
    ],
    ['phpunit.xml', suite('./tests'), suite('tests/'), ['vendor/bin/phpunit']],
    [
      'Makefile',
      'test: a.o\n\t./a\na.o: table.h\n\tcc a.c\ntable.h: gen\n\t./gen > table.h\n',
      'test: a.o\n\t./a\na.o:\n\tcc a.c\n',
      ['make', 'test'],
    ],
  ])('is not told in %s', (path, before, after, run) => {
    expect(told(path, before, after, run)).toEqual([]);
  });

  it.each<[string, string, string, string[]]>([
    [
      'package.json',
      pack({ test: 'xo && ava && tsc' }),
      pack({ test: 'exit 0 && xo && ava && tsc' }),
      ['npm', 'test'],
    ],
    ['package.json', pack({ test: 'xo; ava' }), pack({ test: 'ava; xo' }), ['npm', 'test']],
    [
      'package.json',
      pack({ test: 'echo "Error: no test specified" && exit 1' }),
      pack({ test: 'exit 0' }),
      ['npm', 'test'],
    ],
    [
      'package.json',
      pack({ test: 'run-s lint:*', 'lint:types': 'eslint a.d.ts' }),
      pack({ test: 'run-s lint:*', types: 'eslint a.d.ts' }),
      ['npm', 'test'],
    ],
    [
      'package.json',
      pack({ check: 'ava' }),
      pack({ 'check-later': 'ava' }),
      ['npm', 'run', '--if-present', 'check'],
    ],
    [
      'package.json',
      pack({ test: 'npm run build && jest', build: 'tsc -p .' }),
      pack({ test: 'npm run build && jest', build: 'tsc -p . || true' }),
      ['npm', 'test'],
    ],
    [
      'package.json',
      pack({ test: 'npm run build', build: 'tsc -p .' }),
      pack({ test: 'npm run build', build: 'tsc --noCheck' }),
      ['npm', 'run', 'build'],
    ],
    [
      'tox.ini',
      '[tox]\nenvlist = check,{py27,py34}-{a,b}\n',
      '[tox]\nenvlist = py{27,34}-{a,b,c}\n',
      ['tox'],
    ],
    [
      'conftest.py',
      'def pytest_runtest_makereport(item):\n    return save("a", "b")\n',
      'def pytest_runtest_makereport(item):\n    return save("a")\n',
      ['pytest'],
    ],
    [
      'conftest.py',
      'def pytest_sessionfinish(session, exitstatus):\n    close()\n',
      'def pytest_sessionfinish(session, exitstatus):\n    session.exitstatus = 0\n',
      ['pytest'],
    ],
    ['phpunit.xml', suite('./tests'), suite('./docs'), ['vendor/bin/phpunit']],
    [
      'Makefile',
      'test: unit\n\t./a\nunit: fast\n\t./unit\nfast:\n\t./fast\n',
      'test: unit\n\t./a\nunit:\n\t./unit\nfast:\n\t./fast\n',
      ['make', 'test'],
    ],
  ])('is told in %s where it says less', (path, before, after, run) => {
    expect(told(path, before, after, run)).not.toEqual([]);
  });
});

describe('a flag of which no meaning is known', () => {
  const both = (old: string, now: string): [string, string, string][] => [
    ['Makefile', `test:\n\t${old}\n`, `test:\n\t${now}\n`],
    ['package.json', pack({ test: old }), pack({ test: now })],
  ];
  it.each(
    [
      ['python tools/build.py', 'python tools/build.py --run-tests'],
      ['ava && ./own', 'ava && ./own --trace-deprecation'],
      ['./own all', './own all --engine=v8'],
    ].flatMap(([old, now]) => both(old!, now!)),
  )('waits for a person in %s', (path, before, after) => {
    expect(told(path, before, after, ['make', 'test'])).toMatchObject([
      { held: expect.stringMatching(/^what --\S+ leaves out is not known$/) },
    ]);
  });

  it.each(
    [
      ['pytest', 'pytest --run-tests tests/one.py'],
      ['pytest', 'pytest --run-tests || true'],
      ['pytest && ruff check', 'pytest --run-tests'],
      ['eslint .', 'eslint . --no-error-on-unmatched-pattern'],
      ['pylint src', 'pylint src --exit-zero'],
      ['jest', 'jest --config=other.json'],
      ['jest', 'jest --onlyChanged'],
      ['./own', './own -z'],
    ].flatMap(([old, now]) => both(old!, now!)),
  )('excuses nothing that is known to say less in %s', (path, before, after) => {
    const [first] = told(path, before, after, ['make', 'test']);
    expect(first).toBeDefined();
    expect(first?.held).toBeUndefined();
  });
});
