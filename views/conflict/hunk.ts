/** Paints one hunk, or a file that is decided as a whole: only the rows that are seen are looked at. */
import {
  type ChosenHunk,
  certificateWords,
  decidedWords,
  takes,
} from '../../src/domain/landing/hunk-choices.js';
import type { ColouredPart } from '../../src/domain/landing/review/colours.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { textWidth, wrap } from '../../src/domain/platform/width.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { codeSpans } from '../code.js';
import type { Backdrop, Style } from '../theme.js';
import { lineMargin as margin, sidesBeside } from './layout.js';
import { type HunkCell, type HunkRow, hunkRows } from './rows.js';
import { type ConflictUi, type ConflictView, colourKey, type Decision } from './state.js';

interface Shown {
  view: ConflictView;
  ui: ConflictUi;
  current: Decision;
  place: { at: number; of: number };
}

const legend = 'lines of: o ours  t theirs  = both  b base  + new';

export function paintHunk(canvas: Canvas, rect: Rect, shown: Shown) {
  const { current, ui, place } = shown;
  const { file, hunk } = current;
  const rows = hunk ? hunkRows(hunk, besideFor(hunk, rect, ui)) : [];
  const height = rect.height - 2;
  const top = Math.max(0, Math.min(ui.top, rows.length - height));
  const line = hunk && hunk.line > 0 ? `, line ${hunk.line}` : '';
  const inside = canvas.box(rect, {
    focused: ui.focus === 'hunk',
    title: `2 ${visibleText(file.path)}`,
    note: hunk ? `hunk ${hunk.index} of ${file.hunks.length}${line}` : `${place.at} of ${place.of}`,
    foot:
      rows.length > height
        ? `${top + 1}–${Math.min(rows.length, top + height)} of ${rows.length}`
        : legendFor(hunk !== undefined, rect),
  });
  if (!hunk) return paintWhole(canvas, inside, current);
  for (let at = 0; at < inside.height; at++) {
    const row = rows[top + at];
    if (!row) break;
    paintCells(canvas, { ...inside, y: inside.y + at, height: 1 }, row, shown);
  }
}

const longestLines = new WeakMap<ChosenHunk, number>();

function besideFor(hunk: ChosenHunk, rect: Rect, ui: ConflictUi): 1 | 2 | 3 {
  let longest = longestLines.get(hunk);
  if (longest === undefined) {
    const lines = [hunk.base, hunk.ours, hunk.theirs].flatMap((side) => side.slice(0, 20_000).split('\n'));
    longest = lines.reduce((most, line) => Math.max(most, textWidth(visibleText(line))), 0);
    longestLines.set(hunk, longest);
  }
  return sidesBeside(rect.width, ui, longest);
}

const legendFor = (hunk: boolean, { width }: Rect): string | undefined =>
  hunk && width > 60 ? legend : undefined;

/** Last row that may stand at the top. */
export function hunkLimit({ hunk }: Decision, rect: Rect, ui: ConflictUi): number {
  if (!hunk) return 0;
  return Math.max(0, hunkRows(hunk, besideFor(hunk, rect, ui)).length - (rect.height - 2));
}

function paintCells(canvas: Canvas, { x, y, width }: Rect, row: HunkRow, shown: Shown) {
  const rules = row.length - 1;
  const each = Math.floor((width - rules) / row.length);
  row.forEach((cell, at) => {
    const left = x + at * (each + 1);
    const room = at === row.length - 1 ? x + width - left : each;
    if (at > 0) canvas.text(left - 1, y, 1, '│', 'border');
    if (cell) paintCell(canvas, { x: left, y, width: room, height: 1 }, cell, shown);
  });
}

/** Nothing further to the right is ever looked at. */
const longest = 4_000;

const signStyles: Readonly<Record<string, Style>> = {
  o: 'accent',
  t: 'info',
  '=': 'faint',
  b: 'faint',
  '+': 'good',
  '−': 'bad',
};

function paintCell(canvas: Canvas, { x, y, width }: Rect, cell: HunkCell, shown: Shown) {
  if (cell.head) {
    const text = `── ${visibleText(cell.head.text.slice(0, longest))} `;
    const rule = '─'.repeat(Math.max(0, width - textWidth(text)));
    return canvas.line(x, y, width, [
      { text, style: cell.head.style },
      { text: rule, style: 'border' },
    ]);
  }
  const ground: Backdrop = cell.kind === 'added' ? 'added' : cell.kind === 'removed' ? 'removed' : 'none';
  canvas.text(x, y, margin - 2, `${cell.number ?? ''}`.padStart(margin - 3), 'faint');
  canvas.text(x + margin - 2, y, 2, `${cell.sign} `, signStyles[cell.sign] ?? 'faint', ground);
  const { shift } = shown.ui;
  const raw = cell.line ?? '';
  const cut = raw.length > shift + longest;
  const text = `${visibleText(raw.slice(0, shift + longest))}${cell.unended ? '  (no newline at the end)' : ''}`;
  let used = margin;
  for (const { text: part, style } of spansOf(text, coloursOf(cell, shown), shift, cell.kind === 'around')) {
    if (used >= width) break;
    used += canvas.text(x + used, y, width - used, part, style, ground);
  }
  if (used < width) canvas.line(x + used, y, width - used, [], ground);
  else if (cut || margin + textWidth(text.slice(shift)) > width)
    canvas.text(x + width - 1, y, 1, '…', 'faint', ground);
  if (shift > 0 && text.length > 0) canvas.text(x + margin, y, 1, '…', 'faint', ground);
}

function coloursOf({ text, at }: HunkCell, { view, current }: Shown): readonly ColouredPart[] {
  if (text === undefined) return [];
  return view.colours.get(colourKey(current.file.path, text))?.get(at + 1) ?? [];
}

/** Lines around the hunk are dim. */
const spansOf = (text: string, colours: readonly ColouredPart[], from: number, dim: boolean): TextSpan[] =>
  dim ? [{ text: text.slice(from), style: 'dim' }] : codeSpans(text, colours, { from });

/** What each side has of a file that cannot be merged line by line. */
function paintWhole(canvas: Canvas, { x, y, width, height }: Rect, { file }: Decision) {
  const { whole, certificate, kind } = file;
  const lines: TextSpan[][] = whole
    ? [
        ...wrap(
          sanitizeLine(
            `${whole.reason.includes(kind) ? '' : `${kind}: `}${whole.reason}, so it is decided as a whole.`,
          ),
          width - 2,
        ).map((text): TextSpan[] => [{ text: ` ${text}` }]),
        [],
        ...takes.flatMap((side): TextSpan[][] => {
          if (side === 'both' || side === 'answer') return [];
          const taken = whole.took === side;
          return [
            [
              { text: ` ${taken ? '▶' : ' '} ${side.padEnd(8)}`, style: taken ? 'good' : 'accent' },
              { text: visibleText(whole[side].words), style: taken ? 'strong' : 'text' },
            ],
          ];
        }),
        [],
        [{ text: ` ${decidedWords(file)}`, style: whole.took ? 'good' : 'warn' }],
      ]
    : wrap(sanitizeLine(certificate ? certificateWords(certificate) : kind), width - 2).map(
        (text): TextSpan[] => [{ text: ` ${text}` }],
      );
  lines.slice(0, height).forEach((spans, at) => {
    canvas.line(x, y + at, width, spans);
  });
}
