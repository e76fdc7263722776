/** Code as a reviewer has to see it: what draws nothing, moves text or hides it is shown by its number. */

import { hiddenCharacters } from '../../platform/sanitize.js';

const plain = /^[\x20-\x7e]*$/;
const tabWidth = 4;

/** One line with its tabs as spaces, a carriage return as `␍`, and everything hidden as `<U+202E>`. */
export function visibleText(text: string): string {
  if (plain.test(text)) return text;
  return expanded(text).replace(hiddenCharacters(), (char) =>
    char === '\r' ? '␍' : `<U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

function expanded(text: string): string {
  const [first = '', ...rest] = text.split('\t');
  return rest.reduce((out, part) => out + pad(out.length) + part, first);
}

const pad = (column: number): string => ' '.repeat(tabWidth - (column % tabWidth));
