import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findRepository } from '../../../../src/services/platform/git/find.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** `proj/.bare` with a `.git` file beside it, and a worktree for each branch. */
function bareLayout(...branches: string[]): string {
  const source = sandbox.repo();
  const proj = join(sandbox.root, 'proj');
  mkdirSync(proj);
  sandbox.git(proj, 'clone', '-q', '--bare', source, join(proj, '.bare'));
  writeFileSync(join(proj, '.git'), 'gitdir: ./.bare\n');
  for (const branch of branches) {
    const made = branch === 'main' ? [] : ['-b', branch];
    sandbox.git(proj, 'worktree', 'add', '-q', ...made, branch, ...(branch === 'main' ? ['main'] : []));
  }
  return realpathSync(proj);
}

test('a bare repository is stood for by the worktree of its default branch, from anywhere in it', async () => {
  const proj = bareLayout('feature', 'main');
  const expected = {
    root: join(proj, 'main'),
    commonDir: join(proj, '.bare'),
    gitDir: join(proj, '.bare', 'worktrees', 'main'),
  };
  for (const place of ['main', 'feature', '.', '.bare', '.bare/objects']) {
    expect([place, await findRepository(join(proj, place))]).toEqual([place, expected]);
  }
});

test('files elsewhere are told of, and not followed', async () => {
  const repo = sandbox.repo();
  const other = join(sandbox.root, 'other');
  mkdirSync(other);
  sandbox.git(repo, 'config', 'core.worktree', other);
  await expect(findRepository(repo)).rejects.toMatchObject({
    code: 'files-elsewhere',
    message: expect.stringContaining(other),
  });
  sandbox.git(repo, 'config', 'core.worktree', repo);
  expect(await findRepository(repo)).toMatchObject({ root: realpathSync(repo) });
});

test('without a worktree of the default branch it is the one that one is in', async () => {
  const proj = bareLayout('a', 'b');
  expect(await findRepository(join(proj, 'b'))).toMatchObject({ root: join(proj, 'b') });
  expect(await findRepository(proj)).toMatchObject({ root: join(proj, 'a') });
});

test('a bare repository without a worktree says what to do', async () => {
  await expect(findRepository(bareLayout())).rejects.toMatchObject({
    code: 'no-worktree',
    hint: expect.stringContaining('worktree add'),
  });
});

test('worktrees with configuration of their own keep core.bare in a file of its own', async () => {
  const proj = bareLayout('main');
  sandbox.git(proj, 'config', 'extensions.worktreeConfig', 'true');
  sandbox.git(proj, 'config', '--file', '.bare/config.worktree', 'core.bare', 'true');
  sandbox.git(proj, 'config', '--file', '.bare/config', '--unset', 'core.bare');
  expect(await findRepository(proj)).toMatchObject({ root: join(proj, 'main') });
});

test('a repository with a git directory elsewhere is itself', async () => {
  const work = join(sandbox.root, 'work');
  sandbox.git(sandbox.root, 'init', '-q', '--separate-git-dir', join(sandbox.root, 'store.git'), work);
  expect(await findRepository(work)).toEqual({ root: work, commonDir: join(sandbox.root, 'store.git') });
});
