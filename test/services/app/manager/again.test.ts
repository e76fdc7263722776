import { expect, test } from '@jest/globals';
import { appError } from '../../../../src/domain/platform/errors.js';
import { countFailures } from '../../../../src/services/app/manager/again.js';

const killed = Object.assign(appError('git-failed', 'git worktree was killed from outside'), {
  killed: true,
});

test.each<[string, Error, boolean]>([
  ['a git that was killed', killed, true],
  ['a step that failed because of one', appError('launch-failed', 'So.', { cause: killed }), true],
  ['a branch that was moved meanwhile', appError('ref-moved', 'It moved.'), true],
  ['a lock that another process holds', appError('lock-held', 'It is held.'), true],
  ['a git that failed by itself', appError('git-failed', 'fatal'), false],
  ['a runner that is missing', appError('runner-not-found', 'It is missing.'), false],
])('%s', (_name, error, passes) => {
  const told: unknown[] = [];
  const failures = countFailures((event) => void told.push(event));
  const fail = (key = 'a') => failures.mayPass(key, { type: 'launch', tasks: [key] }, error);
  expect([fail(), fail(), fail('b'), fail()]).toEqual([passes, passes, passes, false]);
  expect(told).toHaveLength(passes ? 3 : 0);
  failures.forget('b');
  expect([fail('b'), fail('b'), fail('b'), fail('b')]).toEqual([passes, passes, false, passes]);
});
