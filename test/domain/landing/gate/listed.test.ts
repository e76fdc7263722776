import { describe, expect, it } from '@jest/globals';
import { type Case, good, judge, loop } from '../../../support/judged-answer.js';

const at = (path: string, around: [string, string], texts: [string, string, string, string]): Case => {
  const [base, ours, theirs, answer] = texts;
  return { path, around, base, ours, theirs, answer, reason: 'both' };
};

describe('one line lists a name once', () => {
  it.each<[string, Case]>([
    [
      'what is imported',
      at(
        'a.ts',
        ['', 'f();\n'],
        [
          "import { f } from './f.js';\n",
          "import { f, g } from './f.js';\n",
          "import { f, h } from './f.js';\n",
          "import { f, g, h, g } from './f.js';\n",
        ],
      ),
    ],
    [
      'parameters of a function',
      at(
        'a.js',
        ['', '  return a;\n}\n'],
        ['function f(a) {\n', 'function f(a, b) {\n', 'function f(a, c) {\n', 'function f(a, b, c, b) {\n'],
      ),
    ],
    [
      'parameters of Python',
      at(
        'a.py',
        ['', '    return a\n'],
        ['def f(a):\n', 'def f(a, b=1):\n', 'def f(a, c=2):\n', 'def f(a, b=1, c=2, b=1):\n'],
      ),
    ],
    [
      'keys of an object',
      at(
        'a.js',
        ['f();\n', 'g();\n'],
        [
          'const o = { a: 1 };\n',
          'const o = { a: 1, b: 2 };\n',
          'const o = { a: 1, c: 3 };\n',
          'const o = { a: 1, b: 2, c: 3, b: 2 };\n',
        ],
      ),
    ],
    [
      'attributes of a tag',
      at(
        'a.jsx',
        ['export const A = () => (\n', '  </a>\n);\n'],
        ['  <a b="1">\n', '  <a b="1" c="2">\n', '  <a b="1" d="3">\n', '  <a b="1" c="2" d="3" c="2">\n'],
      ),
    ],
    [
      'attributes of XML',
      at(
        'a.csproj',
        ['<r>\n', '</r>\n'],
        ['<a x="1"/>\n', '<a x="1" y="2"/>\n', '<a x="1" z="3"/>\n', '<a x="1" y="2" z="3" y="2"/>\n'],
      ),
    ],
  ])('%s', (_, one) => {
    expect(judge(one).join('; ')).toMatch(/is listed twice/);
  });

  it.each<[string, Case]>([
    [
      'a call takes the same argument again',
      at(
        'a.js',
        ['f();\n', ''],
        ['g(a);\n', 'const b = g(a, a);\n', 'h(a);\n', 'const b = g(a, a);\nh(a);\n'],
      ),
    ],
    [
      'a tuple has the same type again',
      at(
        'a.ts',
        ['f();\n', ''],
        [
          'g(1);\n',
          'const b = (x: [string, string], y: { x: string; y: string }) => g(x);\n',
          'h(1);\n',
          'const b = (x: [string, string], y: { x: string; y: string }) => g(x);\nh(1);\n',
        ],
      ),
    ],
    [
      'an arm of Rust has the same pattern again',
      at(
        'a.rs',
        ['match x {\n', '}\n'],
        [
          '    (Some(a), None) => 1,\n',
          '    (Some(a), None) => 1,\n    (None, None) => 2,\n',
          '    (Some(a), None) => 3,\n',
          '    (Some(a), None) => 3,\n    (None, None) => 2,\n',
        ],
      ),
    ],
  ])('but %s', (_, one) => {
    expect(judge(one)).toEqual([]);
  });
});

describe('declared twice', () => {
  it.each<[string, Case]>([
    [
      'in a list of declarations',
      at(
        'a.js',
        ['function f(a) {\n', '}\n'],
        [
          '  g(a);\n',
          '  let x = h(1, 2), y = 2;\n  g(a, x, y);\n',
          '  const z = 3;\n  g(a, z);\n',
          '  let x = h(1, 2), y = 2;\n  let y = 2;\n  const z = 3;\n  g(a, x, y, z);\n',
        ],
      ),
    ],
    [
      'an attribute of Terraform',
      at(
        'a.tf',
        ['resource "x" "y" {\n', '}\n'],
        ['  a = 1\n', '  a = 2\n  b = 3\n', '  a = 1\n  c = 4\n', '  a = 2\n  b = 3\n  c = 4\n  b = 3\n'],
      ),
    ],
    [
      'a block of Terraform',
      at(
        'v.tf',
        ['', ''],
        [
          '',
          'variable "b" {\n  default = 3\n}\n',
          'variable "c" {\n  default = 4\n}\n',
          'variable "b" {\n  default = 3\n}\nvariable "c" {\n  default = 4\n}\nvariable "b" {\n  default = 3\n}\n',
        ],
      ),
    ],
  ])('%s', (_, one) => {
    expect(judge(one).join('; ')).toMatch(/stands there 2 times/);
  });
});

describe('what is switched off', () => {
  const off = (path: string, line: string): Case => ({
    ...loop,
    path,
    answer: good.replace('  if (item.refunded) continue;\n', line),
  });
  it.each<[string, Case]>([
    ['by a condition in front', off('a.ts', '  if (false && item.refunded) continue;\n')],
    ['by a block around', off('A.java', '  if (false) {\n    if (item.refunded) continue;\n  }\n')],
    ['by the preprocessor', off('a.cpp', '#if 0\n  if (item.refunded) continue;\n#endif\n')],
  ])('%s', (_, one) => {
    expect(judge(one).join('; ')).toMatch(/switches code off/);
  });

  it.each([
    ['a.vue', '  // if (item.refunded) continue;\n'],
    ['a.svelte', '  /* if (item.refunded) continue; */\n'],
    ['a.astro', '  <!-- if (item.refunded) continue; -->\n'],
    ['a.tf', '  // if (item.refunded) continue;\n'],
    ['a.erl', '  % if (item.refunded) continue;\n'],
    ['a.bat', '  REM if (item.refunded) continue;\n'],
    ['a.rb', '=begin\n  if (item.refunded) continue;\n=end\n'],
    ['a.lua', '  --[[\n  if (item.refunded) continue;\n  ]]\n'],
    ['a.clj', '  ; if (item.refunded) continue;\n'],
    ['a.ps1', '  <# if (item.refunded) continue; #>\n'],
  ])('by a comment, in %s', (path, line) => {
    expect(judge(off(path, line)).join('; ')).toMatch(/only in a comment/);
  });

  it('stays where a side switched it off', () => {
    const line = '  if (false && item.refunded) continue;\n';
    expect(judge({ ...off('a.ts', line), ours: `${line}${loop.base}` })).toEqual([]);
  });
});

describe('a file that does not load any more', () => {
  const objects = (path: string, answer: string): Case =>
    at(path, ['{\n', '}\n'], ['  "a": 1\n', '  "a": 2,\n  "b": 3\n', '  "a": 1,\n  "c": 4\n', answer]);
  it.each<[string, Case]>([
    ['a comma at the end', objects('a.json', '  "a": 2,\n  "b": 3,\n  "c": 4,\n')],
    ['a comment in strict JSON', objects('a.json', '  // both\n  "a": 2,\n  "b": 3,\n  "c": 4\n')],
    ['a notebook', objects('a.ipynb', '  "a": 2,\n  "b": 3\n  "c": 4\n')],
    [
      'a row of JSON',
      at(
        'a.jsonl',
        ['{"z":1}\n', ''],
        ['{"a":1}\n', '{"a":2}\n{"b":3}\n', '{"a":1}\n{"c":4}\n', '{"a":2}\n{"b":3\n{"c":4}\n'],
      ),
    ],
    [
      'a list of YAML',
      at('a.yaml', ['z: 1\n', 'y: 2\n'], ['a: [b]\n', 'a: [b, c]\n', 'a: [b, d]\n', 'a: [b, c, d\n']),
    ],
    [
      'a section',
      at('a.ini', ['[a]\n', '[z]\nq=1\n'], ['b=1\n', 'b=2\nc=3\n', 'b=1\nd=4\n', 'b=2\nc=3\n[d\nd=4\n']),
    ],
  ])('%s', (_, one) => {
    expect(judge(one).join('; ')).toMatch(/does not load any more|no strict JSON/);
  });
});
