/** The fields of a task that a person sets by flags or in a form: the same for a new task and for a change. */
import type { Budget } from '../../domain/agents/cost.js';
import { appError } from '../../domain/platform/errors.js';
import { priorities } from '../../domain/store/task.js';
import { type Given, list, oneOf, prose, sentences, text, whole } from '../define.js';

export const taskFields = {
  title: text('what is to be done, one line', 'text'),
  goal: prose('what is true when it is done'),
  acceptance: sentences('what will be checked, once per line'),
  dependsOn: list('slugs of tasks that must land first, with commas between', 'tasks'),
  touches: list('globs of the paths it will change', 'glob,…'),
  labels: list('labels', 'a,b'),
  priority: oneOf(priorities, 'starting order among ready tasks'),
  owner: text('who looks after it', 'name'),
  runner: text('runner to use instead of the configured one', 'name'),
  model: text('model to ask the runner for', 'name'),
  base: text(
    'revision that its branch starts from, such as origin/main; default: worktree.base, else the target',
    'revision',
  ),
  budgetTokens: whole('tokens that all its runs together may use; 0 for no limit', 0),
  budgetCost: text('money that they may use, in the currency of prices; 0 for no limit', 'amount'),
};

type RenamedFlags = Pick<Given<typeof taskFields>, 'budgetTokens' | 'budgetCost' | 'base'>;

/** The flags of a budget and of the base as the fields that they set. Throws `bad-budget` (usage). */
export function asFields<T extends RenamedFlags>(
  given: T,
): Omit<T, keyof RenamedFlags> & { budget?: Budget; startFrom?: string } {
  const { budgetTokens: tokens, budgetCost, base, ...others } = given;
  const rest = { ...others, ...(base === undefined ? {} : { startFrom: base }) };
  if (tokens === undefined && budgetCost === undefined) return rest;
  const cost = budgetCost === undefined ? undefined : Number(budgetCost);
  if (cost !== undefined && !(cost >= 0 && Number.isFinite(cost))) {
    throw appError('bad-budget', `${JSON.stringify(budgetCost)} is not an amount of money.`, {
      kind: 'usage',
      hint: 'Give a number such as 2.50, without a currency: it is that of [prices].',
    });
  }
  const budget = { ...(tokens === undefined ? {} : { tokens }), ...(cost === undefined ? {} : { cost }) };
  return { ...rest, budget };
}
