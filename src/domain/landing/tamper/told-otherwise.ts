/** What a change lost of one test, and other tests of the same file say as well as it did. */
import { strong } from './less-in-test.js';
import { ofFrameworks } from './lost-tests.js';
import type { TestSides } from './pairs.js';
import type { ReadTest } from './read-tests.js';
import { callsIn } from './replaced-tests.js';
import type { FileTexts } from './test-files.js';
import { type Found, namingWords } from './weakening.js';

/**
 * Whether one test says all that the lost test said, in the same words: one that is made anew for each of many cases, or
 * one that took the claims over.
 */
export function isTakenOver(
  lost: ReadTest,
  after: readonly ReadTest[],
  pairs: readonly (readonly [ReadTest, ReadTest])[],
): boolean {
  const claims = strong(lost).map(({ text }) => text);
  const own = [...new Set(namingWords(lost.code))];
  const holds = (test: ReadTest) => {
    const left = test.claims.map(({ text }) => text);
    return claims.every((text) => {
      const at = left.indexOf(text);
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  };
  const takes = (test: ReadTest) => {
    const was = pairs.find(([, now]) => now === test)?.[0];
    return (
      ofMany.test(test.title) ||
      test.title === lost.title ||
      (was !== undefined && claims.length > 2 && !holds(was))
    );
  };
  return (
    claims.length > 0 &&
    after.some((test) => {
      if (test.path !== lost.path || test.skipped || test.leaves || !holds(test) || !takes(test))
        return false;
      const words = new Set(namingWords(test.text));
      return own.filter((word) => words.has(word)).length >= own.length * 0.7;
    })
  );
}

/** A title that is made anew for each case. */
const ofMany = /\$\{|%[sdifjop]|\$\w+/;

/** Weaker tests of which a new test beside them took over the lines, and claims as much as these lost. */
export function splitOff(
  found: readonly Found[],
  fresh: ReadonlySet<ReadTest>,
  pairs: readonly (readonly [ReadTest, ReadTest])[],
): Set<Found> {
  const open = found.filter(({ explained, of }) => !explained && of);
  return new Set(
    open.filter(({ path, of, about = '' }) => {
      const now = pairs.find(([before]) => before === of!.test)?.[1];
      const kept = new Set(now?.lines);
      const gone = new Set(of!.test.lines.filter((line) => !kept.has(line)));
      const takes = [...fresh].filter((test) => test.path === path && !test.skipped && !test.leaves);
      return takes.some(
        (test) =>
          now !== undefined &&
          strong(test).length >= of!.claims &&
          (repeats(test, about) ||
            (gone.size > 1 &&
              speaksOf(test, about) &&
              test.lines.filter((line) => gone.has(line)).length >= gone.size / 2)),
      );
    }),
  );
}

/** Whether a claim of a test names what these claims are about: its preparations alone would be an excuse for none. */
function speaksOf(test: ReadTest, about: string): boolean {
  const asked = new Set(namingWords(about).filter((word) => !ofFrameworks.test(word)));
  return strong(test).some(({ text }) => namingWords(text).some((word) => asked.has(word)));
}

/** Whether a test says, within its own claims, each of these. */
const repeats = (test: ReadTest, about: string) =>
  about
    .split('\n')
    .every((text) => text.length > 12 && strong(test).some((claim) => claim.text.includes(text)));

/**
 * What new tests of the same file answer: they call what the weaker tests call, and claim at least twice what these lost.
 * Only beside a change of the code is that an answer: it does other things now, and they are tested.
 */
export function strongerBeside(
  found: readonly Found[],
  fresh: ReadonlySet<ReadTest>,
  { before }: TestSides,
  files: readonly FileTexts[],
): Set<Found> {
  const known = new Set(before.flatMap(({ claims }) => claims.map(({ text }) => text)));
  const open = found.filter(({ explained, of }) => !explained && of);
  return new Set(
    files.flatMap(({ path, oldPath = path }) => {
      const here = open.filter((one) => one.path === path || one.path === oldPath);
      const news = [...fresh].filter((test) => test.path === path && !test.skipped && !test.leaves);
      const claims = news.flatMap((test) => strong(test).filter(({ text }) => !known.has(text)));
      if (claims.length < 2 * here.reduce((sum, { of }) => sum + of!.claims, 0)) return [];
      const called = new Set(news.flatMap(callsIn));
      return here.filter(({ of }) => {
        const calls = [...new Set(callsIn(of!.test))];
        return calls.length > 1 && calls.filter((name) => called.has(name)).length >= calls.length / 2;
      });
    }),
  );
}
