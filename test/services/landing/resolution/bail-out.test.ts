import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resolveTask } from '../../../../src/services/landing/resolution/index.js';
import { requireTask, updateTask } from '../../../../src/services/store/tasks/index.js';
import {
  base,
  eachInItsOwnSandbox,
  expectUntouched,
  type Given,
  given,
  good,
  ours,
  sandbox,
  server,
  theirs,
} from '../../../support/conflicted.js';
import type { Reply } from '../../../support/model-server.js';
import { commitOn } from '../../../support/thinking.js';

eachInItsOwnSandbox();

describe('bails out', () => {
  it.each<[string, Reply, string]>([
    ['malformed JSON', { text: 'Sure! {"hunks": [' }, 'cannot be used'],
    ['another shape', { answer: { files: [] } }, 'cannot be used'],
    [
      'hunks that are not there',
      { answer: { hunks: [{ index: 7, content: '', reason: '' }] } },
      'cannot be used',
    ],
    ['nothing, in its headers', { stall: 'headers' }, 'in time'],
    ['nothing more, in its body', { stall: 'body' }, 'silent'],
    ['429 for an hour', { status: 429, headers: { 'retry-after': '3600' } }, 'rate limit'],
    ['401', { status: 401 }, 'refused the key'],
    ['500', { status: 500, headers: { 'retry-after-ms': '1' } }, 'failed'],
  ])('when the model answers %s', async (_, reply, reason) => {
    const clock = 'stall' in reply && (reply.stall === 'headers' ? 'connect_timeout' : 'idle_timeout');
    const limits = clock ? { [clock]: '300ms' } : {};
    const ground = await given({ model: () => reply, limits });
    const report = await resolveTask(ground.session, ground.task);
    expect(report).toMatchObject({
      status: 'bailed-out',
      reason: expect.stringContaining(reason),
      files: [{ path: 'list.txt', strategy: 'none', reason: expect.stringContaining(reason) }],
    });
    expectUntouched(ground);
  });

  it('without a model, saying so', async () => {
    const ground = await given({});
    const report = await resolveTask(ground.session, ground.task);
    expect(report).toMatchObject({
      status: 'bailed-out',
      reason: expect.stringContaining('no model configured'),
    });
    expectUntouched(ground);
  });

  it('and leaves no half of a conflict in the recorded resolutions', async () => {
    const { session, task } = await given({});
    await resolveTask(session, task);
    const cache = join(session.root, '.git/rr-cache');
    const records = existsSync(cache)
      ? readdirSync(cache, { recursive: true }).filter((name) => /image/.test(`${name}`))
      : [];
    expect(records).toEqual([]);
  });

  it.each<[string, Pick<Given, 'base' | 'ours' | 'theirs'>, string]>([
    ['modify/delete', { ours: { 'list.txt': ours }, theirs: { 'list.txt': null } }, 'deleted'],
    ['a binary file', { base: { b: 'a\0b\n' }, ours: { b: 'a\0c\n' }, theirs: { b: 'a\0d\n' } }, 'binary'],
    [
      'a lock file',
      {
        base: { 'package-lock.json': base },
        ours: { 'package-lock.json': ours },
        theirs: { 'package-lock.json': theirs },
      },
      'a tool writes it',
    ],
    [
      'a file with markers of its own',
      {
        base: { 'a.md': `${base}\nTitle\n=======\n` },
        ours: { 'a.md': `${ours}\nTitle\n=======\n` },
        theirs: { 'a.md': `${theirs}\nTitle\n=======\n` },
      },
      'look like conflict markers',
    ],
    [
      'CI configuration',
      {
        base: { '.github/ci.yml': base },
        ours: { '.github/ci.yml': ours },
        theirs: { '.github/ci.yml': theirs },
      },
      'protected_paths',
    ],
  ])('on %s, without asking the model', async (_, files, reason) => {
    const ground = await given({ ...files, model: () => good });
    const report = await resolveTask(ground.session, ground.task);
    expect(report).toMatchObject({ status: 'bailed-out', reason: expect.stringContaining(reason) });
    expect(server!.calls).toHaveLength(0);
    expectUntouched(ground);
  });

  it('and keeps what kind of conflict it was', async () => {
    const { session, task } = await given({ theirs: { 'list.txt': null } });
    await resolveTask(session, task);
    expect((await requireTask(session, 'apples')).merge?.conflicts).toEqual([
      { path: 'list.txt', kind: 'modify/delete' },
    ]);
  });

  it('on a conflict that holds a secret, without showing it to the model', async () => {
    const secret = `AKIA${'B'.repeat(16)}`;
    const ground = await given({ ours: { 'list.txt': ours.replace('apples', secret) }, model: () => good });
    const report = await resolveTask(ground.session, ground.task);
    expect(report).toMatchObject({ status: 'bailed-out', reason: expect.stringContaining('secret') });
    expect(server!.calls).toHaveLength(0);
  });
});

describe('refuses to start', () => {
  it('while the worktree of the task has uncommitted work, and leaves it alone', async () => {
    const ground = await given({ model: () => good });
    const worktree = join(sandbox.root, 'wt');
    sandbox.git(ground.session.root, 'worktree', 'add', '-q', worktree, ground.task.branch);
    sandbox.write(worktree, { 'note.txt': 'mine\n' });
    const task = await updateTask(ground.session, 'apples', (fresh) => ({ ...fresh, worktree }));
    await expect(resolveTask(ground.session, task)).rejects.toMatchObject({ code: 'worktree-dirty' });
    expect(readFileSync(join(worktree, 'note.txt'), 'utf8')).toBe('mine\n');
    expect(sandbox.git(ground.session.root, 'rev-parse', task.branch)).toBe(ground.head);
  });

  it('where the branch is checked out in a worktree that is not the task’s', async () => {
    const { session, task } = await given({ model: () => good });
    sandbox.git(session.root, 'worktree', 'add', '-q', join(sandbox.root, 'mine'), task.branch);
    await expect(resolveTask(session, task)).rejects.toMatchObject({ code: 'branch-checked-out' });
  });

  it('by a strategy nobody knows', async () => {
    const { session, task } = await given({});
    const asked = resolveTask(session, task, { strategies: ['magic'] });
    await expect(asked).rejects.toMatchObject({ code: 'bad-strategy', kind: 'usage' });
  });

  it('while the task runs', async () => {
    const { session, task } = await given({ model: () => good });
    await expect(resolveTask(session, { ...task, status: 'running' })).rejects.toMatchObject({
      code: 'task-running',
    });
  });
});

it('gives up, and moves nothing, when the branch moves meanwhile', async () => {
  let move = () => {};
  const ground = await given({
    model: () => {
      move();
      return good;
    },
  });
  const other = commitOn(sandbox, ground.session.root, 'elsewhere', { 'x.txt': 'x\n' }, ground.task.branch);
  move = () => sandbox.git(ground.session.root, 'update-ref', `refs/heads/${ground.task.branch}`, other);
  const report = await resolveTask(ground.session, ground.task);
  expect(report).toMatchObject({
    status: 'bailed-out',
    reason: expect.stringContaining('could not be moved'),
  });
  expect(sandbox.git(ground.session.root, 'rev-parse', ground.task.branch)).toBe(other);
});

it('that is interrupted leaves everything as it was', async () => {
  const controller = new AbortController();
  const ground = await given({
    model: () => {
      controller.abort();
      return { stall: 'headers' };
    },
  });
  const asked = resolveTask({ ...ground.session, signal: controller.signal }, ground.task);
  await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
  expectUntouched(ground);
  expect((await requireTask(ground.session, 'apples')).merge).toBeUndefined();
});
