/** The text of a file that people wrote with any editor. */
import { appError } from '../../../domain/platform/errors.js';

/**
 * Text of a stub's bytes: UTF-8, or UTF-16 in either order, with or without a byte order mark; line ends become `\n`.
 * Throws `stub-invalid` for anything else.
 */
export function stubText(bytes: Uint8Array, name: string): string {
  const encoding = encodingOf(bytes);
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw new Error('NUL');
    return text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  } catch (cause) {
    throw appError('stub-invalid', `${name} is not text in UTF-8 or UTF-16.`, {
      cause,
      hint: 'Save it as UTF-8.',
    });
  }
}

/** Without a mark UTF-16 tells itself by the NULs between Latin letters. */
function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== 0 && second === 0) return 'utf-16le';
  if (first === 0 && second !== 0 && second !== undefined) return 'utf-16be';
  return 'utf-8';
}
