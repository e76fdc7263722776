/** Paints the continuous diff: only the rows that are seen are looked at. */
import type { DiffLine } from '../../src/domain/landing/diff.js';
import type { ColouredPart } from '../../src/domain/landing/review/colours.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import { fileTitle } from '../../src/domain/landing/review/words.js';
import { plural } from '../../src/domain/platform/units.js';
import { textWidth, wrap } from '../../src/domain/platform/width.js';
import type { Canvas, Rect } from '../canvas.js';
import { codeStyles } from '../code.js';
import type { Backdrop, Style } from '../theme.js';
import { codeRooms, codeText, margin, saidSpans } from './laid.js';
import { cursorOf, type DiffRow, type DiffRows } from './rows.js';
import { type ReviewUi, type ReviewView, sideKey } from './state.js';
import { changedWords, type LinePart } from './words.js';

type LineRow = Extract<DiffRow, { type: 'line' }>;

export function paintChanges(
  canvas: Canvas,
  rect: Rect,
  { view, ui, made, split }: { view: ReviewView; ui: ReviewUi; made: DiffRows; split: boolean },
) {
  const { rows } = made;
  const cursor = cursorOf(made, ui);
  const height = rect.height - 2;
  const top = firstRow(made, ui, height);
  const row = rows[cursor];
  const rooms = codeRooms(rect.width - 2, split);
  const hasLong = ui.shift === 0 && rows.slice(top, top + height).some((one) => isLong(one, rooms));
  const inside = canvas.box(rect, {
    focused: ui.focus === 'changes',
    title: `2 ${visibleText(row?.file?.path ?? 'Changes')}`,
    note: hunkNote(made, cursor, split),
    foot:
      rows.length > 0
        ? `${hasLong ? '→ the rest of long lines  ' : ''}${top + 1}–${Math.min(rows.length, top + height)} of ${rows.length}`
        : undefined,
  });
  if (rows.length === 0) {
    const text =
      view.review?.since && ui.since
        ? 'Nothing has changed since the last round. d shows all.'
        : view.review?.uncommitted
          ? 'Nothing is committed yet: a review is of commits. The Diff page shows the edits so far.'
          : 'Nothing is changed.';
    wrap(text, inside.width - 2)
      .slice(0, inside.height)
      .forEach((part, at) => {
        canvas.text(inside.x + 1, inside.y + at, inside.width - 2, part, 'dim');
      });
    return;
  }
  for (let at = 0; at < inside.height; at++) {
    const shown = rows[top + at];
    if (!shown) break;
    const line = { ...inside, y: inside.y + at, height: 1 };
    paintRow(canvas, line, shown, {
      view,
      ui,
      split,
      chosen: top + at === cursor || isSameRow(shown, row),
      focused: ui.focus === 'changes',
    });
  }
}

const pieceOf = (row: DiffRow | undefined) => (row && 'part' in row ? row.part : undefined);

const isSameRow = (one: DiffRow, other: DiffRow | undefined): boolean =>
  pieceOf(one) !== undefined && pieceOf(one)?.of === pieceOf(other)?.of;

/** It is in one row, and cut there. */
const isLong = (row: DiffRow, rooms: { old: number; new: number }): boolean =>
  row.type === 'line' &&
  !row.part &&
  (['old', 'new'] as const).some(
    (side) => row[side] !== undefined && textWidth(codeText(row[side])) > rooms[side],
  );

/** The first row shown: as it was, moved just as far as the cursor needs. */
export function firstRow(made: DiffRows, ui: ReviewUi, height: number): number {
  const cursor = cursorOf(made, ui);
  const limit = Math.max(0, made.rows.length - height);
  const top = Math.max(0, Math.min(ui.top, limit));
  if (cursor < top) return cursor;
  // What goes on below the cursor is seen as well.
  let end = cursor;
  while (
    end + 1 < made.rows.length &&
    end - cursor + 2 <= height &&
    isSameRow(made.rows[end + 1]!, made.rows[cursor])
  )
    end++;
  return end >= top + height ? end - height + 1 : top;
}

function hunkNote({ hunks }: DiffRows, cursor: number, split: boolean): string {
  const at = hunks.findLastIndex((start) => start <= cursor) + 1;
  const how = split ? 'side by side' : 'unified';
  return at > 0 ? `hunk ${at} of ${hunks.length} · ${how}` : `${plural(hunks.length, 'hunk')} · ${how}`;
}

interface Shown {
  view: ReviewView;
  ui: ReviewUi;
  split: boolean;
  chosen: boolean;
  focused: boolean;
}

function paintRow(canvas: Canvas, line: Rect, row: DiffRow, shown: Shown) {
  const ground: Backdrop = !shown.chosen ? 'none' : shown.focused ? 'selected' : 'selectedIdle';
  const { x, y, width } = line;
  canvas.text(x, y, 1, shown.chosen ? '▶' : ' ', 'focus', ground);
  switch (row.type) {
    case 'file': {
      const viewed = shown.view.review?.viewed.includes(row.file.path);
      const title = `${row.folded ? '▸' : '▾'} ${visibleText(fileTitle(row.file))}${viewed ? '  ✓ viewed' : ''}`;
      return canvas.line(
        x + 1,
        y,
        width - 1,
        [{ text: title, style: viewed ? 'dim' : 'accent' }],
        ground === 'none' ? 'bar' : ground,
      );
    }
    case 'fold': {
      const many = row.count === undefined ? 'more lines' : plural(row.count, 'line');
      const text = `┄┄┄ ${many} unchanged ⏎ shows `;
      const rule = '┄'.repeat(Math.max(0, width - 1 - textWidth(text)));
      return canvas.line(x + 1, y, width - 1, [{ text: text + rule, style: 'faint' }], ground);
    }
    case 'note':
      return canvas.line(x + 1, y, width - 1, [{ text: `      ${row.text}`, style: 'dim' }], ground);
    case 'remark':
    case 'comment': {
      const spans = row.part?.spans ?? saidSpans(row);
      const lead = `     ┊ ${row.part && row.part.at > 0 ? '  ' : ''}`;
      return canvas.line(
        x + 1,
        y,
        width - 1,
        [{ text: lead, style: spans[0]?.style ?? 'text' }, ...spans],
        ground,
      );
    }
    case 'line':
      return paintLine(canvas, { ...line, x: x + 1, width: width - 1 }, row, shown);
  }
}

function paintLine(canvas: Canvas, line: Rect, row: LineRow, shown: Shown) {
  const words =
    shown.ui.words && row.old && row.new && row.old !== row.new ? wordsOf(row.old, row.new) : undefined;
  if (!shown.split) {
    const one = row.new ?? row.old!;
    const both = shown.ui.words ? partnerOf(row) : undefined;
    return paintCode(canvas, line, one, row, shown, one.kind === 'removed' ? both?.before : both?.after);
  }
  const left = (line.width - 1) >> 1;
  paintCode(canvas, { ...line, width: left }, row.old, row, shown, words?.before, true);
  canvas.text(line.x + left, line.y, 1, '│', 'border');
  const right = { ...line, x: line.x + left + 1, width: line.width - left - 1 };
  paintCode(canvas, right, row.new, row, shown, words?.after);
}

const pairs = new WeakMap<DiffLine, ReturnType<typeof changedWords>>();

function wordsOf(old: DiffLine, fresh: DiffLine): ReturnType<typeof changedWords> {
  if (!pairs.has(fresh)) pairs.set(fresh, changedWords(visibleText(old.text), visibleText(fresh.text)));
  return pairs.get(fresh);
}

/** Line under line, the n-th removed line of a block belongs to its n-th added one. */
function partnerOf({ file, hunk, old, new: fresh }: LineRow): ReturnType<typeof changedWords> {
  const own = fresh ?? old!;
  const lines = own.kind === 'context' ? undefined : file.hunks[hunk];
  if (!lines) return undefined;
  const at = lines.indexOf(own);
  let start = at;
  while (start > 0 && lines[start - 1]!.kind !== 'context') start--;
  let middle = start;
  while (lines[middle]?.kind === 'removed') middle++;
  let end = middle;
  while (lines[end]?.kind === 'added') end++;
  const other = own.kind === 'removed' ? middle + (at - start) : start + (at - middle);
  const inside = own.kind === 'removed' ? other < end : other < middle;
  if (!inside) return undefined;
  return own.kind === 'removed' ? wordsOf(own, lines[other]!) : wordsOf(lines[other]!, own);
}

const signs = { added: '+', removed: '−', context: ' ' } as const;

/** What a row shows of a line: all of it, or a part, from where on; only the first one has the number and the sign. */
function seenOf(one: DiffLine, { part, ...row }: LineRow, left: boolean) {
  const number = String(left ? one.oldLine! : numberOf(one));
  const whole = codeText(one);
  if (!part) return { number, sign: signs[one.kind], text: whole };
  // A side that ends before the other one is empty from there on.
  const [from, to] = part[left || one !== row.new ? 'old' : 'new'] ?? [0, 0];
  const first = part.at === 0;
  return { number: first ? number : '', sign: first ? signs[one.kind] : ' ', text: whole.slice(0, to), from };
}

/** One side of a row. */
function paintCode(
  canvas: Canvas,
  { x, y, width }: Rect,
  one: DiffLine | undefined,
  row: LineRow,
  shown: Shown,
  words: readonly LinePart[] = [],
  left = false,
) {
  const chosen: Backdrop = !shown.chosen ? 'none' : shown.focused ? 'selected' : 'selectedIdle';
  if (!one) return canvas.line(x, y, width, [], chosen);
  const { kind } = one;
  const ground = kind === 'context' ? chosen : kind;
  const strong: Backdrop = kind === 'added' ? 'addedWords' : 'removedWords';
  const { number, sign, text, from } = seenOf(one, row, left);
  canvas.text(x, y, 6, `${number.padStart(5)} `, shown.chosen ? 'strong' : 'faint', chosen);
  canvas.text(x + 6, y, 2, `${sign} `, signStyles[kind], ground);
  const shift = from ?? (shown.ui.shift || shiftTo(words, width - margin));
  let used = margin;
  for (const span of spansOf(text, coloursOf(one, row, shown), words, shift)) {
    if (used >= width) break;
    used += canvas.text(x + used, y, width - used, span.text, span.style, span.changed ? strong : ground);
  }
  if (used < width) canvas.line(x + used, y, width - used, [], ground);
  else if (margin + textWidth(text.slice(shift)) > width)
    canvas.text(x + width - 1, y, 1, '…', 'faint', ground);
  if (from === undefined && shift > 0 && text.length > 0) canvas.text(x + margin, y, 1, '…', 'faint', ground);
}

/** What of a line is kept at least before its first change. */
const beforeChange = 12;

/** How far a line is moved so that its first change is seen, and no further; 0 where it is seen anyway. */
function shiftTo([first]: readonly LinePart[], room: number): number {
  if (!first || room <= beforeChange) return 0;
  const end = Math.min(first[1], first[0] + room - beforeChange);
  // The last column tells that the line goes on, and one more is seen.
  return Math.max(0, end + 3 - room);
}

const signStyles = { added: 'good', removed: 'bad', context: 'faint' } as const;

const numberOf = ({ kind, line, oldLine }: DiffLine): number => (kind === 'removed' ? oldLine! : line);

function coloursOf(one: DiffLine, { file }: LineRow, { view }: Shown): readonly ColouredPart[] {
  const old = one.kind === 'removed';
  const key = sideKey(old ? 'old' : 'new', old ? (file.oldPath ?? file.path) : file.path);
  return view.colours.get(key)?.get(numberOf(one)) ?? [];
}

interface CodeSpan {
  text: string;
  style: Style;
  changed: boolean;
}

/** The text cut at every place where its colour or its being changed begins or ends. */
function spansOf(
  text: string,
  colours: readonly ColouredPart[],
  words: readonly LinePart[],
  shift: number,
): CodeSpan[] {
  const whole = text.slice(shift);
  if (colours.length === 0 && words.length === 0) return [{ text: whole, style: 'text', changed: false }];
  const cuts = new Set([shift, text.length]);
  for (const [from, to] of [...colours, ...words]) {
    if (from > shift) cuts.add(from);
    if (to > shift && to < text.length) cuts.add(to);
  }
  const sorted = [...cuts].filter((cut) => cut <= text.length).sort((a, b) => a - b);
  return sorted.slice(0, -1).map((from, at) => {
    const colour = colours.find(([start, end]) => start <= from && from < end)?.[2];
    return {
      text: text.slice(from, sorted[at + 1]),
      style: colour ? codeStyles[colour] : 'text',
      changed: words.some(([start, end]) => start <= from && from < end),
    };
  });
}
