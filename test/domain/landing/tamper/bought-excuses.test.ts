import { describe, expect, it } from '@jest/globals';
import { sourceChange } from '../../../../src/domain/landing/tamper/sources.js';
import { weakenedTests } from '../../../../src/domain/landing/tamper/weakened-tests.js';
import { changeOf } from '../../../support/seeds/change.js';

type Files = Record<string, readonly [string, string]>;
const failing = (files: Files) => {
  const { files: diff, texts } = changeOf(files);
  return weakenedTests(texts, sourceChange(diff, texts)).filter(({ explained }) => !explained);
};
const py = (name: string, ...lines: string[]) =>
  `def ${name}():\n${lines.map((line) => `    ${line}\n`).join('')}\n\n`;
const many = (name: string) => py(name, 'assert says(1) == 1', 'assert says(2) == 2');

describe('what is done to the code beside it excuses no lost test', () => {
  it.each<[string, Files]>([
    [
      'a member that is given its value in another way',
      {
        'test.js': ["it('waits', () => { expect(make().timeout).toBe(30); });\n", '\n'],
        'a.js': [
          'function A() {\n  this.timeout = 30;\n}\n',
          'function A() {\n  Object.assign(this, { timeout: 30 });\n}\n',
        ],
      },
    ],
    [
      'a member that its class declares now',
      {
        'test_a.py': [py('test_waits', 'assert make().timeout == 30'), '\n'],
        'a.py': [
          'class A:\n    def __init__(self):\n        self.timeout = 30\n',
          'class A:\n    timeout: int = 30\n',
        ],
      },
    ],
    [
      'a member that is read still',
      {
        'test_a.py': [py('test_waits', 'assert make().timeout == 30'), '\n'],
        'a.py': [
          'def f(self):\n    self.timeout = 30\n    wait(self.timeout)\n',
          'def f(self):\n    self.__dict__.update(t=30)\n    wait(self.timeout)\n',
        ],
      },
    ],
    [
      'a local variable of several words that is called otherwise',
      {
        'test_a.py': [py('test_max_retries_are_kept', 'assert says(1) == 1'), '\n'],
        'a.py': [
          'def says(n):\n    max_retries = 3\n    return max_retries\n',
          'def says(n):\n    most = 3\n    return most\n',
        ],
      },
    ],
    [
      'a helper of a file of tests that is gone, called once',
      {
        'tests/test_a.py': [
          `import a\n\n${many('test_a')}${many('test_b')}${py('test_c', 'load_thing(1)', 'assert says(3) == 3')}`,
          '',
        ],
        'a.py': [
          'def load_thing(n):\n    return n\n\n\ndef says(n):\n    return n\n',
          'def load_item(n):\n    return n\n\n\ndef says(n):\n    return n\n',
        ],
      },
    ],
    [
      'a new test with the same preparations and other claims',
      {
        'test_a.py': [
          py(
            'test_says',
            'a = make(1)',
            'b = make(2)',
            'c = make(3)',
            'assert says(a) == 1',
            'assert says(b) == 2',
          ),
          py('test_says', 'd = make(1)', 'show(d)') +
            py(
              'test_more',
              'a = make(1)',
              'b = make(2)',
              'c = make(3)',
              'assert other(a) == 1',
              'assert other(b) == 2',
            ),
        ],
      },
    ],
    [
      'a last attempt that never comes',
      {
        'test_a.py': [
          py('test_says', 'assert says() == 1'),
          py(
            'test_says',
            'retry = 0',
            'try:',
            '    assert says() == 1',
            'except AssertionError:',
            '    if retry == 9:',
            '        raise',
          ),
        ],
      },
    ],
    [
      'an expected failure on every version',
      {
        'tests/test_a.py': [
          many('test_says'),
          `@pytest.mark.xfail(sys.version_info >= (3, 0), reason="x")\n${many('test_says')}`,
        ],
      },
    ],
    [
      'an expected failure on one version or always',
      {
        'tests/test_a.py': [
          many('test_says'),
          `@pytest.mark.xfail(PY_3_14_PLUS or True, reason="x")\n${many('test_says')}`,
        ],
      },
    ],
    [
      'a system that no check runs on',
      {
        'a_test.go': [
          'package a\n\nfunc TestLoads(t *testing.T) {\n\tassert.Equal(t, 1, Load())\n}\n',
          '//go:build windows\n\npackage a\n\nfunc TestLoads(t *testing.T) {\n\tassert.Equal(t, 1, Load())\n}\n',
        ],
      },
    ],
    [
      'all systems but the one that checks run on',
      {
        'a_test.go': [
          'package a\n\nfunc TestLoads(t *testing.T) {\n\tassert.Equal(t, 1, Load())\n}\n',
          '//go:build !linux && !darwin\n\npackage a\n\nfunc TestLoads(t *testing.T) {\n\tassert.Equal(t, 1, Load())\n}\n',
        ],
      },
    ],
  ])('%s', (_, files) => {
    expect(failing(files)).not.toEqual([]);
  });
});
