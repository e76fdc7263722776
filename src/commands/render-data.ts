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
  if (Array.isArray(value)) {
    if (value.length === 0) {
      if (label) lines.push({ text: `${pad}${label}none`, tone: 'dim' });
      return;
    }
    if (value.every((item) => typeof item !== 'object')) {
      const joined = value.map(String).join(', ');
      if (joined.length <= 100) {
        lines.push({ text: `${pad}${label}${joined}` });
        return;
      }
    }
    if (label) lines.push({ text: `${pad}${label.trim()}`, tone: 'strong' });
    for (const item of value) addItem(item, depth + (label ? 1 : 0), lines);
    return;
  }
  if (typeof value === 'object') {
    if (depth > depthLimit) {
      lines.push({ text: `${pad}${label}${JSON.stringify(value)}` });
      return;
    }
    if (label) lines.push({ text: `${pad}${label.trim()}`, tone: 'strong' });
    for (const [key, inner] of Object.entries(value)) add(inner, depth + (label ? 1 : 0), key, lines);
    return;
  }
  const [first, ...rest] = String(value).split('\n');
  if (rest.length === 0) {
    lines.push({ text: `${pad}${label}${first}`, tone: valueTone(value) });
    return;
  }
  if (label) lines.push({ text: `${pad}${label.trim()}`, tone: 'strong' });
  for (const line of [first!, ...rest]) lines.push({ text: `${pad}  ${line}`, tone: diffTone(line) });
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
