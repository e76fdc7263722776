/** Tokens and money: what runs used, what that costs where prices are known, and whether a budget is used up. */

/**
 * Token counts; input includes cached input. `thread`: of the whole session, earlier runs included.
 * `step`: of one step of the run, to be added up; only events have it, never what is known of a run.
 */
export interface Usage {
  scope: 'run' | 'thread' | 'step';
  input: number;
  cached: number;
  output: number;
  /** In US dollars, where the runner tells it. */
  costUsd?: number;
}

/** For a million tokens. Without `cached`, cached input costs what input does. */
export interface Price {
  input: number;
  cached?: number;
  output: number;
  currency?: string;
}

/** `[prices]`: `currency`, and a table per model; the model `default` stands for all without one. */
export type Prices = Readonly<Record<string, Price | string>>;

/** What one run used, itself alone. Input includes cached input. */
export interface RunSpend {
  run: string;
  task: string;
  agent: string;
  model?: string;
  /** When the run started, and when it ended; lines of earlier versions do not tell the end, nor the runner. */
  at: string;
  until?: string;
  runner?: string;
  input: number;
  cached: number;
  output: number;
  /** What the runner itself says that it cost. */
  costUsd?: number;
}

/** What a price is put on. */
export type Used = Pick<RunSpend, 'input' | 'cached' | 'output' | 'model' | 'costUsd'>;

/** A sum over runs. */
export interface Spent {
  tokens: number;
  input: number;
  cached: number;
  output: number;
  /** Absent where not one run has a price. */
  cost?: number;
  /** Tokens without a price: then `cost` is too low. */
  unpriced: number;
}

/** Limits; what is absent is not limited. */
export interface Budget {
  tokens?: number;
  cost?: number;
}

export const nothingSpent: Spent = { tokens: 0, input: 0, cached: 0, output: 0, unpriced: 0 };

/** The currency all sums are in: the one that is named first. */
export function currencyOf(prices: Prices): string {
  if (typeof prices.currency === 'string' && prices.currency) return prices.currency;
  const named = Object.values(prices).find((price) => typeof price === 'object' && price.currency);
  return (named as Price | undefined)?.currency ?? 'USD';
}

/**
 * What a run alone used. A runner that counts the whole conversation counts earlier runs too: those are taken off.
 * @param before what the conversation had used when the run began
 */
export function ownUsage(usage: Usage, before?: Usage): Usage {
  if (usage.scope !== 'thread' || !before) return { ...usage, scope: 'run' };
  const less = (key: 'input' | 'cached' | 'output') => Math.max(0, usage[key] - before[key]);
  return { scope: 'run', input: less('input'), cached: less('cached'), output: less('output') };
}

/** Money for tokens; undefined where no price is known. A price in another currency than the sums is none. */
export function costOf(spend: Used, prices: Prices): number | undefined {
  const currency = currencyOf(prices);
  const named = spend.model && Object.hasOwn(prices, spend.model) ? prices[spend.model] : undefined;
  const price = typeof named === 'object' ? named : prices.default;
  if (typeof price === 'object' && (price.currency ?? currency) === currency) {
    const fresh = spend.input - spend.cached;
    const million =
      fresh * price.input + spend.cached * (price.cached ?? price.input) + spend.output * price.output;
    return million / 1e6;
  }
  return spend.costUsd !== undefined && currency === 'USD' ? spend.costUsd : undefined;
}

export function sumOf(spends: readonly Used[], prices: Prices): Spent {
  return spends.reduce((sum, spend) => add(sum, spend, costOf(spend, prices)), nothingSpent);
}

function add(sum: Spent, { input, cached, output }: Used, cost: number | undefined): Spent {
  const total = cost === undefined ? sum.cost : (sum.cost ?? 0) + cost;
  return {
    tokens: sum.tokens + input + output,
    input: sum.input + input,
    cached: sum.cached + cached,
    output: sum.output + output,
    ...(total === undefined ? {} : { cost: total }),
    unpriced: sum.unpriced + (cost === undefined ? input + output : 0),
  };
}

/** Two sums in one. */
export function plus(a: Spent, b: Spent): Spent {
  const cost = a.cost === undefined && b.cost === undefined ? undefined : (a.cost ?? 0) + (b.cost ?? 0);
  return {
    tokens: a.tokens + b.tokens,
    input: a.input + b.input,
    cached: a.cached + b.cached,
    output: a.output + b.output,
    ...(cost === undefined ? {} : { cost }),
    unpriced: a.unpriced + b.unpriced,
  };
}

/** Why a budget is used up, as half a sentence; undefined while it is not. */
export function usedUp(spent: Spent, budget: Budget, currency: string): string | undefined {
  if (budget.tokens && spent.tokens >= budget.tokens)
    return `${formatTokens(spent.tokens)} of ${formatTokens(budget.tokens)} are used`;
  if (budget.cost && (spent.cost ?? 0) >= budget.cost)
    return `${formatMoney(spent.cost ?? 0, currency)} of ${formatMoney(budget.cost, currency)} are used`;
  return undefined;
}

/** What is left of a budget, never below nothing. */
export function leftOf(budget: Budget, spent: Spent): Budget {
  return {
    ...(budget.tokens ? { tokens: Math.max(0, budget.tokens - spent.tokens) } : {}),
    ...(budget.cost ? { cost: Math.max(0, budget.cost - (spent.cost ?? 0)) } : {}),
  };
}

/** The tighter of two budgets, limit by limit. */
export function tighterOf(a: Budget, b: Budget): Budget {
  const least = (x?: number, y?: number) => (x === undefined || y === undefined ? (x ?? y) : Math.min(x, y));
  const [tokens, cost] = [least(a.tokens, b.tokens), least(a.cost, b.cost)];
  return { ...(tokens === undefined ? {} : { tokens }), ...(cost === undefined ? {} : { cost }) };
}

/** "812 tokens", "12.3k tokens", "4.56M tokens". */
export function formatTokens(tokens: number): string {
  const plain = tokens < 1000;
  const [value, unit] = tokens < 999_950 ? [tokens / 1e3, 'k'] : [tokens / 1e6, 'M'];
  return plain ? `${tokens} tokens` : `${value.toFixed(value < 100 ? 1 : 0)}${unit} tokens`;
}

/** Cents only where they say something. */
export function formatMoney(amount: number, currency: string): string {
  return `${amount.toFixed(amount > 0 && amount < 0.1 ? 4 : 2)} ${currency}`;
}

/** "12.3k tokens, 0.42 USD"; a `+` marks money that leaves runs without a price out. */
export function formatSpent({ tokens, cost, unpriced }: Spent, currency: string): string {
  const money = cost === undefined ? '' : `, ${formatMoney(cost, currency)}${unpriced > 0 ? '+' : ''}`;
  return `${formatTokens(tokens)}${money}`;
}
