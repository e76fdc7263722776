/** Rows of the diff as they fit: what is longer than its place goes on in rows below it. Pure; made once, not for each frame. */

import type { DiffLine } from '../../src/domain/landing/diff.js';
import { placeName } from '../../src/domain/landing/review/spelling.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import { commentMarks, commentWords, remarkMarks } from '../../src/domain/landing/review/words.js';
import { inOneLine } from '../../src/domain/platform/sanitize.js';
import { charWidth, textWidth, toCells, wrapParts } from '../../src/domain/platform/width.js';
import type { TextSpan } from '../canvas.js';
import type { Style } from '../theme.js';
import type { DiffRow, DiffRows } from './rows.js';

/** From where to where of a visible text. */
export type Cut = readonly [from: number, to: number];

/** Columns of a line that its number and its sign take. */
export const margin = 8;
/** Columns before what is said at a line. */
const saidMargin = 9;

/** In how many rows a line of code goes on: a longer one stays in one row, and is moved with a key. */
const mostRows = 6;
/** In how many rows a remark or a comment does; Enter shows all of it. */
const mostSaid = 8;

/** What of a line is shown: all of it, and what stands for its missing end. */
export const codeText = (one: DiffLine): string =>
  `${visibleText(one.text)}${one.unended ? '  (no newline at the end)' : ''}`;

/** Columns that the sides of a line have, in a pane with this much room inside. */
export function codeRooms(inside: number, split: boolean): { old: number; new: number } {
  // The cursor has a column of its own, and so has the rule between the sides.
  const width = inside - 1;
  if (!split) return { old: width - margin, new: width - margin };
  const left = (width - 1) >> 1;
  return { old: left - margin, new: width - left - 1 - margin };
}

let last: { of: readonly unknown[]; laid: DiffRows } | undefined;

/** The rows for a pane with this much room inside; the same object for as long as they are the same. */
export function laidRows(made: DiffRows, inside: number, split: boolean): DiffRows {
  const of = [made, inside, split];
  if (!last || of.some((part, at) => part !== last!.of[at])) last = { of, laid: laid(made, inside, split) };
  return last.laid;
}

function laid(made: DiffRows, inside: number, split: boolean): DiffRows {
  const rooms = codeRooms(inside, split);
  const rows: DiffRow[] = [];
  const begins = made.rows.map((row) => {
    const at = rows.length;
    for (const part of partsOf(row, rooms, inside)) rows.push(part);
    return at;
  });
  const moved = (all: readonly number[]) => all.map((at) => begins[at]!);
  return { rows, hunks: moved(made.hunks), files: moved(made.files), said: moved(made.said) };
}

function partsOf(row: DiffRow, rooms: { old: number; new: number }, inside: number): DiffRow[] {
  if (row.type === 'remark' || row.type === 'comment') return saidParts(row, inside - 1 - saidMargin);
  if (row.type !== 'line') return [row];
  const [old, fresh] = [
    row.old ? cutsOf(codeText(row.old), rooms.old) : [],
    row.new ? cutsOf(codeText(row.new), rooms.new) : [],
  ];
  const count = Math.max(old.length, fresh.length);
  if (count <= 1) return [row];
  return Array.from({ length: count }, (_, at) => ({
    ...row,
    part: { at, of: row, old: old[at], new: fresh[at] },
  }));
}

function saidParts(row: Extract<DiffRow, { type: 'remark' | 'comment' }>, room: number): DiffRow[] {
  const lines = wrapParts(saidSpans(row), Math.max(8, room));
  if (lines.length <= 1) return [row];
  const shown = lines.slice(0, mostSaid);
  if (lines.length > mostSaid) shown[mostSaid - 1] = [...shown[mostSaid - 1]!, { text: '…' }];
  return shown.map((spans, at) => ({ ...row, part: { at, of: row, spans } }));
}

/** What is said at a line, in a line. */
export function saidSpans(row: Extract<DiffRow, { type: 'remark' | 'comment' }>): TextSpan[] {
  const inLine = (text: string) => visibleText(inOneLine(text));
  if (row.type === 'remark') {
    const { severity, from, text } = row.remark;
    const style = ({ error: 'bad', warning: 'warn', info: 'dim' } as const)[severity] satisfies Style;
    return [{ text: `${remarkMarks[severity]} ${from}: ${inLine(text)}`, style }];
  }
  const { kind, text, state, place, now } = row.comment;
  const where = now === undefined ? ` (was at ${placeName(place)})` : '';
  const stand: TextSpan[] =
    state === 'draft'
      ? []
      : [{ text: `  ${commentWords[state]}`, style: state === 'open' ? 'warn' : 'good' }];
  return [{ text: `${commentMarks[state]} you, ${kind}: ${inLine(text)}${where}`, style: 'info' }, ...stand];
}

/** The whole text where it fits, or is too long to be read in rows; else its rows, broken behind spaces where one is near. */
function cutsOf(text: string, room: number): Cut[] {
  const whole: Cut = [0, text.length];
  if (text.length * 2 <= room || room < 2 * margin || textWidth(text) <= room) return [whole];
  const cells = toCells(text);
  if (cells.reduce((sum, cell) => sum + cell.length, 0) !== text.length) return [whole];
  const cuts: Cut[] = [];
  let [from, at, used, space] = [0, 0, 0, 0];
  for (const cell of cells) {
    const wide = charWidth(cell);
    if (used + wide > room) {
      const to = space > from + (room >> 1) ? space : at;
      cuts.push([from, to]);
      if (cuts.length >= mostRows) return [whole];
      used = textWidth(text.slice(to, at));
      from = to;
    }
    used += wide;
    at += cell.length;
    if (cell === ' ') space = at;
  }
  return [...cuts, [from, text.length]];
}
