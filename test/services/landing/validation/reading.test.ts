import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { validateTask } from '../../../../src/services/landing/validation/index.js';
import { type ModelServer, startModelServer } from '../../../support/model-server.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { addWork, openTestSession } from '../../../support/thinking.js';

let sandbox: Sandbox;
let server: ModelServer;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(async () => {
  await server.close();
  sandbox.cleanup();
});

/** A task that adds two files of eleven thousand characters, and a model that takes few at once. */
async function given(tells: Record<string, unknown>) {
  server = await startModelServer(
    ({ user }) =>
      user.length > 20_000
        ? { status: 400, message: 'the maximum context length is 8192 tokens' }
        : { answer: { findings: [], summary: 'read' } },
    tells,
  );
  const model = { base_url: server.url, model: 'small', api: 'chat' };
  const session = await openTestSession(sandbox, sandbox.repo({ 'a.txt': 'a\n' }), { model } as never);
  const text = 'twelve chars\n'.repeat(800);
  const task = await addWork(
    sandbox,
    session,
    { title: 'Add two', slug: 'two' },
    { 'b.txt': text, 'c.txt': text },
  );
  return { session, task };
}

test('a change is read in parts that the model takes, with a word', async () => {
  const { session, task } = await given({ '/v1/models': { data: [{ id: 'small', max_model_len: 8192 }] } });
  expect(await validateTask(session, task)).toMatchObject({ verdict: 'pass' });
  expect(server.calls).toHaveLength(2);
  expect(session.events).toContainEqual(
    expect.objectContaining({
      message: expect.stringMatching(/read in 2 parts, since small takes 8192 tokens/),
    }),
  );
});

test('a server that tells only when a question is too long is asked again in parts', async () => {
  const { session, task } = await given({});
  expect(await validateTask(session, task)).toMatchObject({ verdict: 'pass' });
  expect(server.calls).toHaveLength(3);
});
