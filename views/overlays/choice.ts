/** A question with a few answers; the first answer is the harmless one. */

import { sanitizeLine } from '../../src/domain/sanitize.js';
import { textWidth, wrap } from '../../src/domain/width.js';
import type { Canvas } from '../canvas.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { Call, Choice, Overlay } from './types.js';

type ChoiceOverlay = Extract<Overlay, { type: 'choice' }>;

/** Asks before something that cannot be taken back; No is the default and Esc means No. */
export function confirmOverlay(question: string, calls: readonly Call[]): Overlay {
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

/** Quitting while agents work: they can go on without the screen. */
export function quitOverlay(live: number): Overlay {
  return {
    type: 'choice',
    title: 'Quit',
    lines: [
      `${live} agent${live === 1 ? ' is' : 's are'} at work.`,
      'Detached agents go on; the next codex-agent picks them up.',
    ],
    choices: [
      { key: 'c', label: 'Cancel', effect: { type: 'close' } },
      { key: 'd', label: 'Detach', effect: { type: 'quit', stopFirst: false } },
      { key: 's', label: 'Stop all', effect: { type: 'quit', stopFirst: true } },
    ],
    index: 0,
  };
}

export function paintChoice(canvas: Canvas, overlay: ChoiceOverlay) {
  const width = Math.min(readingWidth(canvas, 72), Math.max(36, ...overlay.lines.map(textWidth)));
  const lines = overlay.lines.flatMap((line) => wrap(sanitizeLine(line), width));
  const inside = overlayFrame(canvas, {
    width,
    height: lines.length + 4,
    title: overlay.title,
    foot: 'Esc cancel',
  });
  lines.forEach((line, at) => {
    canvas.text(inside.x, inside.y + 1 + at, inside.width, line);
  });
  let x = inside.x;
  const y = inside.y + inside.height - 2;
  overlay.choices.forEach((choice, index) => {
    const chosen = index === overlay.index;
    x += canvas.text(
      x,
      y,
      30,
      ` ${choice.label} (${choice.key}) `,
      chosen ? 'strong' : 'dim',
      chosen ? 'selected' : 'none',
    );
    x += 2;
  });
}

/** What a key does here: another overlay, the choice taken, or nothing. */
export function choiceKey(overlay: ChoiceOverlay, key: string): { overlay?: Overlay; taken?: Choice } {
  const count = overlay.choices.length;
  const step = { left: -1, up: -1, 'S-tab': -1, right: 1, down: 1, tab: 1 }[key];
  if (step !== undefined) return { overlay: { ...overlay, index: (overlay.index + step + count) % count } };
  if (key === 'enter') return { taken: overlay.choices[overlay.index] };
  return { taken: overlay.choices.find((choice) => choice.key === key) };
}
