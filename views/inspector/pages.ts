/** The lines of each page of the inspector but the transcript. Pure. */

import { titleIn } from '../../src/domain/app/selectors.js';
import type { ValidationReport } from '../../src/domain/landing/validation.js';
import { formatDuration, formatSize, shortCommit } from '../../src/domain/platform/units.js';
import type { Task } from '../../src/domain/store/task.js';
import { keysOfPart } from '../hints.js';
import type { Model } from '../model.js';
import { conflictLines } from '../overlays/merge-detail.js';
import type { TextLine } from '../overlays/types.js';
import { mergeRowsOf } from '../ui/rows.js';
import { type InspectorTab, initialUi } from '../ui/state.js';
import { diffLines } from './diff-page.js';
import { actionLines, nextActions } from './next.js';
import { taskLines } from './task-page.js';
import { checksUnderWay } from './work.js';

/** What a page says of the task; never empty. */
export function pageLines(tab: Exclude<InspectorTab, 'transcript'>, task: Task, model: Model): TextLine[] {
  switch (tab) {
    case 'task':
      return [
        ...actionLines(nextActions(task, model), model.ui.nextAt, model),
        ...taskLines(task, model.state),
      ];
    case 'merge':
      return mergeLines(task, model);
    case 'worktree':
      return worktreeLines(task, model);
    case 'checks':
      return [...checksUnderWay(task, model), ...checkLines(task, model)];
    case 'diff':
      return diffLines(task, model);
  }
}

function mergeLines(task: Task, model: Model): TextLine[] {
  const { state } = model;
  const row = mergeRowsOf(state, unfiltered).rows.find(({ result }) => result?.task === task.slug);
  const bailOut = task.merge?.bailOut;
  const page = keysOfPart('conflict', model);
  const keys = row?.result?.status === 'conflict' ? page : '';
  return [
    ...(keys ? [{ text: `${keys} decides it hunk by hunk.`, style: 'info' } as const, { text: '' }] : []),
    ...(bailOut ? [{ text: `Handed back: ${bailOut}`, style: 'warn' } as const, { text: '' }] : []),
    ...(row
      ? conflictLines(row, state.target, titleIn(state.tasks))
      : unpredicted(task, state.target, page, keysOfPart('predict', model))),
  ];
}

/** What stands for the prediction of a task that has none: it has landed, or was not looked at. */
function unpredicted(task: Task, target: string, keys: string, predicts: string): TextLine[] {
  const how = predicts ? `: ${predicts} predicts merges into ${target}.` : '.';
  if (task.status !== 'landed') return [{ text: `Nothing is predicted yet${how}`, style: 'dim' }];
  const as = task.landedAs ? ` as ${shortCommit(task.landedAs)}` : '';
  return [
    { text: `✓ It has landed on ${target}${as}.`, style: 'good' },
    ...(keys
      ? [
          {
            text: `Where it was in conflict on the way, ${keys} shows how that was resolved.`,
            style: 'dim',
          } as const,
        ]
      : []),
  ];
}

/** The prediction is looked up whatever the merge pane is filtered by. */
const unfiltered = initialUi(false);

function worktreeLines(task: Task, model: Model): TextLine[] {
  const { state, monitor } = model;
  const fills = keysOfPart('hydrate', model);
  const view = state.worktrees[task.slug];
  if (!view) {
    const why =
      task.status === 'landed'
        ? 'The task has no worktree any more: its work has landed.'
        : `The task has no worktree: ${fills ? `${fills} fills one, and ` : ''}launching makes it too.`;
    return [{ text: why, style: 'dim' }];
  }
  const bytes = monitor?.reading?.disk[task.slug];
  const known = (value: number | undefined) => value ?? 'unknown';
  const facts: [string, string | number | undefined][] = [
    ['path', view.path],
    ['branch', view.branch],
    ['state', view.state],
    ['filled by', view.method],
    ['changes', view.dirty === undefined ? 'unknown' : `${view.dirty} files not committed`],
    ['ahead', known(view.ahead)],
    ['behind', known(view.behind)],
    ['size', bytes === undefined ? 'not measured yet' : formatSize(bytes)],
    ['ports', task.port === undefined ? undefined : `${task.port} and on`],
  ];
  return facts.flatMap(([name, value]) =>
    value === undefined ? [] : [{ text: `${name.padEnd(11)} ${value}` }],
  );
}

function checkLines(task: Task, { pages }: Model): TextLine[] {
  const report = pages?.task === task.slug ? pages.report : undefined;
  if (!report) {
    const text = task.validation
      ? `${task.validation.verdict}: ${task.validation.summary}`
      : 'Not validated yet: v runs the checks and policies.';
    return [{ text, style: task.validation?.verdict === 'pass' ? 'good' : 'dim' }];
  }
  return reportLines(report, task);
}

const marks = { pass: '✓', fail: '✗', held: '!', error: '!', warn: '!', skipped: '–' } as const;
const styles = {
  pass: 'good',
  fail: 'bad',
  error: 'bad',
  held: 'warn',
  conflict: 'warn',
  unchecked: 'warn',
  unchanged: 'dim',
  stale: 'warn',
  warn: 'warn',
  skipped: 'dim',
} as const;

function reportLines(report: ValidationReport, task: Task): TextLine[] {
  const stale = task.validation && task.validation.head !== report.head;
  return [
    {
      text: `${report.verdict}${stale ? ' (the branch has moved since)' : ''}`,
      style: styles[report.verdict],
    },
    ...(report.reason ? [{ text: report.reason, style: 'warn' } as const] : []),
    { text: '' },
    ...report.checks.flatMap(({ name, status, durationMs, summary }): TextLine[] => [
      { text: `${marks[status]} ${name}  ${formatDuration(durationMs)}`, style: styles[status] },
      ...summary.split('\n').map((text) => ({ text: `    ${text}`, style: 'dim' as const })),
    ]),
    ...report.policies.map(
      ({ name, status, detail }): TextLine => ({
        text: `${marks[status]} ${name}${detail ? `: ${detail}` : ''}`,
        style: styles[status],
      }),
    ),
    ...report.findings.map(
      ({ severity, path, line, message }): TextLine => ({
        text: `${severity}  ${path}${line ? `:${line}` : ''}  ${message}`,
        style: severity === 'error' ? 'bad' : severity === 'warning' ? 'warn' : 'dim',
      }),
    ),
    ...report.skipped.map((text): TextLine => ({ text: `– ${text}`, style: 'dim' })),
  ];
}
