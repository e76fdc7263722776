/** A canvas as the bytes that paint all of it: for the first frame, which does not wait for the library that keeps frames. */
import { charWidth } from '../../src/domain/platform/width.js';
import type { Canvas } from '../canvas.js';

/** The attribute of a cell without any: colours 0x1ff are the terminal's own. */
const none = (0x1ff << 9) | 0x1ff;
const flagCodes = [1, 4, 5, 7, 8];

/** Every cell, row by row. */
export function wholeFrame(canvas: Canvas): string {
  let out = '';
  let attr = none;
  for (let y = 0; y < canvas.height; y++) {
    out += `\x1b[${y + 1};1H`;
    for (let x = 0; x < canvas.width; x++) {
      const at = y * canvas.width + x;
      const next = canvas.attrs[at]!;
      if (next !== attr) out += next === none ? '\x1b[m' : `\x1b[0;${codesOf(next)}m`;
      attr = next;
      const char = canvas.chars[at]!;
      const wide = charWidth(char) === 2;
      // There is no room for both halves in the last column.
      out += wide && x === canvas.width - 1 ? ' ' : char;
      if (wide) x += 1;
    }
  }
  return `${out}\x1b[m`;
}

const codes = new Map<number, string>();

function codesOf(attr: number): string {
  const known = codes.get(attr);
  if (known !== undefined) return known;
  const flags = attr >> 18;
  const made = [
    ...flagCodes.filter((_, bit) => flags & (1 << bit)),
    ...colour(attr & 0x1ff, 40),
    ...colour((attr >> 9) & 0x1ff, 30),
  ].join(';');
  codes.set(attr, made);
  return made;
}

function colour(index: number, base: number): (number | string)[] {
  if (index === 0x1ff) return [];
  if (index < 8) return [base + index];
  return index < 16 ? [base + 60 + index - 8] : [`${base + 8};5;${index}`];
}
