/** Nothing that neither side has: no call, no import, no value. */
import { wordsOf } from '../hunks.js';
import { isImport } from '../structural/imports.js';
import { splitLines, trimmed } from '../structural/text.js';
import { codeOf, codeOfHunks, isProse } from './code.js';
import type { JudgedResult } from './input.js';

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
  const code = codeOfHunks(path, parts, ({ index }) => answers.get(index) ?? '');
  return [...answers].flatMap(([index, answer]) =>
    [
      ...newCalls(code.get(index) ?? '', known),
      ...newImports(answer, known),
      ...newNumbers(code.get(index) ?? '', known),
      ...newStrings(codeOf(path, answer).strings, known),
      ...newScalars(path, code.get(index) ?? '', known),
    ].map((problem) => `hunk ${index}: neither side ${problem}`),
  );
}

type Words = ReadonlySet<string>;

function newCalls(code: string, known: Words): string[] {
  const names = [...code.matchAll(/([\p{L}_$][\p{L}\p{N}_$]*)\s*!?\(/gu)].map((match) => match[1]!);
  return names.filter((name) => !known.has(name) && !notCalls.has(name)).map((name) => `calls ${name}`);
}

/** Ways to bring something in that are no lines of a list of imports. */
const bringsIn =
  /^(?:using\s+(?:static\s+)?[\w.=\s]+;|require(?:_relative|_once)?\s*[('"].*|include(?:_once)?\s*[('"].*|#\s*import\b.*|@testable\s+import\b.*|load\(.*\))$/;

function newImports(answer: string, known: Words): string[] {
  return trimmed(splitLines(answer))
    .filter((line) => isImport(line) || bringsIn.test(line))
    .flatMap((line) => {
      const strange = wordsOf(line).find((word) => !known.has(word));
      return strange ? [`imports ${strange} (${JSON.stringify(line)})`] : [];
    });
}

/** Numbers, and names with a number in them: versions, sizes, identifiers. */
function newNumbers(code: string, known: Words): string[] {
  return wordsOf(code)
    .filter((word) => /\d/.test(word) && !plainNumbers.has(word) && !known.has(word))
    .map((word) => `has the value ${word}`);
}

function newStrings(strings: readonly string[], known: Words): string[] {
  return strings.flatMap((string) => {
    const strange = wordsOf(string).find((word) => !known.has(word));
    return strange ? [`has ${JSON.stringify(string.slice(0, 60))} (${strange})`] : [];
  });
}

/** In YAML a value needs no quotes, and a word of it may be a command. */
function newScalars(path: string, code: string, known: Words): string[] {
  if (!/\.ya?ml$/i.test(path)) return [];
  return wordsOf(code)
    .filter((word) => !/\d/.test(word) && !known.has(word))
    .map((word) => `has ${word}`);
}
