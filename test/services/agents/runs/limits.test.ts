import { appendFileSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { executorOf, inspectRun } from '../../../../src/services/agents/runs/index.js';
import { capOutput } from '../../../../src/services/agents/runs/local/cap.js';
import { agentProgram, makeRuns, type Runs, until } from '../../../support/runs.js';

let runs: Runs;
const watching: { stop(): void }[] = [];
beforeEach(() => {
  runs = makeRuns();
});
afterEach(async () => {
  for (const watchdog of watching.splice(0)) watchdog.stop();
  await runs.cleanup();
});

const guard = (runId: string) => void watching.push(executorOf(runs.paths).adopt(runId));
const whyStopped = (runId: string) => JSON.parse(runs.read(runId, 'stop.json')).why;

test('a run over its total time is stopped and has timed out', async () => {
  await runs.start('a-1', [agentProgram('polite')], { limits: { totalMs: 400 } });
  guard('a-1');
  expect(await runs.over('a-1')).toMatchObject({ status: 'timeout', error: { code: 'stalled' } });
  expect(whyStopped('a-1')).toBe('timeout');
});

test('a run that falls silent is stopped as idle', async () => {
  await runs.start('a-1', [agentProgram('polite')], { limits: { idleMs: 300 } });
  guard('a-1');
  expect((await runs.over('a-1')).status).toBe('timeout');
  expect(whyStopped('a-1')).toBe('idle');
});

test('a run that keeps talking is not idle', async () => {
  await runs.start('a-1', [agentProgram('count'), '60', '0', '/dev/null'], { limits: { idleMs: 700 } });
  guard('a-1');
  expect(await runs.over('a-1')).toMatchObject({ status: 'completed', lastLine: 'line 60' });
});

test('an agent that never says a word is stopped within its connect limit; a plain command is not', async () => {
  await runs.start('a-1', [agentProgram('silent')], { runner: 'codex', limits: { connectMs: 300 } });
  await runs.start('b-1', [agentProgram('silent')], { runner: 'command', limits: { connectMs: 100 } });
  guard('a-1');
  guard('b-1');
  expect((await runs.over('a-1')).status).toBe('timeout');
  expect(whyStopped('a-1')).toBe('connect');
  expect((await inspectRun(runs.paths, 'b-1')).phase).toBe('running');
});

test('retries are no sign of life: an agent that cannot reach its server is stopped', async () => {
  await runs.start('a-1', [agentProgram('retry')], { runner: 'codex', limits: { connectMs: 500 } });
  guard('a-1');
  expect(await runs.over('a-1')).toMatchObject({ status: 'timeout', sessionId: 's-retry' });
  expect(whyStopped('a-1')).toBe('connect');

  await runs.start('b-1', [agentProgram('retry')], { runner: 'codex', limits: { idleMs: 500 } });
  guard('b-1');
  await runs.over('b-1');
  expect(whyStopped('b-1')).toBe('idle');
});

test('an agent that tries again for ever, and tells only its log, is called off with the reason', async () => {
  const line = (said: string) =>
    `level=ERROR run=1 message="stream error" small=false error.error="AI_APICallError: ${said}"`;
  const logs = (said: string) => `while :; do echo '${line(said)}' >&2; sleep 0.03; done`;
  await runs.start('a-1', ['sh', '-c', logs('Rate limit reached')], { runner: 'opencode' });
  await runs.start('b-1', ['sh', '-c', logs('It went wrong')], { runner: 'opencode' });
  await runs.start('c-1', ['sh', '-c', `${logs('It went wrong').replace('false', 'true')}`], {
    runner: 'opencode',
    limits: { totalMs: 1500 },
  });
  const tries = `while :; do echo 'Attempt 1 failed with status 503. Retrying with backoff... Error: no' >&2; sleep 0.03; done`;
  await runs.start('d-1', ['sh', '-c', tries], { runner: 'gemini' });
  // Behind a protocol it writes this to its log, which is led to its standard error, among much else.
  const logged = `while :; do echo '[2026-11-30T08:00:00.000Z] [DEBUG] asking'; echo '[2026-11-30T08:00:00.000Z] [WARN] Attempt 1 failed with status 429. Retrying with backoff... ApiError: no'; sleep 0.03; done >&2`;
  await runs.start('e-1', ['sh', '-c', logged], { runner: 'acp' });
  for (const run of ['a-1', 'b-1', 'c-1', 'd-1', 'e-1']) guard(run);
  expect(await runs.over('e-1')).toMatchObject({
    status: 'failed',
    error: { code: 'rate_limit', http: 429 },
  });
  expect(await runs.over('d-1')).toMatchObject({ status: 'failed', error: { code: 'server', http: 503 } });
  expect(await runs.over('a-1')).toMatchObject({
    status: 'failed',
    error: { code: 'rate_limit', message: 'AI_APICallError: Rate limit reached' },
  });
  expect(whyStopped('a-1')).toBe('retries');
  expect(await runs.over('b-1')).toMatchObject({ status: 'failed', error: { code: 'server' } });
  // A request that nobody waits for may fail.
  expect((await runs.over('c-1')).status).toBe('timeout');
});

test('limits count from the start of the run, not from when somebody came to look', async () => {
  await runs.start('a-1', [agentProgram('polite')], { limits: { totalMs: 6_000 } });
  await runs.said('a-1', 'ready');
  await sleep(6_100);
  const started = performance.now();
  guard('a-1');
  await until(() => statSync(join(runs.folder('a-1'), 'stop.json'), { throwIfNoEntry: false }));
  // Counted from now, it would be let live six seconds more.
  expect(performance.now() - started).toBeLessThan(5_500);
});

test('a clock that was set does not make a run idle', async () => {
  await runs.start('a-1', [agentProgram('polite')], { limits: { idleMs: 1_500 } });
  await runs.said('a-1', 'ready');
  // As if the clock had been an hour behind when it wrote, and as if it had been ahead.
  for (const hours of [-1, 1]) {
    const time = Date.now() / 1000 + hours * 3600;
    for (const file of ['transcript.log', 'stderr.log'])
      utimesSync(join(runs.folder('a-1'), file), time, time);
    const watchdog = executorOf(runs.paths).adopt('a-1');
    await sleep(400);
    watchdog.stop();
  }
  expect((await inspectRun(runs.paths, 'a-1')).phase).toBe('running');
  // Nor does one that was ahead keep it from being idle for an hour.
  await runs.start('b-1', [agentProgram('polite')], { limits: { idleMs: 300 } });
  await runs.said('b-1', 'ready');
  const ahead = Date.now() / 1000 + 3600;
  for (const file of ['transcript.log', 'stderr.log'])
    utimesSync(join(runs.folder('b-1'), file), ahead, ahead);
  guard('b-1');
  await runs.over('b-1');
  expect(whyStopped('b-1')).toBe('idle');
});

test('output over the limit is dropped with a marker, and the session is still known', async () => {
  await runs.start('a-1', [agentProgram('flood')], {
    runner: 'codex',
    limits: { maxOutputBytes: 2_000_000, totalMs: 1_500 },
  });
  guard('a-1');
  const view = await runs.over('a-1');
  expect(view).toMatchObject({ status: 'timeout', sessionId: 's-flood' });
  const transcript = readFileSync(join(runs.folder('a-1'), 'transcript.log'), 'utf8');
  const dropped = Number(/\n\{"type":"codex-agents.dropped","bytes":(\d+)/.exec(transcript)![1]);
  // In a second, the flood writes ten times the limit.
  expect(dropped).toBeGreaterThan(1_600_000);
  expect(dropped).toBeLessThan(8_000_000);
  expect(transcript.length).toBeLessThan(8_000_000);
});

test('the session stays known when a flood comes between a cut and its marker', async () => {
  const intent = runs.intend('a-1', [], { runner: 'codex', limits: { maxOutputBytes: 1_000_000 } });
  const file = join(runs.folder('a-1'), 'transcript.log');
  const flood = `${'x'.repeat(900_000)}\n`;
  writeFileSync(file, '');
  watching.push(capOutput(runs.folder('a-1'), intent));
  appendFileSync(file, `{"type":"thread.started","thread_id":"s-flood"}\n${flood}`);
  await until(() => statSync(file).size < 1000);
  const marker = readFileSync(file, 'utf8');
  writeFileSync(file, `${'x'.repeat(100_000)}${marker}${flood}`);
  await until(() => statSync(file).size < 1000);
  expect(readFileSync(file, 'utf8')).toContain('s-flood');
});

describe('an agent that has said that it is done and does not go', () => {
  const says = (...records: object[]) =>
    records.map((record) => `echo '${JSON.stringify(record)}'`).join('; ');
  const claude = {
    init: { type: 'system', subtype: 'init', session_id: 's-1' },
    text: { type: 'assistant', message: { content: [{ type: 'text', text: 'Done.' }] } },
    good: { type: 'result', subtype: 'success', is_error: false, result: 'Done.' },
    bad: { type: 'result', subtype: 'success', is_error: true, api_error_status: 529, result: 'Overloaded' },
  };
  const codex = [{ type: 'thread.started', thread_id: 't-1' }, { type: 'turn.started' }];
  const play = async (runner: 'claude' | 'codex', script: string) => {
    await runs.start('a-1', ['sh', '-c', script], { runner, limits: { idleMs: 30_000 } });
    guard('a-1');
    return runs.over('a-1');
  };

  test('is ended after a short grace and judged by its word; what it started goes too', async () => {
    const before = performance.now();
    const view = await play(
      'claude',
      `${says(claude.init, claude.text, claude.good)}; sleep 301 & exec sleep 300`,
    );
    expect(view).toMatchObject({ status: 'completed', requested: 'ended', finalText: 'Done.' });
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  test('is ended although it goes on writing, since that is no work', async () => {
    const noise = `while :; do ${says({ type: 'system', subtype: 'heartbeat' })}; sleep 0.5; done`;
    const view = await play('claude', `${says(claude.init, claude.text, claude.good)}; ${noise}`);
    expect(view).toMatchObject({ status: 'completed', requested: 'ended', finalText: 'Done.' });
  });

  test('has failed when its word is a failure, whichever its runner', async () => {
    const view = await play('claude', `${says(claude.init, claude.bad)}; exec sleep 300`);
    expect(view).toMatchObject({ status: 'failed', error: { code: 'server' } });
    const failed = { type: 'turn.failed', error: { message: 'unexpected status 401 Unauthorized' } };
    await runs.start('b-1', ['sh', '-c', `${says(...codex, failed)}; exec sleep 300`], { runner: 'codex' });
    guard('b-1');
    expect(await runs.over('b-1')).toMatchObject({ status: 'failed', error: { code: 'auth' } });
  });

  test('is left to work when it goes on after all', async () => {
    const script = `${says(claude.init, claude.good)}; sleep 3; ${says(claude.text)}; sleep 4; ${says(claude.good)}`;
    expect(await play('claude', script)).toMatchObject({ status: 'completed', exitCode: 0 });
  });

  test('has not timed out when another clock was faster than the grace', async () => {
    await runs.start('a-1', ['sh', '-c', `${says(claude.init, claude.good)}; exec sleep 300`], {
      runner: 'claude',
      limits: { idleMs: 1_000 },
    });
    guard('a-1');
    expect(await runs.over('a-1')).toMatchObject({ status: 'completed', requested: 'idle' });
  });
});
