/** The lines of a transcript as rows of a pane: folded, wrapped, and painted by their kind, never by their text. */
import {
  type Block,
  hiddenLines,
  type LineKind,
  shownFolded,
  type TranscriptLine,
} from '../../src/domain/agents/transcript/line.js';
import { gutterOf, outcomeWords, unknownWords } from '../../src/domain/agents/transcript/plain.js';
import { type ProsePart, proseParts } from '../../src/domain/agents/transcript/prose.js';
import { lineColours } from '../../src/domain/landing/review/line-colours.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { plural } from '../../src/domain/platform/units.js';
import { textWidth, wrapParts } from '../../src/domain/platform/width.js';
import type { TextSpan } from '../canvas.js';
import { codeSpans } from '../code.js';
import type { TranscriptView } from '../model.js';
import type { Backdrop, Style } from '../theme.js';
import type { OpenFolds } from '../ui/state.js';

/** A row of the pane. */
export interface PaneRow {
  spans: readonly TextSpan[];
  /** Everything in it, for marking what is searched. */
  text: string;
  /** What it stands on: a line of an edit, as in a diff. */
  ground?: Backdrop;
}

export interface Room {
  width: number;
  height: number;
  /** The key that opens what is folded. */
  opens?: string;
}

const isOpen = ({ key }: Block, { all, blocks }: OpenFolds) => all !== blocks.has(key);

/** How a line stands on the screen now. */
function standing(line: TranscriptLine, opened: OpenFolds): ReturnType<typeof shownFolded> {
  return line.block && isOpen(line.block, opened) ? 'shown' : shownFolded(line);
}

export const isShown = (line: TranscriptLine, opened: OpenFolds): boolean =>
  standing(line, opened) !== 'hidden';

/** Wraps upwards from the bottom line until the pane is full: the cost is the pane, not the transcript. */
export function lastRows(
  view: TranscriptView,
  bottom: number | undefined,
  opened: OpenFolds,
  room: Room,
): readonly PaneRow[] {
  const { height } = room;
  const first = view.total - view.lines.length + 1;
  const rows: PaneRow[] = [];
  // The line at which the person stopped may no longer be kept: then the oldest kept lines are shown.
  if (bottom !== undefined && bottom <= lowestBottom(view, opened, room)) {
    for (let number = first; number <= view.total && rows.length < height; number++) {
      rows.push(...rowsAt(view, number, opened, room));
    }
    return rows.slice(0, height);
  }
  const last = Math.min(bottom ?? view.total, view.total);
  for (let number = last; number >= first && rows.length < height; number--) {
    rows.unshift(...rowsAt(view, number, opened, room));
  }
  return rows.slice(-height);
}

/** The last line in the pane when the first one in memory is at its top: as far up as it scrolls. */
export function lowestBottom(view: TranscriptView, opened: OpenFolds, room: Room): number {
  const first = view.total - view.lines.length + 1;
  let rows = 0;
  for (let number = first; number <= view.total; number++) {
    rows += rowsAt(view, number, opened, room).length;
    if (rows > room.height) return Math.max(first, number - 1);
  }
  return view.total;
}

/** From this height on there is room to set apart what the agent does and says. */
const apartFrom = 30;
const blank: PaneRow = { spans: [], text: '' };

/** The rows of a line by its number, with a blank one above where something new begins. */
function rowsAt(view: TranscriptView, number: number, opened: OpenFolds, room: Room): readonly PaneRow[] {
  const at = number - (view.total - view.lines.length + 1);
  const rows = rowsOf(view.lines[at]!, room.width, opened, room.opens);
  if (room.height < apartFrom || rows.length === 0 || !view.lines[at]!.first) return rows;
  const before = view.lines
    .slice(Math.max(0, at - longestFold), at)
    .findLast((line) => isShown(line, opened));
  return before && standApart(before, view.lines[at]!) ? [blank, ...rows] : rows;
}

/** More lines than that are hidden nowhere between two that are shown. */
const longestFold = 100;
const deeds: ReadonlySet<LineKind> = new Set(['command', 'edit', 'tool']);

/** Heads of deeds that show nothing below them stay together. */
const standApart = (before: TranscriptLine, line: TranscriptLine): boolean =>
  !(before.first && deeds.has(before.kind) && deeds.has(line.kind));

interface Cached {
  width: number;
  /** What of its block the rows show: a head changes when its action ends. */
  stamp: string;
  rows: readonly PaneRow[];
}

const cache = new WeakMap<TranscriptLine, Cached>();

function rowsOf(line: TranscriptLine, width: number, opened: OpenFolds, opens?: string): readonly PaneRow[] {
  const stands = standing(line, opened);
  if (stands === 'hidden') return [];
  if (stands === 'more') return [moreRow(line.block!, opens)];
  const stamp = line.at === 0 ? stampOf(line.block!, isOpen(line.block!, opened)) : '';
  const known = cache.get(line);
  if (known?.width === width && known.stamp === stamp) return known.rows;
  const rows = wrapped(line, width, opened);
  cache.set(line, { width, stamp, rows });
  return rows;
}

const stampOf = ({ state, exitCode, durationMs, lines, names }: Block, open: boolean) =>
  [state, exitCode, durationMs, lines, names?.size, open].join(' ');

const rowOf = (spans: readonly TextSpan[]): PaneRow => ({
  spans,
  text: spans.map(({ text }) => text).join(''),
});

const moreRow = (block: Block, opens?: string): PaneRow =>
  rowOf([
    { text: '│ ', style: 'faint' },
    { text: `… ${hiddenLines(block)} lines more${opens ? `; ${opens} opens` : ''}`, style: 'faint' },
  ]);

function wrapped(line: TranscriptLine, width: number, opened: OpenFolds): PaneRow[] {
  const lead = gutterOf(line);
  const { gutter, text } = lookOf(line);
  const parts = [...partsOf(line, text), ...tailOf(line, opened)];
  const hang = isProse(line.kind) ? hangOf(line.text) : 0;
  // The beginning of an item stands before the column in which the rest of it is set.
  const rows = wrapParts(parts, Math.max(hang + 8, width - lead.length), hang);
  const ground = line.kind === 'added' || line.kind === 'removed' ? { ground: line.kind } : {};
  // The bar beside what a command wrote goes on beside the rest of a long line; its number and sign stand once.
  const next = (lead.startsWith('│') ? '│' : ' ').padEnd(lead.length + hang);
  return rows.map((row, at) => ({
    ...rowOf([{ text: at === 0 ? lead : next, style: gutter }, ...row]),
    ...ground,
  }));
}

/** Columns of an item's mark, and of what it is set in by. */
const hangOf = (text: string): number => /^\s{0,20}(?:• |\d{1,3}[.)] )/.exec(text)?.[0].length ?? 0;

const isProse = (kind: LineKind): boolean => kind === 'said' || kind === 'quote' || kind === 'heading';

const lookStyles: Readonly<Record<ProsePart['look'], Style | undefined>> = {
  plain: undefined,
  strong: 'strong',
  emphasis: 'strong',
  code: 'accent',
  address: 'dim',
};

function partsOf(line: TranscriptLine, style: Style): TextSpan[] {
  const { block, at } = line;
  if (block?.kind === 'unknown' && at === 0)
    return [{ text: sanitizeLine(unknownWords(block.names)), style }];
  const text = sanitizeLine(line.text);
  if (line.language && coloured.has(line.kind))
    return codeSpans(text, lineColours(line.language, text), { style });
  if (!isProse(line.kind)) return [{ text, style }];
  return proseParts(text).map((part) => ({ text: part.text, style: lookStyles[part.look] ?? style }));
}

/** Lines of code with colours of their own; what only stands around a change is dim. */
const coloured: ReadonlySet<LineKind> = new Set(['added', 'removed', 'code']);

/** What stands behind a head: how it ended, and how much is folded behind it. */
function tailOf({ block, at }: TranscriptLine, opened: OpenFolds): TextSpan[] {
  if (!block || at !== 0) return [];
  const outcome = outcomeWords(block);
  const bad = block.state === 'failed' || block.state === 'denied';
  const hidden = block.kind === 'thought' && !isOpen(block, opened) ? hiddenLines(block) : 0;
  return [
    ...(block.state === 'going' && block.kind !== 'thought' ? [{ text: ' …', style: 'faint' as const }] : []),
    ...(outcome === '' ? [] : [{ text: `  ${outcome}`, style: bad ? ('bad' as const) : ('dim' as const) }]),
    ...(hidden > 0 ? [{ text: `  +${plural(hidden, 'line')}`, style: 'faint' as const }] : []),
  ];
}

interface Look {
  gutter: Style;
  text: Style;
}

const looks: Readonly<Record<LineKind, Look>> = {
  said: { gutter: 'strong', text: 'text' },
  heading: { gutter: 'strong', text: 'strong' },
  code: { gutter: 'strong', text: 'accent' },
  quote: { gutter: 'strong', text: 'dim' },
  table: { gutter: 'strong', text: 'text' },
  thought: { gutter: 'faint', text: 'dim' },
  told: { gutter: 'info', text: 'info' },
  command: { gutter: 'info', text: 'strong' },
  edit: { gutter: 'accent', text: 'strong' },
  tool: { gutter: 'info', text: 'dim' },
  plan: { gutter: 'info', text: 'info' },
  output: { gutter: 'faint', text: 'dim' },
  added: { gutter: 'good', text: 'text' },
  removed: { gutter: 'bad', text: 'text' },
  context: { gutter: 'faint', text: 'dim' },
  gap: { gutter: 'faint', text: 'faint' },
  step: { gutter: 'dim', text: 'text' },
  asks: { gutter: 'warn', text: 'warn' },
  answer: { gutter: 'warn', text: 'warn' },
  retry: { gutter: 'warn', text: 'warn' },
  note: { gutter: 'warn', text: 'dim' },
  error: { gutter: 'bad', text: 'bad' },
  end: { gutter: 'good', text: 'good' },
  plain: { gutter: 'text', text: 'text' },
  unknown: { gutter: 'faint', text: 'faint' },
};

function lookOf({ kind, went, block, at }: TranscriptLine): Look {
  const look = looks[kind];
  if (kind === 'end' && went === 'bad') return looks.error;
  if (kind === 'step') return { ...look, text: went === 'ok' ? 'dim' : went === 'going' ? 'strong' : 'text' };
  if (kind === 'edit' && went === 'new') return { gutter: 'good', text: 'good' };
  if (!block || at !== 0) return look;
  if (block.state === 'failed' || block.state === 'denied') return { ...look, gutter: 'bad' };
  return kind === 'command' && block.state === 'ok' ? { ...look, gutter: 'good' } : look;
}

/** Columns of a row's text up to a place in it. */
export const columnAt = (row: PaneRow, at: number): number => textWidth(row.text.slice(0, at));
