/** Tests that a model writes for the sides of a merge: real processes, a model on loopback. */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resolveLines } from '../../../../src/commands/merge/print.js';
import { resolveTask } from '../../../../src/services/landing/resolution/index.js';
import {
  base,
  eachInItsOwnSandbox,
  expectUntouched,
  given,
  sandbox,
  server,
} from '../../../support/conflicted.js';
import type { ModelCall, Reply } from '../../../support/model-server.js';

eachInItsOwnSandbox();

const merged = (content: string): Reply => ({ answer: { hunks: [{ index: 1, content, reason: 'both' }] } });
const good = merged('two apples pears\n');
const says = (word: string): Reply => ({ answer: { text: `grep -q ${word} list.txt\n`, reason: word } });
const isTest = ({ schema }: ModelCall) => schema === 'side_test';
const isOurs = ({ user }: ModelCall) => user.includes("the task's branch");

/** A conflict with such tests set up. `tests`: what the model answers when it is asked for one. */
async function tested(tests: (call: ModelCall) => Reply, answers: readonly Reply[] = [good], attempts = 1) {
  let asked = 0;
  const ground = await given({
    checks: ['true'],
    attempts,
    model: (call) => (isTest(call) ? tests(call) : answers[Math.min(asked++, answers.length - 1)]!),
  });
  ground.session.config.resolver.side_test = {
    run: ['sh', '{path}'],
    path: 'checks/side.sh',
    timeout: '20s',
  };
  return ground;
}
const both = (call: ModelCall) => says(isOurs(call) ? 'apples' : 'pears');
const testCalls = () => server!.calls.filter(isTest);

describe('tests of the sides', () => {
  it('are asked for only where they are set up', async () => {
    const { session, task } = await given({ checks: ['true'], model: () => good });
    expect(await resolveTask(session, task)).toMatchObject({ status: 'resolved' });
    expect(testCalls()).toEqual([]);
  });

  it('that pass on their side and on the merge are told, and nothing of them is committed', async () => {
    const { session, task } = await tested(both);
    const report = await resolveTask(session, task);
    expect(report).toMatchObject({
      status: 'resolved',
      sideTests: [
        { side: 'ours', status: 'passes' },
        { side: 'theirs', status: 'passes' },
      ],
      files: [{ certificate: { reason: expect.stringContaining('passes the test of theirs') } }],
    });
    expect(sandbox.git(session.root, 'ls-tree', '-r', '--name-only', task.branch)).not.toContain('side.sh');
    expect(resolveLines(report).join('\n')).toContain('test of ours: passes, it passes on its side');
    expect(testCalls().map(({ user }) => user.includes('Apples are on the list.'))).toEqual([true, false]);
  });

  it('that fail on the merge hold it back, and the model is asked again with what they said', async () => {
    const held = await tested(both, [merged('two apples, pear salad with pears\n')]);
    // This one says "pears" and "apples": the test of theirs looks for the word alone.
    held.session.config.resolver.side_test.run = ['sh', '-c', '! grep -q salad list.txt && sh {path}'];
    const report = await resolveTask(held.session, held.task);
    expect(report).toMatchObject({
      status: 'bailed-out',
      reason: expect.stringContaining('the test of ours passes on ours and fails on the merged tree'),
      sideTests: [{ status: 'fails' }, { status: 'fails' }],
    });
    expectUntouched(held);
  });

  it('are written once for all attempts', async () => {
    const { session, task } = await tested(both, [merged('two apples, pear salad with pears\n'), good], 2);
    session.config.resolver.side_test.run = ['sh', '-c', '! grep -q salad list.txt && sh {path}'];
    expect(await resolveTask(session, task)).toMatchObject({ status: 'resolved' });
    expect(testCalls()).toHaveLength(2);
    const again = server!.calls.filter((call) => !isTest(call))[1]!.user;
    expect(again).toContain('the test of theirs passes on theirs and fails on the merged tree');
  });

  it.each<[string, Reply, string, string]>([
    [
      'declined',
      { answer: { text: null, reason: 'only words change' } },
      'none',
      'the model declines: only words change',
    ],
    ['empty', { answer: { text: ' \n', reason: 'x' } }, 'none', 'an empty test'],
    ['failing on their own side', says('plums'), 'none', 'it does not pass on its own side'],
    [
      'with a secret',
      { answer: { text: `# AKIA${'X'.repeat(16)}\n`, reason: 'x' } },
      'none',
      'looks like a secret',
    ],
    ['never answered well', { text: 'no JSON at all' }, 'unknown', 'cannot be used'],
  ])('%s are told and say nothing about the merge', async (_, reply, status, reason) => {
    const { session, task } = await tested((call) => (isOurs(call) ? reply : says('pears')));
    expect(await resolveTask(session, task)).toMatchObject({
      status: 'resolved',
      sideTests: [
        { side: 'ours', status, reason: expect.stringContaining(reason) },
        { side: 'theirs', status: 'passes' },
      ],
    });
  });

  it('that cannot be run on the merge are unknown, and no success', async () => {
    const { session, task } = await tested(both);
    // Only the merge has both words: there the program is ended by a signal.
    session.config.resolver.side_test.run = [
      'sh',
      '-c',
      'grep -q "apples pears" list.txt && kill -9 $$; sh {path}',
    ];
    const report = await resolveTask(session, task);
    expect(report.sideTests).toMatchObject([{ status: 'unknown' }, { status: 'unknown' }]);
    expect(JSON.stringify(report.files)).not.toContain('the test of');
  });

  it('are never written behind a link, nor over a file of the repository', async () => {
    const outside = join(sandbox.root, 'outside');
    mkdirSync(outside);
    const ground = await given({
      base: { 'list.txt': base, 'side.sh': 'true\n' },
      checks: ['true'],
      attempts: 1,
      model: (call) => (isTest(call) ? both(call) : good),
    });
    symlinkSync(outside, join(ground.session.root, 'checks'));
    sandbox.commit(ground.session.root, {}, 'Link');
    for (const path of ['side.sh', 'checks/side.sh', '.git/side.sh']) {
      ground.session.config.resolver.side_test = { run: ['sh', '{path}'], path, timeout: '20s' };
      const { sideTests } = await resolveTask(ground.session, ground.task);
      const reason = expect.stringMatching(/cannot be written|could not be run on the merged tree/);
      expect(sideTests).toMatchObject([
        { status: 'unknown', reason },
        { status: 'unknown', reason },
      ]);
      sandbox.git(ground.session.root, 'branch', '-f', ground.task.branch, ground.head);
    }
    expect(readdirSync(outside)).toEqual([]);
  });
});
