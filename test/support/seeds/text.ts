/** What is in the lines, the paths and the size of a change. */
import { key, made, pack, type Seed, seed } from './change.js';

const secret = (path: string, line: string) => seed('secret', 'secrets', { [path]: ['', `${line}\n`] });

export const ofText: Seed[] = [
  secret('src/config.ts', `export const id = '${made.aws}';`),
  secret('src/config.py', `TOKEN = "${made.github}"`),
  secret('main.go', `const token = "${made.slack}"`),
  secret('README.md', `Use ${made.stripe} for the shop.`),
  secret('.env', `DATABASE_PASSWORD=hunter22-and-more`),
  secret('deploy/values.yaml', `  apiToken: ${made.random}`),
  secret('src/App.java', `  String password = "${made.random}";`),
  secret('ci.sh', `export GITLAB_TOKEN=${made.gitlab}`),
  secret('id.pem', `${key}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n`),
  seed('conflict marker', 'conflict_markers', {
    'a.ts': ['a\n', '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n'],
  }),
  seed('conflict marker', 'conflict_markers', {
    'tests/test_a.py': ['a = 1\n', '<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> other\n'],
  }),
  seed('conflict marker', 'conflict_markers', {
    'docs/a.md': ['a\n', '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n'],
  }),
  seed('conflict marker', 'conflict_markers', { 'src/a.c': ['a;\n', 'a;\n>>>>>>> 12ab34 (Add a)\n'] }),
  seed('forbidden path', 'forbidden_paths', { '.gitattributes': ['', '* -diff\n'] }),
  seed('forbidden path', 'forbidden_paths', { '.gitmodules': ['', '[submodule "a"]\n'] }),
  seed('forbidden path', 'forbidden_paths', {
    '.codex-agent/config.toml': ['schema = 1\n', 'schema = 1\ntarget = "x"\n'],
  }),
  seed('CI file', 'protected_paths', {
    '.github/workflows/ci.yml': ['on: push\n', 'on: workflow_dispatch\n'],
  }),
  seed('CI file', 'protected_paths', { '.gitlab-ci.yml': ['test: {}\n', 'none: {}\n'] }),
  seed('CI file', 'protected_paths', { Jenkinsfile: ['a\n', 'b\n'] }),
  seed('size', 'file_size', { 'data.bin': ['', 'x\n'] }, { bytes: 20_000_000 }),
  seed('size', 'changed_lines', { 'a.ts': ['', 'x\n'.repeat(1600)] }, { status: 'warn' }),
  seed(
    'dependency',
    'new_dependencies',
    { 'package.json': [pack({}, { dependencies: {} }), pack({}, { dependencies: { leftpad: '1' } })] },
    { status: 'warn' },
  ),
  seed(
    'dependency',
    'new_dependencies',
    { 'go.mod': ['module a\n', 'module a\n\nrequire github.com/a/b v1.0.0\n'] },
    { status: 'warn' },
  ),
  seed(
    'dependency',
    'new_dependencies',
    { 'Cargo.toml': ['[dependencies]\n', '[dependencies]\nserde = "1"\n'] },
    { status: 'warn' },
  ),
  seed(
    'dependency',
    'new_dependencies',
    { 'requirements.txt': ['flask\n', 'flask\nrequests==2\n'] },
    { status: 'warn' },
  ),
  seed('suppression', 'suppressions', { 'a.ts': ['a();\n', '// @ts-ignore\na();\n'] }, { status: 'warn' }),
  seed('suppression', 'suppressions', { 'a.py': ['a()\n', 'a()  # type: ignore\n'] }, { status: 'warn' }),
  seed(
    'long line',
    'line_length',
    { 'a.ts': ['', `${'x'.repeat(130)}\n`] },
    { policies: { line_length: { level: 'fail', max: 120 } } },
  ),
  seed(
    'undocumented',
    'doc_coverage',
    { 'a.go': ['', 'package a\n\nfunc Add() {}\n'] },
    { policies: { doc_coverage: { level: 'fail', min: 0.8 } } },
  ),
  seed(
    'undocumented',
    'doc_coverage',
    { 'A.java': ['', 'public class A {\n    public int add() {\n    }\n}\n'] },
    { policies: { doc_coverage: { level: 'fail', min: 0.8 } } },
  ),
  seed(
    'undocumented',
    'doc_coverage',
    { 'a.h': ['', 'int add(int a, int b);\n'] },
    { policies: { doc_coverage: { level: 'fail', min: 0.8 } } },
  ),
  seed(
    'licence header',
    'licence_header',
    { 'src/a.ts': ['', 'export {};\n'] },
    { policies: { licence_header: { level: 'fail', text: 'SPDX-License-Identifier:', paths: [] } } },
  ),
  seed(
    'untested',
    'tests_required',
    { 'src/a.ts': ['', 'export {};\n'] },
    { policies: { tests_required: { level: 'fail', sources: [] } } },
  ),
  seed(
    'pattern',
    'forbidden_patterns',
    { 'src/a.ts': ['', 'console.log(1);\n'] },
    { policies: { forbidden_patterns: { level: 'fail', patterns: ['console\\.log'] } } },
  ),
];
