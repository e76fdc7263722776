/** What of a file other code can see, and whether a word is said about it; by the syntax trees of six languages. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { Declaration } from '../../../domain/landing/policies/doc-coverage.js';
import { parserFor } from './grammars.js';
import { parse } from './parse.js';

/** Public declarations of a file in their order; undefined where no grammar can tell. */
export async function declarationsIn(path: string, text: string): Promise<Declaration[] | undefined> {
  const reader = readers.find(([ending]) => ending.test(path))?.[1];
  const parser = reader && (await parserFor(path));
  if (!parser) return undefined;
  const parsed = parse(parser, text);
  if (!parsed) return undefined;
  try {
    return reader(parsed.rootNode);
  } finally {
    parsed.delete();
  }
}

type Read = (root: Node) => Declaration[];

const named = (node: Node): Node[] => node.namedChildren.flatMap((child) => (child ? [child] : []));
const nameOf = (node: Node): string => node.childForFieldName('name')?.text ?? '';
const declared = (node: Node, isDocumented: boolean, name = nameOf(node)): Declaration => ({
  name,
  line: node.startPosition.row + 1,
  isDocumented,
});

/** The comments right above, with nothing but attributes between. */
function commentAbove(node: Node, skipped = /^$/): Node | undefined {
  let row = node.startPosition.row;
  for (let at = node.previousNamedSibling; at; at = at.previousNamedSibling) {
    // A line comment of Rust ends where the next line begins.
    const end = at.endPosition.column === 0 ? at.endPosition.row - 1 : at.endPosition.row;
    if (end < row - 1) return undefined;
    if (/comment/.test(at.type)) return at;
    if (!skipped.test(at.type)) return undefined;
    row = at.startPosition.row;
  }
  return undefined;
}

const scriptMembers = /^(?:method_definition|method_signature|abstract_method_signature)$/;

const readScript: Read = (root) =>
  named(root).flatMap((statement) => {
    if (statement.type !== 'export_statement') return [];
    const isDocumented = commentAbove(statement, /decorator/) !== undefined;
    const node = statement.childForFieldName('declaration') ?? statement.childForFieldName('value');
    if (!node) return [];
    if (/^(?:lexical|variable)_declaration$/.test(node.type)) {
      return named(node)
        .filter((one) => /function|class/.test(one.childForFieldName('value')?.type ?? ''))
        .map((one) => ({ ...declared(statement, isDocumented), name: nameOf(one) }));
    }
    if (!/function|class|interface|type_alias|enum|module/.test(node.type)) return [];
    const own = { ...declared(statement, isDocumented), name: nameOf(node) || 'default' };
    const members = /class/.test(node.type) ? named(node.childForFieldName('body') ?? node) : [];
    return [
      own,
      ...members
        .filter((one) => scriptMembers.test(one.type) && !/^(?:constructor$|#|_)/.test(nameOf(one)))
        .filter((one) => !/^(?:private|protected|override)\b/.test(one.text))
        .map((one) => declared(one, commentAbove(one, /decorator/) !== undefined)),
    ];
  });

const readPython: Read = (root) =>
  named(root).flatMap((one) => {
    const node = one.type === 'decorated_definition' ? one.childForFieldName('definition') : one;
    if (!node || !/^(?:function|class)_definition$/.test(node.type) || nameOf(node).startsWith('_'))
      return [];
    const decorators = named(one).filter(({ type }) => type === 'decorator');
    if (decorators.some(({ text }) => /\boverload\b|\.(?:setter|deleter)\b|\boverride\b/.test(text)))
      return [];
    const body = node.childForFieldName('body');
    const first = body ? named(body).find(({ type }) => type !== 'comment') : undefined;
    const isDocumented = first?.type === 'expression_statement' && first.firstNamedChild?.type === 'string';
    const members = node.type === 'class_definition' && body ? readPython(body) : [];
    return [declared(node, isDocumented), ...members];
  });

const isExported = (name: string) => /^\p{Lu}/u.test(name);

const readGo: Read = (root) => {
  if (/^package\s+main\b/m.test(named(root).find(({ type }) => type === 'package_clause')?.text ?? ''))
    return [];
  return named(root).flatMap((node) => {
    const isDocumented = commentAbove(node) !== undefined;
    if (node.type === 'type_declaration') {
      return named(node)
        .filter((one) => /^type_(?:spec|alias)$/.test(one.type) && isExported(nameOf(one)))
        .map((one) => declared(one, isDocumented || commentAbove(one) !== undefined));
    }
    if (!/^(?:function|method)_declaration$/.test(node.type) || !isExported(nameOf(node))) return [];
    const receiver = /(\w+)(?:\[[^\]]*\])?\s*\)$/.exec(node.childForFieldName('receiver')?.text ?? '')?.[1];
    return receiver && !isExported(receiver) ? [] : [declared(node, isDocumented)];
  });
};

const rustItem =
  /^(?:function|struct|enum|union|trait|type|const|static|mod)_item$|^function_signature_item$/;

const readRust: Read = (root) =>
  named(root).flatMap((node) => {
    const attributes = /^(?:attribute_item|inner_attribute_item)$/;
    if (node.type === 'impl_item') {
      const body = node.childForFieldName('body');
      return node.childForFieldName('trait') || !body ? [] : readRust(body);
    }
    if (!rustItem.test(node.type)) return [];
    const visible = named(node).find(({ type }) => type === 'visibility_modifier')?.text;
    if (visible !== 'pub') return [];
    const body = node.type === 'mod_item' ? node.childForFieldName('body') : null;
    // A module in a file of its own says there what it is.
    if (node.type === 'mod_item' && !body) return [];
    const above = commentAbove(node, attributes);
    const isDocumented = /^(?:\/\/[/!]|\/\*[*!])/.test(above?.text ?? '') || hasDocAttribute(node);
    return [declared(node, isDocumented), ...(body ? readRust(body) : [])];
  });

function hasDocAttribute(node: Node): boolean {
  for (let at = node.previousNamedSibling; at?.type === 'attribute_item'; at = at.previousNamedSibling) {
    if (/^#\[doc\b/.test(at.text)) return true;
  }
  return false;
}

const javaType = /^(?:class|interface|enum|record|annotation_type)_declaration$/;

const readJava: Read = (root) => javaMembers(root, false);

function javaMembers(body: Node, isInterface: boolean): Declaration[] {
  return named(body).flatMap((node) => {
    const isType = javaType.test(node.type);
    if (!isType && !/^(?:method|constructor)_declaration$/.test(node.type)) {
      return node.type === 'enum_body_declarations' ? javaMembers(node, false) : [];
    }
    const words = named(node).find(({ type }) => type === 'modifiers')?.text ?? '';
    const isPublic = /\b(?:public|protected)\b/.test(words) || (isInterface && !/\bprivate\b/.test(words));
    if (!isPublic || /@Override\b/.test(words)) return [];
    const isDocumented = commentAbove(node)?.text.startsWith('/**') === true;
    const inside = isType ? node.childForFieldName('body') : null;
    const members = inside ? javaMembers(inside, /^(?:interface|annotation)/.test(node.type)) : [];
    return [declared(node, isDocumented), ...members];
  });
}

/** What a header declares: functions, wherever conditions of the preprocessor or `extern "C"` put them. */
const readHeader: Read = (root) => {
  let wasDocumented = false;
  let lastRow = -2;
  return named(root).flatMap((node) => {
    if (/^(?:preproc_(?:if|ifdef|else|elif)|linkage_specification|declaration_list)$/.test(node.type))
      return readHeader(node);
    if (!/^(?:declaration|function_definition|field_declaration)$/.test(node.type)) return [];
    const name = functionName(node.childForFieldName('declarator'));
    if (!name || /^static\b/.test(node.text)) return [];
    // One comment may stand above several that belong together.
    const isNext = node.startPosition.row === lastRow + 1 && wasDocumented;
    const beside = node.nextNamedSibling;
    const isBeside = beside?.type === 'comment' && beside.startPosition.row === node.endPosition.row;
    wasDocumented = commentAbove(node) !== undefined || isBeside || isNext;
    lastRow = node.endPosition.row;
    return [declared(node, wasDocumented, name)];
  });
};

function functionName(node: Node | null): string | undefined {
  for (let at = node; at; at = at.childForFieldName('declarator')) {
    if (at.type === 'function_declarator') return at.childForFieldName('declarator')?.text;
  }
  return undefined;
}

const readers: readonly [RegExp, Read][] = [
  [/(?<!\.d)\.[cm]?[jt]sx?$/, readScript],
  [/\.py$/, readPython],
  [/\.go$/, readGo],
  [/\.rs$/, readRust],
  [/\.java$/, readJava],
  [/\.h(?:h|pp)?$/, readHeader],
];
