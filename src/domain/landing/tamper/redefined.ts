/** Names that tests take from elsewhere and that are defined beside them now: what is called is another thing. */
import { codeOf } from '../gate/code.js';
import { type DefinedFunction, functionsIn } from './functions.js';
import { importsOf, placesOf } from './imports.js';
import { claims } from './quiet-helpers.js';
import { readTests } from './read-tests.js';
import { isComparedIn, isGone } from './rerouted.js';
import { type FileTexts, holdsTests, isTestFile } from './test-files.js';
import type { Weakening } from './weakening.js';

/** Assertions of languages and libraries, by what they are called. */
const assertion =
  /^(?:assert(?:_?(?:eq|ne|equals?|equal|same|true|false|nil|null|raises?|raise|throws|that|match(?:es)?|in|is|contains|include[s]?|not\w*|almost\w*|\w*Equal\w*))?|Assert\w*|expect|refute\w*|(?:ASSERT|EXPECT|CHECK|REQUIRE)\w*)$/i;

/**
 * Each function that a test file, or what its tests are run with, defines under a name that its tests had from elsewhere:
 * one that they claim something of, or an assertion that says nothing.
 * @param all every file of the change of which the texts are known
 * @param gone words that the sources lost
 */
export function redefined(
  files: readonly FileTexts[],
  all: readonly FileTexts[],
  gone: ReadonlySet<string> = new Set(),
): Weakening[] {
  const movedFrom = once(() => lostNames(all));
  return files.flatMap((file) => {
    const { path, before, after } = file;
    if (after === '' || before === after || !(holdsTests(path) || isTestFile(path))) return [];
    const old = new Set(functionsIn(path, before).map(keyOf(path, before)));
    const key = keyOf(path, after);
    const isFresh = (one: DefinedFunction) => !old.has(key(one));
    // A name that nothing spoke of before stands in for nothing.
    const fresh = functionsIn(path, after).filter(
      (one) => isFresh(one) && (assertion.test(one.name) || before.includes(one.name)),
    );
    const read = readOnce(file);
    const told = (one: DefinedFunction, what: string) => ({
      path,
      line: after.slice(0, one.at).split('\n').length,
      what: `${one.name} ${what}`,
    });
    return [
      ...fresh.flatMap((one) => {
        if (
          assertion.test(one.name) &&
          !isMember(path, one) &&
          !claims(one) &&
          isCalled(one.name, file, read)
        )
          return [told(one, 'is defined here, and claims nothing')];
        return isInPlace(one, file, { all, gone, movedFrom, read })
          ? [told(one, 'is tested, and is defined here now')]
          : [];
      }),
      ...twins(file),
    ];
  });
}

/** What is found out of a file only when it is asked for, and then once for all of its functions. */
const once = <T>(find: () => T): (() => T) => {
  let found: { value: T } | undefined;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
};

type ReadOnce = ReturnType<typeof readOnce>;

/** Of a file as it was. */
const readOnce = ({ path, before }: FileTexts) => ({
  code: once(() => codeOf(path, before).text),
  tests: once(() => readTests(path, before)),
  imports: once(() => importsOf(path, before)),
});

interface Around {
  all: readonly FileTexts[];
  gone: ReadonlySet<string>;
  movedFrom: () => ReadonlyMap<string, readonly string[]>;
  read: ReadOnce;
}

/** Functions that files of the change define no more, with the paths of those files. */
function lostNames(all: readonly FileTexts[]): Map<string, string[]> {
  const lost = new Map<string, string[]>();
  for (const { path, before, after } of all) {
    if (before === after) continue;
    const kept = new Set(functionsIn(path, after).map(({ name }) => name));
    for (const { name } of functionsIn(path, before))
      if (!kept.has(name)) lost.set(name, [...(lost.get(name) ?? []), path]);
  }
  return lost;
}

/** In Rust a test module may define what its file defines, too; elsewhere a name is one thing in a file. */
function keyOf(path: string, text: string): (one: DefinedFunction) => string {
  if (!path.endsWith('.rs')) return ({ name }) => name;
  const from = testsFrom(text);
  return ({ name, at }) => `${name} ${at < from}`;
}

const testsFrom = (text: string) => {
  const at = text.search(/^[ \t]*#\[cfg\((?:all\()?test\b[^\n]*\n\s*(?:pub )?mod\b/m);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
};

/** A method of a class of its own, where those of tests have other names. */
const isMember = (path: string, { lead }: DefinedFunction) =>
  /\.(?:[cm]?[jt]sx?|go)$/.test(path) && /^\s*(?:static|get|set)\b/.test(lead);

/** Whether the file's tests call it; a file that only helps tests is run with any of them. */
function isCalled(name: string, { path, before, after }: FileTexts, read: ReadOnce): boolean {
  const tests = before === '' ? readTests(path, after) : read.tests();
  const text = tests.length > 0 ? tests.map((test) => test.text).join('\n') : undefined;
  const call = new RegExp(`(?<![\\w$])${name.replace(/\W/g, '\\$&')}(?:!?\\s*[({]|\\.\\w+|\\s+\\S)`);
  if (text !== undefined) return call.test(text);
  return !/\.(?:c|cc|cpp|h)$/.test(path) || call.test(before);
}

/** Whether the tests claimed what a function gives back that was taken from elsewhere, where it still is. */
function isInPlace(
  { name, at, lead }: DefinedFunction,
  { path, oldPath = path, before, after }: FileTexts,
  { all, gone, movedFrom, read }: Around,
): boolean {
  if (before === '' || gone.has(name) || !isComparedIn(name, before)) return false;
  const isC = /\.(?:c|cc|cpp|cxx)$/.test(path);
  const testsOf = (text: string) =>
    path.endsWith('.rs') ? text.slice(Math.min(testsFrom(text), text.length)) : text;
  const code = read.code();
  const claimed = path.endsWith('.rs') && holdsOnlyTests(path) ? code : testsOf(code);
  if (!isComparedIn(name, claimed)) return false;
  const tests = read.tests();
  if ((tests.length === 0 && !isC) || tests.some(({ title }) => title === name)) return false;
  // A fixture is asked for by its name.
  if (path.endsWith('.py') && /@(?:pytest\.)?fixture\b[^\n]*\n[ \t]*$/.test(after.slice(0, at))) return false;
  // It came from a file of the change that has it no more.
  if (
    movedFrom()
      .get(name)
      ?.some((other) => other !== path)
  )
    return false;
  const was = read.imports().find((one) => one.name === name);
  if (was) {
    const from = placesOf(oldPath, was.module);
    const ending = path.slice(path.lastIndexOf('.'));
    if (from.length > 0 && from.every((place) => isTestFile(`${place}${ending}`))) return false;
    return !isGone(from, all) && !gone.has(was.original);
  }
  if (path.endsWith('.rs')) {
    if (holdsOnlyTests(path))
      return (
        /^\s*use\s[^;]*\*/m.test(after) && !new RegExp(`^\\s*use\\s[^;]*\\b${name}\\b`, 'm').test(before)
      );
    return (
      at >= testsFrom(after) &&
      functionsIn(path, after).some((one) => one.name === name && one.at < testsFrom(after))
    );
  }
  if (path.endsWith('.go')) return /^\s+/.test(lead);
  if (isC) return /^\s*#[ \t]*define/.test(after.slice(at)) || /#include\s+"/.test(before);
  return false;
}

const holdsOnlyTests = (path: string) => /(?:^|\/)tests?\//.test(path) || /_tests?\.rs$/.test(path);

const item = String.raw`\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|async\s+|unsafe\s+)*(?:fn|struct|mod|impl|static|type)\s+(\w+)`;

/** Items of Rust that are one thing for tests and another for the program. */
function twins({ path, before, after }: FileTexts): Weakening[] {
  if (!path.endsWith('.rs')) return [];
  const named = (text: string, condition: string) =>
    new Map(
      [...text.matchAll(new RegExp(String.raw`#\[cfg\(${condition}\)\]${item}`, 'g'))].map((match) => [
        match[1]!,
        match.index,
      ]),
    );
  const pairsIn = (text: string) => {
    const real = named(text, String.raw`not\(test\)`);
    return [...named(text, 'test')].filter(([name]) => real.has(name));
  };
  const known = new Set(pairsIn(before).map(([name]) => name));
  const found = pairsIn(after)
    .filter(([name]) => !known.has(name))
    .map(([name, at]) => ({
      path,
      line: after.slice(0, at).split('\n').length,
      what: `${name} is another thing in tests`,
      ...(isComparedIn(name, after) ? {} : { held: 'only a person can tell whether tests need that' }),
    }));
  const rerouting = /#\[cfg_attr\(test,\s*path\b/g;
  const many = (text: string) => text.match(rerouting)?.length ?? 0;
  if (many(after) <= many(before)) return found;
  const line = after.slice(0, after.search(rerouting)).split('\n').length;
  return [...found, { path, line, what: 'a module is another file in tests' }];
}
