import { execFile, execFileSync } from 'node:child_process';
import { lstatSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TranscriptHit } from '../../../../src/domain/app/events.js';
import {
  exportRun,
  listRuns,
  readTranscript,
  reportRun,
  searchRuns,
  writeExport,
} from '../../../../src/services/agents/runs/index.js';
import { makeRuns, type Runs } from '../../../support/runs.js';
import { streamFile } from '../../../support/streams.js';

let runs: Runs;
beforeEach(() => {
  runs = makeRuns();
});
afterEach(() => runs.cleanup());

/** A run that is over, as an earlier day left it. */
function over(
  runId: string,
  transcript: string | Uint8Array,
  more: Parameters<Runs['intend']>[2] = {},
): void {
  runs.intend(runId, ['true'], { runner: 'claude', stream: 'claude', ...more });
  writeFileSync(join(runs.folder(runId), 'transcript.log'), transcript);
  writeFileSync(join(runs.folder(runId), 'exit.json'), '{"rc":0}');
  writeFileSync(join(runs.folder(runId), 'pid.json'), '{"pid":1,"start":"1","boot":"x"}');
}

async function search(text: string, more: { repo?: string; limit?: number } = {}) {
  const hits: TranscriptHit[] = [];
  const troubles: string[] = [];
  const report = await searchRuns(
    runs.paths,
    { text, limit: 100, ...more },
    (hit) => hits.push(hit),
    (message) => troubles.push(message),
  );
  return { hits, troubles, report };
}

const text = async (runId: string, env: NodeJS.ProcessEnv = {}) => {
  let all = '';
  for await (const piece of exportRun(runs.paths, runId, env)) all += piece;
  return all;
};

test('words are found in what was said, done and answered, newest run first, whatever their case', async () => {
  over('a-1', streamFile('claude-edit'), { at: '2026-01-01T00:00:00Z' });
  over('b-1', streamFile('gemini-edit'), { at: '2026-01-02T00:00:00Z', runner: 'gemini', stream: 'gemini' });
  over('c-1', streamFile('claude-edit'), { at: '2026-01-03T00:00:00Z', repo: 'other' });
  const { hits, report } = await search('CHORDS NOW', { repo: 'r' });
  expect(hits.map(({ run, kind, line }) => [run, kind, line])).toEqual([
    ['b-1', 'text', 'The song has chords now ♪'],
    ['a-1', 'text', 'The song has chords now ♪'],
  ]);
  expect(report).toEqual({ hits: 2, runs: 2, more: false });
  expect((await search('la la lä')).hits.map(({ run, kind }) => [run, kind])).toEqual([
    ['c-1', 'tool'],
    ['b-1', 'tool'],
    ['a-1', 'tool'],
  ]);
  expect((await search('song.txt', { limit: 2 })).report).toMatchObject({ hits: 2, more: true });
  expect((await search('no such words')).hits).toEqual([]);
});

test('a long output is searched to its end, and shown around the words only', async () => {
  const output = `${'x'.repeat(900_000)} needle ${'y'.repeat(50_000)}`;
  const line = JSON.stringify({ type: 'assistant', message: { content: [{ type: 'text', text: output }] } });
  over('a-1', `${line}\n`);
  const { hits } = await search('needle');
  expect(hits).toHaveLength(1);
  expect(hits[0]!.line.length).toBeLessThan(250);
  expect(hits[0]!.line).toContain('needle');
});

test('a transcript of a hundred megabytes is searched in little memory', async () => {
  const line = `${JSON.stringify({ type: 'assistant', message: { content: [{ type: 'text', text: 'z'.repeat(100_000) }] } })}\n`;
  over('a-1', line.repeat(900));
  expect(statSync(join(runs.folder('a-1'), 'transcript.log')).size).toBeGreaterThan(90_000_000);
  const before = process.memoryUsage().rss;
  expect((await search('needle')).report).toMatchObject({ hits: 0, runs: 1 });
  expect(process.memoryUsage().rss - before).toBeLessThan(120_000_000);
  // Shown whole, it is cut in the middle, and says so.
  const { events, status } = await reportRun(runs.paths, 'a-1');
  expect(status).toBe('crashed');
  expect(events.length).toBeLessThan(700);
  expect(events.some((event) => event.type === 'warning' && /left out/.test(event.message))).toBe(true);
});

test('a damaged run is named and hides no other', async () => {
  over('a-1', streamFile('claude-edit'));
  over('b-1', streamFile('claude-edit'));
  writeFileSync(join(runs.folder('a-1'), 'intent.json'), '{"runId": "a-');
  const { hits, troubles } = await search('chords now');
  expect(hits.map((hit) => hit.run)).toEqual(['b-1']);
  expect(troubles).toEqual([expect.stringContaining('a-1')]);
  expect((await listRuns(runs.paths)).map(({ runId, phase }) => [runId, phase])).toContainEqual([
    'a-1',
    'unknown',
  ]);
  expect((await listRuns(runs.paths, { repo: 'r' })).map(({ runId }) => runId)).toEqual(['b-1']);
});

test('binary noise and formats of a later version are shown as they are, and counted', async () => {
  const noise = Buffer.from(Array.from({ length: 4_000 }, (_, n) => (n * 7919) % 256));
  over('a-1', Buffer.concat([noise, Buffer.from('\n')]));
  over('b-1', '{"type":"telepathy","thought":"hm"}\n', { stream: 'mind-reader' as never });
  expect(await reportRun(runs.paths, 'a-1')).toMatchObject({
    status: 'crashed',
    unknown: expect.any(Number),
  });
  const later = await reportRun(runs.paths, 'b-1');
  expect(later).toMatchObject({ status: 'crashed', unknown: 1 });
  expect((await readTranscript(runs.paths, 'b-1')).lines[0]?.text).toContain('telepathy');
  expect((await search('telepathy')).hits).toHaveLength(1);
});

test('exported, it reads as Markdown and holds no secrets', async () => {
  const key = `sk-${'a'.repeat(30)}`;
  const own = 'hunter2-hunter2';
  const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\nMIIdef\n-----END RSA PRIVATE KEY-----';
  const said = `The key is ${key}, the password ${own}.\n\`\`\`\nAuthorization: Bearer abc.def\n${pem}\nhttps://me:pass@example.com/x`;
  const tool = (type: 'tool_use' | 'tool_result', more: object) => ({ type, ...more });
  const records = [
    { type: 'system', subtype: 'init', session_id: 'c-1' },
    {
      type: 'assistant',
      message: { content: [tool('tool_use', { id: 't', name: 'Bash', input: { command: 'env' } })] },
    },
    { type: 'user', message: { content: [tool('tool_result', { tool_use_id: 't', content: said })] } },
    { type: 'assistant', message: { content: [{ type: 'text', text: '**Done.**\u001b[31m' }] } },
    { type: 'hologram' },
  ];
  over('a-1', records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const markdown = await text('a-1', { MY_PASSWORD: own, HOME: '/home/me' });
  expect(markdown).toContain('# song\n');
  expect(markdown).toContain('- session: c-1');
  expect(markdown).toContain('```sh\nenv\n```');
  // The output holds a fence itself: its own is longer.
  expect(markdown).toContain('````\nThe key is [redacted], the password [redacted].');
  expect(markdown).toContain('Authorization: Bearer [redacted]');
  expect(markdown).toContain('https://me:[redacted]@example.com');
  expect(markdown).toContain('**Done.**');
  expect(markdown).toContain('1 record of an unknown kind: hologram');
  for (const secret of [key, own, 'MIIabc', 'abc.def', '\u001b']) expect(markdown).not.toContain(secret);
});

test('an export replaces the file behind a link, and never a pipe or a device', async () => {
  over('a-1', streamFile('claude-edit'));
  const [file, link, pipe] = ['out.md', 'link.md', 'pipe'].map((name) => join(runs.root, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(file, 'old');
  symlinkSync(file, link);
  const size = await writeExport(exportRun(runs.paths, 'a-1', {}), link);
  expect([lstatSync(link).isSymbolicLink(), statSync(file).size]).toEqual([true, size]);
  execFileSync('mkfifo', [pipe]);
  const read = promisify(execFile)('cat', [pipe]);
  expect(await writeExport(exportRun(runs.paths, 'a-1', {}), pipe)).toBe(size);
  expect([(await read).stdout.length > 0, lstatSync(pipe).isFIFO()]).toEqual([true, true]);
});

test('an export is a whole file or none', async () => {
  over('a-1', streamFile('claude-edit'));
  const path = join(runs.root, 'out.md');
  const size = await writeExport(exportRun(runs.paths, 'a-1', {}), path);
  expect(statSync(path).size).toBe(size);
  expect(statSync(path).mode & 0o077).toBe(0);
  for (const [to, message] of [
    ['/nowhere/out.md', '/nowhere/out.md cannot be written: its folder is not there.'],
    [join(path, 'out.md'), `A part of the path ${path}/out.md is a file, where a folder belongs.`],
  ] as const)
    await expect(writeExport(exportRun(runs.paths, 'a-1', {}), to)).rejects.toMatchObject({
      code: 'cannot-write',
      message,
    });
});
