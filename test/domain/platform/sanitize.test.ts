import { describe, expect, test } from '@jest/globals';
import { inOneLine, sanitizeLine, sanitizeText } from '../../../src/domain/platform/sanitize.js';

describe('sanitizeLine', () => {
  test.each([
    ['plain text stays', 'a {bold} b', 'a {bold} b'],
    ['colours go', '\x1b[31;1mred\x1b[0m', 'red'],
    ['clearing the screen goes, in 7 and 8 bit', '\x1b[2Ja\u009b2Jb', 'ab'],
    ['titles and clipboard writes go', '\x1b]0;evil\x07a\x1b]52;c;eA==\x1b\\b\u009d0;x\u0007c', 'abc'],
    ['device control and messages go', '\x1bP1$r\x1b\\a\x1b_x\x1b\\b\x1b^y\x1b\\c\x1bXz\x1b\\d', 'abcd'],
    ['hyperlinks leave their text', '\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['charset switches go', '\x1b(0lqk\x1b(B', 'lqk'],
    ['a cut-off sequence goes', 'a\x1b[12', 'a'],
    ['a cut-off title goes', 'a\x1b]0;tit', 'a'],
    ['a lone escape goes', 'a\x1b', 'a'],
    ['a carriage return keeps what follows', '10%\r20%\r100%', '100%'],
    ['a line end is no text', 'done\r\n', 'done'],
    ['a break inside becomes a space', 'a\nb', 'a b'],
    ['tabs become four spaces', 'a\tb', 'a    b'],
    ['controls go', 'a\0b\x07c\x08d\x7fe\u0085f', 'abcdef'],
    ['direction overrides go', 'a\u202eb\u2066c\u061cd\u200ee', 'abcde'],
    ['invisible fillers go', 'a\u3164b\u00adc\u115fd\uffa0e\ufefff\u200bg', 'abcdefg'],
    ['variation selectors and tags go', '⚠\ufe0f\u{e0041}\u{e0100}', '⚠'],
    ['lone surrogates go', 'a\ud800b', 'ab'],
    ['line and paragraph separators go', 'a\u2028b\u2029c', 'abc'],
    ['composed forms are used', 'e\u0301', 'é'],
    ['joiners stay for the cells to drop', '👩\u200d👧', '👩\u200d👧'],
  ])('%s', (_, from, to) => {
    expect(sanitizeLine(from)).toBe(to);
  });

  test('nothing that can be typed into it lets a control through', () => {
    const parts = [
      '\x1b',
      '[',
      ']',
      '0',
      ';',
      'm',
      '\x07',
      '\x9b',
      '\x9d',
      '\x9c',
      'P',
      '\\',
      '\r',
      'a',
      '\u202e',
    ];
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    for (let i = 0; i < 5000; i++) {
      const text = Array.from({ length: 12 }, () => parts[Math.floor(random() * parts.length)]).join('');
      expect(sanitizeLine(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

test('sanitizeText keeps the lines and makes each safe', () => {
  expect(sanitizeText('a\x1b[1m\r\nb\x1b]0;never ended\nc')).toBe('a\nb\nc');
});

test('what is taken for harmless at a glance is what the whole way leaves as it is', () => {
  const known = ['·', '×', '±', '•', '⏎', '⋯', '−', 'é', 'ß'];
  const all = Array.from({ length: 0x2800 }, (_, code) => String.fromCharCode(code));
  // A sequence at the end sends the text the whole way, and is dropped there.
  const changed = all.filter((char) => {
    const short = sanitizeLine(`a${char}b`);
    return short === `a${char}b` && sanitizeLine(`a${char}b\x1b[m`) !== short;
  });
  expect(changed).toEqual([]);
  for (const char of known) expect(sanitizeLine(char)).toBe(char);
});

describe('text of several lines in one', () => {
  test.each([
    [' a \r\n\r\n\tb\u2028c \rd\n', 'a b c d'],
    ['a  b', 'a  b'],
    [' \n ', ''],
  ])('%j', (text, line) => {
    expect(inOneLine(text)).toBe(line);
  });

  // A pattern that tries each blank of a row anew needs many seconds for this.
  test('a long row of blanks costs no time', () => {
    const blanks = ' '.repeat(300_000);
    const begun = performance.now();
    expect(inOneLine(`rm${blanks}-rf`)).toBe(`rm${blanks}-rf`);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
