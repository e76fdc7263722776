import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addWorktree, keepBeforeRun, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

async function make() {
  const repo = sandbox.repo({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const session = await sandbox.session(repo);
  const task = await sandbox.task(session, 'one');
  const { path } = await addWorktree(session, task);
  const told: string[] = [];
  session.emit = (event) => void (event.type === 'noted' && told.push(event.message));
  const rescued = () =>
    sandbox
      .git(repo, 'for-each-ref', '--format=%(refname:lstrip=3)', 'refs/codex-agents/rescue')
      .split('\n')
      .filter(Boolean);
  const run = async () => {
    await keepBeforeRun(session, path, 'one');
    return rescued();
  };
  return { repo, session, task: { ...task, worktree: path }, path, told, run };
}

test('what stands uncommitted in a worktree is kept once, however many runs begin there', async () => {
  const { repo, session, task, path, told, run } = await make();
  sandbox.write(path, { 'a.txt': 'edited\n', 'new.txt': 'new\n' });
  expect(await run()).toEqual(['one/1']);
  sandbox.git(repo, 'commit', '--allow-empty', '-qm', 'Meanwhile');
  expect(await run()).toEqual(['one/1']);
  // Told each time, by the name that holds it.
  expect(told).toEqual(Array(2).fill(expect.stringContaining('`codex-agent rescue show rescue/one/1`')));
  const removed = await removeWorktree(session, task, { force: true });
  expect(removed.rescue).toBe('refs/codex-agents/rescue/one/1');
  expect(sandbox.git(repo, 'show', `${removed.rescue}:new.txt`)).toBe('new');
});

test('what differs in a file, in what is staged, or in a commit on no branch is kept anew', async () => {
  const { repo, path, run } = await make();
  sandbox.write(path, { 'a.txt': 'edited\n' });
  expect(await run()).toEqual(['one/1']);
  sandbox.write(path, { 'a.txt': 'edited again\n' });
  expect(await run()).toEqual(['one/1', 'one/2']);
  // The files are those of the second one, but other text is staged.
  sandbox.write(path, { 'b.txt': 'only staged\n' });
  sandbox.git(path, 'add', 'b.txt');
  sandbox.write(path, { 'b.txt': 'b\n' });
  expect(await run()).toEqual(['one/1', 'one/2', 'one/3']);
  expect(sandbox.git(repo, 'show', 'refs/codex-agents/rescue/one/3^2:b.txt')).toBe('only staged');
  sandbox.git(path, 'checkout', '-q', '--detach');
  sandbox.git(path, 'commit', '-q', '--allow-empty', '--only', '-m', 'On no branch');
  const astray = sandbox.git(path, 'rev-parse', 'HEAD');
  sandbox.git(path, 'checkout', '-q', '-');
  expect(await run()).toHaveLength(4);
  sandbox.git(path, 'reflog', 'expire', '--expire=now', '--all');
  sandbox.git(repo, 'gc', '--prune=now', '-q');
  expect(sandbox.git(repo, 'cat-file', '-t', astray)).toBe('commit');
  expect(await run()).toHaveLength(4);
});

test('another HEAD over the same files is kept anew', async () => {
  const { repo, path, run } = await make();
  sandbox.write(path, { 'a.txt': 'edited\n' });
  expect(await run()).toEqual(['one/1']);
  sandbox.git(path, 'commit', '--allow-empty', '-qm', 'Nothing yet');
  expect(await run()).toEqual(['one/1', 'one/2']);
  const head = sandbox.git(path, 'rev-parse', 'HEAD');
  expect(sandbox.git(repo, 'rev-parse', 'refs/codex-agents/rescue/one/2^1')).toBe(head);
});

test('a rescue of another task is not taken for its own', async () => {
  const { repo, session, path, run } = await make();
  const other = await addWorktree(session, await sandbox.task(session, 'two'));
  for (const folder of [path, other.path]) sandbox.write(folder, { 'a.txt': 'the same\n' });
  await keepBeforeRun(session, other.path, 'two');
  expect(await run()).toEqual(['one/1', 'two/1']);
  expect(sandbox.git(repo, 'show', 'refs/codex-agents/rescue/one/1:a.txt')).toBe('the same');
});
