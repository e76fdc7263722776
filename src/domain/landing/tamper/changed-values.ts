/** Values that tests expect and that changed together with the code: as often a new rule as a test bent to a mistake. */
import { strong } from './less-in-test.js';
import { pairUp, readSides } from './pairs.js';
import type { ReadTest } from './read-tests.js';
import type { FileTexts } from './test-files.js';
import type { Weakening } from './weakening.js';

/** Each assertion that is as it was but for a value, with both values. */
export function changedValues(files: readonly FileTexts[]): Weakening[] {
  return pairUp(readSides(files)).flatMap(([before, after]) => {
    const lost = textsBeyond(before, after);
    return textsBeyond(after, before).flatMap((text) => {
      const at = lost.findIndex((old) => shapeOf(old) === shapeOf(text));
      if (at < 0) return [];
      const [old] = lost.splice(at, 1);
      const what = `the test ${after.title} expects other values: ${short(old!)} became ${short(text)}`;
      return [{ path: after.path, line: lineIn(after, text), what }];
    });
  });
}

/** The assertions of a test that another one does not have. */
function textsBeyond(test: ReadTest, other: ReadTest): string[] {
  const known = new Set(strong(other).map(({ text }) => text));
  return strong(test)
    .map(({ text }) => text)
    .filter((text) => !known.has(text));
}

const value =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|\b\d[\w.]*\b|\b(?:true|false|null|undefined|None|True|False|nil)\b|-(?=\s*\d)/g;

/** An assertion without its values. */
const shapeOf = (text: string): string => text.replace(value, '').replace(/\s+/g, ' ');

const short = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 120);

/** The line of an assertion, or of its test where it is written otherwise. */
function lineIn({ text, line }: ReadTest, claim: string): number {
  const at = text.indexOf(claim);
  return at < 0 ? line : line + text.slice(0, at).split('\n').length - 1;
}
