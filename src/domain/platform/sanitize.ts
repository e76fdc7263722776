/**
 * The one gate between text that others wrote and a terminal. What comes out holds no escape
 * sequence, control character, bidirectional override or invisible filler. Pure.
 */

/** Escape sequences in their 7-bit and 8-bit forms, finished or cut off. */
const escapes =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]?|[\x90\x98\x9d-\x9f][^\x07\x9c\x1b]*(?:\x07|\x9c|\x1b\\)?/g;

let forbidden: RegExp | undefined;

/**
 * Code points that draw nothing, move text or hide it. U+200D stays: it joins emoji and is dropped with them. Their
 * tables take a start a millisecond, and most texts have no need of them.
 */
export function hiddenCharacters(): RegExp {
  forbidden ??=
    /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}\u{115f}\u{1160}\u{3164}\u{ffa0}]|\u{034f}|(?!\u{200d})\p{Cf}/gu;
  return forbidden;
}

/** ASCII, Latin letters, arrows, box drawing, geometric shapes and the signs of our own screens: nothing to do. */
const plain =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u00ff\u2013\u2014\u2022\u2026\u2190-\u2193\u2212\u22ef\u23ce\u2500-\u25ff\u2713\u2717]*$/;

/** One line, safe to show. A line break inside becomes a space; a lone `\r` keeps only what follows it. */
export function sanitizeLine(text: string): string {
  if (plain.test(text)) return text;
  const visible = text.replace(escapes, '').replace(/[\r\n]+$/, '');
  const rewritten = visible.replace(/\r\n|\n/g, ' ');
  return rewritten
    .slice(rewritten.lastIndexOf('\r') + 1)
    .replaceAll('\t', '    ')
    .replace(hiddenCharacters(), '')
    .normalize('NFC');
}

/**
 * Text of several lines as one of which all is seen: in a line, a carriage return would hide what stands before it. Not
 * made safe yet.
 */
export const inOneLine = (text: string): string =>
  // A pattern with the blanks around the break would try each blank of a long row of them.
  text
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');

/** Text of several lines, each made safe; line breaks stay. */
export function sanitizeText(text: string): string {
  return text
    .split(/\r?\n|\u2028|\u2029/)
    .map(sanitizeLine)
    .join('\n');
}

/** What may follow an emoji and shows as part of it. */
const ofEmoji = /^(?:\u{fe0f}|\u{200d}(?=\p{Extended_Pictographic}))/u;

/**
 * Text for a person who has to see all of it: what no terminal shows, or obeys, stands there as its number, `<U+202E>`.
 * Tabs and line ends stay as they are.
 */
export function withHiddenShown(text: string): string {
  // All of these, and what joins emoji, but no tab and no line end.
  const hidden = new RegExp(`(?![\\t\\n])(?:${hiddenCharacters().source}|\\u{200d})`, 'gu');
  return text.replace(/\r\n/g, '\n').replace(hidden, (char, at: number, whole: string) => {
    const before = whole.slice(Math.max(0, at - 2), at);
    if (/\p{Extended_Pictographic}$/u.test(before) && ofEmoji.test(whole.slice(at))) return char;
    return `<U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}
