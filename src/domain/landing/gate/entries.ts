/** What a data file says, as places and values: two files with the same entries mean the same. Pure. */
import { parse as parseToml } from 'smol-toml';
import type { Entries } from './entry.js';
import { iniEntries, xmlEntries } from './markup.js';
import { yamlEntries } from './yaml.js';

type Reader = (text: string) => Entries;

const readers: readonly [RegExp, Reader][] = [
  [
    /\.(?:json|jsonc|json5|webmanifest|geojson|topojson|ipynb|arb|avsc|har|tfstate|code-workspace)$|(?:^|\/)\.(?:babelrc|eslintrc|prettierrc)$/i,
    jsonEntries,
  ],
  [/\.(?:jsonl|ndjson)$/i, jsonLineEntries],
  [/\.ya?ml$/i, yamlEntries],
  [/\.toml$/i, tomlEntries],
  [/\.properties$/i, (text) => iniEntries(text.replace(/^([\w.-]+)[ \t]+(?=[^\s=:])/gm, '$1='))],
  [
    /(?:^|\/)\.git(?:config|modules)$|(?:^|\/)\.git\/config$/i,
    (text) => iniEntries(text.replace(/^[ \t]+/gm, '')),
  ],
  [
    /\.(?:ini|cfg|service|socket|timer|desktop)$|(?:^|\/)\.(?:editorconfig|npmrc)$|(?:^|\/)\.env(?:\.[\w.-]+)?$/i,
    iniEntries,
  ],
  // Only where sections tell that it is of this kind.
  [/\.conf$/i, (text) => (/^\[[^\]\n]+\]\s*$/m.test(text) ? iniEntries(text) : { twice: [] })],
  [/\.(?:xml|svg|csproj|props|targets|xaml|plist|resx)$/i, xmlEntries],
];

/** Undefined for a format that is not known here. */
export function readEntries(path: string, text: string): Entries | undefined {
  return readers.find(([shape]) => shape.test(path))?.[1](text);
}

/** Collects entries; the same place with the same value counts. */
function collector() {
  const entries = new Map<string, number>();
  const add = (place: string, value: string) => {
    const entry = `${place} = ${value}`;
    entries.set(entry, (entries.get(entry) ?? 0) + 1);
  };
  return { entries, add };
}

const join = (place: string, key: string): string => (place === '' ? key : `${place}.${key}`);

function tomlEntries(text: string): Entries {
  try {
    const { entries, add } = collector();
    walk(parseToml(text), '', add);
    return { entries, twice: [] };
  } catch (error) {
    return { twice: [], problem: String((error as Error).message).split('\n')[0]! };
  }
}

function walk(value: unknown, place: string, add: (place: string, value: string) => void): void {
  if (Array.isArray(value)) {
    if (value.length === 0) add(place, '[]');
    for (const item of value) walk(item, `${place}[]`, add);
  } else if (value && typeof value === 'object' && !(value instanceof Date)) {
    const pairs = Object.entries(value);
    if (pairs.length === 0) add(place, '{}');
    for (const [key, inner] of pairs) walk(inner, join(place, key), add);
  } else add(place, String(value));
}

/** JSON, with comments and commas at the end of a list where people write them. */
function jsonEntries(text: string): Entries {
  const { entries, add } = collector();
  const tokens = [
    ...text.matchAll(/"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}[\],:]|[^\s{}[\],:"]+/g),
  ]
    .map(([token]) => token)
    .filter((token) => !token.startsWith('//') && !token.startsWith('/*'));
  const reader: JsonReader = { tokens, at: 0, add, twice: [] };
  try {
    if (tokens.length > 0) readValue(reader, '');
    if (reader.at < tokens.length) throw broken(reader, 'something stands behind the end');
    if (isStrict(text)) JSON.parse(text);
    return { entries, twice: reader.twice };
  } catch (error) {
    return { twice: [], problem: (error as Error).message.split('\n')[0]! };
  }
}

/** One value of JSON on each line. */
function jsonLineEntries(text: string): Entries {
  const { entries, add } = collector();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    try {
      JSON.parse(line);
    } catch (error) {
      return { twice: [], problem: (error as Error).message.split('\n')[0]! };
    }
    add('[]', line.trim());
  }
  return { entries, twice: [] };
}

/** Whether JSON's own parser reads it, which knows no comments and no comma at the end. */
export function isStrictJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface JsonReader {
  tokens: readonly string[];
  at: number;
  add(place: string, value: string): void;
  twice: string[];
}

function broken({ tokens, at }: JsonReader, what: string): SyntaxError {
  const behind = tokens[at - 1] ? `, after ${tokens[at - 1]}` : '';
  return new SyntaxError(`${what} before ${tokens[at] ?? 'the end'}${behind}`);
}

function readValue(reader: JsonReader, place: string): void {
  const token = reader.tokens[reader.at];
  if (token === undefined || /^[\]},:]$/.test(token)) throw broken(reader, 'a value is missing');
  reader.at++;
  if (token === '{') readMembers(reader, place);
  else if (token === '[') readItems(reader, place);
  else reader.add(place, token);
}

function readMembers(reader: JsonReader, place: string): void {
  const { tokens, add, twice } = reader;
  const seen = new Set<string>();
  if (tokens[reader.at] === '}') add(place, '{}');
  while (tokens[reader.at] !== '}') {
    const key = tokens[reader.at] ?? '';
    if (!/^["\w$'-]/.test(key)) throw broken(reader, 'a key is missing');
    reader.at++;
    if (tokens[reader.at] !== ':') throw broken(reader, '":" is missing');
    reader.at++;
    const name = join(place, key.replace(/^["']|["']$/g, ''));
    if (seen.has(name)) twice.push(name);
    seen.add(name);
    readValue(reader, name);
    passComma(reader, '}');
  }
  reader.at++;
}

function readItems(reader: JsonReader, place: string): void {
  if (reader.tokens[reader.at] === ']') reader.add(place, '[]');
  while (reader.tokens[reader.at] !== ']') {
    readValue(reader, `${place}[]`);
    passComma(reader, ']');
  }
  reader.at++;
}

function passComma(reader: JsonReader, close: string): void {
  const token = reader.tokens[reader.at];
  if (token === ',') reader.at++;
  else if (token !== close) throw broken(reader, '"," is missing');
}

/** Without comments and without a comma before a closing bracket, JSON's own parser has the last word. */
const isStrict = (text: string): boolean =>
  text.trim() !== '' && !/(?:^|[^:"'\w])\/[/*]|,\s*[\]}]|'/.test(text);
