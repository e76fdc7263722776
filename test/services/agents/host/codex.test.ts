import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { reportRun, stopRun } from '../../../../src/services/agents/runs/index.js';
import { answerApproval, interruptRun, sendMessage } from '../../../../src/services/agents/steering/index.js';
import { type Hosted, hostEachTest } from '../../../support/host.js';
import { isAlive, until } from '../../../support/runs.js';
import type { SandboxSession } from '../../../support/sandbox.js';

let hosted: Hosted;
hostEachTest((fresh) => {
  hosted = fresh;
});

const requests = () =>
  readFileSync(join(hosted.home, 'requests'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const said = (session: SandboxSession, runId: string, text: string) =>
  until(() => {
    const file = join(session.paths.runsDir, runId, 'transcript.log');
    return existsSync(file) && readFileSync(file, 'utf8').includes(text);
  });
const starts = () => readFileSync(join(hosted.home, 'started'), 'utf8');

describe('a run held by a host', () => {
  test('works, and its transcript is the conversation in both directions', async () => {
    const { session, intent } = await hosted.start({ prompt: 'edit a song' });
    const view = await hosted.over(session, intent.runId);
    expect(view).toMatchObject({ status: 'completed', exitCode: 0, sessionId: 't-1', finalText: 'Edited.' });
    expect(view.usage).toEqual({ scope: 'thread', input: 10, cached: 4, output: 2 });
    expect(readFileSync(join(hosted.root, 'edited.txt'), 'utf8')).toBe('edit a song');
    const lines = hosted
      .read(session, intent.runId, 'transcript.log')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ dir: '>', id: 1, method: 'initialize' });
    expect(lines.at(-1)).toMatchObject({ dir: 'exit', code: 0 });
    const start = requests().find(({ method }) => method === 'thread/start');
    expect(start.params).toMatchObject({
      cwd: hosted.root,
      sandbox: 'workspace-write',
      approvalPolicy: 'on-request',
      developerInstructions: 'Be kind.',
    });
    const report = await reportRun(session.paths, intent.runId);
    expect(report).toMatchObject({ edits: [join(hosted.root, 'edited.txt')], unknown: 0 });
  });

  test('a failed turn is a failed run with its code', async () => {
    const { session, intent } = await hosted.start({ prompt: 'fail' });
    const view = await hosted.over(session, intent.runId);
    expect(view).toMatchObject({ status: 'failed', exitCode: 1, error: { code: 'auth', http: 401 } });
  });

  test('a session is continued in its thread', async () => {
    const { session, intent } = await hosted.start({ prompt: 'edit on', resume: 't-9' });
    expect(await hosted.over(session, intent.runId)).toMatchObject({ status: 'completed', sessionId: 't-9' });
    expect(requests().find(({ method }) => method === 'thread/resume').params.threadId).toBe('t-9');
  });

  test('a message changes the turn under way', async () => {
    const { session, intent } = await hosted.start({ prompt: 'talk' });
    await said(session, intent.runId, 'word3');
    expect(await sendMessage(session.paths, intent.runId, 'sing instead')).toEqual({
      run: intent.runId,
      sent: 'steered',
    });
    expect(await hosted.over(session, intent.runId)).toMatchObject({
      status: 'completed',
      finalText: 'Steered: sing instead',
    });
    await expect(sendMessage(session.paths, intent.runId, 'more')).rejects.toMatchObject({
      code: 'run-over',
    });
  });

  test.each([
    ['allow', { kind: 'allow' }, 'Did it.', true],
    ['acceptForSession', { kind: 'allow-always' }, 'Did it.', true],
    ['deny', { kind: 'deny' }, 'Left it.', false],
  ])('what it asks is answered with %s', async (choice, option, text, done) => {
    const { session, intent } = await hosted.start({ prompt: 'ask first' });
    expect(await hosted.asks(session, intent.runId)).toMatchObject([
      { id: '0', kind: 'command', detail: 'rm everything', reason: 'to be sure' },
    ]);
    const answer = (given: string, approval?: string) =>
      answerApproval(session.paths, intent.runId, given, approval === undefined ? {} : { approval });
    await expect(answer('maybe')).rejects.toMatchObject({ code: 'no-option' });
    await expect(answer('allow', '7')).rejects.toMatchObject({ code: 'no-approval' });
    expect(await answer(choice, '0')).toMatchObject({ option, approval: { detail: 'rm everything' } });
    const view = await hosted.over(session, intent.runId);
    expect(view).toMatchObject({ status: 'completed', finalText: text });
    expect(view.approvals).toBeUndefined();
    expect(existsSync(join(hosted.root, 'edited.txt'))).toBe(done);
    expect((await reportRun(session.paths, intent.runId)).denied).toBe(done ? 0 : 1);
  });

  test('what nobody answers is denied after a while', async () => {
    const { session, intent } = await hosted.start({ prompt: 'ask', run: { approval_timeout: '100ms' } });
    expect(await hosted.over(session, intent.runId)).toMatchObject({
      status: 'completed',
      finalText: 'Left it.',
    });
    expect(hosted.read(session, intent.runId, 'transcript.log')).toContain('No answer came in time');
  });

  test('where nobody is to be asked, it never waits', async () => {
    const { session, intent } = await hosted.start({ prompt: 'ask', run: { approvals: 'never' } });
    expect(await hosted.over(session, intent.runId)).toMatchObject({
      status: 'completed',
      finalText: 'Left it.',
    });
    expect(requests().find(({ method }) => method === 'thread/start').params.approvalPolicy).toBe('never');
  });

  test.each(['', 'deaf'])('an interrupt ends it, and leaves no process (mode "%s")', async (mode) => {
    if (mode) hosted.mode(mode);
    const { session, intent } = await hosted.start({ prompt: 'sleep' });
    await said(session, intent.runId, 'sleeping');
    const { agent, host } = pidsOf(session, intent.runId);
    const begin = performance.now();
    await interruptRun(session.paths, intent.runId);
    expect(performance.now() - begin).toBeLessThan(10_000);
    const view = await hosted.over(session, intent.runId);
    expect(view).toMatchObject({ status: 'interrupted', sessionId: 't-1' });
    expect([agent, host].filter(isAlive)).toEqual([]);
    await expect(sendMessage(session.paths, intent.runId, 'hello')).rejects.toMatchObject({
      code: 'run-over',
    });
  });

  test('a stop is an interrupt first', async () => {
    const { session, intent } = await hosted.start({ prompt: 'sleep' });
    await said(session, intent.runId, 'sleeping');
    await stopRun(session.paths, intent.runId, 'interrupt');
    expect(requests().some(({ method }) => method === 'turn/interrupt')).toBe(true);
    expect(await hosted.over(session, intent.runId)).toMatchObject({ status: 'interrupted', exitCode: 130 });
  });

  test('a host that is killed loses nothing that was said, and the work is not begun anew', async () => {
    const { session, intent } = await hosted.start({ prompt: 'talk' });
    await said(session, intent.runId, 'word3');
    const { host } = pidsOf(session, intent.runId);
    process.kill(host, 'SIGKILL');
    const view = await hosted.over(session, intent.runId);
    expect(view).toMatchObject({
      status: 'crashed',
      exitCode: 137,
      sessionId: 't-1',
      error: { code: 'killed' },
    });
    expect(hosted.read(session, intent.runId, 'transcript.log')).toContain('word3');
    expect(starts()).not.toContain('exec');
  });

  test("its control socket is the owner's alone, and works however deep the directory is", async () => {
    const { session, intent } = await hosted.start({ prompt: 'talk' });
    await said(session, intent.runId, 'word1');
    const socket = join(session.paths.runsDir, intent.runId, 'control.sock');
    expect(Buffer.byteLength(socket)).toBeGreaterThan(80);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    await sendMessage(session.paths, intent.runId, 'enough');
    await hosted.over(session, intent.runId);
    expect(existsSync(socket)).toBe(false);
  });
});

describe('an app-server that cannot be used', () => {
  test.each(['gone', 'garbage', 'refuse', 'hang'])(
    '(%s) makes way for exec, and the transcript says so',
    async (mode) => {
      hosted.mode(mode);
      const { session, intent } = await hosted.start({
        prompt: 'edit',
        run: { connect_timeout: '1s', approvals: 'never' },
      });
      const view = await hosted.over(session, intent.runId);
      expect(view).toMatchObject({ status: 'completed', sessionId: 't-exec', finalText: 'Done by exec.' });
      expect(readFileSync(join(hosted.root, 'by-exec.txt'), 'utf8')).toBe('edit');
      expect(existsSync(join(hosted.root, 'edited.txt'))).toBe(false);
      const { events } = await reportRun(session.paths, intent.runId);
      expect(events).toContainEqual({
        type: 'warning',
        message: expect.stringContaining('going on one-way'),
      });
      expect(events).toContainEqual({
        type: 'warning',
        message: expect.stringContaining('could not be used'),
      });
    },
  );

  test('a host that dies before it gave any work makes way too, one that was stopped does not', async () => {
    hosted.mode('hang');
    const first = await hosted.start({ prompt: 'edit' });
    await said(first.session, first.intent.runId, 'initialize');
    process.kill(pidsOf(first.session, first.intent.runId).host, 'SIGKILL');
    const view = await hosted.over(first.session, first.intent.runId);
    expect(view).toMatchObject({ status: 'completed', finalText: 'Done by exec.' });
    const second = await hosted.start({ prompt: 'edit' });
    await said(second.session, second.intent.runId, 'initialize');
    await stopRun(second.session.paths, second.intent.runId, 'interrupt');
    expect(await hosted.over(second.session, second.intent.runId)).toMatchObject({ status: 'interrupted' });
    expect(starts().match(/^exec/gm)).toHaveLength(1);
  });
});

test('a run of a one-way runner takes no messages, and says so', async () => {
  const { session, intent } = await hosted.start({ prompt: 'sleep', agent: { runner: 'codex' } });
  const path = join(session.paths.runsDir, intent.runId, 'intent.json');
  writeFileSync(path, JSON.stringify({ ...intent, stream: 'codex-exec' }));
  await expect(sendMessage(session.paths, intent.runId, 'hello')).rejects.toMatchObject({
    code: 'cannot-steer',
    hint: expect.stringContaining('app-server'),
  });
});

/** The pid that was recorded is the shell's; the host is its child. */
function pidsOf(session: SandboxSession, runId: string): { agent: number; host: number } {
  const agent = JSON.parse(hosted.read(session, runId, 'pid.json')).pid as number;
  const children = readFileSync(`/proc/${agent}/task/${agent}/children`, 'utf8').trim().split(' ');
  return { agent, host: Number(children[0]) };
}
