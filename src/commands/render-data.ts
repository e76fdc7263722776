/** Any result as lines to read, for commands without a printer of their own. Pure. */
import { inWords } from './spelling.js';
import type { PrintedLine, Tone } from './types.js';

const depthLimit = 6;
const lineLimit = 5000;

/**
 * Any result as lines: names with their values, lists with dashes, texts of several lines as they
 * are. A value of an unknown shape stays readable, and lines that are left out are counted.
 */
export function renderData(data: unknown): PrintedLine[] {
  const lines: PrintedLine[] = [];
  add(data, 0, '', lines);
  if (lines.length > lineLimit) {
    const left = lines.length - lineLimit;
    return [...lines.slice(0, lineLimit), { text: `… ${left} more lines`, tone: 'warn' }];
  }
  return lines.length > 0 ? lines : [{ text: 'Done.', tone: 'dim' }];
}

function add(value: unknown, depth: number, name: string, lines: PrintedLine[]) {
  const pad = '  '.repeat(depth);
  const label = name === '' ? '' : `${inWords(name)}: `;
  if (value === undefined || value === null || value === '') return;
  if (Array.isArray(value)) return addList(value, depth, pad + label, lines);
  if (typeof value === 'object') return addRecord(value, depth, pad + label, lines);
  const [first, ...rest] = String(value).split('\n');
  if (rest.length === 0) {
    lines.push({ text: `${pad}${label}${first}`, tone: valueTone(value) });
    return;
  }
  addTitle(pad + label, lines);
  for (const line of [first!, ...rest]) lines.push({ text: `${pad}  ${line}`, tone: diffTone(line) });
}

/** The name of what follows on lines of its own; true when it has one. */
function addTitle(title: string, lines: PrintedLine[]): boolean {
  if (title.trim() === '') return false;
  lines.push({ text: title.trimEnd(), tone: 'strong' });
  return true;
}

/** A list of short texts on one line, any other list item by item. */
function addList(list: readonly unknown[], depth: number, title: string, lines: PrintedLine[]) {
  if (list.length === 0) {
    if (title.trim() !== '') lines.push({ text: `${title}none`, tone: 'dim' });
    return;
  }
  const joined = list.every((item) => typeof item !== 'object') ? list.map(String).join(', ') : undefined;
  if (joined !== undefined && joined.length <= 100) {
    lines.push({ text: title + joined });
    return;
  }
  const inner = addTitle(title, lines) ? depth + 1 : depth;
  for (const item of list) addItem(item, inner, lines);
}

function addRecord(record: object, depth: number, title: string, lines: PrintedLine[]) {
  if (depth > depthLimit) {
    lines.push({ text: title + JSON.stringify(record) });
    return;
  }
  const inner = addTitle(title, lines) ? depth + 1 : depth;
  for (const [key, value] of Object.entries(record)) add(value, inner, key, lines);
}

/** One item of a list: a short record on one line, anything else as a block after a dash. */
function addItem(item: unknown, depth: number, lines: PrintedLine[]) {
  const pad = '  '.repeat(depth);
  if (typeof item !== 'object' || item === null) {
    lines.push({ text: `${pad}- ${String(item)}` });
    return;
  }
  const entries = Object.entries(item).filter(
    ([, value]) => value !== undefined && value !== '' && value !== null,
  );
  const flat = entries.every(([, value]) => isShort(value));
  if (flat) {
    const text = entries.map(([key, value]) => phrase(key, value)).join('  ');
    if (text.length <= 120) {
      lines.push({ text: `${pad}- ${text}`, tone: itemTone(item) });
      return;
    }
  }
  const inner: PrintedLine[] = [];
  for (const [key, value] of entries) add(value, depth + 1, key, inner);
  if (inner[0]) inner[0] = { ...inner[0], text: `${pad}- ${inner[0].text.trimStart()}` };
  lines.push(...inner);
}

function isShort(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item !== 'object');
  return typeof value !== 'object' && !String(value).includes('\n');
}

/** Values that are understood without their name; every other value has its name before it. */
const bare = new Set([
  'task',
  'slug',
  'name',
  'status',
  'path',
  'kind',
  'a',
  'b',
  'summary',
  'detail',
  'reason',
  'message',
  'text',
  'severity',
]);

function phrase(key: string, value: unknown): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return bare.has(key) ? text : `${inWords(key)} ${text}`;
}

function itemTone(item: object): Tone | undefined {
  const { status, severity } = item as { status?: unknown; severity?: unknown };
  return valueTone(severity === 'error' ? 'error' : status);
}

function valueTone(value: unknown): Tone | undefined {
  if (value === 'fail' || value === 'failed' || value === 'error' || value === 'conflict') return 'bad';
  if (value === 'pass' || value === 'clean' || value === 'landed' || value === 'completed') return 'good';
  if (value === 'warn' || value === 'unknown') return 'warn';
  return undefined;
}

function diffTone(line: string): Tone | undefined {
  if (/^\+(?!\+\+)/.test(line)) return 'good';
  if (/^-(?!--)/.test(line)) return 'bad';
  return line.startsWith('@@') ? 'info' : undefined;
}
