import { describe, expect, it } from '@jest/globals';
import { judgeResolution } from '../../../../src/domain/landing/gate/judge.js';
import { type Part, parseConflicts } from '../../../../src/domain/landing/hunks.js';

interface Case {
  path: string;
  /** The file before and after the hunk. */
  around?: [string, string];
  base?: string;
  ours: string;
  theirs: string;
  answer: string;
  reason?: string;
}

function judge({ path, around: [before, after] = ['', ''], base = '', ours, theirs, answer, reason }: Case) {
  const hunk = `<<<<<<< a\n${ours}||||||| b\n${base}=======\n${theirs}>>>>>>> c\n`;
  const parts = parseConflicts(before + hunk + after) as Part[];
  return judgeResolution({
    path,
    parts,
    base: before + base + after,
    ours: before + ours + after,
    theirs: before + theirs + after,
    result: before + answer + after,
    ...(reason ? { reasons: new Map([[1, reason]]) } : {}),
  });
}

const inside: [string, string] = ['function total(items) {\n  let sum = 0;\n', '  return sum;\n}\n'];
const loop = {
  path: 'src/price.js',
  around: inside,
  base: '  sum += item.price;\n',
  ours: '  if (item.refunded) continue;\n  sum += item.price;\n',
  theirs: '  const discount = item.discount ?? 0;\n  sum += item.price * discount;\n',
};
const good =
  '  if (item.refunded) continue;\n  const discount = item.discount ?? 0;\n  sum += item.price * discount;\n';

describe('right answers pass, however they are put', () => {
  it.each([
    ['as the sides have it', good],
    [
      'in another order',
      `${loop.theirs.split('\n')[0]}\n  if (item.refunded) continue;\n  sum += item.price * discount;\n`,
    ],
    ['with a comment', `  // refunds do not count\n${good}`],
    [
      'over more lines',
      good.replace('if (item.refunded) continue;', 'if (item.refunded) {\n    continue;\n  }'),
    ],
  ])('%s', (_, answer) => {
    expect(judge({ ...loop, answer })).toEqual([]);
  });
});

describe('wrong answers are refused, and the refusal names what is wrong', () => {
  it.each<[string, Case, RegExp]>([
    [
      'a side that is left in a comment only',
      { ...loop, answer: good.replace('  if', '  // if') },
      /only in a comment/,
    ],
    [
      'a side that is left in a string only',
      {
        ...loop,
        answer: good.replace('if (item.refunded) continue;', 'log("if (item.refunded) continue");'),
      },
      /only in a comment or a string/,
    ],
    [
      'a line that is missing though its words are elsewhere',
      {
        ...loop,
        around: ['for (const refunded of all) {\n  if (refunded) continue;\n}\n', ''],
        answer: good.split('\n').slice(1).join('\n'),
      },
      /the line "if \(item.refunded\) continue;" that ours added is missing/,
    ],
    [
      'a line that both sides left as it was',
      { ...loop, answer: good.split('\n').slice(0, 2).join('\n').concat('\n') },
      /"sum \+= item.price \* discount;" that theirs added is missing/,
    ],
    [
      'a version of neither side',
      {
        path: 'go.mod',
        base: 'require a v1.2.0\n',
        ours: 'require a v1.2.3\n',
        theirs: 'require a v1.2.0\nrequire b v1.0.0\n',
        answer: 'require a v1.2.9\nrequire b v1.0.0\n',
        reason: 'drops 3',
      },
      /the value 9/,
    ],
    [
      'a line that a side deleted',
      {
        path: 'a.js',
        base: 'old(value);\nkeep();\n',
        ours: 'keep();\n',
        theirs: 'old(value);\nkeep();\nmore();\n',
        answer: 'old(value);\nkeep();\nmore();\n',
      },
      /"old\(value\);" that ours deleted is back/,
    ],
    [
      'a constant declared twice',
      { ...loop, answer: good.replace('  sum', '  const discount = item.discount ?? 0;\n  sum') },
      /discount/,
    ],
    ['a call of neither side', { ...loop, answer: `${good}  audit(item);\n` }, /neither side calls audit/],
    ['a value of neither side', { ...loop, answer: good.replace('?? 0', '?? 15') }, /the value 15/],
    [
      'a text of neither side',
      { ...loop, answer: good.replace('?? 0', '?? "none"') },
      /neither side has "none"/,
    ],
    ['a condition turned round', { ...loop, answer: good.replace('(item', '(!item') }, /item.refunded/],
    [
      'a comparison turned round',
      {
        path: 'a.py',
        base: 'x = 1\n',
        ours: 'if a < limit:\n    x = 2\n',
        theirs: 'x = 1\ny = 3\n',
        answer: 'if a > limit:\n    x = 2\ny = 3\n',
      },
      /"a > limit" is in neither side/,
    ],
    [
      'a statement behind a return',
      {
        path: 'a.js',
        around: ['function f(x) {\n  const y = x;\n', '}\n'],
        ours: '  return y;\n',
        theirs: '  log(y);\n',
        answer: '  return y;\n  log(y);\n',
      },
      /"log\(y\);" stands behind/,
    ],
    [
      'a statement behind a raise',
      {
        path: 'a.py',
        around: ['def f(x):\n', ''],
        ours: '    raise Wrong(x)\n',
        theirs: '    note(x)\n',
        answer: '    raise Wrong(x)\n    note(x)\n',
      },
      /"note\(x\)" stands behind/,
    ],
    [
      'two lines in one',
      {
        path: 'a.go',
        around: ['func f() {\n', ''],
        base: '\tmu.Unlock()\n}\n',
        ours: '}\n',
        theirs: '\tmore()\n\tmu.Unlock()\n}\n',
        answer: '\tmore()}\n',
      },
      /two lines in one/,
    ],
  ])('%s', (_, given, problem) => {
    expect(judge(given).join('\n')).toMatch(problem);
  });
});

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

describe('data files', () => {
  it.each<[string, Case, RegExp]>([
    [
      'JSON without a comma',
      {
        path: 'a.json',
        around: ['{\n  "x": 0,\n', '}\n'],
        ours: '  "a": 1\n',
        theirs: '  "b": 2\n',
        answer: '  "a": 1\n  "b": 2\n',
      },
      /does not load.*","/,
    ],
    [
      'TOML that says a table twice',
      { path: 'a.toml', ours: '[a]\nx = 1\n', theirs: '[a]\ny = 2\n', answer: '[a]\nx = 1\n[a]\ny = 2\n' },
      /does not load/,
    ],
    [
      'XML with a tag left open',
      {
        path: 'a.xml',
        around: ['<r>\n', '</r>\n'],
        ours: '<a>1</a>\n',
        theirs: '<b>2</b>\n',
        answer: '<a>1</a>\n<b>2\n',
      },
      /does not load/,
    ],
    [
      'YAML indented like nothing',
      {
        path: 'a.yml',
        around: ['s:\n', ''],
        ours: '  a: 1\n',
        theirs: '  b: 2\n',
        answer: '  a: 1\n    b: 2\n',
      },
      /does not load/,
    ],
    [
      "a key in the other side's table",
      {
        path: 'Cargo.toml',
        around: ['[dev]\na = "1"\n', ''],
        ours: '\n[lints]\nworkspace = true\n',
        theirs: 'b = "2"\n',
        answer: '\n[lints]\nworkspace = true\nb = "2"\n',
      },
      /lints\.b/,
    ],
    [
      "a step in the other side's job",
      {
        path: '.github/workflows/ci.yml',
        around: ['jobs:\n  test:\n    steps:\n      - run: a\n', ''],
        ours: '  lint:\n    steps:\n      - run: l\n',
        theirs: '      - run: b\n',
        answer: '  lint:\n    steps:\n      - run: l\n      - run: b\n',
      },
      /jobs\.(?:test|lint)\.steps/,
    ],
    [
      "a key in the other side's section",
      {
        path: 'a.ini',
        around: ['[a]\nx = 1\n', ''],
        ours: '[b]\ny = 2\n',
        theirs: 'z = 3\n',
        answer: '[b]\ny = 2\nz = 3\n',
      },
      /\[b\] z/,
    ],
    [
      "a key in the other side's object",
      {
        path: 'a.json',
        around: ['{\n  "a": {\n    "x": 1,\n', '  }\n}\n'],
        ours: '    "w": 0\n  },\n  "b": {\n    "y": 2\n',
        theirs: '    "z": 3\n',
        answer: '    "w": 0\n  },\n  "b": {\n    "y": 2,\n    "z": 3\n',
      },
      /b\.z/,
    ],
  ])('%s', (_, given, problem) => {
    expect(judge(given).join('\n')).toMatch(problem);
  });
});

describe('tests', () => {
  const suite = (body: string) => `test('adds', () => {\n${body}});\n`;
  const asserts = '  expect(add(1, 2)).toBe(3);\n  expect(add(0, 0)).toBe(0);\n';
  const given = {
    path: 'a.test.js',
    ours: suite(asserts),
    theirs: "test('other', () => {\n  expect(1).toBe(1);\n});\n",
  };
  it.each<[string, string, RegExp]>([
    ['are not emptied', suite(''), /emptied/],
    ['assert no less', suite('  expect(add(1, 2)).toBe(3);\n'), /asserts less/],
    ['assert nothing weaker', suite(asserts.replace('toBe(3)', 'toBeTruthy()')), /weaker/],
    ['are not left early', suite(`  return;\n${asserts}`), /returns early/],
  ])('%s', (_, changed, problem) => {
    expect(judge({ ...given, answer: changed + given.theirs, reason: 'drops 3' }).join('\n')).toMatch(
      problem,
    );
  });

  it('skips of both sides are not added together', () => {
    const skip = (name: string) => `it.skip('${name}', () => {\n  expect(1).toBe(1);\n});\n`;
    const [ours, theirs] = [skip('one'), skip('two')];
    expect(judge({ path: 'a.test.js', ours, theirs, answer: ours + theirs })).toContain('a test was skipped');
  });
});

it('a secret in any hunk is refused', () => {
  const hunk = (ours: string, theirs: string) => `<<<<<<< a\n${ours}||||||| b\n=======\n${theirs}>>>>>>> c\n`;
  const parts = parseConflicts(`${hunk('a\n', 'b\n')}middle\n${hunk('c\n', 'd\n')}`) as Part[];
  const text = (one: string, two: string) => `${one}middle\n${two}`;
  const key = `AKIA${'X'.repeat(16)}`;
  const sides = { base: text('', ''), ours: text('a\n', 'c\n'), theirs: text('b\n', 'd\n') };
  const judged = (result: string) =>
    judgeResolution({ path: 'a.txt', parts, ...sides, result, trusted: true });
  expect(judged(text('a\nb\n', 'c\nd\n'))).toEqual([]);
  expect(judged(text('a\nb\n', `c\nd\n${key}\n`))).toEqual([
    'an answer holds what looks like a secret (AWS access key)',
  ]);
});
