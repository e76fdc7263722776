import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { addWorktree, prepareSpares } from '../../../../src/services/worktrees/index.js';
import { commitWork } from '../../../../src/services/worktrees/uncommitted/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const more = { message: 'Do the work', runId: 'one-t1-1' };
const files = {
  'top.txt': 'top\n',
  'app/a.txt': 'a\n',
  'app/b.txt': 'b\n',
  'lib/l.txt': 'l\n',
  'docs/deep/d.txt': 'd\n',
};

/** A task in a repository whose main worktree was made sparse by these git commands. */
async function sparse(...commands: string[][]) {
  const repo = sandbox.repo(files);
  for (const argv of commands) sandbox.git(repo, ...argv);
  const session = await sandbox.session(repo);
  const task = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, task);
  return { repo, session, path, task: { ...task, worktree: path, base } };
}

const kinds: [string, string[][]][] = [
  ['cones', [['sparse-checkout', 'set', 'app']]],
  ['patterns', [['sparse-checkout', 'set', '--no-cone', '/app/', '!/app/b.txt']]],
  ['a sparse index', [['sparse-checkout', 'set', '--sparse-index', 'app']]],
  [
    'the setting of every worktree',
    [
      ['sparse-checkout', 'set', 'app'],
      ['config', '--worktree', '--unset', 'core.sparseCheckout'],
      ['config', 'core.sparseCheckout', 'true'],
    ],
  ],
];

describe('a sparse checkout', () => {
  test.each(kinds)('by %s is inherited, and no commit deletes what is outside', async (_, commands) => {
    const { repo, session, path, task } = await sparse(...commands);
    expect(existsSync(join(path, 'lib'))).toBe(false);
    const marks = sandbox.git(path, 'ls-files', '-t');
    for (const text of ['one\n', 'two\n', 'three\n']) {
      sandbox.write(path, { 'app/a.txt': text });
      expect((await commitWork(session, task, more)).files).toEqual(['app/a.txt']);
      expect(sandbox.git(path, 'ls-files', '-t')).toBe(marks);
      expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    }
    const tree = sandbox.git(repo, 'ls-tree', '-r', '--name-only', task.branch).split('\n');
    expect(tree).toEqual(Object.keys(files).sort());
  });

  test.each(kinds)('by %s is known again after its marks are lost', async (_, commands) => {
    const { repo, session, path, task } = await sparse(...commands);
    sandbox.git(path, 'read-tree', 'HEAD');
    sandbox.write(path, { 'app/a.txt': 'changed\n', 'docs/new.txt': 'outside, but there\n' });
    rmSync(join(path, 'app/a.txt'));
    const work = await commitWork(session, task, more);
    expect(work.files).toEqual(['app/a.txt', 'docs/new.txt']);
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(repo, 'cat-file', '-p', `${task.branch}:lib/l.txt`)).toBe('l');
  });

  test('whose branch moved on elsewhere keeps what came to lie outside', async () => {
    const { repo, session, path, task } = await sparse(['sparse-checkout', 'set', 'app']);
    sandbox.git(repo, 'sparse-checkout', 'disable');
    const ahead = sandbox.commit(repo, { 'lib/later.txt': 'later\n' });
    sandbox.git(repo, 'update-ref', `refs/heads/${task.branch}`, ahead);
    sandbox.write(path, { 'app/a.txt': 'changed\n' });
    expect((await commitWork(session, task, more)).files).toEqual(['app/a.txt']);
    expect(sandbox.git(repo, 'cat-file', '-p', `${task.branch}:lib/later.txt`)).toBe('later');
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  });

  test('commits what was written outside of the patterns', async () => {
    const { repo, session, path, task } = await sparse(['sparse-checkout', 'set', 'app']);
    sandbox.write(path, { 'lib/l.txt': 'edited\n', 'lib/new.txt': 'new\n' });
    expect((await commitWork(session, task, more)).files).toEqual(['lib/l.txt', 'lib/new.txt']);
    expect(sandbox.git(repo, 'show', `${task.branch}:docs/deep/d.txt`)).toBe('d');
  });

  test('makes a spare of other patterns out of date', async () => {
    const repo = sandbox.repo(files);
    const session = await sandbox.session(repo);
    await prepareSpares(session, 1);
    sandbox.git(repo, 'sparse-checkout', 'set', 'app');
    const { path } = await addWorktree(session, await sandbox.task(session, 'one'));
    expect(existsSync(join(path, 'app/a.txt'))).toBe(true);
    expect(existsSync(join(path, 'lib'))).toBe(false);
  });
});

test.each(['--skip-worktree', '--assume-unchanged'])(
  'a file marked by hand with %s is not deleted, nor its mark lost',
  async (flag) => {
    const { repo, session, path, task } = await sparse();
    sandbox.git(path, 'update-index', flag, 'lib/l.txt', 'top.txt');
    const marks = sandbox.git(path, 'ls-files', '-v', 'lib/l.txt', 'top.txt');
    rmSync(join(path, 'lib/l.txt'));
    sandbox.write(path, { 'top.txt': 'local\n' });
    for (const text of ['one\n', 'two\n']) {
      sandbox.write(path, { 'app/a.txt': text });
      expect((await commitWork(session, task, more)).files).toEqual(['app/a.txt']);
      expect(sandbox.git(path, 'ls-files', '-v', 'lib/l.txt', 'top.txt')).toBe(marks);
    }
    expect(sandbox.git(repo, 'show', `${task.branch}:lib/l.txt`)).toBe('l');
    expect(readFileSync(join(path, 'top.txt'), 'utf8')).toBe('local\n');
  },
);
