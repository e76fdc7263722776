/** The line below the header: the next thing that needs a person, with the key that settles it. */
import { type Attention, attentionOf, obstacleOf, suggestionOf } from '../../src/domain/app/attention.js';
import { perList } from '../../src/domain/app/lookups.js';
import { glyphs, type ListedTask } from '../../src/domain/app/selectors.js';
import { fitText, textWidth } from '../../src/domain/platform/width.js';
import { uiActions } from '../actions.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { bindingsOf, keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import { selectedTask } from '../ui/calls.js';
import { tasksByConcern, waitingTasks } from '../ui/rows.js';

export function paintAttention(canvas: Canvas, rect: Rect, model: Model) {
  const { item, place } = attentionNow(model);
  const right = item ? settlingSpans(item, place, model) : [];
  const room = rect.width - right.reduce((sum, span) => sum + textWidth(span.text), 0);
  const urgent = place !== undefined || obstacleOf(model.state) !== undefined;
  const left: TextSpan[] = item
    ? [
        { text: urgent ? ` ${glyphs['needs-input']} ` : '   ', style: 'warn' },
        ...(item.title ? [{ text: `${titleIn(item, room - leadWidth)}: `, style: 'strong' } as const] : []),
        { text: fitting(item, room - leadWidth), style: urgent ? 'text' : 'dim' },
      ]
    : [{ text: '   Nothing needs you.', style: 'dim' }];
  canvas.line(rect.x, rect.y, room, left);
  canvas.line(rect.x + room, rect.y, rect.width - room, right);
}

const leadWidth = 3;

/** Its title; where there is no room for all that is said, no more of it than leaves most of the line to what is needed. */
function titleIn({ title = '', text, brief }: Attention, room: number): string {
  if (textWidth(`${title}: ${brief ?? text}`) <= room) return title;
  return fitText(title, Math.min(textWidth(title), Math.floor(room * titleShare)));
}

const titleShare = 0.4;

/** Its text, or the brief one where that alone is seen whole. */
const fitting = ({ title, text, brief }: Attention, room: number): string =>
  brief && textWidth(title ? `${title}: ${text}` : text) > room ? brief : text;

/** Where each task that needs the person stands among them. */
const placesOf = perList(
  (waiting: readonly ListedTask[]) => new Map(waiting.map(({ task }, at) => [task.slug, at])),
);

/** The item shown: that of the selected task where it needs a person, else the first; and its place among all. */
function attentionNow(model: Model): { item?: Attention; place?: { at: number; of: number } } {
  const { state } = model;
  const obstacle = obstacleOf(state);
  if (obstacle) return { item: obstacle };
  const waiting = waitingTasks(state);
  if (waiting.length === 0) {
    const item = suggestionOf(tasksByConcern(state), state);
    return item ? { item } : {};
  }
  const selected = selectedTask(model)?.slug;
  const at = placesOf(waiting).get(selected ?? '') ?? 0;
  return { item: attentionOf(waiting[at]!, state), place: { at: at + 1, of: waiting.length } };
}

/** The keys that settle it, and the key to the next one. */
function settlingSpans(
  item: Attention,
  place: { at: number; of: number } | undefined,
  model: Model,
): TextSpan[] {
  const { keymap, commands } = model;
  const settling = [...uiActions, ...commands].flatMap((row) => {
    const args = 'settlesWith' in row ? row.settlesWith?.[item.kind] : undefined;
    if (!args && !row.settles?.includes(item.kind)) return [];
    const keys = keysFor(keymap, row.id, args);
    const { label } = bindingsOf(keymap, row.id, args)[0] ?? {};
    return keys ? [{ keys, label: label ?? ('hint' in row ? row.hint : undefined) ?? row.title }] : [];
  });
  const next = keysFor(keymap, 'ui.attention');
  return [
    ...settling.slice(0, 2).flatMap(({ keys, label }): TextSpan[] => [
      { text: `  ${keys}`, style: 'key' },
      { text: ` ${label}`, style: 'text' },
    ]),
    ...(place && next
      ? ([
          { text: `   ${next}`, style: 'key' },
          { text: place.of > 1 ? ` next (${place.at} of ${place.of})` : ' go there', style: 'dim' },
        ] as const)
      : []),
    { text: ' ', style: 'text' },
  ];
}
