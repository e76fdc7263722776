import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { diagnose } from '../../../../src/services/app/doctor/index.js';
import { initialise } from '../../../../src/services/app/init/index.js';
import { pathsFrom } from '../../../../src/services/platform/files/paths.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
beforeEach(() => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
});
afterEach(() => sandbox.cleanup());

const doctor = (cwd = repo) => diagnose({ paths: pathsFrom(sandbox.env), env: sandbox.env, cwd });
const init = (cwd = repo) => initialise({ cwd, paths: pathsFrom(sandbox.env), env: sandbox.env });
/** Where the runner's program is not of interest. */
const withRunner = () =>
  sandbox.write(sandbox.root, {
    'home/config/codex-agents/config.toml':
      '[runner]\ndefault = "command"\n[runner.command]\nargs = ["true"]\n',
  });

test('a repository that is not set up says how', async () => {
  const { items } = await doctor();
  expect(items).toContainEqual(expect.objectContaining({ name: 'set up', hint: 'codex-agent init' }));
});

test('without a runner nothing can be started, and that comes first', async () => {
  await init();
  sandbox.write(sandbox.root, {
    'home/config/codex-agents/config.toml': '[runner.codex]\npath = "/nowhere/codex"\n',
  });
  const { first } = await doctor();
  expect(first).toMatchObject({
    name: 'developer',
    status: 'fail',
    hint: expect.stringContaining('runner.default'),
  });
});

test('a target that is gone comes first, with its setting', async () => {
  withRunner();
  await init();
  sandbox.git(repo, 'branch', '-m', 'main', 'trunk');
  expect((await doctor()).first).toMatchObject({
    name: 'target',
    detail: expect.stringContaining(`no branch main, which ${repo}`),
    hint: expect.stringContaining('config set --repo target'),
  });
});

test('no commit and no trust are told before what depends on them', async () => {
  withRunner();
  const empty = join(sandbox.root, 'empty');
  sandbox.git(sandbox.root, 'init', '-q', '-b', 'main', empty);
  await init(empty);
  expect((await doctor(empty)).first).toMatchObject({ hint: expect.stringContaining('--allow-empty') });
  await init();
  sandbox.write(repo, { '.codex-agent/config.toml': 'schema = 1\n' });
  expect((await doctor()).first).toMatchObject({ name: 'trust' });
});

test('a missing identity is found before an agent commits', async () => {
  withRunner();
  await init();
  expect((await doctor()).items).toContainEqual(expect.objectContaining({ name: 'identity', status: 'ok' }));
  sandbox.write(sandbox.root, { 'home/gitconfig': '[user]\n\tuseConfigOnly = true\n' });
  const { items, first } = await doctor();
  expect(items).toContainEqual(
    expect.objectContaining({ name: 'identity', hint: expect.stringContaining('user.email') }),
  );
  expect(first).toBeUndefined();
});
