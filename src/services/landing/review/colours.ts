/** Colours of a file by the grammars that merging uses too. */
import { type ColouredLines, type ColouredPart, colourOf } from '../../../domain/landing/review/colours.js';
import { parserFor } from '../structural/grammars.js';
import { parse } from '../structural/parse.js';

/** A longer file would keep the keys waiting while it is parsed. */
const longest = 200_000;

/** The coloured parts of a text, line by line from 1; none where no grammar knows the file, or it is too long. */
export async function coloursOf(path: string, text: string): Promise<ColouredLines> {
  const lines = new Map<number, ColouredPart[]>();
  if (text.length > longest) return lines;
  const parser = await parserFor(path);
  const tree = parser && parse(parser, text);
  if (!tree) return lines;
  const starts = lineStarts(text);
  try {
    const cursor = tree.walk();
    for (let row = 0, down = true; ; ) {
      if (down) {
        const colour = colourOf(cursor.nodeType, cursor.nodeIsNamed, cursor.currentNode.childCount === 0);
        if (colour) row = add(lines, starts, { from: cursor.startIndex, to: cursor.endIndex, colour, row });
        else if (cursor.gotoFirstChild()) continue;
      }
      if (cursor.gotoNextSibling()) down = true;
      else if (cursor.gotoParent()) down = false;
      else return lines;
    }
  } finally {
    tree.delete();
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Adds a part to every line that it spans, and gives the row at which it begins: the next one is not above. */
function add(
  lines: Map<number, ColouredPart[]>,
  starts: readonly number[],
  { from, to, colour, row }: { from: number; to: number; colour: ColouredPart[2]; row: number },
): number {
  let first = row;
  while ((starts[first + 1] ?? Number.POSITIVE_INFINITY) <= from) first++;
  for (let at = first; at < starts.length && starts[at]! < to; at++) {
    const end = (starts[at + 1] ?? Number.POSITIVE_INFINITY) - 1;
    const part: ColouredPart = [Math.max(0, from - starts[at]!), Math.min(to, end) - starts[at]!, colour];
    lines.set(at + 1, [...(lines.get(at + 1) ?? []), part]);
  }
  return first;
}
