/** What is known of one merge prediction, as lines. */

import { titleIn } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import {
  type Conflict,
  conflictWords,
  lookLine,
  type PairResult,
  type QueueReport,
} from '../../src/domain/landing/merge.js';
import { plural, shortCommit } from '../../src/domain/platform/units.js';
import type { Model } from '../model.js';
import { inKeys } from '../ui/as-keys.js';
import { queueCounts } from '../ui/queue.js';
import type { MergeRow } from '../ui/rows.js';
import { detailOverlay } from './detail.js';
import type { Overlay, TextLine } from './types.js';

/** @param titleOf what a task is called */
export function conflictLines(
  row: MergeRow,
  target = 'the target',
  titleOf: (slug: string) => string = (slug) => slug,
  state: Pick<AppState, 'merges' | 'worktrees'> = { merges: {}, worktrees: {} },
): TextLine[] {
  const { result, quarrels = [], pair, queue } = row;
  if (queue) return queueLines(queue, titleOf, state);
  if (pair) {
    return [
      {
        text: `${titleOf(pair.a)} and ${titleOf(pair.b)}: ${pair.status}`,
        style: pair.status === 'conflict' ? 'bad' : 'warn',
      },
      {
        text:
          pair.status === 'clean'
            ? 'They merge, and what one changes the other uses.'
            : 'Each merges into the target alone; once one has landed, the other conflicts with it.',
        style: 'dim',
      },
      ...pairLines(pair, titleOf),
    ];
  }
  if (!result) return [];
  const lines: TextLine[] = [
    {
      text: result.status === 'conflict' ? conflictWords(result.conflicts) : result.status,
      style: { conflict: 'bad', unknown: 'warn', clean: 'good' }[result.status] as TextLine['style'],
    },
    ...messageLines(result.conflicts),
  ];
  if (result.reason) lines.push({ text: result.reason });
  lines.push(...lookLines(result, { ours: titleOf(result.task), theirs: target }));
  if (result.uncommitted) {
    const files = plural(result.uncommitted, 'uncommitted file');
    lines.push({ text: `with ${files} of its worktree`, style: 'warn' });
  }
  if (result.ahead !== undefined)
    lines.push({ text: `${result.ahead} ahead, ${result.behind ?? '?'} behind` });
  for (const other of quarrels) {
    const name = other.a === result.task ? other.b : other.a;
    lines.push(
      { text: '' },
      { text: `with ${titleOf(name)}: ${other.status}`, style: other.status === 'conflict' ? 'bad' : 'warn' },
      ...pairLines(other, titleOf),
    );
  }
  if (result.head)
    lines.push({
      text: `branch at ${shortCommit(result.head)}, target at ${result.target ? shortCommit(result.target) : '?'}`,
      style: 'dim',
    });
  return lines;
}

/** What git merges and a person should look at all the same. */
function lookLines(
  { looks = [], notLooked }: Pick<PairResult, 'looks' | 'notLooked'>,
  names: { ours: string; theirs: string },
): TextLine[] {
  return [
    ...(looks.length > 0 ? [{ text: 'look, though git merges it:', style: 'warn' } as const] : []),
    ...looks.map((look): TextLine => ({ text: `  ${lookLine(look, names)}` })),
    ...(notLooked
      ? [{ text: `not known whether there is more to look at: ${notLooked}`, style: 'dim' } as const]
      : []),
  ];
}

function pairLines(pair: PairResult, titleOf: (slug: string) => string): TextLine[] {
  const { a, b, paths, conflicts, reason } = pair;
  const told = lookLines(pair, { ours: titleOf(a), theirs: titleOf(b) });
  if (told.length > 0 && !conflicts?.length) return told;
  if (reason) return [{ text: `  ${reason}` }];
  return conflicts ? messageLines(conflicts) : paths.map((path) => ({ text: `  ${path}` }));
}

/** Path and kind, and below them what git says. */
function messageLines(conflicts: readonly Conflict[]): TextLine[] {
  return conflicts.flatMap(({ path, kind, message }) => [
    { text: `  ${path}  ${kind}` },
    ...(message ? [{ text: `    ${message}`, style: 'dim' } as const] : []),
  ]);
}

function queueLines(
  { steps, proposal }: QueueReport,
  titleOf: (slug: string) => string,
  state: Pick<AppState, 'merges' | 'worktrees'>,
): TextLine[] {
  const { lands, of, without } = queueCounts(steps, state);
  const rest = without > 0 ? `; ${without} without work yet` : '';
  const lines: TextLine[] = [
    { text: `${lands} of ${of} ${lands === 1 ? 'merges' : 'merge'} in this order${rest}` },
  ];
  for (const [at, step] of steps.entries()) {
    const others = step.with.length > 0 ? ` with ${step.with.map(titleOf).join(', ')}` : '';
    lines.push({
      text: `  ${at + 1}. ${titleOf(step.task)}: ${step.status}${others}`,
      style: ({ lands: 'good', conflict: 'bad', unknown: 'warn' } as const)[step.status],
    });
    if (step.reason) lines.push({ text: `     ${step.reason}`, style: 'dim' });
    lines.push(...step.conflicts.map(({ path, kind }) => ({ text: `     ${path}  ${kind}` })));
  }
  if (!proposal) return lines;
  return [
    ...lines,
    { text: '' },
    { text: `Better: ${proposal.order.map(titleOf).join(' → ')}`, style: 'info' },
    { text: `  ${proposal.reason}.`, style: 'dim' },
    { text: `  Left out: ${proposal.leavesOut.map(titleOf).join(', ')}.`, style: 'dim' },
  ];
}

/** All that is known of one line of the merge pane, and the keys that go on from there. */
export function mergeOverlay(row: MergeRow, model: Model): Overlay {
  const { target, tasks } = model.state;
  const titleOf = titleIn(tasks);
  const title = row.key.split(' × ').map(titleOf).join(' × ');
  const next = nextOf(row, target).map((text): TextLine => ({ text: inKeys(text, model), style: 'info' }));
  return detailOverlay(title, [
    ...conflictLines(row, target, titleOf, model.state),
    ...(next.length > 0 ? [{ text: '' }, ...next] : []),
  ]);
}

/** What one does about it, in commands. */
function nextOf({ result, pair, queue }: MergeRow, target: string): string[] {
  const land = '`codex-agent merge land` lands what is done';
  const decide =
    '`codex-agent merge review` decides it, and `codex-agent merge resolve` tries to without you.';
  if (pair?.status === 'conflict')
    return [`${land}; the second of the two is then in conflict with ${target}: ${decide}`];
  if (result?.status === 'conflict') return [decide];
  return queue ? [`${land}.`] : [];
}
