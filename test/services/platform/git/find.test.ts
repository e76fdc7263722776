import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
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

test('a repository whose own git directory leads git away is refused, and says what to take away', async () => {
  const repo = sandbox.repo();
  writeFileSync(join(repo, '.git/commondir'), '/elsewhere\n');
  await expect(findRepository(repo)).rejects.toMatchObject({
    code: 'config-tampered',
    hint: expect.stringContaining(`rm ${join(realpathSync(repo), '.git/commondir')}`),
  });
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

test('a checkout that was marked as bare by accident is refused, with the way back', async () => {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'side', join(repo, 'side'));
  sandbox.git(repo, 'config', 'core.bare', 'true');
  const refusal = { code: 'marked-bare', hint: expect.stringContaining('config core.bare false') };
  await expect(findRepository(repo)).rejects.toMatchObject(refusal);
  await expect(findRepository(join(repo, 'side'))).rejects.toMatchObject(refusal);
  rmSync(join(repo, 'a.txt'));
  expect(await findRepository(repo)).toMatchObject({ root: join(repo, 'side') });
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

/** Configurations that name a folder or a bare repository elsewhere than in `core`, or not as they seem to. */
const harmless = [
  ['a value of another section', '[gui]\n\tworktree = /elsewhere\n[tool]\n\tbare = true\n'],
  ['a subsection of core', '[core "x"]\n\tworktree = /elsewhere\n\tbare\n'],
  ['a comment', '[core]\n\t# worktree = /elsewhere\n\t; bare = true\n'],
  ['a value that goes on over lines', '[alias]\n\tx = "!a \\\n\tworktree = /elsewhere"\n\tbare = !true\n'],
  ['a value that a later one replaces', '[core]\n\tbare = true\n\tbare = false # true\n'],
] as const;

test.each(harmless)('%s says nothing about where the files are', async (_, more) => {
  const repo = sandbox.repo();
  appendFileSync(join(repo, '.git', 'config'), more);
  expect(await findRepository(repo)).toEqual({ root: repo, commonDir: join(repo, '.git') });
  expect(sandbox.git(repo, 'rev-parse', '--show-toplevel').trim()).toBe(repo);
});

test('the file of a worktree is read where git reads it', async () => {
  const repo = sandbox.repo();
  writeFileSync(join(repo, '.git', 'config.worktree'), '[core]\n\tworktree = /elsewhere\n\tbare = true\n');
  expect(await findRepository(repo)).toMatchObject({ root: repo });
  sandbox.git(repo, 'config', '--file', '.git/config.worktree', '--unset', 'core.bare');
  appendFileSync(join(repo, '.git', 'config'), '[extensions]\n\tworktreeConfig\n');
  await expect(findRepository(repo)).rejects.toMatchObject({ code: 'files-elsewhere' });
});

const spelled = [
  ['in quotes, with a comment', '[core]\n\tworktree = "/else where" # there\n', '/else where'],
  ['behind its section', '[core] worktree = /elsewhere\n', '/elsewhere'],
  ['in capitals, with Windows line ends', '[CORE]\r\n\tWorkTree=/elsewhere\r\n', '/elsewhere'],
  [
    'behind a comment that ends with a backslash',
    '[core]\n\t# C:\\\n\tworktree = /elsewhere\n',
    '/elsewhere',
  ],
  ['behind a path of Windows', '[core]\n\teditor = C:\\\\bin\\\\\n\tworktree = /elsewhere\n', '/elsewhere'],
  ['relative to the git directory', '[core]\n\tworktree = ../../elsewhere\n', '/elsewhere'],
] as const;

test.each(spelled)('files elsewhere are told of when their place is written %s', async (_, more, place) => {
  const repo = sandbox.repo();
  appendFileSync(join(repo, '.git', 'config'), more);
  await expect(findRepository(repo)).rejects.toMatchObject({ message: expect.stringContaining(place) });
});

test.each(['.git', '.git/HEAD', '.git/config'])('a pipe as %s is waited for by nobody', async (name) => {
  const folder = join(sandbox.root, 'cloned', 'inner');
  mkdirSync(join(folder, '.git'), { recursive: true });
  if (name === '.git') rmSync(join(folder, '.git'), { recursive: true });
  execFileSync('mkfifo', [join(folder, name)]);
  expect(await findRepository(folder)).toBeUndefined();
});
