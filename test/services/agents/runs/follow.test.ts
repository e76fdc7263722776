import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TranscriptLine } from '../../../../src/domain/agents/transcript/line.js';
import {
  followRun,
  liveTranscript,
  readTranscript,
  waitForRuns,
} from '../../../../src/services/agents/runs/index.js';
import { agentProgram, makeRuns, type Runs, until } from '../../../support/runs.js';

let runs: Runs;
beforeEach(() => {
  runs = makeRuns();
});
afterEach(() => runs.cleanup());

const transcript = () => join(runs.folder('a-1'), 'transcript.log');

const textsOf = (lines: readonly TranscriptLine[]) => lines.map(({ text }) => text);

/** Follows and gathers. */
function gather(fromOffset = 0) {
  const found = { lines: [] as string[], offset: fromOffset, restarts: 0 };
  const following = followRun(
    runs.paths,
    'a-1',
    (piece) => {
      found.lines.push(...textsOf(piece.lines));
      found.offset = piece.offset;
      if (piece.restarted) found.restarts++;
    },
    { fromOffset },
  );
  return { ...following, found };
}

test('a live run is followed to its last line, also one without a newline', async () => {
  const marks = join(runs.root, 'marks');
  await runs.start('a-1', [
    'sh',
    '-c',
    `${agentProgram('count')} 20 0 ${JSON.stringify(marks)}; printf 'the end'`,
  ]);
  const { stop, found } = gather();
  await until(() => found.lines.includes('the end'));
  stop();
  expect(found.lines).toEqual([...Array.from({ length: 20 }, (_, n) => `line ${n + 1}`), 'the end']);
});

test('it goes on from where it left off; unfinished lines come when they are finished', async () => {
  runs.intend('a-1', ['true']);
  writeFileSync(transcript(), 'one\ntwo\nthr');
  const first = gather();
  await until(() => first.found.lines.length === 2);
  first.stop();
  expect(first.found.offset).toBe(8);
  const second = gather(first.found.offset);
  appendFileSync(transcript(), 'ee\n');
  await until(() => second.found.lines.length === 1);
  second.stop();
  expect(second.found.lines).toEqual(['three']);
});

test('after output was dropped it begins anew and says so', async () => {
  runs.intend('a-1', ['true']);
  writeFileSync(transcript(), 'old\n'.repeat(100));
  const { stop, found } = gather();
  await until(() => found.lines.length === 100);
  truncateSync(transcript(), 0);
  appendFileSync(transcript(), 'new\n');
  await until(() => found.restarts === 1);
  stop();
  expect(found.lines.at(-1)).toBe('new');
});

test('pages scrolled back cover every line once', async () => {
  runs.intend('a-1', ['true']);
  const all = Array.from({ length: 2_000 }, (_, n) => `${n} ${'x'.repeat(n % 97)}`);
  writeFileSync(transcript(), `${all.join('\n')}\n`);
  const limit = 1_500;
  let page = await readTranscript(runs.paths, 'a-1', { limit });
  const lines = [...page.lines];
  while (page.start > 0) {
    const offset = Math.max(0, page.start - limit);
    page = await readTranscript(runs.paths, 'a-1', { offset, limit: page.start - offset });
    lines.unshift(...page.lines);
  }
  expect(textsOf(lines)).toEqual(all);
});

test('the screen gets the last lines, new ones as they come, and older ones on demand', async () => {
  runs.intend('a-1', ['true']);
  const all = Array.from({ length: 30_000 }, (_, n) => `line ${n} ${'x'.repeat(40)}`);
  writeFileSync(transcript(), `${all.join('\n')}\n`);
  const live = liveTranscript(runs.paths, 'a-1', () => undefined);
  await until(() => live.lines().at(-1)?.text === all.at(-1));
  appendFileSync(transcript(), 'news\n');
  await until(() => live.lines().at(-1)?.text === 'news');
  expect(live.lines().length).toBeLessThanOrEqual(5_000 * 2);
  expect(live.hasOlder).toBe(true);
  const before: TranscriptLine[] = [];
  for (let more = await live.older(4_000); more.length > 0; more = await live.older(4_000))
    before.unshift(...more);
  expect(textsOf([...before, ...live.lines()])).toEqual([...all, 'news']);
  expect(live.hasOlder).toBe(false);
  live.close();
  expect(live.live).toBe(false);
});

test('lines that were let go while one watched can be fetched again', async () => {
  runs.intend('a-1', ['true']);
  writeFileSync(transcript(), 'line 0\n');
  const live = liveTranscript(runs.paths, 'a-1', () => undefined);
  await until(() => live.lines().length === 1);
  const all = Array.from({ length: 30_000 }, (_, n) => `line ${n} ${'x'.repeat(40)}`);
  appendFileSync(transcript(), `${all.join('\n')}\n`);
  await until(() => live.lines().at(-1)?.text === all.at(-1));
  expect(live.total).toBe(30_001);
  expect(live.lines().length).toBeLessThan(10_000);
  const missing = 30_001 - live.lines().length;
  expect(textsOf([...(await live.older(missing)), ...live.lines()])).toEqual(['line 0', ...all]);
  expect(live.hasOlder).toBe(false);
  live.close();
});

test('what is written faster than anybody could read is left out on the screen, and can be fetched', async () => {
  runs.intend('a-1', ['true']);
  writeFileSync(transcript(), 'line 0\n');
  const live = liveTranscript(runs.paths, 'a-1', () => undefined);
  await until(() => live.lines().length === 1);
  const all = Array.from({ length: 100_000 }, (_, n) => `line ${n} ${'x'.repeat(60)}`);
  appendFileSync(transcript(), `${all.join('\n')}\n`);
  await until(() => live.lines().at(-1)?.text === all.at(-1));
  expect(live.total).toBeLessThan(20_000);
  expect(live.hasOlder).toBe(true);
  const together = textsOf([...(await live.older(3_000)), ...live.lines()]);
  expect(together).toEqual(all.slice(-together.length));
  live.close();
});

test('a run that has not said anything is followed too', async () => {
  runs.intend('a-1', ['true']);
  expect(await readTranscript(runs.paths, 'a-1')).toEqual({
    start: 0,
    end: 0,
    size: 0,
    events: [],
    lines: [],
  });
  const live = liveTranscript(runs.paths, 'a-1', () => undefined);
  writeFileSync(transcript(), 'hello\n');
  await until(() => live.lines().length === 1);
  live.close();
});

test('waiting ends at a change in any of the runs, or when it is called off', async () => {
  runs.intend('a-1', ['true']);
  runs.intend('b-1', ['true']);
  const started = performance.now();
  const waiting = waitForRuns(runs.paths, ['a-1', 'b-1']);
  writeFileSync(join(runs.folder('b-1'), 'exit.json'), '{"rc":0}');
  await waiting;
  expect(performance.now() - started).toBeLessThan(900);
  await waitForRuns(runs.paths, ['a-1'], { signal: AbortSignal.abort() });
});

test('a transcript that is opened before its run has begun shows the run from its first line', async () => {
  const live = liveTranscript(runs.paths, 'a-1', () => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  expect(live.live).toBe(true);
  await runs.start('a-1', ['sh', '-c', 'echo first; echo last']);
  await until(() => textsOf(live.lines()).includes('last'));
  expect(textsOf(live.lines())).toEqual(['first', 'last']);
  live.close();
});
