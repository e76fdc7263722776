/** Names that one line lists twice: parameters, what is imported or unpacked, keys of an object, attributes of a tag. */
import { splitLines } from '../structural/text.js';
import { codeOf, isProse } from './code.js';
import type { JudgedResult } from './input.js';

/** Formats whose lists may hold the same word again. */
const others = /\.(?:json\w?|ya?ml|toml|ini|cfg|properties|txt|csv|tsv|sh|bash|zsh|lock|css|scss|less|sql)$/i;

export function listProblems({ path, answers, base, ours, theirs, result }: JudgedResult): string[] {
  if (isProse(path) || (others.test(path) && !/(?:^|\/)CMakeLists\.txt$/i.test(path))) return [];
  const known = new Set([base, ours, theirs].flatMap((text) => listedTwice(path, text)));
  const inLines = [...answers].flatMap(([index, answer]) =>
    listedTwice(path, answer)
      .filter((found) => !known.has(found))
      .map((found) => `hunk ${index}: ${found}`),
  );
  if (!markup.test(path) || inLines.length > 0) return inLines;
  // A tag may begin above the hunk, and go on below it.
  const inTags = (text: string) => (text.length > maxMarkup ? [] : attributesTwice(text));
  const before = new Set([base, ours, theirs].flatMap(inTags));
  return inTags(result).filter((found) => !before.has(found));
}

/** A longer text is not looked through for tags that go over several lines. */
const maxMarkup = 200_000;

const attributesTwice = (text: string): string[] =>
  attributesIn(text).flatMap(({ what, names }) =>
    repeated(names).map((name) => `the ${what} ${name} is listed twice`),
  );

function listedTwice(path: string, text: string): string[] {
  const raw = splitLines(text);
  const code = splitLines(codeOf(path, text).text);
  return raw.flatMap((line, at) =>
    [...attributeLists(path, line), ...nameLists(path, code[at] ?? ''), ...itemLists(path, line)].flatMap(
      ({ what, names }) => repeated(names).map((name) => `the ${what} ${name} is listed twice`),
    ),
  );
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => name !== '_' && names.indexOf(name) !== at))];
}

interface List {
  what: string;
  names: string[];
}

const markup = /\.(?:[jt]sx|html?|vue|svelte|astro|xml|svg|csproj|props|targets|xaml|plist|resx)$/i;
const tag = /<[A-Za-z][\w.:-]*((?:\s+(?:[^<>"'{}]|"[^"]*"|'[^']*'|\{[^{}]*\})*)?)\/?>/g;

const attributeLists = (path: string, line: string): List[] => (markup.test(path) ? attributesIn(line) : []);

function attributesIn(text: string): List[] {
  return [...text.matchAll(tag)].map(([, inside]) => {
    const bare = inside!.replace(/"[^"]*"|'[^']*'|\{[^{}]*\}/g, '""');
    return { what: 'attribute', names: [...bare.matchAll(/([^\s="/]+)\s*=/g)].map(([, name]) => name!) };
  });
}

const parameters = /\b(?:function\*?\s*[\w$]*|(?:def|fn|fun|func)\s+[\w.$]+)\s*(?:<[^<>]*>)?\s*\(([^()]*)\)/g;
/** Elsewhere an arrow may stand behind a pattern. */
const scripts = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/i;
const arrowParameters = /\(([^()]*)\)\s*(?::\s*[\w<>[\]| ]+)?\s*=>/g;
const braces = /\b(?:import|export|const|let|use)\b[^{}=;]*(?:=\s*)?\{([^{}]*)\}/g;

function nameLists(path: string, code: string): List[] {
  const found = [...code.matchAll(parameters), ...(scripts.test(path) ? code.matchAll(arrowParameters) : [])];
  const lists = found.map(
    ([, inside]): List => ({
      what: 'parameter',
      names: namesIn(inside!, /^(?:\*{1,2}|\.{3}|mut\s+|&\s*)?([\p{L}_$][\p{L}\p{N}_$]*)/u),
    }),
  );
  for (const [, inside] of code.matchAll(braces)) {
    lists.push({
      what: 'name',
      names: namesIn(inside!, /^(?:type\s+)?([\p{L}_$][\p{L}\p{N}_$]*(?:\s+as\s+\w+)?)/u),
    });
  }
  return lists;
}

/** Arguments of a command of CMake, and what a list of Nix holds, stand between blanks. */
const blankLists: readonly [RegExp, RegExp][] = [
  [
    /(?:^|\/)CMakeLists\.txt$|\.cmake$/i,
    /\b(?:add_(?:executable|library|custom_target)|target_\w+|set|list|install)\s*\(([^()]*)\)/gi,
  ],
  [/\.nix$/i, /\[([^[\]]*)\]/g],
];
/** A list of nothing but texts. */
const textList = /\[\s*((?:"[^"\\]*"|'[^'\\]*')(?:\s*,\s*(?:"[^"\\]*"|'[^'\\]*'))+)\s*,?\s*\]/g;

/** Lists that name files, packages or other things by their words. */
function itemLists(path: string, line: string): List[] {
  const shape = blankLists.find(([file]) => file.test(path))?.[1];
  const blank = shape ? [...line.matchAll(shape)].map(([, inside]) => inside!.trim().split(/\s+/)) : [];
  const texts = [...line.matchAll(textList)].map(([, inside]) => inside!.match(/"[^"]*"|'[^']*'/g) ?? []);
  return [...blank, ...texts].map((items) => ({
    what: 'item',
    names: items.filter((item) => /\w/.test(item)),
  }));
}

/** The name with which each part between commas begins. */
const namesIn = (inside: string, shape: RegExp): string[] =>
  withoutBrackets(inside)
    .split(',')
    .flatMap((part) => shape.exec(part.trim())?.[1] ?? []);

/** Code without what stands between brackets of any kind, which has commas of its own. */
export function withoutBrackets(code: string): string {
  let flat = code;
  for (let before = ''; before !== flat; ) {
    before = flat;
    flat = flat.replace(/\([^()]*\)|\[[^[\]]*\]|\{[^{}]*\}|<[^<>]*>/g, '');
  }
  return flat;
}
