/** Tests in whose place others were written that call the same and claim as much. */
import { strong } from './less-in-test.js';
import { ofFrameworks } from './lost-tests.js';
import type { TestSides } from './pairs.js';
import type { ReadTest } from './read-tests.js';
import type { FileTexts } from './test-files.js';

/** Lost tests between the same neighbours as new ones, which are as many and claim as much of the same functions. */
export function replacedTests(
  lost: readonly ReadTest[],
  fresh: ReadonlySet<ReadTest>,
  pairs: readonly (readonly [ReadTest, ReadTest])[],
  { before, after }: TestSides,
  files: readonly FileTexts[],
): Set<ReadTest> {
  const now = new Map(pairs);
  const gone = new Set(lost);
  const moved = new Map(files.map(({ path, oldPath = path }) => [oldPath, path]));
  const gaps = new Map<string, { old: ReadTest[]; news: ReadTest[] }>();
  const add = (key: string, side: 'old' | 'news', test: ReadTest) => {
    const gap = gaps.get(key) ?? { old: [], news: [] };
    gap[side].push(test);
    gaps.set(key, gap);
  };
  const paired = new Set(now.values());
  let above: ReadTest | undefined;
  for (const test of before) {
    if (gone.has(test)) add(placeOf(moved.get(test.path) ?? test.path, above), 'old', test);
    above = now.get(test) ?? above;
  }
  above = undefined;
  for (const test of after) {
    if (fresh.has(test)) add(placeOf(test.path, above), 'news', test);
    if (paired.has(test)) above = test;
  }
  const claims = (tests: readonly ReadTest[]) => tests.reduce((sum, test) => sum + strong(test).length, 0);
  return new Set(
    [...gaps.values()].flatMap(({ old, news }) => {
      const real = news.filter((test) => !test.skipped && !test.leaves && strong(test).length > 0);
      if (real.length < old.length || claims(real) < Math.max(old.length, claims(old))) return [];
      const called = new Set(real.flatMap(callsIn));
      return old.filter((test) => callsIn(test).some((name) => called.has(name)));
    }),
  );
}

/**
 * Whether tests of one file were written anew, many at once: what the lost ones called is called still, and the new
 * ones claim half as much at least. That is no proof, so a person has to tell.
 */
export function writtenAnew(
  lost: readonly ReadTest[],
  fresh: readonly ReadTest[],
  after: readonly ReadTest[],
  files: readonly FileTexts[],
): Set<string> {
  const claims = (tests: readonly ReadTest[]) => tests.reduce((sum, test) => sum + strong(test).length, 0);
  const real = (test: ReadTest) => !test.skipped && !test.leaves && strong(test).length > 0;
  const called = new Set(after.filter(real).flatMap(callsIn));
  return new Set(
    [...new Set(lost.map(({ path }) => path))].filter((path) => {
      const gone = lost.filter((test) => test.path === path);
      const news = fresh.filter((test) => test.path === path && real(test));
      const file = files.find(({ oldPath, path: now }) => (oldPath ?? now) === path);
      // A helper of the tests goes with them; that code is gone is told otherwise.
      const isDropped = (name: string) => defines(file?.before, name) && !defines(file?.after, name);
      const names = gone.flatMap(callsIn).filter((name) => !called.has(name) && !isDropped(name));
      return news.length >= 3 && claims(news) >= claims(gone) / 2 && names.length === 0;
    }),
  );
}

const defines = (text = '', name: string) =>
  new RegExp(`\\b(?:fn|def|func|function|const|let|var)\\s+${name.replace(/\$/g, '\\$')}\\b`).test(text);

/** Behind which test of its file a test stands; the first ones stand behind none. */
const placeOf = (path: string, above: ReadTest | undefined) =>
  JSON.stringify(above?.path === path ? [path, above.title, above.line] : [path]);

/** Functions of the program that a test calls. */
export const callsIn = ({ code, title }: ReadTest): string[] =>
  [...code.matchAll(/(\b(?:assert|expect|require|should|chai|t)(?:\.\w+)*\.)?\b([A-Za-z_$][\w$]{2,})\s*\(/g)]
    // What a library compares by is called by tests of any subject.
    .filter((match) => match[1] === undefined)
    .map((match) => match[2]!)
    .filter((name) => name !== title && !ofFrameworks.test(name) && !ofLanguages.test(name));

/** What tests of any subject call. */
const ofLanguages =
  /^(?:if|for|while|switch|catch|len|list|dict|set|str|int|print|range|make|append|map|open|type|isinstance|new|class|object|fixture|parametrize|Run|Sprintf|Fatalf?|Errorf?|Helper|setUp|setup|fail|raises|[tT]est\w*|[A-Z_]+)$/;
