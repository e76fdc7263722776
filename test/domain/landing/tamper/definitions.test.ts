import { describe, expect, it } from '@jest/globals';
import { weakerDefinitions } from '../../../../src/domain/landing/tamper/definitions.js';

const pack = (scripts: object) => JSON.stringify({ scripts });
const change = (path: string, before: string, after: string, run: string[]) =>
  weakerDefinitions([{ path, before, after }], [run]);

describe('the definition of a check', () => {
  it.each<[string, string, string, string[]]>([
    [
      'package.json',
      pack({ 'test:all': 'jest' }),
      pack({ 'test:all': 'true' }),
      ['sh', '-c', 'npm run -s test:all'],
    ],
    [
      'package.json',
      pack({ own: 'jest' }),
      pack({ own: 'jest', preown: 'rm -r test' }),
      ['npm', 'run', 'own'],
    ],
    ['Makefile', 'own:\n\tgo test\n', 'own:\n\ttrue\n', ['make', 'own']],
    ['justfile', 'own:\n  go test\n', 'own:\n  true\n', ['just', 'own']],
    ['scripts/own.py', 'run()\n', 'pass\n', ['python3', 'scripts/own.py']],
    ['scripts/own.sh', 'run\nmore\n', 'true\n', ['sh', '-c', 'cd . && timeout 60 bash -e ./scripts/own.sh']],
    ['own.sh', 'run\nmore\n', 'true\n', ['env', 'A=1', './own.sh']],
    ['lint.toml', 'strict = true\n', '', ['ruff', 'check', '--config', 'lint.toml']],
    ['cases.txt', 'one\ntwo\n', '\n', ['./own', 'cases.txt']],
  ])('%s is told when it says less', (path, before, after, run) => {
    expect(change(path, before, after, run)).toHaveLength(1);
  });

  it.each<[string, string, string, string[]]>([
    ['package.json', pack({ test: 'jest' }), pack({ test: 'jest', build: 'tsc' }), ['npm', 'test']],
    ['package.json', pack({ test: 'jest' }), pack({ test: 'npm run own', own: 'jest' }), ['npm', 'test']],
    ['Makefile', 'own:\n\ttrue\n', 'own:\n\techo\n', ['npm', 'test']],
    ['scripts/own.py', 'run()\n', 'run()\nmore()\n', ['python3', 'scripts/own.py']],
    ['README.md', '# Old\ntext\n', '# New\n', ['markdownlint', 'README.md']],
    ['README.md', '# Old\ntext\n', '# New\n', ['sh', '-c', 'sleep 2; test -s README.md']],
    ['src/a.ts', 'one()\ntwo()\n', 'three()\n', ['npx', 'eslint', 'src/a.ts']],
    ['template/tsconfig.json', '{"compilerOptions":{"strict":true}}', '{}', ['npm', 'test']],
    ['tox.ini', '[tox]\nenvlist = py38, py39, lint\n', '[tox]\nenvlist = py39, py310, lint\n', ['tox']],
  ])('%s may say more, or what no check reads', (path, before, after, run) => {
    expect(change(path, before, after, run)).toEqual([]);
  });
});
