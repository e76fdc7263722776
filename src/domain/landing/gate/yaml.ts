/** Entries of YAML as people write it in configuration: blocks by indentation, and lists and maps written in flow. */
import type { Entries } from './entry.js';
import { flowEntries } from './flow-values.js';

interface YamlToken {
  /** Line, from 0. */
  at: number;
  indent: number;
  kind: 'item' | 'key' | 'scalar' | 'document';
  key: string;
  value: string;
}

class YamlProblem extends Error {}

/** Reads blocks of keys and items; templates and keys of several lines make the file one that does not load. */
export function yamlEntries(text: string): Entries {
  const entries = new Map<string, number>();
  const twice: string[] = [];
  const addOne = (place: string, value: string) => {
    // With single and with double quotes it is one text.
    const entry = `${place} = ${value.replace(/^'([^'"\\]*)'$/, '"$1"')}`;
    entries.set(entry, (entries.get(entry) ?? 0) + 1);
  };
  const add = (place: string, value: string) => {
    const inside = flowEntries(place, value);
    if (inside) for (const [inner, said] of inside) addOne(inner, said);
    else addOne(place, value);
  };
  try {
    const reader = { tokens: tokensOfYaml(text), at: 0, add, twice };
    for (let document = 0; reader.at < reader.tokens.length; document++) {
      if (reader.tokens[reader.at]!.kind === 'document') reader.at++;
      const next = reader.tokens[reader.at];
      if (!next || next.kind === 'document') continue;
      readBlock(reader, document > 1 ? `document ${document}` : '');
      const rest = reader.tokens[reader.at];
      if (rest && rest.kind !== 'document') throw problemAt(rest, 'it is indented like nothing above it');
    }
    return { entries, twice };
  } catch (error) {
    if (error instanceof YamlProblem) return { twice, problem: error.message };
    throw error;
  }
}

interface Reader {
  tokens: readonly YamlToken[];
  at: number;
  add(place: string, value: string): void;
  twice: string[];
}

const problemAt = ({ at, key, value }: YamlToken, what: string) =>
  new YamlProblem(`line ${at + 1}, ${JSON.stringify((key || value || '-').slice(0, 60))}: ${what}`);

/** All that stands at one depth: keys, or items, or one value. */
function readBlock(reader: Reader, place: string): void {
  const first = reader.tokens[reader.at]!;
  if (first.kind === 'item') readList(reader, place, first.indent);
  else if (first.kind === 'key') readMap(reader, place, first.indent);
  else {
    reader.at++;
    reader.add(place, first.value);
    skipContinued(reader, first.indent - 1);
  }
}

function readList(reader: Reader, place: string, indent: number): void {
  for (let next = reader.tokens[reader.at]; next?.kind === 'item'; next = reader.tokens[reader.at]) {
    if (next.indent < indent) return;
    if (next.indent > indent) throw problemAt(next, 'it is indented too far');
    reader.at++;
    const inner = reader.tokens[reader.at];
    if (inner && inner.kind !== 'document' && inner.indent > indent) readBlock(reader, `${place}[]`);
    else reader.add(`${place}[]`, '');
  }
  refuseDeeper(reader, indent);
}

function readMap(reader: Reader, place: string, indent: number): void {
  const keys = new Set<string>();
  for (let next = reader.tokens[reader.at]; next?.kind === 'key'; next = reader.tokens[reader.at]) {
    if (next.indent < indent) return;
    if (next.indent > indent) throw problemAt(next, 'it is indented too far');
    reader.at++;
    const own = place === '' ? next.key : `${place}.${next.key}`;
    if (keys.has(next.key) && next.key !== '<<') reader.twice.push(own);
    keys.add(next.key);
    const inner = reader.tokens[reader.at];
    const holds = inner && (inner.indent > indent || (inner.kind === 'item' && inner.indent === indent));
    if (next.value !== '') {
      reader.add(own, next.value);
      skipContinued(reader, indent);
    } else if (holds && inner.kind !== 'document') readBlock(reader, own);
    else reader.add(own, '');
  }
  refuseDeeper(reader, indent);
}

/** A plain value may go on in deeper lines. */
function skipContinued(reader: Reader, indent: number): void {
  for (;;) {
    const next = reader.tokens[reader.at];
    if (next?.kind !== 'scalar' || next.indent <= indent) return;
    reader.at++;
  }
}

function refuseDeeper(reader: Reader, indent: number): void {
  const next = reader.tokens[reader.at];
  if (next && next.kind !== 'document' && next.indent >= indent && next.kind !== 'item') {
    throw problemAt(next, 'it does not fit what stands above it');
  }
  if (next?.kind === 'item' && next.indent > indent)
    throw problemAt(next, 'an item stands where a key should');
}

const keyShape =
  /^((?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^\s#&*!|>%@`"'[\]{},?-][^#]*?|[-?:][^\s#][^#]*?))\s*:(?:\s+(.*))?$/;

function tokensOfYaml(text: string): YamlToken[] {
  const lines = text.split('\n');
  const tokens: YamlToken[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!.trimEnd();
    const bare = line.trim();
    if (bare === '' || bare.startsWith('#') || line.startsWith('%')) continue;
    const token = (kind: YamlToken['kind'], indent: number, key = '', value = ''): YamlToken => ({
      ...{ at, indent, kind, key, value },
    });
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) {
      tokens.push(token('document', 0));
      continue;
    }
    if (bare.startsWith('{{')) throw problemAt(token('scalar', 0, '', bare), 'a template');
    if (/^ *\t/.test(line)) throw problemAt(token('scalar', 0, '', bare), 'a tab indents it');
    let indent = line.length - line.trimStart().length;
    let rest = bare;
    while (rest === '-' || rest.startsWith('- ')) {
      tokens.push(token('item', indent));
      const inner = rest.slice(1).trimStart();
      indent += rest.length - inner.length;
      rest = inner;
    }
    if (rest === '') continue;
    const [, key, given] = keyShape.exec(rest) ?? [];
    const start = uncommented(key === undefined ? rest : (given ?? ''));
    const value = /^(?:[&!]\S+\s*)+$/.test(start) ? '' : start;
    const last = endOfValue(lines, at, value, indent);
    const whole = [value, ...lines.slice(at + 1, last + 1).map((more) => more.trim())].join('\n');
    tokens.push(
      key === undefined
        ? token('scalar', indent, '', whole)
        : token('key', indent, key.replace(/^["']|["']$/g, '').trim(), whole),
    );
    at = last;
  }
  return tokens;
}

const uncommented = (value: string): string => value.replace(/(?:^|\s)#.*$/, '').trim();

/** Last line of a value: a block goes on as long as its lines are deeper, flow until its brackets close. */
function endOfValue(lines: readonly string[], at: number, value: string, indent: number): number {
  if (/^[|>][-+\d]*$/.test(value)) return endOfBlock(lines, at, indent);
  return /^[[{]/.test(value) ? endOfFlow(lines, at, value) : at;
}

function endOfBlock(lines: readonly string[], at: number, indent: number): number {
  let end = at;
  for (let next = at + 1; next < lines.length; next++) {
    const line = lines[next]!;
    if (line.trim() === '') continue;
    if (line.length - line.trimStart().length <= indent) break;
    end = next;
  }
  return end;
}

function endOfFlow(lines: readonly string[], at: number, value: string): number {
  let depth = 0;
  for (let next = at; next < lines.length; next++) {
    const part = next === at ? value : uncommented(lines[next]!);
    for (const sign of part.replace(/"(?:\\.|[^"\\])*"|'[^']*'/g, '')) {
      if (sign === '[' || sign === '{') depth++;
      if (sign === ']' || sign === '}') depth--;
    }
    if (depth <= 0) return next;
  }
  throw new YamlProblem(`line ${at + 1}, ${JSON.stringify(value.slice(0, 60))}: its brackets are not closed`);
}
