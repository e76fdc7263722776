import { afterEach, expect, test } from '@jest/globals';
import { moveTask } from '../../../../src/domain/store/task.js';
import { startFeed } from '../../../../src/services/app/dashboard/index.js';
import { drive } from '../../../../src/services/app/manager/index.js';
import { requireTask, updateTask } from '../../../../src/services/store/tasks/index.js';
import { until } from '../../../support/runs.js';
import { makeSandbox } from '../../../support/sandbox.js';

const sandbox = makeSandbox();
afterEach(() => sandbox.cleanup());

test('attempts before the newest are told once, of the task that is looked at', async () => {
  const ending = new AbortController();
  const config = {
    runner: {
      default: 'command',
      command: { path: '', args: ['sh', '-c', 'exit 1'], model: '', env_allow: [] },
    },
    run: { retries: 0 },
    worktree: { spare: 0 },
  };
  const session = await sandbox.session(sandbox.repo(), config as never);
  const launch = { land: false, at: new Date().toISOString() };
  await sandbox.task(session, 'one', { launch });
  await drive(session, { until: 'rest' });
  await updateTask(session, 'one', (task) => moveTask(task, 'ready', { launch }));
  await drive(session, { until: 'rest' });
  const { runIds } = await requireTask(session, 'one');
  expect(runIds).toHaveLength(2);

  session.events.length = 0;
  const feed = startFeed({ ...session, signal: ending.signal });
  const told = () =>
    session.events.filter((event) => event.type === 'run.changed' && event.run.runId === runIds[0]);
  feed.focus('one', runIds);
  feed.focus('one', [...runIds, 'never-made-3']);
  await until(() => told().length > 0);
  expect(told()).toMatchObject([{ run: { status: 'failed', attempt: 1 } }]);
  ending.abort();
  await feed.stop();
  expect(told()).toHaveLength(1);
});
