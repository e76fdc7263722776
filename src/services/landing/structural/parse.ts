/** From tree-sitter's trees to the nodes the merge walks. */
import type { Node, Tree as ParsedTree, Parser } from '@vscode/tree-sitter-wasm';
import type { Tree } from '../../../domain/landing/structural/tree.js';
import type { TreeNode } from '../../../domain/landing/structural/tree-items.js';
import { nameOf } from './names.js';

/** How often the parser may report progress before it is stopped: work, not time, so that any machine answers alike. */
const maxReports = 60_000;

/** Parses; undefined when it took too much work. `delete()` the tree after use. */
export function parse(parser: Parser, text: string, before?: ParsedTree): ParsedTree | undefined {
  let reports = 0;
  const progressCallback = () => ++reports > maxReports;
  try {
    return parser.parse(text, before ?? null, { progressCallback }) ?? undefined;
  } finally {
    parser.reset();
  }
}

/** Children are read when they are asked for: most of a tree never is. */
export function treeOf(parsed: ParsedTree, text: string): Tree {
  return { text, root: view(parsed.rootNode) };
}

function view(node: Node): TreeNode {
  let children: TreeNode[] | undefined;
  let name: string | undefined | null = null;
  return {
    type: node.type,
    start: node.startIndex,
    end: node.endIndex,
    named: node.isNamed,
    get name() {
      if (name === null) name = nameOf(node);
      return name;
    },
    children() {
      children ??= node.children.flatMap((child) => (child ? [view(child)] : []));
      return children;
    },
  };
}

/** Places where the grammar could not make sense of the text. */
export function faultsIn(parsed: ParsedTree): number {
  let faults = 0;
  const walk = (node: Node) => {
    if (node.isError || node.isMissing) faults++;
    if (node.hasError) for (const child of node.children) if (child) walk(child);
  };
  walk(parsed.rootNode);
  return faults;
}
