/** A diff cut into parts that a model can read with care: what matters most comes first. */
import { isGenerated } from './generated.js';

export interface DiffParts {
  /** Each is a diff of its own. */
  parts: string[];
  /** What did not fit in the parts, one phrase a file. */
  unread: string[];
}

/** The text of the diff of one file. */
interface FileText {
  path: string;
  text: string;
}

/**
 * Cuts a unified diff into at most `most` parts of at most `size` characters. Files stand in the order of their
 * weight: written files before generated ones, small ones before large ones, so that padding hides nothing.
 * @param redact applied to each file by itself: what one file holds must not hide another
 */
export function partsOf(
  diff: string,
  { size, most, redact = (text) => text }: { size: number; most: number; redact?: (text: string) => string },
): DiffParts {
  const files = filesOf(diff)
    .map(({ path, text }) => ({ path, text: redact(text) }))
    .sort((a, b) => weight(a) - weight(b) || a.text.length - b.text.length);
  const parts: string[] = [];
  const unread: string[] = [];
  for (const { path, text } of files) {
    const pieces = piecesOf(text, size);
    let left = 0;
    for (const piece of pieces) {
      const last = parts.length - 1;
      if (last >= 0 && parts[last]!.length + piece.length <= size) parts[last] += piece;
      else if (parts.length < most) parts.push(piece);
      else left += piece.length;
    }
    if (left > 0) unread.push(`${path} (${left} of ${text.length} characters)`);
  }
  return { parts, unread };
}

const weight = ({ path }: FileText) => (isGenerated(path) ? 1 : 0);

/** A line of a hunk begins with a sign or a blank, so that only a header begins with `diff --git`. */
function filesOf(diff: string): FileText[] {
  return diff
    .split(/(?<=^|\n)(?=diff --git )/)
    .filter((text) => text !== '')
    .map((text) => {
      const head = text.slice(0, text.indexOf('\n') + 1 || undefined).trimEnd();
      return { path: head.slice(head.lastIndexOf(' b/') + 3).replace(/"$/, ''), text };
    });
}

/** The text of one file in pieces that each begin with its header; a line longer than a piece is cut as well. */
function piecesOf(text: string, size: number): string[] {
  if (text.length <= size) return [text];
  const start = text.search(/^@@ /m);
  const head = start < 0 ? '' : text.slice(0, start).slice(0, size >> 1);
  const room = size - head.length;
  const pieces: string[] = [];
  for (let at = Math.max(0, start); at < text.length; ) {
    const most = text.slice(at, at + room);
    const end = most.lastIndexOf('\n') + 1;
    const piece = at + most.length < text.length && end > 0 ? most.slice(0, end) : most;
    pieces.push(head + piece);
    at += piece.length;
  }
  return pieces;
}
