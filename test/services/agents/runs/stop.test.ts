import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { executorOf, inspectRun, stopRun } from '../../../../src/services/agents/runs/index.js';
import { agentProgram, isAlive, makeRuns, type Runs, until } from '../../../support/runs.js';

let runs: Runs;
beforeEach(() => {
  runs = makeRuns();
});
afterEach(() => runs.cleanup());

test('a polite agent is interrupted and says its last word', async () => {
  await runs.start('a-1', [agentProgram('polite')]);
  await runs.said('a-1', 'ready');
  await stopRun(runs.paths, 'a-1', 'interrupt');
  const view = await runs.over('a-1');
  expect(view).toMatchObject({
    phase: 'exited',
    status: 'interrupted',
    exitCode: 3,
    lastLine: 'putting the guitar down',
  });
  expect(view.error).toBeUndefined();
});

test('an agent that ignores everything is gone, with what it hid in other sessions and environments', async () => {
  const pids = join(runs.root, 'pids');
  await runs.start('a-1', [agentProgram('stubborn'), pids]);
  await runs.said('a-1', 'ready');
  const agent = JSON.parse(runs.read('a-1', 'pid.json')).pid as number;
  const helpers = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  expect([agent, ...helpers].map(isAlive)).toEqual([true, true, true]);
  await stopRun(runs.paths, 'a-1', 'timeout');
  expect([agent, ...helpers].map(isAlive)).toEqual([false, false, false]);
  expect(await runs.over('a-1')).toMatchObject({
    phase: 'exited',
    status: 'timeout',
    exitCode: 137,
    error: { code: 'stalled' },
  });
});

test('a run that was not launched never will be', async () => {
  const marks = join(runs.root, 'marks');
  const intent = runs.intend('a-1', [agentProgram('count'), '1', '0', marks]);
  await stopRun(runs.paths, 'a-1', 'interrupt');
  await executorOf(runs.paths).launch(intent, '', runs.env);
  expect(await inspectRun(runs.paths, 'a-1')).toMatchObject({
    phase: 'never-started',
    status: 'interrupted',
  });
  expect(existsSync(marks)).toBe(false);
});

test('stopped twice at once, the first reason stands; stopped when over, nothing changes', async () => {
  await runs.start('a-1', [agentProgram('polite')]);
  await runs.said('a-1', 'ready');
  await Promise.all([stopRun(runs.paths, 'a-1', 'interrupt'), stopRun(runs.paths, 'a-1', 'interrupt')]);
  expect((await runs.over('a-1')).status).toBe('interrupted');

  await runs.start('b-1', [agentProgram('greet')]);
  await runs.over('b-1');
  await stopRun(runs.paths, 'b-1', 'interrupt');
  expect(existsSync(join(runs.folder('b-1'), 'stop.json'))).toBe(false);
  expect((await inspectRun(runs.paths, 'b-1')).status).toBe('completed');
});

test('stopping one run leaves its neighbours alone', async () => {
  await Promise.all(['a-1', 'b-1'].map((runId) => runs.start(runId, [agentProgram('polite')])));
  await Promise.all(['a-1', 'b-1'].map((runId) => runs.said(runId, 'ready')));
  await stopRun(runs.paths, 'a-1', 'interrupt');
  await until(async () => (await inspectRun(runs.paths, 'a-1')).phase === 'exited');
  expect((await inspectRun(runs.paths, 'b-1')).phase).toBe('running');
});
