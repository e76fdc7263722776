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
  ])('%s is told when it says less', (path, before, after, run) => {
    expect(change(path, before, after, run)).toHaveLength(1);
  });

  it.each<[string, string, string, string[]]>([
    ['package.json', pack({ test: 'jest' }), pack({ test: 'jest', build: 'tsc' }), ['npm', 'test']],
    ['package.json', pack({ test: 'jest' }), pack({ test: 'npm run own', own: 'jest' }), ['npm', 'test']],
    ['Makefile', 'own:\n\ttrue\n', 'own:\n\techo\n', ['npm', 'test']],
    ['scripts/own.py', 'run()\n', 'run()\nmore()\n', ['python3', 'scripts/own.py']],
    ['template/tsconfig.json', '{"compilerOptions":{"strict":true}}', '{}', ['npm', 'test']],
    ['tox.ini', '[tox]\nenvlist = py38, py39, lint\n', '[tox]\nenvlist = py39, py310, lint\n', ['tox']],
  ])('%s may say more, or what no check reads', (path, before, after, run) => {
    expect(change(path, before, after, run)).toEqual([]);
  });
});
