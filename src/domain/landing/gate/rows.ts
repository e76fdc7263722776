/** Rows of tables and fences of documents: each row has its columns, and what is opened is closed. Pure. */
import { hunksOf } from '../hunks.js';
import { splitLines } from '../structural/text.js';
import type { JudgedResult } from './input.js';

export function rowProblems(input: JudgedResult): string[] {
  return [...columnProblems(input), ...fenceProblems(input)];
}

/** A row of separated values with so many columns as no row of a side has, nor one to which both sides add. */
function columnProblems({ path, parts, answers, ours, theirs }: JudgedResult): string[] {
  const separator = /\.csv$/i.test(path) ? /[,;]/g : /\.tsv$/i.test(path) ? /\t/g : undefined;
  if (!separator) return [];
  const columns = (row: string) => row.replace(/"[^"]*"/g, '').match(separator)?.length ?? 0;
  const known = new Set([ours, theirs].flatMap((text) => splitLines(text).map(columns)));
  return hunksOf(parts).flatMap(({ index, ...hunk }) => {
    const [b, o, t] = [hunk.base, hunk.ours, hunk.theirs].map((text) =>
      columns(splitLines(text)[0] ?? ''),
    ) as [number, number, number];
    const ofBoth = hunk.base !== '' && o > b && t > b ? o + t - b : undefined;
    return splitLines(answers.get(index) ?? '')
      .filter((row) => row.trim() !== '' && !known.has(columns(row)) && columns(row) !== ofBoth)
      .map(
        (row) =>
          `hunk ${index}: the row ${JSON.stringify(row.slice(0, 80))} has other columns than any row of a side`,
      );
  });
}

function fenceProblems({ path, ours, theirs, result }: JudgedResult): string[] {
  if (!/\.(?:md|markdown|mdx)$/i.test(path)) return [];
  const isOpen = (text: string) => (text.match(/^ {0,3}(?:```|~~~)/gm)?.length ?? 0) % 2 === 1;
  return !isOpen(ours) && !isOpen(theirs) && isOpen(result)
    ? ['a block of code is opened and not closed']
    : [];
}
