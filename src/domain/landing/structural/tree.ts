/** Merges three syntax trees node by node: what changed where is told by entities instead of lines. */
import { tight } from './text.js';
import { tokensOf } from './tokens.js';
import { type Item, type ItemList, isEntry, itemsOf, type TreeNode } from './tree-items.js';
import { matchItems } from './tree-matches.js';

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
    const replaced = () => isReplaced(ours.items, toOurs, at) && isReplaced(theirs.items, toTheirs, at);
    const kept = o || t ? mergeItem(item, o, t, state) : replaced() ? undefined : [];
    if (!kept) return undefined;
    merged.push(...kept);
    if (!insert(at)) return undefined;
  }
  return writeItems(merged, lists);
}

/** What is left of an item of the base that at least one side has; undefined where the sides contradict each other. */
function mergeItem(item: Item, o: Item | undefined, t: Item | undefined, state: State): Item[] | undefined {
  if (o && t) {
    const text = mergeNodes({ base: item.node, ours: o.node, theirs: t.node }, state);
    if (text === undefined) return undefined;
    const separator = mergeSpace(item.separator, o.separator, t.separator);
    return [{ ...o, text, before: mergeSpace(item.before, o.before, t.before), separator }];
  }
  const kept = (o ?? t)!;
  const untouched = kept.text === item.text || (!state.indented && tight(kept.text) === tight(item.text));
  if (!untouched) return undefined;
  if (isEntry(item.node)) state.dropped++;
  return [];
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
