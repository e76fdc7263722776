import { describe, expect, it } from '@jest/globals';
import { type Case, judge } from '../../../support/judged-answer.js';

type Row = readonly [path: string, before: string, ours: string, theirs: string, after: string];

/** A key to which each side gives a value of its own, and an answer that has both. */
const rows: readonly Row[] = [
  ['a.rb', 'X = {\n  :a => 1,\n', '  :r => 3,\n', '  :r => 5,\n', '}\n'],
  ['b.rb', 'X = {\n  "a" => 1,\n', '  "r" => 3,\n', "  'r' => 5,\n", '}\n'],
  ['a.ex', 'x = %{\n  a: 1,\n', '  r: 3,\n', '  r: 5,\n', '}\n'],
  ['b.ex', 'x = %{\n  "a" => 1,\n', '  "r" => 3,\n', '  "r" => 5,\n', '}\n'],
  ['a.erl', '#{a => 1,\n', '  r => 3,\n', '  r => 5,\n', '  z => 1}\n'],
  ['a.lua', 'local x = {\n  a = 1,\n', '  r = 3,\n', '  r = 5,\n', '}\n'],
  ['a.nix', '{\n  a = 1;\n', '  r = 3;\n', '  r = 5;\n', '}\n'],
  ['a.ps1', '$x = @{\n  a = 1\n', '  r = 3\n', '  r = 5\n', '}\n'],
  ['a.swift', 'let x = [\n  "a": 1,\n', '  "r": 3,\n', '  "r": 5,\n', ']\n'],
  ['a.gradle', 'ext {\n  a = 1\n', '  r = 3\n', '  r = 5\n', '}\n'],
  ['a.kt', 'val x = mapOf(\n  "a" to 1,\n', '  "r" to 3,\n', '  "r" to 5,\n', ')\n'],
  ['a.scala', 'val x = Map(\n  "a" -> 1,\n', '  "r" -> 3,\n', '  "r" -> 5,\n', ')\n'],
  ['A.java', 'Map x = Map.of(\n  "a", 1,\n', '  "r", 3,\n', '  "r", 5,\n', '  "z", 1);\n'],
  ['a.cs', 'var x = new D {\n  ["a"] = 1,\n', '  ["r"] = 3,\n', '  ["r"] = 5,\n', '};\n'],
  ['a.rs', 'let x = HashMap::from([\n  ("a", 1),\n', '  ("r", 3),\n', '  ("r", 5),\n', ']);\n'],
  ['a.clj', '{:a 1\n', ' :r 3\n', ' :r 5\n', '}\n'],
  ['schema.prisma', 'model A {\n  a Int\n', '  r Int\n', '  r String\n', '}\n'],
  ['a.sql', 'CREATE TABLE a (\n  a int,\n', '  r int,\n', '  r text,\n', '  z int\n);\n'],
  ['BUILD.bazel', 'lib(\n    name = "a",\n', '    r = ["x"],\n', '    r = ["y"],\n', ')\n'],
  ['a.py', 'f(\n    a=1,\n', '    r=3,\n', '    r=5,\n', ')\n'],
  ['CMakeLists.txt', 'set(A 1)\n', 'set(R 3)\n', 'set(R 5)\n', ''],
  ['requirements.txt', 'a==1\n', 'r==3\n', 'r==5\n', ''],
  ['Gemfile', "gem 'a'\n", "gem 'r', '3'\n", "gem 'r', '5'\n", ''],
  ['a.strings', '"a" = "1";\n', '"r" = "3";\n', '"r" = "5";\n', ''],
  ['CODEOWNERS', '* @a\n', '/r @b\n', '/r @c\n', ''],
  ['a.sh', 'a() {\n  x\n}\n', 'r() {\n  y\n}\n', 'r() {\n  z\n}\n', ''],
  ['b.sh', 'A=1\n', 'R=3\n', 'R=5\n', ''],
  ['Dockerfile', 'FROM a\nENV A=1\n', 'ENV R=3\n', 'ENV R=5\n', ''],
  ['a.conf', '[a]\nx = 1\n', 'r = 3\n', 'r = 5\n', ''],
  ['a.xml', '<p>\n', '  <s name="r">3</s>\n', '  <s name="r">5</s>\n', '</p>\n'],
  ['a.tsx', 'x = (\n<A\n  a="1"\n', '  r="3"\n', '  r="5"\n', '/>)\n'],
];

describe('a key that both sides give a value', () => {
  const given = ([path, before, ours, theirs, after]: Row, answer: string): Case => ({
    path,
    around: [before, after],
    ours,
    theirs,
    answer,
  });
  it.each(rows.map((row) => [row[0], row] as const))('in %s is refused twice', (_, row) => {
    expect(judge(given(row, row[2] + row[3])).join('\n')).toMatch(/stands there|listed twice/);
  });
  it.each(rows.map((row) => [row[0], row] as const))('in %s passes beside another one', (_, row) => {
    const other = row[3].replaceAll(/\br\b|\bR\b/g, 'q');
    const answers = { ...given(row, row[2] + other), theirs: other };
    expect(judge(answers).join('\n')).not.toMatch(/stands there|listed twice/);
  });
});

it('knows words before a type of C for no names', () => {
  const answer = 'const char *b;\nstatic char *c;\n';
  const [ours, theirs] = answer.split(/(?<=\n)/) as [string, string];
  const both: Case = { path: 'a.c', around: ['const char *a;\n', ''], ours, theirs, answer };
  expect(judge(both)).toEqual([]);
});
