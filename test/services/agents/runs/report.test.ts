import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  inspectRun,
  liveTranscript,
  reportFile,
  reportRun,
} from '../../../../src/services/agents/runs/index.js';
import { makeRuns, type Runs, until } from '../../../support/runs.js';

let runs: Runs;
beforeEach(() => {
  runs = makeRuns();
});
afterEach(() => runs.cleanup());

const recorded = (name: string) => join(process.cwd(), 'test/fixtures/streams', `${name}.jsonl`);

test('a recorded stream is judged with what is known besides', async () => {
  expect(await reportFile(recorded('edit'), 'codex-exec')).toMatchObject({
    runner: 'codex-exec',
    status: 'completed',
  });
  expect(await reportFile(recorded('cut-off'), 'codex-exec', { signal: 'KILL' })).toMatchObject({
    status: 'crashed',
    error: { code: 'killed' },
  });
  expect(
    await reportFile(recorded('cut-off'), 'codex', { exitCode: 1, requested: 'interrupt' }),
  ).toMatchObject({
    status: 'interrupted',
  });
});

test.each([
  ['a missing file', '/nowhere.jsonl', 'codex', {}, 'file-not-found'],
  ['an unknown runner', recorded('edit'), 'parrot', {}, 'unknown-runner'],
  ['an unknown signal', recorded('edit'), 'codex', { signal: 'SIGSING' }, 'unknown-signal'],
])('%s is a mistake of the caller', async (_, path, runner, facts, code) => {
  await expect(reportFile(path, runner, facts)).rejects.toMatchObject({ code, kind: 'usage' });
});

test('a flood of empty lines is too much for nobody', async () => {
  runs.intend('a-1', ['true']);
  writeFileSync(join(runs.folder('a-1'), 'transcript.log'), '\n'.repeat(600_000));
  expect((await reportRun(runs.paths, 'a-1')).events).toHaveLength(600_000);
  const live = liveTranscript(runs.paths, 'a-1', () => undefined);
  await until(() => live.total > 500_000);
  expect(live.lines().length).toBeLessThanOrEqual(10_000);
  live.close();
});

test.each([
  ['command', 'completed'],
  ['codex', 'crashed'],
] as const)(
  'a huge transcript of a %s run is judged in bounded memory',
  async (runner, status) => {
    const flood =
      'head -c 150000000 /dev/zero | tr "\\0" x; echo; head -c 1000000 /dev/zero | tr "\\0" "\\n"; echo end';
    await runs.start('a-1', ['sh', '-c', flood], { runner });
    await until(async () => (await inspectRun(runs.paths, 'a-1')).phase !== 'running');
    const before = process.memoryUsage().rss;
    expect(await runs.over('a-1')).toMatchObject({ status });
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  },
  60_000,
);
