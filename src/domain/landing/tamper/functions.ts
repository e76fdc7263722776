/** The functions that a file defines, by shapes and without a grammar: methods, closures and macros too. */
import { codeOf } from '../gate/code.js';

export interface DefinedFunction {
  name: string;
  at: number;
  /** Its code behind its head, without comments and the insides of strings. */
  body: string;
  /** What stands before its name in its line. */
  lead: string;
}

/** An arrow, a function, what stands in for one, or something that has any member. */
const value = String.raw`(?:async\s+)?(?:function\b|\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)\s*(?::[^=\n]+)?=>|\w+\s*=>|new Proxy\b|(?:vi|jest)\.fn\b|sinon\.(?:stub|fake)\b|\{)`;

const shapes: readonly [RegExp, RegExp][] = [
  [
    /\.(?:[cm]?[jt]sx?|vue|svelte)$/,
    new RegExp(
      String.raw`^([ \t]*(?:export\s+)?(?:default\s+)?)(?:(?:async\s+)?function\s*\*?\s*([\w$]+)|(?:const|let|var)\s+([\w$]+)\s*(?::[^=\n]+)?=\s*(?=${value}))`,
      'gm',
    ),
  ],
  [
    /\.py$/,
    /^([ \t]*(?:async )?)(?:def (\w+)|(?:self\.|cls\.)?(\w+)[ \t]*=[ \t]*(?=lambda\b|(?:mock\.)?(?:Magic)?Mock\())/gm,
  ],
  [/\.go$/, /^([ \t]*)(?:func (\w+)\s*(?=\[|\()|(\w+)\s*:?=\s*(?=func\())/gm],
  [
    /\.rs$/,
    /^([ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|async\s+|unsafe\s+)*)(?:fn\s+(\w+)|macro_rules!\s*(\w+)|let\s+(?:mut\s+)?(\w+)\s*(?::[^=\n]*)?=\s*(?=(?:move\s+)?\|))/gm,
  ],
  [/\.(?:rb|rake)$/, /^([ \t]*)(?:def (?:self\.)?(\w+[?!]?)|define_method\(?\s*:(\w+))/gm],
  [/\.php$/, /^([ \t]*(?:(?:public|protected|private|static|final)\s+)*)function\s+&?(\w+)/gm],
  [
    /\.(?:java|kt|cs|scala|swift)$/,
    /^([ \t]*(?:(?:public|protected|private|internal|static|final|override|open|inline)\s+)*)(?:(?:fun|func|def)\s+(?:<[^>]*>\s*)?(\w+)|(?:static\s+|internal\s+)*(?:class|object)\s+(Assert\w*)|(?!return\b|new\b|throw\b|else\b|assert\b)\w[\w<>[\],.?]*(?: [\w<>[\],.?]+)*\s+(\w+)(?=\s*\([^;{}]{0,500}\)\s*(?:throws [\w., ]+)?(?:\{|=>)))(?=\s*[({:])/gm,
  ],
  [
    /\.(?:c|cc|cpp|cxx|h|hh|hpp)$/,
    /^([ \t]*)(?:#[ \t]*define[ \t]+(\w+)(?=\()|(?:static\s+|inline\s+)*(?!return\b|else\b)\w[\w \t*]*[ \t*](\w+)(?=\([^;{}]{0,500}\)\s*\{))/gm,
  ],
];

/** Each function of a file, in its order; none where the language is not known. */
export function functionsIn(path: string, text: string): DefinedFunction[] {
  const shape = shapes.find(([ending]) => ending.test(path))?.[1];
  if (!shape || text === '') return [];
  const code = codeOf(path, text).text;
  return [...code.matchAll(shape)].map((match) => {
    const [head, lead = '', ...names] = match;
    const name = names.find((one) => one !== undefined)!;
    let body: string | undefined;
    return {
      ...{ name, at: match.index, lead },
      // A file may define thousands, of which hardly one is asked for more than its name.
      get body() {
        body ??= bodyAt(path, code, match.index, match.index + head.length);
        return body;
      },
    };
  });
}

/** Helpers and stand-ins are short. */
const mostLength = 8000;

function bodyAt(path: string, code: string, start: number, from: number): string {
  if (/\.py$/.test(path)) return indented(code, start, from);
  if (/\.(?:rb|rake)$/.test(path)) return toEnd(code, start, from);
  if (/#[ \t]*define/.test(code.slice(start, from)))
    return /^(?:.*\\\n)*.*/.exec(code.slice(from, from + mostLength))![0];
  let depth = 0;
  let last = '';
  const end = Math.min(code.length, from + mostLength);
  for (let at = from; at < end; at++) {
    const sign = code[at]!;
    if ('([{'.includes(sign)) depth++;
    else if (')]}'.includes(sign)) depth--;
    if (depth < 0) return code.slice(from, at);
    const closes = sign === '}' && depth === 0;
    const ends = last !== '' && (sign === ';' || (sign === '\n' && /[)}\w'"`]/.test(last)));
    if (closes || (depth === 0 && ends)) {
      // Its parameters, its result, and its brace may each stand in a line of their own.
      if (sign !== '\n' || !/^\s{0,200}(?:[{:]|->|where\b|throws\b|=>)/.test(code.slice(at, at + 210)))
        return code.slice(from, at + 1);
    }
    if (/\S/.test(sign)) last = sign;
  }
  return code.slice(from, end);
}

/** Lines that stand further in than the first. */
function indented(code: string, start: number, from: number): string {
  const depth = /^[ \t]*/.exec(code.slice(start))![0].length;
  const lines = code.slice(from, from + mostLength).split('\n');
  // The head may go over lines, up to its colon.
  const head = lines.findIndex((line) => /:\s*(?:\S.*)?$/.test(line));
  const end = lines.findIndex(
    (line, at) => at > Math.max(0, head) && line.trim() !== '' && /^[ \t]*/.exec(line)![0].length <= depth,
  );
  return lines.slice(0, end < 0 ? undefined : end).join('\n');
}

/** Up to the `end` of the same depth; a definition with `=` is one line. */
function toEnd(code: string, start: number, from: number): string {
  const rest = code.slice(from, from + mostLength);
  const line = /^.*/.exec(rest)![0];
  if (/^\s*(?:\([^)]*\))?\s*=(?!=)/.test(line)) return line;
  const depth = /^[ \t]*/.exec(code.slice(start))![0];
  const end = rest.search(new RegExp(`^${depth}end\\b`, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}
