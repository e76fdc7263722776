import { describe, expect, test } from '@jest/globals';
import {
  agentErrorCodes,
  askedWaitMs,
  backOffMs,
  mayPass,
  type RunView,
  retriesAfter,
  retryWaitMs,
} from '../../../src/domain/agents/run.js';

describe('retries', () => {
  test('only what may pass by itself is tried again', () => {
    expect(agentErrorCodes.filter((code) => mayPass({ code }))).toEqual(['rate_limit', 'server', 'network']);
  });

  test.each<[Partial<RunView>, number]>([
    [{ status: 'failed', error: { code: 'network', message: '' } }, 3],
    [{ status: 'failed', error: { code: 'auth', message: '' } }, 0],
    [{ status: 'timeout', error: { code: 'stalled', message: '' }, requested: 'idle' }, 1],
    [{ status: 'timeout', error: { code: 'stalled', message: '' }, requested: 'connect' }, 1],
    [{ status: 'timeout', error: { code: 'stalled', message: '' }, requested: 'timeout' }, 0],
    [{ status: 'timeout', error: { code: 'stalled', message: '' }, requested: 'idle', runner: 'command' }, 0],
    [{ status: 'crashed', error: { code: 'killed', message: '' } }, 0],
    [{ status: 'crashed', phase: 'never-started', error: { code: 'killed', message: '' } }, 3],
    [{ status: 'crashed', phase: 'never-started', error: { code: 'protocol', message: '' } }, 0],
    [{ status: 'lost', phase: 'lost', error: { code: 'killed', message: '' } }, 3],
    [{ status: 'interrupted', phase: 'lost', requested: 'interrupt' }, 0],
    [{ status: 'completed' }, 0],
  ])('%j is tried again %i times of three', (run, times) => {
    expect(retriesAfter({ runner: 'codex', phase: 'exited', ...run }, 3)).toBe(times);
    expect(retriesAfter({ runner: 'codex', phase: 'exited', ...run }, 0)).toBe(0);
  });

  test('wait twice as long each time, five minutes at most', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((n) => backOffMs(n) / 1000)).toEqual([
      5, 10, 20, 40, 80, 160, 300, 300,
    ]);
  });

  test.each([
    ['exceeded retry limit, last status: 429 Too Many Requests', undefined],
    ['Rate limit reached. Please try again in 20s.', 20_000],
    ['Please try again in 1m30s', 90_000],
    ['try again in 6.5s', 6_500],
    ['429: Retry-After: 30', 30_000],
    ['{"retry_after":"x","retry-after": 12}', 12_000],
    ['retry after 2 minutes', 120_000],
    ['Please try again in 250ms.', 250],
    ['try again in 3 days 4 hours', 273_600_000],
    ['Retrying in 2 seconds', 2_000],
    ['try again later, 5 of us are here', undefined],
  ])('%s', (message, wait) => {
    expect(askedWaitMs(message)).toBe(wait);
  });

  test('what the server asks for is honoured, never undercut, and given up on when it is too long', () => {
    expect(retryWaitMs(1, 'try again in 60s', 0)).toBe(60_000);
    expect(retryWaitMs(4, 'try again in 1s', 0)).toBe(40_000);
    expect(retryWaitMs(1, 'no word of it', 1)).toBe(6_250);
    expect(retryWaitMs(1, 'try again in 2 hours', 0)).toBeUndefined();
  });
});
