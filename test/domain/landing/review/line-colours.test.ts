/** Colours of single lines of code, by the ending of the file's name. */
import { describe, expect, test } from '@jest/globals';
import { languageOf, lineColours } from '../../../../src/domain/landing/review/line-colours.js';

/** The coloured words of a line, with their colours. */
const words = (path: string, line: string) =>
  lineColours(languageOf(path)!, line).map(([from, to, colour]) => `${line.slice(from, to)} ${colour}`);

test.each([
  ['src/a.TS', 'ts tsx'],
  ['typescript', 'ts tsx'],
  ['deep/Makefile', 'dockerfile'],
  ['a.d/x.py', 'py'],
])('the language of %s is known', (name, begins) => {
  expect(languageOf(name)).toMatch(new RegExp(`^${begins}`));
});

test.each(['README', 'notes.txt', '', 'a.constructor', '__proto__', 'picture.png'])(
  'no language is known of %j',
  (name) => {
    expect(languageOf(name)).toBeUndefined();
  },
);

describe('a line', () => {
  test.each<[string, string, string[]]>([
    ['a.ts', 'const n = 0x1f; // not "this"', ['const keyword', '0x1f number', '// not "this" comment']],
    ['a.ts', 'get("http://a/*b") + Foo', ['get keyword', '"http://a/*b" string', 'Foo type']],
    ['a.ts', ' * of a comment', [' * of a comment comment']],
    ['a.ts', 'a /* b */ if', ['/* b */ comment', 'if keyword']],
    ['a.ts', "it's unended", []],
    ['a.py', 'def f(x): # why', ['def keyword', '# why comment']],
    ['a.sh', 'echo $# "a # b" #c', ['echo keyword', '"a # b" string', '#c comment']],
    ['a.rs', "fn f<'a>(x: u8)", ['fn keyword', 'u8 keyword']],
    ['a.html', '<!-- b --> <a href="c">', ['<!-- b --> comment', '"c" string']],
    ['a.sql', 'select 1 -- all', ['select keyword', '1 number', '-- all comment']],
    ['a.json', '{"a": 1.5e3, "b": true}', ['"a" string', '1.5e3 number', '"b" string', 'true keyword']],
  ])('of %s: %s', (path, line, found) => {
    expect(words(path, line)).toEqual(found);
  });

  test('that is very long has no colours, and no line takes long', () => {
    const language = languageOf('a.ts')!;
    expect(lineColours(language, 'if '.repeat(1_000))).toEqual([]);
    const began = performance.now();
    for (const unit of ['"', "'", '`\\', '/*', '* ', '// ', 'a.1', '(/*"'])
      for (let length = 900; length < 1_000; length++)
        lineColours(language, unit.repeat(length).slice(0, length));
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
