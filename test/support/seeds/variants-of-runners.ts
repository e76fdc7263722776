/** More forms, found by asking what each runner and tool has to leave tests out or to look less closely. */
import { type Extra, make, npm, pack, type Seed, seed } from './change.js';
import { c, cTest, go, goTest, java, javaTest, py, pyTest, rust, rustTest, ts, tsTest } from './weakened.js';

const less = (path: string, before: string, after: string) =>
  seed('test, form of a runner', 'weakened_tests', { [path]: [before, after] });
const inTs = (after: string, before = tsTest()) => less('src/sum.test.ts', ts(before), ts(after));
const inPy = (after: string, before = pyTest()) => less('tests/test_sums.py', py(before), py(after));
const inGo = (after: string) => less('sums_test.go', go(goTest()), go(after));
const inRust = (after: string) => less('src/sum.rs', rust(rustTest()), rust(after));
const inJava = (after: string, before = javaTest()) =>
  less('src/test/java/SumTest.java', java(before), java(after));
const javaOf = (body: string) => javaTest('    @Test\n    void adds() {', body);
const pyOf = (body: string) => pyTest('def test_adds():', body);
const inClass = (name: string, more = '') =>
  `class ${name}:\n${more}    def test_adds(self):\n        assert add(1, 2) == 3\n        assert add(2, 2) == 4\n\n\n`;
const throwing = (how: string) => tsTest('it', `    expect(() => add('a')).${how};\n`);
const unity = (main: string) =>
  `#include "unity.h"\n\nvoid test_adds(void)\n{\n\tTEST_ASSERT_EQUAL(3, add(1, 2));\n}\n\nvoid test_subtracts(void)\n{\n\tTEST_ASSERT_EQUAL(2, sub(3, 1));\n}\n\nint main(void)\n{\n\tUNITY_BEGIN();\n${main}\treturn UNITY_END();\n}\n`;

export const ofRunners: Seed[] = [
  inTs(tsTest('it.concurrent.skip')),
  inTs(`  before(function () {\n    this.skip();\n  });\n\n${tsTest()}`),
  inTs(tsTest('it', '    test.skip();\n    expect(add(1, 2)).toBe(3);\n    expect(add(2, 2)).toBe(4);\n')),
  inTs(tsTest('it', '    expect(add(1, 2)).not.toBe(99);\n    expect(add(2, 2)).not.toBe(99);\n')),
  inTs(tsTest('it', '    expect(add(1, 2));\n    expect(add(2, 2));\n')),
  inTs(throwing('toThrow()'), throwing("toThrow('not a number')")),
  inTs(
    tsTest('it', '    expect(load()).rejects.toThrow();\n'),
    tsTest('it', '    await expect(load()).rejects.toThrow();\n'),
  ),
  inPy(`import unittest\n\n\ndef setup_module():\n    raise unittest.SkipTest("later")\n\n\n${pyTest()}`),
  inPy(inClass('SumCases'), inClass('TestSum')),
  inPy(inClass('TestSum', '    __test__ = False\n\n'), inClass('TestSum')),
  inPy(
    inClass('TestSum', '    def setup_method(self):\n        pytest.skip("later")\n\n'),
    inClass('TestSum'),
  ),
  inPy(pyTest('@pytest.fixture\ndef test_adds():')),
  inPy(pyOf('    assert add(1, 2)\n    assert add(2, 2)\n')),
  inPy(
    pyOf('    with pytest.raises(Exception):\n        add("a")\n'),
    pyOf('    with pytest.raises(TypeError):\n        add("a")\n'),
  ),
  inPy(`def load_tests(loader, tests, pattern):\n    return unittest.TestSuite()\n\n\n${pyTest()}`),
  inGo(
    goTest(
      'func TestAdds(t *testing.T) {',
      '\tif got := Add(1, 2); got != 3 && false {\n\t\tt.Errorf("Add(1, 2) is %d", got)\n\t}\n\tif got := Add(2, 2); got != 4 && false {\n\t\tt.Errorf("Add(2, 2) is %d", got)\n\t}\n',
    ),
  ),
  inGo(
    goTest(
      'func TestAdds(t *testing.T) {',
      '\tif testing.Short() || true {\n\t\tt.Skip("slow")\n\t}\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("Add(1, 2) is %d", got)\n\t}\n\tif got := Add(2, 2); got != 4 {\n\t\tt.Errorf("Add(2, 2) is %d", got)\n\t}\n',
    ),
  ),
  inGo(
    goTest(
      'func TestAdds(t *testing.T) {',
      '\tt.Cleanup(func() { os.Exit(0) })\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("Add(1, 2) is %d", got)\n\t}\n\tif got := Add(2, 2); got != 4 {\n\t\tt.Errorf("Add(2, 2) is %d", got)\n\t}\n',
    ),
  ),
  less('src/sum.rs', rust(rustTest()), rust(rustTest()).replace('#[cfg(test)]', '#[cfg(not(test))]')),
  inRust(
    rustTest(
      '    #[test]\n    fn adds() {',
      '        debug_assert_eq!(add(1, 2), add(1, 2));\n        debug_assert_eq!(add(2, 2), add(2, 2));\n',
    ),
  ),
  inJava(javaTest('    @Test(enabled = false)\n    void adds() {')),
  inJava(javaTest('    @Test(expected = AssertionError.class)\n    void adds() {')),
  inJava(
    javaOf('        assertThrows(Exception.class, () -> Sum.add("a"));\n'),
    javaOf('        assertThrows(NumberFormatException.class, () -> Sum.add("a"));\n'),
  ),
  less(
    'tests/test_sum.c',
    unity('\tRUN_TEST(test_adds);\n\tRUN_TEST(test_subtracts);\n'),
    unity('\tRUN_TEST(test_subtracts);\n'),
  ),
  less(
    'tests/sum.c',
    c(cTest()),
    c(
      cTest(
        'void test_sum__adds(void)\n{',
        '\texit(0);\n\tcl_assert_equal_i(3, add(1, 2));\n\tcl_assert_equal_i(4, add(2, 2));\n',
      ),
    ),
  ),
];

const other = (path: string, before: string, after: string, extra: Extra = {}) =>
  seed('definition, form of a tool', 'check_definitions', { [path]: [before, after] }, extra);
const script = (line: string) => other('package.json', pack({ test: 'jest' }), pack({ test: line }), npm);
const ofMake = (after: string) => other('Makefile', 'test:\n\tgo test ./...\n', after, make);

export const ofTools: Seed[] = [
  script('jest -t adds'),
  script('jest --config other.js'),
  script('jest --changedSince main'),
  script('exit 0; jest'),
  script('test -n "$CI" || jest'),
  ofMake('test: ; @:\n'),
  ofMake('test:\n\tgo test ./...\n\ntest:\n\t@true\n'),
  ofMake('test:\n\t@echo go test ./...\n'),
  other(
    'vitest.config.ts',
    'export default { test: { globals: true } };\n',
    'export default { test: { globals: true, dangerouslyIgnoreUnhandledErrors: true } };\n',
  ),
  other(
    'vitest.config.ts',
    'export default { test: { coverage: { thresholds: { lines: 90 } } } };\n',
    'export default { test: { coverage: { thresholds: { lines: 1 } } } };\n',
  ),
  other(
    'pyproject.toml',
    '[tool.coverage.report]\nfail_under = 90\n',
    '[tool.coverage.report]\nfail_under = 90\nexclude_lines = [".*"]\n',
  ),
  other(
    'tsconfig.json',
    '{ "compilerOptions": { "strict": true } }\n',
    '{ "compilerOptions": { "strict": true, "strictNullChecks": false } }\n',
  ),
  other(
    'eslint.config.js',
    "export default [js.configs.recommended, { rules: { 'no-undef': 'error' } }];\n",
    'export default [];\n',
  ),
  other(
    'mypy.ini',
    '[mypy]\nstrict = True\n',
    '[mypy]\nstrict = True\n\n[mypy-sums.*]\nignore_errors = True\n',
  ),
  other(
    'pom.xml',
    '<project><properties><a>1</a></properties></project>\n',
    '<project><properties><a>1</a><maven.test.failure.ignore>true</maven.test.failure.ignore></properties></project>\n',
  ),
  other(
    'build.gradle',
    'test {\n  useJUnitPlatform()\n}\n',
    "test {\n  useJUnitPlatform()\n  filter {\n    excludeTestsMatching '*'\n  }\n}\n",
  ),
  other(
    'build.gradle',
    'test {\n  useJUnitPlatform()\n}\n',
    'test {\n  useJUnitPlatform()\n  onlyIf { false }\n}\n',
  ),
  other(
    'CMakeLists.txt',
    'enable_testing()\nadd_test(NAME sums COMMAND sums)\n',
    'enable_testing()\nadd_test(NAME sums COMMAND sums)\nset_tests_properties(sums PROPERTIES WILL_FAIL TRUE)\n',
  ),
  other(
    'noxfile.py',
    'import nox\n\n\n@nox.session\ndef tests(session):\n    session.run("pytest")\n',
    'import nox\n\n\n@nox.session\ndef tests(session):\n    session.run("pytest", success_codes=[0, 1])\n',
  ),
  other('tox.ini', '[testenv]\ncommands = pytest\n', '[testenv]\ncommands = true\n'),
  other(
    'codecov.yml',
    'coverage:\n  status:\n    project:\n      default:\n        target: 90%\n',
    'coverage:\n  status:\n    project:\n      default:\n        target: 1%\n',
  ),
  other(
    '.pre-commit-config.yaml',
    'repos:\n  - repo: a\n    hooks:\n      - id: ruff\n',
    'exclude: .*\nrepos:\n  - repo: a\n    hooks:\n      - id: ruff\n',
  ),
  other(
    '.pre-commit-config.yaml',
    'repos:\n  - repo: a\n    hooks:\n      - id: ruff\n',
    'repos:\n  - repo: a\n    hooks:\n      - id: ruff\n        stages: [manual]\n',
  ),
  other(
    'phpunit.xml',
    '<phpunit><testsuites><testsuite name="a"><directory>tests</directory></testsuite></testsuites></phpunit>\n',
    '<phpunit><testsuites><testsuite name="a"><directory>docs</directory></testsuite></testsuites></phpunit>\n',
  ),
];
