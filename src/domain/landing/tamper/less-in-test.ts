/** What one test says less than it did. */
import { codeOf } from '../gate/code.js';
import { type Claim, claimsIn } from './claims.js';
import { says, type TestSides } from './pairs.js';
import type { ReadTest } from './read-tests.js';
import type { FileTexts } from './test-files.js';
import type { Found } from './weakening.js';

/** Assertions of the whole change, and which of them it has less often than before. */
export class Claims {
  readonly #lost = new Map<string, number>();
  /** All tests of the change as they are. */
  readonly text: string;
  /** How many more cases and tests there are than before. */
  readonly rows: number;
  constructor({ before, after }: TestSides) {
    const cases = (all: readonly ReadTest[]) => all.reduce((sum, { rows }) => sum + rows.length, 0);
    this.rows = after.length > before.length ? 0 : cases(after) - cases(before);
    this.text = after.map(({ text }) => text).join('\n');
    const add = (tests: readonly ReadTest[], many: number) => {
      for (const { text } of tests.flatMap(({ claims }) => claims)) {
        this.#lost.set(text, (this.#lost.get(text) ?? 0) + many);
      }
    };
    add(before, 1);
    add(after, -1);
  }
  /** Whether everything that a test claims is claimed as often as before, wherever that is. */
  holds({ claims }: ReadTest): boolean {
    return claims.length > 0 && claims.every(({ text }) => (this.#lost.get(text) ?? 0) <= 0);
  }
  /** Whether an assertion that a test has no more is nowhere; each loss is told once. */
  isLost({ text }: Claim): boolean {
    const lost = this.#lost.get(text) ?? 0;
    if (lost > 0) this.#lost.set(text, lost - 1);
    return lost > 0;
  }
}

/** Everything that one test says less than it did, or one thing that keeps it from saying anything. */
export function lessIn(
  before: ReadTest,
  after: ReadTest,
  moved: Claims,
  helpers: (line: string) => boolean,
): Found[] {
  const told = (what: string, more: Partial<Found> = {}): Found[] => [
    { path: after.path, line: after.line, what: `the test ${before.title} ${what}`, ...more },
  ];
  if (before.skipped) return [];
  if (after.skipped) return says(before) ? told('is skipped') : [];
  if (after.lines.length === 0 && before.lines.length > 0) return told('is emptied');
  if (after.leaves && !before.leaves) return told('is left before it claims anything');
  if (swallows(after) > swallows(before)) return told('swallows what fails in it');
  // As Rust called it before its first edition.
  const was = headed(before).replace('#[should_fail]', '#[should_panic]');
  const kept = keptFrom.find(([shape]) => shape.test(headed(after)) && !shape.test(was));
  if (kept) return told(kept[1]);
  return [...fewerClaims(before, after, moved, helpers), ...fewerCases(before, after, moved)].flatMap(
    ({ what, ...more }) => told(what, more),
  );
}

/** A test with what stands above it, without comments and quoted text. */
const headed = ({ path, text }: ReadTest) => codeOf(path, text).text;

/** What keeps a test from claiming anything, though it is run. */
const keptFrom: readonly [RegExp, string][] = [
  [
    /\[:0\]|\.slice\(0,\s*0\)|\.take\(0\)|\bislice\([^()]*,\s*0\)|\bin range\(0\)|\.filter\(\(\)\s*=>\s*false\)/,
    'is run with no case',
  ],
  [
    // The first of these words is enough, and is not looked for again: a line may have thousands.
    /^\s*if\b(?=([^\n]*?(?:os\.(?:Getenv|LookupEnv|environ|getenv)|process\.env|System\.getenv|env::var|\bgetenv\(|\bENV\[)))\1[^\n]*[:{)]?\s*\n?\s*(?:return\b|[tb]\.Skip)/m,
    'is left by a word of the environment',
  ],
  [
    /\.(?:skipIf|runIf)\([^()\n]*\bprocess\.env\b|\bskip(?:if|If|Unless)\([^()\n]*\bos\.(?:environ|getenv)\b|\bassume\w*\(\s*System\.(?:getenv|getProperty)\(|\?\s*(?:it|test|describe)\s*:\s*\w+\.skip\b/,
    'is run only by a word of the environment',
  ],
  [
    /\b(?:setTimeout|setImmediate|queueMicrotask)\(\s*\(\)\s*=>\s*\{?\s*expect\b(?![\s\S]*\b(?:done|await|Promise|runAll\w*|advanceTimers\w*)\b)/,
    'claims only after it has ended',
  ],
  [
    /^\s*go func\(\) \{(?![\s\S]*(?:\.Wait\(|<-|Sleep\(|Eventually))[\s\S]*\b[tb]\.(?:Error|Fatal)/m,
    'claims only beside itself, and does not wait',
  ],
  [
    /#\[should_panic\]|@Test\s*\([^)]*expected\s*=\s*(?:java\.lang\.)?(?:AssertionError|Error|Throwable)\.class/,
    'is to fail now',
  ],
  [/^\s*expect\(.*\.(?:rejects|resolves)\b/m, 'does not wait for what it claims'],
  [/@(?:EnabledIf|DisabledIf)(?!\w*(?:Os|Jre|Image))\w*\s*\(/, 'is run only by a condition from outside'],
];

type Told = Pick<Found, 'what' | 'explained' | 'about' | 'of' | 'isAnew'>;

function fewerClaims(
  before: ReadTest,
  after: ReadTest,
  moved: Claims,
  helpers: (line: string) => boolean,
): Told[] {
  const [had, has] = [strong(before), strong(after)];
  const missing = without(had, has).filter((claim) => moved.isLost(claim));
  const [first] = missing;
  if (!first) return [];
  if (count(after, 'trivial') > count(before, 'trivial')) return [{ what: 'claims what always holds' }];
  const added = without(has, had);
  // As strong as before: the check of the tests tells which of both is right.
  const turned = new Set(without(after.claims, before.claims).map(({ text }) => turnedRound(text)));
  if (missing.every(({ text }) => turned.has(turnedRound(text)))) return [];
  const looser = missing.find((claim) => after.claims.some((other) => isLooser(claim.text, other.text)));
  if (looser) return [{ what: `claims less: ${looser.text.slice(0, 120)} became weaker` }];
  const news = without(after.lines, before.lines);
  const isAnew = news.length > 4 && news.length * 2 > after.lines.length;
  const byHelper = news.some(helpers);
  const said = first.text.slice(0, 120);
  if (added.length === 0 && count(after, 'weak') > count(before, 'weak') && !byHelper) {
    return [{ what: `claims less: ${said} became weaker`, isAnew }];
  }
  const real = (test: ReadTest) => test.claims.length - count(test, 'trivial');
  if (real(after) >= real(before) || missing.length <= added.length) return [];
  // What is only printed, or put away, is compared with nothing.
  const fresh = [...news, ...newText(before, after).split('\n')]
    .filter(
      (line) =>
        !/^\s*(?:[tb]\.Logf?|log\.|fmt\.|console\.|print|e?println!|System\.|puts\b|echo\b|(?:let )?_ =)/.test(
          line,
        ),
    )
    .join('\n');
  const reworded = missing.filter(({ text }) => valuesIn(text).some((value) => fresh.includes(value)));
  const excuses: readonly [boolean, string][] = [
    [byHelper, 'a helper is called in its place'],
    [added.length > 0, 'it was written anew'],
    [reworded.length > missing.length / 2, 'its values are in the test still'],
    [isSaidTwice(before, after, missing), 'it says the same once more in other words'],
  ];
  const excuse = excuses.find(([holds]) => holds)?.[1];
  const about = missing.map(({ text }) => text).join('\n');
  return [
    {
      what: `claims less: ${said} is gone`,
      ...(excuse ? { explained: excuse } : { about, of: { test: before, claims: missing.length }, isAnew }),
    },
  ];
}

/**
 * Whether all that went of a test was there twice: the claims stand in it still, and each line that went has the words
 * and values of one that stayed, with a step of its own for each claim.
 */
function isSaidTwice(before: ReadTest, after: ReadTest, missing: readonly Claim[]): boolean {
  const stays = new Set(after.claims.map(({ text }) => text));
  if (!missing.every(({ text }) => stays.has(text))) return false;
  const wordsOf = (line: string) => (line.match(/[A-Za-z_$][\w$-]{2,}|\d[\w.]*|[<>=!]=+/g) ?? []).join(' ');
  const kept = new Set(after.lines);
  const [gone, still] = [without(before.lines, after.lines), new Set(after.lines.map(wordsOf))];
  const steps = gone.filter((line) => !kept.has(line));
  return steps.length >= missing.length && gone.every((line) => still.has(wordsOf(line)));
}

function fewerCases(before: ReadTest, after: ReadTest, moved: Claims): Told[] {
  const cases = without(before.rows, after.rows);
  const fewer = cases.length - without(after.rows, before.rows).length;
  if (fewer <= 0 || after.rows.length >= before.rows.length) return [];
  if (without(after.lines, before.lines).length > 0) return [];
  const elsewhere = moved.rows >= 0 || cases.some((row) => moved.text.includes(row));
  const more = elsewhere ? { explained: 'they are in another test' } : { about: cases.join('\n') };
  return [{ what: `has ${fewer} fewer cases`, ...more }];
}

/** A claim that something holds, or does not, without saying which. */
export const turnedRound = (text: string): string =>
  text.replace(
    /^((?:\w+\.)*(?:assert|expect|require)\w*?_?)(?:True|False|IsTrue|IsFalse|true|false)(?=\s*\()/,
    '$1?',
  );

/** Whether it is the same claim, which takes any failure for the one that was asked for. */
function isLooser(old: string, now: string): boolean {
  const any = /^(?:\w+\.)*(?:Base)?(?:Exception|Throwable|Error|StandardError)(?:\.class|::class)?$/;
  const asked =
    /\b((?:raises|assertRaises\w*|assertThrows|assert_raises?|expectException|toThrow(?:Error)?)\s*\()\s*([^,()]*)/;
  const [, , was = ''] = asked.exec(old) ?? [];
  const [, , is = ''] = asked.exec(now) ?? [];
  if (!asked.test(now) || was === is || was === '' || any.test(was)) return false;
  return (is === '' || any.test(is)) && old.replace(asked, '$1') === now.replace(asked, '$1');
}

/** Texts and numbers that a claim speaks of. */
const valuesIn = (text: string) => text.match(/"[^"\n]{3,}"|'[^'\n]{3,}'|`[^`\n]{3,}`|\b\d[\d._]+\b/g) ?? [];

/** Lines of a test that it had not before. */
function newText(before: ReadTest, after: ReadTest): string {
  const old = new Set(before.text.split('\n').map((line) => line.trim()));
  return after.text
    .split('\n')
    .filter((line) => !old.has(line.trim()))
    .join('\n');
}

/** Claims that say what comes out. */
export const strong = ({ claims }: ReadTest) => claims.filter(({ weight }) => weight === 'strong');
const count = ({ claims }: ReadTest, weight: Claim['weight']) =>
  claims.filter((claim) => claim.weight === weight).length;

const swallowing =
  /\bexcept(?:\s+\(?[\w., ]*(?:Exception|AssertionError)[\w., ]*\)?)?\s*(?:as \w+\s*)?:|\bcatch\s*(?:\([^)]*\)\s*)?\{\s*(?:(?:console|log|System\.out|System\.err)\.\w+\((?:[^()]|\([^()]*\))*\);?\s*)*\}|\bcatch\s*\(\s*(?:final\s+)?(?:Throwable|Error|AssertionError|Exception)\b[^)]*\)|\.catch\(\s*(?:\(\w*\)|\w+)\s*=>\s*(?:\{\s*\}|null|undefined|void 0)\s*\)|\bsuppress\(|\brecover\(\)|\bcatch_unwind\b/g;
const swallows = ({ code }: ReadTest) => swallowsIn(code);
/** How often code swallows what fails in it, and says nothing of it. */
export const swallowsIn = (code: string): number =>
  [...code.matchAll(swallowing)].filter(({ 0: said, index }) => {
    // The test asks whether there was a panic, and fails by the answer.
    if (said === 'recover()') return !asksForPanic.test(code.slice(index, index + 300));
    if (said.startsWith('except') && isNoLoss(code, index, index + said.length)) return false;
    // What is to throw, and fails the test where it does not, is caught by its own kind.
    const isAskedFor = /\bfail\([^()]*\)\s*;\s*\}\s*$/.test(code.slice(Math.max(0, index - 200), index));
    return !(isAskedFor && !/\b(?:Throwable|Error|AssertionError|Exception)\b/.test(said));
  }).length;
/** Whether only what is printed or put away is tried there, or the last of several attempts fails all the same. */
function isNoLoss(code: string, from: number, to: number): boolean {
  const before = code.slice(Math.max(0, from - 600), from);
  if (failsAtLast(before, code.slice(to, to + 200))) return true;
  const tried = before
    .slice(before.lastIndexOf('try:') + 4)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const puts =
    /^(?:sys\.(?:stdout|stderr)\.(?:write|flush)|print|os\.(?:remove|unlink|rmdir)|shutil\.rmtree|\w+\.close)\(/;
  return before.includes('try:') && tried.length > 0 && tried.every((line) => puts.test(line));
}
/** Whether the error is raised again in the last round of the loop that it is in. */
function failsAtLast(before: string, handler: string): boolean {
  const asked = /^\s*\n\s*if (\w+) (?:==|>=) ([^\n:]+):\s*\n?\s*raise\b/.exec(handler);
  const loops = [...before.matchAll(/\bfor (\w+) in range\(([^()\n]+)\):/g)];
  const loop = loops.at(-1);
  if (!asked || !loop || asked[1] !== loop[1]) return false;
  const [many, last] = [loop[2]!.trim(), asked[2]!.trim()];
  return last === `${many} - 1` || (/^\d+$/.test(many) && Number(last) === Number(many) - 1);
}

const asksForPanic =
  /^recover\(\)\s*(?:;\s*\w+\s*)?[!=]=\s*nil\s*\{\s*[tb]\.(?:Error|Fatal|Fail)|^recover\(\)\s*\n?[^\n{}]*\n?\s*(?:if \w+ [!=]= nil \{\s*[tb]\.(?:Error|Fatal|Fail)|(?:assert|require)\.(?:NotNil|NotEmpty|Equal|Panics\w*)\()/;

/** Items of the first list that the second has not as often. */
function without<T extends string | Claim>(list: readonly T[], other: readonly T[]): T[] {
  const key = (item: T) => (typeof item === 'string' ? item : item.text);
  const left = new Map<string, number>();
  for (const item of other) left.set(key(item), (left.get(key(item)) ?? 0) + 1);
  return list.filter((item) => {
    const many = left.get(key(item)) ?? 0;
    left.set(key(item), many - 1);
    return many <= 0;
  });
}

/** The text of what is defined there, as far as it is indented deeper. */
function bodyFrom(code: string, at: number): string {
  const start = code.lastIndexOf('\n', at) + 1;
  const indent = /^[ \t]*/.exec(code.slice(start))![0];
  const lines = code.slice(start, at + 2000).split('\n');
  const end = lines.findIndex(
    (line, number) =>
      number > 0 &&
      line.trim() !== '' &&
      !/^[ \t]*[{)]/.test(line) &&
      !line.startsWith(`${indent} `) &&
      !line.startsWith(`${indent}\t`),
  );
  return lines.slice(0, end < 0 ? undefined : end).join('\n');
}

/** Whether a line calls a function that asserts, by its name or by what the change defines. */
export function helpersOf(files: readonly FileTexts[]): (line: string) => boolean {
  const named =
    /(?:check|assert|verify|expect|ensure|validate|should|compare|snapshot|matches|must)\w*[!(.]/i;
  const defined = new Set<string>();
  for (const { path, after } of files) {
    const code = codeOf(path, after).text;
    for (const match of code.matchAll(/\b(?:function|def|func|fn|void|const|let|fun)\s+(\w+)\s*[=(<]/g)) {
      const body = bodyFrom(code, match.index);
      if (/\b(?:expect|assert\w*|require|raises)\b|\bt\.(?:Error|Fatal)/.test(body)) defined.add(match[1]!);
    }
  }
  return (line) => {
    // An assertion of a library is no helper.
    if (claimsIn(line, line).length > 0) return false;
    if (named.test(line)) return true;
    return [...line.matchAll(/\b(\w+)\s*[!(]/g)].some(([, name]) => defined.has(name!));
  };
}
