/** What the processes of a run take: found by the cookie in their environment, compared with the reading before. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { createProcessMeter } from '../../../../src/services/agents/index.js';

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

test('a run that computes takes time of a processor and memory, one without a process takes nothing', async () => {
  const folder = `/nowhere/run-${process.pid}`;
  const work = "process.stdout.write('.');for(const end=Date.now()+20000;Date.now()<end;);";
  child = spawn(process.execPath, ['-e', work], {
    env: { CODEX_AGENTS_RUN_DIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout!, 'data');
  const meter = createProcessMeter();
  const folders = new Map([
    ['busy', folder],
    ['gone', `${folder}-gone`],
  ]);
  const first = await meter.runs(folders);
  expect(Object.keys(first)).toEqual(['busy']);
  expect(first.busy).toMatchObject({ processes: 1 });
  expect(first.busy!.core).toBeUndefined();
  expect(first.busy!.bytes).toBeGreaterThan(10_000_000);
  let second = await meter.runs(folders);
  // A loaded machine may give the process no time between two readings.
  while (!second.busy!.core) second = await meter.runs(folders);
  expect(second.busy!.core).toBeGreaterThan(0);
});

test('this program itself has a share of a core from the second reading on', () => {
  const meter = createProcessMeter();
  expect(meter.own().core).toBeUndefined();
  const again = meter.own();
  expect(again.core).toBeGreaterThanOrEqual(0);
  expect(again.bytes).toBeGreaterThan(10_000_000);
});
