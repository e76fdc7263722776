/** A conflict as lines: what there is to decide, and the hunk that is looked at with all its sides. Pure. */
import { certificateWords, decidedWords, textNow } from '../../src/domain/landing/hunk-choices.js';
import { linesOf } from '../../src/domain/landing/hunks.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import {
  type ConflictUi,
  type ConflictView,
  type Decision,
  decisionAt,
  decisionsOf,
} from '../conflict/state.js';

/** How things stand, then what is looked at. */
export function spokenConflict(view: ConflictView, ui: ConflictUi): string[] {
  const { document } = view;
  if (!document) return [view.problem ?? 'Reading…'];
  const { task, status, total, left, target, files } = document;
  const decisions = decisionsOf(document);
  const current = decisions[decisionAt(decisions, ui)];
  const head =
    status === 'open'
      ? `${total - left} of ${total} decided`
      : status === 'merged'
        ? 'merged'
        : 'no conflict';
  return [
    `Conflict of ${task} with ${target}: ${head}.`,
    ...(document.void ? [document.void] : []),
    ...(document.blocked ? [`It cannot be merged now: ${document.blocked}`] : []),
    ...files.map((file) => {
      const words = file.certificate ? `; ${certificateWords(file.certificate)}` : '';
      return `File ${visibleText(file.path)}: ${decidedWords(file) || file.kind}${words}`;
    }),
    ...(current ? spokenDecision(current) : []),
    ...document.next.slice(0, 1).map((next) => `Next: ${next}`),
  ];
}

/** The hunk, or the file as a whole. */
export function spokenDecision({ file, hunk }: Decision): string[] {
  const name = visibleText(file.path);
  if (!hunk) {
    const { whole } = file;
    if (!whole) return [`${name}: nothing to choose.`];
    return [
      `${name}, as a whole, since ${whole.reason}: ${decidedWords(file)}`,
      ...(['base', 'ours', 'theirs'] as const).map((side) => `  ${side}: ${visibleText(whole[side].words)}`),
    ];
  }
  const now = textNow(hunk);
  const said = (title: string, text: string) => [
    `${title}:`,
    ...(text === ''
      ? ['  (nothing)']
      : linesOf(text).map((line) => `  ${visibleText(line.replace(/\n$/, ''))}`)),
  ];
  return [
    `${name}, hunk ${hunk.index} of ${file.hunks.length}, line ${hunk.line}.`,
    ...said('Base', hunk.base),
    ...said('Ours', hunk.ours),
    ...said('Theirs', hunk.theirs),
    ...(now === undefined
      ? [`No answer: ${hunk.why ?? ''}`]
      : said(hunk.choice ? `Chosen, ${hunk.choice.took}` : `Proposed, ${hunk.answer!.reason}`, now)),
  ];
}
