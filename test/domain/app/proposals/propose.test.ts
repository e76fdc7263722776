import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { ProjectFiles } from '../../../../src/domain/app/proposals/files.js';
import { proposeChecks } from '../../../../src/domain/app/proposals/propose.js';

const project = (texts: Record<string, string>): ProjectFiles => ({
  paths: new Set(Object.keys(texts)),
  texts: new Map(Object.entries(texts)),
  data: new Map(
    Object.entries(texts).flatMap(([path, text]) => (/\.ya?ml$/.test(path) ? [[path, parse(text)]] : [])),
  ),
});
const propose = (texts: Record<string, string>) => proposeChecks(project(texts));
const runsOf = (texts: Record<string, string>) => propose(texts).checks.map(({ run }) => run.join(' '));
/** A workflow of one job with these steps. */
const workflow = (...runs: string[]) => ({
  '.github/workflows/ci.yml': [
    'on: [push]',
    'jobs:',
    '  check:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    ...runs.map((run) => `      - run: ${JSON.stringify(run)}`),
  ].join('\n'),
});

describe('what CI runs', () => {
  test('is taken from workflows, cheap checks first, each once', () => {
    const { checks } = propose({
      'package.json': '{"scripts":{"test":"node --test","lint":"eslint ."}}',
      ...workflow('npm ci', 'npm test', 'npm run lint', 'npm test -- --coverage', 'npm publish'),
    });
    expect(checks).toEqual([
      {
        name: 'lint',
        kind: 'lint',
        run: ['npm', 'run', 'lint'],
        from: 'CI: ci.yml, job check',
        variants: [],
        isMain: true,
      },
      {
        name: 'test',
        kind: 'test',
        run: ['npm', 'test'],
        from: 'CI: ci.yml, job check',
        variants: ['npm test -- --coverage'],
        isMain: true,
      },
    ]);
  });

  test('is taken whole where it is little; of much, what is plainest of each kind', () => {
    const many = [
      'make test',
      'make lint',
      'make check',
      'make build',
      'CC=clang-14 make test',
      'make -C lib test',
    ];
    const special = [
      'fuzz',
      'asan',
      'msan',
      'valgrind',
      'arm',
      'mingw',
      'long',
      'versions',
      'bench',
      'coverage',
    ];
    const Makefile = ['test', 'lint', 'check', 'build', ...special.map((one) => `${one}-test`)]
      .map((name) => `${name}:\n\ttrue\n`)
      .join('');
    const few = propose({ Makefile, ...workflow(...many.slice(0, 4)) }).checks;
    expect(few.every(({ isMain }) => isMain)).toBe(true);
    const all = propose({
      Makefile,
      ...workflow(...special.map((one) => `make ${one}-test`), ...many),
    }).checks;
    expect(all.length).toBeGreaterThan(12);
    const main = all.filter(({ isMain }) => isMain).map(({ run }) => run.join(' '));
    expect(main).toEqual(expect.arrayContaining(['make test', 'make lint', 'make check', 'make build']));
    expect(main.length).toBeLessThan(9);
  });

  test('has the values of matrices put in, those of this system', () => {
    const ci = `
on: pull_request
jobs:
  tox:
    strategy:
      matrix:
        include:
          - { env: lint, os: ubuntu-latest }
          - { env: py3.12, os: ubuntu-latest }
          - { env: docs-windows, os: windows-latest }
    runs-on: \${{ matrix.os }}
    steps:
      - run: tox -e \${{ matrix.env }}
      - run: ./only-there.ps1
        shell: pwsh`;
    expect(runsOf({ '.github/workflows/ci.yml': ci })).toEqual(['tox -e lint', 'tox -e py']);
  });

  test('keeps its folder and its flags', () => {
    const ci = `
on: push
env: { RUSTFLAGS: -D warnings, CARGO_TERM_COLOR: always }
jobs:
  rust:
    runs-on: ubuntu-latest
    defaults: { run: { working-directory: core } }
    steps: [{ run: cargo test }]`;
    expect(runsOf({ '.github/workflows/ci.yml': ci })).toEqual([
      "bash -c export RUSTFLAGS='-D warnings' && cd core && cargo test",
    ]);
  });

  test('brings along what makes a native build ready', () => {
    const steps = workflow('cmake -B build', 'cmake --build build', 'ctest --test-dir build');
    expect(runsOf(steps)).toEqual([
      'bash -c cmake -B build && cmake --build build',
      'bash -c cmake -B build && cmake --build build && ctest --test-dir build',
    ]);
  });

  test.each([
    [
      '.gitlab-ci.yml',
      'unit:\n  before_script: [pip install tox]\n  script:\n    - pytest -q\ndeploy:\n  stage: deploy\n  script: [make release]',
    ],
    [
      '.circleci/config.yml',
      'jobs:\n  unit:\n    steps:\n      - checkout\n      - run: { name: Tests, command: pytest -q }',
    ],
    ['.travis.yml', 'language: python\ninstall: pip install .\nscript: pytest -q'],
    ['azure-pipelines.yml', 'jobs:\n- job: unit\n  steps:\n  - script: pytest -q\n    displayName: Tests'],
    ['.woodpecker.yml', 'steps:\n  unit:\n    image: python\n    commands:\n      - pytest -q'],
    ['.cirrus.yml', 'unit_task:\n  test_script: pytest -q'],
  ])('is found in %s', (path, text) => {
    expect(runsOf({ [path]: text })).toEqual(['pytest -q']);
  });

  test('is found in a Jenkinsfile', () => {
    expect(
      runsOf({
        Jenkinsfile: "stage('Unit') {\n  sh 'make check'\n}\nstage('Deploy') {\n  sh 'make test'\n}",
      }),
    ).toEqual(['make check']);
  });

  test('is nothing that installs, publishes, needs root or runs for other events', () => {
    const nightly = 'on: { schedule: [{ cron: "0 0 * * *" }] }\njobs: { a: { steps: [{ run: make test }] } }';
    const steps = workflow(
      'sudo make test',
      'curl x | sh',
      'npm publish',
      'cargo bench',
      'make install',
      'git push',
      'docker run x npm test',
    );
    expect(propose({ ...steps, '.github/workflows/nightly.yml': nightly })).toEqual({ checks: [], left: [] });
  });
});

/** What a CI runs that mends, and what is proposed in its place. */
const writing: [string, string][] = [
  ['npx prettier --write .', 'npx prettier . --check'],
  ['npx eslint --fix src', 'npx eslint src'],
  ['ruff format', 'ruff format --check'],
  ['ruff check --fix .', 'ruff check . --no-fix'],
  ['black .', 'black . --check'],
  ['isort .', 'isort . --check-only'],
  ['cargo fmt', 'cargo fmt -- --check'],
  ['cargo clippy --fix --allow-dirty', 'cargo clippy'],
  ['gofmt -w src', 'sh -c test -z "$(gofmt -l src | tee /dev/stderr)"'],
  ['go fmt ./...', 'sh -c test -z "$(gofmt -l . | tee /dev/stderr)"'],
  ['go mod tidy', 'go mod tidy -diff'],
  ['npx biome check --write .', 'npx biome check .'],
  ['dotnet format', 'dotnet format --verify-no-changes'],
  ['vendor/bin/php-cs-fixer fix', 'vendor/bin/php-cs-fixer fix --dry-run --diff'],
  ['mvn spotless:apply', 'mvn spotless:check'],
  ['./gradlew spotlessApply', './gradlew spotlessCheck'],
  ['bundle exec rubocop -a', 'bundle exec rubocop'],
  ['uv run ruff format .', 'uv run ruff format . --check'],
  ['npx vitest run -u', 'npx vitest run'],
  ['golangci-lint run --fix', 'golangci-lint run'],
];

describe('a check that writes', () => {
  test.each(writing)('%s → %s', (found, run) => {
    const { checks } = propose(workflow(found));
    expect(checks.map((check) => [check.run.join(' '), check.found])).toEqual([[run, found]]);
  });

  test.each([
    ['eslint --fix .', 'npx --no-install eslint .'],
    [
      'prettier -w src && eslint .',
      'sh -c npx --no-install prettier src --check && npx --no-install eslint .',
    ],
    ['npm run lint:fix', 'npx --no-install eslint .'],
  ])('is seen through a script: %s', (lint, run) => {
    const scripts = { lint, 'lint:fix': 'eslint --fix .' };
    const { checks } = propose({ 'package.json': JSON.stringify({ scripts }), ...workflow('npm run lint') });
    expect(checks.map((check) => check.run.join(' '))).toEqual([run]);
  });

  test('is left out with the reason where no form only looks', () => {
    const texts = { Makefile: 'lint:\n\tgo generate ./...\n\tgo vet ./...\n', ...workflow('make lint') };
    expect(propose(texts)).toEqual({
      checks: [],
      left: [{ command: 'make lint', from: 'CI: ci.yml, job check', why: expect.stringContaining('writes') }],
    });
  });
});

describe('without CI', () => {
  test.each([
    [
      'cargo',
      { 'Cargo.toml': '[package]' },
      ['cargo fmt --all -- --check', 'cargo clippy --all-targets', 'cargo test'],
    ],
    ['go', { 'go.mod': 'module x' }, ['go vet ./...', 'go build ./...', 'go test ./...']],
    ['maven', { 'pom.xml': '', mvnw: '' }, ['./mvnw -B -q verify']],
    ['gradle', { 'build.gradle.kts': '', gradlew: '' }, ['./gradlew check']],
    [
      'uv with ruff, mypy and pytest',
      {
        'uv.lock': '',
        'pyproject.toml':
          '[tool.ruff]\n[tool.ruff.format]\n[tool.mypy]\nfiles = ["src"]\n[tool.pytest.ini_options]',
      },
      ['uv run ruff check .', 'uv run ruff format --check .', 'uv run mypy', 'uv run pytest -q'],
    ],
    ['tox', { 'setup.py': '', 'tox.ini': '[tox]' }, ['tox']],
    ['nox', { 'pyproject.toml': '', 'noxfile.py': '' }, ['nox']],
    [
      'pre-commit',
      { 'setup.cfg': '', '.pre-commit-config.yaml': 'repos: []' },
      ['pre-commit run --all-files'],
    ],
    [
      'pnpm',
      { 'pnpm-lock.yaml': '', 'package.json': '{"scripts":{"test":"vitest","typecheck":"tsc"}}' },
      ['pnpm run typecheck', 'pnpm run test'],
    ],
    ['make', { Makefile: 'all:\n\tcc x.c\ncheck: all\n\t./run-tests\n' }, ['make check']],
    ['just', { justfile: 'test:\n  ./t.sh\n' }, ['just test']],
    [
      'composer',
      { 'composer.json': '{"scripts":{"phpstan":"phpstan","test":"phpunit"}}' },
      ['composer phpstan', 'composer test'],
    ],
    ['dotnet', { 'App.sln': '' }, ['dotnet build App.sln', 'dotnet test App.sln']],
    ['nothing', { 'README.md': '' }, []],
  ] as [string, Record<string, string>, string[]][])('%s', (_, texts, runs) => {
    expect(runsOf(texts)).toEqual(runs);
  });

  test('a CMake project is built outside of its tree', () => {
    const [run] = runsOf({ 'CMakeLists.txt': 'enable_testing()' });
    expect(run).toMatch(/mktemp -d.*cmake -S \. -B "\$d" && cmake --build "\$d" && cd "\$d" && ctest/);
  });

  test("npm's placeholder for tests is none", () => {
    expect(
      runsOf({ 'package.json': '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' }),
    ).toEqual([]);
  });
});

test('its files add only the kinds of check that CI does not run', () => {
  const texts = {
    'package.json': '{"scripts":{"lint":"eslint .","test":"jest","test:ci":"jest --ci"}}',
    ...workflow('npm run test:ci'),
  };
  expect(runsOf(texts)).toEqual(['npm run lint', 'npm run test:ci']);
});
