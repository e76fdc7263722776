/** What the monitor shows over time: tokens and money, what has landed, the machine; and when the rest may be done. Pure. */
import type { Prices, RunSpend } from '../agents/cost.js';
import { sumOf } from '../agents/cost.js';
import type { Task } from '../store/task.js';

/** What processes take of the machine at one moment. */
export interface ProcessUse {
  /** Of one core since the reading before: 1 is a whole one; absent in the first reading. */
  core?: number;
  bytes: number;
  processes: number;
}

/** When the work of a task came onto the target. */
export interface LandingTime {
  task: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** One look at all that the monitor shows and the state does not hold. */
export interface MonitorReading {
  /** Milliseconds since the epoch. */
  at: number;
  /** What runs have used, those at work as far as they tell. */
  spends: readonly RunSpend[];
  /** Oldest first. */
  landings: readonly LandingTime[];
  /** This program alone. */
  own: ProcessUse;
  /** What belongs to live runs, by run id. */
  agents: Readonly<Record<string, ProcessUse>>;
  /** Bytes of each worktree, by task; of those that were measured. */
  disk: Readonly<Record<string, number>>;
  /** Bytes that are free where worktrees lie. */
  diskFree?: number;
}

/** Values that grow step by step, the last step at the newest. */
export interface Series {
  /** Start and end, in milliseconds since the epoch. */
  from: number;
  to: number;
  values: readonly number[];
}

/** The least time that a series spans: a first minute is not drawn as if it were a day. */
const leastSpanMs = 60_000;

/**
 * Tokens and money used so far, at each of `steps` moments. What a run used is spread evenly over its time, since a
 * runner tells the sum. Without a run, or without a price, there is no such series.
 */
export function spendSeries(
  spends: readonly RunSpend[],
  prices: Prices,
  now: number,
  steps: number,
): { tokens?: Series; cost?: Series } {
  const runs = spends.map((spend) => ({
    from: Date.parse(spend.at),
    to: spend.until ? Date.parse(spend.until) : now,
    ...sumOf([spend], prices),
  }));
  const known = runs.filter(({ from, tokens }) => !Number.isNaN(from) && tokens > 0);
  if (known.length === 0) return {};
  const from = Math.min(now - leastSpanMs, ...known.map((run) => run.from));
  const series = (amountOf: (run: (typeof known)[number]) => number): Series => ({
    from,
    to: now,
    values: momentsOf(from, now, steps).map((at) =>
      known.reduce((sum, run) => sum + amountOf(run) * shareAt(at, run.from, run.to), 0),
    ),
  });
  return {
    tokens: series(({ tokens }) => tokens),
    ...(known.some(({ cost }) => cost !== undefined) ? { cost: series(({ cost }) => cost ?? 0) } : {}),
  };
}

const momentsOf = (from: number, to: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, step) => from + ((to - from) * step) / Math.max(1, steps - 1));

const shareAt = (at: number, from: number, to: number): number =>
  to <= from ? Number(at >= from) : Math.max(0, Math.min(1, (at - from) / (to - from)));

/** How many tasks had landed at each of `steps` moments, from a little before the first one on. */
export function landingSeries(
  landings: readonly LandingTime[],
  now: number,
  steps: number,
): Series | undefined {
  const first = landings[0];
  if (!first) return undefined;
  const from = Math.min(now - leastSpanMs, first.at - (now - first.at) / 10);
  const values = momentsOf(from, now, steps).map(
    (at) => landings.filter((landing) => landing.at <= at).length,
  );
  return { from, to: now, values };
}

/** So many landings make the pace: what was long ago says little of today. */
const paceOf = 8;

/** When the open tasks may have landed, at the pace of the last landings; undefined before there is one. */
export function estimateOf(
  tasks: readonly Pick<Task, 'status'>[],
  landings: readonly LandingTime[],
  now: number,
): { open: number; eachMs: number; endMs: number } | undefined {
  const open = tasks.filter(({ status }) => status !== 'landed' && status !== 'cancelled').length;
  const last = landings.slice(-paceOf);
  if (open === 0 || last.length < 2) return undefined;
  // A pause since the last one slows the pace down: none may come any more.
  const span = Math.max(last.at(-1)!.at, now) - last[0]!.at;
  const eachMs = span / (last.length - 1);
  return { open, eachMs, endMs: now + open * eachMs };
}

/** What the runs of one runner used. */
export interface RunnerSpend {
  runner: string;
  runs: number;
  tokens: number;
  cost?: number;
}

/** The sums by runner, the dearest first. */
export function spendByRunner(spends: readonly RunSpend[], prices: Prices): RunnerSpend[] {
  const groups = new Map<string, RunSpend[]>();
  for (const spend of spends) {
    // Runs of earlier versions do not tell.
    const runner = spend.runner ?? 'not told';
    groups.set(runner, [...(groups.get(runner) ?? []), spend]);
  }
  return [...groups]
    .map(([runner, all]) => {
      const { tokens, cost } = sumOf(all, prices);
      return { runner, runs: all.length, tokens, ...(cost === undefined ? {} : { cost }) };
    })
    .sort((a, b) => b.tokens - a.tokens);
}

/** The sum of what several take; without a share of a core where none has one yet. */
export function useOfAll(uses: readonly ProcessUse[]): ProcessUse {
  const cores = uses.flatMap(({ core }) => core ?? []);
  return {
    bytes: uses.reduce((sum, { bytes }) => sum + bytes, 0),
    processes: uses.reduce((sum, { processes }) => sum + processes, 0),
    ...(cores.length > 0 ? { core: cores.reduce((sum, core) => sum + core, 0) } : {}),
  };
}
