/** The bottom line: an error, the filter being typed, a toast, or the keys of the focused pane. */
import { textWidth } from '../../src/domain/platform/width.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { closing, disabledReason, footerHints, type Hint, sectionOf } from '../hints.js';
import { nextActions } from '../inspector/next.js';
import { type Binding, keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import { inKeys } from '../ui/as-keys.js';
import { callsFor, selectedTask } from '../ui/calls.js';
import { filterOf, isListPane } from '../ui/state.js';

export function paintFooter(canvas: Canvas, rect: Rect, model: Model) {
  const { ui, state } = model;
  if (ui.filtering) {
    const filter = filterOf(ui, ui.focus);
    canvas.line(
      rect.x,
      rect.y,
      rect.width,
      [
        { text: ' /', style: 'key' },
        { text: filter },
        { text: '█', style: 'focus' },
        { text: isListPane(ui.focus) ? '  ⏎ keep  Esc clear' : '  ⏎ find  Esc clear', style: 'dim' },
      ],
      'bar',
    );
    return;
  }
  if (state.lastError && state.lastError !== ui.seenError) {
    canvas.fill(rect, 'error');
    canvas.text(rect.x, rect.y, rect.width, ` ✗ ${inKeys(state.lastError, model)}  (Esc)`, 'error');
    return;
  }
  const busy = busyWords(model);
  const room = rect.width - textWidth(busy);
  canvas.line(rect.x, rect.y, rect.width, hintSpans(model, room, canvas), 'bar');
  if (busy) canvas.text(rect.x + room, rect.y, textWidth(busy), busy, 'info', 'bar');
}

/** Whether Esc leaves what has the whole screen for the list. */
const leavesPage = ({ focus, zoom, review, conflict }: Model['ui']): boolean =>
  review !== undefined ||
  conflict !== undefined ||
  ['log', 'fleet', 'plan', 'monitor'].includes(focus) ||
  (zoom && focus !== 'tasks');

/** The command under way, by its name. */
function busyWords({ state, commands }: Model): string {
  const id = state.running.at(-1);
  const title = commands.find((row) => row.id === id)?.title ?? id?.replaceAll('.', ' ');
  return title ? ` ${title}… ` : '';
}

/** As many hints as fit whole; what cannot be used now is faint. */
function hintSpans(model: Model, room: number, { spelled }: Pick<Canvas, 'spelled'>): TextSpan[] {
  const { keymap, ui } = model;
  const section = sectionOf(ui);
  const task = section === 'review' || section === 'conflict' ? undefined : selectedTask(model);
  const next = task ? nextActions(task, model).map(({ wanted }) => wanted) : [];
  const disabled = (binding: Binding) =>
    disabledReason(binding.run, callsFor(binding, model)[0]?.args ?? {}, model);
  const found = footerHints(keymap, section, disabled, next);
  const usable = ui.conflict || ui.review ? found.filter((hint) => !hint.disabled) : found;
  const back = leavesPage(ui) ? keysFor(keymap, 'ui.back') : '';
  const hints = back ? [{ keys: back, label: 'back' }, ...usable] : usable;
  const sizeOf = (hint: Hint) => textWidth(spelled(hint.keys)) + 1 + textWidth(hint.label) + 2;
  const spans: TextSpan[] = [{ text: ' ' }];
  let used = 1;
  let kept = hints
    .filter((hint) => closing.includes(hint.label))
    .reduce((sum, hint) => sum + sizeOf(hint), 0);
  for (const hint of hints) {
    const size = sizeOf(hint);
    if (closing.includes(hint.label)) kept -= size;
    if (used + size + kept > room) continue;
    used += size;
    spans.push(
      { text: hint.keys, style: hint.disabled ? 'faint' : 'key' },
      { text: ` ${hint.label}  `, style: hint.disabled ? 'faint' : 'text' },
    );
  }
  return spans;
}
