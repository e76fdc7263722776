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
const lua: Style = { ...sql, block: [['--[[', ']]']] };
const haskell: Style = { ...sql, block: [['{-', '-}']], quotes: ['"'] };
const ruby: Style = { ...hash, block: [['\n=begin', '\n=end']] };
const powerShell: Style = { ...hash, block: [['<#', '#>']] };
const terraform: Style = { line: ['#', '//'], block: [['/*', '*/']], quotes: ['"'], long: [] };
/** Documentation stands between a line with a command and `=cut`. */
const perl: Style = {
  ...hash,
  block: ['pod', 'head1', 'head2', 'head3', 'over', 'item', 'begin', 'for', 'encoding'].map(
    (command) => [`\n=${command}`, '\n=cut'] as const,
  ),
};
const erlang: Style = { line: ['%'], block: [], quotes: ['"', "'"], long: [] };
const lisp: Style = { line: [';'], block: [['#|', '|#']], quotes: ['"'], long: [] };
const batch: Style = { line: ['REM ', 'Rem ', 'rem ', '::'], block: [], quotes: ['"'], long: [] };
/** A page with its script and its styles in one file. */
const component: Style = { ...c, block: [...c.block, ['<!--', '-->']] };
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
  [/\.(?:vue|svelte|astro)$/i, component],
  [/\.(?:sql)$/i, sql],
  [/\.(?:lua)$/i, lua],
  [/\.(?:hs|elm)$/i, haskell],
  [/\.(?:rb|rake|gemspec)$|(?:^|\/)(?:Gem|Rake)file$/i, ruby],
  [/\.(?:p[lm]|t)$/i, perl],
  [/\.(?:psm?1)$/i, powerShell],
  [/(?:^|\/)CMakeLists\.txt$|(?:requirements|constraints)[^/]*\.txt$/i, hash],
  [/\.(?:tf|tfvars|hcl)$/i, terraform],
  [/\.(?:[eh]rl)$/i, erlang],
  [/\.(?:clj[cs]?|el|lisp|scm|rkt)$/i, lisp],
  [/\.(?:bat|cmd)$/i, batch],
  [/\.(?:xml|html?|svg|csproj|props|targets|xaml|plist)$/i, xml],
  [/\.(?:ini|cfg|conf|properties|editorconfig)$|(?:^|\/)\.(?:gitconfig|editorconfig)$/i, ini],
  [
    /\.(?:md|markdown|rst|txt|adoc)$|(?:^|\/)(?:CHANGES|CHANGELOG|NEWS|HISTORY|README|LICENSE|COPYING|AUTHORS|TODO)$/i,
    prose,
  ],
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

/** The gate's checks ask for the same few texts again and again. */
const known = new Map<string, Code>();
const maxKnown = 24;

/** Takes comments and strings out of a text; what begins and does not end, ends with the text. */
export function codeOf(path: string, text: string): Code {
  const style = styleOf(path);
  const name = `${styles.findIndex(([, other]) => other === style)} ${text}`;
  const before = known.get(name);
  if (before) return before;
  if (known.size >= maxKnown) known.clear();
  const code = readCode(style, text);
  known.set(name, code);
  return code;
}

const escaped = (sign: string): string => sign.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Everything that may begin a comment or a string, the longest first. */
function openersOf({ line, block, quotes, long }: Style): RegExp {
  const signs = [...long, ...block.map(([open]) => open), ...line, ...quotes];
  const longest = signs.sort((a, b) => b.length - a.length).map(escaped);
  return new RegExp(longest.length > 0 ? longest.join('|') : '(?!)', 'g');
}

function readCode(style: Style, text: string): Code {
  const { line, block, long } = style;
  const openers = openersOf(style);
  const strings: string[] = [];
  const out: string[] = [];
  let at = 0;
  const plain = (to: number) => {
    out.push(text.slice(at, to));
    at = to;
  };
  const blank = (to: number) => {
    out.push(text.slice(at, to).replace(/[^\n]/g, ' '));
    at = to;
  };
  const endOf = (close: string, from: number) => {
    const found = text.indexOf(close, from);
    return found < 0 ? text.length : found;
  };
  for (;;) {
    openers.lastIndex = at;
    const match = openers.exec(text);
    if (!match) break;
    const sign = match[0];
    plain(match.index);
    const closes = block.find(([open]) => open === sign)?.[1];
    if (closes !== undefined) {
      blank(Math.min(text.length, endOf(closes, at + sign.length) + closes.length));
    } else if (line.includes(sign)) {
      // A sign inside of a word is no comment: a colour, an address, a number of an issue.
      const inWord = sign === '#' && at > 0 && !/\s/.test(text[at - 1]!);
      if (inWord) plain(at + sign.length);
      else blank(endOf('\n', at));
    } else {
      const close = closingQuote(text, at + sign.length, sign, long.includes(sign));
      plain(at + sign.length);
      if (close === undefined) continue;
      strings.push(text.slice(at, close));
      blank(close);
      plain(Math.min(text.length, close + sign.length));
    }
  }
  plain(text.length);
  return { text: out.join(''), strings };
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

/** The code of each hunk as it was at the base, as it is on both sides, and in the answer. */
export function codesOfHunks(path: string, parts: readonly Part[], answers: ReadonlyMap<number, string>) {
  const code = (textOf: (hunk: ConflictHunk) => string) => codeOfHunks(path, parts, textOf);
  return {
    base: code((hunk) => hunk.base),
    ours: code((hunk) => hunk.ours),
    theirs: code((hunk) => hunk.theirs),
    given: code(({ index }) => answers.get(index) ?? ''),
  };
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
