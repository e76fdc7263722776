/** What is kept comes back as a branch, whatever branches there are. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addWorktree, removeWorktree, restoreKept } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

test.each(['restored', 'restored/one', 'restored/one/1/more'])(
  'a branch %s in its way is named, and goes out of it as the error says',
  async (inWay) => {
    const repo = sandbox.repo({ 'a.txt': 'a\n' });
    const session = await sandbox.session(repo);
    const added = await sandbox.task(session, 'one');
    const { path, base } = await addWorktree(session, added);
    sandbox.write(path, { 'new.txt': 'new\n' });
    await removeWorktree(session, { ...added, worktree: path, base }, { force: true });
    sandbox.git(repo, 'branch', inWay);
    const refusal = await restoreKept(session, 'rescue/one/1').catch((error) => error);
    expect(refusal.message).toContain(`The branch ${inWay} is in the way`);
    const command = /git (branch -m \S+) <name>/.exec(refusal.hint)![1]!;
    sandbox.git(repo, ...command.split(' '), 'another');
    const { branch } = await restoreKept(session, 'rescue/one/1');
    expect(sandbox.git(repo, 'show', `${branch}:new.txt`)).toBe('new');
  },
);

test('a branch of the name it would have, at another commit, stays as it is', async () => {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  sandbox.write(path, { 'new.txt': 'new\n' });
  await removeWorktree(session, { ...added, worktree: path, base }, { force: true });
  sandbox.git(repo, 'branch', 'restored/one/1');
  await expect(restoreKept(session, 'rescue/one/1')).rejects.toMatchObject({ code: 'branch-exists' });
  expect(sandbox.git(repo, 'rev-parse', 'restored/one/1')).toBe(sandbox.git(repo, 'rev-parse', 'HEAD'));
});

test('a worktree whose branch is checked out elsewhere by then comes back on its commit alone', async () => {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  const { trash = '' } = await removeWorktree(session, { ...added, worktree: path, base });
  await session.registry.update('test', (file) => ({
    file: { ...file, tasks: file.tasks.map((task) => ({ ...task, worktree: undefined })) },
    result: undefined,
  }));
  sandbox.git(repo, 'checkout', '-q', added.branch);
  const restored = await restoreKept(session, trash);
  expect(restored).toMatchObject({ path, warning: expect.stringContaining(`is checked out in ${repo}`) });
  expect(sandbox.git(path, 'branch', '--show-current')).toBe('');
  expect(sandbox.git(repo, 'branch', '--show-current')).toBe(added.branch);
});
