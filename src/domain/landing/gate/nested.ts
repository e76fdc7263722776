/**
 * How deep lines stand, in brackets or by their indentation: a line that a side adds moves into a block only together
 * with the lines of the base that it stands between. Pure.
 */
import { type ConflictHunk, hunksOf } from '../hunks.js';
import { splitLines } from '../structural/text.js';
import { codesOfHunks, isProse } from './code.js';
import type { JudgedResult } from './input.js';

const byIndent = /\.(?:pyi?|pyx|bzl|star)$/i;
export const byRecipe = /\.mk$|(?:^|\/)(?:GNUm|[Mm])akefile$/i;

export function nestedProblems({ path, parts, answers }: JudgedResult): string[] {
  if (isProse(path)) return [];
  const { ours, theirs, given } = codesOfHunks(path, parts, answers);
  return hunksOf(parts).flatMap((hunk) => {
    const after = new Map<string, Set<number>>();
    const { index } = hunk;
    for (const { text, deep } of deepLines(path, answers.get(index) ?? '', given.get(index) ?? ''))
      after.set(text, (after.get(text) ?? new Set()).add(deep));
    const base = new Set(splitLines(hunk.base).map((line) => line.trim()));
    const found =
      astray(deepLines(path, hunk.ours, ours.get(index) ?? ''), base, after) ??
      astray(deepLines(path, hunk.theirs, theirs.get(index) ?? ''), base, after);
    if (found === undefined) return byRecipe.test(path) ? recipeProblems(hunk, answers.get(index) ?? '') : [];
    const line = JSON.stringify(found.slice(0, 80));
    return [`hunk ${index}: the line ${line} stands in another block than in its side`];
  });
}

function recipeProblems(hunk: ConflictHunk, answer: string): string[] {
  return [...untabbed(hunk, answer), ...ofOtherRule(hunk, answer)];
}

/** By each command that stands once, what the rule it belongs to makes; '' for one that begins above the text. */
export function rulesOfCommands(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const often = new Set<string>();
  let target = '';
  for (const line of splitLines(text)) {
    if (!line.startsWith('\t')) {
      target = /^([^\s:=#][^:=#]*?)\s*::?(?!=)/.exec(line)?.[1] ?? target;
      continue;
    }
    const command = line.trim();
    if (found.has(command)) often.add(command);
    found.set(command, target);
  }
  for (const command of often) found.delete(command);
  return found;
}

/** A command that a side adds to one rule, and that stands in another one. */
function ofOtherRule({ index, base, ours, theirs }: ConflictHunk, answer: string): string[] {
  const [before, now] = [rulesOfCommands(base), rulesOfCommands(answer)];
  return [ours, theirs].flatMap((side) =>
    [...rulesOfCommands(side)].flatMap(([command, target]) => {
      const other = now.get(command);
      if (before.has(command) || other === undefined || other === target) return [];
      return [
        `hunk ${index}: the command ${JSON.stringify(command.slice(0, 80))} stands in the rule of ${JSON.stringify(other)}, and in its side in that of ${JSON.stringify(target)}`,
      ];
    }),
  );
}

/** A command of a rule that begins with a tab in a side, and with blanks in the answer: make takes it for something else. */
function untabbed({ index, ours, theirs }: ConflictHunk, answer: string): string[] {
  // What goes on from the line before is no command.
  const commandsIn = (lines: string[]) =>
    lines.filter((line, at) => line.startsWith('\t') && !lines[at - 1]?.trimEnd().endsWith('\\'));
  const texts = new Set(
    [ours, theirs].flatMap((text) => commandsIn(splitLines(text))).map((line) => line.trim()),
  );
  return splitLines(answer)
    .filter((line) => !line.startsWith('\t') && texts.has(line.trim()))
    .map(
      (line) =>
        `hunk ${index}: the command ${JSON.stringify(line.trim().slice(0, 80))} does not begin with a tab`,
    );
}

interface DeepLine {
  text: string;
  deep: number;
}

/** Lines of a program or of data with so few letters are not told apart. */
const leastLetters = 4;

/** A line of a side that does not stand as deep in the answer as those around it say. */
function astray(
  side: readonly DeepLine[],
  base: ReadonlySet<string>,
  after: ReadonlyMap<string, ReadonlySet<number>>,
): string | undefined {
  const times = new Map<string, number>();
  for (const { text } of side) times.set(text, (times.get(text) ?? 0) + 1);
  /** By how much a line of the base stands deeper in the answer; undefined where that is not sure. */
  const shiftOf = ({ text, deep }: DeepLine) => {
    const now = after.get(text);
    return now?.size === 1 && times.get(text) === 1 ? [...now][0]! - deep : undefined;
  };
  const isKept = ({ text }: DeepLine) => base.has(text);
  return side.find((line, at) => {
    const now = after.get(line.text);
    const letters = line.text.replace(/[^\p{L}\p{N}]/gu, '').length;
    if (!now || isKept(line) || letters < leastLetters || times.get(line.text)! > 1) return false;
    const [before, next] = [side.slice(0, at).findLast(isKept), side.slice(at + 1).find(isKept)];
    const shifts = [before, next].flatMap((kept) => (kept ? [shiftOf(kept)] : []));
    // At the edge of a block that the other side opens, it may stand within it or not.
    if (shifts.some((shift) => shift !== shifts[0])) return false;
    const shift = shifts.length > 0 ? shifts[0] : 0;
    if (shift === undefined || (shifts.length === 1 && shift !== 0)) return false;
    return !now.has(line.deep + shift);
  })?.text;
}

/** How deep each line that says something stands, from where the hunk begins. */
function deepLines(path: string, text: string, code: string): DeepLine[] {
  const masked = splitLines(code);
  let open = 0;
  return splitLines(text).flatMap((line, at) => {
    const said = masked[at] ?? '';
    const closes = /^[\s)\]}]*/.exec(said)![0].replace(/\s/g, '').length;
    const deep = byIndent.test(path)
      ? /^\s*/.exec(line)![0].replaceAll('\t', '        ').length
      : open - closes;
    for (const sign of said) {
      if (sign === '(' || sign === '[' || sign === '{') open++;
      else if (sign === ')' || sign === ']' || sign === '}') open--;
    }
    return /[\p{L}\p{N}]/u.test(said) ? [{ text: line.trim(), deep }] : [];
  });
}
