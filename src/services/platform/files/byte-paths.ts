/**
 * Paths as git and the file system have them, in strings of one character a byte. A name need not be UTF-8, and read as
 * text it would name another file, or none.
 */

/** The path for people, or for whom takes text alone: bytes that are no UTF-8 become U+FFFD. */
export const textOfPath = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

/** The bytes of a path that is text. */
export const bytesOfPath = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** Whether the text of a path still names the same file. */
export const isTextPath = (bytes: string): boolean => bytesOfPath(textOfPath(bytes)) === bytes;

/** A path below a folder, for the calls of the file system. */
export const pathBelow = (folder: string, bytes: string): Buffer =>
  Buffer.from(`${bytesOfPath(folder)}/${bytes}`, 'latin1');
