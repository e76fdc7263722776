/**
 * Clauses that stand in an order or a group which their language asks for: those of a query, and those of a function
 * that is told by several heads. Pure.
 */
import { splitLines } from '../structural/text.js';
import { codeOf } from './code.js';
import type { JudgedResult } from './input.js';

/** Reads what is wrong with the clauses of a text, in words that name the place. */
type Reader = (code: string) => string[];

const readers: readonly [RegExp, Reader][] = [
  [/\.sql$/i, queriesOutOfOrder],
  [/\.[eh]rl$/i, functionsOfErlang],
  [/\.exs?$/i, functionsOfElixir],
];

/** What is wrong with clauses of the result, and with none of either side. */
export function clauseProblems({
  path,
  ours,
  theirs,
  result,
}: Pick<JudgedResult, 'path' | 'ours' | 'theirs' | 'result'>): string[] {
  const read = readers.find(([shape]) => shape.test(path))?.[1];
  if (!read) return [];
  const [o, t, r] = [ours, theirs, result].map((text) => read(codeOf(path, text).text)) as [
    string[],
    string[],
    string[],
  ];
  const known = new Set([...o, ...t]);
  return [...new Set(r)].filter((problem) => !known.has(problem));
}

/** Later clauses of a query never stand before earlier ones. */
const clauses: readonly RegExp[] = [
  /^(?:FROM|(?:(?:LEFT|RIGHT|FULL|INNER|OUTER|CROSS|NATURAL)\s+)*JOIN)$/,
  /^WHERE$/,
  /^GROUP\s+BY$/,
  /^HAVING$/,
  /^WINDOW$/,
  /^ORDER\s+BY$/,
  /^LIMIT$/,
];
const clauseWords =
  /[()[\];]|\b(?:SELECT|UNION|INTERSECT|EXCEPT|FROM|(?:(?:LEFT|RIGHT|FULL|INNER|OUTER|CROSS|NATURAL)\s+)*JOIN|WHERE|GROUP\s+BY|HAVING|WINDOW|ORDER\s+BY|LIMIT)\b/gi;

function queriesOutOfOrder(code: string): string[] {
  const problems: string[] = [];
  /** The furthest clause of each query that is open: one in brackets is a query of its own. */
  const open: { rank: number; word: string }[] = [{ rank: -1, word: '' }];
  for (const [found] of code.matchAll(clauseWords)) {
    const word = found.toUpperCase().replace(/\s+/g, ' ');
    const last = open.at(-1)!;
    if (word === '(' || word === '[') open.push({ rank: -1, word: '' });
    else if (word === ')' || word === ']') {
      if (open.length > 1) open.pop();
    } else if (/^(?:;|SELECT|UNION|INTERSECT|EXCEPT)$/.test(word))
      Object.assign(last, { rank: -1, word: '' });
    else {
      const rank = clauses.findIndex((shape) => shape.test(word));
      if (rank < last.rank) problems.push(`${word} stands behind ${last.word}`);
      else Object.assign(last, { rank, word });
    }
  }
  return problems;
}

/** The head of no function that a person wrote is longer. */
const longestHead = 1_000;

/** How many arguments stand behind the bracket that is opened at `from`; undefined where it is not closed soon. */
function arityAt(text: string, from: number): number | undefined {
  let depth = 0;
  let commas = 0;
  let says = false;
  for (let at = from; at < Math.min(text.length, from + longestHead); at++) {
    const sign = text[at]!;
    if ('([{<'.includes(sign) && (sign !== '<' || text[at + 1] === '<')) depth++;
    else if (')]}'.includes(sign) || (sign === '>' && text[at - 1] === '>')) depth--;
    else if (sign === ',' && depth === 1) commas++;
    if (depth === 0) return says ? commas + 1 : 0;
    if (at > from && sign.trim() !== '') says = true;
  }
  return undefined;
}

/** Clauses of a function are parted by `;`, and the last one ends with a full stop. */
function functionsOfErlang(code: string): string[] {
  const problems: string[] = [];
  const ended = new Set<string>();
  let open: string | undefined;
  let at = 0;
  for (const line of splitLines(code)) {
    const head = /^([a-z]\w*)(?=\()/.exec(line)?.[1];
    const arity = head && arityAt(code, at + head.length);
    if (head && arity !== undefined) {
      const name = `${head}/${arity}`;
      if (open !== undefined && open !== name)
        problems.push(`the function ${open} does not end before ${name}`);
      if (open === undefined && ended.has(name))
        problems.push(`the function ${name} begins again behind its end`);
      open = name;
    }
    if (/\.\s*$/.test(line) && open !== undefined) {
      ended.add(open);
      open = undefined;
    }
    at += line.length + 1;
  }
  return problems;
}

/** Clauses of a function stand together within their module. */
function functionsOfElixir(code: string): string[] {
  const problems: string[] = [];
  let closed = new Set<string>();
  let last: string | undefined;
  let at = 0;
  for (const line of splitLines(code)) {
    if (/^\s*def(?:module|impl|protocol)\b/.test(line)) [closed, last] = [new Set(), undefined];
    const found = /^\s*(def|defp|defmacro|defmacrop)\s+([a-z_]\w*[?!]?)/.exec(line);
    if (found) {
      const end = at + found[0].length;
      const arity = code[end] === '(' ? arityAt(code, end) : 0;
      const name = `${found[2]}/${arity}`;
      if (name !== last) {
        if (closed.has(name)) problems.push(`clauses of the function ${name} stand apart`);
        if (last !== undefined) closed.add(last);
        last = name;
      }
    }
    at += line.length + 1;
  }
  return problems;
}
