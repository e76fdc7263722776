/**
 * Where each key of a TOML document stands, for messages that point at it and for edits that leave the rest
 * as it is. Only for text that the real parser has accepted: this one trusts the syntax.
 */

import { parse } from 'smol-toml';

export interface TomlPlace {
  /** Keys and array indexes that lead to it. */
  path: (string | number)[];
  kind: 'table' | 'value';
  /** Offset of the key, or of the header's bracket. */
  start: number;
  /** Offsets of the value; for a table of the line behind its header. */
  valueStart: number;
  valueEnd: number;
}

/** All headers and key/value pairs, in order; those in inline tables and the elements of arrays included. */
export function tomlPlaces(text: string): TomlPlace[] {
  const places: TomlPlace[] = [];
  const arrayLengths = new Map<string, number>();
  let table: (string | number)[] = [];
  let at = 0;

  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const blank = () => skip(/(?:[ \t\r\n]|#[^\n]*)*/y);
  const space = () => skip(/[ \t]*/y);

  function key(): string[] {
    const parts: string[] = [];
    do {
      space();
      const raw = skip(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s.=\]]+/y);
      parts.push(/^["']/.test(raw) ? Object.keys(parse(`${raw} = 0`))[0]! : raw);
      space();
    } while (text[at] === '.' && ++at);
    return parts;
  }

  function value(path: (string | number)[]): void {
    const long = skip(/"""(?:[^\\]|\\[\s\S])*?"""{1,3}(?!")|'''[\s\S]*?'''{1,3}(?!')/y);
    if (long !== '') return;
    if (skip(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y) !== '') return;
    if (text[at] === '[') list(']', (index) => element([...path, index]));
    else if (text[at] === '{') list('}', () => pair(path));
    // A date and its time may be parted by a space.
    else skip(/[^\s,#\]}]+(?: \d[^\s,#\]}]*)?/y);
  }

  function list(close: string, one: (index: number) => void): void {
    at += 1;
    for (let index = 0; at < text.length; index++) {
      blank();
      if (text[at] === close) break;
      one(index);
      blank();
      if (text[at] === ',') at += 1;
    }
    at += 1;
  }

  function element(path: (string | number)[]): void {
    const start = at;
    const place: TomlPlace = { path, kind: 'value', start, valueStart: start, valueEnd: start };
    places.push(place);
    value(path);
    place.valueEnd = at;
  }

  function pair(parent: (string | number)[]): void {
    const start = at;
    const path = [...parent, ...key()];
    at += 1;
    space();
    const place: TomlPlace = { path, kind: 'value', start, valueStart: at, valueEnd: at };
    places.push(place);
    value(path);
    place.valueEnd = at;
  }

  function header(): void {
    const start = at;
    const isArray = text.startsWith('[[', at);
    at += isArray ? 2 : 1;
    const path = resolve(key(), arrayLengths);
    if (isArray) {
      const name = JSON.stringify(path);
      const index = arrayLengths.get(name) ?? 0;
      arrayLengths.set(name, index + 1);
      path.push(index);
    }
    skip(/[^\n]*\n?/y);
    table = path;
    places.push({ path, kind: 'table', start, valueStart: at, valueEnd: at });
  }

  for (blank(); at < text.length; blank()) {
    const before = at;
    if (text[at] === '[') header();
    else pair(table);
    // A form this scanner does not know must not hold it up for ever.
    if (at === before) skip(/[^\n]*\n?/y);
  }
  return places;
}

/** A header below an array of tables means its last element. */
function resolve(keys: readonly string[], arrayLengths: ReadonlyMap<string, number>): (string | number)[] {
  const path: (string | number)[] = [];
  for (const [index, part] of keys.entries()) {
    path.push(part);
    const length = arrayLengths.get(JSON.stringify(path));
    if (length !== undefined && index < keys.length - 1) path.push(length - 1);
  }
  return path;
}

/** The place of `path`, or of the nearest thing around it. */
export function tomlPlaceOf(
  places: readonly TomlPlace[],
  path: readonly (string | number)[],
): TomlPlace | undefined {
  for (let length = path.length; length > 0; length--) {
    const wanted = JSON.stringify(path.slice(0, length));
    const found =
      places.find((place) => JSON.stringify(place.path) === wanted) ??
      places.find((place) => JSON.stringify(place.path.slice(0, length)) === wanted);
    if (found) return found;
  }
  return undefined;
}
