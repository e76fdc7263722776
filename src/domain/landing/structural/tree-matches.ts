/** Finds the children of a node again in another version of it: by text, by name, by likeness. */
import { diff } from './sequence.js';
import type { Item } from './tree-items.js';

/**
 * For each item of the base, where the side has it; always ascending. Undefined when the lists are too far apart.
 * @param fixed each child has a place of its own, as in a call: the only one of its type is found by that
 */
export function matchItems(
  base: readonly Item[],
  side: readonly Item[],
  fixed: boolean,
): (number | undefined)[] | undefined {
  const spans = diff(
    base.map((item) => item.id),
    side.map((item) => item.id),
  );
  if (!spans) return undefined;
  const matches: (number | undefined)[] = [];
  let by = 0;
  let at = 0;
  for (const span of spans) {
    for (; at < span.start; at++) matches[at] = at + by;
    matchGap(base, side, span, matches, fixed);
    at = span.end;
    by = span.to - span.end;
  }
  for (; at < base.length; at++) matches[at] = at + by;
  return matches;
}

/** Between equal items: by name first, then by likeness. */
function matchGap(
  base: readonly Item[],
  side: readonly Item[],
  span: { start: number; end: number; from: number; to: number },
  matches: (number | undefined)[],
  fixed: boolean,
): void {
  const named = new Map<number, number>();
  let next = span.from;
  for (let b = span.start; b < span.end; b++) {
    const { type, name } = base[b]!.node;
    if (name === undefined) continue;
    for (let s = next; s < span.to; s++) {
      const other = side[s]!.node;
      if (other.type === type && other.name === name) {
        named.set(b, s);
        next = s + 1;
        break;
      }
    }
  }
  next = span.from;
  for (let b = span.start; b < span.end; b++) {
    matches[b] = named.get(b);
    if (matches[b] !== undefined) {
      next = matches[b]! + 1;
      continue;
    }
    let limit = span.to;
    for (let later = b + 1; later < span.end; later++) {
      const taken = named.get(later);
      if (taken === undefined) continue;
      limit = taken;
      break;
    }
    const rest = base.slice(span.start, span.end);
    const best =
      mostAlike(base[b]!, side, next, limit) ??
      (fixed ? onlyOne(rest, base[b]!, side, next, limit) : undefined);
    if (best !== undefined) {
      matches[b] = best;
      next = best + 1;
    }
  }
}

function mostAlike(item: Item, side: readonly Item[], from: number, to: number): number | undefined {
  let best: number | undefined;
  let score = 0;
  for (let s = from; s < to; s++) {
    const other = side[s]!;
    if (other.node.type !== item.node.type || !item.node.named) continue;
    const needed = other.node.name === item.node.name ? 0.5 : 0.75;
    const alike = likeness(wordsOf(item), wordsOf(other));
    if (alike > needed && alike > score) [best, score] = [s, alike];
  }
  return best;
}

/** The side's item of this type, when both have only one. */
function onlyOne(
  base: readonly Item[],
  item: Item,
  side: readonly Item[],
  from: number,
  to: number,
): number | undefined {
  const { type, named } = item.node;
  if (!named || base.filter((other) => other.node.type === type).length > 1) return undefined;
  const found = side.slice(from, to).flatMap((other, at) => (other.node.type === type ? [from + at] : []));
  return found.length === 1 ? found[0] : undefined;
}

const words = new WeakMap<Item, Set<string>>();

/** An item is compared with many others, its words are looked for once. */
function wordsOf(item: Item): Set<string> {
  const known = words.get(item);
  if (known) return known;
  const found = new Set(item.text.match(/[\p{L}\p{N}_$]+/gu) ?? []);
  words.set(item, found);
  return found;
}

/** Share of words that two texts have in common. */
function likeness(one: ReadonlySet<string>, two: ReadonlySet<string>): number {
  if (one.size + two.size === 0) return 0;
  let common = 0;
  for (const word of one) if (two.has(word)) common++;
  return (2 * common) / (one.size + two.size);
}
