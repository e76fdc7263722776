import { appendFileSync, existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { droppedLine } from '../../../../src/domain/agents/transcript/lines.js';
import { seeTranscript, transcriptCut, writeSeen } from '../../../../src/services/agents/runs/cut.js';
import { executorOf } from '../../../../src/services/agents/runs/index.js';
import { makeRuns, type Runs, until } from '../../../support/runs.js';

let runs: Runs;
const watching: { stop(): void }[] = [];
beforeEach(() => {
  runs = makeRuns();
});
afterEach(async () => {
  for (const watchdog of watching.splice(0)) watchdog.stop();
  await runs.cleanup();
});

/** An agent that says something, does this once it was seen, and ends well. */
async function play(act: string) {
  const steps = `echo one; echo two; until [ -e go ]; do sleep 0.02; done; f=$CODEX_AGENTS_RUN_DIR/transcript.log; ${act}; exit 0`;
  await runs.start('a-1', ['sh', '-c', steps], { limits: { idleMs: 5_000 } });
  watching.push(executorOf(runs.paths).adopt('a-1'));
  await until(
    () =>
      existsSync(join(runs.folder('a-1'), 'seen.json')) && runs.read('a-1', 'seen.json').includes('"size":8'),
  );
  writeFileSync(join(runs.cwd, 'go'), '');
  return runs.over('a-1');
}

test.each([
  ['is emptied', ': > "$f"'],
  ['is emptied and written anew, longer than before', ': > "$f"; echo another beginning'],
  ['loses its end', 'truncate -s 4 "$f"'],
])('a run whose transcript %s by its agent is no success, and says so', async (_, act) => {
  expect(await play(act)).toMatchObject({
    status: 'crashed',
    exitCode: 0,
    error: { code: 'protocol', message: expect.stringContaining('transcript was cut') },
  });
});

test('a run that only adds to its transcript is what its exit code says', async () => {
  expect(await play('echo three')).toMatchObject({ status: 'completed', lastLine: 'three' });
});

test('what we cut because it was too much is no cut of the agent, and a cut that was seen stays one', async () => {
  const intent = runs.intend('b-1', [], { limits: { maxOutputBytes: 1_000 } });
  const folder = runs.folder('b-1');
  const file = join(folder, 'transcript.log');
  writeFileSync(file, 'x\n'.repeat(100));
  await writeSeen(folder, seeTranscript(folder, intent, undefined));
  expect(transcriptCut(folder, intent)).toBeUndefined();
  truncateSync(file, 0);
  appendFileSync(file, `\n${droppedLine(900)}\nrest\n`);
  expect(transcriptCut(folder, intent)).toBeUndefined();
  writeFileSync(file, `${droppedLine(10)}\n`);
  expect(transcriptCut(folder, intent)).toEqual({ from: 200, to: droppedLine(10).length + 1 });
  const seen = seeTranscript(folder, intent, seeTranscript(folder, intent, { size: 200, end: 'eA==' }));
  expect(seen.cut).toMatchObject({ from: 200 });
});
