/** The inspector's page about the task itself: goal, acceptance, dependencies, attempts, cost. */

import { formatMoney, formatSpent, formatTokens } from '../../src/domain/agents/cost.js';
import { standingOf } from '../../src/domain/agents/run.js';
import { spentByRun } from '../../src/domain/agents/spend.js';
import { dependentsIn, tasksBySlug } from '../../src/domain/app/lookups.js';
import { glyphs, latestRun, shownState } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { shortCommit } from '../../src/domain/platform/units.js';
import { blockedBy } from '../../src/domain/store/graph.js';
import type { Task } from '../../src/domain/store/task.js';
import type { TextLine } from '../overlays/types.js';
import { stateStyle } from '../theme.js';

/** Everything that is known of a task, line by line. */
export function taskLines(task: Task, state: AppState): TextLine[] {
  const shown = shownState(task, state);
  const waits =
    task.status === 'ready'
      ? blockedBy(task, tasksBySlug(state.tasks), ({ title, slug }) => title || slug)
      : undefined;
  const lines: TextLine[] = [
    { text: task.title, style: 'strong' },
    { text: `${glyphs[shown]} ${shown}${waits ? `: ${waits}` : ''}`, style: stateStyle[shown] },
  ];
  if (task.problem) lines.push({ text: `${task.problem.message} (${task.problem.code})`, style: 'bad' });
  lines.push({ text: '' });
  if (task.goal)
    lines.push({ text: 'Goal', style: 'strong' }, ...task.goal.split('\n').map(indented), { text: '' });
  if (task.acceptance.length > 0) {
    lines.push({ text: 'Accepted when', style: 'strong' });
    lines.push(...task.acceptance.flatMap(asItem), { text: '' });
  }
  lines.push(
    ...facts([
      ['depends on', task.dependsOn.map((slug) => dependency(slug, state)).join(', ')],
      ['needed by', neededBy(task, state)],
      ['touches', task.touches.join(', ')],
      ['priority', task.priority],
      ['labels', task.labels.join(', ')],
      ['runner', [task.runner, task.model].filter(Boolean).join(' ')],
      ['used', usedBy(task, state)],
      ['may run', task.mayRun?.map((begin) => `${begin} …`).join(', ')],
      ['slug', task.slug],
      ['branch', task.branch],
      ['worktree', task.worktree],
      ['port', task.port === undefined ? undefined : String(task.port)],
      ['landed as', task.landedAs && shortCommit(task.landedAs)],
      ['updated', task.updatedAt.replace(/^(.*)T(\d\d:\d\d).*$/, '$1 $2 UTC')],
    ]),
  );
  lines.push(...runLines(task, state), ...validationLines(task), ...mergeLines(task, state));
  return lines;
}

function usedBy(task: Task, { spend }: AppState): string | undefined {
  const spent = spend?.tasks[task.slug];
  const currency = spend?.currency ?? '';
  const limits = [
    ...(task.budget?.tokens ? [formatTokens(task.budget.tokens)] : []),
    ...(task.budget?.cost ? [formatMoney(task.budget.cost, currency)] : []),
  ].join(', ');
  const used = spent?.tokens ? formatSpent(spent, currency) : limits ? 'nothing yet' : undefined;
  return limits ? `${used}, of a budget of ${limits}` : used;
}

/** The tasks that wait for this one. */
const neededBy = ({ slug }: Task, state: AppState): string =>
  (dependentsIn(state.tasks).get(slug) ?? []).map((other) => withState(other, state)).join(', ');

/** A task by its title, with the state in which the list shows it. */
const withState = (task: Task, state: AppState): string =>
  `${task.title || task.slug} (${shownState(task, state)})`;

function dependency(slug: string, state: AppState): string {
  const task = tasksBySlug(state.tasks).get(slug);
  return task ? withState(task, state) : `${slug} (missing)`;
}

function runLines(task: Task, state: AppState): TextLine[] {
  if (task.runIds.length === 0) return [];
  const runs = task.runIds.map((id): TextLine => {
    const run = state.runs[id];
    if (!run) return { text: `  ${id}` };
    const error = run.error ? `, ${run.error.code}: ${run.error.message}` : '';
    const spent = spentByRun(run, state.spend ?? { prices: {}, currency: '' });
    const used = spent && `, ${spent}`;
    return {
      text: `  ${id}  ${run.runner}  ${standingOf(run)}${error}${used}`,
      style: run.error ? 'bad' : undefined,
    };
  });
  const said = latestRun(task, state)?.finalText;
  return [
    { text: '' },
    { text: 'Runs', style: 'strong' },
    ...runs,
    ...(said
      ? [
          { text: '' },
          { text: 'Said at the end', style: 'strong' } as const,
          ...said.split('\n').map(indented),
        ]
      : []),
  ];
}

function validationLines({ validation }: Task): TextLine[] {
  if (!validation) return [];
  const style = ({ pass: 'good', held: 'warn' } as const)[validation.verdict as string] ?? 'bad';
  return [
    { text: '' },
    { text: 'Validation', style: 'strong' },
    { text: `  ${validation.verdict}: ${validation.summary}`, style },
    {
      text: `  tree ${shortCommit(validation.tree)} on ${shortCommit(validation.target)}, ${validation.at}`,
      style: 'dim',
    },
  ];
}

function mergeLines(task: Task, state: AppState): TextLine[] {
  const merge = state.merges[task.slug] ?? task.merge;
  if (!merge) return [];
  const reason = state.merges[task.slug]?.reason;
  return [
    { text: '' },
    { text: 'Merge', style: 'strong' },
    {
      text: `  ${merge.status}${reason ? `: ${reason}` : ''}`,
      style: merge.status === 'clean' ? 'good' : 'bad',
    },
    ...merge.conflicts.map((conflict): TextLine => ({ text: `  ${conflict.path}  ${conflict.kind}` })),
    ...(task.merge?.bailOut
      ? [{ text: `  handed back: ${task.merge.bailOut}`, style: 'warn' } as const]
      : []),
  ];
}

function facts(pairs: readonly (readonly [string, string | undefined])[]): TextLine[] {
  return pairs.flatMap(([name, value]) => (value ? [{ text: `${name.padEnd(11)} ${value}`, hang: 12 }] : []));
}

/** An item of a list, with its further lines below it. */
function asItem(text: string): TextLine[] {
  return text.split('\n').map((line, at) => ({ text: `${at === 0 ? '  - ' : '    '}${line}` }));
}

function indented(text: string): TextLine {
  return { text: `  ${text}` };
}
