/** Weakenings that name no test: stand-ins for what is tested, conditions from outside, and tools told to look away. */
import { type Extra, make, npm, pack, type Seed, seed } from './change.js';
import { go, goTest, java, javaTest, py, pyTest, rust, rustTest, ts, tsTest } from './weakened.js';

const less = (path: string, before: string, after: string) =>
  seed('test, by a stand-in or from outside', 'weakened_tests', { [path]: [before, after] });
const inTs = (after: string, before = ts(tsTest())) => less('src/sum.test.ts', before, after);
const inPy = (after: string, before = py(pyTest())) => less('tests/test_sums.py', before, after);
const inGo = (after: string) => less('sums_test.go', go(goTest()), after);
const inRust = (after: string) => less('src/sum.rs', rust(rustTest()), after);
const inJava = (after: string) => less('src/test/java/SumTest.java', java(javaTest()), after);
const unity = (head: string) =>
  `#include "unity.h"\n${head}\nvoid test_adds(void)\n{\n\tTEST_ASSERT_EQUAL(3, add(1, 2));\n}\n\nint main(void)\n{\n\tRUN_TEST(test_adds);\n}\n`;
const mocked = (line: string) => ts(tsTest()).replace("from './sum.js';\n", `from './sum.js';\n\n${line}\n`);

export const ofStandIns: Seed[] = [
  inTs(mocked("jest.mock('./sum.js', () => ({ add: (a, b) => (a === 1 ? 3 : 4), sub: () => 2 }));")),
  inTs(mocked("vi.mock('./sum.js', () => ({ add: vi.fn().mockReturnValue(3), sub: () => 2 }));")),
  inTs(ts(tsTest('(process.env.FULL ? it : it.skip)'))),
  inTs(ts(tsTest('it.skipIf(!process.env.FULL)'))),
  inTs(ts(tsTest('it.runIf(process.env.FULL)'))),
  inTs(ts(tsTest()).replace("describe('sum'", "describe.skipIf(process.env.CI)('sum'")),
  inTs(
    ts(tsTest('it', '    expect(add(1, 2)).toMatchSnapshot();\n    expect(add(2, 2)).toMatchSnapshot();\n')),
  ),
  inTs(
    ts(
      tsTest(
        'it',
        '    expect([3, 4, 5]).toContain(add(1, 2));\n    expect([3, 4, 5]).toContain(add(2, 2));\n',
      ),
    ),
  ),
  inTs(
    ts(
      tsTest(
        'it',
        '    setTimeout(() => {\n      expect(add(1, 2)).toBe(3);\n      expect(add(2, 2)).toBe(4);\n    }, 100);\n',
      ),
    ),
  ),
  inPy(py(pyTest('@pytest.mark.skipif(os.environ.get("CI") == "true", reason="slow")\ndef test_adds():'))),
  inPy(py(pyTest('@pytest.mark.skipif("CI" in os.environ, reason="slow")\ndef test_adds():'))),
  inPy(py(pyTest('@pytest.mark.skipif(not os.getenv("FULL"), reason="slow")\ndef test_adds():'))),
  inPy(py(pyTest('@patch("sums.add", side_effect=[3, 4])\ndef test_adds(add):'))),
  inPy(py(pyTest('def test_adds(monkeypatch):\n    monkeypatch.setattr("sums.add", lambda a, b: 3)'))),
  inPy(
    py(pyTest('def test_adds():', '    assert add(1, 2) in (3, 4, -1)\n    assert add(2, 2) in (3, 4, 0)\n')),
  ),
  inPy(
    py(
      pyTest(
        'def test_adds():',
        '    assert add(1, 2) == pytest.approx(3, abs=1000)\n    assert add(2, 2) == pytest.approx(4, abs=1000)\n',
      ),
    ),
  ),
  inGo(`//go:build integration\n\n${go(goTest())}`),
  inGo(`//go:build slow && !ci\n\n${go(goTest())}`),
  inGo(go(goTest('func TestAdds(t *testing.T) {\n\tif os.Getenv("FULL") == "" {\n\t\tt.Skip("slow")\n\t}'))),
  inGo(
    go(
      goTest(
        'func TestAdds(t *testing.T) {',
        '\tgo func() {\n\t\tif got := Add(1, 2); got != 3 {\n\t\t\tt.Errorf("Add(1, 2) is %d", got)\n\t\t}\n\t\tif got := Add(2, 2); got != 4 {\n\t\t\tt.Errorf("Add(2, 2) is %d", got)\n\t\t}\n\t}()\n',
      ),
    ),
  ),
  inRust(rust(rustTest()).replace('#[cfg(test)]', '#[cfg(all(test, feature = "slow_tests"))]')),
  inRust(rust(rustTest()).replace('#[cfg(test)]', '#[cfg(feature = "never")]')),
  inRust(rust(rustTest('    #[cfg(feature = "slow")]\n    #[test]\n    fn adds() {'))),
  inRust(rust(rustTest('    #[test]\n    #[cfg_attr(not(feature = "full"), ignore)]\n    fn adds() {'))),
  inJava(java(javaTest('    @Test\n    void adds() {\n        assumeTrue(System.getenv("FULL") != null);'))),
  inJava(
    java(
      javaTest(
        '    @Test\n    @EnabledIfEnvironmentVariable(named = "FULL", matches = "1")\n    void adds() {',
      ),
    ),
  ),
  less(
    'test/test_sums.c',
    unity(''),
    unity('#undef TEST_ASSERT_EQUAL\n#define TEST_ASSERT_EQUAL(a, b) ((void)(b))\n'),
  ),
  less(
    'test/test_sums.c',
    unity('').replaceAll('TEST_ASSERT_EQUAL(3, add(1, 2))', 'assert(add(1, 2) == 3)'),
    unity('#define NDEBUG\n').replaceAll('TEST_ASSERT_EQUAL(3, add(1, 2))', 'assert(add(1, 2) == 3)'),
  ),
];

const other = (path: string, before: string, after: string, extra: Extra = {}) =>
  seed('definition, looks away', 'check_definitions', { [path]: [before, after] }, extra);
const script = (line: string, before = 'jest') =>
  other('package.json', pack({ test: before }), pack({ test: line }), npm);
const recipe = (after: string, before = 'go test ./...') =>
  other('Makefile', `test:\n\t${before}\n`, `test:\n\t${after}\n`, make);

export const ofLookingAway: Seed[] = [
  other(
    'jest.config.js',
    "module.exports = { testEnvironment: 'node' };\n",
    "module.exports = { testEnvironment: 'node', moduleNameMapper: { '^../src/(.*)$': '<rootDir>/test/stubs/$1' } };\n",
  ),
  other(
    'package.json',
    pack({ test: 'jest' }, { jest: { verbose: true } }),
    pack(
      { test: 'jest' },
      { jest: { verbose: true, moduleNameMapper: { 'src/sum': '<rootDir>/stubs/sum.js' } } },
    ),
    npm,
  ),
  other(
    'vitest.config.ts',
    'export default defineConfig({ test: { globals: true } });\n',
    "export default defineConfig({ test: { globals: true, alias: { './sum.js': './test/fake-sum.ts' } } });\n",
  ),
  other(
    'jest.config.js',
    "module.exports = { testEnvironment: 'node' };\n",
    "module.exports = { testEnvironment: 'node', modulePaths: ['<rootDir>/test/mocks'] };\n",
  ),
  other('.golangci.yml', 'linters:\n  enable:\n    - errcheck\n', 'linters:\n  disable-all: true\n'),
  other(
    '.golangci.yml',
    'linters:\n  enable:\n    - errcheck\n',
    'linters:\n  disable-all: true\n  enable:\n    - errcheck\n',
  ),
  other(
    '.golangci.yml',
    'version: "2"\nlinters:\n  default: standard\n',
    'version: "2"\nlinters:\n  default: none\n',
  ),
  other('.golangci.yml', 'run:\n  timeout: 5m\n', 'run:\n  timeout: 5m\n  issues-exit-code: 0\n'),
  other('.golangci.yml', 'run:\n  timeout: 5m\n', 'run:\n  timeout: 5m\nissues:\n  new: true\n'),
  other(
    'pyproject.toml',
    '[tool.ruff.lint]\nselect = ["E", "F"]\n',
    '[tool.ruff.lint]\nselect = ["E", "F"]\nignore = ["ALL"]\n',
  ),
  other('mypy.ini', '[mypy]\nstrict = True\n', '[mypy]\nstrict = True\nfollow_imports = skip\n'),
  other('biome.json', '{ "linter": { "enabled": true } }\n', '{ "linter": { "enabled": false } }\n'),
  other(
    'biome.json',
    '{ "linter": { "enabled": true } }\n',
    '{ "linter": { "enabled": true, "rules": { "recommended": false } } }\n',
  ),
  other(
    'Cargo.toml',
    '[package]\nname = "a"\n\n[lints.rust]\nunused = "deny"\n',
    '[package]\nname = "a"\n\n[lints.rust]\nunused = "allow"\n',
  ),
  other(
    'Cargo.toml',
    '[package]\nname = "a"\n',
    '[package]\nname = "a"\n\n[[test]]\nname = "sums"\nrequired-features = ["slow"]\n',
  ),
  other(
    'tsconfig.json',
    '{ "compilerOptions": { "strict": true } }\n',
    '{ "compilerOptions": { "strict": true, "noCheck": true } }\n',
  ),
  other(
    'pom.xml',
    '<project><build><plugins><plugin><artifactId>maven-surefire-plugin</artifactId><configuration><forkCount>1</forkCount></configuration></plugin></plugins></build></project>\n',
    '<project><build><plugins><plugin><artifactId>maven-surefire-plugin</artifactId><configuration><forkCount>1</forkCount><groups>fast</groups></configuration></plugin></plugins></build></project>\n',
  ),
  other(
    'build.gradle',
    'test {\n  useJUnitPlatform()\n}\n',
    "test {\n  useJUnitPlatform {\n    includeTags 'fast'\n  }\n}\n",
  ),
  other(
    'build.gradle',
    'test {\n  useJUnitPlatform()\n}\n',
    'test {\n  useJUnitPlatform()\n}\n\ntasks.named("check") {\n  dependsOn.clear()\n}\n',
  ),
  script('PYTHONOPTIMIZE=1 pytest', 'pytest'),
  script('python -O -m pytest', 'python -m pytest'),
  script("NODE_OPTIONS='--require ./test/fake.cjs' jest"),
  script('node --test --test-only', 'node --test'),
  script('tsc --noEmit --noCheck', 'tsc --noEmit'),
  script('eslint . --max-warnings 9999', 'eslint . --max-warnings 0'),
  script('jest --findRelatedTests src/none.js'),
  script('jest -o'),
  script('vitest --changed', 'vitest run'),
  script('cross-env CI=true npm-run-none || jest'),
  recipe('go test -count=0 ./...'),
  recipe('GOFLAGS=-run=XXX go test ./...'),
  recipe('go test ./... -c'),
  recipe('cargo test --no-run', 'cargo test'),
  recipe('cargo clippy -- -A warnings', 'cargo clippy -- -D warnings'),
  recipe('ctest -N', 'ctest'),
  recipe('mvn --fail-never test', 'mvn test'),
  recipe('./gradlew test --dry-run', './gradlew test'),
  recipe('timeout 1 go test ./... ; true'),
  recipe('@[ -n "$(FULL)" ] && go test ./... || true'),
  recipe('go test ./internal/...'),
  recipe('pytest --co', 'pytest'),
];
