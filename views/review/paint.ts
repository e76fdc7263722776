/** The page of a review: what was asked and found beside the diff, and why it changed below it. */
import { tasksBySlug } from '../../src/domain/app/lookups.js';
import { titleIn } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { approvalWords, type ReviewDocument, sizeOf } from '../../src/domain/landing/review/document.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import { formatDuration, plural, shortCommit } from '../../src/domain/platform/units.js';
import { fitText, textWidth, wrap } from '../../src/domain/platform/width.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { underWayWords } from '../doing.js';
import { keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import { paintChanges } from './changes.js';
import { reviewLayout, rowsFit } from './layout.js';
import { cursorOf, diffRows, filesShown } from './rows.js';
import { paintSide } from './side.js';
import type { ReviewUi, ReviewView } from './state.js';

/** Paints all but the footer's keys. */
export function paintReview(canvas: Canvas, model: Model, ui: ReviewUi, width: number, height: number) {
  const view = model.review ?? emptyView;
  const { review } = view;
  const layout = reviewLayout(width, height, ui);
  canvas.line(0, 0, width, headSpans(review, model.state, ui, width), 'bar');
  canvas.line(0, 1, width, review ? checkSpans(review, model) : []);
  if (!review) {
    const inside = canvas.box(layout.changes ?? layout.body, { focused: true, title: '2 Changes' });
    const lines = wrap(visibleText(view.problem ?? 'Reading…'), inside.width - 2);
    for (const [at, line] of lines.slice(0, inside.height).entries())
      canvas.text(inside.x + 1, inside.y + at, inside.width - 2, line, view.problem ? 'warn' : 'dim');
    return;
  }
  const fit = rowsFit(width, height, ui);
  const made = diffRows(view, ui, fit);
  const current = made.rows[cursorOf(made, ui)]?.file?.path;
  if (layout.files) paintSide(canvas, layout.files, { review, ui, current });
  if (layout.changes) paintChanges(canvas, layout.changes, { view, ui, made, split: fit.split });
  if (layout.why) paintWhy(canvas, layout.why, view);
  canvas.line(0, height - 2, width, noteSpans(review, model));
}

const emptyView: ReviewView = { texts: new Map(), colours: new Map() };

/** The title; the slug or the branch behind it, where both have room. */
function headSpans(
  review: ReviewDocument | undefined,
  { tasks }: AppState,
  ui: ReviewUi,
  width: number,
): TextSpan[] {
  const name = 'task' in ui.subject ? ui.subject.task : ui.subject.branch;
  const title = visibleText(review?.title ?? titleIn(tasks)(name));
  const lead: TextSpan = { text: ' review  ', style: 'dim' };
  if (!review) return [lead, { text: title, style: 'strong' }];
  const files = filesShown(review, ui);
  const { added, removed } = sizeOf(files);
  const viewed = files.filter(({ path }) => review.viewed.includes(path)).length;
  const findings = review.remarks.filter(({ severity }) => severity !== 'info').length;
  const right: TextSpan[] = [
    ...(review.since && ui.since ? [{ text: 'since the last round  ', style: 'accent' } as const] : []),
    { text: `${plural(files.length, 'file')} `, style: 'text' },
    { text: `+${added} `, style: 'good' },
    { text: `−${removed}  `, style: 'bad' },
    { text: `${viewed} of ${files.length} viewed`, style: viewed === files.length ? 'good' : 'dim' },
    ...(findings > 0 ? [{ text: `  ${plural(findings, 'finding')}`, style: 'bad' } as const] : []),
    { text: ' ' },
  ];
  return [lead, ...namedIn({ title, name }, width - widthOf([lead, ...right])), ...right];
}

/** A title in bold and behind it, where there is room for all of it, the name by which commands know it. */
export function namedIn({ title, name }: { title: string; name: string }, room: number): TextSpan[] {
  const behind = title === name || textWidth(title) + textWidth(name) + 4 > room ? '' : `  ${name}`;
  const wide = Math.min(textWidth(title), Math.max(0, room - textWidth(behind) - 1));
  return [
    { text: fitText(title, wide), style: 'strong' },
    { text: fitText(behind, Math.max(0, room - wide)), style: 'dim' },
  ];
}

const widthOf = (spans: readonly TextSpan[]): number =>
  spans.reduce((sum, { text }) => sum + textWidth(text), 0);

/** What each check says, whether it merges, and what it stands on. */
function checkSpans(review: ReviewDocument, { state }: Model): TextSpan[] {
  const { report, stale, approval, head, target, base } = review;
  const merge = state.merges[review.subject];
  const words = approvalWords(review);
  const marks = { pass: '✓', fail: '✗', held: '!', error: '!', warn: '!', skipped: '–' } as const;
  const styles = {
    pass: 'good',
    fail: 'bad',
    held: 'warn',
    error: 'bad',
    warn: 'warn',
    skipped: 'dim',
  } as const;
  return [
    { text: ' ' },
    ...(words
      ? [
          {
            text: `${approval?.void ? '!' : '✓'} ${words}  `,
            style: approval?.void ? 'warn' : 'good',
          } as const,
        ]
      : []),
    ...(report
      ? report.checks.map(
          ({ name, status, durationMs }): TextSpan => ({
            text: `${marks[status]} ${name} ${formatDuration(durationMs)}  `,
            style: styles[status],
          }),
        )
      : [{ text: 'not validated  ', style: 'dim' } as const]),
    ...(report?.policies ?? []).flatMap(({ name, status }): TextSpan[] =>
      status === 'pass'
        ? []
        : [
            {
              text: `${marks[status]} ${status === 'held' ? 'held' : 'policy'}: ${name}  `,
              style: styles[status],
            },
          ],
    ),
    ...(stale ? [{ text: '(something has moved since)  ', style: 'warn' } as const] : []),
    ...(merge?.status === 'clean' ? [{ text: `✓ merges into ${target}  `, style: 'good' } as const] : []),
    ...(merge?.status === 'conflict'
      ? [{ text: `✗ conflicts with ${target}  `, style: 'bad' } as const]
      : []),
    { text: `${shortCommit(head)} on ${shortCommit(base)}`, style: 'faint' },
    ...(review.uncommitted > 0
      ? [{ text: `  ${plural(review.uncommitted, 'file')} not committed`, style: 'warn' } as const]
      : []),
  ];
}

function paintWhy(canvas: Canvas, rect: Rect, { why }: ReviewView) {
  const told = why && 'lines' in why ? why : undefined;
  const note = told
    ? `attempt ${told.attempt}, ${told.sure === 'lines' ? 'where it was written' : 'the nearest to it'}`
    : '';
  const inside = canvas.box(rect, { focused: false, title: '3 Why it changed', note });
  if (!told) {
    const text = why && 'problem' in why ? why.problem : 'Looking…';
    wrap(visibleText(text), inside.width - 2)
      .slice(0, inside.height)
      .forEach((line, at) => {
        canvas.text(inside.x + 1, inside.y + at, inside.width - 2, line, 'dim');
      });
    return;
  }
  // The end tells of the writing itself; what led to it stands above.
  told.lines.slice(-inside.height).forEach((line, at) => {
    canvas.text(
      inside.x,
      inside.y + at,
      inside.width,
      visibleText(line),
      line.startsWith('edit ') ? 'accent' : 'text',
    );
  });
}

/** What waits to be sent, or what a person may do next. */
function noteSpans(review: ReviewDocument, { state, now, keymap }: Model): TextSpan[] {
  const underWay = review.bare ? undefined : underWayWords(review.subject, state, now);
  if (underWay) return [{ text: ` ◐ ${underWay}`, style: 'info' }];
  if (!review.bare && tasksBySlug(state.tasks).get(review.subject)?.status === 'landed') {
    return [
      { text: ` ✓ Landed on ${review.target}. `, style: 'good' },
      { text: keysFor(keymap, 'ui.back'), style: 'key' },
      { text: ' goes back to the list.', style: 'dim' },
    ];
  }
  const waiting = review.comments.filter(({ state }) => state === 'draft').length;
  const met = review.comments.filter(({ state }) => state === 'met').length;
  const open = review.comments.filter(({ state }) => state === 'open').length;
  const next = (review.runs.at(-1)?.attempt ?? 0) + 1;
  if (waiting > 0) {
    const how = review.bare
      ? 'R ends the round with them.'
      : `S sends ${waiting === 1 ? 'it' : 'them as one message'} and starts attempt ${next}.`;
    return [
      { text: ` ${plural(waiting, 'comment')} not sent.  `, style: 'warn' },
      { text: how, style: 'dim' },
    ];
  }
  const isHeld = review.report?.verdict === 'held' && review.report.head === review.head;
  if (isHeld && !review.bare && (!review.approval || review.approval.void)) {
    return [
      { text: ' It waits for you.  ', style: 'warn' },
      { text: keysFor(keymap, 'ui.review-approve'), style: 'key' },
      { text: ' approves this commit where what it changes is right.', style: 'dim' },
    ];
  }
  if (met + open > 0) {
    return [
      {
        text: ` ${met} of ${plural(met + open, 'comment')} changed since`,
        style: open > 0 ? 'warn' : 'good',
      },
      { text: open > 0 ? `, ${open} as it was` : '', style: 'warn' },
    ];
  }
  if (review.approval && !review.approval.void && !review.bare) {
    return [
      { text: ` ${keysFor(keymap, 'ui.review-land')}`, style: 'key' },
      { text: ` lands it on ${review.target}, `, style: 'dim' },
      { text: keysFor(keymap, 'ui.back'), style: 'key' },
      { text: ' goes back to the list.', style: 'dim' },
    ];
  }
  // Where nothing is committed there is no line to comment on, and no commit to approve.
  if (review.files.length === 0) return [];
  return [{ text: ' c comments on a line, A approves this commit, ? shows all keys.', style: 'dim' }];
}
