import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { proposeChecks } from '../../../../src/domain/app/proposals/propose.js';

/** What is proposed where CI runs one script, in a repository with these files. */
function proposed(script: string, texts: Record<string, string> = {}, more: Record<string, unknown> = {}) {
  const steps = [{ run: script, ...more }];
  const jobs = { [String(more.job ?? 'check')]: { 'runs-on': 'ubuntu-latest', steps } };
  const path = '.github/workflows/ci.yml';
  const files = { [path]: JSON.stringify({ on: ['push'], jobs }), ...texts };
  const { checks, left } = proposeChecks({
    paths: new Set(Object.keys(files)),
    texts: new Map(Object.entries(files)),
    data: new Map([[path, parse(files[path]!)]]),
  });
  return [
    ...checks.map(({ kind, run }) => `${kind}: ${run.join(' ')}`),
    ...left.map(({ command }) => `left: ${command}`),
  ];
}
const scripts = (names: Record<string, string>) => JSON.stringify({ scripts: names });
const web = { 'web/package.json': scripts({ lint: 'eslint .', build: 'vite build' }) };

describe('what runs several commands', () => {
  it('side by side is as many checks, each in its folder', () => {
    const line =
      'npx concurrently --names "a,b" -n x,y "cd web && npm run lint" "cd web && npm run build" "echo ${{ github.ref }}"';
    expect(proposed(line, web)).toEqual([
      'lint: bash -c cd web && npm run lint',
      'build: bash -c cd web && npm run build',
    ]);
  });

  it('behind the shell is a check of its own', () => {
    expect(proposed('cargo fmt --all -- --check & pid=$!\ncargo clippy &\nwait $pid')).toEqual([
      'lint: cargo fmt --all -- --check',
      'lint: cargo clippy',
    ]);
  });

  it('one after the other is a check for each script', () => {
    const root = { 'package.json': scripts({ lint: 'eslint .', 'test:unit': 'jest' }) };
    expect(proposed('npx run-p -l lint test:unit', root)).toEqual([
      'lint: npm run lint',
      'test: npm run test:unit',
    ]);
  });
});

describe('what runs tasks by their names', () => {
  it.each([
    ['npx turbo run lint --filter web', 'lint: npx turbo run lint --filter web'],
    ['pnpm turbo test', 'test: pnpm turbo test'],
    ['npx nx run-many -t lint,test --parallel', 'test: npx nx run-many -t lint,test --parallel'],
    ['npx nx affected --target=build', 'build: npx nx affected --target=build'],
    ['mise run lint', 'lint: mise run lint'],
    ['poetry run poe test', 'test: poetry run poe test'],
    ['hatch run types:check', 'test: hatch run types:check'],
    ['hatch run test', 'test: hatch run test'],
    ['task lint', 'lint: task lint'],
    ['uv run inv tests', 'test: uv run inv tests'],
  ])('%s is a check', (line, check) => {
    expect(proposed(line)).toEqual([check]);
  });

  it.each([
    'mise install',
    'turbo run deploy',
    'npx nx release',
    'task format:write',
    'hatch build',
    'npx turbo lint:fix',
  ])('%s is none', (line) => {
    expect(proposed(line)).toEqual([]);
  });
});

describe('a step of CI', () => {
  it('that looks whether something is prepared is a check, and what prepares it is none', () => {
    const root = {
      'package.json': scripts({ 'prepare-db': 'node a.js', 'prepare-db:check': 'node a.js --check' }),
    };
    expect(proposed('npm run prepare-db\nnpm run prepare-db:check', root)).toEqual([
      'test: npm run prepare-db:check',
    ]);
  });

  it('that is for all systems but one is run here', () => {
    const not = { if: "!startsWith(matrix.os, 'windows')" };
    expect(proposed('cargo test', {}, not)).toEqual(['test: cargo test']);
    expect(proposed('cargo doc && cargo test', {}, { job: 'nightly' })).toContain('test: cargo test');
  });
});
