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
const go = (...lines: string[]) =>
  `func TestLoads(t *testing.T) {\n${lines.map((line) => `\t${line}\n`).join('')}}\n`;
const guarded = ['with pytest.raises(', 'NotSupported,', 'message="no cache"', '):', 'make(cache=True)'];
const named = guarded.map((line) => line.replace('message=', 'match='));
const load = 'text = load("a")';

describe('what is said at another place', () => {
  it.each<[string, Files]>([
    [
      'a part of a test that is a test of its own',
      {
        'test_a.py': [
          py('test_caches', load, 'assert text == "a"', ...guarded),
          py('test_caches', load, 'assert text == "a"') + py('test_guards', ...named),
        ],
      },
    ],
    [
      'a claim that is on one line now',
      {
        'test/spec_a.rb': [
          'it "parses" do\n  parse("a").must_equal 1\n  parse("foo%81E").\n    must_equal "foo"=>"1"\nend\n',
          'it "parses" do\n  parse("a").must_equal 1\nend\n\nit "parses bytes" do\n  parse("foo%81E").must_equal "foo"=>"1"\nend\n',
        ],
      },
    ],
    [
      'a test that took the name of one that went with its code',
      {
        'tests/test_a.py': [
          py('test_loads', 'mask = make_default_mask(1)', 'got = old(mask)', 'assert got == 1') +
            py('test_loads_new', load, 'more = text + "b"', 'assert more == "ab"'),
          py('test_loads', load, 'more = text + "b"', 'assert more == "ab"'),
        ],
        'a.py': ['def make_default_mask(n):\n    return n\n', ''],
      },
    ],
    [
      'the other words for an error that is nil',
      {
        'a_test.go': [
          go('err := Load()', 'assert.Nil(t, err)'),
          go('err := Load()', 'require.NoError(t, err)'),
        ],
      },
    ],
    [
      'a comparison in brackets with a comma in its text',
      {
        'test_a.py': [
          py('test_says', 'assert says() == "a"'),
          py('test_says', 'assert ("a, or b" == says())'),
        ],
      },
    ],
    [
      'what an attempt to print may fail at',
      {
        'test_a.py': [
          py('test_says', 'sys.stderr.write("\\r")', 'assert says() == 1'),
          py('test_says', 'try:', '    sys.stderr.write("\\r")', 'except:', '    pass', 'assert says() == 1'),
        ],
      },
    ],
    [
      'a test of a member that is gone',
      {
        'test.js': ["it('has styles', () => { expect(chalk.styles.red).toBe(1); });\n", '\n'],
        'index.js': [
          'module.exports = make(styles);\nmodule.exports.styles = styles;\n',
          'module.exports = make(styles);\n',
        ],
      },
    ],
    [
      'a test whose title names code that is gone',
      {
        'tests/test_a.py': [py('test_load_resets_error_kwargs', load, 'assert text == ""'), '\n'],
        'a.py': ['def load():\n    store.error_kwargs.clear()\n', 'def load():\n    pass\n'],
      },
    ],
    [
      'a test that is to fail on one version of the language',
      {
        'tests/test_a.py': [
          py('test_says', 'assert says() == 1'),
          `@pytest.mark.xfail(PY_3_14_PLUS, reason="nightly")\n${py('test_says', 'assert says() == 1')}`,
        ],
      },
    ],
  ])('is no loss: %s', (_, files) => {
    expect(failing(files)).toEqual([]);
  });

  it.each<[string, Files]>([
    [
      'a part of a test that claims nothing any more',
      {
        'test_a.py': [
          py('test_caches', load, 'assert text == "a"', ...guarded),
          py('test_caches', load, 'assert text == "a"') + py('test_guards', 'make(cache=True)'),
        ],
      },
    ],
    [
      'a pair in brackets',
      {
        'test_a.py': [py('test_says', 'assert says() == "a"'), py('test_says', 'assert (says(), "a, or b")')],
      },
    ],
    [
      'a claim that may fail',
      {
        'test_a.py': [
          py('test_says', 'assert says() == 1'),
          py('test_says', 'try:', '    assert says() == 1', 'except:', '    pass'),
        ],
      },
    ],
    [
      'a test of a member that stays',
      {
        'test.js': ["it('has styles', () => { expect(chalk.styles.red).toBe(1); });\n", '\n'],
        'index.js': ['module.exports.styles = styles;\nsay(1);\n', 'module.exports.styles = styles;\n'],
      },
    ],
    [
      'a test that is always to fail',
      {
        'tests/test_a.py': [
          py('test_says', 'assert says() == 1'),
          `@pytest.mark.xfail(reason="platform")\n${py('test_says', 'assert says() == 1')}`,
        ],
      },
    ],
  ])('is a loss: %s', (_, files) => {
    expect(failing(files)).not.toEqual([]);
  });
});
