import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { initialise } from '../../../../src/services/app/init/index.js';
import { pathsFrom } from '../../../../src/services/platform/files/paths.js';
import { loadConfig } from '../../../../src/services/store/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
beforeEach(() => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
});
afterEach(() => sandbox.cleanup());

const init = (cwd: string, more: { target?: string } = {}) =>
  initialise({ cwd, paths: pathsFrom(sandbox.env), env: sandbox.env, ...more });
const configOf = (root: string) => readFileSync(join(root, '.codex-agent/config.toml'), 'utf8');

test.each([
  ['a clone on another branch', 'trunk', 'origin'],
  ['a repository on a feature branch', 'main', 'by its name'],
  ['a detached HEAD', 'main', 'by its name'],
])('%s: work lands on %s, and the reason is said', async (kind, target, why) => {
  let root = repo;
  if (kind.startsWith('a clone')) {
    sandbox.git(repo, 'branch', '-m', 'main', 'trunk');
    root = join(sandbox.root, 'clone');
    sandbox.git(sandbox.root, 'clone', '-q', repo, root);
  }
  sandbox.git(root, 'checkout', '-q', ...(kind === 'a detached HEAD' ? ['--detach'] : ['-b', 'feature']));
  const report = await init(root);
  expect(configOf(root)).toMatch(new RegExp(`^target = "${target}"`, 'm'));
  expect(report.target).toEqual({ branch: target, why: expect.stringContaining(why) });
});

test('a branch that the person names must exist', async () => {
  await expect(init(repo, { target: 'nope' })).rejects.toMatchObject({ code: 'no-branch' });
  expect(existsSync(join(repo, '.codex-agent'))).toBe(false);
});

test('a second time nothing is written, and what is in force is said', async () => {
  await init(repo);
  const again = await init(repo);
  expect(again.created).toEqual([]);
  expect(again.target).toMatchObject({ branch: 'main' });
});

test('no commit, an ignored folder and a linked worktree are said', async () => {
  const empty = join(sandbox.root, 'empty');
  sandbox.git(sandbox.root, 'init', '-q', '-b', 'main', empty);
  expect((await init(empty)).notes).toEqual([expect.stringContaining('no commit yet')]);

  sandbox.commit(repo, { '.gitignore': '.codex-agent\n' });
  const linked = join(sandbox.root, 'linked');
  sandbox.git(repo, 'worktree', 'add', '-q', linked);
  const { notes } = await init(linked);
  expect(existsSync(join(repo, '.codex-agent/config.toml'))).toBe(true);
  expect(notes).toEqual([
    expect.stringContaining(`.codex-agent/ is in ${repo}`),
    expect.stringContaining('ignored by .gitignore:1:.codex-agent'),
  ]);
});

test('a configuration that a sparse checkout leaves out is not written over', async () => {
  sandbox.commit(repo, { '.codex-agent/config.toml': 'schema = 1\n', 'app/a.txt': 'a\n' });
  sandbox.git(repo, 'sparse-checkout', 'set', '--cone', 'app');
  await expect(init(repo)).rejects.toMatchObject({
    code: 'config-left-out',
    hint: expect.stringContaining('sparse-checkout add .codex-agent'),
  });
  expect(existsSync(join(repo, '.codex-agent'))).toBe(false);
});

test('a configuration that is a pipe is told, and not waited for', async () => {
  mkdirSync(join(repo, '.codex-agent'));
  execFileSync('mkfifo', [join(repo, '.codex-agent/config.toml')]);
  await expect(init(repo)).rejects.toMatchObject({ code: 'not-a-file' });
});

test('nobody is sent to make a repository where GIT_DIR names one', async () => {
  const env = { ...sandbox.env, GIT_DIR: join(repo, '.git') };
  const elsewhere = initialise({ cwd: sandbox.root, paths: pathsFrom(sandbox.env), env });
  await expect(elsewhere).rejects.toMatchObject({ hint: expect.stringContaining('GIT_DIR is set') });
});

test.each(['.codex-agent', '.codex-agent/prompts', '.codex-agent/tasks'])(
  'nothing is written through %s when it leads out of the repository',
  async (link) => {
    const outside = join(sandbox.root, 'outside');
    mkdirSync(outside);
    if (link.includes('/')) mkdirSync(join(repo, '.codex-agent'));
    symlinkSync(outside, join(repo, link));
    await expect(init(repo)).rejects.toMatchObject({ code: 'outside-repository' });
    expect(readdirSync(outside)).toEqual([]);
    expect(existsSync(join(repo, '.codex-agent/config.toml'))).toBe(false);
  },
);

describe('checks of the project', () => {
  const scripts = {
    lint: 'true',
    test: 'echo 3 passed',
    build: 'echo out > tracked.txt',
    types: 'exit 1',
  };
  const ci =
    'on: push\njobs: {a: {steps: [{run: npm run lint}, {run: npm test}, {run: npm run build}, {run: npm run types}]}}';
  beforeEach(() => {
    sandbox.commit(repo, {
      'package.json': JSON.stringify({ scripts }),
      'tracked.txt': 'in\n',
      '.github/workflows/ci.yml': ci,
    });
  });
  const tried = (more: Partial<Parameters<typeof initialise>[0]> = {}) =>
    initialise({
      cwd: repo,
      paths: pathsFrom(sandbox.env),
      env: sandbox.env,
      trial: async () => true,
      ...more,
    });

  test('are tried on the base; one that writes or fails is a comment with the reason', async () => {
    const { checks } = await tried();
    expect(checks.map(({ name, used, tried: result }) => [name, used, result?.status])).toEqual([
      ['lint', true, 'pass'],
      ['types', false, 'fail'],
      ['build', false, 'writes'],
      ['test', true, 'pass'],
    ]);
    const text = configOf(repo);
    expect(text).toMatch(/^# CI: ci\.yml, job a; writes to the tree that it judges: tracked\.txt$/m);
    expect(text).toMatch(/^# run = \["npm", "run", "build"\]$/m);
    const { config } = await loadConfig({ paths: pathsFrom(sandbox.env), env: sandbox.env, root: repo });
    expect(config.validator.checks.map(({ name }) => name)).toEqual(['lint', 'test']);
    expect(sandbox.git(repo, 'status', '--porcelain')).toBe('?? .codex-agent/');
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  test('are proposed untried when the person does not want it', async () => {
    const { checks } = await tried({ trial: async () => false });
    expect(checks.map(({ used, remark }) => [used, remark])).toEqual(Array(4).fill([true, 'not tried']));
  });

  test('are offered to a configuration that names none, and added at its end when the person wants it', async () => {
    const own = '# ours\nschema = 1\n# [[validator.checks]]\n';
    sandbox.write(repo, { '.codex-agent/config.toml': own });
    const told = await tried();
    expect(told.checksIn).toContain('run = ["npm", "run", "lint"]');
    expect(configOf(repo)).toBe(own);
    const { checksIn } = await tried({ add: async (checks) => checks.length === 4 });
    expect(checksIn).toBe('the file');
    const text = configOf(repo);
    expect(text.startsWith(`${own}\n# CI: ci.yml`)).toBe(true);
    expect(text.match(/^name = .*/gm)).toEqual(['name = "lint"', 'name = "test"']);
    // What came with the repository is no more trusted for it.
    const { config } = await loadConfig({ paths: pathsFrom(sandbox.env), env: sandbox.env, root: repo });
    expect(config.validator.checks).toEqual([]);
    expect((await tried()).checks).toEqual([]);
  });

  test('an interrupt leaves nothing behind', async () => {
    const controller = new AbortController();
    const emit = () => controller.abort();
    await expect(tried({ signal: controller.signal, emit })).rejects.toMatchObject({ code: 'interrupted' });
    expect(sandbox.git(repo, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(existsSync(pathsFrom(sandbox.env).registryFile)).toBe(false);
  });

  test('prompts are copied only when that is asked for', async () => {
    expect((await tried({ trial: async () => false })).created).toEqual(['.codex-agent/config.toml']);
    rmSync(join(repo, '.codex-agent'), { recursive: true });
    expect((await tried({ trial: async () => false, prompts: true })).created).toContain(
      '.codex-agent/prompts/developer.md',
    );
  });
});
