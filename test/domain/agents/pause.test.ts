import { expect, test } from '@jest/globals';
import { type Pause, pauseAfter, pauseSaid } from '../../../src/domain/agents/pause.js';
import type { AgentErrorCode } from '../../../src/domain/agents/run.js';

const now = Date.parse('2026-11-29T12:00:00Z');
const after = (code: AgentErrorCode, message: string, resetsAt?: string, before?: Pause) =>
  pauseAfter(
    {
      runner: 'claude',
      account: 'x',
      status: 'failed',
      error: { code, message },
      ...(resetsAt ? { resetsAt } : {}),
    },
    before,
    now,
  );

test('lasts until the end that is told, or for a back-off that doubles', () => {
  expect(after('quota', 'weekly limit', '2026-12-03T09:00:07.000Z')).toMatchObject({
    until: '2026-12-03T09:00:09.000Z',
    count: 1,
  });
  // A clock that shows no seconds: any second of that minute may be meant.
  expect(after('quota', 'try again at 9:00 AM', '2026-12-03T09:00:00.000Z')?.until).toBe(
    '2026-12-03T09:01:02.000Z',
  );
  const first = after('quota', "You've hit your limit")!;
  expect(first).toMatchObject({ until: '2026-11-29T12:15:00.000Z', count: 1 });
  expect(after('quota', "You've hit your limit", undefined, first)).toMatchObject({
    until: '2026-11-29T12:30:00.000Z',
    count: 2,
  });
  // It has just passed, by a clock that is not ours: not at once.
  expect(after('quota', 'limit', '2026-11-29T11:59:50.000Z')?.until).toBe('2026-11-29T12:01:00.000Z');
});

test('a rate limit that asks for a minute at most is waited out by each run; a longer one is a pause', () => {
  expect(after('rate_limit', 'slow down')).toBeUndefined();
  expect(after('rate_limit', 'slow down', '2026-11-29T12:00:40.000Z')).toBeUndefined();
  expect(after('rate_limit', 'slow down', '2026-11-29T12:20:00.000Z')).toMatchObject({ count: 1 });
});

test.each(['Credit balance is too low', 'upgrade to Plus', 'monthly spend limit reached'])(
  '"%s" names no end: a person lifts it',
  (message) => {
    const pause = after('quota', message)!;
    expect(pause.until).toBeUndefined();
    expect(pauseSaid(pause)).toContain('launch again');
  },
);

test.each<AgentErrorCode>(['auth', 'server', 'context', 'other'])('%s is no limit', (code) => {
  expect(after(code, 'quota')).toBeUndefined();
});
