import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defaultConfig } from '../../../../src/domain/store/config.js';
import { completeJson, type JsonRequest } from '../../../../src/services/agents/model/index.js';
import {
  type ModelCall,
  type ModelServer,
  type Reply,
  startModelServer,
} from '../../../support/model-server.js';

const request: JsonRequest<{ colour: string }> = {
  name: 'colour',
  system: 'You name colours.',
  user: 'Which?',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['colour'],
    properties: { colour: { type: 'string' } },
  },
};

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Starts a server with this script and asks it the question. */
async function ask(script: (call: ModelCall) => Reply): Promise<{ colour: string }> {
  server = await startModelServer(script);
  return completeJson<{ colour: string }>(
    {
      config: { ...defaultConfig.model, base_url: server.url, model: 'test-model' },
      env: { OPENAI_API_KEY: 'sk-test-0123456789abcdefghijkl' },
      signal: new AbortController().signal,
    },
    request,
  );
}

const blue: Reply = { answer: { colour: 'blue' } };

describe('a server with an accent', () => {
  const json = '{"colour":"blue"}';
  /** Chat only, as most of them are. */
  const chat = (reply: Reply | ((call: ModelCall) => Reply)) =>
    ask((call) =>
      call.api === 'responses' ? { status: 404 } : typeof reply === 'function' ? reply(call) : reply,
    );
  const noSchema = (reply: Reply, status = 400, message = 'response_format is not supported') =>
    chat((call) => (call.body.response_format ? { status, message } : reply));

  it.each<[string, Reply]>([
    ['thinking with braces in it', { text: `<think>Maybe {"colour": "red"}? {no}</think>\n\n${json}` }],
    ['only the end of thinking', { text: `Perhaps {x} or {"colour":"red"}\n</think>\n${json}` }],
    ['thinking in another tag', { text: `[THINK]{"colour":"red"}[/THINK]${json}` }],
    ['a tag with a prefix', { text: `<seed:think>{"colour":"red"}</seed:think>${json}` }],
    ['a tag with attributes', { text: `<thinking lang="en">{"colour":"red"}</thinking>${json}` }],
    [
      'marks of thought',
      { text: `<|begin_of_thought|>{"colour":"red"}<|end_of_thought|>${json}<|end_of_solution|>` },
    ],
    [
      'channels',
      {
        text: `<|channel|>analysis<|message|>{"colour":"red"}<|end|><|start|>assistant<|channel|>final<|message|>${json}`,
      },
    ],
    ['an answer inside of the thinking alone', { text: `<think>${json}</think>` }],
    ['fences without a language', { text: `\`\`\`\n${json}\n\`\`\`` }],
    ['prose before and after, with braces', { text: `Here {is} it:\n${json}\nI looked at {a.txt} as well.` }],
    ['an example before the answer', { text: `Such as {"color": "red"}, so: ${json}` }],
    ['a list around the answer', { text: `Result: ${json} []` }],
    ['JSON in a string', { text: JSON.stringify(json) }],
    ['the answer in the reasoning field', { chunks: [{ content: '', reasoning_content: json }] }],
    ['the same under another name', { chunks: [{ content: null, reasoning: json }] }],
    [
      'reasoning beside the answer',
      { chunks: [{ reasoning_content: '{"colour":"red"}' }, { content: json }] },
    ],
    ['content as parts', { chunks: [{ content: [{ type: 'text', text: json }] }] }],
    [
      'a tool call with the answer',
      { chunks: [{ tool_calls: [{ index: 0, function: { arguments: json } }] }], finish: 'tool_calls' },
    ],
    ['a finish reason of its own', { chunks: [{ content: json }], finish: 'eos_token' }],
    ['the end of generation', { chunks: [{ content: json }], finish: 'STOP' }],
    [
      'one JSON body in place of a stream',
      {
        raw: JSON.stringify({
          choices: [{ message: { role: 'assistant', content: json }, finish_reason: 'stop' }],
        }),
      },
    ],
    [
      'the same with parts and another type',
      {
        raw: JSON.stringify({ choices: [{ message: { content: [{ type: 'text', text: json }] } }] }),
        type: 'application/json; charset=utf-8',
      },
    ],
  ])('%s: the answer is taken', async (_, reply) => {
    expect(await chat(reply)).toEqual({ colour: 'blue' });
    expect(server!.calls.filter(({ api }) => api === 'chat')).toHaveLength(1);
  });

  const piece = (delta: object, more: object = {}) =>
    `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
  const end = piece({}, { finish_reason: 'stop' });
  const done = 'data: [DONE]\n\n';
  const stream = piece({ role: 'assistant', content: '' }) + piece({ content: json }) + end + done;
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const wire = (...sent: (string | Uint8Array)[]): Reply => ({ sent });

  it.each<[string, Reply]>([
    ['comments between the pieces', wire(`: PROCESSING\n\n${stream.replaceAll('\n\n', '\n\n: ping\n\n')}`)],
    ['lines that end as on Windows', wire(stream.replaceAll('\n', '\r\n'))],
    [
      'names, numbers and times to try again',
      wire(stream.replaceAll('data:', 'event: message\nid: 7\nretry: 9\ndata:')),
    ],
    ['no space after the colon', wire(stream.replaceAll('data: ', 'data:'))],
    ['no word that it is done', wire(piece({ content: json }) + end)],
    ['no line after the last one', wire((piece({ content: json }) + end).trimEnd())],
    [
      'the finish reason beside the last words',
      wire(piece({ content: json }, { finish_reason: 'stop' }) + done),
    ],
    ['the finish reason twice', wire(piece({ content: json }) + end + end + done)],
    [
      'usage in each piece and once more at the end',
      wire(
        stream.replaceAll('{"id":"c",', `{"id":"c","usage":${JSON.stringify(usage)},`).replace(done, ''),
        `data: ${JSON.stringify({ id: 'c', choices: [], usage })}\n\n`,
        `data: ${JSON.stringify({ id: 'c', choices: [], usage })}\n\n${done}`,
      ),
    ],
    ['pieces without choices', wire(`data: {"id":"c","choices":[],"prompt_filter_results":[]}\n\n${stream}`)],
    ['pieces that name no choices at all', wire(`data: {"id":"c","object":"ping"}\n\n${stream}`)],
    [
      'whole messages in place of differences',
      wire(piece({ content: json }).replace('"delta"', '"message"') + end),
    ],
    ['a function call as it was once', wire(piece({ function_call: { name: 'f', arguments: json } }) + end)],
    [
      'a tool call in pieces',
      wire(
        ...[...json].map((char) => piece({ tool_calls: [{ index: 0, function: { arguments: char } }] })),
        end,
      ),
    ],
    ['one letter at a time', wire(...[...json].map((content) => piece({ content })), end, done)],
    ['pieces cut anywhere', wire(...(stream.match(/[\s\S]{1,7}/g) ?? []))],
    ['a body that is packed', { sent: [gzipSync(stream)], headers: { 'content-encoding': 'gzip' } }],
    ['a stream that is called text', { sent: [stream], headers: { 'content-type': 'text/plain' } }],
    [
      'thinking in a field of its own, and words of its own',
      wire(piece({ thinking: 'Hm {"colour":"red"}', x_stats: { n: 1 } }) + stream),
    ],
  ])('on the wire, %s: the answer is taken', async (_, reply) => {
    expect(await chat(reply)).toEqual({ colour: 'blue' });
    expect(server!.calls.filter(({ api }) => api === 'chat')).toHaveLength(1);
  });

  it('on the wire, letters that are cut in two are whole again', async () => {
    const bytes = Buffer.from(stream.replace('blue', '藍色 bleu ciel é 🟦'));
    const halves = Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));
    expect(await chat(wire(...halves))).toEqual({ colour: '藍色 bleu ciel é 🟦' });
  });

  it.each<[number, string]>([
    [400, 'response_format is not supported'],
    [400, 'Invalid grammar: JSON schema conversion failed'],
    [422, 'value is not a valid enumeration member'],
    [500, 'failed to parse grammar'],
    [501, 'no'],
  ])('%s "%s" on the schema: it is asked in plain words', async (status, message) => {
    expect(await noSchema({ text: json }, status, message)).toEqual({ colour: 'blue' });
    expect(server!.calls).toHaveLength(3);
  });

  it.each([
    [400, 'System role not supported'],
    [500, 'Error rendering jinja template: Conversation roles must alternate user/assistant'],
  ])('%s "%s": the instructions go into the question', async (status, message) => {
    const hasSystem = ({ body }: ModelCall) => JSON.stringify(body.messages ?? '').includes('"system"');
    expect(await chat((call) => (hasSystem(call) ? { status, message } : { text: json }))).toEqual({
      colour: 'blue',
    });
    const { messages } = server!.calls.at(-1)!.body as { messages: { role: string; content: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(['user']);
    expect(messages[0]!.content).toContain('"colour"');
  });

  it('a body of the Responses API in place of a stream is taken, thinking and all', async () => {
    const output = [
      { type: 'message', content: [{ type: 'output_text', text: `<think>{"a":1}</think>${json}` }] },
    ];
    expect(await ask(() => ({ raw: JSON.stringify({ id: 'r', output }) }))).toEqual({ colour: 'blue' });
  });

  it('an error that is called a success makes it be asked another way', async () => {
    const answer = await ask((call) =>
      call.api === 'responses'
        ? { raw: '{"error":"Unexpected endpoint or method. (POST /v1/responses)"}' }
        : blue,
    );
    expect(answer).toEqual({ colour: 'blue' });
  });

  it('a model that is being loaded is waited for', async () => {
    const loading = { status: 503, message: 'Loading model', headers: { 'retry-after-ms': '5' } };
    expect(await ask((call) => (call.n < 6 ? loading : blue))).toEqual({ colour: 'blue' });
  });

  it.each<[string, Reply, string, string]>([
    ['prose', { text: 'I would paint it blue.' }, 'model-bad-answer', 'I would paint it blue.'],
    [
      'a sign-in page',
      { raw: '<html><body>Sign in to Wi-Fi</body></html>', type: 'text/html' },
      'model-server',
      'Sign in to Wi-Fi',
    ],
    [
      'an error in the stream',
      {
        raw: 'data: {"error":{"message":"context length exceeded: 9000 > 8192","code":400}}\n\n',
        type: 'text/event-stream',
      },
      'model-context',
      '9000 > 8192',
    ],
    [
      'a shape of its own',
      { raw: '{"detail":[{"loc":["body","model"],"msg":"no such thing"}]}', status: 409 },
      'model-server',
      'no such thing',
    ],
    ['nothing', { text: '' }, 'model-bad-answer', 'it is empty'],
    [
      'no choices',
      wire(`data: {"id":"c","choices":[]}\n\n${done}`),
      'model-unreachable',
      'before it was complete',
    ],
    [
      'a refusal',
      wire(piece({ refusal: 'I would rather not.' }) + end),
      'model-bad-answer',
      'I would rather not.',
    ],
    [
      'what was cut off for its length',
      wire(piece({ content: '{"colour":"bl' }, { finish_reason: 'length' })),
      'model-bad-answer',
      '{"colour":"bl',
    ],
    [
      'what a filter held back',
      wire(piece({ content: json }, { finish_reason: 'content_filter' })),
      'model-bad-answer',
      'content_filter',
    ],
    [
      'a call of a tool that nobody offered',
      wire(piece({ tool_calls: [{ index: 0, function: { name: 'ls', arguments: '{"path":"."}' } }] }) + end),
      'model-bad-answer',
      '{"path":"."}',
    ],
    [
      'a stream without an end',
      wire(piece({ content: json })),
      'model-unreachable',
      'before it was complete',
    ],
    [
      'a body that says it is packed and is not',
      { sent: [stream], headers: { 'content-encoding': 'gzip' } },
      'model-unreachable',
      '',
    ],
  ])('%s is refused, and what came is shown', async (_, reply, code, shown) => {
    await expect(chat(reply)).rejects.toMatchObject({ code, message: expect.stringContaining(shown) });
  });
});
