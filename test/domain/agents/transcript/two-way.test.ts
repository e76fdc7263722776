import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RunFacts, SessionReport } from '../../../../src/domain/agents/agent-event.js';
import type { StreamName } from '../../../../src/domain/agents/run.js';
import { parseAcp } from '../../../../src/domain/agents/transcript/acp.js';
import { parseCodexAppServer } from '../../../../src/domain/agents/transcript/codex-app-server.js';
import { plainLines } from '../../../../src/domain/agents/transcript/plain.js';
import { createRenderer, renderEvents } from '../../../../src/domain/agents/transcript/render.js';
import { createFold } from '../../../../src/domain/agents/transcript/report.js';
import { reportStream, streamNamed } from '../../../../src/domain/agents/transcript/streams.js';

const recorded = (name: string) =>
  new Uint8Array(readFileSync(join(process.cwd(), 'test/fixtures/streams', `${name}.jsonl`)));
const bytesOf = (...messages: object[]) =>
  new TextEncoder().encode(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
/** What the agent said, without what the recording adds. */
const bare = (bytes: Uint8Array) =>
  bytesOf(
    ...new TextDecoder()
      .decode(bytes)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ dir }) => dir === '<')
      .map(({ ms: _, dir: __, ...message }) => message),
  );

function inPieces(stream: StreamName, bytes: Uint8Array, facts: RunFacts, size: number): SessionReport {
  const parser = stream === 'acp' ? parseAcp() : parseCodexAppServer();
  const fold = createFold(stream, { terminal: 'event' }, true);
  for (let at = 0; at < bytes.length; at += size) fold.add(parser.push(bytes.subarray(at, at + size)));
  fold.add(parser.end());
  return fold.report(facts);
}

const usage = { scope: 'thread', input: 3702, cached: 3000, output: 168 } as const;
const recordings: [string, StreamName, RunFacts, Partial<SessionReport>][] = [
  [
    'app-server-edit',
    'codex-app-server',
    { exitCode: 0 },
    { status: 'completed', finalText: 'Edited hello.txt.', usage, edits: ['/repo/hello.txt'], unknown: 0 },
  ],
  [
    'app-server-approve',
    'codex-app-server',
    { exitCode: 0 },
    { status: 'completed', usage, denied: 0, toolsFailed: 0, edits: ['/repo/hello.txt'], unknown: 0 },
  ],
  [
    'app-server-interrupt',
    'codex-app-server',
    { exitCode: 0, requested: 'interrupt' },
    { status: 'interrupted' },
  ],
  // The agent says that it was interrupted; whoever did it.
  ['app-server-interrupt', 'codex-app-server', { exitCode: 0 }, { status: 'interrupted' }],
  ['app-server-interrupt', 'codex-app-server', { exitCode: 130, requested: 'idle' }, { status: 'timeout' }],
  ['app-server-steer', 'codex-app-server', { exitCode: 0 }, { status: 'completed', unknown: 0, edits: [] }],
  ['app-server-edit', 'codex-app-server', { exitCode: 1 }, { status: 'failed' }],
  ['app-server-edit', 'codex-app-server', { exitCode: 137 }, { status: 'crashed' }],
  [
    'acp-edit',
    'acp',
    { exitCode: 0 },
    {
      status: 'completed',
      finalText: 'Edited hello.txt.',
      edits: ['/repo/hello.txt'],
      denied: 0,
      unknown: 0,
    },
  ],
];

describe('two-way recordings', () => {
  test.each(recordings)(
    '%s as %s with %j is judged, whole and in pieces',
    (name, stream, facts, expected) => {
      for (const bytes of [recorded(name), bare(recorded(name))]) {
        const report = reportStream(stream, bytes, facts);
        expect(report).toMatchObject(expected);
        for (const size of [1, 7]) expect(inPieces(stream, bytes, facts, size)).toEqual(report);
      }
    },
  );

  test.each([
    ['app-server-edit', 'codex-app-server', 'turn/completed'],
    ['app-server-steer', 'codex-app-server', 'turn/completed'],
    ['acp-edit', 'acp', 'stopReason'],
  ] as const)('%s cut before its end is never a success', (name, stream, end) => {
    const bytes = recorded(name);
    const last = new TextDecoder().decode(bytes).indexOf(end);
    for (let cut = 0; cut < last; cut += 97) {
      expect(reportStream(stream, bytes.subarray(0, cut), { exitCode: 0 }).status).not.toBe('completed');
    }
  });

  test('tokens are read from a turn of ACP, and from where Gemini puts them', () => {
    const prompt = { dir: '>', id: 1, method: 'session/prompt', params: {} };
    const answer = (more: object) => ({ dir: '<', id: 1, result: { stopReason: 'end_turn', ...more } });
    const used = (more: object) => reportStream('acp', bytesOf(prompt, answer(more)), { exitCode: 0 }).usage;
    const quota = { token_count: { input_tokens: 120, output_tokens: 7 }, model_usage: [] };
    expect(used({ _meta: { quota } })).toMatchObject({ input: 120, output: 7 });
    expect(used({ usage: { inputTokens: 20, cachedReadTokens: 100, outputTokens: 7 } })).toMatchObject({
      input: 120,
      cached: 100,
      output: 7,
    });
    expect(used({ _meta: null })).toBeUndefined();
  });

  test('an agent behind a protocol goes by the protocol', () => {
    expect(streamNamed('acp-opencode')).toBe('acp');
    expect(streamNamed('acp-')).toBe('acp');
  });

  test('after a fallback the other format is read', () => {
    const bytes = bytesOf(
      { ms: 1, dir: '>', id: 1, method: 'initialize' },
      { ms: 2, dir: 'host', type: 'fallback', text: 'went on with codex exec' },
      { type: 'thread.started', thread_id: 't-1' },
      { type: 'turn.started' },
      { type: 'item.completed', item: { id: 'i', type: 'agent_message', text: 'Hello.' } },
      { type: 'turn.completed' },
    );
    const report = reportStream('codex-app-server', bytes, { exitCode: 0 });
    expect(report).toMatchObject({ status: 'completed', sessionId: 't-1', finalText: 'Hello.', unknown: 0 });
    expect(plainLines(renderEvents(report.events))).toContain('! went on with codex exec');
  });
});

const thread = { id: 1, result: { thread: { id: 't' } } };
const turn = (status: string, error: unknown = null) => ({
  method: 'turn/completed',
  params: { threadId: 't', turn: { id: 'u', status, error } },
});

describe('the app-server conversation', () => {
  test.each([
    ['unexpected status 401 Unauthorized', { httpConnectionFailed: { httpStatusCode: 401 } }, 'auth', 401],
    ['exceeded retry limit', { responseTooManyFailedAttempts: { httpStatusCode: 429 } }, 'rate_limit', 429],
    ['high demand', 'internalServerError', 'server', undefined],
    ['it is full', 'contextWindowExceeded', 'context', undefined],
    [
      'ran out of room in the context window',
      { httpConnectionFailed: { httpStatusCode: 400 } },
      'context',
      400,
    ],
    ['stream closed before response.completed', 'other', 'network', undefined],
    ['idle timeout waiting for SSE', 'other', 'stalled', undefined],
    ['something new', 'somethingNew', 'other', undefined],
  ])('%s (%j) is a failure of the kind %s', (message, codexErrorInfo, code, http) => {
    const report = reportStream(
      'codex-app-server',
      bytesOf(thread, turn('failed', { message, codexErrorInfo })),
      {
        exitCode: 1,
      },
    );
    expect(report.status).toBe('failed');
    expect(report.error).toMatchObject({ code, ...(http ? { http } : {}) });
  });

  test('retries are counted, and what comes to nothing is not an end', () => {
    const error = (message: string, willRetry: boolean) => ({
      method: 'error',
      params: { threadId: 't', error: { message, codexErrorInfo: 'other' }, willRetry },
    });
    const bytes = bytesOf(
      thread,
      error('Reconnecting... 1/2', true),
      error('waiting', true),
      error('bad', false),
    );
    const report = reportStream('codex-app-server', bytes, { exitCode: 1 });
    expect(report).toMatchObject({ status: 'crashed', retries: 2 });
    expect(report.events).toContainEqual({
      type: 'retry',
      attempt: 1,
      max: 2,
      reason: 'Reconnecting... 1/2',
    });
  });

  test('a refused start is the end, a refused steer is not', () => {
    const failed = (id: number) => ({ dir: '<', id, error: { code: -32600, message: 'no such thing' } });
    const start = bytesOf({ dir: '>', id: 1, method: 'turn/start' }, failed(1));
    expect(reportStream('codex-app-server', start, { exitCode: 1 })).toMatchObject({
      status: 'failed',
      error: { code: 'protocol' },
    });
    const steer = bytesOf(thread, { dir: '>', id: 2, method: 'turn/steer' }, failed(2), turn('completed'));
    expect(reportStream('codex-app-server', steer, { exitCode: 0 }).status).toBe('completed');
  });

  test('the end of a helper thread is not the end of the turn', () => {
    const other = { method: 'turn/completed', params: { threadId: 'helper', turn: { status: 'completed' } } };
    expect(reportStream('codex-app-server', bytesOf(thread, other), { exitCode: 0 }).status).toBe('crashed');
  });

  test('unknown notifications and requests are kept and counted', () => {
    const bytes = bytesOf(
      thread,
      { method: 'new/thing', params: {} },
      { id: 9, method: 'new/ask', params: {} },
      [1],
    );
    const report = reportStream('codex-app-server', bytes, { exitCode: 1 });
    expect(report.unknown).toBe(3);
    expect(report.events.filter((event) => event.type === 'unknown').map((event) => event.name)).toEqual([
      'new/thing',
      'new/ask',
      'not a JSON object',
    ]);
  });

  test('an approval names what it is about and every answer there is', () => {
    const { events } = reportStream('codex-app-server', recorded('app-server-approve'), { exitCode: 0 });
    const [command, edit] = events.flatMap((event) => (event.type === 'approval' ? [event.approval] : []));
    expect(command).toMatchObject({ id: '0', kind: 'command', detail: "/bin/bash -lc 'cat hello.txt'" });
    expect(command!.options.map((option) => option.kind)).toEqual([
      'allow',
      'allow-always',
      'deny',
      'cancel',
    ]);
    expect(edit).toMatchObject({ id: '1', kind: 'edit', detail: '/repo/hello.txt' });
    expect(events).toContainEqual({ type: 'answered', approval: '1', option: 'accept' });
  });
});

const update = (body: object) => ({ method: 'session/update', params: { sessionId: 's', update: body } });
const stop = (stopReason: string) => ({ id: 3, result: { stopReason } });
const ask = {
  id: 0,
  method: 'session/request_permission',
  params: {
    sessionId: 's',
    toolCall: { toolCallId: 'c', kind: 'edit', locations: [{ path: '/repo/a' }] },
    options: [
      { optionId: 'y', kind: 'allow_once', name: 'Yes' },
      { optionId: 'n', kind: 'reject_once', name: 'No' },
    ],
  },
};
const refuse = { dir: '>', id: 0, result: { outcome: { outcome: 'selected', optionId: 'n' } } };
const call = update({
  sessionUpdate: 'tool_call',
  toolCallId: 'c',
  kind: 'edit',
  status: 'pending',
  title: 'edit',
});

describe('the ACP conversation', () => {
  test('a refused tool is denied, however the agent tells its end', () => {
    const failed = update({ sessionUpdate: 'tool_call_update', toolCallId: 'c', status: 'failed' });
    for (const end of [[failed, stop('end_turn')], [stop('end_turn')]]) {
      const report = reportStream('acp', bytesOf(call, ask, refuse, ...end), { exitCode: 0 });
      expect(report).toMatchObject({ status: 'completed', denied: 1, toolsFailed: 0, edits: [] });
    }
  });

  test('an agent that stops because it was refused has failed; one that was told to was interrupted', () => {
    const refused = reportStream('acp', bytesOf(call, ask, refuse, stop('cancelled')), { exitCode: 1 });
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'permission' } });
    const cancel = { dir: '>', method: 'session/cancel', params: {} };
    const told = reportStream('acp', bytesOf(call, ask, refuse, cancel, stop('cancelled')), { exitCode: 1 });
    expect(told.status).toBe('interrupted');
    const stderr =
      'level=ERROR message="stream error" small=false error.error="AI_APICallError: Rate limit reached"\n';
    const calledOff = { exitCode: 130, requested: 'retries', stderr } as const;
    const ended = reportStream('acp', bytesOf(cancel, stop('end_turn')), calledOff);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'rate_limit' } });
  });

  test.each([
    [{ code: -32000, message: 'Authentication required' }, 'auth', undefined],
    [{ code: 500, message: 'terminated' }, 'network', 500],
    [{ code: 500, message: 'scripted' }, 'server', 500],
    [{ code: 401, message: 'nope' }, 'auth', 401],
    [{ code: 429, message: 'slow down' }, 'rate_limit', 429],
    [
      { code: -32603, message: 'Internal error', data: { details: 'Unauthorized: Incorrect API key' } },
      'auth',
      undefined,
    ],
    [
      {
        code: -32603,
        message: 'Internal error',
        data: { errorName: 'ContextOverflow', message: 'context window' },
      },
      'context',
      undefined,
    ],
  ])('the error %j is of the kind %s', (error, code, http) => {
    const bytes = bytesOf({ dir: '>', id: 3, method: 'session/prompt', params: {} }, { id: 3, error });
    const report = reportStream('acp', bytes, { exitCode: 1 });
    expect(report.error).toMatchObject({ code, ...(http ? { http } : {}) });
  });

  test.each(['max_tokens', 'refusal', 'max_turn_requests', ''])(
    'stopping with %j is no success',
    (reason) => {
      expect(reportStream('acp', bytesOf(stop(reason)), { exitCode: 0 }).status).toBe('failed');
    },
  );

  test('what a loaded session replays is not told again', () => {
    const chunk = (text: string) =>
      update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
    const bytes = bytesOf(
      { dir: '>', id: 2, method: 'session/load', params: { sessionId: 's' } },
      chunk('Old.'),
      { id: 2, result: {} },
      chunk('New.'),
      stop('end_turn'),
    );
    const report = reportStream('acp', bytes, { exitCode: 0 });
    expect(report).toMatchObject({ finalText: 'New.', sessionId: 's' });
  });
});

describe('rendering what comes piece by piece', () => {
  const piece = (text: string, itemId = 'm') => ({ type: 'text' as const, text, final: false, itemId });
  const whole = (text: string, itemId = 'm') => ({ type: 'text' as const, text, final: true, itemId });

  test('whole lines come at once, the last one stays open until it is done', () => {
    const renderer = createRenderer();
    expect(renderer.render([piece('Hel')])).toEqual([]);
    expect(plainLines(renderer.open())).toEqual(['• Hel']);
    expect(plainLines(renderer.render([piece('lo\nwor')]))).toEqual(['• Hello']);
    expect(plainLines(renderer.open())).toEqual(['  wor']);
    expect(plainLines(renderer.render([whole('Hello\nworld\n')]))).toEqual(['  world']);
    expect(renderer.open()).toEqual([]);
  });

  test('a message that was given up is kept as far as it came', () => {
    expect(
      plainLines(
        renderEvents([piece('I was go'), { type: 'message', text: 'Stop that' }, whole('Fine.', 'n')]),
      ),
    ).toEqual(['• I was go', '> Stop that', '• Fine.']);
  });

  test('a command that prints much shows its beginning and its newest lines', () => {
    const tool = {
      type: 'tool' as const,
      itemId: 'c',
      kind: 'command' as const,
      name: 'shell',
      command: 'seq',
    };
    const print = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => `${from + at}\n`).join('');
    const renderer = createRenderer();
    const lines = renderer.render([
      { ...tool, state: 'started' },
      { ...tool, state: 'output', output: print(1, 30) },
      { ...tool, state: 'output', output: print(31, 100) },
    ]);
    expect(lines.map(({ text }) => text)).toEqual(['seq', ...print(1, 6).trim().split('\n')]);
    const shown = renderer.open().map(({ text }) => text);
    expect(shown).toEqual(['… 80 lines are left out …', ...print(87, 100).trim().split('\n')]);
    renderer.render([{ ...tool, state: 'failed', exitCode: 3, output: print(1, 100) }]);
    expect(lines[0]?.block).toMatchObject({ state: 'failed', exitCode: 3, lines: 21 });
    expect(renderer.open()).toEqual([]);
  });
});
