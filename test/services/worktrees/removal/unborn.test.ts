/** Worktrees with a branch that has no commit yet, as `git switch --orphan` leaves them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import { updateTask } from '../../../../src/services/store/tasks/index.js';
import { addWorktree, removeWorktree, restoreWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let session: SandboxSession;
let task: Task;
let path: string;
beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'a.txt': 'a\n' });
  session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  ({ path } = await addWorktree(session, added));
  task = { ...added, worktree: path };
  sandbox.git(path, 'switch', '-q', '--orphan', 'pages');
});
afterEach(() => sandbox.cleanup());

test('with files are removed by force only, and a ref keeps the files', async () => {
  sandbox.write(path, { 'page.html': 'staged\n' });
  sandbox.git(path, 'add', 'page.html');
  sandbox.write(path, { 'page.html': 'edited\n', 'new.html': 'new\n' });
  await expect(removeWorktree(session, task)).rejects.toMatchObject({
    code: 'worktree-dirty',
    message: expect.stringContaining('page.html'),
  });
  const { removed, rescue, trash } = await removeWorktree(session, task, { force: true });
  expect(removed).toBe(true);
  expect(existsSync(path)).toBe(false);
  expect(sandbox.git(repo, 'show', `${rescue}:page.html`)).toBe('edited');
  expect(sandbox.git(repo, 'show', `${rescue}:new.html`)).toBe('new');
  expect(sandbox.git(repo, 'show', `${rescue}^:page.html`)).toBe('staged');
  await updateTask(session, 'one', (fresh) => ({ ...fresh, worktree: undefined }));
  await restoreWorktree(session, { name: trash! });
  expect(readFileSync(join(path, 'page.html'), 'utf8')).toBe('edited\n');
  expect(sandbox.git(path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/pages');
});

test('without files are removed without force', async () => {
  expect(await removeWorktree(session, task)).toMatchObject({ removed: true });
  expect(existsSync(path)).toBe(false);
});
