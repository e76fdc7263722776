/** Values that tests expect and that changed together with the code: as often a new rule as a test bent to a mistake. */
import { turnedRound } from './less-in-test.js';
import { pairUp, readSides } from './pairs.js';
import type { ReadTest } from './read-tests.js';
import type { FileTexts } from './test-files.js';
import type { Weakening } from './weakening.js';

/**
 * Each assertion that is as it was but for a value, with both values.
 * @param asked what the work is to do: a new value that stands there was asked for
 */
export function changedValues(files: readonly FileTexts[], asked = ''): Weakening[] {
  return pairUp(readSides(files)).flatMap(([before, after]) => {
    const lost = textsBeyond(before, after);
    return textsBeyond(after, before).flatMap((text) => {
      const at = lost.findIndex((old) => shapeOf(old) === shapeOf(text));
      if (at < 0) return [];
      const [old] = lost.splice(at, 1);
      const what = `the test ${after.title} expects other values: ${short(old!)} became ${short(text)}`;
      const explained = isAsked(old!, text, asked) ? { explained: 'the task names it' } : {};
      return [{ path: after.path, line: lineIn(after, text), what, ...explained }];
    });
  });
}

/** The assertions of a test that another one does not have. */
function textsBeyond(test: ReadTest, other: ReadTest): string[] {
  const known = new Set(other.claims.map(({ text }) => text));
  return test.claims
    .filter(({ text, weight }) => weight !== 'trivial' && !known.has(text))
    .map(({ text }) => text);
}

const value =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|\b\d[\w.]*\b|\b(?:true|false|null|undefined|None|True|False|nil)\b|-(?=\s*\d)/g;

/** Whether all values that are new stand in the words of the task; a word or digit that stands everywhere is none. */
function isAsked(old: string, now: string, asked: string): boolean {
  const known = new Set(old.match(value));
  const news = (now.match(value) ?? []).filter((one) => !known.has(one)).map(plain);
  return (
    news.length > 0 &&
    news.every(
      (one) => one.length > 2 && !/^(?:true|false|null|undefined|None|nil)$/i.test(one) && names(asked, one),
    )
  );
}

const plain = (text: string) => text.replace(/^["'`]|["'`]$/g, '');

/** Whether a text has these words, not as a part of longer ones; a single plain word only as a value, in quotation marks. */
function names(text: string, words: string): boolean {
  if (/^\p{L}+$/u.test(words))
    return [`"${words}"`, `'${words}'`, `\`${words}\``].some((one) => text.includes(one));
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + words.length] ?? '')) return true;
  }
  return false;
}

/** An assertion without its values. */
const shapeOf = (text: string): string => turnedRound(text).replace(value, '').replace(/\s+/g, ' ');

const short = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 120);

/** The line of an assertion, or of its test where it is written otherwise. */
function lineIn({ text, line }: ReadTest, claim: string): number {
  const at = text.indexOf(claim);
  return at < 0 ? line : line + text.slice(0, at).split('\n').length - 1;
}
