/** Nothing that neither side has: no call, no import, no value. */
import { wordsOf } from '../hunks.js';
import { isImport } from '../structural/imports.js';
import { splitLines, trimmed } from '../structural/text.js';
import { codeOf, codeOfHunks, isProse } from './code.js';
import type { JudgedResult } from './judge.js';

/** Followed by a bracket, and no calls. */
const notCalls = new Set(
  'if for while switch match catch return function fn func def and or not in when with await elif else super sizeof typeof new class fun'.split(
    ' ',
  ),
);
/** Values that say nothing by themselves. */
const plainNumbers = new Set(['0', '1']);

export function inventedProblems({ path, parts, answers, ours, theirs }: JudgedResult): string[] {
  if (isProse(path)) return [];
  const known = new Set([...wordsOf(ours), ...wordsOf(theirs)]);
  const problems: string[] = [];
  const code = codeOfHunks(path, parts, ({ index }) => answers.get(index) ?? '');
  for (const [index, answer] of answers) {
    const text = code.get(index) ?? '';
    const { strings } = codeOf(path, answer);
    for (const [, name] of text.matchAll(/([\p{L}_$][\p{L}\p{N}_$]*)\s*!?\(/gu)) {
      if (!known.has(name!) && !notCalls.has(name!)) {
        problems.push(`hunk ${index}: neither side calls ${name}`);
      }
    }
    for (const line of trimmed(splitLines(answer))) {
      if (!isImport(line)) continue;
      const strange = wordsOf(line).find((word) => !known.has(word));
      if (strange) problems.push(`hunk ${index}: neither side imports ${strange} (${JSON.stringify(line)})`);
    }
    for (const [value] of text.matchAll(/(?<![\p{L}\p{N}_$.])\d[\p{N}_.]*[\p{L}]*/gu)) {
      const parts = wordsOf(value);
      if (plainNumbers.has(value) || parts.every((part) => known.has(part))) continue;
      problems.push(`hunk ${index}: neither side has the value ${value}`);
    }
    for (const string of strings) {
      const strange = wordsOf(string).find((word) => !known.has(word));
      if (strange) {
        problems.push(`hunk ${index}: neither side has ${JSON.stringify(string.slice(0, 60))} (${strange})`);
      }
    }
  }
  return problems;
}
