/** One line of text being typed: value and cursor, edited by keys. Pure. */

export interface Field {
  text: string;
  /** Position in code points, 0 to length. */
  cursor: number;
}

export function fieldOf(text: string): Field {
  return { text, cursor: [...text].length };
}

/** The field after a key; undefined when the key does not edit text. */
export function editField(field: Field, key: string): Field | undefined {
  const chars = [...field.text];
  const at = Math.min(field.cursor, chars.length);
  const make = (next: string[], cursor: number): Field => ({ text: next.join(''), cursor });
  switch (key) {
    case 'left':
    case 'C-b':
      return { ...field, cursor: Math.max(0, at - 1) };
    case 'right':
    case 'C-f':
      return { ...field, cursor: Math.min(chars.length, at + 1) };
    case 'home':
    case 'C-a':
      return { ...field, cursor: 0 };
    case 'end':
    case 'C-e':
      return { ...field, cursor: chars.length };
    case 'backspace':
    case 'C-h':
      return at === 0 ? field : make([...chars.slice(0, at - 1), ...chars.slice(at)], at - 1);
    case 'delete':
      return make([...chars.slice(0, at), ...chars.slice(at + 1)], at);
    case 'C-u':
      return make(chars.slice(at), 0);
    case 'C-k':
      return make(chars.slice(0, at), at);
    case 'C-w': {
      const kept = [
        ...chars
          .slice(0, at)
          .join('')
          .replace(/\S+\s*$/, ''),
      ];
      return make([...kept, ...chars.slice(at)], kept.length);
    }
    case 'space':
      return insertText(field, ' ');
    default:
      return [...key].length === 1 ? insertText(field, key) : undefined;
  }
}

/** Puts text in at the cursor; line breaks become spaces, since a field is one line. */
export function insertText(field: Field, text: string): Field {
  const added = [...text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\x00-\x1f\x7f]/g, '')];
  const chars = [...field.text];
  const at = Math.min(field.cursor, chars.length);
  return {
    text: [...chars.slice(0, at), ...added, ...chars.slice(at)].join(''),
    cursor: at + added.length,
  };
}
