/** Which test of a change is which of those before it. */
import { type ReadTest, readTests } from './read-tests.js';
import { type FileTexts, holdsTests, isPutAside } from './test-files.js';
import { namingWords } from './weakening.js';

/** All tests of a change. */
export interface TestSides {
  before: ReadTest[];
  after: ReadTest[];
}

/** Reads them; what is put where no runner looks is none. */
export function readSides(files: readonly FileTexts[]): TestSides {
  const deleted = files.filter(({ path, after }) => after === '' && holdsTests(path)).map(({ path }) => path);
  const read = (path: string, text: string) => (holdsTests(path) ? readTests(path, text) : []);
  return {
    before: files.flatMap(({ path, oldPath = path, before }) => read(oldPath, before)),
    after: files.flatMap(({ path, oldPath = path, before, after }) => {
      const from = before === '' ? deleted : [oldPath];
      return from.some((one) => isPutAside(one, path)) ? [] : read(path, after);
    }),
  };
}

/** A test that says something, and is run. */
export const says = (test: ReadTest) => !test.skipped && (test.claims.length > 0 || test.lines.length > 0);

/** Which test is which: by file and title, then by title alone, then by what it claims. */
export function pairUp({ before, after }: TestSides): [ReadTest, ReadTest][] {
  const pairs: [ReadTest, ReadTest][] = [];
  const open = { before: new Set(before), after: new Set(after) };
  const pair = (keyOf: (test: ReadTest) => string) => {
    const by = new Map<string, ReadTest[]>();
    for (const test of open.after) by.set(keyOf(test), [...(by.get(keyOf(test)) ?? []), test]);
    for (const test of open.before) {
      const match = by.get(keyOf(test))?.shift();
      if (!match) continue;
      pairs.push([test, match]);
      open.before.delete(test);
      open.after.delete(match);
    }
  };
  pair(({ path, title, lines }) => JSON.stringify([path, title, lines]));
  // One that has another's name now is still itself.
  pair(({ path, lines }) => (lines.length > 2 ? JSON.stringify([path, lines]) : Math.random().toString()));
  pair(({ path, title }) => JSON.stringify([path, title]));
  pair(({ title, lines }) => JSON.stringify([title, lines]));
  pair(({ lines }) => (lines.length > 0 ? JSON.stringify(lines) : Math.random().toString()));
  pair(({ title }) => title);
  pair(({ title }) => plain(title));
  for (const test of [...open.before]) {
    const best = [...open.after]
      .map((other) => ({ other, share: likeness(test, other) }))
      .sort((a, b) => b.share - a.share)[0];
    if (!best || best.share < 0.4) continue;
    pairs.push([test, best.other]);
    open.before.delete(test);
    open.after.delete(best.other);
  }
  return pairs;
}

const plain = (title: string) => title.toLowerCase().replace(/[^a-z0-9]+/g, '');

/** Whether one test says in much the same words what the other says. */
export function isTwin(a: ReadTest, b: ReadTest): boolean {
  if (likeness(a, b) > 0.8) return true;
  const [words, others] = [new Set(namingWords(a.text)), new Set(namingWords(b.text))];
  return a.title === b.title && [...words].filter((word) => others.has(word)).length >= words.size * 0.8;
}

/** The share of the shorter one's lines that the other has as well; brackets and what every test is given say nothing. */
function likeness(a: ReadTest, b: ReadTest): number {
  const [own, others] = [a, b].map(({ lines }) =>
    lines.filter((line) => /\w/.test(line) && !/^\w+ \*testing\.\w+\) \{$/.test(line)),
  ) as [string[], string[]];
  const lines = new Set(others);
  const shared = own.filter((line) => lines.has(line)).length;
  return shared / Math.max(1, Math.min(own.length, others.length));
}
