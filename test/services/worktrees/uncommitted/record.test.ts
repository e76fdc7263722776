/** What was staged in a worktree is only in git's record of it, also when the folder is gone or was never filled. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import { requireTask } from '../../../../src/services/store/index.js';
import { addWorktree, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { deadPid } from '../../../support/dead.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let session: SandboxSession;
let task: Task;
let path: string;
beforeEach(async () => {
  sandbox = makeSandbox();
  session = await sandbox.session(sandbox.repo({ 'a.txt': 'a\n' }));
  const { path: made } = await addWorktree(session, await sandbox.task(session, 'one'));
  path = made;
  task = { ...(await requireTask(session, 'one')), worktree: path };
  writeFileSync(join(path, 'staged.txt'), 'first version\n');
  sandbox.git(path, 'add', 'staged.txt');
  writeFileSync(join(path, 'staged.txt'), 'second version\n');
});
afterEach(() => sandbox.cleanup());

const refs = () =>
  sandbox.git(session.root, 'for-each-ref', '--format=%(refname)', 'refs/codex-agents/rescue').split('\n');

/** Deleted as git would: what nothing names goes. */
function staged(): string {
  sandbox.git(session.root, 'gc', '-q', '--prune=now');
  return sandbox.git(session.root, 'show', `${refs()[0]}:staged.txt`);
}

/** As a process leaves it that is killed while it fills the worktree. */
async function halfMade(): Promise<void> {
  const reason = `codex-agents: hydrating ${await deadPid()} 1 boot`;
  sandbox.git(session.root, 'worktree', 'lock', '--reason', reason, path);
}

test('a worktree whose filling was killed is made anew, and what was staged there is kept', async () => {
  await halfMade();
  expect((await addWorktree(session, task)).created).toBe(true);
  expect(staged()).toBe('first version');
});

test('removed while half made, it keeps what was staged', async () => {
  await halfMade();
  const { rescue } = await removeWorktree(session, task);
  expect(rescue).toBe(refs()[0]);
  expect(staged()).toBe('first version');
});

test('a folder that was deleted by hand leaves what was staged to its record, and that is kept', async () => {
  rmSync(path, { recursive: true });
  expect((await removeWorktree(session, task)).removed).toBe(true);
  expect(staged()).toBe('first version');
});

test('nothing is kept of a record that holds nothing of its own', async () => {
  sandbox.git(path, 'rm', '-q', '-f', 'staged.txt');
  rmSync(path, { recursive: true });
  expect(await removeWorktree(session, task)).toEqual({ removed: true });
  expect(refs()).toEqual(['']);
});
