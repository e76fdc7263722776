/** Takes out what stands between two marks, in one pass however often a mark is opened and never closed. Pure. */

/**
 * The text without the spans that begin with `open` and end with what `closeOf` gives for it, in lower case; a span
 * that is never closed stays.
 */
export function withoutSpans(text: string, open: RegExp, closeOf: (opened: string) => string): string {
  // Letters of other alphabets may become longer when they are made small, which would shift all places.
  const small = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const neverClosed = new Set<string>();
  const kept: string[] = [];
  let from = 0;
  for (const { 0: opened, index } of text.matchAll(open)) {
    const close = closeOf(opened.toLowerCase());
    if (index < from || neverClosed.has(close)) continue;
    const end = small.indexOf(close, index + opened.length);
    if (end < 0) {
      neverClosed.add(close);
      continue;
    }
    kept.push(text.slice(from, index));
    from = end + close.length;
  }
  return kept.join('') + text.slice(from);
}
