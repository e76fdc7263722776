import { describe, expect, it } from '@jest/globals';
import { resolveTask } from '../../../../src/services/landing/resolution/index.js';
import {
  base,
  eachInItsOwnSandbox,
  expectUntouched,
  given,
  good,
  ours,
  server,
  theirs,
} from '../../../support/conflicted.js';
import type { Reply } from '../../../support/model-server.js';

eachInItsOwnSandbox();

const answer = (content: string | null, reason = 'both'): Reply => ({
  answer: { hunks: [{ index: 1, content, reason }] },
});

describe('a model', () => {
  it('may decline a hunk: it is not asked again, and a person is told why', async () => {
    const ground = await given({ model: () => answer(null, 'two prices exclude each other'), attempts: 3 });
    const report = await resolveTask(ground.session, ground.task);
    expect(report).toMatchObject({
      status: 'bailed-out',
      reason: expect.stringContaining('the model declines hunk 1: two prices exclude each other'),
    });
    expect(server!.calls).toHaveLength(1);
    expectUntouched(ground);
  });

  it('that cannot be used for one file is asked about the others, and once more about that one', async () => {
    const files = (text: string) => ({ 'a.txt': text, 'b.txt': text, 'c.txt': text });
    const asked: string[] = [];
    const { session, task } = await given({
      base: files(base),
      ours: files(ours),
      theirs: files(theirs),
      checks: ['true'],
      attempts: 2,
      model: ({ user }) => {
        const path = /[abc]\.txt/.exec(user)![0];
        asked.push(path);
        const bad = path === 'b.txt' && asked.filter((one) => one === 'b.txt').length < 3;
        return bad ? { answer: { hunks: [] } } : good;
      },
    });
    expect(await resolveTask(session, task)).toMatchObject({ status: 'resolved' });
    expect(asked).toEqual(['a.txt', 'b.txt', 'b.txt', 'c.txt', 'b.txt']);
  });

  it('must say the same twice where no check looks at the file', async () => {
    const two = [answer('two apples pears\n'), answer('two pears apples\n')];
    const ground = await given({ model: ({ n }) => two[n % 2]!, attempts: 1 });
    expect(await resolveTask(ground.session, ground.task)).toMatchObject({
      status: 'bailed-out',
      reason: expect.stringContaining('in two ways'),
    });
    expectUntouched(ground);
  });

  it.each([
    ['a token', `key = "AKIA${'X'.repeat(16)}"`],
    ['a password', 'password = "hunter2-and-more"'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkq\n-----END PRIVATE KEY-----'],
  ])('never sees %s that stands beside the conflict', async (_, secret) => {
    const around = (text: string) => `${secret}\n${text}`;
    const { session, task } = await given({
      base: { 'list.txt': around(base) },
      ours: { 'list.txt': around(ours) },
      theirs: { 'list.txt': around(theirs) },
      model: () => good,
    });
    expect(await resolveTask(session, task)).toMatchObject({ status: 'resolved' });
    const sent = JSON.stringify(server!.calls);
    for (const word of ['AKIAX', 'hunter2', 'MIIBVg']) expect(sent).not.toContain(word);
    expect(sent).toContain('two apples');
  });

  it('is not asked about a hunk that is too large to be shown', async () => {
    const large = (word: string) =>
      `${Array.from({ length: 9000 }, (_, at) => `${word} ${at}`).join('\n')}\n`;
    const ground = await given({
      base: { 'list.txt': 'old\n' },
      ours: { 'list.txt': large('apples') },
      theirs: { 'list.txt': large('pears') },
      model: () => good,
    });
    expect(await resolveTask(ground.session, ground.task)).toMatchObject({
      status: 'bailed-out',
      reason: expect.stringContaining('too large to be shown'),
    });
    expect(server!.calls).toHaveLength(0);
  });

  it('that is broken is asked once, not once a task', async () => {
    const { session, task } = await given({ model: () => ({ status: 401 }) });
    const model = {};
    await resolveTask(session, task, { model });
    const before = server!.calls.length;
    expect(await resolveTask(session, task, { model })).toMatchObject({
      status: 'bailed-out',
      reason: expect.stringContaining('refused the key'),
    });
    expect(server!.calls).toHaveLength(before);
  });
});
