import { describe, expect, test } from '@jest/globals';
import type { AgentEvent, RunFacts, SessionReport } from '../../../../src/domain/agents/agent-event.js';
import type { StreamName } from '../../../../src/domain/agents/run.js';
import { plainLines } from '../../../../src/domain/agents/transcript/plain.js';
import { renderEvents } from '../../../../src/domain/agents/transcript/render.js';
import { reportStream, streamNamed, streamOf } from '../../../../src/domain/agents/transcript/streams.js';
import { judge, streamFile } from '../../../support/streams.js';

type Expected = Partial<SessionReport> & { code?: string; http?: number };

/** Name of the fixture (its runner comes first), what is known besides, what should be read from it. */
const cases: [string, RunFacts, Expected][] = [
  [
    'claude-edit',
    { exitCode: 0 },
    {
      status: 'completed',
      sessionId: 'c-1',
      finalText: 'The song has chords now ♪',
      usage: { scope: 'run', input: 300, cached: 250, output: 42, costUsd: 0.25 },
      edits: ['/tree/song.txt'],
      toolsFailed: 1,
      denied: 0,
      retries: 0,
      unknown: 0,
    },
  ],
  ['claude-edit', { exitCode: 143 }, { status: 'crashed', code: 'killed' }],
  // "success" is only its subtype; the error flag and the exit code say otherwise.
  ['claude-unauthorized', { exitCode: 1 }, { status: 'failed', code: 'auth', http: 401 }],
  ['claude-unauthorized', { exitCode: 0 }, { status: 'failed', code: 'auth', http: 401 }],
  ['claude-denied', { exitCode: 0 }, { status: 'completed', denied: 2, toolsFailed: 0, edits: [] }],
  ['claude-interrupted', { exitCode: 1, requested: 'interrupt' }, { status: 'interrupted', code: undefined }],
  ['claude-interrupted', { exitCode: 1, requested: 'idle' }, { status: 'timeout', code: 'stalled' }],
  ['claude-interrupted', { exitCode: 1 }, { status: 'interrupted', code: undefined }],
  ['claude-no-session', { exitCode: 1 }, { status: 'failed', code: 'bad_usage' }],
  ['claude-overloaded', { exitCode: 1 }, { status: 'failed', code: 'server', http: 529, retries: 2 }],
  ['claude-unreachable', { exitCode: 1 }, { status: 'failed', code: 'network' }],
  ['claude-no-model', { exitCode: 1 }, { status: 'failed', code: 'model_not_found', http: 404 }],
  [
    'claude-structured',
    { exitCode: 0, wantsJson: true },
    { status: 'completed', structured: { verdict: 'pass' }, finalText: 'Done.' },
  ],
  ['claude-edit', { exitCode: 0, wantsJson: true }, { status: 'failed', code: 'bad_output' }],
  [
    'opencode-edit',
    { exitCode: 0 },
    {
      status: 'completed',
      sessionId: 'ses_1',
      finalText: 'The song has chords now ♪',
      usage: { scope: 'run', input: 300, cached: 255, output: 60, costUsd: 0.375 },
      edits: ['/tree/song.txt'],
      toolsFailed: 2,
      denied: 0,
      unknown: 0,
    },
  ],
  ['opencode-edit', { exitCode: 1 }, { status: 'failed', code: 'protocol' }],
  ['opencode-unauthorized', { exitCode: 1 }, { status: 'failed', code: 'auth', http: 401 }],
  ['opencode-denied', { exitCode: 0 }, { status: 'completed', denied: 1, toolsFailed: 0 }],
  ['opencode-late-error', { exitCode: 1 }, { status: 'failed', code: 'context' }],
  ['opencode-failed-step', { exitCode: 0 }, { status: 'failed' }],
  [
    'gemini-edit',
    { exitCode: 0 },
    {
      status: 'completed',
      sessionId: 'g-1',
      finalText: 'The song has chords now ♪',
      usage: { scope: 'run', input: 300, cached: 250, output: 42 },
      edits: ['/tree/song.txt'],
      toolsFailed: 1,
      unknown: 0,
    },
  ],
  // 401 modulo 256: no signal of that number ends a program.
  ['gemini-unauthorized', { exitCode: 145 }, { status: 'failed', code: 'auth', http: 401 }],
  ['gemini-edit', { exitCode: 145 }, { status: 'failed', code: 'protocol' }],
  ['gemini-edit', { exitCode: 137 }, { status: 'crashed', code: 'killed' }],
  ['gemini-refused', { exitCode: 0 }, { status: 'completed', denied: 1, toolsFailed: 0, edits: [] }],
  // The advice that follows every 429 speaks of quotas.
  ['gemini-busy', { exitCode: 173 }, { status: 'failed', code: 'rate_limit' }],
  ['gemini-empty-answer', { exitCode: 1 }, { status: 'failed', code: 'other' }],
  ['gemini-out-of-turns', { exitCode: 0 }, { status: 'failed', code: 'other' }],
  ['gemini-loop', { exitCode: 0 }, { status: 'completed', finalText: 'Enough.' }],
  ['gemini-cancelled', { exitCode: 130, requested: 'interrupt' }, { status: 'interrupted', code: undefined }],
];

const streamOfCase = (name: string) => streamNamed(name.split('-')[0]!)!;

describe('recorded streams', () => {
  test.each(cases)('%s with %j is judged', (name, facts, expected) => {
    const bytes = streamFile(name);
    const report = judge(streamOfCase(name), bytes, facts);
    const { code, http, ...plain } = expected;
    expect(report).toMatchObject(plain);
    if ('code' in expected) expect(report.error?.code).toBe(code);
    if (http !== undefined) expect(report.error?.http).toBe(http);
    for (const size of [1, 7]) expect(judge(streamOfCase(name), bytes, facts, size)).toEqual(report);
  });

  test.each(['claude-edit', 'opencode-edit', 'gemini-edit'])(
    '%s cut at any byte is never a success',
    (name) => {
      const bytes = streamFile(name);
      const lastBrace = bytes.lastIndexOf('}'.charCodeAt(0));
      for (let cut = 0; cut < lastBrace; cut++) {
        expect(judge(streamOfCase(name), bytes.subarray(0, cut), { exitCode: 0 }).status).not.toBe(
          'completed',
        );
      }
    },
  );

  test('usage is known before the end where the stream tells it', () => {
    const text = new TextDecoder().decode(streamFile('claude-edit'));
    const begun = new TextEncoder().encode(text.slice(0, text.indexOf('"type":"result"') - 1));
    expect(judge('claude', begun, { exitCode: 137 }).usage).toEqual({
      scope: 'run',
      input: 100,
      cached: 85,
      output: 14,
    });
  });

  test('a retry that nothing came of is named when the time is up', () => {
    const text = new TextDecoder().decode(streamFile('claude-overloaded'));
    const begun = new TextEncoder().encode(text.split('\n').slice(0, 3).join('\n'));
    const { error } = judge('claude', begun, { exitCode: 143, requested: 'connect' });
    expect(error).toMatchObject({ code: 'stalled', message: expect.stringContaining('529 overloaded') });
  });

  test('a format of a later version is read as records nobody understands, and never a success', () => {
    const stream = streamOf({ runner: 'codex', stream: 'codex-telepathy' as StreamName });
    const events = stream.parser().push(streamFile('edit'));
    expect(events).toHaveLength(11);
    expect(events.every((event) => event.type === 'unknown')).toBe(true);
    expect(streamNamed('codex-telepathy')).toBeUndefined();
    expect(streamNamed('constructor')).toBeUndefined();
  });
});

const success = { type: 'result', subtype: 'success', is_error: false };

test('records behind a bar of progress, drawn with carriage returns, count', () => {
  const stream = `10%\r50%\r${JSON.stringify({ ...success, result: 'ok' })}\n`;
  const read = reportStream('claude', Buffer.from(stream), { exitCode: 0 });
  expect(read).toMatchObject({ status: 'completed', finalText: 'ok', unknown: 2 });
});

test.each([
  ['plain', 'x'],
  ['of escapes', '\\'],
  ['of characters in two bytes', '\u0001é'],
])('a result longer than a line may be still says how the run ended: text %s', (_, char) => {
  for (const shift of ['', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
    const line = JSON.stringify({ ...success, result: shift + char.repeat(1_100_000), usage: {} });
    const read = reportStream('claude', Buffer.from(`${line}\n`), { exitCode: 0 });
    expect(read.status).toBe('completed');
  }
  const long = char.repeat(1_100_000);
  const bad = JSON.stringify({ type: 'result', result: long, subtype: 'success', is_error: true });
  expect(reportStream('claude', Buffer.from(bad), { exitCode: 1 }).status).not.toBe('completed');
});

test('what cannot be a number of tokens counts as none', () => {
  const told = {
    type: 'result',
    usage: { input_tokens: null, output_tokens: 1e99, cache_read_input_tokens: -5 },
  };
  const { usage } = reportStream('claude', Buffer.from(`${JSON.stringify(told)}\n`), { exitCode: 0 });
  expect(usage).toMatchObject({ input: 0, cached: 0, output: 0 });
});

describe('the lines of a transcript', () => {
  const linesOf = (name: string) =>
    plainLines(renderEvents(judge(streamOfCase(name), streamFile(name), {}).events, { cwd: '/tree' }));

  test('read alike, whichever agent wrote them', () => {
    expect(linesOf('claude-edit')).toEqual([
      '· Read before writing.',
      '• Let me read',
      '  the file.',
      '$ cat song.txt',
      '│ la la lä',
      '$ false  (exit 3)',
      '│ Exit code 3',
      '│ no',
      '◦ search Grep chord',
      '│ song.txt:1',
      '~ edit song.txt',
      '· said by a helper',
      '• The song has chords now ♪',
      '✓ done  300 tokens in (250 cached), 42 out',
    ]);
    expect(linesOf('opencode-edit')).toEqual([
      '· Read before writing.',
      '• Let me read the file.',
      '$ cat song.txt',
      '│ la la lä',
      '$ false  (exit 3)',
      '│ no',
      '~ edit song.txt',
      '~ edit no.txt  (failed)',
      '• The song has chords now ♪',
      '✓ done  300 tokens in (255 cached), 60 out',
    ]);
    expect(linesOf('gemini-edit')).toEqual([
      '• Let me read',
      '  the file.',
      '$ cat song.txt',
      '│ la la lä',
      '◦ read_file /tree/no.txt  (failed)',
      '│ File not found.',
      '~ edit song.txt  +1 -0',
      '│     1 + b',
      '• The song has chords now ♪',
      '✓ done  300 tokens in (250 cached), 42 out',
    ]);
  });

  test('a message in pieces shows each line once, also when it is never finished', () => {
    const pieces = (...texts: string[]) =>
      texts.map((text) => ({ type: 'text' as const, text, final: false }));
    const said = (events: readonly AgentEvent[]) => plainLines(renderEvents(events));
    expect(said(pieces('one\ntw', 'o\nth'))).toEqual(['• one', '  two', '  th']);
    expect(said([...pieces('one\ntw'), { type: 'text', text: 'one\ntwo\nthree', final: true }])).toEqual([
      '• one',
      '  two',
      '  three',
    ]);
    expect(said([...pieces('cut of'), { type: 'end', ok: false }])).toEqual(['• cut of', '✗ failed']);
    const long = said(pieces(...Array.from({ length: 100 }, () => 'x'.repeat(1_000))));
    expect(long.map((line) => line.slice(2)).join('')).toHaveLength(100_000);
    expect(Math.max(...long.map((line) => line.length))).toBeLessThan(6_000);
  });
});
