/** From a binding or a choice to invocations: what is still missing is asked first, the outcome is told afterwards. */
import { rowFor } from '../../src/commands/parts.js';
import { resultLines } from '../../src/commands/show-result.js';
import type { AnyCommand, CommandPart, Outcome } from '../../src/commands/types.js';
import { titleIn } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import type { Task } from '../../src/domain/store/task.js';
import { disabledReason } from '../hints.js';
import { keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import { confirmOverlay } from '../overlays/choice.js';
import { detailOverlay } from '../overlays/detail.js';
import { formOverlay, formResult } from '../overlays/form.js';
import type { Effect, FormOverlay, Invocation, Overlay, TextLine, Wanted } from '../overlays/types.js';
import type { ActionContext, TerminalActions, ToastLevel } from './action-context.js';
import { runUiAction } from './action-table.js';
import { inKeys } from './as-keys.js';
import { inTitles } from './as-titles.js';
import { callsFor, missingArgs, refusesMarks, selectedTask } from './calls.js';
import { fieldOf } from './field.js';
import { marksToUndo } from './marks.js';
import type { UiEvent } from './state.js';

export interface PerformDeps {
  model(): Model;
  dispatch(event: UiEvent): void;
  invoke(id: string, args: Record<string, unknown>): Promise<Outcome>;
  commands: readonly AnyCommand[];
  size(): { width: number; height: number };
  /** The rest of the program: leaving, suspending, redrawing, the clipboard. */
  terminal: TerminalActions;
}

type Failure = Extract<Outcome, { ok: false }>['error'];

/** A call that was refused, the call that insists, and the hint that says yes in place of the flag. */
interface Refusal {
  call: Invocation;
  error: Failure;
  hint: string;
  insisting: Invocation;
}

const toastMs = 4000;

/** Parts whose rows have a page on the screen, and what opens it. */
const pageOfPart: Readonly<Partial<Record<string, (task: string) => UiEvent>>> = {
  review: (task) => ({ type: 'review.opened', subject: { task } }),
  conflict: (task) => ({ type: 'conflict.opened', task }),
};

/** `run` carries out what a key is bound to, `take` what an overlay answered; `tell` says a line for a moment. */
export function createPerformer(deps: PerformDeps) {
  const { dispatch } = deps;
  /** What was typed for a call, until the call has gone through. */
  const typed = new WeakMap<Invocation, FormOverlay>();
  /** Forms that were refused when the person had gone on: each stands there again, as it was typed, when it is next asked for. */
  const kept = new Map<string, FormOverlay>();
  /** The tasks as they were when what is told now was begun: one that was removed has its title there alone. */
  let gone: readonly Task[] = [];
  /** How often the person has done something: who went on since a call is not stopped by its result. */
  let acts = 0;

  function run(wanted: Wanted) {
    acts += 1;
    if (runUiAction(wanted.run, context())) return;
    const model = deps.model();
    const row = rowOf(wanted.run);
    if (!row) return tell(`${wanted.run} is not available on the screen.`, 'error');
    if (undoesMarks(row, model)) return undoMarks();
    const page = Object.keys(wanted.args).length === 0 ? pageOfPart[row.part ?? ''] : undefined;
    if (page) return openPage(page, row, model);
    const refused = refusesMarks(row, model);
    if (refused) return tell(refused, 'error');
    const calls = callsFor(wanted, model);
    if (!calls[0]) return tell(`No task is marked: ${keysFor(model.keymap, 'ui.mark')} marks one.`, 'error');
    const asks = wanted.form || row.form || missingArgs(row, calls[0].args).length > 0;
    const [first, task] = asks ? formSubject(calls[0], wanted, model) : [calls[0]];
    const reason = disabledReason(row.id, first.args, model);
    if (reason) return tell(reason, 'error');
    if (!asks) return confirmed(row, calls, model.state);
    if (missingArgs(row, first.args).includes('task')) return tell('No task is selected.', 'error');
    openForm(row, first, task);
  }

  /** The form for a call, as it was typed where it was refused. */
  function openForm(row: AnyCommand, call: Invocation, task: Task | undefined) {
    const name = nameOf(call);
    const again = kept.get(name);
    kept.delete(name);
    show(again ?? formOverlay(row, call, { values: task && { ...task }, state: deps.model().state }));
  }

  function undoMarks() {
    dispatch({ type: 'marks.undone' });
    tell(`The marks are as before: ${deps.model().ui.marks.size} marked.`, 'done');
  }

  /** The screen has a page for what the command would print. */
  function openPage(page: (task: string) => UiEvent, { id }: AnyCommand, model: Model) {
    const task = selectedTask(model);
    if (!task) return tell('No task is selected.', 'error');
    const reason = disabledReason(id, { task: task.slug }, model);
    if (reason) return tell(reason, 'error');
    dispatch(page(task.slug));
  }

  /** What actions of the screen work with, as things are now. */
  function context(): ActionContext {
    return {
      model: deps.model(),
      dispatch,
      size: deps.size(),
      terminal: deps.terminal,
      open: show,
      toast: tell,
      run,
      call(invocation) {
        const row = rowOf(invocation.id);
        if (row) confirmed(row, [invocation], deps.model().state);
      },
      invokePart,
    };
  }

  function take(effect: Effect) {
    switch (effect.type) {
      case 'close':
        return;
      case 'run':
        return run(effect.wanted);
      case 'submit':
        return submit(effect.form);
      case 'edit':
        return void edit(effect.form);
      case 'invoke':
        return invokeAll(effect.calls);
      case 'quit':
        if (!effect.stopFirst) return deps.terminal.quit();
        tell('Stopping all runs…', 'info');
        return invokePart('stop-all', deps.terminal.quit);
    }
  }

  /** The field's text in the person's editor, and what was saved there in the field. */
  async function edit(form: FormOverlay) {
    try {
      const { name, field } = form.fields[form.index]!;
      const text = await deps.terminal.edit(field.text);
      const now = deps.model().ui.overlays.at(-1);
      if (now?.type !== 'form' || now.call.id !== form.call.id) return;
      const fields = now.fields.map((one) =>
        one.name === name ? { ...one, field: fieldOf(text, true) } : one,
      );
      dispatch({ type: 'overlay.changed', overlay: { ...now, fields } });
    } catch (error) {
      tell(String((error as Error)?.message ?? error), 'error');
    }
  }

  function submit(form: FormOverlay) {
    const result = formResult(form);
    if ('error' in result) {
      const overlay = { ...form, error: result.error, index: result.index };
      return dispatch({ type: 'overlay.changed', overlay });
    }
    dispatch({ type: 'overlay.closed' });
    const row = rowOf(form.call.id);
    if (!row) return;
    const call = { id: row.id, args: result.args };
    typed.set(call, form);
    confirmed(row, [call], deps.model().state);
  }

  /** Asks first when the command wants that, then invokes. */
  function confirmed(row: AnyCommand, calls: readonly Invocation[], state: AppState) {
    const question = row.confirm?.(calls[0]!.args, state);
    if (question === undefined) return invokeAll(calls);
    const others = calls.slice(1).map(({ args }) => String(args.task ?? ''));
    const also = others.length > 0 ? ` The same for: ${others.join(', ')} (${calls.length} marked).` : '';
    show(confirmOverlay(question + also, calls));
  }

  function invokeAll(calls: readonly Invocation[]) {
    const before = { acts, tasks: deps.model().state.tasks };
    const refused: Refusal[] = [];
    const all = calls.map((call) =>
      invoke(call, (outcome) => {
        gone = before.tasks;
        const refusal = outcome.ok ? undefined : refusalOf(call, outcome.error);
        if (refusal) refused.push(refusal);
        else ended(call, outcome, acts !== before.acts);
      }),
    );
    // Once, when all have ended: a question that grew would take a yes that was for its beginning.
    void Promise.all(all).then(() => insist(refused, acts !== before.acts));
  }

  function invokePart(part: CommandPart, done: () => void) {
    const { id } = rowFor(part, deps.commands);
    void invoke({ id, args: {} }, (outcome) => (outcome.ok ? done() : tell(outcome.error.message, 'error')));
  }

  function invoke({ id, args }: Invocation, then: (outcome: Outcome) => void): Promise<void> {
    return deps
      .invoke(id, args)
      .then(then, (error) => tell(String((error as Error)?.message ?? error), 'error'));
  }

  /**
   * Tells what came of an invocation: in a line where the row has one or prints one, or where the person has gone on
   * since; else on a page. A form that was refused stands there again, as it was typed: at once, or when it is next
   * asked for.
   */
  function ended(call: Invocation, outcome: Outcome, wentOn: boolean) {
    const free = deps.model().ui.overlays.length === 0;
    const about = aboutOf(call);
    if (!outcome.ok) return failed(outcome.error, call, free && !wentOn);
    const done = outcome.exit === 0;
    const row = rowOf(call.id);
    if (!row) return tell(`${call.id}: exit code ${outcome.exit}`, done ? 'done' : 'error');
    const title = [row.title, ...about.map(titleIn(deps.model().state.tasks))].join(': ');
    const said = done ? row.said?.(outcome.data) : undefined;
    if (said !== undefined) return tell(said, 'done', about);
    const lines = resultLines(row, outcome.data).map(({ text, tone }) => ({
      text: asShown(text, about),
      style: tone,
    }));
    if (!free || wentOn || (done && lines.length === 1)) {
      return tell(firstOf(lines, title, row), done ? 'done' : 'error', about);
    }
    const offer = row.offers?.(outcome.data);
    const page = detailOverlay(title, lines);
    show(offer ? { ...page, offer: { label: offer.label, call: { id: row.id, args: offer.args } } } : page);
  }

  function failed({ kind, message, hint }: Failure, call: Invocation, atOnce: boolean) {
    const form = typed.get(call);
    const about = aboutOf(call);
    const again = form && { ...form, error: asShown(message, about) };
    if (again && atOnce) show(again);
    else if (again) kept.set(nameOf(again.call), again);
    if (kind === 'interrupted') tell(message, 'info', about);
    else tell(`${message}${hint ? ` ${hint}` : ''}`, 'error', about);
  }

  /** A refusal on which the person may insist; a form that was refused stands there again instead. */
  function refusalOf(call: Invocation, error: Failure): Refusal | undefined {
    const { hint = '' } = error;
    const said = hint.replace(/\buse --force\b/i, (use) => (use[0] === 'U' ? 'Say yes' : 'say yes'));
    const takes = rowOf(call.id)?.args.properties.force?.type === 'boolean';
    if (!takes || said === hint || call.args.force === true || typed.has(call)) return undefined;
    return { call, error, hint: said, insisting: { ...call, args: { ...call.args, force: true } } };
  }

  /** Asks once whether to do all of it nevertheless; who has gone on since is told why it was not done. */
  function insist(refused: readonly Refusal[], wentOn: boolean) {
    if (refused.length === 0) return;
    const free = deps.model().ui.overlays.length === 0;
    if (!free || wentOn) {
      for (const { error, call } of refused) failed(error, call, false);
      return;
    }
    const said = [...refused.map(({ error }) => error.message), ...new Set(refused.map(({ hint }) => hint))];
    const about = refused.flatMap(({ call }) => aboutOf(call));
    const calls = refused.map(({ insisting }) => insisting);
    show(confirmOverlay(asShown(said.join(' '), about), calls));
  }

  const rowOf = (id: string) => deps.commands.find((command) => command.id === id);

  function show(overlay: Overlay) {
    dispatch({ type: 'overlay.opened', overlay: named(overlay) });
  }

  /** A question calls the tasks that it is about by their titles. */
  function named(overlay: Overlay): Overlay {
    if (overlay.type !== 'choice') return overlay;
    const about = overlay.choices.flatMap(({ effect }) =>
      effect.type === 'invoke' ? effect.calls.flatMap(aboutOf) : [],
    );
    const { tasks } = deps.model().state;
    return { ...overlay, lines: overlay.lines.map((line) => inTitles(line, tasks, about)) };
  }

  /** Words as the screen says them: keys in place of commands, titles in place of slugs. */
  function asShown(text: string, about: readonly string[]): string {
    const model = deps.model();
    return inTitles(inTitles(inKeys(text, model), model.state.tasks, about), gone, about);
  }

  function tell(text: string, level: ToastLevel, about: readonly string[] = []) {
    const until = Date.now() + toastMs;
    dispatch({ type: 'toasted', toast: { text: asShown(text, about), level, until } });
  }

  return { run, take, tell, context };
}

/** The task that a call is about, where it is about one. */
const aboutOf = ({ args }: Invocation): string[] => (typeof args.task === 'string' ? [args.task] : []);

/** Forms for the same call are the same. */
const nameOf = (call: Invocation): string => JSON.stringify(call);

/** What stands for a page in a line. A row that prints nothing of its own does not say what it is about. */
const firstOf = ([line]: readonly TextLine[], title: string, { print }: AnyCommand): string =>
  `${print ? '' : `${title}: `}${line?.text ?? 'Done.'}`;

/** Whether the command that takes changes back has one of marks to take back first. */
const undoesMarks = (row: AnyCommand, { ui, state }: Model): boolean =>
  row.part === 'undo' && marksToUndo(ui, state) !== undefined;

/** A form is about one task, and shows and sends the values of that very one: the selected task, marked or not. */
function formSubject(call: Invocation, wanted: Wanted, model: Model): [Invocation, Task?] {
  if (call.args.task === undefined) return [call];
  const named = model.state.tasks.find((task) => task.slug === call.args.task);
  const task = (wanted.marked ? undefined : selectedTask(model)) ?? named;
  return task ? [{ ...call, args: { ...call.args, task: task.slug } }, task] : [call];
}
