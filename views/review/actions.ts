/** What the keys of a review do. */
import { rowFor } from '../../src/commands/parts.js';
import { approvalWords, type ReviewDocument } from '../../src/domain/landing/review/document.js';
import { plural } from '../../src/domain/platform/units.js';
import type { UiActionId } from '../actions.js';
import { confirmOverlay } from '../overlays/choice.js';
import { formOverlay } from '../overlays/form.js';
import type { Invocation } from '../overlays/types.js';
import type { ActionContext } from '../ui/action-context.js';
import { type PageAct, pageKeys } from '../ui/page-keys.js';
import { firstRow } from './changes.js';
import { reviewLayout, rowsFit } from './layout.js';
import { cursorOf, type DiffRow, type DiffRows, diffRows, placeOfRow } from './rows.js';
import { sideLimit } from './side.js';
import type { ReviewUi } from './state.js';

type ReviewActionId = Extract<UiActionId, `ui.review-${string}`>;

/** The page, as its keys find it. */
interface Page {
  ui: ReviewUi;
  review: ReviewDocument;
  made: DiffRows;
  cursor: number;
  row: DiffRow | undefined;
  /** Rows of the diff on the screen. */
  height: number;
}

/** An action on a review that has been read; otherwise it says why there is none. */
const on =
  (act: (page: Page, context: ActionContext) => void): PageAct =>
  (context) => {
    const { model, size, toast } = context;
    const ui = model.ui.review;
    if (!ui) return toast('No review is open: d opens one.', 'info');
    const view = model.review;
    if (!view?.review) return toast(view?.problem ?? 'The review is being read.', 'info');
    const layout = reviewLayout(size.width, size.height, ui);
    const pane = layout.changes ?? layout.body;
    const made = diffRows(view, ui, rowsFit(size.width, size.height, ui));
    const cursor = cursorOf(made, ui);
    act({ ui, review: view.review, made, cursor, row: made.rows[cursor], height: pane.height - 2 }, context);
  };

const set = (change: (page: Page) => Partial<ReviewUi>): PageAct =>
  on((page, { dispatch }) => dispatch({ type: 'review.changed', change: change(page) }));

/** Puts the cursor on a row and keeps what it stands on in mind. */
function goTo(at: number, { ui, made, height }: Page, { dispatch }: ActionContext, lead = 0) {
  const row = made.rows[at];
  if (!row) return;
  const place = placeOfRow(row);
  const moved = { ...ui, at, place };
  const top = firstRow(made, moved, height);
  const shown = lead > 0 && (at < ui.top || at >= ui.top + height) ? Math.max(0, at - lead) : top;
  dispatch({ type: 'review.changed', change: { at, ...(place ? { place } : {}), top: shown } });
}

const to = (which: 'hunks' | 'files' | 'said', step: 1 | -1, what: string): PageAct =>
  on((page, context) => {
    const rows = page.made[which];
    const next = step === 1 ? rows.find((at) => at > page.cursor) : rows.findLast((at) => at < page.cursor);
    if (next === undefined)
      return context.toast(`There is no ${step === 1 ? 'next' : 'earlier'} ${what}.`, 'info');
    goTo(next, page, context, 3);
  });

/** The first row of what stands there; one that goes on is gone over at once. */
function wholeAt({ rows }: DiffRows, at: number, by: number): number {
  const part = (row: number) => {
    const one = rows[row];
    return one && 'part' in one ? (one.part?.at ?? 0) : 0;
  };
  let next = at;
  if (by > 0) while (next < rows.length && part(next) > 0) next++;
  if (next < rows.length) return next - part(next);
  return at - part(at);
}

const move = (lines: (height: number) => number): PageAct =>
  on((page, context) => {
    const { ui, made, cursor, review, height } = page;
    const by = lines(height);
    if (ui.focus === 'files' && Math.abs(by) === 1) {
      return (by > 0 ? reviewActs['ui.review-file-next'] : reviewActs['ui.review-file-previous'])(context);
    }
    if (ui.focus === 'files') {
      const layout = reviewLayout(context.size.width, context.size.height, ui);
      const limit = sideLimit(review, ui, layout.files ?? layout.body);
      const sideTop = Math.max(0, Math.min(limit, ui.sideTop + by));
      return context.dispatch({ type: 'review.changed', change: { sideTop } });
    }
    goTo(wholeAt(made, Math.max(0, Math.min(made.rows.length - 1, cursor + by)), by), page, context);
  });

/** The arguments that name what is reviewed. */
const subjectArgs = ({ ui }: Page): Record<string, unknown> => ({ ...ui.subject });

const callOf = (page: Page, args: Record<string, unknown>, { model }: ActionContext): Invocation => ({
  id: rowFor('review', model.commands).id,
  args: { ...subjectArgs(page), ...args },
});

const say = (args: (page: Page) => Record<string, unknown> | string): PageAct =>
  on((page, context) => {
    const given = args(page);
    if (typeof given === 'string') return context.toast(given, 'info');
    context.call(callOf(page, given, context));
  });

/** `file:line` as commands spell it. */
const spelled = ({ path, side, line }: { path: string; side: 'new' | 'old'; line: number }): string =>
  line === 0 ? path : `${path}:${side === 'old' ? '-' : ''}${line}`;

const comment = (whole: boolean): PageAct =>
  on((page, context) => {
    const place = placeOfRow(page.row);
    if (!place) return context.toast('There is no file to comment on.', 'info');
    const at = spelled(whole ? { ...place, line: 0 } : place);
    const row = rowFor('review', context.model.commands);
    const form = formOverlay(row, callOf(page, { at, commit: page.review.head }, context));
    if (form.type !== 'form') return;
    const fields = form.fields.filter(({ name }) => name === 'say' || name === 'as');
    context.open({ ...form, title: `Comment on ${at}`, fields });
  });

/** Opens or folds what the cursor stands on. */
const openRow = on((page, context) => {
  const { ui, row } = page;
  if (ui.focus === 'files') return context.dispatch({ type: 'review.changed', change: { focus: 'changes' } });
  if (row?.type === 'file' || row?.type === 'fold') {
    const key = row.type === 'file' ? `file ${row.file.path}` : row.key;
    const opened = new Set(ui.opened);
    if (!opened.delete(key)) opened.add(key);
    if (row.type === 'fold') context.terminal.unfold(row.file.path);
    return context.dispatch({ type: 'review.changed', change: { opened } });
  }
  if (row?.type === 'comment' || row?.type === 'remark') {
    const text = row.type === 'comment' ? row.comment.text : `${row.remark.from}: ${row.remark.text}`;
    const lines = text.split('\n').map((line) => ({ text: line }));
    return context.open({ type: 'detail', title: spelled(placeOfRow(row)!), lines, top: 0 });
  }
  context.toast('⏎ opens folded lines, files and what is said at a line.', 'info');
});

const viewed = on((page, context) => {
  const { row, review, made, cursor } = page;
  if (!row?.file) return context.toast('There is no file here.', 'info');
  const { path } = row.file;
  const is = review.viewed.includes(path);
  context.call(callOf(page, is ? { unviewed: [path] } : { viewed: [path] }, context));
  const next = made.files.find((at) => at > cursor);
  // What is viewed is folded away: the next file is what is looked at now.
  if (!is && next !== undefined) goTo(next, page, context, 3);
});

const settle = say(({ row }) => {
  if (row?.type !== 'comment') return 'No comment of yours stands here.';
  return row.comment.sent ? { settle: [row.comment.id] } : { withdraw: [row.comment.id] };
});

const draftsOf = ({ comments }: ReviewDocument): number =>
  comments.filter(({ state }) => state === 'draft').length;

const send = on((page, context) => {
  const count = draftsOf(page.review);
  if (page.review.bare)
    return context.toast('The branch has no agent. R ends the round with your comments.', 'info');
  if (count === 0) return context.toast('No comment waits to be sent: c makes one.', 'info');
  context.call(callOf(page, { send: true }, context));
});

const askChanges = on((page, context) => {
  const count = draftsOf(page.review);
  const kept = count > 0 ? `, with ${plural(count, 'comment')}` : '';
  const question = `End the round and ask for changes of ${page.review.branch}${kept}, without telling an agent?`;
  context.open(
    confirmOverlay(question, [callOf(page, { requestChanges: true, commit: page.review.head }, context)]),
  );
});

const land = on((page, context) => {
  const { review } = page;
  if (review.bare) {
    return context.toast(
      `It is no task's: codex-agent task add --branch ${review.branch} adopts it.`,
      'info',
    );
  }
  const row = rowFor('land', context.model.commands);
  const call = { id: row.id, args: { task: review.subject } };
  const refused = row.when?.(context.model.state, call.args);
  if (typeof refused === 'string') return context.toast(refused, 'error');
  const words = approvalWords(review) ?? 'no person has approved it';
  const question = row.confirm?.(call.args, context.model.state) ?? `Land ${review.subject}?`;
  const unsent = draftsOf(review);
  const kept = unsent > 0 ? ` ${plural(unsent, 'comment')} not sent: no agent reads what lands unsent.` : '';
  context.open(
    confirmOverlay(`${question} ${words.charAt(0).toUpperCase()}${words.slice(1)}.${kept}`, [call]),
  );
});

const fix = on(({ review }, context) => {
  if (review.bare) return context.toast('The branch has no agent.', 'info');
  context.open(
    confirmOverlay(`Validate ${review.subject}, and let its agent mend what is found?`, [
      { id: rowFor('validate', context.model.commands).id, args: { task: review.subject, autoFix: true } },
    ]),
  );
});

/** All that the checks wrote. */
const output = on(({ review }, context) => {
  if (review.bare) return context.toast("No check has run: the branch is no task's.", 'info');
  context.call({ id: rowFor('output', context.model.commands).id, args: { task: review.subject } });
});

/** The change under the cursor; undefined beside one. */
function changeAt({ row }: Page): string | undefined {
  if (row?.type !== 'line' || row.hunk < 0) return undefined;
  return spelled(placeOfRow(row)!);
}

const drop = on((page, context) => {
  const at = changeAt(page);
  if (at === undefined)
    return context.toast('Go to a line of the change that is to be dropped: n goes to the next.', 'info');
  const call = callOf(page, { drop: at, commit: page.review.head }, context);
  context.open(
    confirmOverlay(
      `Take the change at ${at.replace(/:-(?=\d+$)/, ':')} back, as a commit of yours on ${page.review.branch}?`,
      [call],
    ),
  );
});

const editor = on(({ review, row }, context) => {
  const place = placeOfRow(row);
  if (review.bare || !review.worktree)
    return context.toast(
      `${review.branch} is checked out in no worktree: the editor has no file to open.`,
      'info',
    );
  // A removed line is not there any more: the one behind it is.
  const line = row?.type === 'line' && !row.new ? row.old!.line : place?.line;
  const at = place && (line ? `${place.path}:${line}` : place.path);
  context.call({
    id: rowFor('open', context.model.commands).id,
    args: { task: review.subject, with: 'editor', ...(at ? { at } : {}) },
  });
});

/** Leaves the review for the place in the transcript that names the file. */
const transcript = on(({ row, review }, context) => {
  const path = row?.file?.path;
  if (!path || review.runs.length === 0) return context.toast('No agent has worked on it.', 'info');
  const { dispatch, terminal, model, toast } = context;
  dispatch({ type: 'review.closed' });
  dispatch({ type: 'tab.chosen', tab: 'transcript' });
  dispatch({ type: 'focused', pane: 'inspector' });
  const told = model.review?.why;
  const lines = told && 'lines' in told ? told.lines : [];
  const words = lines.findLast((line) => line.startsWith('edit') && line.includes(path)) ?? path;
  dispatch({ type: 'filter.typed', pane: 'inspector', text: words.slice(0, 60) });
  const from = model.transcripts.inspector?.total ?? 0;
  void terminal.find('inspector', words.slice(0, 60), from, -1).then((found) => {
    if ('number' in found)
      return dispatch({ type: 'transcript.scrolled', pane: 'inspector', bottom: found.number });
    toast(`The newest transcript does not name ${path}.`, 'info');
  });
});

const toggleSince = on(({ ui, review }, { dispatch, toast }) => {
  if (!review.since) return toast('No round of this review has ended on another commit.', 'info');
  if (review.since.reason) return toast(review.since.reason, 'error');
  dispatch({ type: 'review.changed', change: { since: !ui.since } });
});

/** Esc takes one thing back: the transcript below, the other pane, the page. */
function back({ model, dispatch }: ActionContext) {
  const ui = model.ui.review;
  if (ui?.why) return dispatch({ type: 'review.changed', change: { why: false } });
  if (ui?.focus === 'files') return dispatch({ type: 'review.changed', change: { focus: 'changes' } });
  dispatch({ type: 'review.closed' });
}

const otherPane: PageAct = set(({ ui }) => ({ focus: ui.focus === 'files' ? 'changes' : 'files' }));

/** Columns that one key moves the diff by. */
const shiftBy = 16;

export const reviewActs: Readonly<Record<ReviewActionId, PageAct>> = {
  'ui.review-hunk-next': to('hunks', 1, 'change'),
  'ui.review-hunk-previous': to('hunks', -1, 'change'),
  'ui.review-file-next': to('files', 1, 'file'),
  'ui.review-file-previous': to('files', -1, 'file'),
  'ui.review-said-next': to('said', 1, 'finding or comment'),
  'ui.review-said-previous': to('said', -1, 'finding or comment'),
  'ui.review-comment': comment(false),
  'ui.review-comment-file': comment(true),
  'ui.review-settle': settle,
  'ui.review-viewed': viewed,
  'ui.review-send': send,
  'ui.review-approve': say(({ review }) => ({ approve: true, commit: review.head })),
  'ui.review-changes': askChanges,
  'ui.review-land': land,
  'ui.review-fix': fix,
  'ui.review-output': output,
  'ui.review-drop': drop,
  'ui.review-editor': editor,
  'ui.review-why': set(({ ui }) => ({ why: !ui.why })),
  'ui.review-transcript': transcript,
  'ui.review-since': toggleSince,
  'ui.review-split': on(({ ui }, context) => {
    const now = rowsFit(context.size.width, context.size.height, ui).split;
    context.dispatch({ type: 'review.changed', change: { split: now ? 'off' : 'on' } });
  }),
  'ui.review-words': set(({ ui }) => ({ words: !ui.words })),
  'ui.review-right': set(({ ui }) => ({ shift: ui.shift + shiftBy })),
  'ui.review-left': set(({ ui }) => ({ shift: Math.max(0, ui.shift - shiftBy) })),
};

/** What actions of everywhere do while a review is open. */
export const reviewOverrides = pageKeys({ move, open: openRow, back, otherPane });
