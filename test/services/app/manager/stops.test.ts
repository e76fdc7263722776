/** What a person stops while the program is at it: filling a worktree, landing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Step } from '../../../../src/domain/app/steps.js';
import { stoppedByPerson } from '../../../../src/domain/app/work.js';
import { drive, requestLaunch, stopTask } from '../../../../src/services/app/manager/index.js';
import { stoppableSteps } from '../../../../src/services/app/manager/stops.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';
import { makeTask } from '../../../support/task.js';

let sandbox: Sandbox;
let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  session = await sandbox.session(sandbox.repo());
});
afterEach(() => sandbox.cleanup());

const launch = { land: true, at: '2026-01-01T00:00:00Z' };

describe('a step', () => {
  test('that launches ends when its task is not wanted any more, and others go on', () => {
    const stops = stoppableSteps();
    const [one, two] = ['one', 'two'].map((task): Step => ({ type: 'launch', task }));
    const signals = [one!, two!].map((step) => stops.sessionFor(session, step).signal);
    stops.look([makeTask('one', { status: 'ready' }), makeTask('two', { status: 'ready', launch })]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(signals[0]!.reason).toBe(stoppedByPerson);
  });

  test('that lands ends when a person stops one of its tasks, not when it has refused one itself', () => {
    const step: Step = { type: 'land', tasks: ['one', 'two'] };
    const stops = stoppableSteps();
    const { signal } = stops.sessionFor(session, step);
    const other = makeTask('two', { status: 'done', launch });
    const problem = { code: 'conflict', message: 'It conflicts.' };
    stops.look([makeTask('one', { status: 'done', problem }), other]);
    stops.look([makeTask('one', { status: 'landed' }), other]);
    expect(signal.aborted).toBe(false);
    stops.look([makeTask('one', { status: 'done' }), other]);
    expect(signal.aborted).toBe(true);
  });

  test('that is over is left alone', () => {
    const step: Step = { type: 'launch', task: 'one' };
    const stops = stoppableSteps();
    const { signal } = stops.sessionFor(session, step);
    stops.over(step);
    stops.look([makeTask('one', { status: 'ready' })]);
    expect(signal.aborted).toBe(false);
  });
});

test('a task that is stopped while its worktree is set up gets no agent, and is ready to be launched again', async () => {
  const setup = [['sh', '-c', 'touch ../../started; while ! test -e ../../go; do sleep 0.05; done']];
  session = await sandbox.session(sandbox.repo({}, 'other'), { worktree: { setup } }, { attended: true });
  await sandbox.task(session, 'one', { status: 'ready' });
  await requestLaunch(session, { tasks: ['one'], land: false });
  const ending = new AbortController();
  const driving = drive({ ...session, signal: ending.signal }, { until: 'signal' });
  const over = () => session.events.find((event) => event.type === 'work.ended' && event.kind === 'filling');
  await until(() => existsSync(join(sandbox.root, 'started')));
  expect(await stopTask(session, 'one')).toEqual({ task: 'one', stopped: false, withdrawn: true });
  await until(() => over() !== undefined);
  ending.abort();
  await driving;
  expect(over()).toMatchObject({ ok: false });
  const [task] = (await session.registry.read()).tasks;
  expect(task).toMatchObject({ status: 'ready', runIds: [] });
  expect(task!.problem).toBeUndefined();
});

async function until(holds: () => boolean): Promise<void> {
  for (const limit = Date.now() + 30_000; !holds(); ) {
    if (Date.now() > limit) throw new Error('waited in vain');
    await new Promise((done) => setTimeout(done, 10));
  }
}
