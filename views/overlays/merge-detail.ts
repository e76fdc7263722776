/** What is known of one merge prediction, as lines. */
import { conflictWords } from '../panes/merge.js';
import type { MergeRow } from '../ui/rows.js';
import type { TextLine } from './types.js';

export function conflictLines({ result, pair }: MergeRow): TextLine[] {
  if (pair) {
    return [
      { text: `${pair.a} and ${pair.b}: ${pair.status}`, style: pair.status === 'conflict' ? 'bad' : 'warn' },
      ...pair.paths.map((path) => ({ text: `  ${path}` })),
    ];
  }
  if (!result) return [];
  const lines: TextLine[] = [
    {
      text: result.status === 'conflict' ? conflictWords(result.conflicts) : result.status,
      style: { conflict: 'bad', unknown: 'warn', clean: 'good' }[result.status] as TextLine['style'],
    },
    ...result.conflicts.map((conflict) => ({ text: `  ${conflict.path}  ${conflict.kind}` })),
  ];
  if (result.reason) lines.push({ text: result.reason });
  if (result.ahead !== undefined)
    lines.push({ text: `${result.ahead} ahead, ${result.behind ?? '?'} behind` });
  if (result.head)
    lines.push({
      text: `branch at ${result.head.slice(0, 10)}, target at ${result.target?.slice(0, 10) ?? '?'}`,
      style: 'dim',
    });
  return lines;
}
