/** Changes that fail by no default. */
import { changeOf, type Extra, type Files, key, made, make, npm, pack, type Seed } from './change.js';
import { go, goBody, goTest, py, pyTest, ts, tsTest } from './weakened.js';

const fine = (kind: string, files: Files, extra: Extra = {}): Seed => ({
  kind,
  path: Object.keys(files)[0]!,
  change: () => changeOf(files, extra),
});

/** What no person is to be troubled for, by default. */
export const harmless: readonly Seed[] = [
  fine('public certificate', {
    'certs/ca.pem': [
      '',
      '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQsw\n-----END CERTIFICATE-----\n',
    ],
  }),
  fine('public key', {
    'keys/id.pub': ['', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGq9Zr7Kx2Vt5Lp8Wm3Nb6Jd1Hs4Fg0Yc a@b\n'],
  }),
  fine('public key', {
    'keys/key.pem': [
      '',
      '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n',
    ],
  }),
  fine('ignore file', {
    '.gitignore': ['dist\n', 'dist\ncoverage\n'],
    'web/.gitignore': ['', 'node_modules\n'],
  }),
  fine('kept folder', { 'src/.gitkeep': ['', '\n'] }),
  fine('issue template', { '.github/ISSUE_TEMPLATE/bug.md': ['a\n', 'b\n'] }),
  fine('marker in documentation', {
    'docs/merge.md': ['', 'A conflict:\n\n```\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n```\n'],
  }),
  fine('marker in documentation', {
    'docs/merge.rst': ['', 'Heading\n=======\n\nA line that begins with\n>>>>>>> is theirs.\n'],
  }),
  fine('marker in a test', {
    'test/merge.test.ts': [
      '',
      "const text = `\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n`;\nit('a', () => {});\n",
    ],
  }),
  fine('marker in a test', {
    'tests/test_merge.py': ['', 'TEXT = """\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"""\n'],
  }),
  fine('marker in a fixture', {
    'test/fixtures/conflict.txt': ['', '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n'],
  }),
  fine('lock file', {
    'package-lock.json': [
      '',
      `{ "integrity": "sha512-${'aB3dE5gH7jK9'.repeat(7)}==", "token": "${made.random}" }\n`,
    ],
  }),
  fine('lock file', { 'go.sum': ['', `github.com/a/b v1.0.0 h1:${made.random}=\n`] }),
  fine('generated file', { 'api/a.pb.go': ['', `var secretKey = "${made.random}"\n`] }),
  fine('snapshot', {
    'test/__snapshots__/a.test.ts.snap': ['exports[`a 1`] = `1`;\n', 'exports[`a 1`] = `2`;\n'],
  }),
  fine('placeholder secret', { '.env.example': ['', 'API_KEY=your-api-key\nDB_PASSWORD=changeme\n'] }),
  fine('placeholder secret', {
    'README.md': ['', 'export OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx\naws = AKIAIOSFODNN7EXAMPLE\n'],
  }),
  fine('placeholder secret', {
    'docs/use.md': ['', 'Authorization: Bearer <token>\ntoken: "${{ secrets.TOKEN_VALUE_1 }}"\n'],
  }),
  fine('variable of the environment', {
    'src/a.ts': [
      '',
      'const token = process.env.GITHUB_TOKEN;\nconst apiKey = config.get("api.key.of.service1");\n',
    ],
  }),
  fine('settings file', { '.env.development': ['', 'VITE_TITLE=Shop\nNODE_ENV=development\n'] }),
  fine('test key', {
    'test/fixtures/server.key': ['', `${key}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n`],
  }),
  fine('checksum', {
    'src/a.ts': [
      '',
      "export const keyHash = 'd41d8cd98f00b204e9800998ecf8427e';\nexport const id = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';\n",
    ],
  }),
  fine('code that reads keys', { 'src/a.ts': ['', `const begin = '${key}';\n`] }),
  fine('test moved', { 'a.test.ts': [ts(tsTest()), ''], 'b.test.ts': ['', ts(tsTest())] }),
  fine('test renamed', { 'a.test.ts': [ts(tsTest()), ts(tsTest().replace("'adds'", "'adds numbers'"))] }),
  fine('test moved to another file', {
    'a.test.ts': [ts(tsTest()), ts('')],
    'b.test.ts': ['', ts(tsTest())],
  }),
  fine('assertion moved to another test', {
    'a.test.ts': [
      ts(tsTest()),
      ts(
        `${tsTest('it', '    expect(add(1, 2)).toBe(3);\n')}  it('adds twos', () => {\n    expect(add(2, 2)).toBe(4);\n  });\n\n`,
      ),
    ],
  }),
  fine('expected value changed', { 'a.test.ts': [ts(tsTest()), ts(tsTest()).replace('toBe(4)', 'toBe(5)')] }),
  fine('test added', { 'test_a.py': [py(''), py(pyTest())], 'sums_test.go': [go(''), go(goTest())] }),
  fine('test of what is gone', {
    'src/sum.ts': [
      'export function addAll(a) {\n  return a;\n}\nexport const x = 1;\n',
      'export const x = 1;\n',
    ],
    'src/sum.test.ts': [ts("  it('adds all', () => {\n    expect(addAll([1])).toBe(1);\n  });\n\n"), ts('')],
  }),
  fine('skipped on one system', {
    'test_a.py': [
      py(pyTest()),
      py(pyTest('@pytest.mark.skipif(sys.platform == "win32", reason="no fork")\ndef test_adds():')),
    ],
    'a_test.go': [
      go(goTest()),
      go(
        goTest(
          'func TestAdds(t *testing.T) {',
          `\tif runtime.GOOS == "windows" {\n\t\tt.Skip("no fork")\n\t}\n${goBody}`,
        ),
      ),
    ],
  }),
  fine(
    'script added',
    { 'package.json': [pack({ test: 'jest' }), pack({ test: 'jest', build: 'tsc' })] },
    npm,
  ),
  fine(
    'script made stricter',
    { 'package.json': [pack({ test: 'jest' }), pack({ test: 'jest --coverage && tsc --noEmit' })] },
    npm,
  ),
  fine(
    'target added',
    { Makefile: ['test:\n\tgo test ./...\n', 'test:\n\tgo test ./...\n\nrun:\n\tgo run .\n'] },
    make,
  ),
  fine('fixture added', {
    'tests/conftest.py': [
      'import pytest\n',
      'import pytest\n\n\n@pytest.fixture\ndef one():\n    return 1\n',
    ],
  }),
  fine('setting made stricter', {
    'tsconfig.json': [
      '{ "compilerOptions": { "strict": false } }\n',
      '{ "compilerOptions": { "strict": true } }\n',
    ],
  }),
  fine('version raised', {
    'package.json': [
      pack({}, { version: '1.0.0', dependencies: { a: '1' } }),
      pack({}, { version: '1.1.0', dependencies: { a: '2' } }),
    ],
  }),
  fine('set-up of tests that asks for the runner', {
    'tools/vitestGlobalSetup.ts': ['', 'if (process.env.VITEST_WORKER_ID) start();\n'],
  }),
  fine('TestMain added', {
    'a_test.go': [
      go(goTest()),
      `${go(goTest())}\nfunc TestMain(m *testing.M) {\n\tsetUp()\n\tos.Exit(m.Run())\n}\n`,
    ],
  }),
];
