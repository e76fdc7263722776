/** What runs cost: recorded when they end, added up for each report. */
import {
  type Budget,
  currencyOf,
  leftOf,
  type RunSpend,
  sumOf,
  tighterOf,
  usedUp,
} from '../../../domain/agents/cost.js';
import type { RunView } from '../../../domain/agents/run.js';
import { type SpendReport, spendReport } from '../../../domain/agents/spend.js';
import { appError } from '../../../domain/platform/errors.js';
import { parseDuration } from '../../../domain/platform/units.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { readLedger, recordSpend } from './ledger.js';

type SpendSession = Pick<RepoSession, 'paths' | 'repo' | 'config'>;

/** What of a run its spending is counted by. */
export type SpendingRun = Pick<
  RunView,
  'runId' | 'task' | 'agent' | 'startedAt' | 'endedAt' | 'model' | 'spent'
> &
  Partial<Pick<RunView, 'runner'>>;

/** Notes what a run that is over used. Again does no harm. */
export async function noteSpend(session: SpendSession, run: RunView): Promise<void> {
  const spend = spendOf(run);
  if (spend) await recordSpend(session, spend);
}

/** The sums, with what live runs tell of themselves. */
export async function reportSpend(session: SpendSession, runs: Iterable<SpendingRun>): Promise<SpendReport> {
  const { prices, manager } = session.config;
  const { past, live } = await everySpend(session, runs);
  const period = manager.budget_period;
  return spendReport({
    past,
    live,
    prices,
    currency: currencyOf(prices),
    budget: {
      ...(manager.budget_tokens > 0 ? { tokens: manager.budget_tokens } : {}),
      ...(manager.budget_cost > 0 ? { cost: manager.budget_cost } : {}),
    },
    period,
    since: period ? new Date(Date.now() - parseDuration(period)).toISOString() : '',
  });
}

/** What every run has used: those that are over, and those that are not as far as they tell. */
export async function everySpend(
  session: Pick<RepoSession, 'paths' | 'repo'>,
  runs: Iterable<SpendingRun>,
): Promise<{ past: readonly RunSpend[]; live: readonly RunSpend[] }> {
  const past = await readLedger(session);
  const known = new Set(past.map((spend) => spend.run));
  // One that has ended and was not taken in yet counts as well.
  const live = [...runs]
    .filter((run) => !known.has(run.runId))
    .flatMap((run) => spendOf(run) ?? emptySpend(run));
  return { past, live };
}

/** Refuses to start what there is no budget for: a run, or a question to a model. Throws `budget`. */
export async function requireBudget(session: SpendSession, task?: Task): Promise<void> {
  const { state, reason } = await reportSpend(session, []);
  if (state === 'spent') {
    throw appError('budget', reason ?? 'The budget is used up.', {
      hint: 'Raise manager.budget_tokens or manager.budget_cost, or wait for manager.budget_period to pass.',
    });
  }
  if (!task) return;
  const { refused } = await budgetOfRun(session, task, {});
  if (!refused) return;
  throw appError('budget', `The budget of ${task.slug} is used up: ${refused}.`, {
    hint: `Raise it: codex-agent task edit ${task.slug} --budget-tokens <n> (or --budget-cost <n>).`,
  });
}

/**
 * What the next run of a task may use: the tighter of what its agent's runs may and what is left of the task's budget.
 * `refused` says that nothing is left.
 */
export async function budgetOfRun(
  session: SpendSession,
  task: Task,
  agent: { budget?: Budget },
): Promise<{ budget: Budget; refused?: string }> {
  const own = agent.budget ?? {};
  if (!task.budget) return { budget: own };
  const { prices } = session.config;
  const spent = sumOf(
    // A slug may have belonged to another task before.
    (await readLedger(session)).filter(({ task: slug, at }) => slug === task.slug && at >= task.createdAt),
    prices,
  );
  const refused = usedUp(spent, task.budget, currencyOf(prices));
  return { budget: tighterOf(own, leftOf(task.budget, spent)), ...(refused ? { refused } : {}) };
}

function spendOf(run: SpendingRun): RunSpend | undefined {
  const used = run.spent;
  if (!used) return undefined;
  const { input, cached, output, costUsd } = used;
  return { ...emptySpend(run), input, cached, output, ...(costUsd === undefined ? {} : { costUsd }) };
}

/** A live run that has told nothing yet is still one that will use something. */
function emptySpend(run: SpendingRun): RunSpend {
  const { runId, task, agent, runner, model, startedAt, endedAt } = run;
  return {
    run: runId,
    task,
    agent,
    ...(runner ? { runner } : {}),
    ...(model ? { model } : {}),
    at: startedAt,
    ...(endedAt ? { until: endedAt } : {}),
    input: 0,
    cached: 0,
    output: 0,
  };
}
