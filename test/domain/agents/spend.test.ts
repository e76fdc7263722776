import { describe, expect, test } from '@jest/globals';
import type { RunSpend } from '../../../src/domain/agents/cost.js';
import { spendReport } from '../../../src/domain/agents/spend.js';

const run = (name: string, tokens = 0): RunSpend => ({
  run: name,
  task: name,
  agent: 'developer',
  at: '2026-01-01T00:00:00.000Z',
  input: tokens,
  cached: 0,
  output: 0,
});
const report = (tokens: number | undefined, past: RunSpend[], live: RunSpend[] = []) =>
  spendReport({
    past,
    live,
    prices: { currency: '' },
    currency: '',
    budget: tokens === undefined ? {} : { tokens },
    period: '',
    since: '',
  });

describe('runs that may still start', () => {
  // A run uses 100 on average.
  const past = [run('a', 80), run('b', 120)];

  test('are as many as are expected to use up the budget', () => {
    expect(report(450, past)).toMatchObject({ state: 'open', fits: 3 });
    expect(report(301, past)).toMatchObject({ fits: 2 });
    expect(report(300, past)).toMatchObject({ fits: 1 });
  });

  test('are fewer by those that are being started and have told nothing yet', () => {
    expect(report(450, past, [run('c'), run('d')])).toMatchObject({ state: 'open', fits: 1 });
    expect(report(450, past, [run('c'), run('d'), run('e')])).toMatchObject({ state: 'held' });
  });

  test('have no limit where there is no budget, or nothing to expect by', () => {
    expect(report(undefined, past).fits).toBeUndefined();
    expect(report(450, []).fits).toBeUndefined();
  });
});
