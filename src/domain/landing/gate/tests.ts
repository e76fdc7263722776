/** Tests stay: not fewer, not emptied, not skipped, not left early, and asserting what they asserted. */
import { linesOf } from '../hunks.js';
import { codeOf } from './code.js';
import type { JudgedResult } from './input.js';

const declaredTests = [
  /(?<![.\w$])(?:it|test|describe|specify|scenario|context)(?:\.\w+)*\s*\(\s*(["'`])((?:\\.|(?!\1).)+)\1/g,
  /\bdef\s+()(test_\w+)/g,
  /\bfunc\s+()(Test\w+|Benchmark\w+|Fuzz\w+)/g,
  /#\[(?:\w+::)?test\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?(?:async\s+)?fn\s+()(\w+)/g,
  /@(?:Test|ParameterizedTest)\b[^{;]*?\s()(\w+)\s*\(/g,
];

const skips =
  /\b(?:it|test|describe)\.(?:skip|todo|only|failing)\b|\bx(?:it|test|describe)\s*\(|\bskip:\s*true|@(?:pytest\.mark\.(?:skip|xfail)|unittest\.skip|Disabled|Ignore)\w*|\bt\.Skip\w*\(|#\[ignore|\bpytest\.skip\(|\bself\.skipTest\(/g;
const asserts =
  /\b(?:expect|assert\w*!?|should|require\.\w+|verify\w*|check\w*|[tb]\.(?:Error|Errorf|Fatal|Fatalf))\s*[.(]|^\s*assert\s/gm;
const weak =
  /\btoBe(?:Truthy|Defined|Falsy)\b|\bexpect\(\s*(?:true|1)\s*\)|\bassert(?:True)?\(\s*(?:true|True|1)\s*\)|^\s*assert\s+(?:True|true)\b|\bassert!\(\s*true\s*\)|\bexpect\.anything\b/gm;

const count = (text: string, shape: RegExp): number => text.match(shape)?.length ?? 0;

export function testProblems({ path, base, ours, theirs, result }: JudgedResult): string[] {
  const [b, o, t, r] = [base, ours, theirs, result].map((text) => bodiesOf(path, text)) as [
    Bodies,
    Bodies,
    Bodies,
    Bodies,
  ];
  const problems: string[] = [];
  for (const title of new Set([...o.keys(), ...t.keys()])) {
    // What a side removed on purpose may stay away.
    const wanted = !b.has(title) || (o.has(title) && t.has(title));
    if (!wanted) continue;
    const body = r.get(title);
    if (body === undefined) problems.push(`the test ${title} is missing`);
    else problems.push(...bodyProblems(title, body, [b, o, t].map((bodies) => bodies.get(title)) as Three));
  }
  if (count(result, skips) > Math.max(count(ours, skips), count(theirs, skips))) {
    problems.push('a test was skipped');
  }
  return problems;
}

type Three = [base: string | undefined, ours: string | undefined, theirs: string | undefined];

function bodyProblems(title: string, body: string, [base, ours, theirs]: Three): string[] {
  const measure = (shape: RegExp) => {
    const [o, t] = [ours, theirs].map((text) => (text === undefined ? undefined : count(text, shape)));
    const b = base === undefined ? undefined : count(base, shape);
    // A side that left it as it was has no say.
    if (o === undefined || t === undefined) return (o ?? t)!;
    return o === b ? t : t === b ? o : Math.max(o, t);
  };
  if (body.trim() === '' && [ours, theirs].some((text) => text !== undefined && text.trim() !== '')) {
    return [`the test ${title} is emptied`];
  }
  const problems: string[] = [];
  if (count(body, asserts) < measure(asserts)) problems.push(`the test ${title} asserts less than before`);
  if (count(body, weak) > measure(weak)) problems.push(`the test ${title} asserts something weaker`);
  const leaves = /^\s*return\b/gm;
  if (count(body, leaves) > Math.max(count(ours ?? '', leaves), count(theirs ?? '', leaves))) {
    problems.push(`the test ${title} returns early`);
  }
  return problems;
}

type Bodies = Map<string, string>;

/** Code of each test, by its title: up to the next test, as far as its lines are indented deeper than its first one. */
function bodiesOf(path: string, text: string): Bodies {
  const starts = declaredTests
    .flatMap((shape) => [...text.matchAll(shape)])
    .map((match) => ({ title: match[2]!, at: match.index + match[0].lastIndexOf(match[2]!) }))
    .sort((a, b) => a.at - b.at);
  if (starts.length === 0) return new Map();
  const code = codeOf(path, text).text;
  const bodies: Bodies = new Map();
  for (const [index, { title, at }] of starts.entries()) {
    const lineStart = text.lastIndexOf('\n', at) + 1;
    const indent = /^\s*/.exec(text.slice(lineStart))![0].replace(/\n/g, '').length;
    const rest = code.slice(at + title.length, starts[index + 1]?.at);
    const [first = '', ...lines] = linesOf(rest);
    const end = lines.findIndex((line) => line.trim() !== '' && /^\s*/.exec(line)![0].length <= indent);
    // Of one line, what follows the arrow or the opening bracket.
    const inside = first.replace(/^.*?(?:=>|\{|:\s*$)/, '').replace(/[\s{})\];,'"`]+$/, '');
    bodies.set(title, `${inside}\n${(end < 0 ? lines : lines.slice(0, end)).join('')}`);
  }
  return bodies;
}
