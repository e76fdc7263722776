/** The keys of the focused pane and of everywhere, searchable; and the menu of a chord. */
import { glossary } from '../../src/domain/app/glossary.js';
import { fitText, textWidth } from '../../src/domain/platform/width.js';
import type { Canvas, Rect } from '../canvas.js';
import { disabledReason, isOwn, sectionOf, titleOf } from '../hints.js';
import { wrappedLine } from '../inspector/wrapped.js';
import { type Binding, bindingsIn, lookup, showKeys } from '../keymap.js';
import type { Model } from '../model.js';
import { callsFor } from '../ui/calls.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { Overlay, TextLine, Wanted } from './types.js';

type HelpOverlay = Extract<Overlay, { type: 'help' }>;

interface HelpLine extends TextLine {
  keys?: string;
  note?: string;
  /** What Enter runs on this line. */
  wanted?: Wanted;
  /** What the command does, in a sentence: a search finds it, and the line does not show it. */
  does?: string;
}

/** Lines of the help: the pane's own keys, those that work everywhere, and the words of the screen. */
export function helpLines(model: Model, query: string): HelpLine[] {
  const section = sectionOf(model.ui);
  const words = wordsIn(query);
  const part = (title: string, bindings: readonly Binding[]): HelpLine[] => {
    const lines = merged(bindings, model).filter((line) =>
      words.every((word) => `${line.keys} ${line.text} ${line.does ?? ''}`.toLowerCase().includes(word)),
    );
    return lines.length > 0 ? [{ text: title, style: 'strong' }, ...lines, { text: '' }] : [];
  };
  const usable = bindingsIn(model.keymap, section);
  const own = usable.filter((binding) => isOwn(binding, section));
  const others = usable.filter((binding) => !isOwn(binding, section));
  return [
    ...part(pageTitles[section] ?? `In this pane (${section})`, own),
    ...part('Everywhere', others),
    ...wordLines(words),
  ];
}

/** The words looked for. A slash before them begins the search again, as elsewhere; alone it is a key. */
const wordsIn = (query: string): string[] =>
  query
    .toLowerCase()
    .replace(/^\/(?=.)/, '')
    .split(/\s+/)
    .filter(Boolean);

/** Sections that are pages, and no panes. */
const pageTitles: Readonly<Record<string, string>> = { review: 'In a review', conflict: 'In a conflict' };

function wordLines(words: readonly string[]): HelpLine[] {
  const lines = glossary
    .filter(({ word, means }) => words.every((one) => `${word} ${means}`.includes(one)))
    .map(({ word, means }): HelpLine => ({ text: `  ${fitText(word, 16)}${means}`, hang: 18 }));
  return lines.length > 0 ? [{ text: 'Words', style: 'strong' }, ...lines] : [];
}

/** One line per thing to do, with all its keys. */
function merged(bindings: readonly Binding[], model: Model): HelpLine[] {
  const lines = new Map<string, HelpLine>();
  for (const binding of bindings) {
    const title = titleOf(binding, model.commands);
    const bare = Object.keys(binding.args).length === 0;
    // A word that the title has is not said twice; it is there to be found where it is another one.
    const other = bare && binding.label && !title.toLowerCase().includes(binding.label);
    const text = other ? `${title} (${binding.label})` : title;
    const known = lines.get(text);
    const keys = showKeys(binding.keys);
    if (known) known.keys += `, ${keys}`;
    else {
      const does = model.commands.find(({ id }) => id === binding.run)?.summary;
      lines.set(text, { text, keys, note: noteOf(binding, model), does, wanted: binding });
    }
  }
  return [...lines.values()];
}

function noteOf(binding: Binding, model: Model): string | undefined {
  const args = callsFor(binding, model)[0]?.args ?? {};
  return disabledReason(binding.run, args, model);
}

export function paintHelp(canvas: Canvas, overlay: HelpOverlay, model: Model) {
  const width = readingWidth(canvas);
  const lines = helpLines(model, overlay.field.text).flatMap((line) => brokenLine(line, width));
  const inside = overlayFrame(canvas, {
    width,
    height: canvas.height - 6,
    title: 'Keys and words',
    foot: 'type to search  ↑↓ choose  ⏎ run  Esc close',
  });
  canvas.line(inside.x, inside.y, inside.width, [
    { text: '/ ', style: 'key' },
    { text: overlay.field.text },
    { text: '█', style: 'focus' },
  ]);
  if (lines.length === 0)
    canvas.text(inside.x, inside.y + 2, inside.width, 'No key and no word matches.', 'dim');
  const height = inside.height - 2;
  const runs = lines.filter(({ wanted }) => wanted);
  const chosen = runs[Math.min(overlay.index, runs.length - 1)];
  // The last line that runs brings what stands below it into view: the words can be read to their end.
  const place = chosen === runs.at(-1) ? lines.length - 1 : lines.indexOf(chosen!);
  const top = Math.max(0, Math.min(place - (height >> 1), lines.length - height));
  lines.slice(top, top + height).forEach((line, at) => {
    const y = inside.y + 2 + at;
    const ground = line === chosen ? 'selected' : 'none';
    if (line.keys === undefined) {
      canvas.text(inside.x, y, inside.width, line.text, line.style);
      return;
    }
    canvas.line(
      inside.x,
      y,
      inside.width,
      [
        {
          text: `${line === chosen ? '▶' : ' '} ${fitText(line.keys, 16)}`,
          style: line.note === undefined ? 'key' : 'faint',
        },
        { text: line.text, style: line.note === undefined ? 'text' : 'faint' },
        { text: line.note ? `  ${line.note}` : '', style: 'warn' },
      ],
      ground,
    );
  });
}

/** A line in rows of this width: a meaning goes on below itself, a reason that has no room beside its key below it. */
function brokenLine(line: HelpLine, width: number): HelpLine[] {
  if (line.keys === undefined) return wrappedLine(line, width);
  const note = line.note ?? '';
  if (!note || keysWidth + textWidth(line.text) + 2 + textWidth(note) <= width) return [line];
  const below = wrappedLine(
    { text: `${' '.repeat(keysWidth)}${note}`, hang: keysWidth, style: 'warn' },
    width,
  );
  return [{ ...line, note: '' }, ...below];
}

/** Columns of the cursor and the keys before what they do. */
const keysWidth = 18;

/** How a chord can go on, above the footer at the right. */
export function paintChordMenu(canvas: Canvas, model: Model) {
  const { chord } = model.ui;
  const found = lookup(model.keymap, sectionOf(model.ui), chord);
  if (found.type !== 'prefix') return;
  const items = found.next.map((binding) => ({
    key: showKeys(binding.keys.slice(chord.length)),
    text: titleOf(binding, model.commands),
    note: noteOf(binding, model),
  }));
  const widest = Math.max(...items.map((item) => textWidth(item.text) + textWidth(item.note ?? '') + 2));
  const width = Math.min(canvas.width, Math.max(26, widest + 8));
  const height = Math.min(canvas.height - 2, items.length + 2);
  const rect: Rect = { x: canvas.width - width, y: canvas.height - 1 - height, width, height };
  canvas.fill(rect);
  const inside = canvas.box(rect, {
    focused: true,
    title: `${showKeys(chord)}  ${model.keymap.menus[chord.join(' ')] ?? ''}`,
    foot: 'Esc',
  });
  items.slice(0, inside.height).forEach((item, at) => {
    canvas.line(inside.x, inside.y + at, inside.width, [
      { text: ` ${item.key}  `, style: item.note ? 'faint' : 'key' },
      { text: item.text, style: item.note ? 'faint' : 'text' },
      { text: item.note ? `  ${item.note}` : '', style: 'warn' },
    ]);
  });
}
