import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
