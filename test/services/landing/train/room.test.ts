import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { landTasks } from '../../../../src/services/landing/train/index.js';
import { updateTask } from '../../../../src/services/store/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { commitWork } from '../../../../src/services/worktrees/uncommitted/index.js';
import { mountSmall } from '../../../support/loop-disk.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

test('without room nothing is landed, the folder is named, and it lands once there is room', async () => {
  const disk = mountSmall(join(sandbox.root, 'repo.worktrees'), 1_000_000);
  if (!disk) return;
  try {
    const repo = sandbox.repo({ 'a.txt': 'a\n' });
    const session = await sandbox.session(repo);
    const task = await sandbox.task(session, 'one');
    const { path, base } = await addWorktree(session, task);
    sandbox.write(path, { 'new.txt': 'new\n' });
    await commitWork(session, { ...task, worktree: path, base }, { message: 'Work', runId: 'one-1' });
    await updateTask(session, 'one', (fresh) => ({ ...fresh, worktree: path, base, status: 'done' }));
    const before = sandbox.git(repo, 'rev-parse', 'main');
    disk.fill();
    await expect(landTasks(session)).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('repo.worktrees'),
    });
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(before);
    disk.free();
    expect(await landTasks(session)).toMatchObject({ landed: [{ task: 'one' }] });
    expect(existsSync(join(repo, 'new.txt'))).toBe(true);
  } finally {
    disk.unmount();
  }
});
