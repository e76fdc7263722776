import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { launchTask, startRun } from '../../../../src/services/app/manager/launch.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

test('a run is told once as started, however many start it from its record', async () => {
  const session = await sandbox.session(sandbox.repo(), {
    runner: { default: 'command', command: { args: ['true'], env_allow: [] } } as never,
    worktree: { spare: 0 } as never,
  });
  await sandbox.task(session, 'song', { launch: { land: false, at: '' } });
  const { runId } = await launchTask(session, 'song');
  expect(await startRun(session, 'song')).toMatchObject({ runId });
  expect(session.events.filter(({ type }) => type === 'run.started')).toMatchObject([{ run: { runId } }]);
});
