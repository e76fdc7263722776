/**
 * What weakens tests, over a whole change: a test or an assertion that is at another place, under another name or in
 * other words now is not lost, and what goes together with the code that it was for is told, not failed.
 */
import { codeOf } from '../gate/code.js';
import { droppedSides, isOfSide } from './conditions.js';
import { membersIn } from './gone-names.js';
import { helperCalls } from './helper-calls.js';
import { Claims, helpersOf, lessIn, strong } from './less-in-test.js';
import { lostTests, ofFrameworks } from './lost-tests.js';
import { isTwin, pairUp, readSides, says, type TestSides } from './pairs.js';
import { quietHelpers } from './quiet-helpers.js';
import { type ReadTest, readTests } from './read-tests.js';
import { replacedTests, writtenAnew } from './replaced-tests.js';
import { stoodIn } from './stand-ins.js';
import { type FileTexts, holdsTests } from './test-files.js';
import { isTakenOver, splitOff, strongerBeside } from './told-otherwise.js';
import { type Found, namingWords, type SourceChange, type Weakening } from './weakening.js';

/**
 * Every way in which the tests of a change are weaker than before.
 * @param sources what the same change did to the sources: what tests a thing may go with it
 */
export function weakenedTests(
  files: readonly FileTexts[],
  {
    words = new Set(),
    names = new Set(),
    folders = new Set(),
    claims = [],
    isChanged = false,
    back = new Set(),
    tags = new Set(),
    data = 0,
  }: Partial<SourceChange> = {},
): Weakening[] {
  const sides = readSides(files);
  const pairs = pairUp(sides);
  const moved = new Claims(sides);
  const helpers = helpersOf(files);
  const taken = new Set(pairs.map(([, after]) => after));
  const fresh = sides.after.filter((test) => !taken.has(test));
  const paired = new Set(pairs.map(([before]) => before));
  const known = new Set(sides.before.map(({ path, title }) => `${path}\n${title}`));
  // One test that moved may stand for several that were alike.
  const moves = pairs.map(([, after]) => after).filter(({ path, title }) => !known.has(`${path}\n${title}`));
  const lost = sides.before.filter(
    (test) =>
      !paired.has(test) &&
      says(test) &&
      // It measures, and claims nothing.
      !(test.path.endsWith('.go') && /^Benchmark(?![a-z])/.test(test.title)) &&
      !moved.holds(test) &&
      !moves.some((one) => isTwin(test, one)) &&
      !isTakenOver(test, sides.after, pairs),
  );
  const found: Found[] = pairs.flatMap(([before, after]) => lessIn(before, after, moved, helpers));
  // They must speak of what the lost tests spoke of: any other assertion would be an excuse for none.
  const spoken = new Set(lost.flatMap(({ text }) => namingWords(text)));
  const related = claims.filter((text) =>
    namingWords(text).some((word) => spoken.has(word) && !ofFrameworks.test(word)),
  );
  const elsewhere =
    related.length >= lost.reduce((sum, test) => sum + Math.max(1, test.claims.length), 0) / 2;
  const replaced = replacedTests(lost, new Set(fresh), pairs, sides, files);
  const missing = lost.filter((test) => !replaced.has(test));
  found.push(
    ...[...replaced].map(({ path, line, title }) => ({
      ...{ path, line, isOld: true as const, what: `the test ${title} is missing` },
      explained: 'others in its place call the same and claim as much',
    })),
    ...lostTests(missing, fresh, sides, files).map((one) => {
      if (folders.has(one.path.slice(0, one.path.lastIndexOf('/') + 1))) {
        return { ...one, explained: 'it goes with the folder that it tests' };
      }
      return elsewhere ? { ...one, explained: 'the change asserts as much in other files' } : one;
    }),
  );
  found.push(
    ...files.flatMap(focusedIn),
    ...files.flatMap(switchedOff),
    ...files.flatMap((file) => stoodIn(file, tags)),
    ...files.flatMap(quietHelpers),
    ...unlisted(files, sides),
  );
  const anew = rewritten(files, sides);
  const split = splitOff(found, new Set(fresh), pairs);
  const beside = isChanged ? strongerBeside(found, new Set(fresh), sides, files) : new Set();
  const dropped = droppedSides(files.filter(({ path }) => holdsTests(path)));
  const again = writtenAnew(missing, fresh, sides.after, files);
  const lines = missing.reduce((sum, test) => sum + test.lines.length, 0);
  const doubts = [
    ...(names.size > 0 ? [`the change takes code away: ${[...names][0]}`] : []),
    ...(isChanged && gained(sides) >= 0 ? ['the code changed, and its tests claim as much as before'] : []),
    ...(missing.length > 0 && data >= lines ? ['what the tests read grew by as many lines'] : []),
  ];
  return found
    .map((weakening) =>
      back.has(weakening.path) && weakening.about !== undefined
        ? { ...weakening, about: undefined, explained: 'it came with a commit that is taken back' }
        : weakening,
    )
    .map((weakening) =>
      beside.has(weakening)
        ? { ...weakening, about: undefined, explained: 'new tests beside it call the same and claim more' }
        : weakening,
    )
    .map((weakening) =>
      split.has(weakening)
        ? { ...weakening, about: undefined, explained: 'a new test beside it took over what it said' }
        : weakening,
    )
    .map((weakening) =>
      anew.has(weakening.path) && weakening.about !== undefined
        ? { ...weakening, about: undefined, explained: 'the file was written anew, and claims as much' }
        : weakening,
    )
    .map((weakening) =>
      !weakening.explained && weakening.about !== undefined && isOfSide(weakening.about, dropped)
        ? {
            ...weakening,
            explained: 'its side of a condition on the machine is gone, the other one always runs',
          }
        : weakening,
    )
    .map((weakening) => {
      const own = [
        ...(saysElsewhere(weakening, files) ? ['its file says it still'] : []),
        ...(again.has(weakening.path) ? ['its file has new tests that call the same'] : []),
      ];
      return withDoubt(explain(weakening, { words, names }, files), weakening, [...own, ...doubts]);
    });
}

/** How many more claims that say what comes out all tests of a change have. */
const gained = ({ before, after }: TestSides): number => {
  const many = (tests: readonly ReadTest[]) => tests.reduce((sum, test) => sum + strong(test).length, 0);
  return many(after) - many(before);
};

/** Whether a file still holds, in code outside of its comments, each claim that a test has no more: a helper may say it. */
function saysElsewhere({ path, about }: Found, files: readonly FileTexts[]): boolean {
  const file = files.find((one) => one.path === path);
  if (about === undefined || !file) return false;
  const close = (text: string) => text.replace(/\s+/g, '');
  const code = (text: string) => close(codeOf(path, text).text);
  const [said, inCode] = [close(file.after), code(file.after)];
  return about
    .split('\n')
    .every((claim) => claim.length > 8 && said.includes(close(claim)) && inCode.includes(code(claim)));
}

/** A loss that the change may be right about, with what speaks for it: a person has to tell. */
function withDoubt(told: Weakening, { about, isAnew }: Found, doubts: readonly string[]): Weakening {
  if (told.explained || (about === undefined && isAnew === undefined)) return told;
  const held = doubts[0] ?? (isAnew ? 'the test was written anew' : undefined);
  return held ? { ...told, held } : told;
}

/** Files of which less than half stayed, and whose tests are as many and claim as much as before. */
function rewritten(files: readonly FileTexts[], { before, after }: TestSides): Set<string> {
  const much = (tests: readonly ReadTest[]) => tests.reduce((sum, test) => sum + strong(test).length, 0);
  return new Set(
    files
      .filter(({ path, oldPath = path, before: old, after: now }) => {
        const [had, has] = [
          before.filter((test) => test.path === oldPath),
          after.filter((test) => test.path === path),
        ];
        if (has.length < had.length || much(has) < much(had) || has.some(({ skipped }) => skipped))
          return false;
        const lines = old.split('\n').filter((line) => line.trim() !== '');
        const kept = new Set(now.split('\n'));
        return lines.length > 20 && lines.filter((line) => kept.has(line)).length < lines.length / 2;
      })
      .map(({ path }) => path),
  );
}

const focused =
  /(?<![.\w$])(?:f(?:it|describe|context)\s*\(|(?:describe|it|test|suite|context|specify)(?:\.\w+)*\.only\b)|^[ \t]*(?:fit|fdescribe|fcontext)\s+["']|\bfocus:\s*true|,\s*:focus\b|\.setFocus\(/gm;

function focusedIn({ path, before, after }: FileTexts): Weakening[] {
  if (!/\.(?:[cm]?[jt]sx?|rb|coffee)$/.test(path) || !holdsTests(path)) return [];
  const places = (text: string) => [...codeOf(path, text).text.matchAll(focused)];
  const now = places(after);
  if (now.length <= places(before).length) return [];
  const line = after.slice(0, now.at(-1)!.index).split('\n').length;
  return [{ path, line, what: 'a test is focused, which leaves out the others' }];
}

/** How programs in C name the tests that they run. */
const listed =
  /\b(?:RUN_TEST|MU_RUN_TEST|mu_run_test|TEST_RUN|tcase_add_test|cmocka_unit_test(?:_\w+)?|g_test_add_func|CU_add_test|run_test)\s*\(([^()]*)\)/g;

/** Tests that are there, and that their program does not name any more. */
function unlisted(files: readonly FileTexts[], { after }: TestSides): Found[] {
  const still = new Set(files.flatMap((file) => [...file.after.matchAll(listed)].flatMap(wordsOf)));
  return files.flatMap(({ path, before, after: now }) => {
    if (!/\.(?:c|cc|cpp|cxx|h)$/.test(path) || now === '') return [];
    const gone = [...before.matchAll(listed)].flatMap(wordsOf).filter((word) => !still.has(word));
    return after
      .filter(({ title }) => gone.includes(title))
      .map(({ title, line }) => ({ path, line, what: `the test ${title} is not run any more` }));
  });
}

const wordsOf = ([, args = '']: RegExpMatchArray) => args.match(/\w+/g) ?? [];

const neverRuns =
  /^[ \t]*(?:#[ \t]*if(?:def|[ \t]+defined)?[ \t(]+(?:0\b|\w*(?:NEVER|DISABLED?|SKIP|TODO|BROKEN|NOT_YET)\w*)|if\s*\(?\s*(?:false|False|0|!true|not True)\s*\)?\s*[:{]|while\s*\(?\s*(?:false|False|0)\b)|^[ \t]*(?:\}\s*)?(?:else\s+)?(?:el)?if\b.*(?:&&\s*(?:false|0)\b(?!\.)|\band\s+(?:False|0)\b|\|\|\s*(?:true|1)\b(?!\.)|\bor\s+(?:True|1)\b)|#\[cfg\((?:any\(\)|not\(test\))\)\](?=\s*(?:pub\s+)?mod tests?\b|\s*#\[test\])|#\[cfg\(any\(\)\)\]/gm;

/** What runs before tests, and leaves all of them out. */
const skippingHooks =
  /\b(?:before|beforeEach|beforeAll|suiteSetup)\s*\(\s*(?:async\s*)?(?:function\s*)?\([^)]*\)\s*(?:=>)?\s*\{\s*(?:this|ctx|test|t)\.skip\(|\bdef (?:setup_module|setUpModule|setUp|setup_method|setUpClass|setup_class|setup_function|setup)\([^)]*\):\s*\n\s+(?:raise\s+(?:unittest\.)?SkipTest|pytest\.skip\(|self\.skipTest\()|^def load_tests\(|^[ \t]+__test__\s*=\s*False|\.Cleanup\(func\(\) \{\s*os\.Exit\(0\)/gm;

/** Code around tests that never runs. */
function switchedOff({ path, before, after }: FileTexts): Weakening[] {
  if (!holdsTests(path) || readTests(path, before).length === 0) return [];
  return [
    [neverRuns, 'what stands below a condition that never holds is not run'] as const,
    [skippingHooks, 'what runs before the tests leaves them out'] as const,
  ].flatMap(([shape, what]) => {
    const places = (text: string) => [...codeOf(path, text).text.matchAll(shape)];
    const now = places(after);
    if (now.length <= places(before).length) return [];
    return [{ path, line: after.slice(0, now.at(-1)!.index).split('\n').length, what }];
  });
}

/** Lost tests and claims whose subject the sources lost too are told as such. */
function explain(
  { about, of, isAnew: _, ...told }: Found,
  { words: gone, names }: Pick<SourceChange, 'words' | 'names'>,
  files: readonly FileTexts[],
): Weakening {
  if (told.explained || about === undefined || gone.size === 0) return told;
  const file = files.find(({ path }) => path === told.path);
  const still = new Set(namingWords(file?.after ?? ''));
  const title = plainName(of?.test.title ?? '');
  const spoken = new Set((of?.test.title ?? '').toLowerCase().split(/[^a-z0-9]+/));
  const hit =
    namingWords(about).find((word) => gone.has(word) && !still.has(word)) ??
    (file?.after === '' && of ? helperCalls(file.before, of.test) : []).find((word) => names.has(word)) ??
    membersIn(about).find((member) => gone.has(member) && !membersIn(file?.after ?? '').includes(member)) ??
    [...names].find((word) => isCompound.test(word) && title.includes(plainName(word)) && !still.has(word)) ??
    [...names].find((word) => isHook.test(word) && spoken.has(plainName(word)) && !still.has(word)) ??
    (speaksOfWarnings.test(about) ? [...gone].find((word) => warning.test(word)) : undefined);
  return hit ? { ...told, explained: `it goes with code that is gone: ${hit}` } : told;
}

/** A name of several words means one thing, also where a title speaks of it. */
const isCompound = /^(?=.{8}).*(?:[a-z][A-Z]|[a-zA-Z][_-][a-zA-Z])/;
/** What Python calls unasked: a test says its name without the signs around it. */
const isHook = /^__[a-z]{3,}__$/;
const plainName = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, '');

/** A warning that is given no more is caught by no test any more. */
const warning = /^(?:Pending)?DeprecationWarning$|^FutureWarning$|^_?[A-Z_]*DEPRECAT[A-Z_]*$/;
const speaksOfWarnings =
  /\brecwarn\b|\bcatch_warnings\b|\b(?:pytest\.)?(?:warns|deprecated_call)\b|DeprecationWarning/;
