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

const golangci = (version: string, linters: string[], more = '') =>
  `${version}linters:\n  enable:\n${linters.map((one) => `    - ${one}\n`).join('')}${more}`;
const hooks = (...ids: string[]) =>
  `repos:\n${ids.map((id) => `  - repo: https://example.org/${id}\n    hooks:\n      - id: ${id}\n`).join('')}`;
const failing = (files: [string, string, string][], run = ['make', 'test']) =>
  weakerDefinitions(
    files.map(([path, before, after]) => ({ path, before, after })),
    [run],
  ).filter(({ explained }) => !explained);

describe('a check that another one replaces', () => {
  it.each([
    ['python setup.py test', 'py.test tests -n 8 --boxed'],
    ['python -m unittest discover', 'python3 -m pytest -q'],
    ['jest', 'npx vitest run'],
    ['mocha', 'node --test'],
    ['cargo test', 'cargo nextest run --workspace'],
    ['nosetests', 'pytest ./tests/'],
  ])('is told, and does not fail: %s, now %s', (old, now) => {
    const [before, after] = [`test:\n\t${old}\n`, `test:\n\t${now}\n`];
    const [found, ...more] = weakerDefinitions([{ path: 'Makefile', before, after }], []);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ line: 1, explained: 'another program runs all tests in its place' });
    expect(failing([['package.json', pack({ test: old }), pack({ test: now })]])).toEqual([]);
  });

  it.each([
    ['python setup.py test', 'pytest tests/test_one.py'],
    ['python setup.py test', 'pytest -k nothing'],
    ['python setup.py test', 'pytest -p no:python'],
    ['python setup.py test', 'pytest --collect-only'],
    ['python setup.py test', 'jest'],
    ['python setup.py test', 'pytest || true'],
    ['pytest && ruff check', 'python -m unittest'],
    ['pytest --cov-fail-under=90', 'python -m unittest'],
    ['go test -race ./...', 'gotestsum'],
    ['jest', 'vitest run --passWithNoTests'],
    ['jest', 'mocha --grep one'],
    ['jest', 'vitest list'],
  ])('fails where it runs less: %s, now %s', (old, now) => {
    expect(failing([['Makefile', `test:\n\t${old}\n`, `test:\n\t${now}\n`]])).toHaveLength(1);
    expect(failing([['package.json', pack({ test: old }), pack({ test: now })]])).toHaveLength(1);
  });

  it('may move to the list of formatters, or be what the second edition runs unasked', () => {
    const before = golangci('', ['gofmt', 'misspell', 'staticcheck']);
    const formatters = 'formatters:\n  enable:\n    - gofmt\n';
    const told = (after: string) => failing([['.golangci.yml', before, after]]).map(({ what }) => what);
    expect(told(golangci('version: "2"\n', ['misspell'], formatters))).toEqual([]);
    expect(told(golangci('version: "2"\n', ['misspell']))).toEqual(['linters.enable has gofmt no more']);
    expect(told(golangci('version: "2"\n', ['gofmt', 'staticcheck']))).toEqual([
      'linters.enable has misspell no more',
    ]);
    expect(told(golangci('', ['gofmt', 'misspell']))).toEqual(['linters.enable has staticcheck no more']);
    for (const off of ['  default: none\n', '  disable:\n    - staticcheck\n']) {
      expect(told(golangci('version: "2"\n', ['misspell'], off + formatters))).toContain(
        'linters.enable has staticcheck no more',
      );
    }
  });

  it('may be a hook whose rules another applies, when that one is told to apply all', () => {
    const change = ['.pre-commit-config.yaml', hooks('ruff', 'isort'), hooks('ruff')] as [
      string,
      string,
      string,
    ];
    const ruff = (before: string, after: string) => failing([change, ['pyproject.toml', before, after]]);
    const [few, all] = [
      '[tool.ruff]\nselect = ["E"]\n',
      '[tool.ruff]\nselect = ["E", "ALL"]\nignore = ["D"]\n',
    ];
    expect(ruff('', all)).toEqual([]);
    expect(ruff(few, all)).toEqual([]);
    expect(ruff(few, few)).toHaveLength(1);
    expect(ruff(all, all)).toHaveLength(1);
    expect(failing([['.pre-commit-config.yaml', hooks('ruff', 'mypy'), hooks('ruff')]])).toHaveLength(1);
    expect(
      failing([
        ['.pre-commit-config.yaml', hooks('isort', 'mypy'), hooks('mypy')],
        ['pyproject.toml', few, all],
      ]),
    ).toHaveLength(1);
  });
});
