/** Words that declare tests, given another meaning: what stands under them is not run, or may fail unseen. */
import { codeOf } from '../gate/code.js';
import { importsOf, isAt, placesOf } from './imports.js';
import { type FileTexts, isTestFile } from './test-files.js';
import type { Weakening } from './weakening.js';

const words = /^(?:it|test|specify|describe|suite|context)$/;

/** Each definition of such a word that does not run what it is given, and did before or is new. */
export function hollowRunners(files: readonly FileTexts[], all: readonly FileTexts[]): Weakening[] {
  const inScripts = all.filter(({ path, after }) => /\.[cm]?[jt]sx?$/.test(path) && after !== '');
  const own = inScripts
    .filter(({ path }) => isTestFile(path))
    .flatMap((file) =>
      [...file.after.matchAll(/^(?:export\s+)?(?:const|let|var|(?:async\s+)?function)\s+(\w+)/gm)]
        .map((match) => match[1]!)
        .filter((name) => words.test(name) && isUsed(name, file.after))
        .map((name) => ({ file, name, word: name })),
    );
  const taken = files.flatMap(({ path, after }) =>
    importsOf(path, after)
      .filter(({ name }) => words.test(name))
      .flatMap(({ name, original, module }) => {
        const file = inScripts.find((one) => isAt(one.path, placesOf(path, module)));
        return file ? [{ file, name: original, word: name }] : [];
      }),
  );
  const seen = new Set<string>();
  return [...own, ...taken].flatMap(({ file, name, word }) => {
    const now = hollowness(file.path, file.after, name);
    const key = JSON.stringify([file.path, name]);
    if (!now || hollowness(file.path, file.before, name) || seen.has(key)) return [];
    seen.add(key);
    const line = file.after.slice(0, now.at).split('\n').length;
    return [{ path: file.path, line, what: `${word} ${now.what}` }];
  });
}

/** Whether a text hands the word out, or declares tests with it. */
const isUsed = (name: string, text: string) =>
  new RegExp(
    `^export\\s[^\\n]*\\b${name}\\b|^[ \\t]*${name}\\(\\s*["'\`][^\\n]*,\\s*(?:async\\b|\\(|function\\b)`,
    'm',
  ).test(text);

/** How a definition runs less than it is given; undefined when it runs it, or is no function that can be read. */
function hollowness(path: string, text: string, name: string): { at: number; what: string } | undefined {
  const code = codeOf(path, text).text;
  const value = String.raw`(?:async\s*)?(?:function\s*\w*\s*)?`;
  const head =
    name === 'default'
      ? new RegExp(String.raw`^(?:export\s+default\s+|module\.exports\s*=\s*)${value}\(`, 'm')
      : new RegExp(
          String.raw`^(?:export\s+)?(?:(?:(?:const|let|var)\s+|(?:module\.)?exports\.)${name}\s*(?::[^=\n]+)?=\s*${value}|(?:async\s+)?function\s+${name}\s*)\(`,
          'm',
        );
  const found = head.exec(code);
  if (!found) return undefined;
  const open = found.index + found[0].length;
  const close = closing(code, open);
  const arrow = /^[^{;\n]*?(?:=>\s*|(?=\{))/.exec(code.slice(close + 1));
  if (!arrow) return undefined;
  const from = close + 1 + arrow[0].length;
  const body = code[from] === '{' ? code.slice(from, closing(code, from + 1)) : lineOf(code, from);
  const given = [...code.slice(open, close).matchAll(/(?:^|,)\s*(?:\.\.\.)?([\w$]+)/g)].map(
    (match) => match[1]!,
  );
  const real = body.replace(/\bvoid\s+[\w$]+/g, '');
  const called = (given.length > 1 ? given.slice(1) : given).some((one) =>
    new RegExp(`(?<![\\w$.])${one.replace(/\$/g, '\\$')}(?![\\w$])`).test(real),
  );
  const calls = /[\w$)]\s*\(|`/.test(real.replace(/\bconsole\.\w+\(/g, ''));
  // What is made by a call, or looks at `arguments`, may be anything.
  if (!(called || /\barguments\b/.test(real) || (given.length < 2 && calls)))
    return { at: found.index, what: 'does not run what it is given' };
  if (
    called &&
    /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\(\w*\)\s*=>\s*(?:\{\s*\}|undefined|null)/.test(real)
  )
    return { at: found.index, what: 'swallows what fails' };
  return undefined;
}

/** Where the bracket closes that is open before a place. */
function closing(code: string, from: number): number {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    if ('([{'.includes(code[at]!)) depth++;
    else if (')]}'.includes(code[at]!) && depth-- === 0) return at;
  }
  return code.length;
}

/** A value that is no block, up to its end. */
function lineOf(code: string, from: number): string {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    if ('([{'.includes(code[at]!)) depth++;
    else if (')]}'.includes(code[at]!)) depth--;
    const ends = code[at] === ';' || (code[at] === '\n' && !/\s/.test(code[at + 1] ?? ''));
    if (depth < 0 || (depth === 0 && ends)) return code.slice(from, at);
  }
  return code.slice(from);
}
