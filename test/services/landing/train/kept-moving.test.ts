import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { landTasks } from '../../../../src/services/landing/train/index.js';
import { type TrainGround, trainGround } from '../../../support/train.js';

// Each try makes a worktree for the run of a check: on a busy machine that takes its time.
jest.setTimeout(180_000);

let ground: TrainGround;
afterEach(() => ground.cleanup());

test('a target that moves under every try is given up on after five, with the work kept', async () => {
  ground = await trainGround();
  const { sandbox, root, session } = ground;
  await ground.work('a');
  const work = sandbox.git(root, 'rev-parse', 'codex-agent/a');
  sandbox.git(root, 'config', 'user.email', 'me@example.com');
  sandbox.git(root, 'config', 'user.name', 'Me');
  // The check itself plays the person who commits each time.
  const tried = join(sandbox.root, 'tried');
  const run = [
    'sh',
    '-c',
    `echo try >>'${tried}'; cd '${root}'; cp '${tried}' mine; git add mine; git commit -qm Mine`,
  ];
  session.config.validator.checks = [{ name: 'test', kind: 'test', run, timeout: '20s', when: [] }];
  const { landed, refused } = await landTasks(session);
  expect(landed).toEqual([]);
  expect(refused).toMatchObject([
    { task: 'a', code: 'target-moved', reason: 'main kept moving; try again when it is quiet' },
  ]);
  expect(readFileSync(tried, 'utf8')).toBe('try\n'.repeat(5));
  expect(sandbox.git(root, 'rev-parse', 'codex-agent/a')).toBe(work);
});
