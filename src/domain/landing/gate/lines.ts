/** Line by line: what a side added is there, what a side deleted is not back, nothing stands there twice. */
import { type ConflictHunk, hunksOf, wordsOf } from '../hunks.js';
import { isImport } from '../structural/imports.js';
import { diff } from '../structural/sequence.js';
import { splitLines, tight, trimmed } from '../structural/text.js';
import { codesOfHunks, isProse } from './code.js';
import type { JudgedResult } from './input.js';
import { byRecipe, rulesOfCommands } from './nested.js';

/** So many neighbouring lines of an answer may say together what a side said in one. */
const windowLines = 4;

export function lineProblems(input: JudgedResult): string[] {
  const { path, parts, answers } = input;
  const { base, ours, theirs, given } = codesOfHunks(path, parts, answers);
  return hunksOf(parts).flatMap((hunk) => {
    const { index } = hunk;
    const answer = answers.get(index);
    if (answer === undefined) return [];
    const masked = {
      base: base.get(index)!,
      ours: ours.get(index)!,
      theirs: theirs.get(index)!,
      answer: given.get(index)!,
    };
    return [...runsOn(input, hunk, answer), ...hunkProblems(input, hunk, answer, masked)];
  });
}

/** An answer whose last line has no end, so that the line after the hunk is glued to it. */
function runsOn({ parts }: JudgedResult, { index }: ConflictHunk, answer: string): string[] {
  const next = parts[parts.findIndex((part) => part.type === 'hunk' && part.hunk.index === index) + 1];
  const glued = answer !== '' && !answer.endsWith('\n') && next?.type === 'text' && next.text !== '';
  return glued ? [`hunk ${index}: its last line runs into the line after it`] : [];
}

/** The parts of a hunk without comments and strings. */
interface HunkCode {
  base: string;
  ours: string;
  theirs: string;
  answer: string;
}

function hunkProblems(input: JudgedResult, hunk: ConflictHunk, answer: string, code: HunkCode): string[] {
  const say = (what: string) => `hunk ${hunk.index}: ${what}`;
  return [
    ...missingLines(input, hunk, answer, code),
    ...fewerWords(input, hunk, answer, code),
    ...returnedLines(hunk, answer),
    ...repeatedLines(hunk, answer),
    ...gluedLines(input, hunk, answer),
    ...movedLines(input, hunk, answer),
  ].map(say);
}

const quoted = (line: string): string => JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}…` : line);

const sidesOf = (hunk: ConflictHunk) =>
  [
    ['ours', hunk.ours, hunk.theirs],
    ['theirs', hunk.theirs, hunk.ours],
  ] as const;

const countOf = (lines: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
};

/** Lines that a side added and that the answer neither has nor says in other lines. */
function missingLines(
  { path, reasons, result }: JudgedResult,
  hunk: ConflictHunk,
  answer: string,
  code: HunkCode,
): string[] {
  if (isProse(path)) return [];
  const named = new Set(wordsOf(reasons?.get(hunk.index) ?? ''));
  const anywhere = new Set(wordsOf(result));
  const given = splitLines(code.answer);
  const exact = new Set(splitLines(answer).map(tight));
  const windows = given.map((_, at) => new Set(wordsOf(given.slice(at, at + windowLines).join('\n'))));
  const windowsWith = new Map<string, Set<string>[]>();
  for (const window of windows) {
    for (const word of window) {
      const list = windowsWith.get(word);
      if (list) list.push(window);
      else windowsWith.set(word, [window]);
    }
  }
  const isSaid = (fresh: readonly string[]) => {
    const wanted = fresh.filter((word) => !named.has(word));
    const [rarest = []] = wanted
      .map((word) => windowsWith.get(word) ?? [])
      .sort((one, other) => one.length - other.length);
    return (wanted.length === 0 ? windows : rarest).some((window) =>
      wanted.every((word) => window.has(word)),
    );
  };
  const baseWords = new Set(wordsOf(code.base));
  const before = splitLines(hunk.base).map((line) => line.trim());
  return (['ours', 'theirs'] as const).flatMap((name) => {
    const raw = splitLines(hunk[name]);
    const lines = splitLines(code[name]);
    const spans =
      diff(
        before,
        raw.map((line) => line.trim()),
      ) ?? [];
    return spans.flatMap((span) =>
      raw.slice(span.from, span.to).flatMap((line, at) => {
        const fresh = wordsOf(lines[span.from + at] ?? '').filter((word) => !baseWords.has(word));
        // A word that is nowhere any more is told as a word.
        if (exact.has(tight(line)) || fresh.length === 0 || fresh.some((word) => !anywhere.has(word)))
          return [];
        return isSaid(fresh) ? [] : [`the line ${quoted(line.trim())} that ${name} added is missing`];
      }),
    );
  });
}

/** Words that may well come less often when lines are put together. */
const common = new Set(
  'if else for while return const let var function def func fn await async new this self in of not and or null nil None true false then end do import from export pub static'.split(
    ' ',
  ),
);

/** Words that stand there less often than both sides' changes make it: a line is gone that no side deleted. */
function fewerWords(
  { path, reasons }: JudgedResult,
  hunk: ConflictHunk,
  answer: string,
  code: HunkCode,
): string[] {
  if (isProse(path)) return [];
  const named = new Set(wordsOf(reasons?.get(hunk.index) ?? ''));
  const [base, ours, theirs, given] = [code.base, code.ours, code.theirs, code.answer].map((text) =>
    countOf(wordsOf(text)),
  ) as [Map<string, number>, Map<string, number>, Map<string, number>, Map<string, number>];
  const fewer = [...new Set([...ours.keys(), ...theirs.keys()])].filter((word) => {
    if (common.has(word) || named.has(word) || /^\d?$/.test(word)) return false;
    const [b, o, t] = [base.get(word) ?? 0, ours.get(word) ?? 0, theirs.get(word) ?? 0];
    // What both brought in may be the same thing.
    const wanted = o >= b && t >= b ? Math.max(o, t) : o + t - b;
    const has = given.get(word) ?? 0;
    // A new word that is nowhere any more is told as a word.
    return has < wanted && (has > 0 || b > 0);
  });
  if (fewer.length === 0) return [];
  const lacking = new Set(fewer);
  const exact = new Set(splitLines(answer).map(tight));
  const before = new Set(splitLines(hunk.base).map(tight));
  for (const [name, side] of sidesOf(hunk)) {
    const gone = splitLines(side).find(
      (line) =>
        !exact.has(tight(line)) &&
        !before.has(tight(line)) &&
        wordsOf(line).some((word) => lacking.has(word)),
    );
    if (gone) return [`the line ${quoted(gone.trim())} that ${name} added is missing (${fewer[0]})`];
  }
  return [`${fewer.slice(0, 5).join(', ')} stands there less often than in both sides' changes`];
}

/** A line of some substance: not only brackets and signs. */
const isSubstantial = (line: string): boolean => wordsOf(line).join('').length > 3;

/** Lines that one side deleted and the other left as they were, and that are there again. */
function returnedLines(hunk: ConflictHunk, answer: string): string[] {
  const [base, given] = [countOf(trimmed(splitLines(hunk.base))), countOf(trimmed(splitLines(answer)))];
  if (base.size === 0) return [];
  const problems: string[] = [];
  const whole = new Set(splitLines(answer).map(tight));
  const counts = {
    ours: countOf(trimmed(splitLines(hunk.ours))),
    theirs: countOf(trimmed(splitLines(hunk.theirs))),
  };
  const joined = { ours: tight(hunk.ours), theirs: tight(hunk.theirs) };
  // Only lines that are back are looked for in whole texts: of them there are few.
  const back = [...base].filter(([line]) => given.has(line) && isSubstantial(line));
  for (const [line] of back) {
    const stays = [counts.ours, counts.theirs].some((side) => side.has(line));
    if (!stays && !joined.ours.includes(tight(line)) && !joined.theirs.includes(tight(line)))
      problems.push(`the line ${quoted(line)} that both sides deleted is back`);
  }
  for (const [name, side] of sidesOf(hunk)) {
    const [own, others] = name === 'ours' ? [counts.ours, counts.theirs] : [counts.theirs, counts.ours];
    for (const [line, times] of back) {
      const left = own.get(line) ?? 0;
      if (left >= times || others.get(line) !== times || given.get(line)! <= left) continue;
      // A side that only breaks its lines elsewhere has not deleted it.
      const longer = splitLines(side)
        .map(tight)
        .filter((other) => other.includes(tight(line)));
      if (joined[name].includes(tight(line)) && !longer.some((other) => whole.has(other))) continue;
      problems.push(`the line ${quoted(line)} that ${name} deleted is back`);
    }
  }
  return problems;
}

/** Lines that stand there more often than both sides' additions explain. */
function repeatedLines(hunk: ConflictHunk, answer: string): string[] {
  const [base, ours, theirs, given] = [hunk.base, hunk.ours, hunk.theirs, answer].map((text) =>
    countOf(trimmed(splitLines(text))),
  ) as [Map<string, number>, Map<string, number>, Map<string, number>, Map<string, number>];
  const problems: string[] = [];
  const doubled = doubledIn(answer);
  const known = new Set([hunk.base, hunk.ours, hunk.theirs].flatMap((text) => [...doubledIn(text)]));
  for (const [line, times] of given) {
    if (times < 2 || !isSubstantial(line)) continue;
    const [b, o, t] = [base.get(line) ?? 0, ours.get(line) ?? 0, theirs.get(line) ?? 0];
    const explained = Math.max(o, t, b + Math.max(0, o - b) + Math.max(0, t - b));
    if (times > explained) problems.push(`the line ${quoted(line)} stands there ${times} times`);
    else if (doubled.has(line) && !known.has(line))
      problems.push(`the line ${quoted(line)} stands there twice, one below the other`);
  }
  return problems;
}

/** Lines that are followed by themselves. */
function doubledIn(text: string): Set<string> {
  const lines = trimmed(splitLines(text));
  return new Set(lines.filter((line, at) => lines[at + 1] === line));
}

/** Longer lines are not looked at for being two in one. */
const maxGlued = 400;

/** A new line made of two whole lines that stood below each other in a side. */
function gluedLines({ path }: JudgedResult, hunk: ConflictHunk, answer: string): string[] {
  // Where a line breaks says nothing in a query, but behind a comment.
  if (isProse(path) || (/\.sql$/i.test(path) && !answer.includes('--'))) return [];
  const known = new Set([hunk.base, hunk.ours, hunk.theirs].flatMap((text) => splitLines(text).map(tight)));
  known.delete('');
  const [o, t] = [hunk.ours, hunk.theirs].map((text) => new Set(splitLines(text).map(tight))) as [
    Set<string>,
    Set<string>,
  ];
  const only = (lines: ReadonlySet<string>, others: ReadonlySet<string>) =>
    new Set([...lines].filter((line) => !others.has(line) && wordsOf(line).length > 0));
  const own = { ours: only(o, t), theirs: only(t, o) };
  return trimmed(splitLines(answer)).flatMap((line) => {
    const joined = tight(line);
    if (known.has(joined) || joined.length > maxGlued) return [];
    for (let cut = 1; cut < joined.length; cut++) {
      const [head, tail] = [joined.slice(0, cut), joined.slice(cut)];
      const closes = known.has(head) && /^[\]})]+[;,]?$/.test(tail);
      // What stands in one side only and what stands in the other one only was never one line.
      const ofBoth =
        (own.ours.has(head) && own.theirs.has(tail)) || (own.theirs.has(head) && own.ours.has(tail));
      if (closes || (known.has(head) && known.has(tail) && (ofBoth || !/[,;{[(]$/.test(head)))) {
        return [`the line ${quoted(line)} is two lines in one`];
      }
    }
    return [];
  });
}

/** The first arm that fits is taken there, so that their order counts. */
const arms = /\.(?:rs|scala|sc|kts?|php|cs|exs?|[eh]rl|hs|ml|fs)$/i;
/** No two of such keys fit the same, be they of arms or of a map. */
const literalKey = /^(?:'[^']*'|"[^"]*"|\d+)\s*(?:=>|->)/;

/** Whether rules of a Makefile stand above the hunk: then those in it have no order, since none is the first one. */
const hasRuleAbove = (path: string, parts: JudgedResult['parts'], hunk: ConflictHunk): boolean =>
  byRecipe.test(path) &&
  parts
    .slice(
      0,
      parts.findIndex((part) => part.type === 'hunk' && part.hunk.index === hunk.index),
    )
    .some((part) => part.type === 'text' && /^[^\s:=#.][^:=#]*:(?!=)/m.test(part.text));

/** Whether two lines of a Makefile are commands of one rule, or neither has to do with a rule. */
function belongTogether(rules: ReadonlyMap<string, string>, one: string, other: string): boolean {
  const ruleOf = (line: string) => rules.get(line) ?? /^([^\s:=#][^:=#]*?)\s*::?(?!=)/.exec(line)?.[1];
  return ruleOf(one) === ruleOf(other);
}

/** Unique lines of one side that stand in another order than there, though nothing but the answer moved them. */
function movedLines({ path, parts }: JudgedResult, hunk: ConflictHunk, answer: string): string[] {
  // Keys of one section have no order; where a section begins, the check of data looks.
  if (/\.(?:toml|ini|cfg|properties)$/i.test(path) && !/^\s*\[/m.test(answer)) return [];
  const given = trimmed(splitLines(answer));
  const places = new Map(given.map((line, at) => [line, at]));
  const counts = countOf(given);
  const problems: string[] = [];
  for (const [name, side, other] of sidesOf(hunk)) {
    const lines = trimmed(splitLines(side));
    const own = countOf(lines);
    const otherLines = new Set(trimmed(splitLines(other)));
    const rules = hasRuleAbove(path, parts, hunk) ? rulesOfCommands(side) : undefined;
    const base = new Set(trimmed(splitLines(hunk.base)));
    const added = lines.filter(
      (line) =>
        isSubstantial(line) &&
        !isImport(line) &&
        (!/,$/.test(line) || (arms.test(path) && /=>|->/.test(line) && !literalKey.test(line))) &&
        !otherLines.has(line) &&
        !base.has(line) &&
        own.get(line) === 1 &&
        counts.get(line) === 1,
    );
    for (let at = 1; at < added.length; at++) {
      if (places.get(added[at]!)! > places.get(added[at - 1]!)!) continue;
      if (rules && !belongTogether(rules, added[at]!, added[at - 1]!)) continue;
      problems.push(`the line ${quoted(added[at]!)} stands before what it follows in ${name}`);
      break;
    }
  }
  return problems;
}
