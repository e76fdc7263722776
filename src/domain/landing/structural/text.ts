/** What rules know about the lines of a hunk. */

/** A hunk as lines without their newline. */
export interface Trio {
  base: string[];
  ours: string[];
  theirs: string[];
}

export function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export const joinLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

export const tight = (text: string): string => text.replace(/\s+/g, '');

/** Lines without surrounding white space, blank ones left out. */
export const trimmed = (lines: readonly string[]): string[] =>
  lines.map((line) => line.trim()).filter((line) => line !== '');

/** Two texts with equal keys say the same: white space counts only where it carries meaning. */
export function keyOf(text: string, indented: boolean): string {
  if (!indented) return tight(text);
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

/** Whether all of `small` occurs in `large`, in order. */
export function isSubsequence(small: readonly string[], large: readonly string[]): boolean {
  let at = 0;
  for (const item of large) if (at < small.length && small[at] === item) at++;
  return at === small.length;
}

export const isSorted = (items: readonly string[]): boolean =>
  items.every((item, at) => at === 0 || items[at - 1]! <= item);

export function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}
