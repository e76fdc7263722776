/** What is known of one merge prediction, as lines. */
import {
  type Conflict,
  conflictWords,
  lookLine,
  type PairResult,
  type QueueReport,
} from '../../src/domain/landing/merge.js';
import { plural } from '../../src/domain/platform/units.js';
import type { MergeRow } from '../ui/rows.js';
import type { TextLine } from './types.js';

export function conflictLines(row: MergeRow, target = 'the target'): TextLine[] {
  const { result, quarrels = [], pair, queue } = row;
  if (queue) return queueLines(queue);
  if (pair) {
    return [
      { text: `${pair.a} and ${pair.b}: ${pair.status}`, style: pair.status === 'conflict' ? 'bad' : 'warn' },
      {
        text:
          pair.status === 'clean'
            ? 'They merge, and what one changes the other uses.'
            : 'Each merges into the target alone; once one has landed, the other conflicts with it.',
        style: 'dim',
      },
      ...pairLines(pair),
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
  lines.push(...lookLines(result, { ours: result.task, theirs: target }));
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
      { text: `with ${name}: ${other.status}`, style: other.status === 'conflict' ? 'bad' : 'warn' },
      ...pairLines(other),
    );
  }
  if (result.head)
    lines.push({
      text: `branch at ${result.head.slice(0, 10)}, target at ${result.target?.slice(0, 10) ?? '?'}`,
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

function pairLines(pair: PairResult): TextLine[] {
  const { a, b, paths, conflicts, reason } = pair;
  const told = lookLines(pair, { ours: a, theirs: b });
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

function queueLines({ steps, lands, proposal }: QueueReport): TextLine[] {
  const lines: TextLine[] = [{ text: `${lands} of ${steps.length} land in this order` }];
  for (const [at, step] of steps.entries()) {
    const others = step.with.length > 0 ? ` with ${step.with.join(', ')}` : '';
    lines.push({
      text: `  ${at + 1}. ${step.task}: ${step.status}${others}`,
      style: ({ lands: 'good', conflict: 'bad', unknown: 'warn' } as const)[step.status],
    });
    if (step.reason) lines.push({ text: `     ${step.reason}`, style: 'dim' });
    lines.push(...step.conflicts.map(({ path, kind }) => ({ text: `     ${path}  ${kind}` })));
  }
  if (!proposal) return lines;
  return [
    ...lines,
    { text: '' },
    { text: `Better: ${proposal.order.join(' → ')}`, style: 'info' },
    { text: `  ${proposal.reason}.`, style: 'dim' },
    { text: `  Left out: ${proposal.leavesOut.join(', ')}.`, style: 'dim' },
  ];
}
