/** Tests that take what they test from a stand-in among the tests, while the code that they tested is still there. */
import { type Import, importsOf, isAt, placesOf } from './imports.js';
import { readTests } from './read-tests.js';
import { type FileTexts, holdsTests, isTestFile } from './test-files.js';
import type { Weakening } from './weakening.js';

/** What such files are called by those who write them. */
const standsIn = /(?:^|[^a-z])(?:stub|mock|fake|dumm(?:y|ies)|double)/i;

/**
 * Each test file that takes a name which it claims something of from another place now.
 * @param all every file of the change of which the texts are known, with those that are no tests
 * @param gone words that the sources lost
 */
export function rerouted(
  files: readonly FileTexts[],
  all: readonly FileTexts[],
  gone: ReadonlySet<string> = new Set(),
): Weakening[] {
  return files.flatMap(({ path, oldPath = path, before, after }) => {
    if (before === '' || after === '' || before === after || !holdsTests(path)) return [];
    if (readTests(path, before).length === 0) return [];
    const old = new Map(importsOf(path, before).map((one) => [one.name, one]));
    const fresh = importsOf(path, after).find((now) => {
      const was = old.get(now.name);
      if (!was || was.module === now.module || !isComparedIn(now.name, before)) return false;
      const from = placesOf(oldPath, was.module);
      if (from.length > 0 && from.every((place) => isTestFile(`${place}${endingOf(path)}`))) return false;
      if (isGone(from, all) || gone.has(was.original)) return false;
      return isStandIn(now, path, { from, root: rootOf(was.module) }, all);
    });
    if (!fresh) return [];
    const line = after.slice(0, fresh.at).split('\n').length;
    return [{ path, line, what: `${fresh.name} is taken from a stand-in: ${fresh.module}` }];
  });
}

const endingOf = (path: string) => path.slice(path.lastIndexOf('.'));

/** Whether an assertion of the text says what this gives back. */
export function isComparedIn(name: string, text: string): boolean {
  const called = `(?:new\\s+)?${name.replace(/\$/g, '\\$')}(?:\\.\\w+)*\\(`;
  return new RegExp(
    `\\b(?:expect|assert\\w*!?(?:\\.\\w+)*|equal|t\\.\\w+)\\(\\s*(?:t,\\s*)?(?:[\\w."'-]+,\\s*)?(?:await\\s+)?${called}|^[ \\t]*assert\\s+${called}|^[ \\t]*(?:if\\s+|(?:const|let|var)\\s+)?[\\w, ]+\\s*:?=\\s*(?:await\\s+)?${called}`,
    'm',
  ).test(text);
}

/** Whether the change took away or moved what was there. */
export const isGone = (places: readonly string[], all: readonly FileTexts[]) =>
  all.some(
    ({ path, oldPath = path, after }) =>
      (after === '' || oldPath !== path) && !isTestFile(oldPath) && isAt(oldPath, places),
  );

/** Where the code is that was tested, and how names of its modules begin. */
interface Code {
  from: readonly string[];
  root: string;
}

const rootOf = (module: string) => module.split(/[./]/)[0]!;

/** Whether a name comes from a file among the tests that does not take it from the code itself. */
function isStandIn(now: Import, path: string, code: Code, all: readonly FileTexts[]): boolean {
  const own = placesOf(path, now.module);
  // What Python takes from a package may be a module of it.
  const places = path.endsWith('.py') ? [...own, ...own.map((place) => `${place}/${now.original}`)] : own;
  const there = all.filter(({ after }) => after !== '');
  // The first place is the one that says the most.
  const changed = places.flatMap((place) => there.filter((file) => isAt(file.path, [place])))[0];
  if (changed) {
    if (!isTestFile(changed.path) && !standsIn.test(changed.path)) return false;
    return !takes(changed, code);
  }
  // It was there before: only its name tells.
  return places.some((place) => isTestFile(`${place}${endingOf(path)}`)) && standsIn.test(now.module);
}

/** Whether a file takes something of one of these places, or hands it on. */
function takes({ path, after }: FileTexts, { from, root }: Code): boolean {
  const handed = [...after.matchAll(/\bfrom\s*["']([^"']+)["']/g)].map((match) => match[1]!);
  const modules = importsOf(path, after)
    .filter(({ name }) => after.split(new RegExp(`\\b${name.replace(/\$/g, '\\$')}\\b`)).length > 2)
    .map(({ module }) => module);
  const again = handed.filter((module) => !importsOf(path, after).some((one) => one.module === module));
  return [...modules, ...again].some((module) =>
    placesOf(path, module).some(
      (place) =>
        from.includes(place) ||
        // Another module of the same code may hand on what this one has; one of the language has nothing of it.
        ((module.startsWith('.') || rootOf(module) === root) && !isTestFile(`${place}${endingOf(path)}`)),
    ),
  );
}
