/** A question with a few answers; the first answer is the harmless one. */

import { agentsAtWork } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { plural } from '../../src/domain/platform/units.js';
import { textWidth, wrapIndented } from '../../src/domain/platform/width.js';
import type { Canvas } from '../canvas.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { Invocation, MenuChoice, Overlay } from './types.js';

export type ChoiceOverlay = Extract<Overlay, { type: 'choice' }>;

/** Asks before something that cannot be taken back; No is the default and Esc means No. */
export function confirmOverlay(question: string, calls: readonly Invocation[]): Overlay {
  return {
    type: 'choice',
    title: 'Confirm',
    lines: [question],
    choices: [
      { key: 'n', label: 'No', effect: { type: 'close' } },
      { key: 'y', label: 'Yes', effect: { type: 'invoke', calls } },
    ],
    index: 0,
  };
}

/** Asks what becomes of the agents at work when the person leaves: they can go on without the screen. */
export function quitOverlay(live: number): ChoiceOverlay {
  return {
    type: 'choice',
    title: 'Quit',
    lines: [
      `${plural(live, 'agent')} ${live === 1 ? 'is' : 'are'} at work.`,
      'Detach lets them go on; the next codex-agent picks them up.',
    ],
    choices: [
      { key: 'c', label: 'Cancel', effect: { type: 'close' } },
      { key: 'd', label: 'Detach', effect: { type: 'quit', stopFirst: false } },
      { key: 's', label: 'Stop all', effect: { type: 'quit', stopFirst: true } },
    ],
    index: 0,
    quits: true,
  };
}

/** What it asks now: while the question before leaving stands, agents end and others start. */
export function choiceNow(overlay: ChoiceOverlay, state: Pick<AppState, 'runs' | 'tasks'>): ChoiceOverlay {
  if (!overlay.quits) return overlay;
  const live = agentsAtWork(state);
  const asked = quitOverlay(live);
  if (live > 0) return { ...asked, index: overlay.index };
  const choices = asked.choices
    .slice(0, 2)
    .map((choice) => (choice.key === 'd' ? { ...choice, label: 'Quit' } : choice));
  return { ...asked, lines: ['No agent is at work any more.'], choices, index: Math.min(overlay.index, 1) };
}

/** Further lines are cut and counted, so that a person who agrees knows that something is out of sight. */
const shownLines = 12;

export function paintChoice(canvas: Canvas, overlay: ChoiceOverlay) {
  const labels = overlay.choices.map(({ label, key }) => ` ${label} (${key}) `);
  const inOneRow = labels.reduce((sum, label) => sum + textWidth(label) + 2, 0);
  const width = Math.min(readingWidth(canvas, 84), Math.max(36, inOneRow, ...overlay.lines.map(textWidth)));
  const all = overlay.lines.flatMap((line) => wrapIndented(sanitizeLine(line), width));
  const over = all.length - shownLines;
  const lines = over > 0 ? [...all.slice(0, shownLines - 1), `… ${over + 1} lines more`] : all;
  const rows = rowsOf(labels, width);
  const inside = overlayFrame(canvas, {
    width,
    height: lines.length + 3 + rows.length,
    title: overlay.title,
    foot: 'Esc cancel',
  });
  lines.forEach((line, at) => {
    canvas.text(inside.x, inside.y + 1 + at, inside.width, line);
  });
  rows.forEach((row, at) => {
    const y = inside.y + inside.height - 1 - rows.length + at;
    let x = inside.x;
    for (const index of row) {
      const chosen = index === overlay.index;
      x += canvas.text(
        x,
        y,
        inside.width,
        labels[index]!,
        chosen ? 'strong' : 'dim',
        chosen ? 'selected' : 'none',
      );
      x += 2;
    }
  });
}

/** Which choices stand in each row. */
function rowsOf(labels: readonly string[], width: number): number[][] {
  const rows: number[][] = [[]];
  let used = 0;
  labels.forEach((label, index) => {
    const size = textWidth(label) + 2;
    if (used > 0 && used + size - 2 > width) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)!.push(index);
    used += size;
  });
  return rows;
}

/** The overlay after a key, or the choice that it takes; neither when the key does nothing here. */
export function choiceKey(overlay: ChoiceOverlay, key: string): { overlay?: Overlay; taken?: MenuChoice } {
  const count = overlay.choices.length;
  const step = { left: -1, up: -1, 'S-tab': -1, right: 1, down: 1, tab: 1 }[key];
  if (step !== undefined) return { overlay: { ...overlay, index: (overlay.index + step + count) % count } };
  if (key === 'enter') return { taken: overlay.choices[overlay.index] };
  const taken = overlay.choices.find((choice) => choice.key === key);
  // The last agent may have ended while the person was about to stop it.
  return { taken: taken ?? (overlay.quits && key === 's' ? overlay.choices.at(-1) : undefined) };
}
