/** What an edit changes, as lines with their numbers. */
import { diff } from '../../landing/structural/sequence.js';
import type { TranscriptLine } from './line.js';

/** Unchanged lines that are shown around a change. */
const around = 2;

type HunkLine = Pick<TranscriptLine, 'kind' | 'text' | 'number'>;

/** Lines of a unified diff of one file, its head left out. Hunks without positions give lines without numbers. */
export function linesOfHunks(unified: string): HunkLine[] {
  const lines: HunkLine[] = [];
  let old: number | undefined;
  let now: number | undefined;
  const rows = unified.replace(/\n$/, '').split('\n');
  const start = rows.findIndex((row) => row.startsWith('@@'));
  for (const row of start < 0 ? rows : rows.slice(start)) {
    if (row.startsWith('@@')) {
      const at = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(row);
      [old, now] = at ? [Number(at[1]), Number(at[2])] : [undefined, undefined];
      if (lines.length > 0) lines.push({ kind: 'gap', text: '⋯' });
      continue;
    }
    const text = row.slice(1);
    if (row.startsWith('+')) lines.push({ kind: 'added', text, ...numbered(now) });
    else if (row.startsWith('-')) lines.push({ kind: 'removed', text, ...numbered(old) });
    else if (row.startsWith('\\')) continue;
    else lines.push({ kind: 'context', text, ...numbered(now) });
    if (now !== undefined && !row.startsWith('-')) now++;
    if (old !== undefined && !row.startsWith('+')) old++;
  }
  return lines;
}

const numbered = (number: number | undefined) => (number === undefined ? {} : { number });

/** How many lines a unified diff adds and removes. */
export function changeCount(unified: string): { added: number; removed: number } {
  const lines = linesOfHunks(unified);
  const of = (kind: HunkLine['kind']) => lines.filter((line) => line.kind === kind).length;
  return { added: of('added'), removed: of('removed') };
}

/**
 * Old and new text as hunks without positions: agents give a whole file or only the part that they replace, and
 * do not say which.
 */
export function hunksBetween(old: string, now: string): string {
  const [before, after] = [linesOf(old), linesOf(now)];
  const spans = diff(before, after) ?? [{ start: 0, end: before.length, from: 0, to: after.length }];
  let out = '';
  let shown = 0;
  for (const { start, end, from, to } of spans) {
    const lead = Math.max(shown, start - around);
    if (lead > shown || out === '') out += '@@\n';
    out += signed(' ', before.slice(lead, start));
    out += signed('-', before.slice(start, end)) + signed('+', after.slice(from, to));
    const next = spans.find((span) => span.start >= end && span.start > start)?.start ?? before.length;
    shown = Math.min(end + around, next);
    out += signed(' ', before.slice(end, shown));
  }
  return out;
}

/** A whole text as lines that were added, or removed. */
export function wholeAs(sign: '+' | '-', text: string): string {
  const lines = linesOf(text);
  const where = sign === '+' ? `-0,0 +1,${lines.length}` : `-1,${lines.length} +0,0`;
  return `@@ ${where} @@\n${signed(sign, lines)}`;
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const signed = (sign: string, lines: readonly string[]): string =>
  lines.map((line) => `${sign}${line}\n`).join('');
