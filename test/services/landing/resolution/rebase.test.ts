import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rebaseTask } from '../../../../src/services/landing/resolution/rebase.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { plant } from '../../../support/planted.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

async function make() {
  const repo = sandbox.repo({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const session = await sandbox.session(repo);
  const planned = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, planned);
  const head = sandbox.commit(path, { 'a.txt': 'task\n' });
  return { repo, session, path, head, task: { ...planned, worktree: path, base } };
}

describe('rebaseTask', () => {
  test('brings the branch onto the target and keeps what it was', async () => {
    const { repo, session, path, head, task } = await make();
    expect(await rebaseTask(session, task)).toEqual({ task: 'one', status: 'up-to-date', head });
    const target = sandbox.commit(repo, { 'b.txt': 'main\n' });
    sandbox.git(repo, 'branch', 'stacked', head);
    sandbox.git(repo, 'config', '--global', 'rebase.updateRefs', 'true');
    const planted = plant(sandbox, repo);
    const report = await rebaseTask(session, task);
    expect(planted.fired()).toEqual([]);
    expect(report).toMatchObject({ status: 'rebased', rescue: 'refs/codex-agents/rescue/one/1' });
    expect(sandbox.git(repo, 'rev-parse', `${task.branch}^`)).toBe(target);
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(report.head);
    expect(sandbox.git(repo, 'rev-parse', report.rescue!)).toBe(head);
    expect(sandbox.git(repo, 'rev-parse', 'stacked')).toBe(head);
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('task\n');
  });

  test('leaves out what the target had when the work began and has no more', async () => {
    const { repo, session, path, task } = await make();
    sandbox.commit(repo, { 'b.txt': 'dropped\n' }, 'Dropped');
    sandbox.git(path, 'rebase', '-q', 'main');
    sandbox.git(repo, 'reset', '-q', '--hard', 'HEAD~1');
    expect(await rebaseTask(session, task)).toMatchObject({ status: 'rebased' });
    expect(sandbox.git(repo, 'rev-parse', `${task.branch}^`)).toBe(sandbox.git(repo, 'rev-parse', 'main'));
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('task\n');
    expect(readFileSync(join(path, 'b.txt'), 'utf8')).toBe('b\n');
  });

  test('refuses uncommitted work, whatever the settings say about stashing', async () => {
    const { repo, session, path, head, task } = await make();
    sandbox.commit(repo, { 'b.txt': 'main\n' });
    sandbox.git(repo, 'config', '--global', 'rebase.autoStash', 'true');
    sandbox.write(path, { 'b.txt': 'edit\n' });
    await expect(rebaseTask(session, task)).rejects.toMatchObject({ code: 'worktree-dirty' });
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(head);
    expect(readFileSync(join(path, 'b.txt'), 'utf8')).toBe('edit\n');
  });

  test('refuses while the agent works on the branch', async () => {
    const { session, task } = await make();
    const running = { ...task, status: 'running' as const };
    await expect(rebaseTask(session, running)).rejects.toMatchObject({ code: 'task-running' });
  });

  test('does not go on with markers, though they were staged', async () => {
    const { repo, session, path, task } = await make();
    sandbox.commit(repo, { 'a.txt': 'main\n' });
    await rebaseTask(session, task);
    sandbox.git(path, 'add', 'a.txt');
    const refused = {
      status: 'conflict',
      conflicts: [{ path: 'a.txt', kind: 'staged with conflict markers' }],
    };
    expect(await rebaseTask(session, task, { mode: 'continue' })).toMatchObject(refused);
    sandbox.write(path, { 'a.txt': 'main task\n' });
    expect(await rebaseTask(session, task, { mode: 'continue' })).toMatchObject(refused);
    sandbox.git(path, 'add', 'a.txt');
    expect(await rebaseTask(session, task, { mode: 'continue' })).toMatchObject({ status: 'rebased' });
  });

  test('offers what to do on a conflict, and keeps half a resolution when it is given up', async () => {
    const { repo, session, path, head, task } = await make();
    sandbox.commit(repo, { 'a.txt': 'main\n' });
    const { next } = await rebaseTask(session, task);
    expect(next).toEqual(expect.arrayContaining([expect.stringContaining('--resolve')]));
    sandbox.write(path, { 'a.txt': 'half done\n' });
    const report = await rebaseTask(session, task, { mode: 'abort' });
    expect(report).toMatchObject({ status: 'aborted', head });
    expect(sandbox.git(repo, 'show', `${report.rescue}:a.txt`)).toBe('half done');
  });

  test('lets the resolver merge instead, or is put back when that hands back', async () => {
    const { repo, session, path, head, task } = await make();
    const target = sandbox.commit(repo, { 'a.txt': 'task \n', 'b.txt': 'main\n' });
    session.config.resolver = { ...session.config.resolver, strategies: ['whitespace'] };
    const merged = await rebaseTask(session, task, { resolve: true });
    expect(merged).toMatchObject({ status: 'merged', rescue: 'refs/codex-agents/rescue/one/1' });
    expect(sandbox.git(path, 'log', '-1', '--format=%P', 'HEAD')).toBe(`${head} ${target}`);
    sandbox.commit(repo, { 'a.txt': 'other\n' });
    const handed = await rebaseTask(session, task, { resolve: true });
    expect(handed).toMatchObject({ status: 'aborted', head: merged.head, conflicts: [{ path: 'a.txt' }] });
    expect(handed.reason).toBeTruthy();
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  });

  test('stops at a conflict, goes on when it is resolved', async () => {
    const { repo, session, path, task } = await make();
    sandbox.commit(repo, { 'a.txt': 'main\n' });
    const conflicts = [{ path: 'a.txt', kind: 'contents' }];
    expect(await rebaseTask(session, task)).toMatchObject({ status: 'conflict', conflicts });
    expect(await rebaseTask(session, task, { mode: 'continue' })).toMatchObject({
      status: 'conflict',
      conflicts,
    });
    await expect(rebaseTask(session, task)).rejects.toMatchObject({ code: 'rebase-under-way' });
    sandbox.write(path, { 'a.txt': 'both\n' });
    sandbox.git(path, 'add', 'a.txt');
    expect(await rebaseTask(session, task, { mode: 'continue' })).toMatchObject({ status: 'rebased' });
    expect(sandbox.git(repo, 'show', `${task.branch}:a.txt`)).toBe('both');
  });

  test('gives up without a trace', async () => {
    const { repo, session, path, head, task } = await make();
    sandbox.commit(repo, { 'a.txt': 'main\n' });
    await rebaseTask(session, task);
    expect(await rebaseTask(session, task, { mode: 'abort' })).toMatchObject({ status: 'aborted', head });
    expect(sandbox.git(path, 'status', '--porcelain', '--branch')).toBe(`## ${task.branch}`);
    await expect(rebaseTask(session, task, { mode: 'abort' })).rejects.toMatchObject({ code: 'no-rebase' });
    await expect(rebaseTask(session, { ...task, worktree: undefined })).rejects.toMatchObject({
      code: 'no-worktree',
    });
  });
});
