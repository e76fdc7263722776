import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { commitWork } from '../../../../src/services/worktrees/uncommitted/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const more = { message: 'Do the work', runId: 'one-t1-1' };

async function make() {
  const repo = sandbox.repo({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'c[1].txt': 'c\n' });
  const session = await sandbox.session(repo);
  const task = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, task);
  const rescued = () => sandbox.git(repo, 'for-each-ref', '--format=%(refname)', 'refs/codex-agents/rescue');
  return { repo, session, path, rescued, task: { ...task, worktree: path, base } };
}

test('what was staged and written over before the commit stays, and is told', async () => {
  const { repo, session, task, path, rescued } = await make();
  const told: string[] = [];
  session.emit = (event) => void (event.type === 'noted' && told.push(event.message));
  for (const name of ['a.txt', 'new file.txt', 'c[1].txt']) {
    writeFileSync(join(path, name), `staged in ${name}\n`);
    sandbox.git(path, 'add', '--', `:(literal)${name}`);
    writeFileSync(join(path, name), `written over ${name}\n`);
  }
  chmodSync(join(path, 'a.txt'), 0o755);
  await commitWork(session, task, more);
  expect(rescued()).toBe('refs/codex-agents/rescue/one/1');
  sandbox.git(repo, 'gc', '--prune=now', '-q');
  const ref = 'refs/codex-agents/rescue/one/1';
  for (const name of ['a.txt', 'new file.txt', 'c[1].txt']) {
    expect(sandbox.git(repo, 'show', `${ref}:${name}`)).toBe(`staged in ${name}`);
    expect(sandbox.git(repo, 'show', `${task.branch}:${name}`)).toBe(`written over ${name}`);
  }
  expect(told.filter((text) => text.includes('rescue show rescue/one/1'))).toHaveLength(1);
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  await commitWork(session, task, more);
  expect(rescued()).toBe('refs/codex-agents/rescue/one/1');
});

test('a link alone that was staged and is gone stays', async () => {
  const { repo, session, task, path, rescued } = await make();
  symlinkSync('a.txt', join(path, 'gone-link'));
  sandbox.git(path, 'add', '-A');
  rmSync(join(path, 'gone-link'));
  await commitWork(session, task, more);
  expect(sandbox.git(repo, 'show', `${rescued()}:gone-link`)).toBe('a.txt');
});

test('what was staged stays when the file was put back or deleted since', async () => {
  const { repo, session, task, path, rescued } = await make();
  writeFileSync(join(path, 'a.txt'), 'an idea\n');
  writeFileSync(join(path, 'gone.txt'), 'gone\n');
  sandbox.git(path, 'add', '-A');
  writeFileSync(join(path, 'a.txt'), 'a\n');
  rmSync(join(path, 'gone.txt'));
  const work = await commitWork(session, task, more);
  expect(work.commit).toBeUndefined();
  expect(sandbox.git(repo, 'show', `${rescued()}:a.txt`)).toBe('an idea');
  expect(sandbox.git(repo, 'show', `${rescued()}:gone.txt`)).toBe('gone');
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
});

test('nothing is kept of what a commit holds: files edited, staged, committed, or an index that was left behind', async () => {
  const { repo, session, task, path, rescued } = await make();
  writeFileSync(join(path, 'a.txt'), 'edited\n');
  writeFileSync(join(path, 'b.txt'), 'staged\n');
  sandbox.git(path, 'add', 'b.txt');
  await commitWork(session, task, more);
  const own = sandbox.commit(path, { 'c[1].txt': 'of its own\n' });
  writeFileSync(join(path, 'a.txt'), 'edited again\n');
  await commitWork(session, task, more);
  sandbox.git(path, 'read-tree', `${own}^`);
  await commitWork(session, task, more);
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  expect(rescued()).toBe('');
  expect(sandbox.git(repo, 'show', `${task.branch}:a.txt`)).toBe('edited again');
});

test('sides of a path that only the index has stay', async () => {
  const { repo, session, task, path, rescued } = await make();
  sandbox.commit(path, { 'a.txt': 'committed\n' });
  writeFileSync(join(path, 'a.txt'), 'stashed\n');
  sandbox.git(path, 'stash', '-q');
  sandbox.commit(path, { 'a.txt': 'committed again\n' });
  expect(() => sandbox.git(path, 'stash', 'pop', '-q')).toThrow();
  sandbox.git(path, 'stash', 'drop', '-q');
  writeFileSync(join(path, 'a.txt'), 'settled\n');
  const work = await commitWork(session, task, more);
  expect(work.problem).toBeUndefined();
  sandbox.git(repo, 'gc', '--prune=now', '-q');
  expect(sandbox.git(repo, 'show', `${rescued()}:codex-agents-unmerged/3/a.txt`)).toBe('stashed');
});
