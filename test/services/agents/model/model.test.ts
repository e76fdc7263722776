import { afterEach, describe, expect, it } from '@jest/globals';
import { defaultConfig } from '../../../../src/domain/store/config.js';
import { completeJson, type JsonRequest } from '../../../../src/services/agents/model/index.js';
import { onCall, type ToldCall } from '../../../../src/services/platform/index.js';
import {
  type ModelCall,
  type ModelServer,
  type Reply,
  startModelServer,
} from '../../../support/model-server.js';

interface Colour {
  colour: string;
}

const request: JsonRequest<Colour> = {
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
const key = 'sk-test-0123456789abcdefghijkl';

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Starts a server with this script and asks it the question. */
async function ask(
  script: (call: ModelCall) => Reply,
  more: Partial<typeof defaultConfig.model> = {},
  changes: Partial<JsonRequest<Colour>> = {},
  signal = new AbortController().signal,
): Promise<Colour> {
  server = await startModelServer(script);
  return completeJson<Colour>(
    {
      config: { ...defaultConfig.model, base_url: server.url, model: 'test-model', ...more },
      env: { OPENAI_API_KEY: key },
      signal,
    },
    { ...request, ...changes },
  );
}

const blue: Reply = { answer: { colour: 'blue' } };
const apis = () => server!.calls.map((call) => call.api);

describe('a good answer', () => {
  it('is told of as a call, without key and prompt', async () => {
    const heard: ToldCall[] = [];
    const stop = onCall((call) => heard.push(call));
    await ask(() => blue);
    stop();
    const host = new URL(server!.url).host;
    expect(heard).toMatchObject([{ kind: 'model', outcome: 'ok', ok: true }]);
    expect(heard[0]!.words.join(' ')).toMatch(
      new RegExp(`^model test-model at ${host}.* for colour \\(responses\\)$`),
    );
  });

  it('comes back from one structured request with the key and both messages', async () => {
    expect(await ask(() => blue)).toEqual({ colour: 'blue' });
    expect(server!.calls).toMatchObject([
      {
        api: 'responses',
        authorization: `Bearer ${key}`,
        system: request.system,
        user: 'Which?',
        schema: 'colour',
      },
    ]);
    expect(server!.calls[0]!.body).toMatchObject({ model: 'test-model', stream: true, store: false });
  });

  it('is taken over chat completions when that is configured', async () => {
    expect(await ask(() => blue, { api: 'chat' })).toEqual({ colour: 'blue' });
    expect(server!.calls).toMatchObject([{ api: 'chat', schema: 'colour' }]);
  });

  it('needs no key where the server needs none', async () => {
    server = await startModelServer(() => blue);
    const config = { ...defaultConfig.model, base_url: server.url, model: 'local' };
    const answer = await completeJson({ config, env: {}, signal: new AbortController().signal }, request);
    expect(answer).toEqual({ colour: 'blue' });
  });
});

describe('a server that lacks features', () => {
  it('is asked over chat after 404, and from then on at once', async () => {
    await ask((call) => (call.api === 'responses' ? { status: 404 } : blue));
    const config = { ...defaultConfig.model, base_url: server!.url, model: 'test-model' };
    await completeJson({ config, env: {}, signal: new AbortController().signal }, request);
    expect(apis()).toEqual(['responses', 'chat', 'chat']);
  });

  it('is asked in plain words when it knows no schemas, and fences around the JSON are taken off', async () => {
    const answer = await ask((call) => {
      if (call.schema) return { status: 400, message: 'response_format json_schema is not supported' };
      return { text: 'Here you are:\n```json\n{"colour": "blue"}\n```\n' };
    });
    expect(answer).toEqual({ colour: 'blue' });
    expect(apis()).toEqual(['responses', 'chat', 'chat']);
    expect(server!.calls[2]!.system).toContain('"colour"');
  });

  it('is not asked again in another way when the model is unknown', async () => {
    const asked = ask(() => ({ status: 404, code: 'model_not_found', message: 'no such model' }));
    await expect(asked).rejects.toMatchObject({ code: 'model-server' });
    expect(apis()).toEqual(['responses']);
  });
});

describe('a bad answer', () => {
  it('may be repaired once, with its problems named', async () => {
    const answer = await ask((call) => (call.n === 0 ? { answer: { color: 'blue' } } : blue));
    expect(answer).toEqual({ colour: 'blue' });
    expect(server!.calls[1]!.repair).toContain('colour');
    expect(server!.calls[1]!.repair).toContain('{"color":"blue"}');
  });

  it('may be repaired when only the caller sees that it is bad', async () => {
    const validate = (value: Colour) => (value.colour === 'blue' ? [] : ['it must be blue']);
    const answer = await ask(
      (call) => (call.n === 0 ? { answer: { colour: 'red' } } : blue),
      {},
      { validate },
    );
    expect(answer).toEqual({ colour: 'blue' });
    expect(server!.calls[1]!.repair).toContain('it must be blue');
  });

  it.each<[string, Reply]>([
    ['malformed JSON', { text: '{"colour": ' }],
    ['the wrong shape', { answer: { colour: 7 } }],
    ['a property nobody asked for', { answer: { colour: 'blue', run: 'rm -rf /' } }],
  ])('%s twice ends as model-bad-answer after two requests', async (_, reply) => {
    await expect(ask(() => reply)).rejects.toMatchObject({ code: 'model-bad-answer' });
    expect(server!.calls).toHaveLength(2);
  });

  it.each<['incomplete' | 'refusal', string]>([
    ['incomplete', 'max_output_tokens'],
    ['refusal', 'I would rather not'],
  ])('%s is never read as an answer', async (ending, text) => {
    const asked = ask(() => ({ ending }));
    await expect(asked).rejects.toMatchObject({
      code: 'model-bad-answer',
      message: expect.stringContaining(text),
    });
  });

  it('chat that ended for length is never read as an answer', async () => {
    const asked = ask(() => ({ ending: 'incomplete' }), { api: 'chat' });
    await expect(asked).rejects.toMatchObject({ code: 'model-bad-answer' });
  });
});

describe('a server in trouble', () => {
  it('is waited for as long as it asks on 429, then answers', async () => {
    const at: number[] = [];
    const wait = { status: 429, headers: { 'retry-after': '2' } };
    const answer = (call: { n: number }) => {
      at.push(performance.now());
      return call.n === 0 ? wait : blue;
    };
    expect(await ask(answer)).toEqual({ colour: 'blue' });
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(1_990);
  });

  it('is not waited for when it asks for more than is sensible', async () => {
    const asked = ask(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    await expect(asked).rejects.toMatchObject({ code: 'model-rate-limit' });
    expect(server!.calls).toHaveLength(1);
  });

  it('is asked three times on 500', async () => {
    const failing = { status: 500, headers: { 'retry-after-ms': '5' } };
    await expect(ask(() => failing)).rejects.toMatchObject({ code: 'model-server' });
    expect(server!.calls).toHaveLength(3);
  });

  it('is not asked again when the quota is used up', async () => {
    const asked = ask(() => ({ status: 429, code: 'insufficient_quota', message: 'pay first' }));
    await expect(asked).rejects.toMatchObject({ code: 'model-rate-limit' });
    expect(server!.calls).toHaveLength(1);
  });

  it('that refuses the key is told from the rest, and the key is in no error', async () => {
    const asked = ask(() => ({ status: 401, message: `Incorrect API key provided: ${key}` }));
    const error = await asked.catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'model-auth', message: expect.stringContaining('[redacted]') });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(key.slice(8));
  });

  it('that closes the stream early is asked again, and never believed', async () => {
    const answer = await ask((call) => (call.n === 0 ? { cut: '{"colour":"red"}' } : blue));
    expect(answer).toEqual({ colour: 'blue' });
  });

  it('that says the response failed ends as model-server', async () => {
    const asked = ask(() => ({ ending: 'failed' }));
    await expect(asked).rejects.toMatchObject({
      code: 'model-server',
      message: expect.stringContaining('not today'),
    });
  });

  it('that is not there ends as model-unreachable', async () => {
    server = await startModelServer(() => blue);
    const { url } = server;
    await server.close();
    server = undefined;
    const config = { ...defaultConfig.model, base_url: url, model: 'test-model' };
    const asked = completeJson({ config, env: {}, signal: new AbortController().signal }, request);
    await expect(asked).rejects.toMatchObject({ code: 'model-unreachable' });
  });
});

it('reads only the beginning of a reason without end', async () => {
  const asked = ask(() => ({
    raw: `no such model ${'x'.repeat(3_000_000)}`,
    type: 'text/plain',
    status: 400,
  }));
  const error: Error = await asked.then(
    () => new Error('it answered'),
    (cause) => cause,
  );
  expect(error.message).toContain('no such model');
  expect(error.message.length).toBeLessThan(300_000);
});

describe('a server that sends requests on', () => {
  it('to another origin gets neither prompt nor key there', async () => {
    const other = await startModelServer(() => blue);
    try {
      const asked = ask(() => ({ status: 307, headers: { location: `${other.url}/responses` } }), {
        api: 'responses',
      });
      await expect(asked).rejects.toMatchObject({
        message: expect.stringContaining(new URL(other.url).origin),
      });
      expect(other.calls).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('within its own origin is followed', async () => {
    const answer = await ask(
      (call) => (call.n === 0 ? { status: 307, headers: { location: '/v1/other/responses' } } : blue),
      { api: 'responses' },
    );
    expect(answer).toEqual({ colour: 'blue' });
  });

  it('in a circle is not followed for ever', async () => {
    const round = ask(() => ({ status: 307, headers: { location: '/v1/responses' } }), { api: 'responses' });
    await expect(round).rejects.toMatchObject({ message: expect.stringContaining('in a circle') });
  });
});

describe('a server that stalls', () => {
  it.each<['headers' | 'body', string, Partial<typeof defaultConfig.model>]>([
    ['headers', 'connect', { connect_timeout: '150ms' }],
    ['body', 'idle', { idle_timeout: '150ms' }],
    ['body', 'total', { total_timeout: '200ms' }],
    ['headers', 'total', { total_timeout: '200ms' }],
  ])('in its %s ends by the %s clock', async (stall, clock, limits) => {
    const started = Date.now();
    const asked = ask(() => ({ stall }), limits);
    await expect(asked).rejects.toMatchObject({
      code: 'model-timeout',
      hint: expect.stringContaining(clock),
    });
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(server!.calls).toHaveLength(1);
  });

  it('ends at once when the person interrupts', async () => {
    const controller = new AbortController();
    const asked = ask(
      () => {
        controller.abort();
        return { stall: 'body' };
      },
      {},
      {},
      controller.signal,
    );
    await expect(asked).rejects.toMatchObject({ code: 'interrupted', kind: 'interrupted' });
  });
});

describe('without a model', () => {
  it.each([
    ['nothing at all is configured', {}, {}],
    ['there is a key but no model', {}, { OPENAI_API_KEY: key }],
    ['there is a model but neither key nor address', { model: 'some' }, {}],
  ])('says so when %s', async (_, config, env) => {
    const signal = new AbortController().signal;
    const asked = completeJson({ config: { ...defaultConfig.model, ...config }, env, signal }, request);
    await expect(asked).rejects.toMatchObject({ code: 'no-model' });
  });
});
