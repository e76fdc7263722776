/** What weakens the judgement of a change: tests that became fewer or say less, and checks that are defined anew. */
import { testProblems } from './gate/tests.js';

/** One file before and after a change; '' where it is not there. */
export interface FileTexts {
  path: string;
  before: string;
  after: string;
}

const testFile =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e)\/.+\.(?:[cm]?[jt]sx?|py|go|rs|java|kts?|rb|cs|php|ex|exs|scala|swift)$|[._-](?:test|spec)s?\.[cm]?[jt]sx?$|(?:^|\/)test_[^/]*\.py$|_tests?\.(?:py|go|rs|rb|exs)$|_spec\.rb$|(?:Tests?|IT|Spec)\.(?:java|kt|scala|cs|swift)$/;

/** Rust keeps its unit tests beside the code. */
const mayHoldTests = /\.rs$/;

/** Whether tests are looked for in a file of this name. */
export const holdsTests = (path: string): boolean => testFile.test(path) || mayHoldTests.test(path);

/** Ruby's tests and assertions need no brackets; a focused test keeps the others from running. */
const count = (text: string, shape: RegExp) => text.match(shape)?.length ?? 0;
const rubyTests = /^\s*(?:it|test|specify|scenario)\s+["'].*\bdo\b|^\s*def\s+test_\w+/gm;
const rubyAsserts = /^\s*(?:assert\w*|refute\w*|flunk)\b|\bexpect\s*[({]|\.should\b|\.must_\w+/gm;
const rubySkips =
  /^\s*(?:skip|pending)\b|^\s*(?:xit|xdescribe|xcontext|fit|fdescribe|fcontext)\b|\b(?:focus|skip|pending):\s*true|,\s*:(?:focus|skip|pending)\b/gm;
const focused = /\b(?:fit|fdescribe)\s*\(|\b(?:describe|it|test|suite|context)\.only\b/g;

/** Every way in which the tests of a change are weaker than before, each with its file. Moved and renamed tests are not. */
export function weakenedTests(files: readonly FileTexts[]): string[] {
  const found = files.flatMap(({ path, before, after }) => {
    const sides = { path, base: before, ours: before, theirs: before, result: after };
    const told = testProblems({ ...sides, parts: [], answers: new Map() });
    return [...told, ...otherProblems(path, before, after)].map((problem) => ({ path, problem }));
  });
  const gone = /^the test (.+) is missing$/;
  const all = (side: 'before' | 'after') => files.map((file) => file[side]).join('\n');
  // A test that has another name or another file now is not lost while there are as many as before.
  const fewer = testCount(all('after')) < testCount(all('before'));
  return found
    .filter(({ problem }) => {
      const title = gone.exec(problem)?.[1];
      return title === undefined || (fewer && !all('after').includes(title));
    })
    .map(({ path, problem }) => `${path}: ${problem}`);
}

const declarations =
  /\b(?:it|test|specify|scenario)(?:\.\w+)*\s*\(|^\s*(?:it|test|specify|scenario)\s+["']|\bdef\s+test_\w+|\bfunc\s+(?:Test|Benchmark|Fuzz)\w+|#\[(?:\w+::)?test\]|@(?:Test|ParameterizedTest)\b/gm;
const testCount = (text: string) => count(text, declarations);

function otherProblems(path: string, before: string, after: string): string[] {
  const problems: string[] = [];
  if (count(after, focused) > count(before, focused))
    problems.push('a test is focused, which leaves out the others');
  if (/\.rb$/.test(path)) {
    const [old, now] = [count(before, rubyTests), count(after, rubyTests)];
    if (now < old) problems.push(`${old - now} tests are missing`);
    else if (count(after, rubyAsserts) < count(before, rubyAsserts))
      problems.push('its tests assert less than before');
    if (count(after, rubySkips) > count(before, rubySkips)) problems.push('a test was skipped or focused');
  }
  return problems;
}

/** Files of these names say what a check does, where a check begins with the program. */
const readBy: readonly [RegExp, RegExp][] = [
  [/^(?:g?make)$/, /(?:^|\/)(?:GNUm|m|M)akefile$|\.mk$/],
  [/^just$/, /(?:^|\/)\.?justfile$/i],
  [/^(?:pytest|python3?|tox|nox|uv|poetry)$/, /(?:^|\/)(?:conftest\.py|pytest\.ini|tox\.ini|noxfile\.py)$/],
  [/^(?:rake|bundle|rspec)$/, /(?:^|\/)(?:Rakefile|\.rspec)$/],
  [
    /^(?:npx|npm|pnpm|yarn|bun|node|jest|vitest|mocha)$/,
    /(?:^|\/)(?:(?:jest|vitest|karma)\.config\.\w+|\.mocharc\.\w+)$/,
  ],
];

const nameOf = (program: string) => program.slice(program.lastIndexOf('/') + 1);

/** Whether the file is one that a check's command reads: a script it names, or what its program is told by. */
export function definesCheck(path: string, run: readonly string[]): boolean {
  const program = nameOf(run[0] ?? '');
  if (isPackage(path)) return scriptsOf(run).length > 0;
  const named = run.join(' ').split(/[\s;&|()"'<>]+/);
  if (named.some((word) => word.replace(/^\.\//, '') === path)) return true;
  return readBy.some(([reader, file]) => reader.test(program) && file.test(path));
}

const isPackage = (path: string) => /(?:^|\/)package\.json$/.test(path);

/** The scripts of `package.json` that a command runs. */
function scriptsOf(run: readonly string[]): string[] {
  const text = run.join(' ');
  const called = [
    ...text.matchAll(/\b(?:npm|pnpm|yarn|bun)\s+(?:run(?:-script)?\s+)?(?:-\S+\s+)*([\w:.-]+)/g),
  ];
  return called.map((match) => (match[1] === 't' ? 'test' : match[1]!));
}

/** Definitions of these checks that the change makes other than they were; a new script that none had is no change. */
export function changedDefinitions(
  files: readonly FileTexts[],
  runs: readonly (readonly string[])[],
): string[] {
  return files.flatMap(({ path, before, after }) => {
    const readers = runs.filter((run) => definesCheck(path, run));
    if (readers.length === 0 || before === '' || before === after) return [];
    if (!isPackage(path)) return [`${path}: a check reads it`];
    const names = [
      ...new Set(readers.flatMap(scriptsOf).flatMap((name) => [`pre${name}`, name, `post${name}`])),
    ];
    const [old, now] = [scriptsIn(before), scriptsIn(after)];
    return names
      .filter((name) => old[name] !== now[name])
      .map((name) => `${path}: the script ${name} of a check`);
  });
}

function scriptsIn(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) as { scripts?: Record<string, unknown> }).scripts ?? {};
  } catch {
    return {};
  }
}
