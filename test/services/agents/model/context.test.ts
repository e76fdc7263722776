import { afterEach, expect, test } from '@jest/globals';
import { defaultConfig } from '../../../../src/domain/store/config.js';
import { contextOf } from '../../../../src/services/agents/model/context.js';
import { completeJson } from '../../../../src/services/agents/model/index.js';
import { type ModelServer, startModelServer } from '../../../support/model-server.js';

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server that tells this of itself, and what is asked of it. */
async function access(tells: Record<string, unknown>, more: Partial<typeof defaultConfig.model> = {}) {
  server = await startModelServer(
    () => ({ status: 400, message: 'the maximum context length is 2048 tokens' }),
    tells,
  );
  const config = { ...defaultConfig.model, base_url: server.url, model: 'toy', ...more };
  return { config, env: {}, signal: new AbortController().signal };
}

test('how much a model takes is found out where its server tells it', async () => {
  expect(
    await contextOf(await access({ '/v1/models': { data: [{ id: 'toy', max_model_len: 8192 }] } })),
  ).toBe(8192);
  await server?.close();
  expect(await contextOf(await access({ '/props': { default_generation_settings: { n_ctx: 4096 } } }))).toBe(
    4096,
  );
  await server?.close();
  expect(await contextOf(await access({ '/api/show': { parameters: 'num_ctx 16384' } }))).toBe(16384);
});

test('what is configured counts, and a server that tells nothing limits nothing', async () => {
  expect(await contextOf(await access({}, { context: 1234 }))).toBe(1234);
  await server?.close();
  expect(await contextOf(await access({}))).toBeUndefined();
  await server?.close();
  expect(await contextOf(await access({}, { base_url: 'http://127.0.0.1:9/v1' }))).toBeUndefined();
});

test('a question that was too long teaches how much the model takes', async () => {
  const asking = await access({});
  const request = { name: 'a', system: 'b', user: 'c', schema: { type: 'object' } };
  await expect(completeJson(asking, request)).rejects.toMatchObject({ code: 'model-context' });
  expect(await contextOf(asking)).toBe(2048);
});
