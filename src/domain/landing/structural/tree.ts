/** Merges three syntax trees node by node: what changed where is told by entities instead of lines. */
import { diff } from './sequence.js';
import { tight } from './text.js';
import { tokensOf } from './tokens.js';

/** What the merge needs to see of a syntax node; positions are in the text it was parsed from. */
export interface TreeNode {
  type: string;
  start: number;
  end: number;
  named: boolean;
  /** What tells it from its siblings: a name, a path, a test's title. */
  name: string | undefined;
  children(): readonly TreeNode[];
}

export interface Tree {
  text: string;
  root: TreeNode;
}

export interface TreeMerge {
  text: string;
  /** Nodes that both sides added at one place. */
  bothAdded: number;
  /** Nodes that one side deleted. */
  dropped: number;
}

/** A child with the white space before it and the separator after it. */
interface Item {
  node: TreeNode;
  text: string;
  before: string;
  separator: string;
  id: string;
}

interface State {
  texts: { base: string; ours: string; theirs: string };
  indented: boolean;
  bothAdded: number;
  dropped: number;
  budget: WorkBudget;
}

/** How much may still be looked at; the same texts spend the same on any machine. */
export interface WorkBudget {
  left: number;
}

/** How many characters cost as much as one node. */
const charsPerNode = 200;

type Trees = { base: TreeNode; ours: TreeNode; theirs: TreeNode };

/**
 * The merge of three trees as text, or undefined where both sides changed one thing in different ways.
 * @param budget is spent; at nothing left it gives up
 */
export function mergeTrees(
  trees: { base: Tree; ours: Tree; theirs: Tree },
  indented: boolean,
  budget: WorkBudget,
): TreeMerge | undefined {
  const { base, ours, theirs } = trees;
  const state: State = {
    texts: { base: base.text, ours: ours.text, theirs: theirs.text },
    indented,
    bothAdded: 0,
    dropped: 0,
    budget,
  };
  const merged = mergeNodes({ base: base.root, ours: ours.root, theirs: theirs.root }, state);
  if (merged === undefined) return undefined;
  // White space around the root belongs to no node; it must be alike, or be one side's change only.
  const outer = (tree: Tree) =>
    [tree.text.slice(0, tree.root.start), tree.text.slice(tree.root.end)] as const;
  const [b, o, t] = [outer(base), outer(ours), outer(theirs)];
  const text = mergeSpace(b[0], o[0], t[0]) + merged + mergeSpace(b[1], o[1], t[1]);
  return { text, bothAdded: state.bothAdded, dropped: state.dropped };
}

function mergeNodes(nodes: Trees, state: State): string | undefined {
  const { base, ours, theirs } = nodes;
  const [b, o, t] = [
    state.texts.base.slice(base.start, base.end),
    state.texts.ours.slice(ours.start, ours.end),
    state.texts.theirs.slice(theirs.start, theirs.end),
  ];
  if (o === t || t === b) return o;
  if (o === b) return t;
  state.budget.left -= 1 + (b.length + o.length + t.length) / charsPerNode;
  if (!state.indented) {
    const [tb, to, tt] = [tight(b), tight(o), tight(t)];
    if (to === tt || tt === tb) return o;
    if (to === tb) return t;
  }
  if (base.type !== ours.type || base.type !== theirs.type || state.budget.left <= 0) return undefined;
  const lists = [
    itemsOf(base, state.texts.base),
    itemsOf(ours, state.texts.ours),
    itemsOf(theirs, state.texts.theirs),
  ];
  if (lists.some((list) => !list)) return undefined;
  return mergeChildren(base.type, lists as [ItemList, ItemList, ItemList], state);
}

interface ItemList {
  items: Item[];
  /** The sign between the items, when there is one between all of them. */
  separator: string;
  /** It stands after the last one too. */
  trailing: boolean;
  /** White space after the last item. */
  tail: string;
}

const separators = new Set([',', ';', '|']);

/** Undefined for a leaf, and for a node with text that belongs to none of its children (some grammars have such). */
function itemsOf(node: TreeNode, text: string): ItemList | undefined {
  const children = node.children();
  if (children.length === 0) return undefined;
  let at = node.start;
  for (const child of children) {
    if (text.slice(at, child.start).trim() !== '') return undefined;
    at = child.end;
  }
  if (text.slice(at, node.end).trim() !== '' || node.type === 'ERROR') return undefined;
  const strict = separatorOf(children);
  const items: Item[] = [];
  at = node.start;
  for (const child of children) {
    const last = items.at(-1);
    const lead = text.slice(at, child.start);
    at = child.end;
    if (strict && child.type === strict && last) {
      last.separator += lead + child.type;
      continue;
    }
    const own = text.slice(child.start, child.end);
    items.push({ node: child, text: own, before: lead, separator: '', id: `${child.type}\n${own}` });
  }
  const last = items.findLast((item) => isEntry(item.node));
  const trailing = strict !== undefined && last?.separator !== '';
  return { items, separator: strict ?? '', trailing, tail: text.slice(at, node.end) };
}

const isEntry = (node: TreeNode) => node.named && !node.type.includes('comment');

/** The sign that stands between all named children; undefined when they are not separated, or not all of them. */
function separatorOf(children: readonly TreeNode[]): string | undefined {
  const sign = children.find((child) => separators.has(child.type))?.type;
  if (!sign) return undefined;
  let separated = true;
  for (const child of children) {
    if (child.type === sign) separated = true;
    else if (isEntry(child)) {
      if (!separated) return undefined;
      separated = false;
    }
  }
  return sign;
}

const listLike =
  /body|block|list|program|module|source_file|translation_unit|arguments|parameters|object|array|import|class|enum|struct|dictionary|set$|tuple|literal_value|switch|match|initializer|export_clause|compound/;

/** Nodes with any number of children of a kind, as against those where each child has a place of its own. */
const holdsMany =
  /(?:body|block|list|program|module|source_file|translation_unit|arguments|parameters|object|array|dictionary|set|tuple|clause|imports|value|compound_statement)$/;

function mergeChildren(
  type: string,
  lists: [ItemList, ItemList, ItemList],
  state: State,
): string | undefined {
  const [base, ours, theirs] = lists;
  const fixed = !holdsMany.test(type);
  const [toOurs, toTheirs] = [
    matchItems(base.items, ours.items, fixed),
    matchItems(base.items, theirs.items, fixed),
  ];
  if (!toOurs || !toTheirs) return undefined;
  const merged: Item[] = [];
  const insert = (after: number): boolean => {
    const [o, t] = [addedAfter(ours.items, toOurs, after), addedAfter(theirs.items, toTheirs, after)];
    if (o.length === 0 || t.length === 0) merged.push(...o, ...t);
    else {
      const both = listLike.test(type) ? mergeAdded(o, t) : undefined;
      if (!both) return false;
      state.bothAdded += both.length;
      merged.push(...both);
    }
    return true;
  };
  if (!insert(-1)) return undefined;
  for (const [at, item] of base.items.entries()) {
    const [o, t] = [ours.items[toOurs[at] ?? -1], theirs.items[toTheirs[at] ?? -1]];
    if (o && t) {
      const text = mergeNodes({ base: item.node, ours: o.node, theirs: t.node }, state);
      if (text === undefined) return undefined;
      const separator = mergeSpace(item.separator, o.separator, t.separator);
      merged.push({ ...o, text, before: mergeSpace(item.before, o.before, t.before), separator });
    } else if (o || t) {
      const kept = (o ?? t)!;
      const untouched = kept.text === item.text || (!state.indented && tight(kept.text) === tight(item.text));
      if (!untouched) return undefined;
      if (isEntry(item.node)) state.dropped++;
    } else if (isReplaced(ours.items, toOurs, at) && isReplaced(theirs.items, toTheirs, at)) return undefined;
    if (!insert(at)) return undefined;
  }
  return writeItems(merged, lists);
}

/** Three-way; ours where both changed it. */
function mergeSpace(base: string, ours: string, theirs: string): string {
  return ours === base ? theirs : ours;
}

function writeItems(items: readonly Item[], [base, ours, theirs]: [ItemList, ItemList, ItemList]): string {
  const separator = ours.separator || theirs.separator || base.separator;
  const trailing = ours.trailing === base.trailing ? theirs.trailing : ours.trailing;
  const last = items.findLastIndex((item) => isEntry(item.node));
  const tail = mergeSpace(base.tail, ours.tail, theirs.tail);
  const texts = items.map((item, at) => {
    if (separator === '' || !isEntry(item.node)) return item.before + item.text + item.separator;
    const wanted = at < last ? item.separator || separator : trailing ? item.separator || separator : '';
    return item.before + item.text + wanted;
  });
  return texts.join('') + tail;
}

/** Items that a side added after the base's item `after` and before its next one that the side kept. */
function addedAfter(items: readonly Item[], matches: readonly (number | undefined)[], after: number): Item[] {
  if (after >= 0 && matches[after] === undefined) return [];
  const from = after < 0 ? 0 : matches[after]! + 1;
  const next = matches.slice(after + 1).find((match) => match !== undefined);
  return items.slice(from, next ?? items.length);
}

/** Whether a side put something where it took this item of the base away. */
function isReplaced(items: readonly Item[], matches: readonly (number | undefined)[], at: number): boolean {
  const before = matches.findLastIndex((match, index) => index < at && match !== undefined);
  return addedAfter(items, matches, before).length > 0;
}

/** What both added at one place: equal ones once, ours first. Undefined when they contradict each other. */
function mergeAdded(ours: readonly Item[], theirs: readonly Item[]): Item[] | undefined {
  const result = [...ours];
  const key = (item: Item) => item.node.name && `${item.node.type}\n${item.node.name}`;
  let moreOurs = 0;
  for (const item of theirs) {
    if (ours.some((other) => tight(other.text) === tight(item.text))) continue;
    if (!item.node.named) return undefined;
    const at = result.findIndex((other) => key(other) !== undefined && key(other) === key(item));
    if (at < 0) {
      result.push(item);
      moreOurs++;
    } else if (contains(item.text, result[at]!.text)) result[at] = { ...result[at]!, text: item.text };
    else if (!contains(result[at]!.text, item.text)) return undefined;
  }
  return moreOurs > 0 && ours.some((item) => !item.node.named) ? undefined : result;
}

/** Whether all words and signs of `small` occur in `large`, in order. */
function contains(large: string, small: string): boolean {
  const wanted = tokensOf(small);
  let at = 0;
  for (const token of tokensOf(large)) if (at < wanted.length && wanted[at]!.text === token.text) at++;
  return at === wanted.length;
}

/**
 * For each item of the base, where the side has it; always ascending. Undefined when the lists are too far apart.
 * @param fixed each child has a place of its own, as in a call: the only one of its type is found by that
 */
function matchItems(
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
