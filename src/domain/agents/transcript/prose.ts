/** The Markdown that agents write, line by line as it comes: headings, lists, code, quotes and tables. */
import { languageOf } from '../../landing/review/line-colours.js';
import { sanitizeLine } from '../../platform/sanitize.js';
import { textWidth } from '../../platform/width.js';
import type { TranscriptLine } from './line.js';

/** Rows of a table that are held back to be set in columns; a longer one goes on in columns of its own. */
const maxTableRows = 200;

/** Reads one message. A table is held back until it ends, since its last row may be its widest. */
export function createProse() {
  let fence: string | undefined;
  /** The language of the code within the fence, where it is named. */
  let language: string | undefined;
  let table: string[] = [];

  const settle = (): TranscriptLine[] => {
    const rows = table;
    table = [];
    const headed = /^\s*\|?\s*:?-+/.test(rows[1] ?? '');
    return inColumns(rows).map((text, at) => ({ kind: headed && at === 0 ? 'heading' : 'table', text }));
  };
  const code = (text: string): TranscriptLine => ({ kind: 'code', text, ...(language ? { language } : {}) });
  const lineOf = (text: string): TranscriptLine[] => {
    const ticks = /^\s*(`{3,}|~{3,})(.*)$/.exec(text);
    if (fence !== undefined) {
      if (!ticks || !ticks[1]!.startsWith(fence) || ticks[2]!.trim() !== '') return [code(text)];
      fence = undefined;
      return [];
    }
    if (ticks) {
      fence = ticks[1]!;
      language = languageOf(ticks[2]!.trim());
      return [];
    }
    return [marked(text)];
  };

  return {
    /** The lines that are settled by one more line of the message. */
    line(text: string): TranscriptLine[] {
      if (fence === undefined && isTableRow(text)) {
        table.push(text);
        return table.length < maxTableRows ? [] : settle();
      }
      return [...settle(), ...lineOf(text)];
    },
    /** How an unfinished line looks now, below the table that waits; nothing is settled by it. */
    open(rest: string): TranscriptLine[] {
      const waiting = table.map((text): TranscriptLine => ({ kind: 'table', text }));
      if (rest.trim() === '') return waiting;
      return [...waiting, fence === undefined ? marked(rest) : code(rest)];
    },
    /** The message is over, or something else comes in between. */
    settle,
  };
}

/** What a line outside of code is by its first characters. */
function marked(text: string): TranscriptLine {
  const heading = /^ {0,3}#{1,6} (.*)$/.exec(text)?.[1];
  if (heading !== undefined) return { kind: 'heading', text: heading.trim() };
  const quoted = /^ {0,3}>\s?(.*)$/.exec(text)?.[1];
  if (quoted !== undefined) return { kind: 'quote', text: quoted };
  const item = /^(\s*)[-*+]\s+(.*)$/.exec(text);
  if (item && !/^[\s*_-]*$/.test(text)) return { kind: 'said', text: `${item[1]}• ${item[2]}` };
  return { kind: 'said', text };
}

function isTableRow(text: string): boolean {
  const row = text.trim();
  return row.length > 1 && row.length <= maxInline && row.startsWith('|') && row.endsWith('|');
}

/** Rows of `| a | b |` with each column as wide as its widest cell; the line below the head is drawn. */
function inColumns(rows: readonly string[]): string[] {
  const cells = rows.map((row) =>
    sanitizeLine(row)
      .trim()
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => plainOf(cell.trim().replaceAll('\\|', '|'))),
  );
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const isRule = (row: readonly string[]) => row.every((cell) => /^:?-+:?$/.test(cell));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(1, ...cells.map((row) => (isRule(row) ? 1 : textWidth(row[at] ?? '')))),
  );
  return cells.map((row) =>
    widths
      .map((width, at) => {
        if (isRule(row)) return '─'.repeat(width);
        const cell = row[at] ?? '';
        return cell + ' '.repeat(width - textWidth(cell));
      })
      .join(isRule(row) ? '──' : '  ')
      .trimEnd(),
  );
}

/** A part of a line, and how it is set off. */
export interface ProsePart {
  text: string;
  look: 'plain' | 'strong' | 'emphasis' | 'code' | 'address';
}

const inline =
  /(`{1,3})(?<code>.+?)\1(?!`)|\*\*(?<strong>\S(?:.*?\S)?)\*\*|__(?<under>\S(?:.*?\S)?)__|(?<![\w*])\*(?<star>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])|(?<![\w_])_(?<low>[^\s_](?:[^_]*[^\s_])?)_(?![\w_])|\[(?<label>[^\]]+)\]\((?<address>[^)\s]+)\)/g;

/** Longer lines are shown as they are: looking for pairs of marks in them is not worth the time. */
const maxInline = 1_000;

/** Emphasis, code and links of one line of prose; the marks themselves are left out, the address of a link stays. */
export function proseParts(line: string): ProsePart[] {
  if (line.length > maxInline || !/[`*_[]/.test(line)) return [{ text: line, look: 'plain' }];
  const parts: ProsePart[] = [];
  const add = (text: string, look: ProsePart['look']) => {
    if (text !== '') parts.push({ text, look });
  };
  let from = 0;
  for (const found of line.matchAll(inline)) {
    const { code, strong, under, star, low, label, address } = found.groups!;
    add(line.slice(from, found.index), 'plain');
    add(code ?? '', 'code');
    add(strong ?? under ?? '', 'strong');
    add(star ?? low ?? '', 'emphasis');
    add(label ?? '', 'plain');
    if (address !== undefined && address !== label) add(` (${address})`, 'address');
    from = found.index + found[0].length;
  }
  add(line.slice(from), 'plain');
  return parts;
}

/** A line of prose without its marks. */
const plainOf = (line: string): string =>
  proseParts(line)
    .map(({ text }) => text)
    .join('');
