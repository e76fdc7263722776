/** Text being typed: value and cursor, edited by keys. A field holds one line, or any number of them. Pure. */

export interface Field {
  text: string;
  /** Position in code points, 0 to length. */
  cursor: number;
  /** It may hold several lines, with their indentation. */
  lines?: boolean;
}

/** A field with this text and the cursor at its end. */
export function fieldOf(text: string, lines = false): Field {
  return { text, cursor: [...text].length, ...(lines ? { lines } : {}) };
}

/** The field after a key; undefined when the key does not edit text. */
export function editField(field: Field, key: string): Field | undefined {
  const chars = [...field.text];
  const at = Math.min(field.cursor, chars.length);
  const [start, end] = lineAround(chars, at);
  const make = (next: string[], cursor: number): Field => ({ ...field, text: next.join(''), cursor });
  switch (key) {
    case 'left':
    case 'C-b':
      return { ...field, cursor: Math.max(0, at - 1) };
    case 'right':
    case 'C-f':
      return { ...field, cursor: Math.min(chars.length, at + 1) };
    case 'M-b':
    case 'M-left':
    case 'C-left':
      return { ...field, cursor: wordStart(chars, at) };
    case 'M-f':
    case 'M-right':
    case 'C-right':
      return { ...field, cursor: wordEnd(chars, at) };
    case 'home':
    case 'C-a':
      return { ...field, cursor: start };
    case 'end':
    case 'C-e':
      return { ...field, cursor: end };
    case 'up':
      return start === 0 ? undefined : { ...field, cursor: columnIn(chars, start - 1, at - start) };
    case 'down':
      return end === chars.length ? undefined : { ...field, cursor: columnIn(chars, end + 1, at - start) };
    case 'C-j':
      return field.lines ? insertText(field, '\n') : undefined;
    case 'backspace':
    case 'C-h':
      return at === 0 ? field : make([...chars.slice(0, at - 1), ...chars.slice(at)], at - 1);
    case 'delete':
      return make([...chars.slice(0, at), ...chars.slice(at + 1)], at);
    case 'C-u':
      return make([...chars.slice(0, start), ...chars.slice(at)], start);
    case 'C-k':
      return make([...chars.slice(0, at), ...chars.slice(end)], at);
    case 'C-w':
    case 'M-backspace': {
      const from = wordStart(chars, at);
      return make([...chars.slice(0, from), ...chars.slice(at)], from);
    }
    case 'M-d':
      return make([...chars.slice(0, at), ...chars.slice(wordEnd(chars, at))], at);
    case 'space':
      return insertText(field, ' ');
    default:
      return [...key].length === 1 ? insertText(field, key) : undefined;
  }
}

/** Lines one after the other with a space between them, in time that grows with their length. */
function inOneRow(text: string): string {
  const lines = text.split('\n');
  const last = lines.length - 1;
  return lines
    .map((line, at) => (at > 0 ? line.trimStart() : line))
    .map((line, at) => (at < last ? line.trimEnd() : line))
    .filter((line, at) => line !== '' || at === 0 || at === last)
    .join(' ');
}

const isBlank = (char: string | undefined): boolean => char !== undefined && /\s/.test(char);

/** Where the word before a position starts; words are parted by blanks. */
function wordStart(chars: readonly string[], at: number): number {
  let start = at;
  while (isBlank(chars[start - 1])) start -= 1;
  while (start > 0 && !isBlank(chars[start - 1])) start -= 1;
  return start;
}

/** Where the word after a position ends. */
function wordEnd(chars: readonly string[], at: number): number {
  let end = at;
  while (isBlank(chars[end])) end += 1;
  while (end < chars.length && !isBlank(chars[end])) end += 1;
  return end;
}

/** Where the line around a position starts and ends. */
function lineAround(chars: readonly string[], at: number): [start: number, end: number] {
  const before = chars.slice(0, at).lastIndexOf('\n') + 1;
  const after = chars.indexOf('\n', at);
  return [before, after < 0 ? chars.length : after];
}

/** The position this many characters into the line around `at`, or at its end. */
function columnIn(chars: readonly string[], at: number, column: number): number {
  const [start, end] = lineAround(chars, at);
  return Math.min(end, start + column);
}

/** Puts text in at the cursor. In a field of one line, breaks and tabs become spaces; else they stay as they are. */
export function insertText(field: Field, text: string): Field {
  const plain = text.replace(/\r\n?|[\u2028\u2029]/g, '\n');
  const fitting = field.lines ? plain : inOneRow(plain).replaceAll('\t', ' ');
  const added = [...fitting.replace(/(?![\n\t])[\x00-\x1f\x7f]/g, '')];
  const chars = [...field.text];
  const at = Math.min(field.cursor, chars.length);
  return {
    ...field,
    text: [...chars.slice(0, at), ...added, ...chars.slice(at)].join(''),
    cursor: at + added.length,
  };
}
