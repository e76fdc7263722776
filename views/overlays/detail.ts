/** A page of text to read: a task, or the data a command gave back. */
import { sanitizeLine } from '../../src/domain/sanitize.js';
import { wrap } from '../../src/domain/width.js';
import type { Canvas } from '../canvas.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { Overlay, TextLine } from './types.js';

type DetailOverlay = Extract<Overlay, { type: 'detail' }>;

export function detailOverlay(title: string, lines: readonly TextLine[]): Overlay {
  return { type: 'detail', title, lines, top: 0 };
}

export function paintDetail(canvas: Canvas, overlay: DetailOverlay) {
  const width = readingWidth(canvas, 110);
  const lines = wrapped(overlay, width);
  const inside = overlayFrame(canvas, {
    width,
    height: Math.max(6, Math.min(lines.length + 1, canvas.height - 6)),
    title: overlay.title,
    foot: lines.length > canvas.height - 8 ? '↑↓ scroll  Esc close' : 'Esc close',
  });
  const top = Math.max(0, Math.min(overlay.top, lines.length - inside.height));
  lines.slice(top, top + inside.height).forEach((line, at) => {
    canvas.text(inside.x, inside.y + at, inside.width, line.text, line.style);
  });
}

let last: { lines: unknown; width: number; wrapped: TextLine[] } | undefined;

function wrapped(overlay: DetailOverlay, width: number): TextLine[] {
  if (last?.lines !== overlay.lines || last.width !== width) {
    const all = overlay.lines.flatMap((line) => {
      const text = sanitizeLine(line.text);
      const indent = ' '.repeat(Math.min(12, text.length - text.trimStart().length));
      return wrap(text.trimStart(), width - indent.length).map((part) => ({
        text: indent + part,
        style: line.style,
      }));
    });
    last = { lines: overlay.lines, width, wrapped: all };
  }
  return last.wrapped;
}

/** How far the page may scroll at this height. */
export function detailLimit(overlay: DetailOverlay, canvas: Pick<Canvas, 'width' | 'height'>): number {
  return Math.max(0, wrapped(overlay, readingWidth(canvas as Canvas, 110)).length - (canvas.height - 8));
}

const depthLimit = 6;
const lineLimit = 5000;

/**
 * Any result as lines: names with their values, lists with dashes, texts of several lines as they
 * are. Values nothing is known of stay readable; nothing is left out silently.
 */
export function renderData(data: unknown): TextLine[] {
  const lines: TextLine[] = [];
  add(data, 0, '', lines);
  if (lines.length > lineLimit) {
    const left = lines.length - lineLimit;
    return [...lines.slice(0, lineLimit), { text: `… ${left} more lines`, style: 'warn' }];
  }
  return lines.length > 0 ? lines : [{ text: 'Done.', style: 'dim' }];
}

function add(value: unknown, depth: number, name: string, lines: TextLine[]) {
  const pad = '  '.repeat(depth);
  const label = name === '' ? '' : `${words(name)}: `;
  if (value === undefined || value === null || value === '') return;
  if (Array.isArray(value)) {
    if (value.length === 0) {
      if (label) lines.push({ text: `${pad}${label}none`, style: 'dim' });
      return;
    }
    if (value.every((item) => typeof item !== 'object')) {
      const joined = value.map(String).join(', ');
      if (joined.length <= 100) {
        lines.push({ text: `${pad}${label}${joined}` });
        return;
      }
    }
    if (label) lines.push({ text: `${pad}${label.trim()}`, style: 'strong' });
    for (const item of value) addItem(item, depth + (label ? 1 : 0), lines);
    return;
  }
  if (typeof value === 'object') {
    if (depth > depthLimit) {
      lines.push({ text: `${pad}${label}${JSON.stringify(value)}` });
      return;
    }
    if (label) lines.push({ text: `${pad}${label.trim()}`, style: 'strong' });
    for (const [key, inner] of Object.entries(value)) add(inner, depth + (label ? 1 : 0), key, lines);
    return;
  }
  const [first, ...rest] = String(value).split('\n');
  if (rest.length === 0) {
    lines.push({ text: `${pad}${label}${first}`, style: valueStyle(value) });
    return;
  }
  if (label) lines.push({ text: `${pad}${label.trim()}`, style: 'strong' });
  for (const line of [first!, ...rest]) lines.push({ text: `${pad}  ${line}`, style: diffStyle(line) });
}

/** One item of a list: a short record on one line, anything else as a block after a dash. */
function addItem(item: unknown, depth: number, lines: TextLine[]) {
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
      lines.push({ text: `${pad}- ${text}`, style: itemStyle(item) });
      return;
    }
  }
  const inner: TextLine[] = [];
  for (const [key, value] of entries) add(value, depth + 1, key, inner);
  if (inner[0]) inner[0] = { ...inner[0], text: `${pad}- ${inner[0].text.trimStart()}` };
  lines.push(...inner);
}

function isShort(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item !== 'object');
  return typeof value !== 'object' && !String(value).includes('\n');
}

/** Names and states speak for themselves; other values are led by their name. */
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
  return bare.has(key) ? text : `${words(key)} ${text}`;
}

function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
}

function itemStyle(item: object): TextLine['style'] {
  const { status, severity } = item as { status?: unknown; severity?: unknown };
  return valueStyle(severity === 'error' ? 'error' : status);
}

function valueStyle(value: unknown): TextLine['style'] {
  if (value === 'fail' || value === 'failed' || value === 'error' || value === 'conflict') return 'bad';
  if (value === 'pass' || value === 'clean' || value === 'landed' || value === 'completed') return 'good';
  if (value === 'warn' || value === 'unknown') return 'warn';
  return undefined;
}

function diffStyle(line: string): TextLine['style'] {
  if (/^\+(?!\+\+)/.test(line)) return 'good';
  if (/^-(?!--)/.test(line)) return 'bad';
  return line.startsWith('@@') ? 'info' : undefined;
}
