/** Turns keys into changes of the screen's state and into invocations of commands. Knows no terminal. */

import { rowFor } from '../src/commands/parts.js';
import { resultLines } from '../src/commands/show-result.js';
import type { AnyCommand, Outcome } from '../src/commands/types.js';
import { agentsAtWork } from '../src/domain/app/selectors.js';
import type { AppState } from '../src/domain/app/state.js';
import type { Task } from '../src/domain/store/task.js';
import { disabledReason, sectionOf } from './hints.js';
import { type Binding, type Keymap, lookup } from './keymap.js';
import type { PaneId } from './layout.js';
import type { Model } from './model.js';
import { approvalOverlay } from './overlays/approval.js';
import { choiceKey, confirmOverlay, quitOverlay } from './overlays/choice.js';
import { detailLimit, detailOverlay } from './overlays/detail.js';
import { formKey, formOverlay, formResult } from './overlays/form.js';
import { helpLines } from './overlays/help.js';
import { paletteEntries } from './overlays/palette.js';
import type { Effect, FormOverlay, Invocation, Overlay } from './overlays/types.js';
import type { TerminalActions } from './ui/action-context.js';
import { callsFor, missingArgs, refusesMarks, runOf, selectedTask } from './ui/calls.js';
import { editField, fieldOf, insertText } from './ui/field.js';
import { runUiAction } from './ui/navigate.js';
import { filterOf, isListPane, type UiEvent } from './ui/state.js';

export interface ControllerDeps {
  model(): Model;
  dispatch(event: UiEvent): void;
  invoke(id: string, args: Record<string, unknown>): Promise<Outcome>;
  keymap: Keymap;
  commands: readonly AnyCommand[];
  size(): { width: number; height: number };
  /** The rest of the program: leaving, suspending, redrawing, the clipboard. */
  terminal: TerminalActions;
}

const toastMs = 4000;

/** The controller: `key` for every key pressed, `paste` for pasted text. */
export function createController(deps: ControllerDeps) {
  const { dispatch } = deps;

  function key(pressed: string) {
    const { ui } = deps.model();
    const overlay = ui.overlays.at(-1);
    const name = pressed === 'C-j' && !takesLines(overlay) ? 'enter' : pressed;
    if (overlay) return overlayKey(overlay, name);
    if (ui.filtering) return filterKey(ui.focus, name);
    const keys = [...ui.chord, name];
    if (ui.chord.length > 0) dispatch({ type: 'chord.pressed', keys: [] });
    if (ui.chord.length > 0 && name === 'esc') return;
    const found = lookup(deps.keymap, sectionOf(ui.focus), keys);
    if (found.type === 'prefix') dispatch({ type: 'chord.pressed', keys });
    if (found.type === 'binding') run(found.binding);
  }

  function run(binding: Pick<Binding, 'run' | 'args' | 'form' | 'marked'>) {
    if (binding.run.startsWith('ui.')) return action(binding.run);
    const row = deps.commands.find((command) => command.id === binding.run);
    if (!row) return toast(`${binding.run} is not available on the screen.`, 'error');
    const model = deps.model();
    const refused = refusesMarks(row, model);
    if (refused) return toast(refused, 'error');
    const calls = callsFor(binding, model);
    if (!calls[0]) return toast('No task is marked: space marks one.', 'error');
    const asks = binding.form || row.form || missingArgs(row, calls[0].args).length > 0;
    const [first, task] = asks ? formSubject(calls[0], binding, model) : [calls[0]];
    const reason = disabledReason(row.id, first.args, deps.commands, model.state);
    if (reason) return toast(reason, 'error');
    if (asks) {
      if (missingArgs(row, first.args).includes('task')) return toast('No task is selected.', 'error');
      return open(formOverlay(row, first, task && { ...task }));
    }
    confirmed(row, calls, model.state);
  }

  /** A form is about one task, and shows and sends the values of that very one: the selected task, marked or not. */
  function formSubject(
    call: Invocation,
    binding: Pick<Binding, 'marked'>,
    model: Model,
  ): [Invocation, Task?] {
    if (call.args.task === undefined) return [call];
    const named = model.state.tasks.find((task) => task.slug === call.args.task);
    const task = (binding.marked ? undefined : selectedTask(model)) ?? named;
    return task ? [{ ...call, args: { ...call.args, task: task.slug } }, task] : [call];
  }

  /** Asks first when the command wants that, then invokes. */
  function confirmed(row: AnyCommand, calls: readonly Invocation[], state: AppState) {
    const question = row.confirm?.(calls[0]!.args, state);
    if (question === undefined) return invokeAll(calls);
    const others = calls.slice(1).map((call) => String(call.args.task ?? ''));
    const also = others.length > 0 ? ` The same for: ${others.join(', ')} (${calls.length} marked).` : '';
    open(confirmOverlay(question + also, calls));
  }

  function invokeAll(calls: readonly Invocation[]) {
    for (const call of calls) {
      deps.invoke(call.id, call.args).then(
        (outcome) => finished(call, outcome),
        (error) => toast(String((error as Error)?.message ?? error), 'error'),
      );
    }
  }

  function finished(call: Invocation, outcome: Outcome) {
    const row = deps.commands.find((command) => command.id === call.id);
    const title = row?.title ?? call.id;
    if (!outcome.ok) {
      const hint = outcome.error.hint ? ` ${outcome.error.hint}` : '';
      return toast(`${outcome.error.message}${hint}`, 'error');
    }
    const subject = typeof call.args.task === 'string' ? ` ${call.args.task}` : '';
    const said = outcome.exit === 0 ? row?.said?.(outcome.data) : undefined;
    if (said !== undefined || !row || deps.model().ui.overlays.length > 0) {
      return toast(
        said ?? `${title}${subject}: ended with exit code ${outcome.exit}`,
        outcome.exit === 0 ? 'info' : 'error',
      );
    }
    const lines = resultLines(row, outcome.data).map(({ text, tone }) => ({ text, style: tone }));
    open(detailOverlay(`${title}${subject}`, lines));
  }

  function action(id: string) {
    const model = deps.model();
    switch (id) {
      case 'ui.palette':
        return open({ type: 'palette', field: fieldOf(''), index: 0 });
      case 'ui.answer': {
        const overlay = approvalOverlay(model.state, runOf(model), rowFor('answer', deps.commands).id);
        return overlay ? open(overlay) : toast('No agent asks for anything.', 'info');
      }
      case 'ui.help':
        return open({ type: 'help', field: fieldOf(''), top: 0 });
      case 'ui.refresh':
        deps.invoke(rowFor('overview', deps.commands).id, {}).then(
          (outcome) =>
            outcome.ok
              ? toast('Worktrees and merges are up to date.', 'info')
              : toast(outcome.error.message, 'error'),
          (error) => toast(String(error), 'error'),
        );
        return;
      case 'ui.quit': {
        const live = agentsAtWork(model.state);
        return live > 0 ? open(quitOverlay(live)) : deps.terminal.quit();
      }
      default:
        runUiAction(id, { model, dispatch, size: deps.size(), terminal: deps.terminal, toast });
    }
  }

  function open(overlay: Overlay) {
    dispatch({ type: 'overlay.opened', overlay });
  }

  function toast(text: string, level: 'info' | 'error') {
    dispatch({ type: 'toasted', toast: { text, level, until: Date.now() + toastMs } });
  }

  function take(effect: Effect) {
    dispatch({ type: 'overlay.closed' });
    if (effect.type === 'invoke') invokeAll(effect.calls);
    if (effect.type !== 'quit') return;
    if (!effect.stopFirst) return deps.terminal.quit();
    toast('Stopping all runs…', 'info');
    deps.invoke(rowFor('stop-all', deps.commands).id, {}).then(
      (outcome) => (outcome.ok ? deps.terminal.quit() : toast(outcome.error.message, 'error')),
      (error) => toast(String(error), 'error'),
    );
  }

  function overlayKey(overlay: Overlay, name: string) {
    if (name === 'esc' || name === 'C-c') return dispatch({ type: 'overlay.closed' });
    if (name === 'C-l') return deps.terminal.redraw();
    if (name === 'C-z') return deps.terminal.suspend();
    const changed = (next: Overlay) => dispatch({ type: 'overlay.changed', overlay: next });
    switch (overlay.type) {
      case 'choice': {
        const { overlay: next, taken } = choiceKey(overlay, name);
        if (next) changed(next);
        if (taken) take(taken.effect);
        return;
      }
      case 'form': {
        if (name === 'enter') return submit(overlay);
        const next = formKey(overlay, name);
        if (next) changed(next);
        return;
      }
      case 'palette':
        return paletteKey(overlay, name, changed);
      case 'help': {
        const by = pageStep(name, deps.size().height - 8);
        const limit = Math.max(
          0,
          helpLines(deps.model(), overlay.field.text).length - (deps.size().height - 8),
        );
        if (by !== undefined)
          return changed({ ...overlay, top: Math.max(0, Math.min(limit, overlay.top + by)) });
        const field = editField(overlay.field, name);
        if (field) changed({ ...overlay, field, top: 0 });
        return;
      }
      case 'detail': {
        if (name === 'q' || name === 'enter') return dispatch({ type: 'overlay.closed' });
        const by = pageStep(
          { j: 'down', k: 'up', space: 'pagedown', g: 'home', G: 'end' }[name] ?? name,
          deps.size().height - 8,
        );
        if (by !== undefined)
          changed({
            ...overlay,
            top: Math.max(0, Math.min(detailLimit(overlay, deps.size()), overlay.top + by)),
          });
        return;
      }
    }
  }

  function paletteKey(
    overlay: Extract<Overlay, { type: 'palette' }>,
    name: string,
    changed: (next: Overlay) => void,
  ) {
    const entries = paletteEntries(deps.model(), overlay.field.text);
    const step = pageStep(name === 'C-n' ? 'down' : name === 'C-p' ? 'up' : name, 10);
    if (name === 'enter') {
      const entry = entries[Math.min(overlay.index, entries.length - 1)];
      dispatch({ type: 'overlay.closed' });
      if (entry) run({ run: entry.id, args: {}, form: false, marked: false });
      return;
    }
    if (step !== undefined) {
      return changed({ ...overlay, index: Math.max(0, Math.min(entries.length - 1, overlay.index + step)) });
    }
    const field = editField(overlay.field, name);
    if (field) changed({ ...overlay, field, index: 0 });
  }

  function submit(form: FormOverlay) {
    const result = formResult(form);
    if ('error' in result) {
      return dispatch({
        type: 'overlay.changed',
        overlay: { ...form, error: result.error, index: result.index },
      });
    }
    const row = deps.commands.find((command) => command.id === form.call.id);
    dispatch({ type: 'overlay.closed' });
    if (row) confirmed(row, [{ id: row.id, args: result.args }], deps.model().state);
  }

  function filterKey(pane: PaneId, name: string) {
    if (name === 'enter' || name === 'down' || name === 'up') {
      dispatch({ type: 'filter.closed', keep: true });
      if (!isListPane(pane) && filterOf(deps.model().ui, pane)) action('ui.filter-found');
      return;
    }
    if (name === 'esc' || name === 'C-c') return dispatch({ type: 'filter.closed', keep: false });
    const edited = editField(fieldOf(filterOf(deps.model().ui, pane)), name);
    if (edited) dispatch({ type: 'filter.typed', pane, text: edited.text });
  }

  /** Puts pasted text into the field that is being edited, if there is one; it is never taken for keys. */
  function paste(text: string) {
    const { ui } = deps.model();
    const overlay = ui.overlays.at(-1);
    if (overlay?.type === 'form') {
      const current = overlay.fields[overlay.index];
      if (!current || current.kind === 'flag' || current.kind === 'choice') {
        return toast('Pasted text was ignored: this field takes no text.', 'info');
      }
      const field = insertText(current.field, text);
      const fields = overlay.fields.map((one, index) => (index === overlay.index ? { ...one, field } : one));
      dispatch({ type: 'overlay.changed', overlay: { ...overlay, fields } });
    } else if (overlay?.type === 'palette' || overlay?.type === 'help') {
      dispatch({ type: 'overlay.changed', overlay: { ...overlay, field: insertText(overlay.field, text) } });
    } else if (!overlay && ui.filtering) {
      const filter = insertText(fieldOf(filterOf(ui, ui.focus)), text).text;
      dispatch({ type: 'filter.typed', pane: ui.focus, text: filter });
    } else {
      toast('Pasted text was ignored: no field is open.', 'info');
    }
  }

  return { key, paste, run };
}

/** Whether the text being typed may have several lines. */
function takesLines(overlay: Overlay | undefined): boolean {
  return overlay?.type === 'form' && overlay.fields[overlay.index]?.field.lines === true;
}

/** Lines a movement key goes in an overlay; undefined for other keys. */
function pageStep(name: string, page: number): number | undefined {
  const steps: Record<string, number> = {
    down: 1,
    up: -1,
    pagedown: page,
    pageup: -page,
    'C-d': page >> 1,
    home: -1e9,
    end: 1e9,
  };
  return steps[name];
}
