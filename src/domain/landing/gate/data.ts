/** Data files: they load, no key stands there twice, and every entry stands where a side has it. */
import { hunksOf } from '../hunks.js';
import { isStrictJson, readEntries } from './entries.js';
import type { Entries } from './entry.js';
import type { JudgedResult } from './input.js';

export function dataProblems({ path, parts, base, ours, theirs, result }: JudgedResult): string[] {
  if (hunksOf(parts).length === 0) return [];
  const [b, o, t, r] = [base, ours, theirs, result].map((text) => readEntries(path, text));
  // A file that does not load on a side either, or is of no known format, tells nothing.
  if (!o?.entries || !t?.entries || !r) return [];
  if (!r.entries) return [`the file does not load any more: ${r.problem}`];
  if ([ours, theirs].every(isStrictJson) && !isStrictJson(result) && !/\.(?:jsonl|ndjson)$/i.test(path)) {
    return [
      'the file is no strict JSON any more, which both sides are: a comment, a comma or a word too much',
    ];
  }
  return [
    ...twice(r, o, t),
    ...(/[\w.](?:xml|csproj|props|targets|plist|resx)$/i.test(path)
      ? [...leafTwice(o.entries, t.entries, r.entries, ours), ...namedTwice(ours, theirs, result)]
      : []),
    ...(b?.entries || base.trim() === ''
      ? misplaced(b?.entries ?? new Map(), o.entries, t.entries, r.entries)
      : []),
  ];
}

/** Keys that stand there twice though they do in neither side. */
function twice(result: Entries, ours: Entries, theirs: Entries): string[] {
  const known = new Set([...ours.twice, ...theirs.twice]);
  return result.twice.filter((key) => !known.has(key)).map((key) => `the key ${key} stands there twice`);
}

/** An element that each side has once below its parent, with a text of its own, and the result twice. */
function leafTwice(ours: Counts, theirs: Counts, result: Counts, text: string): string[] {
  // Elements that carry names of their own may well come more than once.
  const named = new Set(
    [...text.matchAll(/<([\w.:-]+)\s[^<>]*?\b(?:name|key|id|Include)=/g)].map(([, tag]) => tag),
  );
  const texts = (counts: Counts, place: string) =>
    [...counts.keys()].filter((entry) => placeOf(entry) === place && !entry.endsWith(separator));
  return [...new Set([...result.keys()].map(placeOf))].flatMap((place) => {
    const [o, t, r] = [texts(ours, place), texts(theirs, place), texts(result, place)];
    const parent = `${place.slice(0, place.lastIndexOf('/'))}${separator}`;
    // Several parents may have one each.
    const many = r.reduce((sum, entry) => sum + result.get(entry)!, 0);
    if ((result.get(parent) ?? 0) >= many) return [];
    const once = o.length === 1 && t.length === 1 && ours.get(o[0]!) === 1 && theirs.get(t[0]!) === 1;
    return once && r.length > 1 && !named.has(place.slice(place.lastIndexOf('/') + 1).replace(/@.*$/, ''))
      ? [`the element ${place} stands there twice`]
      : [];
  });
}

/** Elements of one kind that carry one name, and do so in neither side. */
function namedTwice(ours: string, theirs: string, result: string): string[] {
  const names = (text: string) => {
    const counts = new Map<string, number>();
    for (const [, tag, name] of text.matchAll(/<([\w.:-]+)\s[^<>]*?\b(?:name|key|id|Include)="([^"]+)"/g)) {
      const own = `${tag} ${name}`;
      counts.set(own, (counts.get(own) ?? 0) + 1);
    }
    return counts;
  };
  const [o, t] = [names(ours), names(theirs)];
  return [...names(result)]
    .filter(([name, times]) => times > 1 && (o.get(name) ?? 0) === 1 && (t.get(name) ?? 0) === 1)
    .map(([name]) => `the element ${name} stands there twice`);
}

type Counts = ReadonlyMap<string, number>;

const separator = ' = ';
const placeOf = (entry: string): string => entry.slice(0, entry.indexOf(separator));

/** Entries in a place where no side has them, entries of a side that went, and deleted ones that are back. */
function misplaced(base: Counts, ours: Counts, theirs: Counts, result: Counts): string[] {
  const places = new Set([...ours.keys(), ...theirs.keys()].map(placeOf));
  const problems: string[] = [];
  const have = (counts: Counts, entry: string) => counts.get(entry) ?? 0;
  const resultPlaces = new Set([...result.keys()].map(placeOf));
  for (const entry of result.keys()) {
    if (!places.has(placeOf(entry))) problems.push(`neither side has ${placeOf(entry)}`);
  }
  for (const [name, side, other] of [
    ['ours', ours, theirs],
    ['theirs', theirs, ours],
  ] as const) {
    for (const [entry, times] of side) {
      const added = times > have(base, entry);
      // The other side may have given the same place another value, or taken it away.
      const contested = !added || have(result, entry) > 0 || isContested(entry, base, other, resultPlaces);
      if (!contested) problems.push(`${entry} that ${name} added is missing`);
    }
    for (const [entry, times] of base) {
      const gone = have(side, entry) < times && have(other, entry) === times;
      if (gone && have(result, entry) > have(side, entry))
        problems.push(`${entry} that ${name} deleted is back`);
    }
  }
  return problems;
}

function isContested(entry: string, base: Counts, other: Counts, resultPlaces: ReadonlySet<string>): boolean {
  const place = placeOf(entry);
  if (!resultPlaces.has(place)) return false;
  const valuesIn = (counts: Counts) => [...counts.keys()].filter((key) => placeOf(key) === place);
  const [before, now] = [valuesIn(base), valuesIn(other)];
  return before.length !== now.length || now.some((value) => !before.includes(value));
}
