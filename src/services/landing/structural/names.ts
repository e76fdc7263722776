/** What an entity of a program is called: it is found again by that name when its text changed. */
import type { Node } from '@vscode/tree-sitter-wasm';

/** Undefined for what has no name of its own. */
export function nameOf(node: Node): string | undefined {
  const field = (name: string) => node.childForFieldName(name)?.text;
  switch (node.type) {
    case 'export_statement':
    case 'decorated_definition': {
      const inner = node.childForFieldName('declaration') ?? node.childForFieldName('definition');
      return inner ? nameOf(inner) : field('source');
    }
    case 'lexical_declaration':
    case 'variable_declaration':
      return node.namedChildren.map((child) => child?.childForFieldName('name')?.text ?? '').join(',');
    case 'method_declaration': {
      const receiver = field('receiver')?.replace(/\w+\s+(?=\*?\w+\W*$)/, '');
      return `${receiver ?? ''}.${field('name')}/${receiver ? '' : arity(node)}`;
    }
    case 'constructor_declaration':
      return `${field('name')}/${arity(node)}`;
    case 'impl_item':
      return `${field('trait') ?? ''} for ${field('type')}`;
    case 'expression_statement':
    case 'await_expression':
      return node.firstNamedChild ? nameOf(node.firstNamedChild) : undefined;
    case 'call_expression': {
      const title = node.childForFieldName('arguments')?.firstNamedChild;
      const plain = title && /string/.test(title.type);
      return plain ? `${field('function')} ${title.text}` : undefined;
    }
    case 'import_statement':
      return field('source') ?? field('name');
    case 'import_from_statement':
      return field('module_name');
    case 'import_spec':
    case 'preproc_include':
      return field('path');
    case 'pair':
      return field('key');
    case 'assignment':
    case 'assignment_expression':
      return field('left');
    case 'field_declaration':
    case 'declaration':
    case 'function_definition':
      return field('name') ?? field('declarator');
    default:
      return field('name');
  }
}

const arity = (node: Node) => node.childForFieldName('parameters')?.namedChildCount ?? 0;
