import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { standingOf } from '../../../../src/domain/agents/run.js';
import { inspectRun, stopRun } from '../../../../src/services/agents/runs/index.js';
import { bootId, identityOf } from '../../../../src/services/platform/files/identity.js';
import { agentProgram, isAlive, makeRuns, type Runs, until } from '../../../support/runs.js';

let runs: Runs;
beforeEach(() => {
  runs = makeRuns();
});
afterEach(() => runs.cleanup());

const phaseOf = async (runId = 'a-1') => (await inspectRun(runs.paths, runId)).phase;
const put = (name: string, value: object) =>
  writeFileSync(join(runs.folder('a-1'), name), JSON.stringify(value));
const gone = (more: object = {}) => ({ start: '1', boot: bootId(), ...more });
const shimOf = (runId: string): number => JSON.parse(runs.read(runId, 'claim.json')).shim;
const agentOf = (runId: string): number => JSON.parse(runs.read(runId, 'pid.json')).pid;

describe('what a later process finds', () => {
  test('nothing claimed it: not launched', async () => {
    runs.intend('a-1', ['true']);
    expect(await phaseOf()).toBe('not-launched');
  });

  test('the machine restarted meanwhile: interrupted, whether claimed or not', async () => {
    runs.intend('a-1', ['true'], { boot: 'another boot' });
    expect(await inspectRun(runs.paths, 'a-1')).toMatchObject({
      phase: 'interrupted',
      status: 'interrupted',
    });
    rmSync(join(runs.folder('a-1'), 'outcome.json'));
    put('claim.json', gone({ shim: 1, boot: 'another boot' }));
    put('pid.json', gone({ pid: process.pid, boot: 'another boot' }));
    expect(await phaseOf()).toBe('interrupted');
  });

  test('another container: unknown, and never stopped from here', async () => {
    runs.intend('a-1', ['true'], { pidNamespace: 'pid:[1]' });
    put('claim.json', gone({ shim: 999_999 }));
    expect(await phaseOf()).toBe('unknown');
    await expect(stopRun(runs.paths, 'a-1', 'interrupt')).rejects.toMatchObject({ code: 'run-elsewhere' });
  });

  test('an exit code is believed even from another container or boot', async () => {
    runs.intend('a-1', ['true'], { pidNamespace: 'pid:[1]', boot: 'another boot' });
    put('claim.json', gone({ shim: 999_999 }));
    put('pid.json', gone({ pid: 999_999 }));
    put('exit.json', { rc: 0 });
    expect(await inspectRun(runs.paths, 'a-1')).toMatchObject({ phase: 'exited', status: 'completed' });
  });

  test('nobody alive and no exit code: lost, or never started; not a success', async () => {
    runs.intend('a-1', ['true']);
    put('claim.json', gone({ shim: 999_999 }));
    expect(await inspectRun(runs.paths, 'a-1')).toMatchObject({ phase: 'never-started', status: 'crashed' });
    rmSync(join(runs.folder('a-1'), 'outcome.json'));
    put('pid.json', gone({ pid: 999_999 }));
    expect(await inspectRun(runs.paths, 'a-1')).toMatchObject({ phase: 'lost', status: 'lost' });
  });

  test('a pid that somebody else has now is not the agent', async () => {
    runs.intend('a-1', ['true']);
    put('claim.json', gone({ shim: process.pid }));
    put('pid.json', gone({ pid: process.pid }));
    expect(await phaseOf()).toBe('lost');
    await stopRun(runs.paths, 'a-1', 'interrupt');
    expect(isAlive(process.pid)).toBe(true);
  });

  test('a file that cannot be read: unknown, never an end', async () => {
    runs.intend('a-1', ['true']);
    writeFileSync(join(runs.folder('a-1'), 'claim.json'), '{"shim":');
    expect(await phaseOf()).toBe('unknown');
  });

  test('a live supervisor without an agent is starting, or finishing', async () => {
    const shim = spawn('sleep', ['60']);
    try {
      const { start, boot } = identityOf(shim.pid!)!;
      runs.intend('a-1', ['true']);
      put('claim.json', { shim: shim.pid, start, boot });
      expect(await phaseOf()).toBe('starting');
      put('pid.json', gone({ pid: 999_999 }));
      expect(await phaseOf()).toBe('finishing');
    } finally {
      shim.kill('SIGKILL');
    }
  });
});

test('a supervisor that is told to end waits for its agent, and writes its exit code', async () => {
  const go = join(runs.root, 'go');
  await runs.start('a-1', ['sh', '-c', `until [ -e '${go}' ]; do sleep 0.05; done; exit 7`]);
  await until(async () => (await phaseOf()) === 'running');
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const)
    process.kill(shimOf('a-1'), signal);
  writeFileSync(go, '');
  expect(await runs.over('a-1')).toMatchObject({ phase: 'exited', exitCode: 7 });
});

describe('a killed supervisor', () => {
  test('leaves the agent running, unsupervised; its end is a loss, whatever it said', async () => {
    await runs.start('a-1', [agentProgram('polite')]);
    await runs.said('a-1', 'ready');
    expect(await phaseOf()).toBe('running');
    process.kill(shimOf('a-1'), 'SIGKILL');
    await until(async () => (await phaseOf()) === 'unsupervised');
    expect(standingOf(await inspectRun(runs.paths, 'a-1'))).toBe('running, its supervisor is gone');
    process.kill(agentOf('a-1'), 'SIGKILL');
    expect(await runs.over('a-1')).toMatchObject({
      phase: 'lost',
      status: 'lost',
      error: { code: 'killed' },
    });
  });
});

describe('what an agent leaves behind', () => {
  test('keeps the run live until it is swept, and the exit code is kept', async () => {
    const pids = join(runs.root, 'pids');
    await runs.start('a-1', [agentProgram('daemon'), pids]);
    await until(async () => (await phaseOf()) === 'leftovers');
    const daemon = Number(readFileSync(pids, 'utf8'));
    expect(isAlive(daemon)).toBe(true);
    await stopRun(runs.paths, 'a-1', 'interrupt');
    expect(isAlive(daemon)).toBe(false);
    expect(await runs.over('a-1')).toMatchObject({ phase: 'exited', status: 'completed', exitCode: 0 });
  });
});
