/** A text with its comments and the insides of its strings taken out: what is left is code. Pure, without a grammar. */
import type { ConflictHunk, Part } from '../hunks.js';

interface Style {
  /** What begins a comment that ends with its line. */
  line: readonly string[];
  block: readonly (readonly [string, string])[];
  /** Quotes, longest first; `long` ones may go over lines. */
  quotes: readonly string[];
  long: readonly string[];
}

const c: Style = { line: ['//'], block: [['/*', '*/']], quotes: ['"', "'"], long: ['`'] };
const plainC: Style = { ...c, long: [] };
/** A single quote also begins a lifetime, a label or a digit group there. */
const rust: Style = { ...plainC, quotes: ['"'] };
const css: Style = { line: [], block: [['/*', '*/']], quotes: ['"', "'"], long: [] };
const hash: Style = { line: ['#'], block: [], quotes: ['"', "'"], long: [] };
const python: Style = { line: ['#'], block: [], quotes: ['"', "'"], long: ['"""', "'''"] };
const php: Style = { ...plainC, line: ['//', '#'] };
const sql: Style = { line: ['--'], block: [['/*', '*/']], quotes: ["'", '"'], long: [] };
const xml: Style = { line: [], block: [['<!--', '-->']], quotes: [], long: [] };
const ini: Style = { line: ['#', ';'], block: [], quotes: [], long: [] };
const json: Style = { ...c, quotes: ['"'], long: [] };
const prose: Style = { line: [], block: [], quotes: [], long: [] };

const styles: readonly [RegExp, Style][] = [
  [/\.(?:[cm]?[jt]sx?|go|kts?|swift|scala|dart|groovy|gradle)$/i, c],
  [/\.(?:rs|v|sv)$/i, rust],
  [/\.(?:java|cs|c|h|cc|cpp|cxx|hpp|hh|m|mm|proto|thrift|graphql|gql|zig|sol)$/i, plainC],
  [/\.(?:css)$/i, css],
  [/\.(?:scss|less|sass|styl)$/i, { ...css, line: ['//'] }],
  [/\.(?:json|jsonc|json5)$/i, json],
  [/\.(?:pyi?|pyx|bzl|star|toml)$|(?:^|\/)(?:BUILD|WORKSPACE)(?:\.bazel)?$/i, python],
  [/\.(?:php)$/i, php],
  [/\.(?:sql|lua|hs|elm)$/i, sql],
  [/\.(?:xml|html?|svg|vue|csproj|props|targets|xaml|plist)$/i, xml],
  [/\.(?:ini|cfg|conf|properties|editorconfig)$|(?:^|\/)\.(?:gitconfig|editorconfig)$/i, ini],
  [/\.(?:md|markdown|rst|txt|adoc)$/i, prose],
];

/** By the path; without a known ending, `#` begins a comment. */
const styleOf = (path: string): Style => styles.find(([shape]) => shape.test(path))?.[1] ?? hash;

export const isProse = (path: string): boolean => styleOf(path) === prose;

export interface Code {
  /** As long as the text, line by line: comments are blanks, and so is what stands between quotes. */
  text: string;
  /** What stood between the quotes. */
  strings: string[];
}

/** Takes comments and strings out of a text; what begins and does not end, ends with the text. */
export function codeOf(path: string, text: string): Code {
  const { line, block, quotes, long } = styleOf(path);
  const strings: string[] = [];
  let code = '';
  let at = 0;
  const blank = (to: number) => {
    code += text.slice(at, to).replace(/[^\n]/g, ' ');
    at = to;
  };
  const endOf = (close: string, from: number) => {
    const found = text.indexOf(close, from);
    return found < 0 ? text.length : found;
  };
  while (at < text.length) {
    const here = (sign: string) => text.startsWith(sign, at);
    const opened = block.find(([open]) => here(open));
    if (opened) {
      blank(Math.min(text.length, endOf(opened[1], at + opened[0].length) + opened[1].length));
      continue;
    }
    // A sign inside of a word is no comment: a colour, an address, a number of an issue.
    if (line.some(here) && (line[0] !== '#' || /(?:^|\s)$/.test(text.slice(Math.max(0, at - 1), at)))) {
      blank(endOf('\n', at));
      continue;
    }
    const quote = long.find(here) ?? quotes.find(here);
    if (quote) {
      const close = closingQuote(text, at + quote.length, quote, long.includes(quote));
      if (close === undefined) {
        code += text[at++];
        continue;
      }
      strings.push(text.slice(at + quote.length, close));
      code += quote;
      at += quote.length;
      blank(close);
      code += quote;
      at = Math.min(text.length, close + quote.length);
      continue;
    }
    code += text[at++];
  }
  return { text: code, strings };
}

/**
 * The code of each hunk, by its index, read in the whole file with these texts in the hunks: a hunk may begin inside of
 * a comment or a string, and then nothing in it tells so.
 */
export function codeOfHunks(
  path: string,
  parts: readonly Part[],
  textOf: (hunk: ConflictHunk) => string,
): Map<number, string> {
  const places: { index: number; start: number; end: number }[] = [];
  let text = '';
  for (const part of parts) {
    const start = text.length;
    text += part.type === 'text' ? part.text : textOf(part.hunk);
    if (part.type === 'hunk') places.push({ index: part.hunk.index, start, end: text.length });
  }
  const code = codeOf(path, text).text;
  return new Map(places.map(({ index, start, end }) => [index, code.slice(start, end)]));
}

/** Undefined for a quote that is none: an apostrophe, or one whose line ends first. */
function closingQuote(text: string, from: number, quote: string, long: boolean): number | undefined {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(quote, at)) return at;
    else if (text[at] === '\n' && !long) return undefined;
  }
  return long ? text.length : undefined;
}
