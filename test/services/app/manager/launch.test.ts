import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { launchTask, resumeTask, startRun } from '../../../../src/services/app/manager/launch.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
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
