import { describe, expect, test } from '@jest/globals';
import type { AgentEvent, RunFacts, SessionReport } from '../../../../src/domain/agents/agent-event.js';
import { plainLines } from '../../../../src/domain/agents/transcript/plain.js';
import { renderEvents } from '../../../../src/domain/agents/transcript/render.js';
import { judge as judgeStream, streamFile } from '../../../support/streams.js';

const stream = streamFile;
const judge = (bytes: Uint8Array, facts: RunFacts, size?: number) =>
  judgeStream('codex-exec', bytes, facts, size);

const cases: [string, RunFacts, Partial<SessionReport> & { code?: string; http?: number }][] = [
  [
    'edit',
    { exitCode: 0 },
    {
      status: 'completed',
      sessionId: 's-edit',
      finalText: 'The song has chords now ♪',
      usage: { scope: 'thread', input: 900, cached: 700, output: 40 },
      edits: ['/tree/song.txt', '/tree/chords.txt'],
      toolsFailed: 0,
      unknown: 0,
    },
  ],
  ['edit', { exitCode: 1 }, { status: 'failed', code: 'protocol' }],
  ['edit', { exitCode: 137 }, { status: 'crashed', code: 'killed' }],
  ['edit', {}, { status: 'lost' }],
  ['failed-command', { exitCode: 0 }, { status: 'completed', toolsFailed: 1, denied: 1 }],
  ['unauthorized', { exitCode: 1 }, { status: 'failed', code: 'auth', http: 401 }],
  // Even an exit code of 0 does not turn a failed turn into a success.
  ['unauthorized', { exitCode: 0 }, { status: 'failed', code: 'auth' }],
  ['retries', { exitCode: 1 }, { status: 'failed', code: 'network', retries: 3 }],
  ['cut-off', { exitCode: 0 }, { status: 'crashed', code: 'protocol', sessionId: 's-cut' }],
  ['cut-off', { exitCode: 137 }, { status: 'crashed', code: 'killed' }],
  ['cut-off', { exitCode: 1, requested: 'interrupt' }, { status: 'interrupted', code: undefined }],
  ['cut-off', { exitCode: 137, requested: 'idle' }, { status: 'timeout', code: 'stalled' }],
  ['cut-off', { exitCode: 137, requested: 'timeout' }, { status: 'timeout', code: 'stalled' }],
  ['cut-off', {}, { status: 'lost' }],
  ['answer', { exitCode: 0, wantsJson: true }, { status: 'completed', finalText: '{"verdict":"pass"}' }],
  ['edit', { exitCode: 0, wantsJson: true }, { status: 'failed', code: 'bad_output' }],
  ['strange', { exitCode: 0 }, { status: 'completed', unknown: 6, sessionId: 's-odd' }],
];

describe('codex exec streams', () => {
  test.each(cases)('%s with %j is judged', (name, facts, expected) => {
    const bytes = stream(name);
    const report = judge(bytes, facts);
    const { code, http, ...plain } = expected;
    expect(report).toMatchObject(plain);
    if ('code' in expected) expect(report.error?.code).toBe(code);
    if (http !== undefined) expect(report.error?.http).toBe(http);
    for (const size of [1, 7]) expect(judge(bytes, facts, size)).toEqual(report);
  });

  test('cut at any byte, it is never a success', () => {
    const bytes = stream('edit');
    const lastBrace = bytes.lastIndexOf('}'.charCodeAt(0));
    for (let cut = 0; cut < lastBrace; cut++) {
      expect(judge(bytes.subarray(0, cut), { exitCode: 0 }).status).not.toBe('completed');
    }
  });

  test.each([
    ['nothing at all', '', 2, 'bad_usage', 'error: unexpected argument'],
    ['a missing program', '', 127, 'not_installed', 'sh: exec: codex: not found'],
    ['a sandbox that does not start', '', 1, 'sandbox', 'bwrap: No permissions to create new namespace'],
    ['a missing key', '', 1, 'auth', 'Missing environment variable: OPENAI_API_KEY'],
  ])('silence on stdout: %s', (_, text, exitCode, code, stderr) => {
    const report = judge(new TextEncoder().encode(text), { exitCode, stderr });
    expect(report).toMatchObject({ status: 'failed', error: { code } });
    expect(report.error?.message).toContain(stderr.slice(0, 40));
  });

  test('noise, binary, broken UTF-8 and endless lines neither throw nor succeed', () => {
    const noise = new Uint8Array(300_000);
    for (let at = 0, seed = 7; at < noise.length; at++) {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      noise[at] = seed >> 16;
    }
    const long = new Uint8Array(10_000_000).fill(120);
    const { unknown, status } = judge(
      Buffer.concat([noise, Buffer.from('\n'), long]),
      { exitCode: 0 },
      65_536,
    );
    expect(status).not.toBe('completed');
    expect(unknown).toBeGreaterThan(100);
  });

  test('a line of 10 MB keeps a bounded beginning, and the stream goes on after it', () => {
    const long = `{"type":"item.completed","item":{"type":"agent_message","text":"${'x'.repeat(10_000_000)}"}}\n`;
    const report = judge(Buffer.concat([Buffer.from(long), stream('edit')]), { exitCode: 0 }, 65_536);
    expect(report).toMatchObject({ status: 'completed', unknown: 1, sessionId: 's-edit' });
    const kept = report.events.find((event) => event.type === 'unknown') as { text: string };
    expect(kept.text.length).toBeLessThan(5_000);
  });
});

describe('the lines of a transcript', () => {
  const linesOf = (name: string) =>
    plainLines(renderEvents(judge(stream(name), {}).events, { cwd: '/tree' }));

  test('read like a session', () => {
    expect(linesOf('edit')).toEqual([
      '! Model metadata for `toy` not found.',
      '· Plan',
      '· Read before writing.',
      '• Let me read the file.',
      '$ cat song.txt',
      '│ la la lä',
      '~ edit song.txt',
      '+ new file chords.txt',
      '• The song has chords now ♪',
      '✓ done  900 tokens in (700 cached), 40 out',
    ]);
  });

  test('show failures, refusals and what nobody understands', () => {
    expect(linesOf('failed-command')).toEqual(
      expect.arrayContaining([
        '$ echo "no"; exit 7  (exit 7)',
        '│ no',
        expect.stringMatching(/^\$ .*\(denied\)$/),
      ]),
    );
    expect(linesOf('retries')).toContain(
      '! retry 1/2: stream disconnected before completion: error sending request',
    );
    expect(linesOf('strange')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^· \d+ records of an unknown kind: /),
        '◦ mcp amp.volume',
        '◦ search circle of fifths',
      ]),
    );
  });

  test('shorten long output in the middle', () => {
    const output = Array.from({ length: 1000 }, (_, n) => `line ${n}`).join('\n');
    const event: AgentEvent = {
      type: 'tool',
      itemId: 'a',
      kind: 'command',
      state: 'ok',
      name: 'shell',
      command: 'seq',
      output,
    };
    const lines = plainLines(renderEvents([event]));
    expect(lines).toHaveLength(22);
    expect(lines).toContain('│ … 980 lines are left out …');
    expect(lines.at(-1)).toBe('│ line 999');
  });
});
