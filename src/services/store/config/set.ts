/** Setting one key in a file, leaving every other byte as it is. */
import { createHash } from 'node:crypto';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'smol-toml';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { Table } from '../../../domain/store/config-table.js';
import { schemas } from '../../../domain/store/schemas.js';
import type { Paths } from '../../platform/index.js';
import { handTerminal, readText, writeFileDurably } from '../../platform/index.js';
import { trustRepository, trustState } from '../trust/index.js';
import { checkTable, knownKeys, parseToml, readDocument, schemaOf } from './check.js';
import { unknownKey, valueFrom } from './load.js';
import { type TomlPlace, tomlPlaces } from './toml-places.js';

/** SHA-256 of the file's bytes before and after; `before` is '' when there was no file. */
export interface OwnEdit {
  before: string;
  after: string;
}

/**
 * Sets a dotted key to a TOML value (or plain text, where text is wanted), keeping comments and order.
 * Throws `unknown-key`, `config-invalid`, `toml-syntax`; the file is then as it was.
 */
export async function setKey(file: string, key: string, valueText: string): Promise<OwnEdit> {
  const keys = key.split('.');
  const node = schemaOf(schemas.config, keys);
  if (!node) throw unknownKey(key, knownKeys(schemas.config));
  const before = await readText(file);
  const text = before ?? '';
  const table = parseToml({ where: file, text });
  const value = valueFrom(valueText, node);
  const wanted = withValue(table, keys, value);
  const problem = await checkTable(wanted, 'config', { where: key, text: '' });
  if (problem) throw problem;
  const next = editText(text, keys, literal(value));
  if (!reads(next, wanted)) {
    throw appError('config-by-hand', `${key} cannot be set in ${file} without touching its other content.`, {
      hint: 'Edit it by hand: codex-agent config edit',
    });
  }
  await replaceText(file, next);
  return { before: before === undefined ? '' : sha256(before), after: sha256(next) };
}

/**
 * Keeps a repository trusted after our own edit of one of its files: only when all it held before that edit
 * was trusted, and nothing else has changed since. Returns whether it is trusted now.
 */
export async function retrustAfterOwnEdit(
  paths: Paths,
  root: string,
  file: string,
  edit?: OwnEdit,
): Promise<boolean> {
  const state = await trustState(paths, root);
  if (state.status === 'trusted') return true;
  const path = relative(root, file);
  const now = state.files.find((other) => other.path === path)?.sha256;
  const was = state.trustedFiles?.[path] ?? '';
  const onlyThat = state.changes?.length === 1 && state.changes[0] === path;
  if (!edit || !onlyThat || now !== edit.after || was !== edit.before) return false;
  await trustRepository(paths, root, state.hash, false);
  return true;
}

/** Opens the file in $VISUAL or $EDITOR and checks it afterwards. Throws `no-editor`, `editor-failed`, `config-invalid`. */
export async function editFile(
  file: string,
  env: NodeJS.ProcessEnv,
  schema: 'config' | 'agentFile' = 'config',
): Promise<OwnEdit> {
  const editor = (env.VISUAL || env.EDITOR)?.trim().split(/\s+/);
  if (!editor?.[0]) {
    throw appError('no-editor', 'There is no editor: $VISUAL and $EDITOR are empty.', {
      kind: 'usage',
      hint: `Set EDITOR, or open ${file} yourself.`,
    });
  }
  await mkdir(dirname(file), { recursive: true });
  const before = await readText(file);
  const code = await handTerminal([...editor, file], { cwd: process.cwd(), env }).catch((cause) => {
    throw appError('editor-failed', `${editor[0]} cannot be started.`, { cause });
  });
  if (code !== 0) throw appError('editor-failed', `${editor[0]} ended with ${code}.`);
  const text = await readText(file);
  if (text !== undefined) await readDocument({ where: file, text }, schema);
  return { before: sha256Of(before), after: sha256Of(text) };
}

const sha256Of = (text: string | undefined): string => (text === undefined ? '' : sha256(text));

function editText(text: string, keys: readonly string[], value: string): string {
  const places = tomlPlaces(text);
  const found = places.find((place) => place.kind === 'value' && samePath(place.path, keys));
  if (found) return splice(text, found.valueStart, found.valueEnd, value);
  // The longest header above the key takes it; without one, a header of its own or the top of the file.
  for (let length = keys.length - 1; length > 0; length--) {
    const header = places.find(
      (place) => place.kind === 'table' && samePath(place.path, keys.slice(0, length)),
    );
    if (header)
      return insert(text, endOfTable(text, places, header), `${dottedKey(keys.slice(length))} = ${value}\n`);
  }
  if (keys.length === 1)
    return insert(text, endOfTable(text, places, undefined), `${dottedKey(keys)} = ${value}\n`);
  const dottedAbove = places.some(
    (place) =>
      place.kind === 'value' &&
      place.path.length > 1 &&
      isTopLevel(places, place) &&
      place.path[0] === keys[0],
  );
  if (dottedAbove)
    return insert(text, endOfTable(text, places, undefined), `${dottedKey(keys)} = ${value}\n`);
  const gap = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n';
  return `${text}${gap}[${dottedKey(keys.slice(0, -1))}]\n${dottedKey(keys.slice(-1))} = ${value}\n`;
}

/** Offset behind the last line that belongs to a table, its trailing comments of the same line included. */
function endOfTable(text: string, places: readonly TomlPlace[], header: TomlPlace | undefined): number {
  const first = header ? places.indexOf(header) + 1 : 0;
  let end = header?.valueEnd ?? 0;
  for (const place of places.slice(first)) {
    if (place.kind === 'table') break;
    end = Math.max(end, place.valueEnd);
  }
  if (end === 0 && header === undefined) return 0;
  if (end > 0 && text[end - 1] === '\n') return end;
  const lineEnd = text.indexOf('\n', end);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}

function isTopLevel(places: readonly TomlPlace[], place: TomlPlace): boolean {
  const firstTable = places.findIndex((other) => other.kind === 'table');
  return firstTable < 0 || places.indexOf(place) < firstTable;
}

function insert(text: string, at: number, line: string): string {
  const gap = at > 0 && text[at - 1] !== '\n' ? '\n' : '';
  return splice(text, at, at, gap + line);
}

function splice(text: string, start: number, end: number, put: string): string {
  return text.slice(0, start) + put + text.slice(end);
}

function samePath(path: readonly (string | number)[], keys: readonly string[]): boolean {
  return path.length === keys.length && path.every((part, index) => part === keys[index]);
}

function dottedKey(keys: readonly string[]): string {
  return keys.map((key) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key))).join('.');
}

/** A value on one line. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    const pairs = Object.entries(value).map(([key, inner]) => `${dottedKey([key])} = ${literal(inner)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  return stringify({ v: value }).trim().slice('v = '.length);
}

function withValue(table: Table, keys: readonly string[], value: unknown): Table {
  const [first, ...rest] = keys as [string, ...string[]];
  const below = Object.hasOwn(table, first) ? table[first] : undefined;
  const inner = typeof below === 'object' && below !== null && !Array.isArray(below) ? (below as Table) : {};
  return { ...table, [first]: rest.length === 0 ? value : withValue(inner, rest, value) };
}

/** Whether the text says exactly this. Such as a second `[table]` is refused by the parser. */
function reads(text: string, wanted: Table): boolean {
  try {
    return isDeepStrictEqual(plain(parseToml({ where: '', text })), plain(wanted));
  } catch (error) {
    if (hasCode(error, 'toml-syntax')) return false;
    throw error;
  }
}

/** The parser's tables have no prototype; comparing wants plain data. */
const plain = (table: Table): unknown => JSON.parse(JSON.stringify(table));

/** Through a link to the file it leads to, and with the permissions the file has. */
async function replaceText(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const real = await realpath(file);
    await writeFileDurably(real, text, (await stat(real)).mode & 0o777);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    await writeFileDurably(file, text);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
