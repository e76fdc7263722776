/** Columns of text on a terminal, as terminals count them since Unicode 11. Pure. */
import { sanitizeLine } from './sanitize.js';

/** East Asian wide and full-width ranges, plus default-emoji characters. */
const wide =
  /[\p{Emoji_Presentation}\u{1100}-\u{115e}\u{2e80}-\u{303e}\u{3041}-\u{33ff}\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{a000}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

const memoLimit = 5000;
const memo = new Map<string, 1 | 2>();

/** Columns of one cell's text (a base character and its marks): 1 or 2. */
export function charWidth(cell: string): 1 | 2 {
  const code = cell.codePointAt(0) ?? 0x20;
  if (code < 0x1100) return 1;
  const base = String.fromCodePoint(code);
  const known = memo.get(base);
  if (known !== undefined) return known;
  const width = wide.test(base) ? 2 : 1;
  if (memo.size >= memoLimit) memo.clear();
  memo.set(base, width);
  return width;
}

let tokens: RegExp | undefined;

/** One by one; made when the first text needs it. */
const tokenPattern = (): RegExp => {
  tokens ??=
    /\p{RI}|\p{Extended_Pictographic}\p{EMod}?(?:\u200d\p{Extended_Pictographic}\p{EMod}?)*|\P{M}\p{M}*|\p{M}+/uy;
  return tokens;
};

/**
 * One unit and one column a character for certain: Latin, Greek, Cyrillic, quotation marks, arrows, boxes, sparklines,
 * braille spinners, and the glyphs of our own screens.
 */
const narrow =
  /^[\x20-\x7e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u203b\u2190-\u2193\u2212\u22ef\u23ce\u2500-\u25a9\u25ac-\u25b5\u25b7-\u25bf\u25c1-\u25fa\u2713\u2717\u2800-\u28ff]*$/;

/**
 * Splits sanitised text into cells, one terminal position each: a base character with at most two
 * non-spacing marks. Flags become their letters, emoji sequences their first emoji: what terminals
 * disagree on is not left to them.
 */
export function toCells(text: string): string[] {
  if (narrow.test(text)) return text.split('');
  const cells: string[] = [];
  const token = tokenPattern();
  let at = 0;
  while (at < text.length) {
    // Most of a line with a rare character in it is ASCII, which needs no look at what it is.
    if (isAscii(text.charCodeAt(at)) && (at + 1 === text.length || isAscii(text.charCodeAt(at + 1)))) {
      cells.push(text[at]!);
      at += 1;
      continue;
    }
    token.lastIndex = at;
    const part = token.exec(text)![0];
    addToken(part, cells);
    at += part.length;
  }
  return cells;
}

const isAscii = (code: number): boolean => code < 0x80;

function addToken(part: string, cells: string[]) {
  const first = String.fromCodePoint(part.codePointAt(0)!);
  if (/^\p{RI}$/u.test(first)) {
    cells.push(String.fromCharCode(65 + first.codePointAt(0)! - 0x1f1e6));
    return;
  }
  if (/^\p{Extended_Pictographic}$/u.test(first)) {
    cells.push(first);
    return;
  }
  let marks = 0;
  let open = false;
  for (const char of part) {
    if (char === '\u200d') continue;
    if (/^[\p{Mn}\p{Me}]$/u.test(char)) {
      if (open && marks < 2) cells[cells.length - 1] += char;
      marks += 1;
      continue;
    }
    cells.push(char);
    open = true;
    marks = 0;
  }
}

/** Columns that sanitised text takes. */
export function textWidth(text: string): number {
  if (narrow.test(text)) return text.length;
  let width = 0;
  for (const cell of toCells(text)) width += charWidth(cell);
  return width;
}

/**
 * Cells of sanitised text that fit into `width` columns; a wide character is followed by an empty
 * string for its second column. What is cut off is marked by `…` as the last cell.
 */
export function cellsOf(text: string, width: number, ellipsis = '…'): string[] {
  const out: string[] = [];
  if (width <= 0) return out;
  if (narrow.test(text))
    return text.length <= width ? text.split('') : [...text.slice(0, width - 1).split(''), ellipsis];
  let used = 0;
  for (const cell of toCells(text)) {
    const columns = charWidth(cell);
    if (used + columns > width) {
      while (used > width - 1) {
        if (out.pop() === '') out.pop();
        used = out.length;
      }
      out.push(ellipsis);
      return out;
    }
    out.push(cell);
    if (columns === 2) out.push('');
    used += columns;
  }
  return out;
}

/** Any text made safe, cut to `width` columns with `…` where something is missing, and filled up with spaces. */
export function fitText(text: string, width: number): string {
  const cells = cellsOf(sanitizeLine(text), width);
  return cells.join('') + ' '.repeat(Math.max(0, width - cells.length));
}

/** The same with the end of the text, which tells more than its beginning where it is a path. */
export function fitEnd(text: string, width: number): string {
  const line = sanitizeLine(text);
  let over = textWidth(line) - width;
  if (over <= 0 || width <= 0) return fitText(line, width);
  const cells = toCells(line);
  let from = 0;
  // One column more, for the sign that something is missing.
  for (; over >= 0; from++) over -= charWidth(cells[from]!);
  return fitText(`…${cells.slice(from).join('')}`, width);
}

/** Sanitised text broken into lines of at most `width` columns, at spaces where that is possible. */
export function wrap(text: string, width: number): string[] {
  if (width <= 0) return [];
  const cells = toCells(text);
  const lines = breaksOf(cells, width).map(([from, to]) => cells.slice(from, to).join('').trimEnd());
  return lines.length > 0 ? lines : [''];
}

/**
 * The same for sanitised text in parts that look different: each line has the pieces of the parts that stand in it.
 * All lines but the first are `hang` columns shorter.
 */
export function wrapParts<Part extends { text: string }>(
  parts: readonly Part[],
  width: number,
  hang = 0,
): Part[][] {
  if (width <= hang) return [];
  const cells = parts.flatMap((part) => toCells(part.text).map((cell) => ({ cell, part })));
  const lines = breaksOf(
    cells.map(({ cell }) => cell),
    width,
    width - hang,
  ).map(([from, to]) => {
    const line: Part[] = [];
    let of: Part | undefined;
    for (const { cell, part } of cells.slice(from, to)) {
      const last = line.at(-1);
      if (last && of === part) line[line.length - 1] = { ...last, text: last.text + cell };
      else line.push({ ...part, text: cell });
      of = part;
    }
    return line;
  });
  return lines.length > 0 ? lines : [[]];
}

/** Where each line begins and ends among the cells; the spaces at which lines are broken belong to none. */
function breaksOf(cells: readonly string[], first: number, others = first): [number, number][] {
  const lines: [number, number][] = [];
  let start = 0;
  while (start < cells.length) {
    const width = start === 0 ? first : others;
    let used = 0;
    let end = start;
    let space = -1;
    while (end < cells.length) {
      const columns = charWidth(cells[end]!);
      if (used + columns > width) break;
      if (cells[end] === ' ') space = end;
      used += columns;
      end += 1;
    }
    if (end === start) end = start + 1;
    const cut = end < cells.length && cells[end] !== ' ' && space > start ? space + 1 : end;
    lines.push([start, cut]);
    start = cut;
    while (end < cells.length && cells[start] === ' ') start += 1;
  }
  return lines;
}

/** The same for a line with an indentation, which every row of it gets, unless hardly any room would be left. */
export function wrapIndented(text: string, width: number): string[] {
  const content = text.trimStart();
  const indent = text.length - content.length;
  if (indent > width - 20) return wrap(text, width);
  return wrap(content, width - indent).map((row) => ' '.repeat(indent) + row);
}
