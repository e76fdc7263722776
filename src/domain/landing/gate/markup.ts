/** Entries of files in sections, and of XML. */
import type { Entries } from './entry.js';

function counted(pairs: readonly (readonly [string, string])[]): Map<string, number> {
  const entries = new Map<string, number>();
  for (const [place, value] of pairs) {
    const entry = `${place} = ${value}`;
    entries.set(entry, (entries.get(entry) ?? 0) + 1);
  }
  return entries;
}

/** `[section]`, then `key = value` or `key: value`; a line that is indented goes on with the value. */
export function iniEntries(text: string): Entries {
  const pairs: [string, string][] = [];
  const seen = new Set<string>();
  const twice: string[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    if (/^\s*(?:[#;!]|$)/.test(line)) continue;
    const header = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) {
      section = header;
      if (seen.has(`[${header}]`)) twice.push(`[${header}]`);
      seen.add(`[${header}]`);
      continue;
    }
    if (/^\[[^\]=:]*$/.test(line)) return { twice, problem: `the section ${line.trim()} is not closed` };
    const [, key, value] = /^(?:export\s+)?([^\s=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    const place = `[${section}] ${key ?? ''}`;
    if (key === undefined) {
      pairs.push([pairs.at(-1)?.[0] ?? place, line.trim()]);
      continue;
    }
    if (seen.has(place)) twice.push(place);
    seen.add(place);
    pairs.push([place, value!]);
  }
  return { entries: counted(pairs), twice };
}

const xmlPart =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[?!][^>]*>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/g;

/** Tags must close; entries are texts and attributes below the names of the elements around them. */
export function xmlEntries(text: string): Entries {
  const pairs: [string, string][] = [];
  const open: string[] = [];
  let roots = 0;
  let end = 0;
  const openTag = (name: string, attributes: string, single: boolean): string | undefined => {
    if (open.length === 0 && ++roots > 1) return `<${name}> is a second root`;
    const place = [...open, name].join('/');
    pairs.push([place, '']);
    for (const [, key, value] of attributes.matchAll(/([^\s=]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
      pairs.push([`${place}@${key}`, value!]);
    }
    if (!single) open.push(name);
    return undefined;
  };
  const closeTag = (name: string): string | undefined => {
    const last = open.pop();
    return last === name ? undefined : `</${name}> closes ${last ? `<${last}>` : 'nothing'}`;
  };
  for (const match of text.matchAll(xmlPart)) {
    const [whole, closes, opens, attributes = '', single, words = ''] = match;
    if (match.index !== end) break;
    end += whole.length;
    const problem = closes
      ? closeTag(closes)
      : opens
        ? openTag(opens, attributes, single === '/')
        : undefined;
    if (problem) return { twice: [], problem };
    if (words.trim() !== '') pairs.push([open.join('/'), words.trim()]);
  }
  if (end !== text.length) {
    return { twice: [], problem: `a tag is broken near ${JSON.stringify(text.slice(end, end + 40))}` };
  }
  if (open.length > 0) return { twice: [], problem: `<${open.at(-1)}> is not closed` };
  return { entries: counted(pairs), twice: [] };
}
