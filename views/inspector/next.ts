/** What one would do next with a task: the lines of its page that a person can choose from. Pure. */
import { attentionOf } from '../../src/domain/app/attention.js';
import { concernOf } from '../../src/domain/app/groups.js';
import { askingTasks, listedBySlug, listedTasks } from '../../src/domain/app/selectors.js';
import type { Task } from '../../src/domain/store/task.js';
import { uiActions } from '../actions.js';
import { disabledReason, titleOf } from '../hints.js';
import { bindingsOf, keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import type { TextLine, Wanted } from '../overlays/types.js';
import { callsFor } from '../ui/calls.js';

/** A line to choose: its key, what it does, and what choosing it carries out. */
export interface NextAction {
  keys: string;
  title: string;
  wanted: Wanted;
}

let last: { from: readonly unknown[]; actions: readonly NextAction[] } | undefined;

/** What settles what the task needs of a person comes first, then what fits its state, then what fits what it means. */
export function nextActions(task: Task, model: Model): readonly NextAction[] {
  const { state, ui, keymap, commands, transcripts } = model;
  const shown = ui.focus === 'pinned' ? transcripts.pinned : transcripts.inspector;
  // A frame without changes asks for the same again.
  const from = [task, state, ui, keymap, commands, shown?.runId];
  if (last?.from.some((one, at) => one !== from[at]) !== false) {
    last = { from, actions: findActions(task, model) };
  }
  return last.actions;
}

function findActions(task: Task, model: Model): readonly NextAction[] {
  const { state, commands, keymap } = model;
  const row = listedBySlug(listedTasks(state)).get(task.slug);
  if (!row) return [];
  const concern = concernOf(row, { asking: askingTasks(state), busy: state.busy });
  const need =
    concern === 'needs you' ? attentionOf(row, state).kind : concern === 'ready' ? concern : undefined;
  const settling = need ? [...uiActions, ...commands].flatMap((one) => settlesIt(one, need)) : [];
  const fitting = [row.shown, concern].flatMap((what) =>
    commands.flatMap(({ id, fits }) => (fits?.includes(what) ? [{ run: id, args: {} }] : [])),
  );
  const wanted = [...settling, ...fitting].map((one): Wanted => ({ ...one, form: false, marked: false }));
  return wanted.flatMap((one, at): NextAction[] => {
    if (wanted.findIndex(({ run }) => run === one.run) !== at) return [];
    const call = callsFor(one, model)[0];
    if (disabledReason(one.run, call?.args ?? {}, model)) return [];
    const { label } = bindingsOf(keymap, one.run, one.args)[0] ?? {};
    const title = titleOf({ ...one, label }, commands);
    return [{ keys: keysFor(keymap, one.run, one.args), title, wanted: one }];
  });
}

type Settling = Pick<Model['commands'][number], 'id' | 'settles' | 'settlesWith'>;

function settlesIt(
  row: Settling,
  kind: ReturnType<typeof attentionOf>['kind'],
): Pick<Wanted, 'run' | 'args'>[] {
  const args = row.settlesWith?.[kind];
  return args || row.settles?.includes(kind) ? [{ run: row.id, args: args ?? {} }] : [];
}

/** The lines of these actions, the chosen one with the cursor; Enter carries it out. */
export function actionLines(
  actions: readonly NextAction[],
  chosen: number,
  { ui, keymap }: Pick<Model, 'ui' | 'keymap'>,
): TextLine[] {
  const focused = ui.focus === 'inspector';
  if (actions.length === 0) return [];
  const width = Math.max(...actions.map(({ keys }) => keys.length));
  return [
    { text: `What next${focused ? `  ${keysFor(keymap, 'ui.open')} does it` : ''}`, style: 'strong' },
    ...actions.map(({ keys, title }, at): TextLine => {
      const lit = focused && at === Math.min(chosen, actions.length - 1);
      return { text: `${lit ? '▶' : ' '} ${keys.padEnd(width)}  ${title}`, style: lit ? 'focus' : 'text' };
    }),
    { text: '' },
  ];
}
