/** Settings of many kinds of files as one flat list: dotted key, values as text. Pure; what cannot be read gives less. */
import { parse } from 'smol-toml';
import { codeOf } from '../gate/code.js';

/** Dotted key → its values; a list has several. */
export type Settings = Map<string, string[]>;

/** What a file sets. A file of a kind that is not known sets nothing. */
export function settingsOf(path: string, text: string): Settings {
  if (text === '') return new Map();
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.(?:jsonc?|json5)$|^\.(?:eslintrc|mocharc|nycrc|c8rc|babelrc)$/.test(name)) return fromJson(text);
  if (/\.toml$/.test(name)) return fromToml(text);
  if (/\.ya?ml$/.test(name)) return fromYaml(text);
  if (/\.(?:[cm]?[jt]s)$/.test(name)) return fromScript(path, text);
  if (/\.(?:xml|csproj|runsettings|dist)$/.test(name)) return fromXml(text);
  if (/\.gradle(?:\.kts)?$/.test(name)) return fromGradle(path, text);
  if (/\.(?:cfg|ini)$|^\.(?:coveragerc|flake8|pylintrc)$|^pylintrc$/.test(name)) return fromIni(text);
  if (/ignore$/.test(name)) return new Map([['ignore', lines(text)]]);
  if (/^\.rspec$/.test(name)) return new Map([['addopts', lines(text)]]);
  return new Map();
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

function flatten(value: unknown, key: string, into: Settings, depth = 0): Settings {
  if (depth > 12) return into;
  if (Array.isArray(value)) {
    const scalars = value.filter((one) => typeof one !== 'object' || one === null).map(String);
    into.set(key, [...(into.get(key) ?? []), ...scalars]);
    for (const one of value) if (typeof one === 'object' && one !== null) flatten(one, key, into, depth + 1);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      flatten(one, key === '' ? name : `${key}.${name}`, into, depth + 1);
    }
  } else if (value !== undefined) into.set(key, [...(into.get(key) ?? []), String(value)]);
  return into;
}

function fromJson(text: string): Settings {
  try {
    return flatten(JSON.parse(text), '', new Map());
  } catch {
    return fromScript('settings.json5', `({${text.replace(/^\s*\{|\}\s*$/g, '')}})`);
  }
}

function fromToml(text: string): Settings {
  try {
    return flatten(parse(text), '', new Map());
  } catch {
    return new Map();
  }
}

/** Lists go over lines that are indented. */
function fromIni(text: string): Settings {
  const settings: Settings = new Map();
  let section = '';
  let key = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/(?:^|\s)[#;].*$/, '');
    if (line.trim() === '') continue;
    const head = /^\[(.+)\]\s*$/.exec(line);
    const pair = /^([\w.:-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (head) {
      section = head[1]!;
      key = '';
    } else if (/^\s/.test(line) && key) settings.get(key)!.push(line.trim());
    else if (pair) {
      key = `${section}.${pair[1]}`;
      const value = pair[2]!.trim();
      const items = /^(?:addopts|commands?)/.test(pair[1]!) ? [value] : value.split(/\s*,\s*/);
      settings.set(key, items.filter(Boolean));
    }
  }
  return settings;
}

function fromYaml(text: string): Settings {
  const settings: Settings = new Map();
  const open: { indent: number; key: string }[] = [];
  const keyHere = () => open.map(({ key }) => key).join('.');
  for (const raw of text.split('\n')) {
    const line = raw.replace(/(?:^|\s)#.*$/, '').trimEnd();
    if (line.trim() === '') continue;
    let indent = /^ */.exec(line)![0].length;
    let rest = line.trim();
    const isItem = /^-\s+/.test(rest);
    while (open.length > 0 && (isItem ? open.at(-1)!.indent > indent : open.at(-1)!.indent >= indent))
      open.pop();
    if (isItem) {
      const dash = /^-\s+/.exec(rest)![0].length;
      indent += dash;
      rest = rest.slice(dash);
      while (open.length > 0 && open.at(-1)!.indent >= indent) open.pop();
    }
    const pair = /^(["']?[\w./@*-]+["']?)\s*:(?:\s+(.*))?$/.exec(rest);
    if (!pair) {
      const key = keyHere();
      settings.set(key, [...(settings.get(key) ?? []), rest.replace(/^["']|["']$/g, '')]);
      continue;
    }
    open.push({ indent, key: pair[1]!.replace(/["']/g, '') });
    const value = pair[2]?.trim();
    if (value === undefined || value === '') continue;
    const items = /^\[.*\]$/.test(value) ? value.slice(1, -1).split(/\s*,\s*/) : [value];
    const key = keyHere();
    const clean = items.map((item) => item.replace(/^["']|["']$/g, '')).filter(Boolean);
    settings.set(key, [...(settings.get(key) ?? []), ...clean]);
  }
  return settings;
}

/** How often each character of a script may be read, once for each value that holds it. */
const mostOften = 50;

/** Keys of object literals, wherever in the program they stand; a value that is computed counts as its text. */
function fromScript(path: string, text: string): Settings {
  const settings: Settings = new Map();
  const code = codeOf(path, text).text;
  const open: { key: string; end: number }[] = [];
  let steps = 0;
  for (const match of code.matchAll(
    /(?:(["'`])([^"'`\n]*)\1|\b([A-Za-z_$][\w$]*))\s*(?::(?!:)|=(?![=>]))\s*/g,
  )) {
    const quoted = match[1] !== undefined;
    const name = quoted ? text.slice(match.index + 1, match.index + 1 + match[2]!.length) : match[3]!;
    const from = match.index + match[0].length;
    const end = endOfValue(code, from);
    steps += end - from;
    // Settings lie in each other a few times. A policy that cannot read a file says so, and passes nothing.
    if (steps > mostOften * code.length + 1_000_000) throw new Error(`${path} is too tangled to be read.`);
    while (open.length > 0 && open.at(-1)!.end <= match.index) open.pop();
    const key = [...open.map((one) => one.key), name].join('.');
    const value = text.slice(from, end).trim();
    if (/^[[{(]|=>|^function/.test(value)) open.push({ key: name, end });
    if (!value.startsWith('{')) {
      const strings = [...value.matchAll(/(["'`])((?:\\.|(?!\1).)*)\1|(\/(?:\\.|[^/\n])+\/\w*)/g)].map(
        (one) => one[2] ?? one[3]!,
      );
      settings.set(key, strings.length > 0 ? strings : [value.slice(0, 200)]);
    }
  }
  return settings;
}

function endOfValue(code: string, from: number): number {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    const sign = code[at]!;
    if ('([{'.includes(sign)) depth++;
    else if (')]}'.includes(sign)) {
      if (depth === 0) return at;
      depth--;
    } else if (depth === 0 && (sign === ',' || sign === ';')) return at;
  }
  return code.length;
}

function fromXml(text: string): Settings {
  const settings: Settings = new Map();
  const open: string[] = [];
  const plain = text.replace(/<!--[\s\S]*?-->/g, '');
  for (const match of plain.matchAll(/<(\/?)([\w.:-]+)([^>]*?)(\/?)>([^<]*)/g)) {
    if (match[1]) open.pop();
    else {
      open.push(match[2]!);
      const value = match[5]!.trim();
      const key = open.slice(-3).join('.');
      if (value !== '') settings.set(key, [...(settings.get(key) ?? []), value]);
      for (const [, name, said] of match[3]!.matchAll(/([\w:-]+)\s*=\s*"([^"]*)"/g)) {
        settings.set(`${key}.${name}`, [...(settings.get(`${key}.${name}`) ?? []), said!]);
      }
      if (match[4]) open.pop();
    }
  }
  return settings;
}

function fromGradle(path: string, text: string): Settings {
  const settings: Settings = new Map();
  const code = codeOf(path, text).text;
  for (const match of code.matchAll(
    /\b(ignoreFailures|enabled|failOnNoMatchingTests|exclude\w*|include\w*|onlyIf|minimum|excludeTags|useJUnitPlatform)[ \t]*(?:\.set[ \t]*)?[=({ ][ \t]*([^\n]*)/g,
  )) {
    const start = match.index + match[0].length - match[2]!.length;
    const value = text.slice(start, start + match[2]!.length).replace(/[)};\s]+$/, '');
    settings.set(match[1]!, [...(settings.get(match[1]!) ?? []), value]);
  }
  return settings;
}
