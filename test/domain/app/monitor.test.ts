/** What the monitor shows over time: sums spread over runs, landings, the pace, and when the rest may be done. */
import { describe, expect, test } from '@jest/globals';
import type { RunSpend } from '../../../src/domain/agents/cost.js';
import {
  estimateOf,
  landingSeries,
  spendByRunner,
  spendSeries,
  useOfAll,
} from '../../../src/domain/app/monitor.js';

const now = Date.parse('2026-03-01T12:00:00.000Z');
const minute = 60_000;
const ago = (minutes: number) => new Date(now - minutes * minute).toISOString();

const spend = (more: Partial<RunSpend>): RunSpend => ({
  ...{ run: 'a-1', task: 'a', agent: 'developer', runner: 'codex', at: ago(10) },
  ...{ input: 900, cached: 0, output: 100, ...more },
});

describe('tokens and money over time', () => {
  test('what a run used is spread over its time, up to now while it goes on', () => {
    const { tokens, cost } = spendSeries(
      [spend({ until: ago(5) }), spend({ run: 'b-1', at: ago(5) })],
      {},
      now,
      5,
    );
    expect(tokens).toEqual({ from: now - 10 * minute, to: now, values: [0, 500, 1000, 1500, 2000] });
    expect(cost).toBeUndefined();
  });

  test('money is drawn where there is a price, and a first minute is a whole one', () => {
    const prices = { default: { input: 1, output: 1 } };
    const { tokens, cost } = spendSeries([spend({ at: new Date(now - 1000).toISOString() })], prices, now, 2);
    expect(tokens?.from).toBe(now - minute);
    expect(cost?.values.at(-1)).toBeCloseTo(0.001);
    expect(spendSeries([spend({ input: 0, output: 0 })], prices, now, 2)).toEqual({});
  });

  test('runners stand by what they used, and an old line without one says so', () => {
    const spends = [
      spend({}),
      spend({ run: 'b-1', runner: 'claude', input: 5000 }),
      spend({ run: 'c-1', runner: undefined }),
    ];
    expect(spendByRunner(spends, {})).toEqual([
      { runner: 'claude', runs: 1, tokens: 5100 },
      { runner: 'codex', runs: 1, tokens: 1000 },
      { runner: 'not told', runs: 1, tokens: 1000 },
    ]);
  });
});

describe('landed tasks', () => {
  const landings = [30, 20, 10].map((minutes) => ({ task: `t${minutes}`, at: now - minutes * minute }));
  const tasks = [
    { status: 'landed' },
    { status: 'landed' },
    { status: 'landed' },
    { status: 'ready' },
    { status: 'running' },
  ] as const;

  test('are counted at each moment', () => {
    expect(landingSeries(landings, now, 4)?.values).toEqual([0, 1, 2, 3]);
    expect(landingSeries([], now, 4)).toBeUndefined();
  });

  test('give a pace, and a pause slows it down', () => {
    expect(estimateOf(tasks, landings, now)).toEqual({
      open: 2,
      eachMs: 15 * minute,
      endMs: now + 30 * minute,
    });
    expect(estimateOf(tasks, landings.slice(2), now)).toBeUndefined();
    expect(estimateOf(tasks.slice(0, 3), landings, now)).toBeUndefined();
  });
});

test('what several take is added up; a first reading has no share of a core', () => {
  expect(useOfAll([{ bytes: 5, processes: 2 }])).toEqual({ bytes: 5, processes: 2 });
  expect(
    useOfAll([
      { bytes: 5, processes: 2, core: 0.5 },
      { bytes: 1, processes: 1, core: 1 },
    ]),
  ).toEqual({
    ...{ bytes: 6, processes: 3, core: 1.5 },
  });
});
