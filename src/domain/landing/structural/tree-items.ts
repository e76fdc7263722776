/** The children of a syntax node as a list of items with what separates them. */

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

/** A child with the white space before it and the separator after it. */
export interface Item {
  node: TreeNode;
  text: string;
  before: string;
  separator: string;
  id: string;
}

export interface ItemList {
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
export function itemsOf(node: TreeNode, text: string): ItemList | undefined {
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

export const isEntry = (node: TreeNode) => node.named && !node.type.includes('comment');

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
