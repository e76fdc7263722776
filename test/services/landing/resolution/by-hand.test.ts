import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  readResolution,
  resolveByHand,
  resolveTask,
} from '../../../../src/services/landing/resolution/index.js';
import { requireTask, updateTask } from '../../../../src/services/store/tasks/index.js';
import { both, eachInItsOwnSandbox, given, sandbox, server, show } from '../../../support/conflicted.js';

eachInItsOwnSandbox();

/** The conflict, with the task's branch checked out in a worktree of its own. */
async function inWorktree(what: Parameters<typeof given>[0] = {}) {
  const ground = await given(what);
  const worktree = join(sandbox.root, 'wt');
  sandbox.git(ground.session.root, 'worktree', 'add', '-q', worktree, ground.task.branch);
  const task = await updateTask(ground.session, 'apples', (fresh) => ({ ...fresh, worktree }));
  return { ...ground, worktree, task };
}

it('lays the conflict out, takes what a person wrote, and remembers it for the next time', async () => {
  const { session, task, worktree, head, main } = await inWorktree();
  const handed = await resolveTask(session, task);
  expect(handed).toMatchObject({
    status: 'bailed-out',
    next: expect.arrayContaining(['codex-agent merge resolve apples --by-hand']),
  });
  const laid = await resolveByHand(session, task, 'start');
  expect(laid).toMatchObject({ status: 'bailed-out', files: [{ path: 'list.txt', reason: 'contents' }] });
  expect(readFileSync(join(worktree, 'list.txt'), 'utf8')).toContain('<<<<<<<');
  expect(await resolveByHand(session, task, 'continue')).toMatchObject({ status: 'bailed-out' });
  sandbox.write(worktree, { 'list.txt': both });
  const report = await resolveByHand(session, task, 'continue');
  expect(report).toMatchObject({ status: 'resolved', files: [{ path: 'list.txt', reason: 'by hand' }] });
  expect(sandbox.git(worktree, 'rev-list', '--parents', '-1', 'HEAD')).toBe(
    `${report.commit} ${head} ${main}`,
  );
  expect(sandbox.git(worktree, 'status', '--porcelain')).toBe('');
  expect((await requireTask(session, 'apples')).merge).toMatchObject({ status: 'clean' });
  expect(await readResolution(session, task)).toMatchObject({
    commit: report.commit,
    files: [{ hunks: [{ strategy: 'by-hand', base: 'two\n', result: 'two apples pears\n' }] }],
  });
  // The user's own rerere has not been switched on by this.
  expect(existsSync(join(session.root, '.git/rr-cache'))).toBe(false);
  sandbox.git(worktree, 'reset', '-q', '--hard', head);
  const again = await resolveTask(session, task, { strategies: ['rerere'] });
  expect(again).toMatchObject({ status: 'resolved', files: [{ path: 'list.txt', strategy: 'rerere' }] });
  expect(again.files[0]!.hunks[0]!.reason).toBe('recorded resolution, first made by a person');
  expect(show(session, `${task.branch}:list.txt`)).toBe(both.trimEnd());
  expect(server).toBeUndefined();
});

it('remembers what a merge tool has staged already, and shows it in the review', async () => {
  const { session, task, worktree, head } = await inWorktree();
  await resolveByHand(session, task, 'start');
  const answer = join(sandbox.root, 'answer');
  writeFileSync(answer, both);
  const settings = ['-c', 'merge.tool=mine', '-c', `mergetool.mine.cmd=cp '${answer}' "$MERGED"`];
  const trusted = ['-c', 'mergetool.mine.trustExitCode=true', '-c', 'mergetool.keepBackup=false'];
  sandbox.git(worktree, ...settings, ...trusted, 'mergetool', '--no-prompt');
  expect(sandbox.git(worktree, 'status', '--porcelain')).toBe('M  list.txt');
  const report = await resolveByHand(session, task, 'continue');
  expect(report).toMatchObject({ status: 'resolved', files: [{ path: 'list.txt', strategy: 'by-hand' }] });
  expect(await readResolution(session, task)).toMatchObject({
    files: [{ hunks: [{ base: 'two\n', result: 'two apples pears\n' }] }],
  });
  sandbox.git(worktree, 'reset', '-q', '--hard', head);
  expect(await resolveTask(session, task, { strategies: ['rerere'] })).toMatchObject({ status: 'resolved' });
});

it('does not take markers for a resolution, staged or not', async () => {
  const { session, task, worktree, head } = await inWorktree();
  await resolveByHand(session, task, 'start');
  sandbox.git(worktree, 'add', 'list.txt');
  expect(await resolveByHand(session, task, 'continue')).toMatchObject({
    status: 'bailed-out',
    files: [{ path: 'list.txt', reason: 'staged with conflict markers' }],
  });
  expect(sandbox.git(worktree, 'rev-parse', 'HEAD')).toBe(head);
  // Mended in the file and not staged again: what counts is what is there now.
  sandbox.write(worktree, { 'list.txt': both });
  expect(await resolveByHand(session, task, 'continue')).toMatchObject({ status: 'resolved' });
  expect(show(session, `${task.branch}:list.txt`)).toBe(both.trimEnd());
  expect(sandbox.git(worktree, 'status', '--porcelain')).toBe('');
});

it('uses the recorded resolutions of those who have them switched on', async () => {
  const { session, task, worktree } = await inWorktree();
  sandbox.git(session.root, 'config', '--global', 'rerere.enabled', 'true');
  await resolveByHand(session, task, 'start');
  sandbox.write(worktree, { 'list.txt': both });
  await resolveByHand(session, task, 'continue');
  expect(existsSync(join(session.root, '.git/rr-cache'))).toBe(true);
});

it('can be given up, and leaves the branch and its files as they were', async () => {
  const { session, task, worktree, head } = await inWorktree();
  await resolveByHand(session, task, 'start');
  await expect(resolveByHand(session, task, 'start')).rejects.toMatchObject({ code: 'merge-under-way' });
  await resolveByHand(session, task, 'abort');
  expect(sandbox.git(worktree, 'rev-parse', 'HEAD')).toBe(head);
  expect(sandbox.git(worktree, 'status', '--porcelain')).toBe('');
  await expect(resolveByHand(session, task, 'continue')).rejects.toMatchObject({ code: 'no-merge' });
});

it('refuses uncommitted work, and a task without a worktree', async () => {
  const { session, task, worktree } = await inWorktree();
  sandbox.write(worktree, { 'mine.txt': 'mine\n' });
  await expect(resolveByHand(session, task, 'start')).rejects.toMatchObject({ code: 'worktree-dirty' });
  const { worktree: _, ...without } = task;
  await expect(resolveByHand(session, without, 'start')).rejects.toMatchObject({ code: 'no-worktree' });
});

it('leaves a deletion against a change to the person, staged by themself', async () => {
  const { session, task, worktree } = await inWorktree({ theirs: { 'list.txt': null } });
  expect(await resolveByHand(session, task, 'start')).toMatchObject({ files: [{ reason: 'modify/delete' }] });
  expect(await resolveByHand(session, task, 'continue')).toMatchObject({ status: 'bailed-out' });
  sandbox.git(worktree, 'rm', '-q', 'list.txt');
  expect(await resolveByHand(session, task, 'continue')).toMatchObject({ status: 'resolved' });
});
