/** What a repository's runs have used, by task and by wave, and what that means for launching more. */

import type { Task } from '../store/task.js';
import {
  type Budget,
  formatMoney,
  formatSpent,
  formatTokens,
  nothingSpent,
  type Prices,
  plus,
  type RunSpend,
  type Spent,
  sumOf,
  usedUp,
} from './cost.js';
import type { RunView } from './run.js';

export interface SpendReport {
  currency: string;
  /** For what single runs cost. */
  prices: Prices;
  /** All that is known of this repository. */
  total: Spent;
  /** What counts against the manager's budget: of the last `period`, or all when that is ''. */
  counted: Spent;
  period: string;
  budget?: Budget;
  /** `held`: live runs are expected to use up the rest. `spent`: nothing is started, and what runs is stopped. */
  state: 'open' | 'held' | 'spent';
  /** So many more runs may start before that is so; undefined: no limit is in sight. */
  fits?: number;
  /** Why it is not open, one sentence. */
  reason?: string;
  tasks: Record<string, Spent>;
}

export interface SpendInput {
  /** Runs that are over. */
  past: readonly RunSpend[];
  /** Runs at work, as far as they tell. */
  live: readonly RunSpend[];
  prices: Prices;
  currency: string;
  budget: Budget;
  period: string;
  /** Runs that started earlier do not count; ISO time, '' for none. */
  since: string;
}

/** Adds everything up. A live run is expected to use what runs of its agent used on average. */
export function spendReport(input: SpendInput): SpendReport {
  const { past, live, prices, currency, budget } = input;
  const all = [...past, ...live];
  const counted = all.filter((spend) => spend.at >= input.since);
  const spent = sumOf(counted, prices);
  const limited = budget.tokens !== undefined || budget.cost !== undefined;
  const used = usedUp(spent, budget, currency);
  const atEnd = withExpected(spent, past, live, prices);
  const expected = used ? undefined : usedUp(atEnd, budget, currency);
  const fits = !limited || used || expected ? undefined : roomFor(atEnd, input);
  const tasks = groupByTask(all);
  return {
    currency,
    prices,
    total: sumOf(all, prices),
    counted: spent,
    period: input.period,
    ...(limited ? { budget } : {}),
    state: used ? 'spent' : expected ? 'held' : 'open',
    ...(fits === undefined ? {} : { fits }),
    ...(used ? { reason: `The budget is used up: ${used}.` } : {}),
    ...(expected
      ? {
          reason: `What is running is expected to use up the budget: ${formatSpent(spent, currency)} so far.`,
        }
      : {}),
    tasks: Object.fromEntries([...tasks].map(([slug, spends]) => [slug, sumOf(spends, prices)])),
  };
}

function groupByTask(spends: readonly RunSpend[]): Map<string, RunSpend[]> {
  const groups = new Map<string, RunSpend[]>();
  for (const spend of spends) {
    // Thought about no task, such as a new one.
    if (spend.task === '') continue;
    const group = groups.get(spend.task);
    if (group) group.push(spend);
    else groups.set(spend.task, [spend]);
  }
  return groups;
}

function withExpected(
  spent: Spent,
  past: readonly RunSpend[],
  live: readonly RunSpend[],
  prices: Prices,
): Spent {
  let { tokens, cost } = spent;
  for (const run of live) {
    const like = past.filter((one) => one.agent === run.agent);
    if (like.length === 0) continue;
    const [mean, own] = [sumOf(like, prices), sumOf([run], prices)];
    tokens += Math.max(0, mean.tokens / like.length - own.tokens);
    if (mean.cost !== undefined) cost = (cost ?? 0) + Math.max(0, mean.cost / like.length - (own.cost ?? 0));
  }
  return { ...nothingSpent, tokens, ...(cost === undefined ? {} : { cost }) };
}

/** How many more runs of a developer may start until what all are expected to use is the budget. */
function roomFor(atEnd: Spent, { past, prices, budget, currency }: SpendInput): number | undefined {
  const like = past.filter((one) => one.agent === 'developer');
  if (like.length === 0) return undefined;
  const mean = sumOf(like, prices);
  const [tokens, cost] = [mean.tokens / like.length, mean.cost && mean.cost / like.length];
  for (let n = 1; n <= mostAtOnce; n += 1) {
    const more = cost === undefined ? {} : { cost: (atEnd.cost ?? 0) + n * cost };
    if (usedUp({ ...atEnd, tokens: atEnd.tokens + n * tokens, ...more }, budget, currency)) return n;
  }
  return undefined;
}

/** No one starts more at a time. */
const mostAtOnce = 1000;

/** A wave as far as dependencies go, whatever has landed: wave 1 holds the tasks that depend on nothing. */
export interface WaveSpend {
  index: number;
  tasks: string[];
  spent: Spent;
}

/** The sums by wave. Tasks in a circle of dependencies are in none. */
export function spendByWave(
  tasks: readonly Pick<Task, 'slug' | 'dependsOn'>[],
  spent: SpendReport['tasks'],
): WaveSpend[] {
  const slugs = new Set(tasks.map((task) => task.slug));
  const waitsFor = new Map(
    tasks.map((task) => [task.slug, task.dependsOn.filter((slug) => slugs.has(slug)).length]),
  );
  const dependants = new Map<string, string[]>();
  for (const task of tasks) {
    for (const slug of task.dependsOn) dependants.set(slug, [...(dependants.get(slug) ?? []), task.slug]);
  }
  const waves: WaveSpend[] = [];
  let wave = tasks.flatMap((task) => (waitsFor.get(task.slug) === 0 ? [task.slug] : []));
  while (wave.length > 0) {
    const total = wave.reduce((sum, slug) => plus(sum, spent[slug] ?? nothingSpent), nothingSpent);
    waves.push({ index: waves.length + 1, tasks: wave, spent: total });
    wave = wave
      .flatMap((slug) => dependants.get(slug) ?? [])
      .filter((slug) => {
        const left = waitsFor.get(slug)! - 1;
        waitsFor.set(slug, left);
        return left === 0;
      });
  }
  return waves;
}

/** "1.2M tokens, 3.41 USD; of the budget for 24h: 812.0k tokens of 2.0M tokens", in one line. */
export function spentLine({ total, counted, budget, period, currency, reason }: SpendReport): string {
  const limits = [
    ...(budget?.tokens ? [`${formatTokens(counted.tokens)} of ${formatTokens(budget.tokens)}`] : []),
    ...(budget?.cost
      ? [`${formatMoney(counted.cost ?? 0, currency)} of ${formatMoney(budget.cost, currency)}`]
      : []),
  ];
  const within = limits.length > 0 ? `; budget${period ? ` of ${period}` : ''}: ${limits.join(', ')}` : '';
  return `Used ${formatSpent(total, currency)}${within}${reason ? `. ${reason}` : ''}`;
}

/** "12.3k tokens, 0.42 USD" of one run; '' while it has told nothing. */
export function spentByRun(
  { model, spent }: Pick<RunView, 'model' | 'spent'>,
  { prices, currency }: Pick<SpendReport, 'prices' | 'currency'>,
): string {
  return spent ? formatSpent(sumOf([{ ...spent, ...(model ? { model } : {}) }], prices), currency) : '';
}

/** The largest share of a limit that is used, 0 and up; undefined without a budget. */
export function shareUsed({ counted, budget }: SpendReport): number | undefined {
  const shares = [
    ...(budget?.tokens ? [counted.tokens / budget.tokens] : []),
    ...(budget?.cost ? [(counted.cost ?? 0) / budget.cost] : []),
  ];
  return shares.length > 0 ? Math.max(...shares) : undefined;
}
