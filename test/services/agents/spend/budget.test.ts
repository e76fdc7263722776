import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import { inspectRun } from '../../../../src/services/agents/runs/index.js';
import { readLedger, recordSpend } from '../../../../src/services/agents/spend/ledger.js';
import { drive, resumeTask } from '../../../../src/services/app/manager/index.js';
import { requireTask } from '../../../../src/services/store/tasks/index.js';
import { until } from '../../../support/runs.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let session: SandboxSession;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Stands in for codex: works as told, and tells 1000 tokens in and 100 out for each run of a conversation so far. */
async function open(work: string, manager: object = {}, run: object = {}): Promise<void> {
  const path = join(sandbox.root, 'codex');
  writeFileSync(
    path,
    `#!/bin/sh
[ "$1" = features ] && exit 0
case "$*" in *resume*) n=2000 ;; *) n=1000 ;; esac
usage() { echo "{\\"type\\":\\"turn.completed\\",\\"usage\\":{\\"input_tokens\\":$n,\\"cached_input_tokens\\":400,\\"output_tokens\\":100}}"; }
echo '{"type":"thread.started","thread_id":"t1"}'
echo '{"type":"turn.started"}'
echo x >> "$(basename "$PWD").txt"
${work}
usage
`,
  );
  chmodSync(path, 0o755);
  const repo = sandbox.repo();
  session = await sandbox.session(repo, {
    runner: { codex: { path, args: [], model: 'm', env_allow: [] } } as never,
    manager: { budget_tokens: 0, ...manager } as never,
    prices: { m: { input: 2, cached: 0.5, output: 10 } },
    worktree: { spare: 0 } as never,
    run: run as never,
  });
}

const task = (slug: string, more: Partial<Task> = {}) =>
  sandbox.task(session, slug, { launch: { land: false, at: new Date().toISOString() }, ...more });
const play = () => drive(session, { until: 'rest' });

test('every run is counted once, in tokens and money, and told as it goes', async () => {
  await open('');
  await task('one');
  await task('two', { model: 'other' });
  const { spend } = await play();
  expect(spend.tasks).toMatchObject({
    one: { tokens: 1100, input: 1000, cached: 400, output: 100, cost: (600 * 2 + 400 * 0.5 + 1000) / 1e6 },
    two: { tokens: 1100, unpriced: 1100 },
  });
  expect(
    session.events.some((event) => event.type === 'spend.counted' && event.spend.total.tokens === 2200),
  ).toBe(true);
  const [first] = await readLedger(session);
  await recordSpend(session, first!);
  appendFileSync(join(session.paths.stateDir, 'spend', 'r1.jsonl'), '{"run":"cut o');
  await recordSpend(session, { ...first!, run: 'more' });
  expect((await readLedger(session)).map(({ run }) => run).sort()).toEqual([
    'more',
    'one-t-one-1',
    'two-t-two-1',
  ]);
});

test('a resumed conversation is not counted twice', async () => {
  await open('');
  await task('one');
  await play();
  await resumeTask(
    session,
    await requireTask(session, 'one'),
    { sessionId: 't1', runner: 'codex' },
    'Go on.',
  );
  const { spend } = await play();
  // 1000 and 100 at first; 2000 and 100 in the whole conversation after it.
  expect(spend.tasks.one).toMatchObject({ input: 2000, output: 100, cached: 400 });
});

test('a budget that is used up launches nothing more, and says so', async () => {
  await open('', { budget_tokens: 1500 }, { max_parallel: 1 });
  for (const slug of ['a', 'b', 'c']) await task(slug);
  const { tasks, spend } = await play();
  expect(tasks.map(({ status }) => status)).toEqual(['done', 'done', 'ready']);
  expect(tasks[2]).toMatchObject({
    problem: { code: 'budget', message: expect.stringContaining('2.2k tokens of 1.5k') },
  });
  expect(tasks[2]!.launch).toBeUndefined();
  expect(spend).toMatchObject({ state: 'spent', counted: { tokens: 2200 } });
  await expect(
    resumeTask(session, tasks[0]!, { sessionId: 't1', runner: 'codex' }, 'Go on.'),
  ).rejects.toMatchObject({ code: 'budget' });
});

test('while live runs are expected to use up the rest, nothing more is launched; the wish stays', async () => {
  await open('case "$PWD" in */slow) while [ ! -e ../go ]; do sleep 0.05; done ;; esac', {
    budget_tokens: 3000,
  });
  await task('first');
  await play();
  await task('slow');
  const playing = drive(session, { until: 'rest' });
  // Its run has to be known as live: what a task will use is expected from then on.
  await until(() =>
    session.events.some((event) => event.type === 'run.started' && event.run.task === 'slow'),
  );
  // 1.1k are used and 1.1k expected: a third run would not fit any more, were `slow` to use as much again.
  await recordSpend(session, { ...(await readLedger(session))[0]!, run: 'thought' });
  await task('third');
  await until(() =>
    session.events.some((event) => event.type === 'spend.counted' && event.spend.state === 'held'),
  );
  await sleep(1500);
  expect(await requireTask(session, 'third')).toMatchObject({ status: 'ready', launch: {}, runIds: [] });
  writeFileSync(join((await requireTask(session, 'slow')).worktree!, '../go'), '');
  const { tasks } = await playing;
  expect(tasks.map(({ slug, status }) => [slug, status])).toEqual([
    ['first', 'done'],
    ['slow', 'done'],
    ['third', 'ready'],
  ]);
});

test('what runs is stopped once the budget is used up, and its work is kept', async () => {
  await open('usage; case "$PWD" in */slow) echo "{\\"type\\":\\"turn.started\\"}"; sleep 300 ;; esac', {
    budget_tokens: 2000,
  });
  const slow = await task('slow');
  await task('quick');
  const { tasks } = await play();
  expect(tasks[0]).toMatchObject({ status: 'needs-input', problem: { code: 'budget' } });
  expect(tasks[1]).toMatchObject({ status: 'done' });
  const run = await inspectRun(session.paths, tasks[0]!.runIds[0]!);
  expect(run).toMatchObject({ status: 'interrupted', requested: 'budget', spent: { input: 1000 } });
  expect(sandbox.git(session.root, 'show', `${slow.branch}:slow.txt`)).toBe('x');
});

test("a task's own budget stops its run, and refuses the next", async () => {
  await open('usage; echo "{\\"type\\":\\"turn.started\\"}"; sleep 300');
  await task('one', { budget: { cost: 0.001 } });
  await play();
  const after = await requireTask(session, 'one');
  expect(after.problem?.code).toBe('budget');
  await expect(
    resumeTask(session, after, { sessionId: 't1', runner: 'codex' }, 'Go on.'),
  ).rejects.toMatchObject({
    code: 'budget',
    hint: expect.stringContaining('--budget-cost'),
  });
});

test("an agent's budget holds for each of its runs", async () => {
  await open('usage; echo "{\\"type\\":\\"turn.started\\"}"; sleep 300');
  mkdirSync(join(session.paths.configDir, 'agents'), { recursive: true });
  writeFileSync(join(session.paths.configDir, 'agents', 'developer.toml'), '[budget]\ntokens = 1000\n');
  await task('one');
  await play();
  expect((await requireTask(session, 'one')).problem?.code).toBe('budget');
  const intent = JSON.parse(readFileSync(join(session.paths.runsDir, 'one-t-one-1', 'intent.json'), 'utf8'));
  expect(intent.limits.budget).toEqual({ tokens: 1000 });
});
