/**
 * What every executor has to do. A further one gets a row in `executors`, and the same suite holds it; what only one of
 * them does (its files, its process table) is tested beside it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunPhase } from '../../../../src/domain/agents/run.js';
import { createLocalExecutor } from '../../../../src/services/agents/runs/local/index.js';
import type { Executor } from '../../../../src/services/agents/types.js';
import { agentProgram, makeRuns, type Runs, until } from '../../../support/runs.js';

/** Makes one more executor of the runs in this home, as another process would. */
const executors: [string, (paths: Runs['paths']) => Executor][] = [['local', createLocalExecutor]];

describe.each(executors)('the %s executor', (kind, open) => {
  let runs: Runs;
  let executor: Executor;
  beforeEach(() => {
    runs = makeRuns();
    executor = open(runs.paths);
  });
  afterEach(() => runs.cleanup());

  const start = async (runId: string, argv: string[], stdin = '') =>
    executor.launch(runs.intend(runId, argv), stdin, runs.env);
  const phaseIs = (phase: RunPhase, runId = 'a-1', by = executor) =>
    until(async () => (await by.phase(runId)).phase === phase);
  const text = async (runId: string, offset = 0, length = 1_000_000) =>
    Buffer.from((await executor.read(runId, 'transcript', offset, length)).bytes).toString('utf8');
  const starts = (marks: string) => readFileSync(marks, 'utf8').trim().split('\n').length;

  test('has a name', () => expect(executor.kind).toBe(kind));

  test('starts a run once, however often and by however many it is asked', async () => {
    const marks = join(runs.root, 'marks');
    const intent = runs.intend('a-1', [agentProgram('count'), '5', '4', marks]);
    const others = Array.from({ length: 4 }, () => open(runs.paths));
    const launched = [executor, executor, ...others].map((one) => one.launch(intent, '', runs.env));
    expect((await Promise.all(launched)).filter(Boolean)).toEqual([true]);
    await phaseIs('exited');
    expect(await executor.launch(intent, '', runs.env)).toBe(false);
    expect(await executor.phase('a-1')).toEqual({ phase: 'exited', exitCode: 4 });
    expect(starts(marks)).toBe(1);
  });

  test('a launch that came second leaves nothing behind that looks like a leftover of the run', async () => {
    const slow = join(runs.root, 'slow');
    mkdirSync(slow);
    writeFileSync(join(slow, 'ln'), '#!/bin/sh\nsleep 0.5\nexec /bin/ln "$@"\n', { mode: 0o755 });
    const intent = runs.intend('a-1', ['true']);
    const second = { ...runs.env, PATH: `${slow}:${runs.env.PATH}` };
    await Promise.all([executor.launch(intent, '', runs.env), open(runs.paths).launch(intent, '', second)]);
    const seen = new Set<RunPhase>();
    await until(async () => {
      const { phase } = await executor.phase('a-1');
      seen.add(phase);
      return phase === 'exited' || phase === 'leftovers';
    });
    expect([...seen]).not.toContain('leftovers');
  });

  test('tells where a run stands, the same to another process', async () => {
    runs.intend('a-1', [agentProgram('polite')]);
    expect(await executor.phase('a-1')).toEqual({ phase: 'not-launched' });
    await start('a-1', [agentProgram('polite')]);
    await phaseIs('running');
    expect(await open(runs.paths).phase('a-1')).toEqual({ phase: 'running' });
    await open(runs.paths).stop('a-1', 'interrupt');
    expect(await executor.phase('a-1')).toEqual({ phase: 'exited', exitCode: 3 });
  });

  test('knows every run after a restart: live, over, and not launched', async () => {
    expect(await executor.known()).toEqual([]);
    await start('a-1', [agentProgram('polite')]);
    await start('b-1', ['true']);
    runs.intend('c-1', ['true']);
    await phaseIs('exited', 'b-1');
    expect([...(await open(runs.paths).known())].sort()).toEqual(['a-1', 'b-1', 'c-1']);
  });

  test('gives the agent its prompt and what is allowed of the environment that it is launched with', async () => {
    const intent = runs.intend('a-1', ['sh', '-c', 'cat; echo "$PASSED/$SECRET"'], { envAllow: ['PASSED'] });
    await executor.launch(intent, 'tune the guitar\n', { ...runs.env, PASSED: 'yes', SECRET: 'no' });
    await phaseIs('exited');
    expect(await text('a-1')).toBe('tune the guitar\nyes/\n');
  });

  test('reads output from any byte on, counted from the end too, while it grows and after', async () => {
    await start('a-1', ['sh', '-c', 'printf 0123456789; sleep 0.2; printf abc; echo oops >&2']);
    await until(async () => (await text('a-1')) === '0123456789');
    await phaseIs('exited');
    expect(await text('a-1')).toBe('0123456789abc');
    expect(await text('a-1', 8)).toBe('89abc');
    expect(await text('a-1', 8, 3)).toBe('89a');
    expect(await text('a-1', -4)).toBe('9abc');
    expect(await text('a-1', -400, 2)).toBe('01');
    const past = await executor.read('a-1', 'transcript', 99, 10);
    expect([past.bytes.length, past.size]).toEqual([0, 13]);
    expect(Buffer.from((await executor.read('a-1', 'stderr', 0, 99)).bytes).toString()).toBe('oops\n');
    runs.intend('b-1', ['true']);
    expect(await executor.read('b-1', 'transcript', 0, 10)).toMatchObject({ size: 0 });
  });

  test('stops a run: nothing of it is left, and the first reason stands', async () => {
    const pids = join(runs.root, 'pids');
    await start('a-1', [agentProgram('stubborn'), pids]);
    await until(async () => (await text('a-1')).includes('ready'));
    await Promise.all([executor.stop('a-1', 'timeout'), open(runs.paths).stop('a-1', 'timeout')]);
    const helpers = readFileSync(pids, 'utf8').trim().split('\n');
    expect(helpers.filter((pid) => existsSync(`/proc/${pid}/environ`) && cmdline(pid) !== '')).toEqual([]);
    await executor.stop('a-1', 'interrupt');
    expect(JSON.parse(runs.read('a-1', 'stop.json')).why).toBe('timeout');
    expect(await executor.phase('a-1')).toMatchObject({ phase: 'exited' });
  });

  test('stops a run before it was launched: it never starts', async () => {
    const marks = join(runs.root, 'marks');
    const intent = runs.intend('a-1', [agentProgram('count'), '1', '0', marks]);
    await executor.stop('a-1', 'interrupt');
    await open(runs.paths).launch(intent, '', runs.env);
    expect((await executor.phase('a-1')).phase).toBe('never-started');
    expect(existsSync(marks)).toBe(false);
  });

  test('leaves a run that is over as it is, and its neighbours alone', async () => {
    await start('a-1', ['true']);
    await start('b-1', [agentProgram('polite')]);
    await phaseIs('exited');
    await phaseIs('running', 'b-1');
    await executor.stop('a-1', 'interrupt');
    expect(await executor.phase('a-1')).toEqual({ phase: 'exited', exitCode: 0 });
    expect(await executor.phase('b-1')).toEqual({ phase: 'running' });
  });

  test('holds a run that another process started to its limits', async () => {
    const intent = runs.intend('a-1', [agentProgram('polite')], { limits: { totalMs: 300 } });
    await open(runs.paths).launch(intent, '', runs.env);
    const adopted = executor.adopt('a-1');
    await phaseIs('exited');
    adopted.stop();
    expect(JSON.parse(runs.read('a-1', 'stop.json')).why).toBe('timeout');
  });

  test('tells of news: more output, and the end', async () => {
    let news = 0;
    let ends = 0;
    const intent = runs.intend('a-1', ['sh', '-c', 'echo one; sleep 0.2; echo two']);
    const stops = [
      executor.watch('a-1', 'output', () => news++),
      executor.watch('a-1', 'state', () => ends++),
    ];
    await executor.launch(intent, '', runs.env);
    await phaseIs('exited');
    await until(() => news > 1 && ends > 0);
    for (const stop of stops) stop();
  });

  test('says of a run that nobody intended that there is none', async () => {
    const none = { code: 'run-not-found' };
    await expect(executor.phase('z-1')).rejects.toMatchObject(none);
    await expect(executor.stop('z-1', 'interrupt')).rejects.toMatchObject(none);
    await expect(executor.read('z-1', 'transcript', 0, 1)).rejects.toMatchObject(none);
    await expect(executor.phase('../a')).rejects.toMatchObject({ code: 'bad-run-id' });
  });
});

const cmdline = (pid: string): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

test('an executor is chosen in one place, and nobody else reaches into one', () => {
  const root = join(process.cwd(), 'src');
  const sources = (readdirSync(root, { recursive: true }) as string[]).filter((path) => path.endsWith('.ts'));
  const reaching = sources.filter(
    (path) =>
      !path.includes('runs/local/') &&
      /runs\/local\/|'\.\/local\//.test(readFileSync(join(root, path), 'utf8')),
  );
  expect(reaching).toEqual(['services/agents/runs/executor.ts']);
});
