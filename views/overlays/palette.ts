/** Every command with its key, filtered by what is typed. */
import { fitText } from '../../src/domain/platform/width.js';
import { uiActions } from '../actions.js';
import type { Canvas, TextSpan } from '../canvas.js';
import { disabledReason } from '../hints.js';
import { keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import { callsFor } from '../ui/calls.js';
import { visibleTop } from '../ui/state.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { Overlay } from './types.js';

type PaletteOverlay = Extract<Overlay, { type: 'palette' }>;

export interface PaletteEntry {
  id: string;
  title: string;
  keys: string;
  disabled?: string;
}

/** Entries that match all words typed, commands before actions of the screen. */
export function paletteEntries(model: Model, query: string): PaletteEntry[] {
  const { commands, keymap, ui } = model;
  const rows = [
    ...commands.map(({ id, title }) => ({ id, title })),
    ...uiActions.filter(
      ({ id }) =>
        id !== 'ui.palette' &&
        id !== 'ui.back' &&
        (ui.review || !id.startsWith('ui.review-')) &&
        (ui.conflict || !id.startsWith('ui.conflict-')),
    ),
  ];
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter(({ id, title }) => words.every((word) => `${id} ${title}`.toLowerCase().includes(word)))
    .map(({ id, title }) => {
      const args = callsFor({ run: id, args: {}, marked: false }, model)[0]?.args ?? {};
      return { id, title, keys: keysFor(keymap, id), disabled: disabledReason(id, args, model) };
    });
}

export function paintPalette(canvas: Canvas, overlay: PaletteOverlay, model: Model) {
  const entries = paletteEntries(model, overlay.field.text);
  const width = readingWidth(canvas, 76);
  const inside = overlayFrame(canvas, {
    width,
    height: Math.max(8, Math.min(20, canvas.height - 8)),
    title: 'Commands',
    foot: '⏎ run  Esc close',
  });
  canvas.line(inside.x, inside.y, inside.width, [
    { text: '> ', style: 'key' },
    { text: overlay.field.text },
    { text: '█', style: 'focus' },
  ]);
  const height = inside.height - 2;
  const index = Math.max(0, Math.min(overlay.index, entries.length - 1));
  const top = visibleTop(index, Math.max(0, index - height + 1), height);
  if (entries.length === 0) {
    canvas.text(inside.x, inside.y + 2, inside.width, `No command matches "${overlay.field.text}".`, 'dim');
  }
  const idWidth = inside.width >= 64 ? 24 : 0;
  // What is of the screen alone has no name that could be typed elsewhere: its title has that room.
  const titleWidth = ({ id }: PaletteEntry) => (id.startsWith('ui.') && idWidth > 0 ? 31 + idWidth : 30);
  entries.slice(top, top + height).forEach((entry, at) => {
    const selected = top + at === index;
    const spans: TextSpan[] = [
      { text: selected ? '▶' : ' ', style: 'focus' },
      { text: fitText(entry.title, titleWidth(entry)), style: entry.disabled ? 'faint' : 'text' },
      ...(idWidth > 0 && titleWidth(entry) === 30
        ? [{ text: ` ${fitText(entry.id, idWidth)}`, style: 'dim' } as const]
        : []),
      entry.disabled
        ? { text: ` ${entry.disabled}`, style: 'warn' }
        : { text: ` ${entry.keys}`, style: 'key' },
    ];
    canvas.line(inside.x, inside.y + 2 + at, inside.width, spans, selected ? 'selected' : 'none');
  });
}
