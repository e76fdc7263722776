/**
 * Colours of code a line at a time, where only parts of a file are at hand: the edits of a transcript, a diff. What
 * begins in another line is not known here, so a grammar, which sees whole files, does better where there is one.
 */
import type { CodeColour, ColouredPart } from './colours.js';

/** How a language is written, as far as colours go. */
interface Script {
  /** Comments to the end of the line. */
  comment?: string;
  /** Comments between two signs; a line that begins with a star goes on with one. */
  block?: readonly [begin: string, end: string];
  /** What strings stand between. */
  quotes: string;
  words: string;
  /** Names that begin with a capital are types. */
  types?: true;
  /** What else names it in front of a block of code. */
  names?: string;
}

const c = { comment: '//', block: ['/*', '*/'], quotes: `"'`, types: true } as const;
const hash = { comment: '#', quotes: `"'` } as const;

/** By the ending of the file's name. */
const scripts: Readonly<Record<string, Script>> = {
  'ts tsx mts cts js jsx mjs cjs': {
    ...c,
    quotes: `"'\``,
    words:
      'abstract any as async await boolean break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in instanceof interface keyof let never new null number of private protected public readonly return satisfies set static string super switch this throw true try type typeof undefined unknown var void while with yield',
    names: 'typescript javascript',
  },
  'py pyi': {
    ...hash,
    types: true,
    words:
      'False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return self try while with yield',
    names: 'python',
  },
  go: {
    ...c,
    quotes: `"'\``,
    words:
      'any bool break byte case chan const continue default defer else error fallthrough false for func go goto if import int interface map nil package range return rune select string struct switch true type var',
    names: 'golang',
  },
  rs: {
    ...c,
    quotes: '"',
    words:
      'as async await bool break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self static str struct super trait true type u8 u32 u64 i32 i64 unsafe use usize where while',
    names: 'rust',
  },
  'java kt kts scala cs swift dart groovy gradle php': {
    ...c,
    words:
      'abstract as boolean break byte case catch class const continue def default defer do double else enum extends extension false final finally float for foreach fun func function get guard if implements import in instanceof int interface internal is let long match namespace new nil null object open operator out override package private protected protocol public return sealed set static string struct super switch this throw throws trait true try type use using val var void when where while with yield',
    names: 'kotlin csharp',
  },
  'c h cc cpp cxx hh hpp m': {
    ...c,
    words:
      'auto bool break case catch char class const constexpr continue default define delete do double else endif enum extern false float for friend if ifdef ifndef include inline int long namespace new nullptr operator private protected public return short signed sizeof static struct switch template this throw true try typedef typename union unsigned using virtual void volatile while',
  },
  'sh bash zsh': {
    ...hash,
    words:
      'break case continue do done echo elif else esac eval exec exit export fi for function if in local readonly return set shift source then trap unset until while',
    names: 'shell console',
  },
  rb: {
    ...hash,
    types: true,
    words:
      'alias and begin break case class def do else elsif end ensure false for if in module next nil not or private redo require rescue retry return self super then true undef unless until when while yield',
    names: 'ruby',
  },
  'yaml yml toml ini cfg conf': { ...hash, words: 'true false null yes no' },
  'json jsonc json5': { ...c, types: undefined, quotes: '"', words: 'true false null' },
  'css scss less': { ...c, types: undefined, words: 'important media import from to and not' },
  sql: {
    comment: '--',
    quotes: `'"`,
    words:
      'alter and as asc begin between by case commit create delete desc distinct drop else end exists foreign from group having in index insert into is join key left like limit not null on or order primary references select set table then union unique update values view when where with',
  },
  'lua hs': {
    comment: '--',
    quotes: `"'`,
    words:
      'and break case data deriving do else elseif end false for function if import in instance let local module newtype nil not of or repeat return then true type until where while',
    names: 'haskell',
  },
  'html htm xml svg vue svelte': { block: ['<!--', '-->'], quotes: `"'`, words: '' },
  'dockerfile makefile mk': {
    ...hash,
    words: 'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM LABEL RUN USER WORKDIR',
  },
};

/** Every ending and name, in small letters, to the key of its script. */
const known = new Map(
  Object.entries(scripts).flatMap(([endings, { names = '' }]) =>
    `${endings} ${names}`.split(' ').flatMap((name) => (name ? [[name, endings] as const] : [])),
  ),
);

/** The language of a file by its name, or of a block of code by the word in front of it; undefined where none is known. */
export function languageOf(name: string): string | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return known.get(base.slice(base.lastIndexOf('.') + 1));
}

interface Reader {
  pattern: RegExp;
  words: ReadonlySet<string>;
  types: boolean;
  goesOn: boolean;
}

const readers = new Map<string, Reader>();

/** Longer lines are made by programs, and are not worth the time. */
const longest = 1_000;

/** The coloured parts of a line of code in a language that `languageOf` gave. */
export function lineColours(language: string, line: string): readonly ColouredPart[] {
  if (line.length > longest) return [];
  const reader = readerOf(language);
  if (reader.goesOn && /^\s*\*(?:\s|\/|$)/.test(line)) return [[0, line.length, 'comment']];
  return [...line.matchAll(reader.pattern)].flatMap((found): ColouredPart[] => {
    const { word, ...kinds } = found.groups!;
    const kind = Object.keys(kinds).find((name) => kinds[name] !== undefined);
    const colour = (kind as CodeColour | undefined) ?? wordColour(word!, reader);
    return colour ? [[found.index, found.index + found[0].length, colour]] : [];
  });
}

function wordColour(word: string, { words, types }: Reader): CodeColour | undefined {
  if (words.has(word)) return 'keyword';
  return types && /^[A-Z]\w*[a-z]/.test(word) ? 'type' : undefined;
}

function readerOf(language: string): Reader {
  const before = readers.get(language);
  if (before) return before;
  const { comment, block, quotes, words, types = false } = scripts[language]!;
  const comments = [
    // A sign within a word is no comment: the address in `http://…` and the length in `$#`.
    ...(comment ? [`(?<![^\\s;,(){}\\[\\]])${literal(comment)}.*`] : []),
    ...(block ? [`${literal(block[0])}(?:(?!${literal(block[1])}).)*(?:${literal(block[1])})?`] : []),
  ];
  const strings = [...quotes].map((quote) => `${quote}(?:[^${quote}\\\\]|\\\\.)*${quote}`);
  const reader = {
    pattern: new RegExp(
      `(?<comment>${comments.join('|')})|(?<string>${strings.join('|')})|(?<number>(?<![\\w.])\\d[\\w.]*)|(?<word>[A-Za-z_]\\w*)`,
      'g',
    ),
    words: new Set(words.split(' ')),
    types,
    goesOn: block?.[0] === '/*',
  };
  readers.set(language, reader);
  return reader;
}

const literal = (text: string): string => text.replaceAll(/[^\w\s]/g, '\\$&');
