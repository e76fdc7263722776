/** Text in an encoding that is not ours: what of it a reader of the diff can see. */
import type { DiffFile } from './diff.js';

/** UTF-16 of ASCII letters reads well without the zero bytes that it has between them. */
export const withoutZeros = (text: string): string => text.replaceAll('\0', '');

/** Files of which some added line is shown as other letters than it has, in UTF-16 or UTF-32. */
export const unreadableFiles = (files: readonly DiffFile[]): DiffFile[] =>
  files.filter(({ hunks }) =>
    hunks.some((hunk) => hunk.some(({ kind, text }) => kind === 'added' && isGarbled(text))),
  );

/** Such a line begins or ends with a zero byte, since a line feed has one; a stray one stands anywhere. */
function isGarbled(line: string): boolean {
  const text = line.replace(/^\ufffd{2}/, '');
  if (!text.startsWith('\0') && !text.endsWith('\0')) return false;
  return !/^\0?(?:[^\0\ufffd]\0)*[^\0\ufffd]?$/.test(text);
}
