/** What a key does to the overlay on top: it changes the overlay, closes it, or names what is to happen. */
import { rowFor } from '../../src/commands/parts.js';
import type { Model } from '../model.js';
import { editField } from '../ui/field.js';
import { approvalKey } from './approval.js';
import { choiceKey, choiceNow } from './choice.js';
import { detailLimit, isAtEnd } from './detail.js';
import { formAnswer } from './form.js';
import { helpLines } from './help.js';
import { paletteEntries } from './palette.js';
import type { Overlay, OverlayAnswer } from './types.js';

interface Seen {
  model: Model;
  size: { width: number; height: number };
}

type Of<T extends Overlay['type']> = Extract<Overlay, { type: T }>;

/** What each kind of overlay does with a key; undefined when the key does nothing there. */
const answers: {
  [T in Overlay['type']]: (overlay: Of<T>, key: string, seen: Seen) => OverlayAnswer | undefined;
} = {
  choice(overlay, key, { model }) {
    const { overlay: next, taken } = choiceKey(choiceNow(overlay, model.state), key);
    return taken ? { effect: taken.effect } : next && { overlay: next };
  },
  form: formAnswer,
  palette(overlay, key, { model }) {
    const entries = paletteEntries(model, overlay.field.text);
    if (key === 'enter') {
      const entry = entries[Math.min(overlay.index, entries.length - 1)];
      const wanted = entry && { run: entry.id, args: {}, form: false, marked: false };
      return { effect: wanted ? { type: 'run', wanted } : { type: 'close' } };
    }
    const step = pageStep({ 'C-n': 'down', 'C-p': 'up' }[key] ?? key, 10);
    if (step !== undefined) {
      return { overlay: { ...overlay, index: within(overlay.index + step, entries.length - 1) } };
    }
    const field = editField(overlay.field, key);
    return field && { overlay: { ...overlay, field, index: 0 } };
  },
  help(overlay, key, { model, size }) {
    const runs = helpLines(model, overlay.field.text).filter(({ wanted }) => wanted);
    if (key === 'enter') {
      const wanted = runs[Math.min(overlay.index, runs.length - 1)]?.wanted;
      return wanted && { effect: { type: 'run', wanted } };
    }
    const step = pageStep(key, pageRows(size));
    if (step === undefined) {
      const field = editField(overlay.field, key);
      return field && { overlay: { ...overlay, field, index: 0 } };
    }
    return { overlay: { ...overlay, index: within(overlay.index + step, runs.length - 1) } };
  },
  approval: (overlay, key, { model }) =>
    approvalKey(overlay, key, model.state, rowFor('answer', model.commands).id),
  detail(overlay, key, { size }) {
    if (key === 'q' || key === 'enter') return {};
    if (key === 'y' && overlay.offer && isAtEnd(overlay, size)) {
      return { effect: { type: 'invoke', calls: [overlay.offer.call] } };
    }
    const named = { j: 'down', k: 'up', space: 'pagedown', g: 'home', G: 'end' }[key] ?? key;
    const step = pageStep(named, pageRows(size));
    if (step === undefined) return undefined;
    return { overlay: { ...overlay, top: within(overlay.top + step, detailLimit(overlay, size)) } };
  },
};

/** What a key does to this overlay; undefined when it does nothing. Esc and C-c are not asked here: they close it. */
export function overlayKey(overlay: Overlay, key: string, seen: Seen): OverlayAnswer | undefined {
  const answer = answers[overlay.type] as (
    one: Overlay,
    key: string,
    seen: Seen,
  ) => OverlayAnswer | undefined;
  return answer(overlay, key, seen);
}

/** Rows of text that help and pages show on a screen of this size. */
const pageRows = (size: { height: number }): number => size.height - 8;

const within = (index: number, last: number): number => Math.max(0, Math.min(last, index));

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
