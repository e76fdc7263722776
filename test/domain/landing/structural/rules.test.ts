import { describe, expect, it } from '@jest/globals';
import { type Rule, viewHunk } from '../../../../src/domain/landing/structural/candidates.js';
import { higherVersion } from '../../../../src/domain/landing/structural/versions.js';

/** The answer a rule gives to a hunk; undefined when it has none. */
function answer(rule: Rule, [base, ours, theirs]: [string, string, string], path = 'a.js') {
  const view = viewHunk(path, path.endsWith('.py'), { base, ours, theirs });
  return view.candidates.find((candidate) => candidate.rules.has(rule))?.text;
}

describe('a rule', () => {
  it.each<[Rule, string, [string, string, string], string | undefined]>([
    [
      'respaced',
      'takes the side that changed more than space',
      ['f(a)\n', 'f( a )\n', 'f(a, b)\n'],
      'f(a, b)\n',
    ],
    [
      'edit-superset',
      'takes the side that has both edits',
      ['a b c d\n', 'a X c d\n', 'a X c Y\n'],
      'a X c Y\n',
    ],
    ['added-superset', 'takes the longer list', ['', 'one\n', 'one\ntwo\n'], 'one\ntwo\n'],
    [
      'imports',
      'keeps both, in order where they are in order',
      ['', "import a from 'a';\nimport d from 'd';\n", "import b from 'b';\nimport c from 'c';\n"],
      "import a from 'a';\nimport b from 'b';\nimport c from 'c';\nimport d from 'd';\n",
    ],
    [
      'imports',
      'keeps what one deletes and the other keeps deleted',
      [
        "import a from 'a';\nimport b from 'b';\n",
        "import a from 'a';\n",
        "import a from 'a';\nimport b from 'b';\nimport c from 'c';\n",
      ],
      "import a from 'a';\nimport c from 'c';\n",
    ],
    [
      'imports',
      'has no answer to one module imported in two ways',
      ['', "import { a } from 'x';\n", "import { b } from 'x';\n"],
      undefined,
    ],
    ['adjacent-lines', 'takes each line from who changed it', ['a\nb\n', 'A\nb\n', 'a\nB\n'], 'A\nB\n'],
    ['adjacent-lines', 'has no answer to one line changed twice', ['a\n', 'b\n', 'c\n'], undefined],
    [
      'tokens-far',
      'merges words of one line',
      ['f(a, b, c, d, e)\n', 'f(x, b, c, d, e)\n', 'f(a, b, c, d, y)\n'],
      'f(x, b, c, d, y)\n',
    ],
    ['tokens-far', 'keeps its distance', ['a b c\n', 'X b c\n', 'a Y c\n'], undefined],
    ['tokens', 'does not', ['a b c\n', 'X b c\n', 'a Y c\n'], 'X Y c\n'],
    ['tokens', 'has no answer to one word changed twice', ['a b\n', 'a X\n', 'a Y\n'], undefined],
    ['token-union', 'puts both arguments in', ['f(a)\n', 'f(a, b)\n', 'f(a, c)\n'], 'f(a, b, c)\n'],
    [
      'renamed',
      'follows the new name where the other side added the old one',
      ['run(a, old);\n', 'run(a, fresh);\n', 'if (c) {\n  run(b, old);\n}\nrun(a, old);\n'],
      'if (c) {\n  run(b, fresh);\n}\nrun(a, fresh);\n',
    ],
    [
      'renamed',
      'has no answer when the old name is still in use',
      ['run(a, old);\n', 'run(old, fresh);\n', 'run(a, old);\nrun(b, old);\n'],
      undefined,
    ],
    ['version', 'takes the higher one', ['"1.2.3"\n', '"1.3.0"\n', '"1.2.10"\n'], '"1.3.0"\n'],
    [
      'version',
      'knows that a release follows its candidates',
      ['v1.0.0-rc.1\n', 'v1.0.0-rc.2\n', 'v1.0.0\n'],
      'v1.0.0\n',
    ],
    [
      'version',
      'has no answer when each has a higher one',
      ['1.0 1.0\n', '1.1 1.0\n', '1.0 1.1\n'],
      undefined,
    ],
    ['list', 'keeps entries under different keys', ['', '"a": 1,\n', '"b": 2,\n'], '"a": 1,\n"b": 2,\n'],
    ['list', 'has no answer to one key twice', ['', '"a": 1,\n', '"a": 2,\n'], undefined],
    [
      'both-added',
      'puts ours first',
      ['', 'function a() {}\n', 'function b() {}\n'],
      'function a() {}\nfunction b() {}\n',
    ],
    [
      'both-added',
      'has no answer to one name twice',
      ['', 'function a() {}\n', 'function a() { x }\n'],
      undefined,
    ],
    ['both-added', 'wants whole brackets', ['', 'if (a) {\n', 'if (b) {\n'], undefined],
    ['line-union', 'keeps lines of both once', ['a\nz\n', 'a\nb\nz\n', 'a\nb\nc\nz\n'], 'a\nb\nc\nz\n'],
  ])('%s %s', (rule, _, hunk, wanted) => {
    expect(answer(rule, hunk)).toBe(wanted);
  });

  it('for changelogs looks at the path', () => {
    const hunk: [string, string, string] = ['', '- fix a\n- fix both\n', '- fix both\n- fix b\n'];
    expect(answer('changelog', hunk, 'CHANGELOG.md')).toBe('- fix a\n- fix both\n- fix b\n');
    expect(answer('changelog', hunk, 'src/a.js')).toBeUndefined();
  });

  it('leaves indentation alone where it carries meaning', () => {
    const hunk: [string, string, string] = ['a()\n', '    a()\n', 'a(1)\n'];
    expect(answer('respaced', hunk, 'a.py')).toBeUndefined();
    expect(answer('respaced', hunk, 'a.js')).toBe('a(1)\n');
  });

  it.each(['constructor', '__proto__', 'hasOwnProperty', 'toString'])('copes with the word %s', (word) => {
    const hunk: [string, string, string] = [`a ${word} b c\n`, `x ${word} b c\n`, `a ${word} b y\n`];
    expect(answer('tokens', hunk)).toBe(`x ${word} b y\n`);
  });

  it('gives up on what is too long to compare, soon', () => {
    const words = (seed: number) =>
      Array.from({ length: 30_000 }, (_, at) => `w${(at * seed) % 9973}`).join(' ');
    const began = performance.now();
    viewHunk('a.js', false, { base: words(7), ours: words(11), theirs: words(13) });
    const lines = (seed: number) => words(seed).replaceAll(' ', '\n');
    viewHunk('a.js', false, { base: lines(7), ours: lines(11), theirs: lines(13) });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

it.each<[string, [string, string, string], boolean]>([
  ['both went up', ['1.2.3\n', '1.2.4\n', '1.3.0\n'], true],
  ['one is a candidate for a later one', ['1.2.3\n', '1.3.0-rc.1\n', '1.4.0\n'], true],
  ['one released what the other prepares', ['1.2.3\n', '1.3.0-rc.1\n', '1.3.0\n'], false],
  ['one went down', ['1.2.3\n', '1.2.2\n', '1.3.0\n'], false],
  ['one is a line of development', ['1.2\n', '1.4-SNAPSHOT\n', '1.3\n'], false],
  ['one has more parts', ['1.2\n', '1.2.1\n', '1.3\n'], false],
])('versions may be dropped when nothing is unusual about them: %s', (_, [base, ours, theirs], plain) => {
  expect(higherVersion(base, ours, theirs)?.plain).toBe(plain);
});

it.each([
  ['v 2.1.9', 'v 2.2.9', 'v 2.1.10', undefined],
  ['v 2.1.9', 'v 2.2.0', 'v 2.1.10', 'ours'],
  ['v 2.1.0', 'v 2.2.0', 'v 2.1.1', 'ours'],
  ['v 2.1.9', 'v 2.1.10', 'v 3.0.0', 'theirs'],
  ['v 2.1.9', 'v 2.2.9', 'v 2.1.9.1', 'ours'],
])(
  'of versions raised in different parts only one that began the rest anew is higher: %s, %s, %s',
  (base, ours, theirs, side) => {
    expect(higherVersion(base, ours, theirs)?.side).toBe(side);
  },
);
