/** Paints a form: a field a row, or as many rows as its lines need; the rows around the cursor stay in sight. */
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { charWidth, fitText, textWidth, toCells } from '../../src/domain/platform/width.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import type { Field } from '../ui/field.js';
import { entersHere } from './form.js';
import { offersNow } from './form-offers.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { FormField, FormOverlay } from './types.js';

/** Rows that a field of several lines has at least and at most. */
const fewest = 2;
const most = 8;
/** What is offered for a field, at most. */
const offered = 4;

export function paintForm(canvas: Canvas, form: FormOverlay) {
  const label = Math.max(8, ...form.fields.map((field) => textWidth(field.label) + 2));
  const width = readingWidth(canvas, 84);
  const fields = form.fields.map((field, index) => {
    const current = index === form.index;
    return [...rowsOf(field, current, width - label), ...(current ? offerRows(field) : [])];
  });
  const buttoned = form.fields.length > 1;
  const rows = fields.flatMap((spans, index) =>
    spans.map((row, at) => ({ index, spans: [nameSpan(form, index, at, label), ...row] })),
  );
  const current = form.fields[form.index];
  const inside = overlayFrame(canvas, {
    width,
    height: rows.length + (buttoned ? 5 : 3),
    title: form.title,
    foot: footOf(form),
  });
  const height = inside.height - (buttoned ? 4 : 2);
  const found = rows.findIndex((row) => row.index === form.index);
  const first = found < 0 ? rows.length : found;
  const behind = found < 0 ? first : first + fields[form.index]!.length;
  const top = Math.max(0, Math.min(first, behind - height));
  rows.slice(top, top + height).forEach(({ spans }, at) => {
    canvas.line(inside.x, inside.y + at, inside.width, spans);
  });
  const y = inside.y + inside.height - 1;
  if (buttoned) paintButton(canvas, inside, form);
  if (form.leaving)
    canvas.text(
      inside.x,
      y,
      inside.width,
      'What you typed would be lost. Esc leaves, any other key goes on.',
      'warn',
    );
  else if (form.error) canvas.text(inside.x, y, inside.width, `✗ ${form.error}`, 'bad');
  else if (current) canvas.text(inside.x, y, inside.width, current.help, 'dim');
}

/** The keys that work in the current field. */
function footOf(form: FormOverlay): string {
  const current = form.fields[form.index];
  const offers = current ? offersNow(current) : [];
  if (offers[current?.chosen ?? -1]) return '⏎ take it  ↑↓ another  Tab next  Esc cancel';
  if (offers.length > 0) return '↓ choose  ⏎ next  ctrl-s do it  Esc cancel';
  const lines = current?.field.lines ? 'ctrl-j new line  ctrl-e editor  ' : '';
  const more = form.fields.length > 1 && lines ? '  Tab next' : '';
  const go = entersHere(form) ? `⏎ do it${more}` : '⏎ next  ctrl-s do it';
  return `${go}  ${lines}Esc cancel`;
}

/** The button says what it does, as the title of the command does. */
function paintButton(canvas: Canvas, inside: Rect, { title, index, fields }: FormOverlay) {
  const at = index === fields.length;
  const text = `[ ${title.replace(/: .*$/, '')} ]`;
  const y = inside.y + inside.height - 3;
  canvas.text(inside.x, y, inside.width, at ? `▶ ${text}` : `  ${text}`, at ? 'key' : 'dim');
}

/** The label, in the first row of a field. */
function nameSpan(form: FormOverlay, index: number, row: number, width: number): TextSpan {
  const { label, required } = form.fields[index]!;
  const text = row === 0 ? `${label}${required ? ' *' : ''}` : '';
  return { text: fitText(text, width), style: index === form.index ? 'key' : 'dim' };
}

/** What stands beside the label, row by row. */
function rowsOf({ kind, field }: FormField, current: boolean, width: number): TextSpan[][] {
  if (kind === 'flag' || kind === 'choice') {
    const value = field.text || (kind === 'flag' ? 'no' : '–');
    return [[{ text: current ? `← ${value} →` : value }]];
  }
  if (field.lines) return textRows(field, current, width);
  if (!current) return [[{ text: field.text }]];
  const chars = [...field.text];
  const before = chars.slice(Math.max(0, field.cursor - width + 2), field.cursor).join('');
  return [[{ text: before }, cursor, { text: chars.slice(field.cursor).join('') }]];
}

/** What is offered, below the field that is typed into. */
function offerRows(field: FormField): TextSpan[][] {
  const offers = offersNow(field);
  const { chosen = -1 } = field;
  const top = Math.max(0, chosen - offered + 1);
  const rows = offers.slice(top, top + offered).map(({ name, title }, at): TextSpan[] => {
    const own = top + at === chosen;
    return [
      { text: `${own ? '▶' : ' '} ${name}`, style: own ? 'key' : 'text' },
      { text: `  ${title}`, style: own ? 'text' : 'dim' },
    ];
  });
  const below = offers.length - top - rows.length;
  if (below > 0) rows.push([{ text: `  … ${below} more, type to narrow`, style: 'faint' }]);
  return rows;
}

const cursor: TextSpan = { text: '█', style: 'focus' };

/** A window on the lines of a field: around the cursor where it is typed into, else from the top. */
function textRows(field: Field, current: boolean, width: number): TextSpan[][] {
  const before = [...field.text].slice(0, field.cursor).join('').split('\n');
  const broken = field.text.split('\n').map((line) => rowsIn(toCells(sanitizeLine(line)), width - 1));
  const all = broken.flat().map((cells) => cells.join(''));
  const height = Math.max(fewest, Math.min(most, all.length));
  const start = broken.slice(0, before.length - 1).flat().length;
  const place = placeIn(broken[before.length - 1]!, toCells(sanitizeLine(before.at(-1)!)).length);
  const at = start + place.row;
  const top = current ? Math.max(0, Math.min(at - (height >> 1), all.length - height)) : 0;
  const rows = Array.from({ length: height }, (_, row): TextSpan[] => {
    const text = all[top + row] ?? '';
    if (!current || top + row !== at) return [{ text }];
    const cells = toCells(text);
    return [
      { text: cells.slice(0, place.column).join('') },
      cursor,
      { text: cells.slice(place.column).join('') },
    ];
  });
  const below = all.length - top - height;
  if (below > 0 && !(current && at === top + height - 1)) {
    rows[height - 1] = [{ text: `… ${below + 1} more lines`, style: 'faint' }];
  }
  return rows;
}

/**
 * The cells of a line in rows of this width, broken between words where that is possible. The blank of a break ends its
 * row, one column wider.
 */
function rowsIn(cells: readonly string[], width: number): string[][] {
  const rows: string[][] = [[]];
  let used = 0;
  for (const cell of cells) {
    const columns = charWidth(cell);
    const row = rows.at(-1)!;
    if (used + columns > width && cell !== ' ') {
      const word = row.slice(row.lastIndexOf(' ') + 1);
      const moved = word.length < row.length ? row.splice(row.length - word.length) : [];
      rows.push(moved);
      used = moved.reduce((sum, one) => sum + charWidth(one), 0);
    }
    rows.at(-1)!.push(cell);
    used += columns;
    if (used > width) {
      rows.push([]);
      used = 0;
    }
  }
  return rows;
}

/** The row and column of a place among the cells of a line: between two rows, the beginning of the second. */
function placeIn(rows: readonly (readonly string[])[], place: number): { row: number; column: number } {
  let left = place;
  let row = 0;
  while (row < rows.length - 1 && left >= rows[row]!.length) left -= rows[row++]!.length;
  return { row, column: left };
}
