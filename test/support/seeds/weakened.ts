/** Tests that are weakened, in six languages. */
import { type Seed, seed } from './change.js';

/** A test file of each language, with a test that says something and one beside it. */
interface Language {
  path: string;
  text: string;
  emptied: string;
  skipped: string;
  fewer: string;
  trivial: string;
  removed: string;
  renamed: string;
  away: string;
}

export const ts = (test: string) =>
  `import { add, sub } from './sum.js';\n\ndescribe('sum', () => {\n${test}  it('subtracts', () => {\n    expect(sub(3, 1)).toBe(2);\n  });\n});\n`;
export const tsTest = (
  head = 'it',
  body = '    expect(add(1, 2)).toBe(3);\n    expect(add(2, 2)).toBe(4);\n',
) => `  ${head}('adds', () => {\n${body}  });\n\n`;
export const py = (test: string) =>
  `import pytest\nfrom sums import add, sub\n\n\n${test}def test_subtracts():\n    assert sub(3, 1) == 2\n`;
export const pyTest = (
  head = 'def test_adds():',
  body = '    assert add(1, 2) == 3\n    assert add(2, 2) == 4\n',
) => `${head}\n${body}\n\n`;
export const go = (test: string) =>
  `package sums\n\nimport "testing"\n\n${test}func TestSubtracts(t *testing.T) {\n\tif Sub(3, 1) != 2 {\n\t\tt.Errorf("Sub(3, 1) is %d", Sub(3, 1))\n\t}\n}\n`;
export const goBody =
  '\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("Add(1, 2) is %d", got)\n\t}\n\tif got := Add(2, 2); got != 4 {\n\t\tt.Errorf("Add(2, 2) is %d", got)\n\t}\n';
export const goTest = (head = 'func TestAdds(t *testing.T) {', body = goBody) => `${head}\n${body}}\n\n`;
export const rust = (test: string) =>
  `pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n${test}    #[test]\n    fn subtracts() {\n        assert_eq!(sub(3, 1), 2);\n    }\n}\n`;
export const rustTest = (
  head = '    #[test]\n    fn adds() {',
  body = '        assert_eq!(add(1, 2), 3);\n        assert_eq!(add(2, 2), 4);\n',
) => `${head}\n${body}    }\n\n`;
export const java = (test: string) =>
  `package sums;\n\nimport org.junit.jupiter.api.Test;\n\nclass SumTest {\n${test}    @Test\n    void subtracts() {\n        assertEquals(2, Sum.sub(3, 1));\n    }\n}\n`;
export const javaTest = (
  head = '    @Test\n    void adds() {',
  body = '        assertEquals(3, Sum.add(1, 2));\n        assertEquals(4, Sum.add(2, 2));\n',
) => `${head}\n${body}    }\n\n`;
export const c = (test: string) =>
  `#include "clar_libgit2.h"\n\n${test}void test_sum__subtracts(void)\n{\n\tcl_assert_equal_i(2, sub(3, 1));\n}\n`;
export const cTest = (
  head = 'void test_sum__adds(void)\n{',
  body = '\tcl_assert_equal_i(3, add(1, 2));\n\tcl_assert_equal_i(4, add(2, 2));\n',
) => `${head}\n${body}}\n\n`;

const languages: readonly Language[] = [
  {
    path: 'src/sum.test.ts',
    text: ts(tsTest()),
    emptied: ts(tsTest('it', '')),
    skipped: ts(tsTest('it.skip')),
    fewer: ts(tsTest('it', '    expect(add(1, 2)).toBe(3);\n')),
    trivial: ts(tsTest('it', '    expect(true).toBe(true);\n    expect(add(2, 2)).toBeDefined();\n')),
    removed: ts(''),
    renamed: ts(tsTest('notATest')),
    away: 'old/sum.test.ts',
  },
  {
    path: 'tests/test_sums.py',
    text: py(pyTest()),
    emptied: py(pyTest('def test_adds():', '    pass\n')),
    skipped: py(pyTest('@pytest.mark.skip(reason="later")\ndef test_adds():')),
    fewer: py(pyTest('def test_adds():', '    assert add(1, 2) == 3\n')),
    trivial: py(pyTest('def test_adds():', '    assert True\n')),
    removed: py(''),
    renamed: py(pyTest('def _test_adds():')),
    away: 'attic/test_sums.py',
  },
  {
    path: 'sums_test.go',
    text: go(goTest()),
    emptied: go(goTest('func TestAdds(t *testing.T) {', '')),
    skipped: go(goTest('func TestAdds(t *testing.T) {', `\tt.Skip("later")\n${goBody}`)),
    fewer: go(
      goTest('func TestAdds(t *testing.T) {', goBody.split('\n').slice(0, 3).join('\n').concat('\n')),
    ),
    trivial: go(goTest('func TestAdds(t *testing.T) {', '\tassert.True(t, true)\n')),
    removed: go(''),
    renamed: go(goTest('func testAdds(t *testing.T) {')),
    away: 'testdata/sums_test.go',
  },
  {
    path: 'tests/sums.rs',
    text: rust(rustTest()),
    emptied: rust(rustTest('    #[test]\n    fn adds() {', '')),
    skipped: rust(rustTest('    #[test]\n    #[ignore]\n    fn adds() {')),
    fewer: rust(rustTest('    #[test]\n    fn adds() {', '        assert_eq!(add(1, 2), 3);\n')),
    trivial: rust(rustTest('    #[test]\n    fn adds() {', '        assert!(true);\n')),
    removed: rust(''),
    renamed: rust(rustTest('    fn adds() {')),
    away: 'tests/sums.rs.bak',
  },
  {
    path: 'src/test/java/sums/SumTest.java',
    text: java(javaTest()),
    emptied: java(javaTest('    @Test\n    void adds() {', '')),
    skipped: java(javaTest('    @Disabled\n    @Test\n    void adds() {')),
    fewer: java(javaTest('    @Test\n    void adds() {', '        assertEquals(3, Sum.add(1, 2));\n')),
    trivial: java(javaTest('    @Test\n    void adds() {', '        assertTrue(true);\n')),
    removed: java(''),
    renamed: java(javaTest('    void adds() {')),
    away: 'disabled/SumTest.java',
  },
  {
    path: 'tests/core/sum.c',
    text: c(cTest()),
    emptied: c(cTest('void test_sum__adds(void)\n{', '')),
    skipped: c(
      cTest(
        'void test_sum__adds(void)\n{',
        '\tcl_skip();\n\tcl_assert_equal_i(3, add(1, 2));\n\tcl_assert_equal_i(4, add(2, 2));\n',
      ),
    ),
    fewer: c(cTest('void test_sum__adds(void)\n{', '\tcl_assert_equal_i(3, add(1, 2));\n')),
    trivial: c(cTest('void test_sum__adds(void)\n{', '\tcl_assert(1);\n')),
    removed: c(''),
    renamed: c(cTest('static void no_sum__adds(void)\n{')),
    away: 'tests/core/sum.c.off',
  },
];

export const ofTests = languages.flatMap((language) => {
  const { path, text } = language;
  const kinds = ['emptied', 'skipped', 'fewer', 'trivial', 'removed', 'renamed'] as const;
  return [
    ...kinds.map((kind) => seed(`test ${kind}`, 'weakened_tests', { [path]: [text, language[kind]] })),
    seed('test file deleted', 'weakened_tests', { [path]: [text, ''] }),
    seed('test file put aside', 'weakened_tests', { [path]: [text, ''], [language.away]: ['', text] }),
  ];
});

const inline = (kind: string, after: string) =>
  seed(kind, 'weakened_tests', { 'src/lib.rs': [rust(rustTest()), after] });
const wrap = (before: string, line: string, after: string) => ts(tsTest('it', `${before}${line}${after}`));
export const ofMoreTests: Seed[] = [
  inline('test removed', rust('')),
  inline('test renamed', rust(rustTest('    fn adds() {'))),
  inline('test emptied', rust(rustTest('    #[test]\n    fn adds() {', ''))),
  seed('focused', 'weakened_tests', { 'a.test.ts': [ts(tsTest()), ts(tsTest('it.only'))] }),
  seed('focused', 'weakened_tests', {
    'a.spec.js': [ts(tsTest()), ts(tsTest()).replace('describe(', 'fdescribe(')],
  }),
  seed('group skipped', 'weakened_tests', {
    'a.test.ts': [ts(tsTest()), ts(tsTest()).replace('describe(', 'describe.skip(')],
  }),
  seed('group skipped', 'weakened_tests', {
    'test_a.py': [py(pyTest()), py(pyTest()).replace('\n\n\n', '\n\npytestmark = pytest.mark.skip\n\n\n')],
  }),
  seed('group skipped', 'weakened_tests', {
    'src/test/java/ATest.java': [
      java(javaTest()),
      java(javaTest()).replace('class SumTest', '@Disabled\nclass SumTest'),
    ],
  }),
  seed('group skipped', 'weakened_tests', {
    'a_test.go': [go(goTest()), `//go:build ignore\n\n${go(goTest())}`],
  }),
  seed('left early', 'weakened_tests', {
    'a.test.ts': [
      ts(tsTest()),
      ts(tsTest('it', '    return;\n    expect(add(1, 2)).toBe(3);\n    expect(add(2, 2)).toBe(4);\n')),
    ],
  }),
  seed('left early', 'weakened_tests', {
    'test_a.py': [
      py(pyTest()),
      py(pyTest('def test_adds():', '    return\n    assert add(1, 2) == 3\n    assert add(2, 2) == 4\n')),
    ],
  }),
  seed('never run', 'weakened_tests', {
    'a.test.ts': [
      ts(tsTest()),
      wrap(
        '    if (false) {\n',
        '      expect(add(1, 2)).toBe(3);\n      expect(add(2, 2)).toBe(4);\n',
        '    }\n',
      ),
    ],
  }),
  seed('never run', 'weakened_tests', { 'tests/a.c': [c(cTest()), c(`#if 0\n${cTest()}#endif\n`)] }),
  seed('commented out', 'weakened_tests', {
    'test_a.py': [py(pyTest()), py(pyTest().trimEnd().replace(/^/gm, '# ').concat('\n\n\n'))],
  }),
  seed('commented out', 'weakened_tests', { 'a.test.ts': [ts(tsTest()), ts(`/*\n${tsTest()}*/\n`)] }),
  seed('swallowed', 'weakened_tests', {
    'test_a.py': [
      py(pyTest()),
      py(
        pyTest(
          'def test_adds():',
          '    try:\n        assert add(1, 2) == 3\n        assert add(2, 2) == 4\n    except AssertionError:\n        pass\n',
        ),
      ),
    ],
  }),
  seed('swallowed', 'weakened_tests', {
    'a.test.ts': [
      ts(tsTest()),
      wrap(
        '    try {\n',
        '      expect(add(1, 2)).toBe(3);\n      expect(add(2, 2)).toBe(4);\n',
        '    } catch {}\n',
      ),
    ],
  }),
  seed('weaker', 'weakened_tests', {
    'a.test.ts': [
      ts(tsTest()),
      ts(tsTest('it', '    expect(add(1, 2)).toBeDefined();\n    expect(add(2, 2)).toBeTruthy();\n')),
    ],
  }),
  seed('weaker', 'weakened_tests', {
    'test_a.py': [
      py(pyTest()),
      py(pyTest('def test_adds():', '    assert add(1, 2) is not None\n    assert add(2, 2) > 0\n')),
    ],
  }),
  seed('weaker', 'weakened_tests', {
    'src/test/java/ATest.java': [
      java(javaTest()),
      java(
        javaTest(
          '    @Test\n    void adds() {',
          '        assertNotNull(Sum.add(1, 2));\n        assertNotNull(Sum.add(2, 2));\n',
        ),
      ),
    ],
  }),
  seed('made to hold', 'weakened_tests', {
    'test_a.py': [
      py(pyTest()),
      py(
        pyTest('def test_adds():', '    assert add(1, 2) == 3 or True\n    assert add(2, 2) == 4 or True\n'),
      ),
    ],
  }),
  seed('cases removed', 'weakened_tests', {
    'test_a.py': [
      py(
        '@pytest.mark.parametrize("a, b, c", [\n    (1, 2, 3),\n    (2, 2, 4),\n])\ndef test_adds(a, b, c):\n    assert add(a, b) == c\n\n\n',
      ),
      py(
        '@pytest.mark.parametrize("a, b, c", [\n    (1, 2, 3),\n])\ndef test_adds(a, b, c):\n    assert add(a, b) == c\n\n\n',
      ),
    ],
  }),
  seed('replaced by nothing', 'weakened_tests', {
    'a.test.ts': [ts(tsTest()), ts("  it('works', () => {\n    expect(1).toBe(1);\n  });\n\n")],
  }),
];
