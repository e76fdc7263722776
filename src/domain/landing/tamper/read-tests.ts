/** The tests of a file: what each is called, what it claims, whether its runner runs it. Shapes, no grammar. */
import { codeOf } from '../gate/code.js';
import { type Claim, claimsIn } from './claims.js';

export interface ReadTest {
  path: string;
  title: string;
  line: number;
  /** All of it, with what stands above it. */
  text: string;
  /** Its body, without comments and the insides of strings. */
  code: string;
  /** Its lines of code, trimmed, without comments. */
  lines: string[];
  claims: Claim[];
  /** Whether it is left out, whatever the circumstances; what depends on the machine is not. */
  skipped: boolean;
  /** Whether it is left before its claims, whatever the circumstances. */
  leaves: boolean;
  /** Rows of data that it is run with. */
  rows: string[];
}

const declared: readonly [RegExp, RegExp][] = [
  [
    /\.(?:[cm]?[jt]sx?|vue|svelte|coffee)$/,
    /(?<![.\w$])(?:it|test|specify|fit|xit|xtest|xspecify)(?:\.\w+|\([^()\n]*\)(?=\())*\s*(?:\(\s*|`)(?:(["'`])((?:\\.|(?!\1)[^\n])+)\1|\[[^\]]*\]\s*\)\s*\(\s*(["'`])((?:\\.|(?!\3).)+)\3|(\w+(?:\.name)?)\s*,)/g,
  ],
  [/\.py$/, /^[ \t]*(?:async[ \t]+)?def[ \t]+()(test\w*)/gm],
  [/\.go$/, /^func[ \t]+(?:\([^)]*\)[ \t]*)?()((?:Test|Benchmark|Fuzz|Example)\w*)[ \t]*\(/gm],
  [
    /\.rs$/,
    /#\[(?:\w+::)*(?:test|rstest|test_case|quickcheck|proptest|cargo_test)\b[^\]]*\]\s*(?:(?:#\[[^\]]*\]|\/\/[^\n]*)\s*)*(?:pub(?:\([^)]*\))?\s+)?(?:async\s+)?(?:unsafe\s+)?fn\s+()(\w+)|^[ \t]*(?:rgtest|test_case|test|itest)!\(\s*()(\w+)/gm,
  ],
  [
    /\.(?:java|kt|kts|scala|groovy)$/,
    /@(?:org\.junit\.\S*)?(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Theory)\b[^{;]*?(?:\bvoid|\bfun|\bdef|>|\b[A-Z]\w*)\s+`?()(\w[\w ]*?)`?\s*\(|^[ \t]*public\s+void\s+()(test\w*)\s*\(/gm,
  ],
  [
    /\.(?:c|cc|cpp|cxx|m|mm)$/,
    /^[ \t]*(?:static\s+)?(?:void|int)\s+()(test_?\w*)\s*\(|^[ \t]*(?:TEST(?:_F|_P|_CASE|_METHOD)?|START_TEST|TYPED_TEST|BOOST_AUTO_TEST_CASE|SCENARIO)\s*\(\s*()([^)]*)\)/gm,
  ],
  [
    /\.rb$/,
    /^[ \t]*(?:it|test|specify|scenario|xit|fit)\s+(["'])((?:\\.|(?!\1).)*)\1.*\bdo\b|^[ \t]*def\s+()(test_\w+)/gm,
  ],
  [/\.cs$/, /\[(?:Fact|Theory|Test|TestMethod|TestCase)\b[^{;]*?\s()(\w+)\s*\(/g],
  [/\.php$/, /function\s+()(test\w+)\s*\(/g],
  [/\.swift$/, /\bfunc\s+()(test\w+)\s*\(/g],
  [/\.exs?$/, /^[ \t]*test\s+(["'])((?:\\.|(?!\1).)*)\1/gm],
];

const indented = /\.(?:py|rb|exs?)$/;

/** Tests of a text, in their order. */
export function readTests(path: string, text: string): ReadTest[] {
  const shape = declared.find(([ending]) => ending.test(path))?.[1];
  if (!shape || text === '') return [];
  const code = codeOf(path, text).text;
  const starts = [...text.matchAll(shape)].filter((match) => isCode(code, match) && isRun(path, text, match));
  const aside = skippedRanges(path, text, code);
  const whole = isSkippedWhole(path, text, code);
  let line = 1;
  let counted = 0;
  return starts.map((match, at) => {
    const title = titleOf(match);
    const start = match.index + match[0].search(/\S/);
    line += newlines(text.slice(counted, start));
    counted = start;
    const bodyFrom = match.index + match[0].length;
    const next = starts[at + 1]?.index ?? text.length;
    const called = /\.[cm]?[jt]sx?$/.test(path) ? endOfCall(code, start, bodyFrom) : undefined;
    // A signature may go over lines, with colons and closing brackets of its own.
    const signed = path.endsWith('.py') ? endOfCall(code, start, bodyFrom + 1) : undefined;
    const end = called ?? endOfTest(code, start, signed ?? bodyFrom, next, indented.test(path));
    const head = headBefore(text, start);
    const [own, ownText] = [code.slice(bodyFrom, end), text.slice(bodyFrom, end)];
    const top = topLines(own);
    return {
      path,
      title,
      line,
      text: head + text.slice(start, end),
      code: own,
      lines: own
        .split('\n')
        .map((one) => one.trim())
        .filter((one) => /[\w$]/.test(one)),
      claims: claimsIn(ownText, own),
      skipped:
        whole ||
        aside.some(([from, to]) => from <= start && start < to) ||
        skippedByName.test(match[0]) ||
        skippedByOptions.test(ownText) ||
        skippedByHead.test(codeHead(path, head + match[0])) ||
        top.some((one) => skipsInside.test(one)),
      leaves: leavesEarly(top),
      rows: rowsOf(`${head}${match[0]}\n${ownText}`),
    };
  });
}

const newlines = (text: string) => text.split('\n').length - 1;
const titleOf = (match: RegExpExecArray) => match[2] ?? match[4] ?? match[5] ?? '?';
const codeHead = (path: string, head: string) => codeOf(path, head).text;

/** Whether the words that declare a test are code, and not in a comment or a string. */
function isCode(code: string, match: RegExpExecArray): boolean {
  const from = match.index + match[0].search(/\S/);
  return code[from] !== ' ' && code[from] !== '\n';
}

/** No runner looks for tests inside of a function, or in a class of another name that no other one extends. */
function isInFunction(text: string, at: number): boolean {
  const after = text.slice(at).search(/[^\n]/);
  let indent = after < 0 ? 0 : indentOf(text.slice(at + after));
  for (let end = at; end >= 0 && indent > 0; ) {
    const start = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end);
    end = start - 1;
    if (line.trim() === '' || indentOf(line) >= indent || /^\s*(?:#|[)\]}])/.test(line)) continue;
    if (/^\s*(?:async\s+)?def\b/.test(line)) return true;
    const [, name] = /^\s*class\s+(?!Test)(\w+)\s*(?:\(\s*(?:object)?\s*\))?\s*:/.exec(line) ?? [];
    if (name && !/tests?$/i.test(name) && !isInBrackets(text, name)) return true;
    indent = indentOf(line);
  }
  return false;
}

/** Whether a line that opens a block has the name in brackets, as a class has those that it extends. Each line is read once. */
function isInBrackets(text: string, name: string): boolean {
  const word = new RegExp(`\\b${name}\\b`);
  return text.split('\n').some((line) => {
    const inside = line.slice(line.indexOf('(') + 1);
    const found = line.includes('(') ? word.exec(inside) : null;
    return found !== null && /\)\s*:/.test(inside.slice(found.index));
  });
}

/** Go compiles an example that says no output, and PHP takes a function that a test names from it for its data. */
function isRun(path: string, text: string, match: RegExpExecArray): boolean {
  if (path.endsWith('.py')) return !isInFunction(text, match.index);
  if (path.endsWith('.php')) return !new RegExp(`@dataProvider\\s+${titleOf(match)}\\b`).test(text);
  if (!path.endsWith('.go') || !titleOf(match).startsWith('Example')) return true;
  const end = text.indexOf('\n}', match.index);
  return /^\s*\/\/\s*(?:unordered )?output:/im.test(text.slice(match.index, end < 0 ? undefined : end));
}

/** Lines of decorators, attributes and annotations right above, or before it on its line. */
function headBefore(text: string, start: number): string {
  const lines = text.slice(Math.max(0, start - 3000), start).split('\n');
  const kept = [lines.pop() ?? ''];
  while (lines.length > 0) {
    const line = lines.at(-1)!;
    if (!/^\s*(?:[@#[]|[\])}]|["'({]|\/\/)/.test(line) && !/[,([]\s*$/.test(line)) break;
    kept.unshift(lines.pop()!);
  }
  return kept.join('\n');
}

/** The end of a call whose bracket is opened between these places; undefined when it does not close. */
function endOfCall(code: string, start: number, from: number): number | undefined {
  const before = code.lastIndexOf('(', from - 1);
  const opened = before < start ? from - 1 : before;
  if (code[opened] !== '(') return undefined;
  let depth = 0;
  for (let at = opened; at < code.length; at++) {
    if ('([{'.includes(code[at]!)) depth++;
    else if (')]}'.includes(code[at]!) && --depth === 0) return at + 1;
  }
  return undefined;
}

/** The end of what is indented deeper than the line on which a test begins, its closing line included. */
function endOfTest(code: string, start: number, from: number, next: number, byIndent: boolean): number {
  const lineStart = code.lastIndexOf('\n', start) + 1;
  const indent = indentOf(code.slice(lineStart, code.indexOf('\n', lineStart) >>> 0));
  // A bracket that opens the body may stand on a line of its own, behind a long signature.
  const opened = byIndent ? code.indexOf(':', from) : code.indexOf('{', from);
  const within = opened >= 0 && opened < Math.min(next, from + 1500) ? opened : from;
  let at = code.indexOf('\n', within);
  if (at < 0) return Math.min(code.length, Math.max(next, from));
  while (at >= 0 && at < code.length) {
    const lineEnd = code.indexOf('\n', at + 1);
    const line = code.slice(at + 1, lineEnd < 0 ? code.length : lineEnd);
    if (line.trim() !== '' && indentOf(line) <= indent && !standsAside.test(line)) {
      return /^\s*[\])}]/.test(line) ? at + 1 + line.length : at + 1;
    }
    if (lineEnd < 0) return code.length;
    at = lineEnd;
  }
  return code.length;
}

/** The end of a text over lines, and what the preprocessor reads, stand at the left edge wherever they are. */
const standsAside = /^(?:`|"""|'''|#[ \t]*(?:if|ifdef|ifndef|elif|else|endif|define|undef|pragma)\b)/;

const indentOf = (line: string) => /^[ \t]*/.exec(line)![0].replace(/\t/g, '        ').length;

/** Lines of a body that are not nested in it, with those below a condition that always holds. */
function topLines(body: string): string[] {
  const lines = body
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '');
  const least = Math.min(...lines.filter((line) => !/^\s*[\])}{]/.test(line)).map(indentOf));
  const always = lines.findIndex((line) => alwaysHolds.test(line));
  const nested = always >= 0 ? lines.slice(always + 1, always + 3) : [];
  const oneLine = body.split('\n')[0] ?? '';
  return [oneLine, ...lines.filter((line) => indentOf(line) === least), ...nested];
}

const alwaysHolds = /^\s*if\s*\(?\s*(?:true|True|1|!false|not False)\s*\)?\s*[:{]?/;

const skippedByName =
  /(?<![.\w$])(?:x(?:it|test|specify|describe)|(?:it|test)(?:\.\w+)*\.(?:(?:skip|todo|fixme|failing|fails)\b|skipIf\(\s*(?:true|1)\b|runIf\(\s*(?:false|0)\b))/;
/** What follows the title of a test, and leaves it out. */
const skippedByOptions =
  /^\s*,\s*\{[^{}]*\b(?:skip|todo)\s*:\s*(?!false\b|0\b|undefined\b)(?:true\b|1\b|["'`])/;
const skippedByHead =
  /@(?:pytest\.fixture\b|pytest\.mark\.(?:skip\b(?!if)|xfail\b(?!\(\s*(?:condition\s*=\s*)?(?:(?:\w+\.)*(?:PY_?3_?1[3-9]\w*|(?:IS_)?PYPY\d*|(?:IS_|is_)?(?:WINDOWS|WIN32|windows))|sys\.version_info\s*>=\s*\(3,\s*1[3-9]\)|sys\.platform(?:\s*==\s*|\.startswith\()["']win\w*["']\)?|platform\.\w+\(\)\s*==\s*["'](?:PyPy|Windows)["'])\s*[,)])|skipif\(\s*(?:True|1)\b|parametrize\([^()[\]]*,\s*[[(]\s*[\])]\s*[,)])|unittest\.(?:skip\(|skip\b(?!If|Unless)|expectedFailure|skipIf\(\s*(?:True|1)\b)|skip\b(?!if|unless)|Disabled\b(?!On|If)|Ignore\b|pending)|#\[ignore|#\[cfg\(any\(\)\)\]|\[Ignore\]|Skip\s*=|enabled\s*=\s*false/;
const skipsInside =
  /^\W*(?:(?:return\s+)?(?:t|b|f|suite|s\.T\(\))\.Skip(?:Now|f)?\s*\(|pytest\.(?:skip|xfail)\s*\(|self\.skipTest\s*\(|raise\s+(?:unittest\.)?SkipTest|this\.skip\s*\(|t\.skip\s*\(|ctx\.skip\s*\(|cl_skip\s*\(|GTEST_SKIP\s*\(|TEST_IGNORE|Assume\.assumeTrue\s*\(\s*false|assumeTrue\s*\(\s*false|Assumptions\.abort|(?:test|it)\.(?:skip|fixme)\s*\(\s*\)|skip\b\s*(?:["'(]|$)|pending\b|XCTSkip|\$this->markTestSkipped)/;

/** A body that is left at its top, without a condition, before something is claimed. */
function leavesEarly(top: readonly string[]): boolean {
  const leaving = top.findIndex((line) =>
    /^\s*(?:return\s*;?\s*(?:true|True|0|None|nil|null|undefined|Ok\(\(\)\))?\s*;?|(?:sys|process|os)\.(?:_exit|exit|Exit)\s*\(.*|(?:std::process::)?_?[eE]xit\s*\(\s*0?\s*\)\s*;?)$/.test(
      line,
    ),
  );
  return leaving >= 0 && top.slice(leaving + 1).some((line) => /[\w$]/.test(line));
}

const skippedGroups: readonly [RegExp, RegExp][] = [
  [
    /\.(?:[cm]?[jt]sx?|coffee)$/,
    /(?<![.\w$])(?:x(?:describe|context)|(?:describe|context|suite)(?:\.\w+)*\.(?:skip|todo))\b|(?<![.\w$])describe\.(?:skipIf|runIf)\([^()\n]*\bprocess\.env\b|(?<![.\w$])(?:describe|context|suite)\(\s*(?=["'`][^\n]*["'`]\s*,\s*\{[^}]*\bskip:\s*true)/g,
  ],
  [
    /\.py$/,
    /^[ \t]*@(?:pytest\.mark\.(?:skip|xfail)\b(?!if)|unittest\.skip\b(?!If|Unless))[^\n]*\n(?:[ \t]*@[^\n]*\n)*[ \t]*class\b/gm,
  ],
  [/\.(?:java|kt|scala)$/, /@(?:Disabled|Ignore)\b(?!On|If)[^{;]*\bclass\b/g],
  [/\.rs$/, /#\[cfg\((?:any\(\)|FALSE|not\(all\(\)\))\)\]\s*(?:pub\s+)?mod\b/g],
  [/\.(?:c|cc|cpp)$/, /^[ \t]*#[ \t]*if[ \t]+0\b/gm],
];

/** Groups of tests that are left out together. */
function skippedRanges(path: string, text: string, code: string): [number, number][] {
  const shape = skippedGroups.find(([ending]) => ending.test(path))?.[1];
  if (!shape) return [];
  return [...code.matchAll(shape)].map((match) => {
    const from = match.index + match[0].length;
    const endif = /^[ \t]*#[ \t]*(?:endif|else)/m;
    if (match[0].includes('#if') || /#[ \t]*if/.test(match[0])) {
      const end = code.slice(from).search(endif);
      return [match.index, end < 0 ? text.length : from + end];
    }
    const start = match.index + match[0].search(/\S/);
    return [match.index, endOfTest(code, start, from, text.length, indented.test(path))];
  });
}

/** What keeps every test of a file from being run. */
function isSkippedWhole(path: string, text: string, code: string): boolean {
  if (/\.go$/.test(path)) {
    return /^\/\/\s*(?:go:build|\+build)\s+\w*(?:ignored?|never|none|skip(?:ped)?|disabled?|off|todo|broken|false)\w*\s*$/m.test(
      text,
    );
  }
  if (/\.py$/.test(path)) {
    return /^(?:pytestmark\s*=\s*\[?\s*pytest\.mark\.(?:skip\b(?!if)|xfail)|__test__\s*=\s*False|raise\s+(?:unittest\.)?SkipTest|pytest\.skip\(|(?:sys|os)\.(?:_?exit)\()/m.test(
      code,
    );
  }
  if (/\.rs$/.test(path)) return /^#!\[cfg\(any\(\)\)\]/m.test(code);
  if (/\.[cm]?[jt]sx?$/.test(path)) return /^process\.exit\(/m.test(code);
  return false;
}

const row = /^\s*(?:[[({].*[\])}],?|["'`].*["'`],|-?\d[\d._]*,)\s*$/;

/** Lines that look like data of a test that runs once for each. */
function rowsOf(text: string): string[] {
  if (
    !/\beach\b|parametrize|\[\]struct|map\[string\]|test_case|rstest|CsvSource|ValueSource|MethodSource|InlineData/.test(
      text,
    )
  ) {
    return [];
  }
  return text
    .split('\n')
    .filter((line) => row.test(line) || /^\s*(?:name|desc|description|title|testName):\s*["'`]/.test(line))
    .map((line) => line.trim());
}
