/** Code in the colours of the theme. */
import type { ColouredPart } from '../src/domain/landing/review/colours.js';
import type { TextSpan } from './canvas.js';
import type { Style } from './theme.js';

/** The style of each colour of code. */
export const codeStyles = {
  comment: 'dim',
  string: 'warn',
  number: 'info',
  keyword: 'accent',
  type: 'info',
} as const;

/**
 * A line of code from column `from` on, cut where its colour changes.
 * @param style of what has no colour
 */
export function codeSpans(
  text: string,
  colours: readonly ColouredPart[],
  { from: first = 0, style = 'text' }: { from?: number; style?: Style } = {},
): TextSpan[] {
  const spans: TextSpan[] = [];
  let from = first;
  for (const [start, end, colour] of colours) {
    if (end <= from || start >= text.length) continue;
    if (start > from) spans.push({ text: text.slice(from, start), style });
    spans.push({ text: text.slice(Math.max(from, start), end), style: codeStyles[colour] });
    from = end;
  }
  return [...spans, { text: text.slice(from), style }];
}
