import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Agent } from '../../../../src/domain/agents/agent.js';
import type { Task } from '../../../../src/domain/store/task.js';
import { think } from '../../../../src/services/agents/model/index.js';
import { loadAgent } from '../../../../src/services/agents/roles/index.js';
import { reportSpend } from '../../../../src/services/agents/spend/index.js';
import { readLedger } from '../../../../src/services/agents/spend/ledger.js';
import { validateTask } from '../../../../src/services/landing/validation/index.js';
import { type ModelServer, type Reply, startModelServer } from '../../../support/model-server.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { addWork, openTestSession, type TestSession } from '../../../support/thinking.js';

let sandbox: Sandbox;
let server: ModelServer;
let session: TestSession;
let task: Task;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(async () => {
  await server.close();
  sandbox.cleanup();
});

/** A task that changed a file, in a repository whose model answers like this. */
async function given(reply: (n: number) => Reply, settings: object = {}): Promise<void> {
  server = await startModelServer(({ n }) => reply(n));
  session = await openTestSession(sandbox, sandbox.repo(), {
    model: { base_url: server.url, model: 'thinker' },
    prices: { thinker: { input: 2, cached: 0.5, output: 10 } },
    ...settings,
  });
  task = await addWork(sandbox, session, { title: 'Add', slug: 'add' }, { 'a.txt': 'a\n' });
}

const used = [1000, 400, 100] as const;
const cost = (600 * 2 + 400 * 0.5 + 100 * 10) / 1e6;
const review: Reply = { answer: { findings: [], summary: 'good' }, used };
const question = {
  name: 'colour',
  user: 'Which?',
  schema: { type: 'object', required: ['colour'], properties: { colour: { type: 'string' } } },
};
const ask = async (about?: Task, more: Partial<Agent> = {}) =>
  think(
    session,
    { ...(await loadAgent(session, 'validator')), ...more },
    { ...question, ...(about ? { task: about } : {}) },
  );
const blue: Reply = { answer: { colour: 'blue' }, used };

test('what the validator asks counts for its task, in tokens and money', async () => {
  await given(() => review);
  await validateTask(session, task);
  expect(await readLedger(session)).toMatchObject([
    { task: 'add', agent: 'validator', model: 'thinker', input: 1000, cached: 400, output: 100 },
  ]);
  const { tasks, total } = await reportSpend(session, []);
  expect(tasks.add?.cost).toBeCloseTo(cost);
  expect(total.tokens).toBe(1100);
});

test.each(['responses', 'chat'] as const)(
  'over %s an answer that had to be repaired counts twice',
  async (api) => {
    await given((n) => (n === 0 ? { answer: { color: 'blue' }, used } : blue));
    session.config.model.api = api;
    await ask(task);
    expect(await readLedger(session)).toMatchObject([{ input: 2000, cached: 800, output: 200 }]);
  },
);

test('an answer that was no good has been paid for all the same', async () => {
  await given(() => ({ text: 'I would rather not.', used }));
  await expect(ask(task)).rejects.toMatchObject({ code: 'model-bad-answer' });
  expect(await readLedger(session)).toMatchObject([{ input: 2000 }]);
});

test('thinking about no task counts for the repository only', async () => {
  await given(() => blue);
  await ask();
  const { tasks, total } = await reportSpend(session, []);
  expect([Object.keys(tasks), total.tokens]).toEqual([[], 1100]);
});

test('once the budget is used up nothing is asked any more', async () => {
  await given(() => blue, { manager: { budget_tokens: 1100 } });
  await ask(task);
  await expect(ask(task)).rejects.toMatchObject({ code: 'budget' });
  await expect(ask()).rejects.toMatchObject({ code: 'budget' });
  expect(server.calls).toHaveLength(1);
  const report = await validateTask(session, task);
  expect(report).toMatchObject({ verdict: 'error' });
});

test("a task's own budget holds for what is thought about it, and for nothing else", async () => {
  await given(() => blue);
  const limited = { ...task, budget: { cost } };
  await ask(limited);
  await expect(ask(limited)).rejects.toMatchObject({ code: 'budget' });
  await ask({ ...task, slug: 'other' });
});

test('a program in place of a model tells what it used too', async () => {
  await given(() => blue);
  const stream = [
    { type: 'thread.started', thread_id: 't' },
    { type: 'turn.started' },
    { type: 'item.completed', item: { id: 'i', type: 'agent_message', text: '{"colour":"blue"}' } },
    { type: 'turn.completed', usage: { input_tokens: 50, cached_input_tokens: 20, output_tokens: 5 } },
  ];
  sandbox.write(sandbox.root, {
    codex: `#!/bin/sh\n[ "$1" = features ] && exit 0\n${stream.map((line) => `echo '${JSON.stringify(line)}'`).join('\n')}\n`,
  });
  const path = `${sandbox.root}/codex`;
  chmodSync(path, 0o755);
  session.config.runner = {
    ...session.config.runner,
    codex: { ...session.config.runner.codex, path, model: 'm' },
  };
  await ask(task, { runner: 'codex' });
  expect(await readLedger(session)).toMatchObject([
    { task: 'add', model: 'm', input: 50, cached: 20, output: 5 },
  ]);
});
