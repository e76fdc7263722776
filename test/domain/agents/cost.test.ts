import { describe, expect, test } from '@jest/globals';
import {
  costOf,
  currencyOf,
  formatMoney,
  formatTokens,
  leftOf,
  ownUsage,
  type RunSpend,
  sumOf,
  tighterOf,
  usedUp,
} from '../../../src/domain/agents/cost.js';
import { shareUsed, spendByWave, spendReport, spentLine } from '../../../src/domain/agents/spend.js';

const prices = {
  currency: 'EUR',
  m: { input: 2, cached: 0.5, output: 10 },
  foreign: { input: 1, output: 1, currency: 'USD' },
};
const spend = (run: string, more: Partial<RunSpend> = {}): RunSpend => ({
  run,
  task: run,
  agent: 'developer',
  model: 'm',
  at: '2026-01-02T00:00:00.000Z',
  input: 1000,
  cached: 400,
  output: 100,
  ...more,
});

describe('money', () => {
  test('cached input has a price of its own, and input includes it', () => {
    expect(costOf(spend('a'), prices)).toBeCloseTo((600 * 2 + 400 * 0.5 + 100 * 10) / 1e6, 12);
    expect(costOf(spend('a'), { m: { input: 2, output: 10 } })).toBeCloseTo((1000 * 2 + 1000) / 1e6, 12);
  });

  test('without a price it is unknown, not nothing; `default` and the runner itself may know one', () => {
    expect(costOf(spend('a', { model: 'other' }), prices)).toBeUndefined();
    expect(costOf(spend('a', { model: 'constructor' }), prices)).toBeUndefined();
    expect(costOf(spend('a', { model: 'foreign' }), prices)).toBeUndefined();
    expect(costOf(spend('a', { model: undefined }), { default: { input: 1, output: 0 } })).toBe(0.001);
    expect(costOf(spend('a', { model: 'other', costUsd: 0.3 }), {})).toBe(0.3);
    expect(costOf(spend('a', { model: 'other', costUsd: 0.3 }), prices)).toBeUndefined();
    expect(sumOf([spend('a'), spend('b', { model: 'other' })], prices)).toMatchObject({
      tokens: 2200,
      unpriced: 1100,
    });
    expect(sumOf([spend('b', { model: 'other' })], prices).cost).toBeUndefined();
  });

  test('the currency is the one that is named, US dollars otherwise', () => {
    expect([
      currencyOf(prices),
      currencyOf({}),
      currencyOf({ x: { input: 1, output: 1, currency: 'CHF' } }),
    ]).toEqual(['EUR', 'USD', 'CHF']);
  });

  test('amounts read well', () => {
    expect([812, 12_345, 999_949, 999_999, 4_560_000].map(formatTokens)).toEqual([
      '812 tokens',
      '12.3k tokens',
      '1000k tokens',
      '1.0M tokens',
      '4.6M tokens',
    ]);
    expect([0, 0.0123, 3.456].map((amount) => formatMoney(amount, 'EUR'))).toEqual([
      '0.00 EUR',
      '0.0123 EUR',
      '3.46 EUR',
    ]);
  });
});

test('what a conversation used before is taken off a run that continues it, and never more than there is', () => {
  const thread = { scope: 'thread', input: 2468, cached: 1000, output: 50 } as const;
  const before = { scope: 'thread', input: 1234, cached: 1100, output: 20 } as const;
  expect(ownUsage(thread, before)).toEqual({ scope: 'run', input: 1234, cached: 0, output: 30 });
  expect(ownUsage(thread)).toMatchObject({ scope: 'run', input: 2468 });
  expect(ownUsage({ ...thread, scope: 'run' }, before).input).toBe(2468);
});

describe('budgets', () => {
  test('limit by limit, the tighter holds, and what is left is never below nothing', () => {
    expect(tighterOf({ tokens: 5 }, { tokens: 3, cost: 1 })).toEqual({ tokens: 3, cost: 1 });
    expect(leftOf({ tokens: 1000, cost: 1 }, sumOf([spend('a')], prices))).toEqual({
      tokens: 0,
      cost: expect.closeTo(0.9976, 4),
    });
    expect(usedUp(sumOf([spend('a')], prices), { tokens: 1100 }, 'EUR')).toContain(
      '1.1k tokens of 1.1k tokens',
    );
    expect(usedUp(sumOf([spend('a')], prices), { tokens: 1101 }, 'EUR')).toBeUndefined();
    expect(usedUp(sumOf([spend('a')], prices), {}, 'EUR')).toBeUndefined();
  });

  const report = (past: RunSpend[], live: RunSpend[], budget = {}, since = '') =>
    spendReport({ past, live, prices, currency: 'EUR', budget, period: '24h', since });

  test('first nothing more is launched, when live runs are expected to use up the rest; then all is stopped', () => {
    const idle = { input: 0, cached: 0, output: 0 };
    expect(report([spend('a')], [], { tokens: 2000 }).state).toBe('open');
    expect(report([spend('a')], [spend('b', idle)], { tokens: 2000 }).state).toBe('held');
    expect(report([spend('a')], [spend('b')], { tokens: 2000 })).toMatchObject({
      state: 'spent',
      reason: expect.stringContaining('used up'),
    });
    expect(report([], [spend('b', idle)], { tokens: 1 }).state).toBe('open');
    expect(report([spend('a')], [], {}).state).toBe('open');
  });

  test('a live run is expected to use what runs of its agent used on average, less what it has used already', () => {
    const past = [spend('a'), spend('b', { input: 2900, output: 100 })];
    const idle = { input: 0, cached: 0, output: 0 };
    // 1100 and 3000 are used: 2050 on average, and that much more is expected of a run that has used nothing.
    const held = (live: Partial<RunSpend>, tokens: number) =>
      report(past, [spend('c', live)], { tokens }).state;
    expect(held(idle, 6151)).toBe('open');
    expect(held(idle, 6150)).toBe('held');
    // Of one that has used 1000 itself, 1050 more; of one that has used more than the average, nothing.
    expect(held({ ...idle, input: 1000 }, 6150)).toBe('held');
    expect(held({ ...idle, input: 3000 }, 7101)).toBe('open');
    // Runs of another agent tell nothing about this one.
    expect(held({ ...idle, agent: 'validator' }, 4101)).toBe('open');
    expect(report(past, [spend('c', idle), spend('d', idle)], { tokens: 8200 }).state).toBe('held');
  });

  test('runs before the period count in the total only', () => {
    const all = report(
      [spend('a', { at: '2026-01-01T00:00:00.000Z' }), spend('b')],
      [],
      { tokens: 1000 },
      '2026-01-02',
    );
    expect([all.total.tokens, all.counted.tokens, all.state]).toEqual([2200, 1100, 'spent']);
    expect(shareUsed(all)).toBeCloseTo(1.1);
    expect(spentLine(all)).toContain('budget of 24h: 1.1k tokens of 1.0k tokens');
  });

  test('sums by task and by wave', () => {
    const { tasks } = report([spend('a'), spend('b'), spend('a2', { task: 'a' })], []);
    expect(tasks.a?.tokens).toBe(2200);
    const waves = spendByWave(
      [
        { slug: 'a', dependsOn: [] },
        { slug: 'b', dependsOn: ['a'] },
        { slug: 'c', dependsOn: ['a', 'gone'] },
        { slug: 'x', dependsOn: ['x'] },
      ],
      tasks,
    );
    expect(waves.map(({ tasks, spent }) => [tasks, spent.tokens])).toEqual([
      [['a'], 2200],
      [['b', 'c'], 1100],
    ]);
  });
});
