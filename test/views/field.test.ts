import { describe, expect, it } from '@jest/globals';
import { editField, type Field, fieldOf, insertText } from '../../views/ui/field.js';

const type = (field: Field, ...keys: string[]): Field =>
  keys.reduce((now, key) => editField(now, key) ?? now, field);
/** The text with `|` where the cursor is. */
const seen = ({ text, cursor }: Field) => {
  const chars = [...text];
  return `${chars.slice(0, cursor).join('')}|${chars.slice(cursor).join('')}`;
};

describe('a field of one line', () => {
  it.each([
    ['a\nb', 'a b'],
    ['  a  \r\n\r\n  b', '  a b'],
    ['a\tb', 'a b'],
    ['bell\x07 and \x1b[31mred', 'bell and [31mred'],
  ])('takes %j as %j', (text, kept) => {
    expect(insertText(fieldOf(''), text).text).toBe(kept);
  });

  it('takes a hundred thousand pasted blanks at once', () => {
    const begin = performance.now();
    expect(insertText(fieldOf(''), `a${' '.repeat(100_000)}b`).text).toHaveLength(100_002);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  it('leaves up, down and a new line to others', () => {
    for (const key of ['up', 'down', 'C-j']) expect(editField(fieldOf('abc'), key)).toBeUndefined();
  });
});

describe('a field of several lines', () => {
  const three = fieldOf('one\n  two\nthree', true);

  it.each([
    ['a\r\n\r\n    b\n', 'a\n\n    b\n'],
    ['a\r\tb\rc', 'a\n\tb\nc'],
    ['a\u2028b\u2029c', 'a\nb\nc'],
    ['tab\there\x00\x07', 'tab\there'],
    ['日本\n🐢', '日本\n🐢'],
  ])('takes %j as %j', (text, kept) => {
    expect(insertText(fieldOf('', true), text).text).toBe(kept);
  });

  it('is edited line by line', () => {
    expect(seen(type(three, 'home'))).toBe('one\n  two\n|three');
    expect(seen(type(three, 'up'))).toBe('one\n  two|\nthree');
    expect(seen(type(three, 'up', 'up', 'home', 'right', 'down'))).toBe('one\n | two\nthree');
    expect(seen(type(three, 'up', 'home', 'C-k'))).toBe('one\n|\nthree');
    expect(seen(type(three, 'up', 'C-u'))).toBe('one\n|\nthree');
    expect(seen(type(three, 'up', 'end', 'C-j', 'x'))).toBe('one\n  two\nx|\nthree');
    expect(seen(type(three, 'home', 'backspace'))).toBe('one\n  two|three');
  });

  it('leaves up in the first line and down in the last one to the form', () => {
    expect(editField(three, 'down')).toBeUndefined();
    expect(editField(type(three, 'up', 'up'), 'up')).toBeUndefined();
  });
});
