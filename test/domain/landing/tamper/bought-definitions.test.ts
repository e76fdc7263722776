import { describe, expect, it } from '@jest/globals';
import { weakerDefinitions } from '../../../../src/domain/landing/tamper/definitions.js';
import { pack } from '../../../support/seeds/change.js';

const told = (path: string, before: string, after: string, run: string[]) =>
  weakerDefinitions([{ path, before, after }], [run]).filter(({ explained }) => !explained);

describe('a definition is compared whatever its name', () => {
  const built = (was: string, is: string) =>
    [
      pack({ test: 'npm run build && jest', build: was }),
      pack({ test: 'npm run build && jest', build: is }),
    ] as const;
  it.each<[string, string, readonly [string, string], string[]]>([
    [
      'checks within a build',
      'package.json',
      built('eslint . && tsc && rollup -c', 'rollup -c'),
      ['npm', 'test'],
    ],
    [
      'tests within a build',
      'package.json',
      built('npm run test:unit && rollup -c', 'rollup -c'),
      ['npm', 'test'],
    ],
    ['a build that always ends well', 'package.json', built('tsc -p .', 'tsc -p .; true'), ['npm', 'test']],
    [
      'a build that ends well by its last words',
      'package.json',
      built('tsc -p .', 'tsc -p . || echo failed'),
      ['npm', 'test'],
    ],
    ['a build through a pipe', 'package.json', built('tsc -p .', 'tsc -p . | cat'), ['npm', 'test']],
    ['a build that does nothing', 'package.json', built('tsc -p .', 'true && exit 0'), ['npm', 'test']],
    [
      'what npm runs unasked before the tests',
      'package.json',
      [pack({ pretest: 'eslint .', test: 'jest' }), pack({ 'pre-test': 'eslint .', test: 'jest' })],
      ['npm', 'test'],
    ],
    [
      'a line that only says once more that there are no tests',
      'package.json',
      [pack({ test: 'jest && echo "no test specified"' }), pack({ test: 'echo "no test specified"' })],
      ['npm', 'test'],
    ],
    [
      'a hook that gives the session to another function',
      'conftest.py',
      [
        'def pytest_sessionfinish(session):\n    close()\n',
        'def force(s):\n    s.__dict__["exitstatus"] = 0\n\n\ndef pytest_sessionfinish(session):\n    force(session)\n',
      ],
      ['pytest'],
    ],
    [
      'a line of a hook that is below a condition now',
      'conftest.py',
      [
        'def pytest_runtest_makereport(item):\n    if item.x:\n        a()\n    tell()\n',
        'def pytest_runtest_makereport(item):\n    if item.x:\n        a()\n        tell()\n',
      ],
      ['pytest'],
    ],
    [
      'a stand-in called after a picture',
      'jest.config.json',
      [
        '{"testEnvironment":"node"}',
        '{"testEnvironment":"node","moduleNameMapper":{"^.*/core$":"<rootDir>/test/file-mock.js"}}',
      ],
      ['jest'],
    ],
    [
      'a recipe that checks behind the name of a file',
      'Makefile',
      [
        'test: unit.a\n\t./a\nunit.a: fast\n\t./run-tests unit\nfast:\n\t./fast\n',
        'test: unit.a\n\t./a\nunit.a:\n\ttouch unit.a\nfast:\n\t./fast\n',
      ],
      ['make', 'test'],
    ],
  ])('%s', (_, path, [before, after], run) => {
    expect(told(path, before, after, run)).not.toEqual([]);
  });
});
