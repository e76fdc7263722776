import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { editStub, interview } from '../../../../src/services/app/author/index.js';
import type { Ask } from '../../../../src/services/app/types.js';
import { addTasks, tasksOf } from '../../../../src/services/store/tasks/index.js';
import {
  type ModelCall,
  type ModelServer,
  type Reply,
  startModelServer,
} from '../../../support/model-server.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { openTestSession, type TestSession } from '../../../support/thinking.js';

let sandbox: Sandbox;
let server: ModelServer | undefined;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  sandbox.cleanup();
});

async function open(
  model?: (call: ModelCall) => Reply,
  connect = '30s',
  tells: Record<string, unknown> = {},
): Promise<TestSession> {
  const root = sandbox.repo();
  if (model) server = await startModelServer(model, tells);
  const settings = server ? { model: { base_url: server.url, model: 'test', connect_timeout: connect } } : {};
  const session = await openTestSession(sandbox, root, settings);
  await addTasks(session, [{ title: 'Store the list', slug: 'store' }], { writeStubs: false });
  return session;
}

/** A person who gives these answers in turn; a question too many fails the test. */
function person(answers: { text?: (string | undefined)[]; confirm?: boolean[]; choose?: string[] }) {
  const asked: string[] = [];
  const next = <T>(list: T[] | undefined, question: string): T => {
    asked.push(question);
    if (!list || list.length === 0) throw new Error(`Nobody answers: ${question}`);
    return list.shift()!;
  };
  const ask: Ask = {
    text: async (question) => next(answers.text, question),
    confirm: async (question) => next(answers.confirm, question),
    choose: async (question, choices) => {
      const choice = next(answers.choose, question) as (typeof choices)[number];
      expect(choices).toContain(choice);
      return choice;
    },
  };
  return { ask, asked };
}

const askFor = (question: string): Reply => ({ answer: { action: 'ask', question, draft: null } });
const draft = (more: object = {}): Reply => ({
  answer: {
    action: 'draft',
    question: null,
    draft: {
      title: 'Sort the list',
      goal: 'The list is sorted by name.',
      acceptance: ['a before b'],
      touches: ['src/list.ts'],
      depends_on: ['store'],
      ...more,
    },
  },
});
const slugs = async (session: TestSession) =>
  tasksOf(await session.registry.read(), session.repo.id).map((task) => task.slug);

describe('with a model', () => {
  it('asks, drafts, shows the stub, and writes nothing itself', async () => {
    const session = await open((call) => (call.n === 0 ? askFor('Ascending?') : draft()));
    const { ask, asked } = person({ text: ['yes'], choose: ['accept'] });
    expect(await interview(session, ask, { title: 'Sort the list' })).toMatchObject({
      title: 'Sort the list',
      goal: 'The list is sorted by name.',
      acceptance: ['a before b'],
      touches: ['src/list.ts'],
      dependsOn: ['store'],
    });
    expect(asked).toEqual(['Ascending?', expect.stringContaining('depends_on = ["store"]')]);
    expect(server!.calls[1]!.user).toContain('Question: Ascending?\nAnswer: yes');
    expect(server!.calls[0]!.user).toContain('store: Store the list');
    expect(await slugs(session)).toEqual(['store']);
    expect(sandbox.git(session.root, 'status', '--porcelain')).toBe('');
  });

  it.each([
    ['tells how much it takes', { '/v1/models': { data: [{ id: 'test', max_model_len: 6000 }] } }, [0]],
    ['says so only when it refuses', {}, [1]],
  ])('cuts what a model does not take at once, with a word: its server %s', async (_, tells, answered) => {
    const refusal = { status: 400, message: 'the maximum context length is 6000 tokens' };
    const session = await open((call) => (call.user.length > 14_000 ? refusal : draft()), '30s', tells);
    const many = Array.from({ length: 400 }, (_, at) => ({ title: `Mend the thing number ${at}` }));
    await addTasks(session, many, { writeStubs: false });
    const { ask } = person({ choose: ['accept'] });
    expect(await interview(session, ask, { goal: 'Sort it by name.' })).toMatchObject({
      title: 'Sort the list',
    });
    expect(server!.calls.map(({ n }) => n).slice(-1)).toEqual(answered);
    const { user } = server!.calls.at(-1)!;
    expect(user).toMatch(/\[\d+ more characters are left out\]/);
    expect(user).toContain('Sort it by name.');
    expect(JSON.stringify(session.events)).toContain('gets only a part of tasks (the first');
  });

  it('asks at most five questions, whatever the model would like', async () => {
    const session = await open((call) =>
      call.user.includes('Draft now') ? draft() : askFor(`Question ${call.n + 1}?`),
    );
    const { ask, asked } = person({ text: ['1', '2', '3', '4', '5'], choose: ['accept'] });
    expect(await interview(session, ask, {})).toMatchObject({ title: 'Sort the list' });
    expect(asked.filter((question) => question.startsWith('Question'))).toHaveLength(5);
  });

  it('drafts at once when the person skips a question', async () => {
    const session = await open((call) => (call.n === 0 ? askFor('Why?') : draft()));
    const { ask } = person({ text: [undefined], choose: ['drop'] });
    expect(await interview(session, ask, {})).toBeUndefined();
    expect(server!.calls[1]!.user).toContain('Draft now');
    expect(await slugs(session)).toEqual(['store']);
  });

  it('keeps what the person gave, and repairs a dependency on nothing', async () => {
    const session = await open((call) =>
      call.n === 0 ? draft({ depends_on: ['moon'] }) : draft({ title: 'Other' }),
    );
    const { ask } = person({ choose: ['accept'] });
    expect(await interview(session, ask, { title: 'Mine', priority: 'high' })).toMatchObject({
      title: 'Mine',
      priority: 'high',
      dependsOn: ['store'],
    });
    expect(server!.calls[1]!.repair).toContain('moon');
  });

  it.each<[string, Reply]>([
    ['malformed', { text: 'no' }],
    ['late', { stall: 'headers' }],
    ['over its limit', { status: 429, headers: { 'retry-after': '3600' } }],
  ])('that is %s asks plainly instead, and says why', async (_, reply) => {
    const session = await open(() => reply, 'stall' in reply ? '300ms' : '30s');
    const { ask } = person({
      text: ['Sort it', 'So that it is sorted', '- a first\n- b then'],
      choose: ['accept'],
    });
    expect(await interview(session, ask, {})).toMatchObject({
      title: 'Sort it',
      acceptance: ['a first', 'b then'],
    });
    expect(session.events).toContainEqual(expect.objectContaining({ type: 'noted', level: 'warning' }));
  });
});

describe('without a model', () => {
  it('asks plainly, and offers the tasks that are named', async () => {
    const session = await open();
    const { ask, asked } = person({
      text: ['Sort it', 'After "Store the list".', ''],
      confirm: [true],
      choose: ['accept'],
    });
    expect(await interview(session, ask, {})).toMatchObject({ title: 'Sort it', dependsOn: ['store'] });
    expect(asked[3]).toContain('store');
  });

  it('is over when the person gives no title', async () => {
    expect(await interview(await open(), person({ text: [''] }).ask, {})).toBeUndefined();
  });

  it('lets the stub be edited until it can be added', async () => {
    const session = await open();
    const { ask, asked } = person({
      text: ['', '+++\ntitle = "Broken\n+++\n', '+++\ntitle = "Sorted"\nslug = "sorted"\n+++\n\nBy name.\n'],
      choose: ['edit', 'edit', 'accept'],
    });
    const made = await interview(session, ask, { title: 'Sort', goal: 'g' });
    expect(made).toMatchObject({ title: 'Sorted', slug: 'sorted', goal: 'By name.' });
    expect(asked.at(-3)).toContain('This cannot be added');
  });
});

describe('the editor', () => {
  /** An editor that does this with the file it is given. */
  const editor = (script: string) => {
    const path = join(sandbox.root, 'editor');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { env: { ...sandbox.env, TMPDIR: sandbox.root, EDITOR: path }, root: sandbox.root };
  };

  it('gives the stub that was saved, and takes its file away', async () => {
    const seen = join(sandbox.root, 'seen');
    const session = editor(
      `cp "$1" ${seen}; dirname "$1" > ${seen}.folder; printf '+++\\ntitle = "Sort"\\n+++\\n\\nNow.\\n' > "$1"`,
    );
    expect(await editStub(session, { labels: ['x'] })).toMatchObject({ title: 'Sort', goal: 'Now.' });
    expect(readFileSync(seen, 'utf8')).toContain('labels = ["x"]');
    expect(() => readdirSync(readFileSync(`${seen}.folder`, 'utf8').trim())).toThrow('ENOENT');
  });

  it('that saves nothing adds nothing', async () => {
    await expect(editStub(editor('true'), {})).rejects.toMatchObject({ code: 'nothing-written' });
  });

  it('that saves nonsense loses nothing', async () => {
    const error = await editStub(editor('echo "+++" > "$1"'), {}).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'stub-invalid' });
    expect(readFileSync(/'(.+)'/.exec(error.hint)![1]!, 'utf8')).toBe('+++\n');
  });

  it('that fails is named', async () => {
    await expect(editStub(editor('exit 4'), {})).rejects.toMatchObject({ code: 'editor-failed' });
    const none = { env: { ...sandbox.env, TMPDIR: sandbox.root, VISUAL: '/no/editor' }, root: sandbox.root };
    await expect(editStub(none, {})).rejects.toMatchObject({ code: 'editor-failed' });
  });
});
