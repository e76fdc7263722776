import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readTextFile, writeTextFile } from '../../../../src/services/agents/host/files.js';
import { inspectRun, reportRun } from '../../../../src/services/agents/runs/index.js';
import { answerApproval, interruptRun, sendMessage } from '../../../../src/services/agents/steering/index.js';
import { type Hosted, hostEachTest } from '../../../support/host.js';
import { until } from '../../../support/runs.js';

let hosted: Hosted;
hostEachTest((fresh) => {
  hosted = fresh;
});

const acp = (more: Partial<Parameters<Hosted['start']>[0]> & { prompt: string }) =>
  hosted.start({ ...more, agent: { runner: 'acp', ...more.agent } });
const edited = () => {
  const path = join(hosted.root, 'edited.txt');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

describe('an agent that speaks ACP', () => {
  test.each([
    ['allow', 'by once\n', 'Edited.'],
    ['always', 'by always\n', 'Edited.'],
    ['deny', undefined, 'Left it.'],
  ])('asks, and is answered with %s', async (choice, content, finalText) => {
    const { session, intent } = await acp({ prompt: 'edit it' });
    const asking = await hosted.asks(session, intent.runId);
    expect(asking).toMatchObject([{ kind: 'edit', detail: join(hosted.root, 'edited.txt') }]);
    await answerApproval(session.paths, intent.runId, choice);
    const view = await hosted.over(session, intent.runId);
    expect(view).toMatchObject({ status: 'completed', finalText, sessionId: 's-1', exitCode: 0 });
    expect(edited()).toBe(content);
    const report = await reportRun(session.paths, intent.runId);
    expect(report).toMatchObject({ denied: content ? 0 : 1, toolsFailed: 0, unknown: 0 });
  });

  test('without anybody to ask, its sandbox mode answers', async () => {
    const run = { approvals: 'never' } as const;
    const first = await acp({ prompt: 'edit', run });
    expect(await hosted.over(first.session, first.intent.runId)).toMatchObject({
      status: 'completed',
      finalText: 'Edited.',
      usage: { scope: 'run', input: 7, cached: 4, output: 2 },
    });
    expect(edited()).toBe('by once\n');
    const second = await acp({ prompt: 'edit', run, agent: { sandbox: 'read-only' } });
    expect(await hosted.over(second.session, second.intent.runId)).toMatchObject({ finalText: 'Left it.' });
  });

  test('writes nothing outside of its worktree', async () => {
    const { session, intent } = await acp({ prompt: 'outside', run: { approvals: 'never' } });
    const view = await hosted.over(session, intent.runId);
    expect(view.finalText).toContain('is not a file of the worktree');
    expect(existsSync(join(hosted.root, '..', 'escaped.txt'))).toBe(false);
  });

  test('is cancelled in words', async () => {
    const { session, intent } = await acp({ prompt: 'sleep' });
    await until(async () => (await inspectRun(session.paths, intent.runId)).lastLine === 'Sleeping');
    await interruptRun(session.paths, intent.runId);
    const view = await hosted.over(session, intent.runId);
    expect(view).toMatchObject({ status: 'interrupted', exitCode: 130, sessionId: 's-1' });
    expect(hosted.read(session, intent.runId, 'transcript.log')).toContain('"stopReason":"cancelled"');
  });

  test('a message waits for its turn, and none is lost', async () => {
    const { session, intent } = await acp({ prompt: 'edit' });
    await hosted.asks(session, intent.runId);
    expect(await sendMessage(session.paths, intent.runId, 'And then sing')).toMatchObject({ sent: 'queued' });
    await answerApproval(session.paths, intent.runId, 'allow');
    expect(await hosted.over(session, intent.runId)).toMatchObject({
      status: 'completed',
      finalText: 'You said: And then sing',
    });
    expect(edited()).toBe('by once\n');
  });

  test('continues a session, and what that replays is not told again', async () => {
    const { session, intent } = await acp({ prompt: 'hello', resume: 's-1' });
    expect(await hosted.over(session, intent.runId)).toMatchObject({
      status: 'completed',
      finalText: 'You said: hello',
    });
    const { events } = await reportRun(session.paths, intent.runId);
    expect(JSON.stringify(events)).not.toContain('said before');
  });

  test.each([
    ['another version', { acp: ['--version-9'] }, 'bad_usage'],
    ['no login', { acp: ['--login'] }, 'auth'],
    ['a failed prompt', { prompt: 'fail' }, 'rate_limit'],
  ])('%s is a failure', async (_, more, code) => {
    const { session, intent } = await acp({ prompt: 'say', ...more });
    const view = await hosted.over(session, intent.runId);
    expect(view.status).toBe('failed');
    expect(view.error?.code).toBe(code);
  });

  test('logs in the way it is told to', async () => {
    const { session, intent } = await acp({ prompt: 'say', acp: ['--login'], auth: 'key' });
    expect(await hosted.over(session, intent.runId)).toMatchObject({ status: 'completed' });
  });

  test('is refused before it starts when none is configured', async () => {
    const session = await hosted.sandbox.session(hosted.root);
    const task = await hosted.sandbox.task(session, 'solo', { worktree: hosted.root });
    const { prepareRun } = await import('../../../../src/services/agents/runs/index.js');
    const { developer } = await import('../../../support/host.js');
    const preparing = prepareRun(session, {
      task,
      agent: { ...developer, runner: 'acp' },
      prompt: '',
      attempt: 1,
    });
    await expect(preparing).rejects.toMatchObject({ code: 'runner-not-found', hint: expect.any(String) });
  });
});

describe('files for an agent', () => {
  test("are those of the worktree, links followed, and never git's own", async () => {
    const root = hosted.root;
    const outside = join(hosted.sandbox.root, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), 'secret');
    symlinkSync(outside, join(root, 'way-out'));
    symlinkSync(join(outside, 'new'), join(root, 'new'));
    await writeTextFile(root, join(root, 'a', 'b', 'c.txt'), 'one\ntwo\nthree');
    expect(await readTextFile(root, join(root, 'a/b/c.txt'), { line: 2, limit: 1 })).toBe('two');
    for (const path of [
      'way-out/secret',
      '.git/config',
      '.GIT/config',
      '../outside/secret',
      'sub/../../outside/x',
      '.',
    ]) {
      const full = path.includes('..') ? `${root}/${path}` : join(root, path);
      await expect(writeTextFile(root, full, 'x')).rejects.toMatchObject({ code: 'outside-worktree' });
    }
    await expect(readTextFile(root, join(root, 'way-out/secret'))).rejects.toMatchObject({
      code: 'outside-worktree',
    });
    await expect(writeTextFile(root, join(root, 'new'), 'x')).rejects.toThrow();
    expect(existsSync(join(outside, 'new'))).toBe(false);
    await expect(readTextFile(root, 'relative')).rejects.toMatchObject({ code: 'outside-worktree' });
  });
});
