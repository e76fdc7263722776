/** A conflict that a person decides, for people: what is there, what was chosen, what the gate says, what comes next. Pure. */
import {
  type ChosenHunk,
  type ConflictDocument,
  type ConflictDocumentFile,
  certificateWords,
  decidedWords,
  textNow,
} from '../../domain/landing/hunk-choices.js';
import { plural } from '../../domain/platform/units.js';
import type { ChosenReport, FinishReport } from '../../services/landing/index.js';
import type { Printed, PrintedLine } from '../types.js';
import { nextLines } from './print.js';
import { hunkSides, hunkText } from './resolution-print.js';

/** All of it. */
export function conflictLinesOf(data: ConflictDocument): Printed[] {
  const { task, status, branch, target, ours, theirs, total, left, next } = data;
  const head = {
    open: `${task}: ${total - left} of ${plural(total, 'decision')} made`,
    none: `${task}: nothing is in conflict with ${target}`,
    merged: `${task}: merged${data.commit ? ` as ${data.commit.slice(0, 8)}` : ''}`,
  }[status];
  return [
    { text: head, tone: status === 'open' && left > 0 ? 'warn' : 'good' },
    { text: `ours ${branch} at ${ours.slice(0, 8)}, theirs ${target} at ${theirs.slice(0, 8)}`, tone: 'dim' },
    ...(data.void ? [{ text: data.void, tone: 'warn' } as const] : []),
    ...(data.blocked ? [{ text: `It cannot be finished now: ${data.blocked}`, tone: 'warn' } as const] : []),
    ...data.files.flatMap(fileLines),
    { text: '' },
    ...nextLines(next),
  ];
}

function fileLines(file: ConflictDocumentFile): PrintedLine[] {
  const { path, kind, whole, hunks, certificate } = file;
  return [
    { text: '' },
    { text: `${path}: ${[kind, decidedWords(file)].filter(Boolean).join(', ')}`, tone: 'strong' },
    ...(certificate ? [standing(file, certificate)] : []),
    ...(whole
      ? [
          { text: `  as a whole, since ${whole.reason}`, tone: 'dim' as const },
          ...(['base', 'ours', 'theirs'] as const).map((side) => ({
            text: `  ${side === whole.took ? '▶' : ' '} ${side.padEnd(7)} ${whole[side].words}`,
          })),
        ]
      : hunks.flatMap((hunk) => linesOfHunk(hunk, hunks.length))),
  ];
}

function standing(
  { left }: ConflictDocumentFile,
  certificate: NonNullable<ConflictDocumentFile['certificate']>,
): PrintedLine {
  const tone = certificate.status === 'refused' ? 'bad' : certificate.status === 'proven' ? 'good' : 'info';
  const words = certificateWords(certificate);
  return { text: `  ${left > 0 ? 'with what is proposed, ' : ''}${words}`, tone };
}

function linesOfHunk(hunk: ChosenHunk, of: number): PrintedLine[] {
  const { index, line, base, ours, theirs } = hunk;
  const now = textNow(hunk);
  return [
    {
      text: `  hunk ${index} of ${of}${line > 0 ? `, line ${line}` : ''}: ${standingWords(hunk)}`,
      tone: hunk.choice ? 'good' : hunk.answer ? 'info' : 'warn',
    },
    ...hunkSides(base, ours, theirs),
    ...(now === undefined
      ? []
      : [{ text: `    ${hunk.choice ? 'chosen' : 'proposed'}`, tone: 'dim' as const }, ...hunkText(now)]),
  ];
}

/** What stands in a hunk as things are, and who says so. */
function standingWords({ choice, answer, why }: ChosenHunk): string {
  if (choice) return choice.took === 'edited' ? 'written by you' : `you took ${choice.took}`;
  if (!answer) return `no answer: ${why ?? ''}`;
  const by = answer.rules?.length ? ` by ${answer.rules.join(', ')}` : '';
  const shown = answer.unproven === undefined ? 'proven' : `not proven: ${answer.unproven}`;
  return `${answer.guess ? 'a guess' : 'proposed'}, ${answer.strategy}${by}: ${answer.reason}; ${shown}`;
}

/** What a choice did, and how far things are. */
export function chosenLines({ did, document }: ChosenReport): Printed[] {
  const { total, left, files } = document;
  return [
    did,
    { text: `${total - left} of ${plural(total, 'decision')} made`, tone: left > 0 ? 'dim' : 'good' },
    ...files.flatMap((file) =>
      file.left === 0 && file.certificate
        ? [
            {
              ...standing(file, file.certificate),
              text: `${file.path}: ${certificateWords(file.certificate)}`,
            },
          ]
        : [],
    ),
    ...nextLines(document.next),
  ];
}

/** The merge that came of it, or what holds it back. */
export function finishLines({
  task,
  status,
  reason,
  files,
  commit,
  refused,
  unwritten = [],
  next = [],
}: FinishReport): Printed[] {
  return [
    {
      text: `${task}: ${status === 'resolved' ? 'merged' : `not merged, ${reason}`}`,
      tone: status === 'resolved' ? 'good' : 'bad',
    },
    ...refused.flatMap(({ path, problems }) =>
      problems.map((problem) => ({ text: `✗ ${path}: ${problem}`, tone: 'bad' as const })),
    ),
    ...files.map(({ path, certificate, reason: why }): PrintedLine => {
      const words = certificate ? certificateWords(certificate) : why;
      return { text: `  ${path}: ${words}` };
    }),
    ...(commit ? [`merge commit ${commit}`] : []),
    ...unwritten.map((line) => ({ text: `! merged, but ${line}`, tone: 'bad' as const })),
    ...nextLines(next),
  ];
}

/** The same in a line. */
export function finishSaid({ task, files, commit = '', unwritten = [], next = [] }: FinishReport): string {
  const count = (status: string) =>
    files.filter(({ certificate }) => (certificate?.overruled ? 'overruled' : certificate?.status) === status)
      .length;
  const parts = ['proven', 'checked', 'overruled'].flatMap((status) =>
    count(status) > 0 ? [`${count(status)} ${status}`] : [],
  );
  const but = unwritten.map((line) => `, but ${line}`).join('');
  return `${task}: merged as ${commit.slice(0, 8)}${parts.length > 0 ? `, ${parts.join(', ')}` : ''}${but}. ${next[0] ? `Next: ${next[0]}` : ''}`.trim();
}
