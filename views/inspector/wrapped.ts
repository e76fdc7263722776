/** Lines of a page, broken to its width. Pure. */
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { textWidth, wrap, wrapParts } from '../../src/domain/platform/width.js';
import type { TextLine } from '../overlays/types.js';

/** A long line goes on below its own beginning, or below the column that it names. */
export function wrappedLine(whole: TextLine, width: number): TextLine[] {
  const { text, style, hang, spans, ground } = whole;
  if (spans) {
    if (textWidth(text) <= width) return [whole];
    const lead = { text: ' '.repeat(hang ?? 0) };
    return wrapParts(spans, width, hang).map((row, at) => {
      const own = at === 0 ? row : [lead, ...row];
      return { text: own.map((part) => part.text).join(''), spans: own, ground };
    });
  }
  const line = sanitizeLine(text);
  const lead = hang ?? Math.min(12, line.length - line.trimStart().length);
  const first = line.slice(0, lead);
  return wrap(line.slice(lead), Math.max(8, width - lead)).map((part, at) => ({
    text: (at === 0 ? first : ' '.repeat(lead)) + part,
    style,
  }));
}
