import { describe, expect, it } from '@jest/globals';
import { type Case, judge } from '../../../support/judged-answer.js';

describe('what may be there once only', () => {
  const twice = (path: string, before: string, ours: string, theirs: string, after: string): Case => ({
    path,
    around: [before, after],
    ours,
    theirs,
    answer: ours + theirs,
  });
  it.each<[string, Case]>([
    [
      'a key of a Python dictionary',
      twice('a.py', 'X = {\n    "a": 1,\n', '    "r": 3,\n', '    "r": 5,\n', '}\n'),
    ],
    ['a key of a PHP array', twice('a.php', '<?php\nreturn [\n', "  'r' => 3,\n", "  'r' => 5,\n", '];\n')],
    ['a target of a Makefile', twice('Makefile', 'all:\n\ta\n', 'lint:\n\tb\n', 'lint:\n\tc\n', '')],
    ['a variable of a Makefile', twice('Makefile', 'A = 1\n', 'R = 3\n', 'R = 5\n', '')],
    ['the command of a Dockerfile', twice('Dockerfile', 'FROM a\n', 'CMD ["a"]\n', 'CMD ["b"]\n', '')],
    ['a key of a second environment', twice('.env.production.local', 'A=1\n', 'R=3\n', 'R=5\n', '')],
    ['a key of properties with a space', twice('a.properties', 'a 1\n', 'r 3\n', 'r 5\n', '')],
    [
      'a text element of XML',
      twice('a.xml', '<p>\n', '  <version>3</version>\n', '  <version>5</version>\n', '</p>\n'),
    ],
    [
      'a method with the same parameters',
      twice('A.java', 'class A {\n', '  int r() { return 2; }\n', '  int r() { return 3; }\n', '}\n'),
    ],
    [
      'a number of a field and of a choice around it',
      {
        path: 'a.proto',
        around: ['message M {\n  oneof x {\n    string a = 1;\n', '}\n'],
        base: '  }\n',
        ours: '  }\n  string b = 2;\n',
        theirs: '    string c = 2;\n  }\n',
        answer: '    string c = 2;\n  }\n  string b = 2;\n',
      },
    ],
    [
      'a protobuf field number',
      twice('a.proto', 'message M {\n  string a = 1;\n', '  string c = 2;\n', '  int32 d = 2;\n', '}\n'),
    ],
    [
      'a thrift field number',
      twice('a.thrift', 'struct M {\n  1: string a,\n', '  2: string c,\n', '  2: i32 d,\n', '}\n'),
    ],
    [
      'a number of Cap’n Proto',
      twice('a.capnp', 'struct M {\n  a @0 :Text;\n', '  b @1 :Text;\n', '  c @1 :Text;\n', '}\n'),
    ],
    [
      'a number of FlatBuffers',
      twice(
        'a.fbs',
        'table M {\n  a:string (id: 0);\n',
        '  b:string (id: 1);\n',
        '  c:string (id: 1);\n',
        '}\n',
      ),
    ],
    [
      'a number that one side takes out of use',
      twice(
        'a.proto',
        'message M {\n  string a = 1;\n',
        '  reserved 4, 2 to 3;\n',
        '  string d = 2;\n',
        '}\n',
      ),
    ],
    [
      'a typed constant of Go',
      twice('a.go', 'const (\n\tA Kind = 1\n', '\tB Kind = 2\n', '\tC Kind = 2\n', ')\n'),
    ],
    [
      'a migration that is noted in a table',
      twice(
        'a.sql',
        '',
        "INSERT INTO schema_migrations VALUES (2, 'a');\n",
        "INSERT INTO schema_migrations VALUES (2, 'b');\n",
        '',
      ),
    ],
    ['a value of a C enumeration', twice('a.h', 'enum e {\n  A = 1,\n', '  B = 2,\n', '  C = 2,\n', '};\n')],
    [
      'a value of a TypeScript enumeration',
      twice('a.ts', 'enum E {\n  A = 1,\n', '  B = 2,\n', '  C = 2,\n', '}\n'),
    ],
    [
      'a value of a Python enumeration',
      twice('a.py', 'class E(Enum):\n    A = 1\n', '    B = 2\n', '    C = 2\n', ''),
    ],
    [
      'a value of a Rust enumeration',
      twice('a.rs', 'enum E {\n    A = 1,\n', '    B = 2,\n', '    C = 2,\n', '}\n'),
    ],
    [
      'a value of a Java enumeration',
      twice('A.java', 'enum E {\n  A(1),\n', '  B(2),\n', '  C(2),\n', '}\n'),
    ],
    [
      'a constant of a Go group',
      twice('a.go', 'const (\n\tKindA = 1\n', '\tKindB = 2\n', '\tKindC = 2\n', ')\n'),
    ],
    [
      'a bit of flags',
      twice('a.c', '#define FLAG_A (1 << 0)\n', '#define FLAG_B (1 << 1)\n', '#define FLAG_C (1 << 1)\n', ''),
    ],
    [
      'a bit of exported flags',
      twice(
        'a.ts',
        'export const FlagA = 1 << 0;\n',
        'export const FlagB = 1 << 1;\n',
        'export const FlagC = 1 << 1;\n',
        '',
      ),
    ],
    [
      'the version of a migration',
      twice(
        'a.js',
        'const all = [\n  { version: 1, up: users },\n',
        '  { version: 2, up: roles },\n',
        '  { version: 2, up: teams },\n',
        '];\n',
      ),
    ],
    [
      'an arm of a switch',
      twice('a.js', 'switch (x) {\n', "  case 'a':\n    return 1;\n", "  case 'a':\n    return 2;\n", '}\n'),
    ],
    [
      'an arm of a Go switch',
      twice('a.go', 'switch x {\n', '\tcase "a":\n\t\tone()\n', '\tcase "a":\n\t\ttwo()\n', '}\n'),
    ],
    [
      'an arm of a Rust match',
      twice('a.rs', 'match x {\n', '    Kind::A => one(),\n', '    Kind::A => two(),\n', '}\n'),
    ],
    [
      'a default',
      twice('a.ts', 'switch (x) {\n', '  default:\n    one();\n', '  default:\n    two();\n', '}\n'),
    ],
    ['a function', twice('a.js', '', 'function a() {\n  one();\n}\n', 'function a() {\n  two();\n}\n', '')],
    ['a function of Python', twice('a.py', '', 'def a():\n    one()\n', 'def a():\n    two()\n', '')],
    ['a type of Go', twice('a.go', '', 'type T struct {\n\tA int\n}\n', 'type T struct {\n\tB int\n}\n', '')],
    [
      'a method of Go',
      twice('a.go', '', 'func (t *T) M() {\n\tone()\n}\n', 'func (t *T) M() {\n\ttwo()\n}\n', ''),
    ],
    ['a field of a Go structure', twice('a.go', 'type T struct {\n', '\tA int\n', '\tA string\n', '}\n')],
    ['a field of a Rust structure', twice('a.rs', 'struct T {\n', '    a: u8,\n', '    a: u16,\n', '}\n')],
    ['a key of an object', twice('a.js', 'const o = {\n', '  retries: 3,\n', '  retries: 5,\n', '};\n')],
    [
      'a method of a class',
      twice(
        'a.ts',
        'class A {\n',
        '  m(): void {\n    one();\n  }\n',
        '  m(): void {\n    two();\n  }\n',
        '}\n',
      ),
    ],
    ['a selector', twice('a.css', '', '.a {\n  color: red;\n}\n', '.a {\n  color: blue;\n}\n', '')],
    ['a table', twice('a.sql', '', 'CREATE TABLE t (a int);\n', 'CREATE TABLE t (b int);\n', '')],
    ['a key of JSON', twice('a.json', '{\n', '  "a": 1,\n', '  "a": 2,\n', '  "z": 0\n}\n')],
    ['a key of YAML', twice('a.yaml', 'x: 1\n', 'a: 1\n', 'a: 2\n', '')],
    ['a key of TOML', twice('a.toml', 'x = 1\n', 'a = 1\n', 'a = 2\n', '')],
    ['a key of a section', twice('a.ini', '[s]\nx = 1\n', 'a = 1\n', 'a = 2\n', '')],
    ['a variable of an environment file', twice('.env.example', 'X=1\n', 'A=1\n', 'A=2\n', '')],
  ])('%s', (_, given) => {
    expect(judge(given)).not.toEqual([]);
  });

  it.each<[string, Case]>([
    [
      'numbers that are only values',
      twice('a.js', 'const o = {\n  a: 1,\n', '  timeout: 30,\n', '  limit: 30,\n', '};\n'),
    ],
    [
      'arms with conditions',
      twice(
        'a.rs',
        'match x {\n',
        '    n if n > 1 => one(),\n',
        '    n if n > 2 => two(),\n',
        '    _ => {}\n}\n',
      ),
    ],
    [
      'names in blocks of their own',
      twice('a.js', '', 'function a() {\n  const x = 1;\n}\n', 'function b() {\n  const x = 1;\n}\n', ''),
    ],
    [
      'overloads',
      twice(
        'A.java',
        'class A {\n',
        '  void m(int a) {\n    one();\n  }\n',
        '  void m(long a) {\n    two();\n  }\n',
        '}\n',
      ),
    ],
    ['different keys of YAML', twice('a.yaml', 'x: 1\n', 'a: 1\n', 'b: 2\n', '')],
  ])('but %s pass', (_, given) => {
    expect(judge(given)).toEqual([]);
  });
});
