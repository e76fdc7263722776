/** The order in which a program runs: no statement behind a return, no condition turned round. */
import { hunksOf } from '../hunks.js';
import { splitLines } from '../structural/text.js';
import { codeOf, isProse } from './code.js';
import type { JudgedResult } from './input.js';

export function flowProblems(input: JudgedResult): string[] {
  if (isProse(input.path)) return [];
  return [...deadCode(input), ...switchedOff(input), ...turnedRound(input)];
}

const leaves =
  /^(?:return|throw|raise|break|continue|goto\b|panic!?\(|unreachable!|todo!|die\b|abort\(|(?:std::)?(?:process|sys|os|System|Process)(?:\.|::)_?(?:exit|abort|Exit)\(|\w{0,40}?log\w{0,40}\.(?:Fatal|Panic)\w*\(|[tb]\.(?:Fatal|Skip)\w*\(|exit\b)/;
const mayFollow =
  /^(?:[)}\]]|case\b|default\b|else\b|elif\b|elsif\b|except\b|catch\b|finally\b|rescue\b|ensure\b|when\b|end\b|fi\b|esac\b|done\b|;;|function\b|async function\b|def\b|func\b|fn\b|class\b|interface\b|type\b|enum\b|export\b|public\b|private\b|protected\b|static\b|@|#|\w+:\s*$|[.?:&|+*/,<=>]|-\s|in\b|and\b|or\b|`)/;

/** Statements that stand right behind one that leaves the block, and do so in neither side. */
export function deadCode({
  path,
  ours,
  theirs,
  result,
}: Pick<JudgedResult, 'path' | 'ours' | 'theirs' | 'result'>): string[] {
  if (
    !/\.(?:[cm]?[jt]sx?|py|go|rs|java|cs|kts?|swift|c|h|cc|cpp|cxx|hpp|php|rb|scala|dart|sh|bash|lua|exs?|vue|svelte)$/i.test(
      path,
    )
  ) {
    return [];
  }
  const known = new Set([...deadIn(path, ours), ...deadIn(path, theirs)]);
  return deadIn(path, result)
    .filter((line) => !known.has(line))
    .map((line) => `the line ${JSON.stringify(line)} stands behind a statement that leaves the block`);
}

function deadIn(path: string, text: string): string[] {
  const lines = splitLines(codeOf(path, text).text);
  const raw = splitLines(text);
  const deep = (line: string) => /^\s*/.exec(line)![0].replaceAll('\t', '    ').length;
  const found: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (!leaves.test(line.trim())) continue;
    const before = lines.slice(0, at).findLast((other) => other.trim() !== '') ?? '';
    // A condition without brackets, or an arm, holds only this statement.
    if (deep(before) < deep(line) && !/[{:]\s*$|\bthen$|\bdo$/.test(before)) continue;
    const end = endOfStatement(lines, at);
    const next = lines.findIndex((other, index) => index > end && other.trim() !== '');
    if (next < 0 || deep(lines[next]!) !== deep(line)) continue;
    const isOpen = /(?:[,([{=&|+*/?:]|\\|=>|->)$/.test(lines[end]!.trim());
    if (!isOpen && !mayFollow.test(lines[next]!.trim())) found.push(raw[next]!.trim());
  }
  return found;
}

/** The line on which the brackets that this one opens are closed. */
function endOfStatement(lines: readonly string[], at: number): number {
  let depth = 0;
  for (let end = at; end < Math.min(lines.length, at + 200); end++) {
    for (const sign of lines[end]!) {
      if (sign === '(' || sign === '[' || sign === '{') depth++;
      if (sign === ')' || sign === ']' || sign === '}') depth--;
    }
    if (depth <= 0) return end;
  }
  return at;
}

const never =
  /(?<!\}\s*)\b(?:if|while|elif|elsif)\b\s*\(?\s*(?:\$?false|False|0|nil|None|null)\s*(?:[):&]|and\b|then\b|\{|$)|^\s*#\s*if\s+0\b|&&\s*false\b|\band\s+False\b|\bunless\s+true\b|\bor\s+True\b|\|\|\s*true\b(?!\s*[.(])|^\s*:\s*<</;

/** Lines that run never, by a condition that is known and that neither side has, in these or in other words. */
function switchedOff({ path, parts, answers, base, ours, theirs }: JudgedResult): string[] {
  const offIn = (text: string) => splitLines(codeOf(path, text).text).filter((line) => never.test(line));
  const known = new Set([base, ours, theirs].flatMap(offIn).map((line) => line.trim()));
  return hunksOf(parts).flatMap((hunk) => {
    const { index } = hunk;
    const off = offIn(answers.get(index) ?? '');
    const [b, o, t] = [hunk.base, hunk.ours, hunk.theirs].map((text) => offIn(text).length) as [
      number,
      number,
      number,
    ];
    // A line that a side switches off may be rewritten by the other one.
    if (off.length <= Math.max(o, t, o + t - b)) return [];
    return off
      .filter((line) => !known.has(line.trim()))
      .map((line) => `hunk ${index}: ${JSON.stringify(line.trim())} switches code off that a side has on`);
  });
}

const operators = [
  '=',
  '<>',
  '===',
  '!==',
  '==',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  '&&',
  '||',
  '+',
  '-',
  '*',
  '/',
  '%',
  '+=',
  '-=',
  '*=',
  '/=',
  '<<',
  '>>',
  '&',
  '|',
  '^',
  '??',
];
const operator =
  /(?<=[\p{L}\p{N}_$)\]"'`])\s*(===|!==|==|!=|<>|<=|>=|&&|\|\||\?\?|<<|>>|[-+*/%]=|[-+*/%<>&|^])\s*(?=[\p{L}\p{N}_$(["'`!-])/gu;

/** There, a single sign of equality compares. */
const sqlOperator = /(?<=[\p{L}\p{N}_)\]"'`])\s*(<>|!=|<=|>=|[=<>])\s*(?=[\p{L}\p{N}_("'`-])/gu;

/** Between the same two words stands a sign that no side has there, and a side has another. */
function turnedRound({ path, answers, base, ours, theirs }: JudgedResult): string[] {
  if (/\.(?:ya?ml|toml|ini|cfg|xml|html?|svg|css|scss|less|vue|properties|json\w?|sh|bash|rs)$/i.test(path))
    return [];
  const [before, own, other] = [base, ours, theirs].map((text) => signsIn(path, text)) as [
    Signs,
    Signs,
    Signs,
  ];
  const known = (place: string) =>
    new Set([before, own, other].flatMap((signs) => [...(signs.get(place) ?? [])]));
  const problems: string[] = [];
  for (const [index, answer] of answers) {
    for (const { place, sign } of comparisonsIn(path, answer)) {
      const signs = known(place);
      if (signs.size === 0 || signs.has(sign)) continue;
      if (isOfBoth(place, sign, before, own, other) || isOfBoth(place, sign, before, other, own)) continue;
      const [left, right] = place.split(' ');
      problems.push(
        `hunk ${index}: ${JSON.stringify(`${left} ${sign} ${right}`.trim())} is in neither side, which have ${[...signs].join(' or ')}`,
      );
    }
  }
  return problems;
}

type Signs = ReadonlyMap<string, ReadonlySet<string>>;

/** The signs between two words, by these. */
function signsIn(path: string, text: string): Signs {
  const found = new Map<string, Set<string>>();
  for (const { place, sign } of comparisonsIn(path, text))
    found.set(place, (found.get(place) ?? new Set()).add(sign));
  return found;
}

/** Whether one side gave the comparison another word, and the other one gave it this sign. */
function isOfBoth(place: string, sign: string, base: Signs, worded: Signs, signed: Signs): boolean {
  if (base.has(place) || !worded.has(place)) return false;
  const [left, right] = place.split(' ');
  return [...signed].some(([at, signs]) => {
    const [l, r] = at.split(' ');
    return (l === left || r === right) && signs.has(sign) && base.get(at)?.has(sign) === false;
  });
}

interface Comparison {
  /** The words on both sides of the sign; only the right one for a negation. */
  place: string;
  sign: string;
}

function comparisonsIn(path: string, text: string): Comparison[] {
  const code = codeOf(path, text).text;
  const found: Comparison[] = [];
  for (const match of code.matchAll(/\.sql$/i.test(path) ? sqlOperator : operator)) {
    const left = /([\p{L}\p{N}_$.]+(?:[([][^()[\]]*[)\]])?|[)\]"'`])\s*$/u.exec(
      code.slice(Math.max(0, match.index - 80), match.index),
    )?.[1];
    const end = match.index + match[0].length;
    const right = /^\(*!?([\p{L}\p{N}_$.]+|[("'`[-])/u.exec(code.slice(end, end + 80))?.[1];
    if (left && right && operators.includes(match[1]!) && /\w/.test(left)) {
      found.push({ place: `${left} ${right}`, sign: match[1]! });
    }
  }
  // The head of a condition, with and without a negation.
  for (const [, word, not, name] of code.matchAll(
    /\b(if|while|unless|until|elif|assert|and|or|&&|\|\||return)\s*\(?\s*(!+|not\s+)?\(?([\p{L}_$][\p{L}\p{N}_$.]*)/gu,
  )) {
    if (name === 'not') continue;
    const group =
      word === 'unless' || word === 'until' ? 'if' : /^(?:while|elif|if)$/.test(word!) ? 'if' : word!;
    const turned = word === 'unless' || word === 'until';
    const sign = (not !== undefined) !== turned ? 'not' : 'plainly';
    found.push({ place: `${group} ${name}`, sign });
  }
  return found;
}
