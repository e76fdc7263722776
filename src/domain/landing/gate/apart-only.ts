/** What is right on each side by itself and wrong on both together: no text of the hunk shows it. Pure. */
import { hunksOf, wordsOf } from '../hunks.js';
import { splitLines } from '../structural/text.js';
import { codeOf, isProse } from './code.js';
import type { JudgedResult } from './input.js';

/** Each change of stored data raises such a version by itself: after two of them it is higher than on either side. */
export const versionOfData =
  /(?:conf(?:ig)?|schema|format|db|database|proto(?:col)?|cache|migrations?|data|file|state|storage|store|wire|abi|layout|index|save)[_\s-]?ver(?:sion)?(?![a-z])/i;

const number = /\d+(?:\.\d+)*/g;

export function apartProblems(input: JudgedResult): string[] {
  return [...raisedByBoth(input), ...deletedAndUsed(input)];
}

/** A version of stored data that both sides raised, and that the answer has as one of them. */
function raisedByBoth({ path, parts, answers }: JudgedResult): string[] {
  if (isProse(path)) return [];
  return hunksOf(parts).flatMap(({ index, base, ours, theirs }) => {
    const [b, o, t] = [base, ours, theirs].map(numbersOfData) as [Numbers, Numbers, Numbers];
    const given = numbersOfData(answers.get(index) ?? '');
    const [line] = [...given].filter(([name, value]) => {
      const known = [b.get(name), o.get(name), t.get(name)];
      return !known.includes(undefined) && new Set(known).size === 3 && known.includes(value);
    });
    return line
      ? [`hunk ${index}: both sides raised ${line[0].trim()} ${line[1]}, which wants a third number`]
      : [];
  });
}

type Numbers = ReadonlyMap<string, string>;

/** The number of each line that says which version stored data has, by the rest of the line. */
const numbersOfData = (text: string): Numbers =>
  new Map(
    splitLines(text).flatMap((line) => {
      const name = versionOfData.exec(line)?.[0];
      const found = line.match(number);
      return name && found?.length === 1 ? [[name, found[0]!] as const] : [];
    }),
  );

const declaration =
  /\b(?:function\*?|def|fn|func|fun|class|interface|struct|enum|trait)\s+([\p{L}_$][\p{L}\p{N}_$]{2,})/gu;

/** A declaration that one side deleted with all its uses, and that the answer uses as the other side does. */
function deletedAndUsed({ path, base, ours, theirs, result }: JudgedResult): string[] {
  if (isProse(path)) return [];
  const [b, o, t, r] = [base, ours, theirs, result].map((text) => codeOf(path, text).text) as [
    string,
    string,
    string,
    string,
  ];
  const names = (text: string) => new Set([...text.matchAll(declaration)].map((match) => match[1]!));
  const declared = names(r);
  const gone = [...names(b)].filter((name) => !declared.has(name));
  if (gone.length === 0) return [];
  const [inOurs, inTheirs, left] = [o, t, r].map((text) => new Set(wordsOf(text))) as [
    Set<string>,
    Set<string>,
    Set<string>,
  ];
  return gone
    .filter((name) => left.has(name) && inOurs.has(name) !== inTheirs.has(name))
    .map((name) => `${name} is used, and one side deleted its declaration with all its uses`);
}
