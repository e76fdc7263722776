/** Where a key goes: to the overlay on top, the filter being typed, or what the keymap binds it to. Knows no terminal. */

import { sectionOf } from './hints.js';
import { type Keymap, lookup } from './keymap.js';
import type { PaneId } from './layout.js';
import { isTyped } from './overlays/form.js';
import { overlayKey } from './overlays/keys.js';
import type { Overlay } from './overlays/types.js';
import { editField, fieldOf, insertText } from './ui/field.js';
import { firstMatch, holdSelection } from './ui/navigate.js';
import { createPerformer, type PerformDeps } from './ui/perform.js';
import { filterOf } from './ui/state.js';

export interface ControllerDeps extends PerformDeps {
  keymap: Keymap;
}

/** The controller: `key` for every key pressed, `paste` for pasted text, `run` for what the mouse asks for, `context` for its own actions. */
export function createController(deps: ControllerDeps) {
  const { dispatch } = deps;
  const { run, take, tell, context } = createPerformer(deps);

  function key(pressed: string) {
    const { ui } = deps.model();
    const overlay = ui.overlays.at(-1);
    const name = pressed === 'C-j' && !takesLines(overlay) ? 'enter' : pressed;
    if (overlay) return keyOver(overlay, name);
    if (ui.filtering) return filterKey(ui.focus, name);
    const keys = [...ui.chord, name];
    if (ui.chord.length > 0) dispatch({ type: 'chord.pressed', keys: [] });
    if (ui.chord.length > 0 && name === 'esc') return;
    const found = lookup(deps.keymap, sectionOf(ui), keys);
    if (found.type !== 'none') holdSelection(context());
    if (found.type === 'prefix') dispatch({ type: 'chord.pressed', keys });
    if (found.type === 'binding') run(found.binding);
    if (found.type === 'none' && isAlt(name)) afterEsc(name, ui.chord.length === 0);
  }

  /** A terminal sends Esc followed by a key, and that key with alt, alike: what alt has no meaning for was the first. */
  function afterEsc(name: string, esc = true) {
    if (esc) key('esc');
    key(name.slice(2));
  }

  function keyOver(overlay: Overlay, name: string) {
    if (name === 'esc' || name === 'C-c') {
      const asks = overlay.type === 'form' && !overlay.leaving && isTyped(overlay);
      if (asks) return dispatch({ type: 'overlay.changed', overlay: { ...overlay, leaving: true } });
      return dispatch({ type: 'overlay.closed' });
    }
    if (name === 'C-l') return deps.terminal.redraw();
    if (name === 'C-z') return deps.terminal.suspend();
    const answer = overlayKey(overlay, name, { model: deps.model(), size: deps.size() });
    if (!answer) return isAlt(name) ? afterEsc(name) : undefined;
    if (!answer.overlay) dispatch({ type: 'overlay.closed' });
    else if (answer.overlay !== overlay) dispatch({ type: 'overlay.changed', overlay: answer.overlay });
    if (answer.effect) take(answer.effect);
  }

  function filterKey(pane: PaneId, name: string) {
    if (name === 'enter' || name === 'down' || name === 'up') {
      dispatch({ type: 'filter.closed', keep: true });
      holdSelection(context());
      if (filterOf(deps.model().ui, pane)) firstMatch(context());
      return;
    }
    if (name === 'esc' || name === 'C-c') return dispatch({ type: 'filter.closed', keep: false });
    const edited = editField(fieldOf(filterOf(deps.model().ui, pane)), name);
    if (edited) dispatch({ type: 'filter.typed', pane, text: edited.text });
    else if (isAlt(name)) afterEsc(name);
  }

  /** Puts pasted text into the field that is being edited, if there is one; it is never taken for keys. */
  function paste(text: string) {
    const { ui } = deps.model();
    const overlay = ui.overlays.at(-1);
    if (overlay?.type === 'form') {
      const current = overlay.fields[overlay.index];
      if (!current || current.kind === 'flag' || current.kind === 'choice') {
        return tell('Pasted text was ignored: this field takes no text.', 'info');
      }
      const { leaving: _, ...form } = overlay;
      const field = insertText(current.field, text);
      const fields = overlay.fields.map((one, index) => (index === overlay.index ? { ...one, field } : one));
      dispatch({ type: 'overlay.changed', overlay: { ...form, fields } });
    } else if (overlay?.type === 'palette' || overlay?.type === 'help') {
      dispatch({ type: 'overlay.changed', overlay: { ...overlay, field: insertText(overlay.field, text) } });
    } else if (!overlay && ui.filtering) {
      const filter = insertText(fieldOf(filterOf(ui, ui.focus)), text).text;
      dispatch({ type: 'filter.typed', pane: ui.focus, text: filter });
    } else {
      tell('Pasted text was ignored: no field is open.', 'info');
    }
  }

  return { key, paste, run, context };
}

const isAlt = (name: string): boolean => /^M-./.test(name);

/** Whether the text being typed may have several lines. */
function takesLines(overlay: Overlay | undefined): boolean {
  return overlay?.type === 'form' && overlay.fields[overlay.index]?.field.lines === true;
}
