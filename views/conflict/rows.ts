/** A hunk as rows of cells: its sides beside or below one another, and what stands there now. Pure; made once, not for each frame. */
import { type ChosenHunk, textNow } from '../../src/domain/landing/hunk-choices.js';
import { linesOf } from '../../src/domain/landing/hunks.js';
import { diff } from '../../src/domain/landing/structural/sequence.js';
import type { Style } from '../theme.js';

export interface HunkCell {
  /** A heading has no line. */
  head?: { text: string; style: Style };
  /** The raw line without its end, and which one of `text` it is. */
  line?: string;
  at: number;
  /** The whole text that it is of, by which it is coloured; absent for lines around the hunk. */
  text?: string;
  /** Its number in the file, where that is known. */
  number?: number;
  sign: string;
  kind: 'same' | 'added' | 'removed' | 'around';
  /** It has no end of line, and is the last one of its file. */
  unended?: boolean;
}

/** One row of the pane: a cell for each column, an empty one where a side has fewer lines. */
export type HunkRow = readonly (HunkCell | undefined)[];

/** Rows of the last hunks that were asked for. */
let last: { of: readonly unknown[]; rows: readonly HunkRow[] } | undefined;

/** The same object for as long as it is the same hunk in as many columns. */
export function hunkRows(hunk: ChosenHunk, beside: 1 | 2 | 3): readonly HunkRow[] {
  const of = [hunk, beside];
  if (!last || of.some((part, at) => part !== last!.of[at])) last = { of, rows: made(hunk, beside) };
  return last.rows;
}

function made(hunk: ChosenHunk, beside: 1 | 2 | 3): HunkRow[] {
  const base = baseCells(hunk);
  const ours = sideCells('ours', hunk.base, hunk.ours, hunk.line);
  const theirs = sideCells('theirs', hunk.base, hunk.theirs);
  const now = nowCells(hunk).map((cell) => [cell]);
  const alone = (cells: readonly HunkCell[]) => cells.map((cell) => [cell]);
  if (beside === 3) return [...together([base, ours, theirs]), ...now];
  if (beside === 2) return [...alone(base), ...together([ours, theirs]), ...now];
  return [...alone(base), ...alone(ours), ...alone(theirs), ...now];
}

const together = (columns: readonly (readonly HunkCell[])[]): HunkRow[] =>
  Array.from({ length: Math.max(...columns.map((cells) => cells.length)) }, (_, at) =>
    columns.map((cells) => cells[at]),
  );

const heading = (text: string, style: Style): HunkCell => ({
  head: { text, style },
  at: 0,
  sign: '',
  kind: 'same',
});

const bare = (line: string): string => line.replace(/\n$/, '');

function cellsOfText(
  text: string,
  first: number,
  mark: (at: number, line: string) => Pick<HunkCell, 'sign' | 'kind'>,
): HunkCell[] {
  return linesOf(text).map((line, at) => ({
    line: bare(line),
    at,
    text,
    ...(first > 0 ? { number: first + at } : {}),
    ...mark(at, line),
    ...(line.endsWith('\n') ? {} : { unended: true }),
  }));
}

/** Lines of the base that a side took away or rewrote. */
function baseCells({ base, ours, theirs }: ChosenHunk): HunkCell[] {
  const gone = [ours, theirs].map((side) => changedIn(base, side).gone);
  const lines = cellsOfText(base, 0, (at) => {
    const [byOurs, byTheirs] = gone.map((set) => set.has(at));
    if (!byOurs && !byTheirs) return { sign: ' ', kind: 'same' };
    return { sign: byOurs && byTheirs ? '−' : byOurs ? 'o' : 't', kind: 'removed' };
  });
  return [heading(lines.length > 0 ? 'base' : 'base  nothing stood here', 'dim'), ...lines];
}

function sideCells(name: string, base: string, side: string, first = 0): HunkCell[] {
  const { come } = changedIn(base, side);
  const lines = cellsOfText(side, first, (at) =>
    come.has(at) ? { sign: '+', kind: 'added' } : { sign: ' ', kind: 'same' },
  );
  const same = side === base ? '  as it was' : '';
  return [
    heading(
      lines.length > 0 ? `${name}${same}` : `${name}  took it away`,
      name === 'ours' ? 'accent' : 'info',
    ),
    ...lines,
  ];
}

/** What stands in the hunk now, between the lines around it; each line says which side has it. */
function nowCells(hunk: ChosenHunk): HunkCell[] {
  const text = textNow(hunk);
  const { choice, answer } = hunk;
  const around = (side: string): HunkCell[] =>
    linesOf(side).map((line) => ({ line: bare(line), at: 0, sign: ' ', kind: 'around' }));
  if (text === undefined) {
    const gap: HunkCell = { line: '…', at: 0, sign: '?', kind: 'around' };
    return [
      heading(`no result  ${hunk.why ?? ''}`, 'warn'),
      ...around(hunk.before),
      gap,
      ...around(hunk.after),
    ];
  }
  const of = (side: string) => new Set(linesOf(side).map(bare));
  const [base, ours, theirs] = [of(hunk.base), of(hunk.ours), of(hunk.theirs)];
  const lines = cellsOfText(text, hunk.line, (_, line) => {
    const [b, o, t] = [base, ours, theirs].map((set) => set.has(bare(line)));
    if (o && t) return { sign: '=', kind: 'same' };
    if (o || t) return { sign: o ? 'o' : 't', kind: b ? 'same' : 'added' };
    return { sign: b ? 'b' : '+', kind: b ? 'same' : 'added' };
  });
  const strategy = answer?.strategy === 'by-hand' ? 'hand' : answer?.strategy;
  const by = [strategy, answer?.rules?.[0]].filter(Boolean).join(', ');
  const heads = choice
    ? [
        heading(
          choice.took === 'edited' ? 'result  as you wrote it' : `result  chosen: ${choice.took}`,
          'good',
        ),
      ]
    : [
        heading(
          `result  ${answer!.merged ? 'merged' : answer!.guess ? 'a guess' : 'proposed'} by ${by}`,
          answer!.guess ? 'warn' : 'good',
        ),
        heading(answer!.reason, 'dim'),
        ...(answer!.merged
          ? []
          : [heading(answer!.unproven === undefined ? 'proven' : `not proven: ${answer!.unproven}`, 'dim')]),
      ];
  const nothing = lines.length === 0 ? [heading('nothing stands here', 'dim')] : [];
  return [...heads, ...around(hunk.before), ...lines, ...nothing, ...around(hunk.after)];
}

/** Lines that one text has and the other has not; all, where they are too far apart to say. */
function changedIn(before: string, after: string): { gone: ReadonlySet<number>; come: ReadonlySet<number> } {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const spans = diff(old, fresh) ?? [{ start: 0, end: old.length, from: 0, to: fresh.length }];
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
  return {
    gone: new Set(spans.flatMap(({ start, end }) => range(start, end))),
    come: new Set(spans.flatMap(({ from, to }) => range(from, to))),
  };
}
