import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { inspectRun } from '../../../../src/services/agents/index.js';
import { collectRun } from '../../../../src/services/app/manager/collect.js';
import { launchTask, resumeTask, startAnew, startRun } from '../../../../src/services/app/manager/launch.js';
import { requireTask, updateTask } from '../../../../src/services/store/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { until } from '../../../support/runs.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  session = await sandbox.session(sandbox.repo({ 'a.txt': 'base\n' }), {
    runner: { default: 'command', command: { args: ['true'], env_allow: [] } } as never,
    worktree: { spare: 0 } as never,
  });
});
afterEach(() => sandbox.cleanup());

const rescued = () =>
  sandbox.git(session.root, 'for-each-ref', '--format=%(refname)', 'refs/codex-agents/rescue').split('\n');
const notes = () =>
  session.events.flatMap((event) =>
    event.type === 'noted' && / is kept: /.test(event.message) ? [event] : [],
  );

test('a run is told once as started, however many start it from its record', async () => {
  await sandbox.task(session, 'song', { launch: { land: false, at: '' } });
  const { runId } = await launchTask(session, 'song');
  expect(await startRun(session, 'song')).toMatchObject({ runId });
  expect(session.events.filter(({ type }) => type === 'run.started')).toMatchObject([{ run: { runId } }]);
});

test('what a person left in a worktree is kept before an agent works there: staged, written over, new and hidden', async () => {
  const task = await sandbox.task(session, 'song', { launch: { land: false, at: '' } });
  const { path } = await addWorktree(session, task);
  const write = (name: string, text: string) => writeFileSync(join(path, name), text);
  write('staged.txt', 'first version\n');
  sandbox.git(path, 'add', 'staged.txt');
  write('staged.txt', 'second version\n');
  write('new.txt', 'new\n');
  sandbox.git(path, 'update-index', '--assume-unchanged', 'a.txt');
  write('a.txt', 'hidden edit\n');
  await launchTask(session, 'song');
  const [ref = ''] = rescued();
  const of = (revision: string) => sandbox.git(session.root, 'show', revision);
  expect([of(`${ref}:staged.txt`), of(`${ref}:new.txt`), of(`${ref}:a.txt`)]).toEqual([
    'second version',
    'new',
    'hidden edit',
  ]);
  expect(of(`${ref}^2:staged.txt`)).toBe('first version');
  expect(notes()).toMatchObject([
    { level: 'info', message: expect.stringContaining('rescue show rescue/song/') },
  ]);
});

test('a worktree without edits leaves nothing to keep', async () => {
  const task = await sandbox.task(session, 'song', { launch: { land: false, at: '' } });
  await addWorktree(session, task);
  await launchTask(session, 'song');
  expect(rescued()).toEqual(['']);
  expect(notes()).toEqual([]);
});

test('a session of a task that has landed is not resumed, and nothing is made for it', async () => {
  const task = await sandbox.task(session, 'song', { status: 'landed' });
  const resumed = resumeTask(session, task, { sessionId: 's', runner: 'command' }, 'Go on.');
  await expect(resumed).rejects.toMatchObject({ code: 'bad-transition' });
  expect(sandbox.git(session.root, 'worktree', 'list', '--porcelain')).not.toContain('song');
});

test('what a person told a run that was lost is told again, and not by a retry of their own', async () => {
  const heard = join(sandbox.root, 'heard');
  const agent = ['sh', '-c', `cat >> ${heard}; kill -9 $PPID`];
  const own = await sandbox.session(session.root, {
    runner: { default: 'command', command: { args: agent, env_allow: [] } } as never,
    worktree: { spare: 0 } as never,
  });
  const task = await sandbox.task(session, 'song', { status: 'done' });
  const lost = async (runId: string) => {
    await until(async () => (await inspectRun(session.paths, runId)).status !== undefined);
    await collectRun(own, 'song', runId);
    return requireTask(session, 'song');
  };
  const first = await lost((await startAnew(own, task, 'Sing louder.')).runId);
  expect(first).toMatchObject({ status: 'ready', launch: { retried: 1 } });
  const second = await lost((await launchTask(own, 'song')).runId);
  expect(readFileSync(heard, 'utf8').match(/Sing louder/g)).toHaveLength(2);
  await updateTask(session, 'song', (fresh) => ({ ...fresh, launch: { land: false, at: '' } }));
  expect(second).toMatchObject({ status: 'ready', launch: { retried: 2 } });
  await launchTask(own, 'song');
  await until(() => readFileSync(heard, 'utf8').includes(task.title));
  expect(readFileSync(heard, 'utf8').match(/Sing louder/g)).toHaveLength(2);
});
