/** A resolution for people: for each hunk what both parents changed, what the result is, what answered and why. Pure. */

import { certificateWords } from '../../domain/landing/hunk-choices.js';
import { linesOf } from '../../domain/landing/hunks.js';
import type {
  Certificate,
  HunkRecord,
  Resolution,
  ResolvedFile,
  ReviewedHunk,
} from '../../domain/landing/merge.js';
import { diff } from '../../domain/landing/structural/sequence.js';
import { plural } from '../../domain/platform/units.js';
import type { PrintedLine } from '../types.js';

/** Unchanged lines shown on either side of a change. */
const contextLines = 3;

/** The resolution as a whole: where both sides stood, then every file and hunk. */
export function resolutionLines(data: Resolution): PrintedLine[] {
  const { branch, target, ours, theirs, commit } = data;
  const short = (id: string) => id.slice(0, 8);
  return [
    {
      text: `${data.task}: ${data.status}${data.reason ? `, ${data.reason}` : ''}`,
      tone: data.status === 'resolved' ? 'good' : 'bad',
    },
    {
      text: `ours ${branch} at ${short(ours)}, theirs ${target} at ${short(theirs)}${commit ? `, merged as ${short(commit)}` : ''}, ${data.at}`,
      tone: 'dim',
    },
    ...hunkLines(data),
  ];
}

/** A file, how it was resolved, and its number of hunks; for one without hunks, the reason. */
export function fileHead({ path, strategy, certificate, reason, hunks }: ResolvedFile): string {
  const how = { none: hunks.length > 0 ? 'left' : '', 'by-hand': 'by hand' }[strategy as string] ?? strategy;
  const why = hunks.length === 0 && reason && reason !== how ? reason : '';
  const many = hunks.length > 0 ? plural(hunks.length, 'hunk') : '';
  const shown = certificate?.overruled ? 'overruled by a person' : certificate ? certificate.status : '';
  return `${path}: ${[how, shown, many, why].filter(Boolean).join(', ')}`;
}

/** Every file and hunk, without the heading. */
export function hunkLines({ files }: Resolution): PrintedLine[] {
  return files.flatMap((file) => [
    { text: '' },
    { text: fileHead(file), tone: 'strong' as const },
    ...(file.certificate ? [certificateLine(file.certificate)] : []),
    ...file.hunks.flatMap((hunk) => oneHunk(hunk)),
  ]);
}

/** How far a file is shown to be right, and what was found. */
export function certificateLine(certificate: Certificate): PrintedLine {
  const tone = { proven: 'good', checked: 'dim', refused: 'bad' }[certificate.status] as PrintedLine['tone'];
  return { text: `    ${certificateWords(certificate)}`, ...(tone ? { tone } : {}) };
}

function oneHunk(hunk: ReviewedHunk): PrintedLine[] {
  const { base, ours, theirs, result } = hunk;
  return [
    { text: `  ${explainHunk(hunk)}`, tone: hunk.strategy === 'none' ? 'warn' : 'info' },
    ...hunkSides(base, ours, theirs),
    ...(result === undefined ? [] : [{ text: '    result', tone: 'dim' as const }, ...hunkText(result)]),
  ];
}

/** What each side made of the base. */
export const hunkSides = (base: string, ours: string, theirs: string): PrintedLine[] => [
  { text: '    base → ours', tone: 'dim' },
  ...changes(base, ours),
  { text: '    base → theirs', tone: 'dim' },
  ...changes(base, theirs),
];

/** The text of a hunk, indented as a whole. */
export const hunkText = (text: string): PrintedLine[] =>
  shown(linesOf(text)).map((line) => ({ text: `      ${line}` }));

function changes(base: string, side: string): PrintedLine[] {
  const [before, after] = [linesOf(base), linesOf(side)];
  const spans = diff(before, after);
  if (spans?.length === 0) return [{ text: '      unchanged', tone: 'dim' }];
  // No comparison within reason: all lines of one side went, all of the other came.
  const all = spans ?? [{ start: 0, end: before.length, from: 0, to: after.length }];
  const lines: PrintedLine[] = [];
  let at = 0;
  for (const [index, span] of all.entries()) {
    lines.push(...kept(before.slice(at, span.start), index === 0, false));
    lines.push(
      ...shown(before.slice(span.start, span.end)).map((text) => ({
        text: `    - ${text}`,
        tone: 'bad' as const,
      })),
    );
    lines.push(
      ...shown(after.slice(span.from, span.to)).map((text) => ({
        text: `    + ${text}`,
        tone: 'good' as const,
      })),
    );
    at = span.end;
  }
  return [...lines, ...kept(before.slice(at), false, true)];
}

/** Unchanged lines; of many, only those next to a change are shown. */
function kept(lines: readonly string[], first: boolean, last: boolean): PrintedLine[] {
  const plain = (some: readonly string[]) =>
    shown(some).map((text): PrintedLine => ({ text: `      ${text}` }));
  const [head, tail] = [first ? 0 : contextLines, last ? 0 : contextLines];
  if (lines.length <= head + tail + 1) return plain(lines);
  const left = lines.length - head - tail;
  return [
    ...plain(lines.slice(0, head)),
    { text: `      … ${left} unchanged`, tone: 'dim' },
    ...plain(lines.slice(lines.length - tail)),
  ];
}

/** Lines as git shows them: a carriage return at the end is visible as ^M. */
const shown = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/\n$/, '').replace(/\r$/, '^M'));

/** What answered a hunk, how surely, and why; or why the hunk is left. */
export function explainHunk({ index, strategy, rules, score, reason }: HunkRecord): string {
  const by = rules ? ` by ${rules.join(', ')}` : '';
  if (strategy === 'by-hand') return `hunk ${index}: ${reason}`;
  const sure = score === undefined ? '' : ` (score ${score.toFixed(2)})`;
  return `hunk ${index}: ${strategy === 'none' ? 'left' : strategy}${by}${sure}: ${reason}`;
}
