import { describe, expect, it } from '@jest/globals';
import { hunksOf, type Part } from '../../../../src/domain/landing/hunks.js';
import { syntaxProblems } from '../../../../src/services/landing/structural/answer.js';
import { viewFile } from '../../../../src/services/landing/structural/view.js';

/** What the tree merge makes of one hunk between two texts. */
async function merge(
  path: string,
  [before, after]: [string, string],
  [base, ours, theirs]: [string, string, string],
) {
  const parts: Part[] = [
    { type: 'text', text: before },
    { type: 'hunk', hunk: { index: 1, base, ours, theirs } },
    { type: 'text', text: after },
  ];
  expect(hunksOf(parts)).toHaveLength(1);
  const [view] = await viewFile({ path, parts });
  expect(view!.parsed).toBe(true);
  return view!.tree?.text;
}

describe('syntax trees', () => {
  it.each<[string, string, [string, string], [string, string, string], string | undefined]>([
    [
      'arguments of both',
      'a.ts',
      ['const x = 1;\n', 'done();\n'],
      ['call(one, two);\n', 'call(one, two, three);\n', 'call(zero, one, two);\n'],
      'call(zero, one, two, three);\n',
    ],
    [
      'names imported by both',
      'a.ts',
      ['', '\nuse();\n'],
      ["import { a } from 'x';\n", "import { a, b } from 'x';\n", "import { a, c } from 'x';\n"],
      "import { a, b, c } from 'x';\n",
    ],
    [
      'functions of both',
      'a.js',
      ['start();\n', 'end();\n'],
      ['', 'function a() {\n  one();\n}\n', 'function b() {\n  two();\n}\n'],
      'function a() {\n  one();\n}\nfunction b() {\n  two();\n}\n',
    ],
    [
      'methods edited by one and the other',
      'a.py',
      ['class A:\n', ''],
      [
        '    def a(self):\n        return 1\n    def b(self):\n        return 2\n',
        '    def a(self):\n        return 10\n    def b(self):\n        return 2\n',
        '    def a(self):\n        return 1\n    def b(self):\n        return 20\n',
      ],
      '    def a(self):\n        return 10\n    def b(self):\n        return 20\n',
    ],
    [
      'fields of a struct',
      'a.rs',
      ['struct A {\n', '}\n'],
      ['    a: u8,\n', '    a: u16,\n    b: u8,\n', '    a: u8,\n    c: u8,\n'],
      '    a: u16,\n    b: u8,\n    c: u8,\n',
    ],
    [
      'imports of Go',
      'a.go',
      ['package a\n\nimport (\n', ')\n'],
      ['\t"fmt"\n', '\t"fmt"\n\t"os"\n', '\t"fmt"\n\t"io"\n'],
      '\t"fmt"\n\t"os"\n\t"io"\n',
    ],
    [
      'members of a Java class',
      'A.java',
      ['class A {\n', '}\n'],
      ['', '  int a() { return 1; }\n', '  int b() { return 2; }\n'],
      '  int a() { return 1; }\n  int b() { return 2; }\n',
    ],
    [
      'arguments in C',
      'a.c',
      ['int main(void) {\n', '  return 0;\n}\n'],
      ['  f(a, b);\n', '  f(x, b);\n', '  f(a, b, c);\n'],
      '  f(x, b, c);\n',
    ],
    [
      'nothing where one thing became two',
      'a.js',
      ['start();\n', 'end();\n'],
      ['limit = 5;\n', 'limit = 10;\n', 'limit = 20;\n'],
      undefined,
    ],
    [
      'nothing where both replaced one element',
      'a.js',
      ['start();\n', 'end();\n'],
      ['list = [[a, b]];\n', 'list = [[c, b]];\n', 'list = [[b, d]];\n'],
      undefined,
    ],
    [
      'nothing where one side deleted what the other changed',
      'a.js',
      ['start();\n', 'end();\n'],
      ['one(1);\ntwo(2);\n', 'two(2);\n', 'one(1, 2);\ntwo(2);\n'],
      undefined,
    ],
  ])('merge %s', async (_, path, around, hunk, wanted) => {
    expect(await merge(path, around, hunk)).toBe(wanted);
  });

  it('survive deep nesting', async () => {
    const deep = (inner: string) => `x = ${'['.repeat(3000)}${inner}${']'.repeat(3000)};\n`;
    const merged = await merge('a.js', ['', ''], [deep('a, b'), deep('c, b'), deep('a, d')]);
    expect([undefined, deep('c, d')].indexOf(merged)).not.toBe(-1);
  });

  it('tell when a result parses worse than both sides', async () => {
    const sides = { path: 'a.js', ours: 'f(1);\n', theirs: 'f(2);\n' };
    expect(await syntaxProblems(sides, 'f(1, 2);\n')).toEqual([]);
    expect(await syntaxProblems(sides, 'f(1;\n')).toEqual(['the result does not parse any more']);
    expect(await syntaxProblems({ ...sides, ours: 'f(1;\n' }, 'f(2;\n')).toEqual([]);
    expect(await syntaxProblems({ ...sides, path: 'a.unknown' }, 'f(1;\n')).toEqual([]);
  });
});
