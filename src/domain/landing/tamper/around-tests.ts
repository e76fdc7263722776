/** What is put around tests so that they fail unseen, or test something else: wrappers, other reporters, replaced members. */
import { functionsIn } from './functions.js';
import { swallowsIn } from './less-in-test.js';
import { type FileTexts, holdsTests, isTestFile } from './test-files.js';
import type { Weakening } from './weakening.js';

interface Shape {
  path: RegExp;
  /** Each place of a file, with the text by which it is known on both sides. */
  find(text: string, path: string): { text: string; at: number }[];
  what: string;
  held?: string;
}

const matches = (text: string, shape: RegExp) =>
  [...text.matchAll(shape)].map((match) => ({
    text: match[0].trim(),
    at: match.index + match[0].search(/\S/),
  }));

const shapes: readonly Shape[] = [
  {
    path: /\.py$/,
    find: (text, path) => {
      const asked = new Set([...text.matchAll(/^[ \t]*@(\w+)/gm)].map(([, name]) => name!));
      const wrappers = functionsIn(path, text).filter(
        (one) => asked.has(one.name) && swallowsIn(one.body) > 0,
      );
      return wrappers.flatMap(({ name }) =>
        matches(
          text,
          new RegExp(`^[ \\t]*@${name}\\b[^\\n]*\\n(?:[ \\t]*@[^\\n]*\\n)*[ \\t]*(?:async )?def test`, 'gm'),
        ),
      );
    },
    what: 'a test is wrapped by what swallows failures',
  },
  {
    path: /\.py$/,
    find: (text, path) => {
      const own = functionsIn(path, text).map(({ name }) => name);
      return matches(
        text,
        /^(?!self\b|cls\b)([A-Za-z_]\w*)(?:\.\w+)+[ \t]*=[ \t]*(?:lambda\b|[A-Za-z_]\w*[ \t]*$)/gm,
      ).filter(
        ({ text: line }) =>
          new RegExp(`^(?:import|from)\\b[^\\n]*\\b${/^\w+/.exec(line)![0]}\\b`, 'm').test(text) &&
          (/=\s*lambda\b/.test(line) || own.includes(/\w+$/.exec(line)![0])),
      );
    },
    what: 'a function of a module is replaced for all tests',
    held: 'only a person can tell whether the tests need that',
  },
  {
    path: /_test\.go$/,
    // What a test is given has another name, and `t` is something else.
    find: (text, path) =>
      functionsIn(path, text).flatMap(({ at, body }) => {
        if (!/^\s*\((?!t\b)\w+ \*testing\.[TB]\b/.test(body) || !/\bt\.(?:Error|Fatal|Fail)/.test(body))
          return [];
        const found = matches(body, /^[ \t]+(?:var )?t\b[^\n.(=]*=[^\n]*/gm);
        return found.map((one) => ({ text: one.text, at: at + one.at }));
      }),
    what: 'what tests fail by is another thing',
  },
  {
    path: /\.rs$/,
    find: (text) =>
      matches(text, /^[ \t]*use\s+(?:crate|self|super)::[^;]*\b(?:debug_)?assert(?:_eq|_ne)?\b[^;]*;/gm),
    what: 'an assertion is taken from the program',
  },
];

/** Each such place that is new. */
export function aroundTests(files: readonly FileTexts[]): Weakening[] {
  return files.flatMap(({ path, before, after }) => {
    if (
      after === '' ||
      before === after ||
      !(holdsTests(path) || isTestFile(path) || /(?:^|\/)conftest\.py$/.test(path))
    )
      return [];
    return shapes
      .filter((shape) => shape.path.test(path))
      .flatMap(({ find, what, held }) => {
        const old = new Set(find(before, path).map(({ text }) => text));
        const fresh = find(after, path).find(({ text }) => !old.has(text));
        if (!fresh) return [];
        const line = after.slice(0, fresh.at).split('\n').length;
        return [{ path, line, what, ...(held ? { held } : {}) }];
      });
  });
}
