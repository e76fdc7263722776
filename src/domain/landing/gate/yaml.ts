/** Entries of YAML as people write it in configuration: blocks by indentation; what is written in flow is one value. */
import type { Entries } from './entries.js';

interface Level {
  indent: number;
  place: string;
  /** What stands here: entries with keys, or items of a list. */
  kind: 'map' | 'list' | 'unknown';
  keys: Set<string>;
}

const key =
  /^((?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^\s#&*!|>%@`"'[\]{},?-][^#]*?|[-?:][^\s#][^#]*?))\s*:(?:\s+(.*))?$/;

/** Reads every line; what it cannot make sense of (templates, keys of several lines) makes the file unknown. */
export function yamlEntries(text: string): Entries {
  const entries = new Map<string, number>();
  const twice: string[] = [];
  const lines = text.split('\n');
  let levels: Level[] = [];
  let document = 0;
  const add = (place: string, value: string) => {
    const entry = `${place} = ${value}`;
    entries.set(entry, (entries.get(entry) ?? 0) + 1);
  };
  const fail = (at: number, what: string): Entries => ({
    twice: [],
    problem: `line ${at + 1}: ${what}: ${JSON.stringify(lines[at]!.trim().slice(0, 60))}`,
  });
  for (let at = 0; at < lines.length; at++) {
    const raw = lines[at]!.trimEnd();
    if (raw.trim() === '' || raw.trim().startsWith('#')) continue;
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(raw)) {
      levels = [];
      document++;
      continue;
    }
    if (/^%/.test(raw)) continue;
    if (/\{\{/.test(raw) && /^\s*\{\{/.test(raw)) return fail(at, 'a template');
    if (/^ *\t/.test(raw)) return fail(at, 'a tab indents');
    let indent = raw.length - raw.trimStart().length;
    let rest = raw.trim();
    // Items of a list may begin with items, or with the first key of a mapping.
    for (;;) {
      const isItem = rest === '-' || rest.startsWith('- ');
      const level = levelAt(levels, indent, isItem, document);
      if (typeof level === 'string') return fail(at, level);
      if (!isItem) break;
      levels.push({ indent: indent + 2, place: `${level.place}[]`, kind: 'unknown', keys: new Set() });
      levels.at(-1)!.indent = indent + (rest.length - rest.slice(1).trimStart().length);
      rest = rest.slice(1).trim();
      if (rest === '') {
        levels.pop();
        levels.push({ indent: -1, place: `${level.place}[]`, kind: 'unknown', keys: new Set() });
        levels.at(-1)!.indent = indent + 1;
        break;
      }
      indent = levels.at(-1)!.indent;
    }
    if (rest === '' || rest === '-') continue;
    const level = levels.at(-1)!;
    const found = key.exec(rest);
    if (!found) {
      if (level.kind === 'map') {
        // The value of the key above goes on.
        if (indent > level.indent) continue;
        return fail(at, 'no key');
      }
      const value = uncommented(rest);
      at = endOfValue(lines, at, value, indent);
      add(level.place, value);
      continue;
    }
    if (level.kind === 'list') return fail(at, 'a key among items');
    level.kind = 'map';
    const name = found[1]!.replace(/^["']|["']$/g, '').trim();
    const place = level.place === '' ? name : `${level.place}.${name}`;
    if (level.keys.has(name) && name !== '<<') twice.push(place);
    level.keys.add(name);
    const value = uncommented(found[2] ?? '');
    if (/^(?:[&!]\S+\s*)*$/.test(value)) {
      // Whatever is deeper, or a list at the same depth, belongs to this key.
      levels.push({ indent: -1, place, kind: 'unknown', keys: new Set() });
      levels.at(-1)!.indent = level.indent + 0.5;
      if (!hasContent(lines, at, level.indent)) add(place, '');
      continue;
    }
    const last = endOfValue(lines, at, value, level.indent);
    add(place, [value, ...lines.slice(at + 1, last + 1).map((line) => line.trim())].join('\n'));
    at = last;
  }
  return { entries, twice };
}

/** The level that a line belongs to; deeper ones end. A text says why there is none. */
function levelAt(levels: Level[], indent: number, isItem: boolean, document: number): Level | string {
  while (levels.length > 0) {
    const top = levels.at(-1)!;
    // Not whole: a key waits for what belongs to it.
    if (!Number.isInteger(top.indent)) {
      const holds = indent > top.indent || (isItem && indent === Math.floor(top.indent));
      if (!holds) {
        levels.pop();
        continue;
      }
      top.indent = indent;
      top.kind = isItem ? 'list' : 'unknown';
      return top;
    }
    if (indent > top.indent && top.kind === 'map') return isItem ? 'an item where a key should stand' : top;
    if (indent >= top.indent) {
      if (top.kind === 'unknown') {
        top.kind = isItem ? 'list' : 'unknown';
        top.indent = indent;
        return top;
      }
      if (isItem === (top.kind === 'list') && indent === top.indent) return top;
      if (isItem && top.kind === 'map') {
        if (
          indent === top.indent &&
          levels.some((level) => level.kind === 'list' && level.indent === indent)
        ) {
          levels.pop();
          continue;
        }
        return 'an item where a key should stand';
      }
      if (!isItem && top.kind === 'list' && indent === top.indent) {
        levels.pop();
        continue;
      }
      if (indent > top.indent) return 'indented too far';
    }
    levels.pop();
  }
  const level: Level = {
    indent,
    place: document > 1 ? `document ${document}` : '',
    kind: isItem ? 'list' : 'unknown',
    keys: new Set(),
  };
  levels.push(level);
  return level;
}

const uncommented = (value: string): string => value.replace(/(?:^|\s)#.*$/, '').trim();

/** Whether what comes next is deeper, or a list at the same depth. */
function hasContent(lines: readonly string[], at: number, indent: number): boolean {
  const next = lines.slice(at + 1).find((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (next === undefined) return false;
  const deep = next.length - next.trimStart().length;
  return deep > indent || (deep === indent && /^\s*-(?:\s|$)/.test(next));
}

/** Last line of a value: a block goes on as long as its lines are deeper, flow until its brackets close. */
function endOfValue(lines: readonly string[], at: number, value: string, indent: number): number {
  if (/^[|>][-+\d]*$/.test(value)) {
    let end = at;
    for (let next = at + 1; next < lines.length; next++) {
      const line = lines[next]!;
      if (line.trim() === '') continue;
      if (line.length - line.trimStart().length <= indent) break;
      end = next;
    }
    return end;
  }
  if (!/^[[{]/.test(value)) return at;
  let depth = 0;
  for (let next = at; next < lines.length; next++) {
    const part = next === at ? value : uncommented(lines[next]!);
    for (const sign of part.replace(/"(?:\\.|[^"\\])*"|'[^']*'/g, '')) {
      if (sign === '[' || sign === '{') depth++;
      if (sign === ']' || sign === '}') depth--;
    }
    if (depth <= 0) return next;
  }
  return at;
}
