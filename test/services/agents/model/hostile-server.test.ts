/** A model's server that means harm, or is broken in a way that does harm: bodies, lines and texts without end. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defaultConfig } from '../../../../src/domain/store/config.js';
import { contextOf } from '../../../../src/services/agents/model/context.js';
import { completeJson } from '../../../../src/services/agents/model/index.js';

const key = 'sk-test-0123456789abcdefghijkl';
const request = {
  name: 'colour',
  system: 'You name colours.',
  user: 'Which?',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['colours'],
    properties: { colours: { type: 'array', items: { type: 'string' } } },
  },
};

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

type Handle = (response: ServerResponse, path: string, n: number) => void;

async function serve(handle: Handle): Promise<string> {
  let n = 0;
  const server = createServer((asked, response) => {
    response.on('error', () => {});
    asked.resume();
    asked.on('end', () => handle(response, asked.url ?? '', n++));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  close = () =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** Writes the same piece until the reader goes away. */
function endless(response: ServerResponse, piece: string | Buffer): void {
  const more = () => {
    while (!response.destroyed && response.write(piece));
    response.once('drain', more);
  };
  more();
}

const stream = { 'content-type': 'text/event-stream' };
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const completed = (text: unknown) =>
  event({
    type: 'response.completed',
    response: { id: 'r', output: [{ type: 'message', content: [{ type: 'output_text', text }] }] },
  });
const streamed =
  (...events: string[]): Handle =>
  (response) => {
    response.writeHead(200, stream);
    response.end(events.join(''));
  };

/** How it ended, how often it was asked, and how long the program was deaf meanwhile. */
async function met(handle: Handle, api: 'responses' | 'chat' = 'responses', total_timeout = '5s') {
  let asked = 0;
  const base_url = await serve((response, path, n) => {
    asked = n + 1;
    handle(response, path, n);
  });
  let last = performance.now();
  let deafMs = 0;
  const listen = () => {
    deafMs = Math.max(deafMs, performance.now() - last);
    last = performance.now();
  };
  const clock = setInterval(listen, 20);
  const error: Error & { code?: string } = await completeJson(
    {
      config: { ...defaultConfig.model, base_url, model: 'm', api, total_timeout },
      env: { OPENAI_API_KEY: key },
      signal: new AbortController().signal,
    },
    request,
  ).then(
    () => new Error('it answered'),
    (cause) => cause,
  );
  listen();
  clearInterval(clock);
  return { error, deafMs, asked };
}

const xs = (count: number) => Buffer.alloc(count, 'x');
const status =
  (code: number, headers: Record<string, string>, body: string | Buffer = ''): Handle =>
  (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
const dripping =
  (code: number): Handle =>
  (response) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
const flowing =
  (piece: string, before = ''): Handle =>
  (response) => {
    response.writeHead(200, stream);
    response.write(before || piece);
    endless(response, piece);
  };

describe('what has no end', () => {
  it.each<[string, Handle, string]>([
    ['a line of an event', flowing('x'.repeat(60_000), 'data: '), 'far too long'],
    ['an event of many lines', flowing(`data: ${'x'.repeat(6000)}\n`), 'far too long'],
    ['comments', flowing(`: ${'x'.repeat(6000)}\n\n`), 'longer than it may'],
    ['an error that drips', dripping(400), 'longer than it may'],
    ['an answer that drips', dripping(200), 'longer than it may'],
  ])('%s', async (_name, handle, said) => {
    const { error } = await met(handle, 'responses', said === 'far too long' ? '30s' : '1s');
    expect(error.message).toContain(said);
  });

  it('the body of an error is read at its beginning only', async () => {
    const handle: Handle = (response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      endless(response, 'x'.repeat(60_000));
    };
    const { error } = await met(handle, 'responses', '30s');
    expect([error.code, error.message]).toEqual(['model-server', expect.stringContaining('xxx')]);
  });

  it('a packed stream is not unpacked to its end', async () => {
    const packed = gzipSync(Buffer.concat([Buffer.from('data: '), xs(60_000_000)]));
    const zipped = { ...stream, 'content-encoding': 'gzip' };
    const { error, asked } = await met(status(200, zipped, packed), 'responses', '30s');
    expect([error.message, asked]).toEqual([expect.stringContaining('far too long'), 1]);
  });

  it.each([200, 400])('a packed body with status %i is read at its beginning only', async (code) => {
    const { error } = await met(status(code, { 'content-encoding': 'gzip' }, gzipSync(xs(60_000_000))));
    expect(error).toMatchObject({ code: 'model-server', message: expect.stringMatching(/xxx/) });
    expect(error.message.length).toBeLessThan(1_000);
  });

  it('what a server tells of its model is read at its beginning only', async () => {
    const base_url = await serve((response) => {
      response.writeHead(200);
      endless(response, 'x'.repeat(65_536));
    });
    const asked = contextOf({ config: { ...defaultConfig.model, base_url, model: 'm' }, env: {} });
    await expect(asked).resolves.toBeUndefined();
  });

  it('a server that loads its model for ever, and wants to be asked at once, is not asked at once', async () => {
    const loading = '{"error":{"message":"loading model"}}';
    const { error, asked } = await met(status(503, { 'retry-after': '0' }, loading), 'responses', '1500ms');
    expect([error.code, asked <= 4]).toEqual([expect.stringMatching(/^model-(server|timeout)$/), true]);
  });
});

describe('a text that is made to be slow to read', () => {
  const page = (code: number, text: string) => status(code, { 'content-type': 'text/html' }, text);
  it.each<[string, Handle]>([
    ...['[', '{"a":', '{"', '<think>', '[THINK]', '<', '<script', '```\n', '[1]', 'a.', '</think>', '"'].map(
      (piece): [string, Handle] => [`${piece} many times`, streamed(completed(piece.repeat(400_000)))],
    ),
    ['a million wrong entries', streamed(completed(`{"colours":[${'1,'.repeat(1_000_000)}1]}`))],
    ['lists in lists', streamed(completed(`${'['.repeat(400_000)}${']'.repeat(400_000)}`))],
    ['tags of an error', page(400, '<'.repeat(250_000))],
    ['scripts of an error', page(501, '<script'.repeat(36_000))],
    ['words of an error', page(400, 'a.'.repeat(125_000))],
  ])('%s', async (_name, handle) => {
    const { error, deafMs } = await met(handle, 'responses', '20s');
    expect(error.code).toMatch(/^model-(bad-answer|server)$/);
    // Each of them took minutes.
    expect(deafMs).toBeLessThan(10_000);
  });
});

describe('an answer of another shape', () => {
  const ended = (response: unknown) => streamed(event({ type: 'response.completed', response }));
  it.each<[string, Handle, 'responses' | 'chat']>([
    ['no response', streamed(event({ type: 'response.completed' })), 'responses'],
    ['null in place of a response', ended(null), 'responses'],
    ['a number in place of its output', ended({ output: 7 }), 'responses'],
    ['null in its output', ended({ output: [null] }), 'responses'],
    ['null among its parts', ended({ output: [{ type: 'message', content: [null] }] }), 'responses'],
    ['a failure without a response', streamed(event({ type: 'response.failed' })), 'responses'],
    ['null in place of an event', streamed('data: null\n\n'), 'responses'],
    ['null in place of a piece', streamed('data: null\n\n'), 'chat'],
    [
      'an error nested deep',
      status(400, {}, `{"error":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      'chat',
    ],
  ])('%s is named so, and not asked for again', async (_name, handle, api) => {
    const { error, asked } = await met(handle, api);
    expect(error).toMatchObject({
      code: 'model-server',
      message: expect.stringContaining('is not an answer'),
    });
    expect(asked).toBe(1);
  });

  it.each<[string, Handle, 'responses' | 'chat']>([
    [
      'an end of a megabyte',
      streamed(event({ choices: [{ delta: { content: '{}' }, finish_reason: `length${xs(1_000_000)}` }] })),
      'chat',
    ],
    [
      'a reason of a megabyte',
      streamed(
        event({
          type: 'response.incomplete',
          response: { incomplete_details: { reason: `${xs(1_000_000)}` } },
        }),
      ),
      'responses',
    ],
    [
      'a refusal that is a number',
      ended({ output: [{ type: 'message', content: [{ type: 'refusal', refusal: 7 }] }] }),
      'responses',
    ],
    [
      'a failure without words',
      streamed(event({ type: 'response.failed', response: { error: {} } })),
      'responses',
    ],
    ['an answer that is a record', streamed(completed({ colours: [] })), 'responses'],
  ])('%s fails in few words', async (_name, handle, api) => {
    const { error } = await met(handle, api);
    expect(error.code).toMatch(/^model-(bad-answer|server)$/);
    expect(error.message.length).toBeLessThan(1_000);
  });

  it.each<[string, Handle, RegExp]>([
    ['ends in the middle of a line', streamed('data: {"type":"response.outp'), /in the middle of a line/],
    [
      'breaks off in the middle of a line',
      (response) => {
        response.writeHead(200, stream);
        response.write('data: {"type":"response.outp', () => response.destroy());
      },
      /broke off before the answer was complete|in the middle of a line/,
    ],
  ])('a stream that %s is said to be so, and asked for again', async (_name, handle, said) => {
    const { error, asked } = await met(handle, 'responses', '60s');
    expect([error.code, error.message, asked]).toEqual(['model-unreachable', expect.stringMatching(said), 3]);
  });

  it('with a prototype in it changes no object of ours', async () => {
    const text = '{"colours":[],"__proto__":{"spoiled":true},"constructor":{"prototype":{"spoiled":true}}}';
    expect((await met(streamed(completed(text)))).error.code).toBe('model-bad-answer');
    expect('spoiled' in {}).toBe(false);
  });

  it('a fault of ours while it is read stays one, and nothing is asked for again', async () => {
    let asked = 0;
    const good = streamed(event({ type: 'response.completed', response: { output: [], usage: {} } }));
    const base_url = await serve((...given) => {
      asked += 1;
      return good(...given);
    });
    const onUsage = () => {
      throw new TypeError('ours');
    };
    const access = {
      config: { ...defaultConfig.model, base_url, model: 'm', api: 'responses' as const },
      env: {},
      signal: new AbortController().signal,
      onUsage,
    };
    await expect(completeJson(access, request)).rejects.toThrow(new TypeError('ours'));
    expect(asked).toBe(1);
  });

  it('what it says it used is a number that can be', async () => {
    const used: number[] = [];
    const base_url = await serve(
      streamed(
        event({
          type: 'response.completed',
          response: {
            output: [{ type: 'message', content: [{ type: 'output_text', text: '{"colours":[]}' }] }],
            usage: { input_tokens: 1e300, output_tokens: -5e9, input_tokens_details: { cached_tokens: '7' } },
          },
        }),
      ),
    );
    await completeJson(
      {
        config: { ...defaultConfig.model, base_url, model: 'm', api: 'responses' },
        env: {},
        signal: new AbortController().signal,
        onUsage: ({ input, cached, output }) => used.push(input, cached, output),
      },
      request,
    );
    expect(used).toEqual([0, 0, 0]);
  });
});

describe('a server that sends requests on', () => {
  const places = [
    'file:///etc/passwd',
    'data:application/json,{}',
    '//127.0.0.1:9/x',
    'http://a:b@127.0.0.1:9/',
  ];
  it.each([301, 302, 303, 307, 308].flatMap((code) => places.map((place) => [code, place] as const)))(
    '%i to %s is refused, by the name of the place',
    async (code, location) => {
      const { error, asked } = await met(status(code, { location }));
      expect([error.message, asked]).toEqual([expect.stringMatching(/127\.0\.0\.1:9|file:|data:/), 1]);
      expect(error.message).not.toContain('a:b@');
    },
  );

  it('to what is no address is refused', async () => {
    const { error, asked } = await met(status(307, { location: 'http://[' }));
    expect([error.message, asked]).toEqual([expect.stringContaining('no address'), 1]);
  });
});
