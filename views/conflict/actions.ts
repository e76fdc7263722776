/** What the keys of a conflict's page do. */
import { rowFor } from '../../src/commands/parts.js';
import type { CommandPart } from '../../src/commands/types.js';
import type { ConflictDocument, Take } from '../../src/domain/landing/hunk-choices.js';
import type { UiActionId } from '../actions.js';
import { confirmOverlay } from '../overlays/choice.js';
import { formOverlay } from '../overlays/form.js';
import type { Invocation } from '../overlays/types.js';
import type { ActionContext } from '../ui/action-context.js';
import { type PageAct, pageKeys } from '../ui/page-keys.js';
import { hunkLimit } from './hunk.js';
import { type ConflictLayout, conflictLayout } from './layout.js';
import { filesLimit } from './side.js';
import { type ConflictUi, type Decision, decisionAt, decisionsOf, isUndecided } from './state.js';

type ConflictActionId = Extract<UiActionId, `ui.conflict-${string}`>;

/** The page, as its keys find it. */
interface Page {
  ui: ConflictUi;
  document: ConflictDocument;
  decisions: readonly Decision[];
  at: number;
  current: Decision;
  layout: ConflictLayout;
}

/** An action on a conflict that has been read; otherwise it says why there is none. */
const on =
  (act: (page: Page, context: ActionContext) => void): PageAct =>
  (context) => {
    const { model, size, toast } = context;
    const ui = model.ui.conflict;
    if (!ui) return toast('No conflict is looked at.', 'info');
    const { document, problem } = model.conflict ?? {};
    if (!document) return toast(problem ?? 'The conflict is being read.', 'info');
    const decisions = decisionsOf(document);
    const at = decisionAt(decisions, ui);
    const current = decisions[at];
    if (!current) return toast('Nothing is in conflict.', 'info');
    act(
      { ui, document, decisions, at, current, layout: conflictLayout(size.width, size.height, ui) },
      context,
    );
  };

const set = (change: (page: Page) => Partial<ConflictUi>): PageAct =>
  on((page, { dispatch }) => dispatch({ type: 'conflict.changed', change: change(page) }));

/** The place of a hunk or file, from the top of it. */
const placeOfDecision = ({ file, hunk }: Decision): Partial<ConflictUi> => ({
  path: file.path,
  hunk: hunk?.index ?? 0,
  top: 0,
  shift: 0,
});

const step = (by: 1 | -1, wanted: (one: Decision, page: Page) => boolean, what: string): PageAct =>
  on((page, { dispatch, toast }) => {
    const { decisions, at } = page;
    for (let to = at + by; decisions[to]; to += by) {
      if (wanted(decisions[to]!, page))
        return dispatch({ type: 'conflict.changed', change: placeOfDecision(decisions[to]!) });
    }
    toast(`There is no ${by === 1 ? 'next' : 'earlier'} ${what}.`, 'info');
  });

const toFile = (by: 1 | -1): PageAct =>
  on(({ document, current }, { dispatch, toast }) => {
    const file = document.files[document.files.indexOf(current.file) + by];
    if (!file) return toast(`There is no ${by === 1 ? 'next' : 'earlier'} file.`, 'info');
    dispatch({
      type: 'conflict.changed',
      change: placeOfDecision({ file, ...(file.hunks[0] ? { hunk: file.hunks[0] } : {}) }),
    });
  });

/** The next thing to decide, from here on and around. */
function undecidedAfter({ decisions, at }: Page, by: 1 | -1): Decision | undefined {
  const others = [...decisions.slice(at + 1), ...decisions.slice(0, at)];
  return (by === 1 ? others : others.reverse()).find(isUndecided);
}

const toUndecided = (by: 1 | -1): PageAct =>
  on((page, { dispatch, toast, model }) => {
    const next = undecidedAfter(page, by);
    if (next) return dispatch({ type: 'conflict.changed', change: placeOfDecision(next) });
    const only = isUndecided(page.current);
    toast(only || model.conflict?.document?.left ? 'Nothing else is to decide.' : 'All is decided.', 'info');
  });

const move = (lines: (height: number) => number): PageAct =>
  on((page, context) => {
    const { ui, layout, document, current } = page;
    const by = lines(layout.body.height - 2);
    const { dispatch } = context;
    if (ui.focus === 'files') {
      if (Math.abs(by) === 1) return toFile(by > 0 ? 1 : -1)(context);
      const limit = filesLimit({ document, ui, current }, layout.files ?? layout.body);
      return dispatch({ type: 'conflict.changed', change: { sideTop: clamp(ui.sideTop + by, limit) } });
    }
    const limit = hunkLimit(current, layout.hunk ?? layout.body, ui);
    dispatch({ type: 'conflict.changed', change: { top: clamp(Math.min(ui.top, limit) + by, limit) } });
  });

const clamp = (value: number, limit: number): number => Math.max(0, Math.min(limit, value));

const callOf = (
  part: CommandPart,
  { document }: Page,
  args: Record<string, unknown>,
  { model }: ActionContext,
): Invocation => ({
  id: rowFor(part, model.commands).id,
  args: { task: document.task, ...args },
});

/** The place as commands spell it, with what was looked at: another conflict that has taken its place is left alone. */
const placeArgs = ({ current: { file, hunk } }: Page): Record<string, unknown> => ({
  file: file.path,
  hunk: hunk ? `${hunk.index}` : 'all',
  of: hunk?.of ?? file.whole?.of ?? '',
});

/** Why nothing can be chosen here. */
function whyNotOpen({ document }: Page): string | undefined {
  if (document.status === 'open') return undefined;
  return document.status === 'merged' ? 'It is merged already: this is how.' : 'Nothing is in conflict.';
}

const choosing = (act: (page: Page, context: ActionContext) => void): PageAct =>
  on((page, context) => {
    const why = whyNotOpen(page);
    if (why) return context.toast(why, 'info');
    act(page, context);
  });

const take = (side: Take): PageAct =>
  choosing((page, context) => {
    const { file, hunk } = page.current;
    if (side === 'answer' && !hunk?.answer) {
      return context.toast(
        hunk ? `Nothing is proposed: ${hunk.why ?? ''}` : 'Nothing is proposed for a file as a whole.',
        'info',
      );
    }
    if (!hunk && !file.whole) return context.toast('There is nothing to choose here.', 'info');
    context.call(callOf('take-hunk', page, { ...placeArgs(page), side }, context));
    // What is decided is left behind: the next that is not is what is looked at now.
    const next = undecidedAfter(page, 1);
    if (next && isUndecided(page.current))
      context.dispatch({ type: 'conflict.changed', change: placeOfDecision(next) });
  });

const takeAnswers = choosing((page, context) => {
  const { file } = page.current;
  const count = file.hunks.filter(({ answer, choice }) => answer && !choice).length;
  if (count === 0) return context.toast('No hunk of this file is open and has an answer.', 'info');
  const call = callOf('take-hunk', page, { file: file.path, hunk: 'all', side: 'answer' }, context);
  const all = file.hunks.filter(({ answer }) => answer).length;
  context.open(
    confirmOverlay(`Take what is proposed for ${all} of ${file.hunks.length} hunks of ${file.path}?`, [call]),
  );
});

const edit = choosing((page, context) => {
  if (!page.current.hunk)
    return context.toast('A file that is decided as a whole has no text to edit.', 'info');
  context.call(callOf('edit-hunk', page, placeArgs(page), context));
});

const ask = choosing((page, context) => {
  const { document, current } = page;
  if (!current.hunk)
    return context.toast('A file that is decided as a whole is no question for a model.', 'info');
  if (document.cannotAsk) return context.toast(`No model can be asked: ${document.cannotAsk}`, 'error');
  const { of: _, ...place } = placeArgs(page);
  const row = rowFor('ask-hunk', context.model.commands);
  const form = formOverlay(row, callOf('ask-hunk', page, place, context));
  if (form.type !== 'form') return;
  const title = `Ask again about hunk ${current.hunk.index} of ${current.file.path}`;
  context.open({ ...form, title, fields: form.fields.filter(({ name }) => name === 'word') });
});

const undo = (all: boolean): PageAct =>
  choosing((page, context) => context.call(callOf('undo-choice', page, all ? { all } : {}, context)));

const finish = choosing((page, context) => {
  const { document } = page;
  if (document.blocked) return context.toast(`It cannot be merged now: ${document.blocked}`, 'error');
  const next = isUndecided(page.current) ? page.current : undecidedAfter(page, 1);
  if (next) {
    context.dispatch({ type: 'conflict.changed', change: placeOfDecision(next) });
    return context.toast(`${document.left} to decide yet.`, 'info');
  }
  context.toast('The gate and the checks look at it…', 'info');
  context.call(callOf('finish-choices', page, {}, context));
});

const land = on(({ document }, context) => {
  if (document.status === 'open') return context.toast('It is not merged yet.', 'info');
  const row = rowFor('land', context.model.commands);
  const args = { task: document.task };
  const refused = row.when?.(context.model.state, args);
  if (typeof refused === 'string') return context.toast(refused, 'error');
  context.call({ id: row.id, args });
});

/** Esc takes one thing back: the other pane, the page. */
function back({ model, dispatch }: ActionContext) {
  if (model.ui.conflict?.focus === 'files')
    return dispatch({ type: 'conflict.changed', change: { focus: 'hunk' } });
  dispatch({ type: 'conflict.closed' });
}

const otherPane = set(({ ui }) => ({ focus: ui.focus === 'files' ? 'hunk' : 'files' }));

/** Columns that one key moves the texts by. */
const shiftBy = 16;

export const conflictActs: Readonly<Record<ConflictActionId, PageAct>> = {
  'ui.conflict-next': step(1, () => true, 'hunk'),
  'ui.conflict-previous': step(-1, () => true, 'hunk'),
  'ui.conflict-file-next': toFile(1),
  'ui.conflict-file-previous': toFile(-1),
  'ui.conflict-undecided-next': toUndecided(1),
  'ui.conflict-undecided-previous': toUndecided(-1),
  'ui.conflict-answer': take('answer'),
  'ui.conflict-answers': takeAnswers,
  'ui.conflict-ours': take('ours'),
  'ui.conflict-theirs': take('theirs'),
  'ui.conflict-both': take('both'),
  'ui.conflict-base': take('base'),
  'ui.conflict-edit': edit,
  'ui.conflict-ask': ask,
  'ui.conflict-undo': undo(false),
  'ui.conflict-drop': undo(true),
  'ui.conflict-finish': finish,
  'ui.conflict-land': land,
  'ui.conflict-split': set(({ ui }) => ({ split: ui.split === 'off' ? 'on' : 'off', top: 0 })),
  'ui.conflict-right': set(({ ui }) => ({ shift: ui.shift + shiftBy })),
  'ui.conflict-left': set(({ ui }) => ({ shift: Math.max(0, ui.shift - shiftBy) })),
};

/** What actions of everywhere do while a conflict is looked at. */
export const conflictOverrides = pageKeys({ move, open: otherPane, back, otherPane });
