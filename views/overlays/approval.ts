/** What agents ask, one question at a time: what it is about, where, what was said before it, and the answers. */
import { type AnswerKind, askVerbs, type PendingApproval } from '../../src/domain/agents/approval.js';
import { prefixOf } from '../../src/domain/agents/prefix.js';
import type { RunView } from '../../src/domain/agents/run.js';
import { askedDetail } from '../../src/domain/app/attention.js';
import { askingRuns } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { textWidth, wrap, wrapIndented } from '../../src/domain/platform/width.js';
import type { Canvas, TextSpan } from '../canvas.js';
import { wrappedLine } from '../inspector/wrapped.js';
import type { Model } from '../model.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { Overlay, OverlayAnswer, TextLine } from './types.js';

type ApprovalOverlay = Extract<Overlay, { type: 'approval' }>;

interface Question {
  run: RunView;
  approval: PendingApproval;
}

const keys: Readonly<Record<AnswerKind, string>> = {
  allow: 'a',
  'allow-always': 's',
  deny: 'd',
  cancel: 'x',
};

/** Allows it, and for its task all that begins as it does. */
const alikeKey = 'b';

/** How a question's command begins, where all that begins so can be allowed. */
const prefixToAllow = (approval: PendingApproval): string | undefined =>
  approval.options.some(({ kind }) => kind === 'allow') ? prefixOf(approval) : undefined;

/** How far an answer reaches, where its label alone does not say so. */
const reach: Readonly<Partial<Record<AnswerKind, string>>> = {
  allow: 'this once',
  'allow-always': 'and what is like it, for this task',
  cancel: 'and end its turn',
};

/** Every question that waits, those of the longest waiting run first. */
function questionsOf(state: AppState): Question[] {
  return askingRuns(state).flatMap((run) => (run.approvals ?? []).map((approval) => ({ run, approval })));
}

const keyOf = ({ run, approval }: Question): string => `${run.runId} ${approval.id}`;

/** The sheet on the first question of the run with this id, else on the first of all; undefined when none is asked. */
export function approvalOverlay(state: AppState, runId: string | undefined): Overlay | undefined {
  const all = questionsOf(state);
  const first = all.find(({ run }) => run.runId === runId) ?? all[0];
  return first && { type: 'approval', key: keyOf(first), at: all.indexOf(first), top: 0 };
}

/** The question that the sheet shows. One that was answered elsewhere has given its place to the next. */
function shownIn(overlay: ApprovalOverlay, state: AppState): { all: Question[]; at: number } {
  const all = questionsOf(state);
  const found = all.findIndex((one) => keyOf(one) === overlay.key);
  return { all, at: found >= 0 ? found : Math.max(0, Math.min(overlay.at, all.length - 1)) };
}

/** The run whose transcript the sheet shows, so that it is read. */
export function runAsking(overlay: Overlay | undefined, state: AppState): string | undefined {
  if (overlay?.type !== 'approval') return undefined;
  const { all, at } = shownIn(overlay, state);
  return all[at]?.run.runId;
}

/** Answers by the key of each kind; n and p go to other questions, arrows read on in a long one. */
export function approvalKey(
  overlay: ApprovalOverlay,
  key: string,
  state: AppState,
  command: string,
): OverlayAnswer | undefined {
  const { all, at } = shownIn(overlay, state);
  const question = all[at];
  if (!question || key === 'l') return {};
  if (key === 'enter') return { overlay: { ...on(all, at), top: overlay.top, unanswered: 'enter' } };
  const step = { n: 1, tab: 1, right: 1, p: -1, 'S-tab': -1, left: -1 }[key];
  if (step !== undefined) return { overlay: on(all, (at + step + all.length) % all.length) };
  const lines = { down: 1, j: 1, up: -1, k: -1, pagedown: 5, pageup: -5 }[key];
  if (lines !== undefined) return { overlay: { ...overlay, top: Math.max(0, overlay.top + lines) } };
  const { run, approval } = question;
  const alike = key === alikeKey && prefixToAllow(approval) !== undefined;
  const option = approval.options.find(
    ({ kind }) => (alike ? 'allow' : undefined) === kind || keys[kind] === key,
  );
  if (!option) return undefined;
  // The key was for another question, which was answered elsewhere or ended while the person read it.
  if (keyOf(question) !== overlay.key) return { overlay: { ...on(all, at), unanswered: 'gone' } };
  const args = { id: run.runId, approval: approval.id, option: option.id, ...(alike ? { alike } : {}) };
  const rest = all.filter((one) => one !== question);
  return {
    ...(rest.length > 0 ? { overlay: on(rest, Math.min(at, rest.length - 1)) } : {}),
    effect: { type: 'invoke', calls: [{ id: command, args }] },
  };
}

const on = (all: readonly Question[], at: number): ApprovalOverlay => ({
  type: 'approval',
  key: keyOf(all[at]!),
  at,
  top: 0,
});

/** Every line on its own, as the program that is asked for would read them: nothing hides behind a lone `\r`. */
const linesIn = (text: string): string[] => text.trimEnd().split(/\r\n?|[\n\u2028\u2029]/);

/** Why the last key has answered nothing. */
const whyUnanswered = { enter: 'Enter answers nothing', gone: 'This is another question' } as const;

/** Rows of what was said before the question. */
const mostSaid = 8;

export function paintApproval(canvas: Canvas, overlay: ApprovalOverlay, model: Model) {
  const { state } = model;
  const { all, at } = shownIn(overlay, state);
  const question = all[at];
  const width = readingWidth(canvas);
  if (!question) {
    const inside = overlayFrame(canvas, { width: 40, height: 3, title: 'Approvals', foot: 'Esc close' });
    canvas.text(inside.x, inside.y + 1, inside.width, 'No agent asks for anything any more.');
    return;
  }
  const answers = answersOf(question, width);
  const facts = factsOf(question, model, width);
  const asked = linesIn(askedDetail(question.approval)).flatMap((line) =>
    wrapIndented(sanitizeLine(line), width - 2),
  );
  const room = canvas.height - 4 - facts.length - answers.length - 3;
  const shown = Math.max(1, Math.min(asked.length, Math.floor(room * 0.6)));
  // The question itself stands below.
  const said = (model.fleet?.get(question.run.runId) ?? [])
    .filter((line) => !/^\? /.test(line))
    .slice(-mostSaid)
    .flatMap((line) => wrappedLine({ text: line, hang: 2 }, width - 2))
    .slice(-Math.max(0, Math.min(mostSaid, room - shown - 1)));
  const before: TextLine[] =
    said.length > 0
      ? [
          { text: 'before it', style: 'dim' },
          ...said.map(({ text }): TextLine => ({ text: `  ${text}`, style: 'dim' })),
        ]
      : [];
  const many = all.length > 1 ? `${at + 1} of ${all.length}  n next  p previous  ` : '';
  const inside = overlayFrame(canvas, {
    width,
    height: before.length + facts.length + shown + 1 + answers.length,
    title: `${titleOf(question, state)} asks`,
    foot: overlay.unanswered
      ? `${whyUnanswered[overlay.unanswered]}: press ${keysOfAnswers(question)}, or l for later`
      : `${many}l later  Esc close`,
  });
  let y = inside.y;
  const put = (line: TextLine) => canvas.text(inside.x, y++, inside.width, line.text, line.style);
  for (const line of before) put(line);
  for (const spans of facts) canvas.line(inside.x, y++, inside.width, spans);
  const top = Math.max(0, Math.min(overlay.top, asked.length - shown));
  for (const line of asked.slice(top, top + shown)) put({ text: `  ${line}`, style: 'strong' });
  const over = asked.length - shown - top;
  put(over > 0 ? { text: `  … ${over} more lines, ↓ reads on`, style: 'warn' } : { text: '' });
  y = inside.y + inside.height - answers.length;
  for (const spans of answers) canvas.line(inside.x, y++, inside.width, spans);
}

const titleOf = ({ run }: Question, { tasks }: AppState): string =>
  tasks.find(({ slug }) => slug === run.task)?.title || run.task;

/** Rows that one fact may take: an agent decides how long its reason is. */
const mostOfFact = 4;

/** Who asks, where it would happen, why, and what it is. */
function factsOf({ run, approval }: Question, { state }: Model, width: number): TextSpan[][] {
  const folder = state.tasks.find(({ slug }) => slug === run.task)?.worktree;
  const fact = (name: string, text: string): TextSpan[][] => {
    const rows = linesIn(text).flatMap((line) => wrap(sanitizeLine(line), width - 8));
    return rows.slice(0, mostOfFact).map((row, at) => {
      const cut = at === mostOfFact - 1 && rows.length > mostOfFact;
      return [
        { text: (at === 0 ? name : '').padEnd(8), style: 'dim' },
        { text: cut ? `${row.slice(0, width - 10)} …` : row },
      ];
    });
  };
  return [
    ...fact('agent', `${run.runner}, attempt ${run.attempt}`),
    ...(folder ? fact('folder', folder) : []),
    ...(approval.reason ? fact('because', approval.reason) : []),
    ...(approval.kind === 'access' ? [] : fact('reaches', reachOf(approval.kind))),
    [{ text: `${askVerbs[approval.kind]}:`, style: 'warn' }],
  ];
}

/** What an allowed action may touch. An agent asks where its own sandbox does not let it go on. */
const reachOf = (kind: PendingApproval['kind']): string =>
  kind === 'edit'
    ? 'the files named, also outside of the worktree where they are named so'
    : 'whatever your user may: once allowed, its sandbox does not hold it';

const keysOfAnswers = ({ approval }: Question): string =>
  [
    ...new Set(approval.options.map(({ kind }) => keys[kind])),
    ...(prefixToAllow(approval) === undefined ? [] : [alikeKey]),
  ].join(', ');

/** The answers with their keys, a line each where they do not fit in one. */
function answersOf({ approval }: Question, width: number): TextSpan[][] {
  const kinds = new Set<AnswerKind>();
  const spans = approval.options.flatMap((option): TextSpan[][] => {
    if (kinds.has(option.kind)) return [];
    kinds.add(option.kind);
    const label = sanitizeLine(option.label).slice(0, 40);
    const note = reach[option.kind];
    return [
      [
        { text: ` ${keys[option.kind]} `, style: 'key' },
        { text: label },
        ...(note ? [{ text: ` (${note})`, style: 'dim' } as const] : []),
        { text: '  ' },
      ],
    ];
  });
  const prefix = prefixToAllow(approval);
  if (prefix !== undefined) {
    spans.splice(1, 0, [
      { text: ` ${alikeKey} `, style: 'key' },
      { text: `Allow all that begins with "${prefix}"` },
      { text: ' (for this task)', style: 'dim' },
      { text: '  ' },
    ]);
  }
  const all = spans.flat();
  return textWidth(all.map(({ text }) => text).join('')) <= width ? [all] : spans;
}
