/** TOML documents: parsed, and checked by a schema, with errors that say file, line and column. */
import { parse } from 'smol-toml';
import { type AppError, appError } from '../../../domain/platform/errors.js';
import { nearest } from '../../../domain/platform/nearest.js';
import { checkMistakes } from '../../../domain/store/check-config.js';
import type { Config } from '../../../domain/store/config.js';
import type { Table } from '../../../domain/store/config-table.js';
import { dotted, patternMistakes } from '../../../domain/store/pattern-mistakes.js';
import { schemas } from '../../../domain/store/schemas.js';
import type { ValidationProblem } from '../../../generated/validators.js';
import { positionAt } from '../../platform/index.js';
import { type TomlPlace, tomlPlaces } from './toml-places.js';

/** How many problems of one file are listed; after a thousand mistakes a person mends the first and looks again. */
const toldAtMost = 20;
/** No key of ours lies deeper. */
const deepest = 8;
type SchemaName = 'config' | 'agentFile' | 'stub';

/** Where the text comes from, for messages. */
export interface Source {
  /** File name, or what else to call it. */
  where: string;
  text: string;
  /** Lines of the file before the text. */
  linesBefore?: number;
}

/** The document as a table. Throws `toml-syntax`. */
export function parseToml({ where, text, linesBefore = 0 }: Source): Table {
  try {
    return parse(text) as Table;
  } catch (cause) {
    const {
      line = 1,
      column = 1,
      message = '',
    } = cause as { line?: number; column?: number; message?: string };
    const what = message.split('\n')[0]!.replace('Invalid TOML document: ', '');
    throw appError('toml-syntax', `${where}:${line + linesBefore}:${column}: ${what}.`, { cause });
  }
}

/** Parses and checks. Throws `toml-syntax` or `config-invalid`; the message lists every problem, a line each. */
export async function readDocument(source: Source, schema: SchemaName): Promise<Table> {
  const table = parseToml(source);
  const problem = await checkTable(table, schema, source);
  if (problem) throw problem;
  return table;
}

/** What is wrong with a table, as `config-invalid`; undefined when nothing is. */
export async function checkTable(
  table: Table,
  schema: SchemaName,
  source: Source,
): Promise<AppError | undefined> {
  const { validators } = await import('../../../generated/validators.js');
  const validate = validators[schema];
  if (validate(table)) return schema === 'config' ? mistakesIn(table, source) : undefined;
  const errors = validate.errors ?? [];
  const at = placeFinder(tomlPlaces(source.text));
  const found = errors.map((error) => {
    const path = pathOf(error);
    return { error, path, offset: at(path) };
  });
  found.sort((a, b) => a.offset - b.offset);
  const told = found.slice(0, toldAtMost).map(({ error, path, offset }) => {
    const { message, hint } = describe(error, path, schema);
    const place = placed(source, offset);
    return { message: message.startsWith(`${place} `) ? message : `${place}: ${message}`, hint };
  });
  const lines = [...new Set(told.map((problem) => problem.message))];
  if (found.length > toldAtMost) lines.push(`and ${found.length - toldAtMost} more problems`);
  const hint = told.find((problem) => problem.hint)?.hint;
  return appError('config-invalid', lines.join('\n'), { ...(hint ? { hint } : {}) });
}

/** What a schema cannot say; undefined when nothing is wrong. */
function mistakesIn(table: Table, source: Source): AppError | undefined {
  const checks = (table as { validator?: Partial<Config['validator']> }).validator?.checks ?? [];
  const mistakes = [...checkMistakes(checks), ...patternMistakes(table)];
  if (mistakes.length === 0) return undefined;
  const at = placeFinder(tomlPlaces(source.text));
  const told = mistakes.slice(0, toldAtMost);
  const lines = told.map(({ path, message }) => `${placed(source, at(path))}: ${message}`);
  if (mistakes.length > told.length) lines.push(`and ${mistakes.length - told.length} more problems`);
  return appError('config-invalid', lines.join('\n'));
}

/** Where in the source an offset is, as `file:line:column`. */
function placed({ where, text, linesBefore = 0 }: Source, offset: number): string {
  if (text === '') return where;
  const { line, column } = positionAt(text, offset);
  return `${where}:${line + linesBefore}:${column}`;
}

/** Offset of a path, or of the nearest thing around it; one pass however many are asked for. */
function placeFinder(places: readonly TomlPlace[]): (path: readonly (string | number)[]) => number {
  const keyOf = (path: readonly (string | number)[]) => path.map((part) => JSON.stringify(part)).join('.');
  const exact = new Map<string, number>();
  const around = new Map<string, number>();
  for (const { path, start } of places) {
    const key = keyOf(path);
    if (!exact.has(key)) exact.set(key, start);
    for (let length = Math.min(path.length - 1, deepest); length > 0; length--) {
      const above = keyOf(path.slice(0, length));
      if (!around.has(above)) around.set(above, start);
    }
  }
  return (path) => {
    for (let length = Math.min(path.length, deepest); length > 0; length--) {
      const key = keyOf(path.slice(0, length));
      const start = exact.get(key) ?? around.get(key);
      if (start !== undefined) return start;
    }
    return 0;
  };
}

function pathOf(error: ValidationProblem): (string | number)[] {
  const path: (string | number)[] = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const unknown = error.params.additionalProperty;
  return typeof unknown === 'string' ? [...path, unknown] : path;
}

const typeWords: Record<string, string> = {
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text in quotes',
  array: 'a list',
  object: 'a table',
};

function describe(
  error: ValidationProblem,
  path: (string | number)[],
  schema: SchemaName,
): { message: string; hint?: string } {
  const name = dotted(path);
  if (error.keyword === 'additionalProperties') {
    const near = nearestKey(path, schema);
    return {
      message: `there is no key ${name}${near ? `; did you mean ${near}?` : ''}`,
      hint: near ? `Write ${near} instead of ${name}.` : undefined,
    };
  }
  const { allowedValues, allowedValue, pattern, missingProperty } = error.params as Record<string, unknown>;
  if (Array.isArray(allowedValues)) return { message: `${name} must be one of ${allowedValues.join(', ')}` };
  if (allowedValue !== undefined) return { message: `${name} must be ${allowedValue}` };
  const { type } = error.params;
  if (error.keyword === 'type' && typeof type === 'string')
    return { message: `${name || 'the document'} must be ${typeWords[type] ?? type}` };
  if (missingProperty) return { message: `${name} lacks ${missingProperty}` };
  if (typeof pattern === 'string') {
    const example = exampleOf(pattern);
    return { message: `${name} must be ${example}` };
  }
  return { message: `${name || 'the document'} ${error.message ?? 'is not valid'}` };
}

/** What a pattern of ours wants, as an example. */
function exampleOf(pattern: string): string {
  if (pattern.includes('ms|s')) return 'a duration such as "90s" or "2h"';
  if (pattern.includes('kKMGT')) return 'a size such as "500 MB"';
  if (pattern.includes('slug')) return 'a name with {slug} or {id} in it, such as "agents/{slug}"';
  if (pattern.includes('{64}')) return 'a SHA-256 in hexadecimal';
  if (pattern.includes('(=|')) return 'the name of a variable, or NAME=value';
  if (pattern.includes(': .+')) return 'a trailer such as "Co-authored-by: Name <mail>"';
  return `like ${pattern}`;
}

/** Nearest key beside the unknown one, else the same name at any other place: `max_parallel` → `run.max_parallel`. */
function nearestKey(path: (string | number)[], schema: SchemaName): string | undefined {
  const all = knownKeys(schemas[schema]);
  const wanted = path.filter((part) => typeof part === 'string');
  const parent = wanted.slice(0, -1).join('.');
  const beside = all.filter((key) => key.split('.').slice(0, -1).join('.') === parent);
  const last = wanted.at(-1)!;
  const names = nearest(
    last,
    beside.map((key) => key.split('.').at(-1)!),
    1,
  );
  if (names[0]) return parent ? `${parent}.${names[0]}` : names[0];
  return all.find((key) => key.endsWith(`.${last}`)) ?? nearest(wanted.join('.'), all, 1)[0];
}

interface SchemaNode {
  type?: string;
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  additionalProperties?: boolean | SchemaNode;
  enum?: readonly unknown[];
  const?: unknown;
}

/** Dotted names of all keys of a schema, tables included. */
export function knownKeys(schema: object, prefix = ''): string[] {
  const { properties = {}, items } = schema as SchemaNode;
  const own = Object.entries(properties).flatMap(([key, node]) => [
    `${prefix}${key}`,
    ...knownKeys(node, `${prefix}${key}.`),
  ]);
  return items ? [...own, ...knownKeys(items, prefix)] : own;
}

/** The schema of a dotted key; undefined when there is none. */
export function schemaOf(schema: object, keys: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema as SchemaNode;
  for (const key of keys) {
    const open: boolean | SchemaNode | undefined = node?.additionalProperties;
    const next: SchemaNode | undefined =
      node?.properties && Object.hasOwn(node.properties, key) ? node.properties[key] : undefined;
    node = next ?? (typeof open === 'object' ? open : undefined);
    if (!node) return undefined;
  }
  return node;
}
