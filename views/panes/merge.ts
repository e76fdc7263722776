/**
 * Merge predictions: conflicts first, then what could not be told, then clean ones, each against the target and, as
 * far as there is room, against every other; below them the queue, and the pairs that conflict.
 */

import { titleIn } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { conflictWords, type MergeResult, type QueueReport } from '../../src/domain/landing/merge.js';
import { plural } from '../../src/domain/platform/units.js';
import { fitText, textWidth } from '../../src/domain/platform/width.js';
import { hasWork, isSettled } from '../../src/domain/store/task.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { keysOfPart } from '../hints.js';
import type { Model } from '../model.js';
import { queueCounts } from '../ui/queue.js';
import { type MergeRow, memo, mergeRowsOf, pairStatusOf } from '../ui/rows.js';
import { selectedIndex } from '../ui/state.js';
import { paintList } from './list.js';

/** From this width on there is room for the matrix beside the words. */
const matrixFrom = 50;
/** What words and paths keep at least, beside a matrix. */
const wordsWidth = 22;

export function paintMerge(
  canvas: Canvas,
  rect: Rect,
  model: Pick<Model, 'state' | 'ui' | 'commands' | 'keymap'>,
) {
  const { state, ui } = model;
  const rows = mergeRowsOf(state, ui);
  const inside = rect.width - 3;
  const matrix = matrixOf(rows.rows, state, inside);
  const slug = Math.min(28, Math.max(8, Math.round((inside - matrix.width) * 0.46)));
  const target = state.target || 'the target';
  const words = inside - matrix.width - slug - 1;
  paintList(canvas, rect, {
    rows,
    ui: ui.lists.merge,
    focused: ui.focus === 'merge',
    // It follows the selected task: without the focus too its row is seen.
    leads: rows.keys[selectedIndex(ui.lists.merge, rows.keys)] === ui.lists.merge.key,
    title: '3 Merge',
    note: noteOf(rows.rows),
    head:
      rows.rows.length === 0
        ? undefined
        : [
            { text: ` ${matrix.numbered(0)}${fitText('TASK', slug)} `, style: 'dim' },
            { text: fitText(`→ ${target}`, words), style: 'dim' },
            { text: matrix.head, style: 'dim' },
          ],
    empty: emptyWords(state.tasks, target, keysOfPart('predict', model)),
    spans: (row) => spansOf(row, { inside, slug, words, target, matrix, state }),
  });
}

/** Why the pane is empty: all has landed, no task has a branch, or merges have not been predicted yet. */
const emptyWords = memo((tasks: AppState['tasks'], target: string, predicts: string): string[] => {
  const live = tasks.filter((task) => !isSettled(task));
  if (tasks.some(({ status }) => status === 'landed') && live.length === 0)
    return [`Nothing is left to merge: all has landed on ${target}.`];
  if (!live.some(hasWork)) return ['Nothing to merge yet.', 'A task stands here as soon as it has a branch.'];
  return [
    'Looking whether they merge…',
    ...(predicts ? [`${predicts} predicts merges into ${target} at once.`] : []),
  ];
});

interface Matrix {
  width: number;
  head: string;
  /** Number of a row, as wide for all; 0: blank. */
  numbered(row: number): string;
  row(slug: string): TextSpan[];
  numberOf(slug: string): number;
  /** It has no column. */
  lacks(slug: string): boolean;
}

const cells = {
  conflict: { text: '◆', style: 'bad' },
  unknown: { text: '?', style: 'warn' },
  clean: { text: '·', style: 'faint' },
  none: { text: ' ', style: 'text' },
} as const;

/**
 * One column per task, in the order of the rows. Where there is no room for all, tasks that conflict with another one
 * get theirs, as many as fit.
 */
function matrixOf(rows: readonly MergeRow[], { pairs }: AppState, inside: number): Matrix {
  const slugs = rows.flatMap((row) => row.result?.task ?? []);
  const digits = `${slugs.length}`.length;
  const room = Math.floor((inside - 12 - wordsWidth - digits - 2) / (digits + 1));
  const possible = inside >= matrixFrom && slugs.length > 1 && pairs.length > 0;
  const shown = possible ? columnsOf(rows, slugs, room) : [];
  if (shown.length === 0) {
    return { width: 0, head: '', numbered: () => '', row: () => [], numberOf: () => 0, lacks: () => true };
  }
  const seen = new Set(shown);
  const status = pairStatusOf(pairs);
  const cell = (text: string) => ` ${text.padStart(digits)}`;
  const numbers = new Map(slugs.map((slug, at) => [slug, at + 1]));
  return {
    width: shown.length * (digits + 1) + digits + 1,
    head: shown.map((slug) => cell(`${numbers.get(slug)}`)).join(''),
    numbered: (row) => `${row > 0 ? `${row}`.padStart(digits) : ' '.repeat(digits)} `,
    numberOf: (slug) => numbers.get(slug) ?? 0,
    lacks: (slug) => !seen.has(slug),
    row: (slug) =>
      shown.map((other): TextSpan => {
        const known = other === slug ? undefined : status(slug, other);
        const { text, style } = cells[known ?? 'none'];
        return { text: cell(text), style };
      }),
  };
}

function columnsOf(rows: readonly MergeRow[], slugs: readonly string[], room: number): readonly string[] {
  if (slugs.length <= room) return slugs;
  const loud = new Set(rows.flatMap((row) => (row.quarrels?.length ? row.result!.task : [])));
  return slugs.filter((slug) => loud.has(slug)).slice(0, room);
}

/** The worst there is, counted: conflicts, else what could not be told, else clean ones; and pairs in conflict. */
function noteOf(rows: readonly MergeRow[]): string | undefined {
  const count = (status: MergeResult['status']) => rows.filter((row) => row.result?.status === status).length;
  const pairs = rows.filter((row) => row.pair?.status === 'conflict').length;
  const worst =
    count('conflict') > 0
      ? `${count('conflict')} ✗`
      : count('unknown') > 0
        ? `${count('unknown')} ?`
        : count('clean') > 0
          ? `${count('clean')} ✓`
          : '';
  return [worst, pairs > 0 ? `${pairs} ◆` : ''].filter(Boolean).join(' ') || undefined;
}

interface Columns {
  /** Of the whole row. */
  inside: number;
  slug: number;
  words: number;
  target: string;
  matrix: Matrix;
  state: AppState;
}

function spansOf(row: MergeRow, columns: Columns): TextSpan[] {
  const { slug, words, matrix } = columns;
  if (row.queue) return queueSpans(row.queue, titleIn(columns.state.tasks), columns.state);
  if (row.pair) {
    const { status, paths, reason, looks = [] } = row.pair;
    const why = status === 'clean' ? plural(looks.length, 'look') : (reason ?? paths.join('  '));
    const sign = ({ clean: '! ', conflict: '◆ ', unknown: '? ' } as const)[status];
    return [
      { text: sign, style: status === 'conflict' ? 'bad' : 'warn' },
      { text: `${pairWords(row.pair, columns, why)}  ` },
      { text: why, style: 'dim' },
    ];
  }
  const result = row.result!;
  const quarrels = row.quarrels?.filter((pair) => pair.status === 'conflict') ?? [];
  const hidden = quarrels.some(({ a, b }) => matrix.lacks(a === result.task ? b : a));
  // Conflicts without a column in the matrix are counted beside the words.
  const said = verdict(result, columns, hidden ? `◆${quarrels.length} ` : '');
  return [
    {
      text: `${matrix.numbered(matrix.numberOf(result.task))}${fitText(titleIn(columns.state.tasks)(result.task), slug)} `,
    },
    ...fitSpans(said, matrix.width === 0 ? words : words - 1),
    ...(matrix.width > 0 ? [{ text: ' ' }] : []),
    ...matrix.row(result.task),
  ];
}

/** Cut, or filled up, to this many columns. */
function fitSpans(spans: readonly TextSpan[], width: number): TextSpan[] {
  const fitted: TextSpan[] = [];
  let left = width;
  for (const span of spans) {
    if (left <= 0) break;
    const wide = Math.min(left, textWidth(span.text));
    fitted.push({ ...span, text: fitText(span.text, wide) });
    left -= wide;
  }
  if (left > 0) fitted.push({ text: ' '.repeat(left) });
  return fitted;
}

/** Both titles; shortened where what is said behind them would not be seen otherwise. */
function pairWords({ a, b }: { a: string; b: string }, { state, inside }: Columns, behind: string): string {
  const titles = [a, b].map(titleIn(state.tasks));
  const room = inside - 7 - Math.min(textWidth(behind), inside >> 1);
  const [first, second] = titles.map(textWidth) as [number, number];
  const most = Math.max(8, room >> 1, room - Math.min(first, second));
  return titles.map((title) => fitText(title, Math.min(textWidth(title), most))).join(' × ');
}

function queueSpans(
  { steps, firstConflict, with: others, proposal }: QueueReport,
  titleOf: (slug: string) => string,
  state: AppState,
): TextSpan[] {
  const { lands, of, without } = queueCounts(steps, state);
  const all = lands === of;
  return [
    { text: all ? '✓ ' : '! ', style: all ? 'good' : 'warn' },
    { text: `queue: ${lands} of ${of} ${lands === 1 ? 'merges' : 'merge'}` },
    ...(without > 0 ? [{ text: `, ${without} without work yet`, style: 'dim' } as const] : []),
    ...(proposal ? [{ text: `, ${proposal.lands} in another order`, style: 'info' } as const] : []),
    ...(firstConflict
      ? [
          {
            text: `  stops at ${titleOf(firstConflict)}${others?.length ? ` × ${others.map(titleOf).join(', ')}` : ''}`,
            style: 'dim',
          } as const,
        ]
      : []),
  ];
}

/** Each file once: several hunks of one may be in conflict. */
const pathsOf = (conflicts: MergeResult['conflicts']): string[] => [
  ...new Set(conflicts.map(({ path }) => path)),
];

/** How much is in conflict, in fewer words where there is no room for all. */
function conflictSaid(conflicts: MergeResult['conflicts'], room: number): string {
  const said = conflictWords(conflicts);
  return textWidth(said) <= room ? said : plural(pathsOf(conflicts).length, 'file');
}

function verdict(
  result: MergeResult,
  { target, state, words, matrix }: Columns,
  quarrels: string,
): TextSpan[] {
  const loud: TextSpan[] = quarrels ? [{ text: quarrels, style: 'bad' }] : [];
  const edits: TextSpan[] = result.uncommitted ? [{ text: `~${result.uncommitted} `, style: 'warn' }] : [];
  switch (result.status) {
    case 'conflict':
      return [
        { text: '✗ ', style: 'bad' },
        { text: `${conflictSaid(result.conflicts, words - (matrix.width > 0 ? 3 : 2))}  `, style: 'bad' },
        ...loud,
        ...edits,
        { text: pathsOf(result.conflicts).join('  '), style: 'dim' },
      ];
    case 'unknown':
      return [
        { text: '? unknown  ', style: 'warn' },
        { text: result.reason ?? '', style: 'dim' },
      ];
    case 'clean': {
      const behind = result.behind ?? state.worktrees[result.task]?.behind;
      return [
        { text: '✓ clean  ', style: 'good' },
        ...loud,
        ...(result.looks?.length
          ? [{ text: `! ${plural(result.looks.length, 'look')}  `, style: 'warn' } as const]
          : result.notLooked
            ? [{ text: '? looks  ', style: 'dim' } as const]
            : []),
        ...edits,
        behind
          ? { text: `${behind} behind ${target}`, style: 'dim' }
          : { text: `into ${target}`, style: 'faint' },
      ];
    }
  }
}
