import { describe, expect, it } from '@jest/globals';
import { judge } from '../../../support/judged-answer.js';

type Row = readonly [path: string, ours: string, theirs: string, answer: string];

const said = ([path, ours, theirs, answer]: Row, base?: string): string =>
  judge({ path, ours, theirs, answer, ...(base === undefined ? {} : { base }) }).join('\n');

describe('an answer is refused that', () => {
  it.each<[string, Row]>([
    ['swallows an error', ['a.java', 'a();\n', 'b();\n', 'a();\ntry {\n  b();\n} catch (E e) {}\n']],
    ['swallows an error in Python', ['a.py', 'a()\n', 'b()\n', 'a()\ntry:\n    b()\nexcept E:\n    pass\n']],
    ['rescues in Ruby', ['a.rb', 'a\n', 'b\n', 'a\nbegin\n  b\nrescue E\nend\n']],
    ['leaves a function of Swift', ['a.swift', 'a()\n', 'b()\n', 'a()\nreturn\nb()\n']],
    ['leaves a loop of C#', ['a.cs', 'a();\n', 'b();\n', 'a();\nbreak;\nb();\n']],
    ['ends a program of PHP', ['a.php', 'a();\n', 'b();\n', 'a();\nexit;\nb();\n']],
    ['panics in Rust', ['a.rs', 'a();\n', 'b();\n', 'a();\npanic!();\nb();\n']],
  ])('%s', (_, row) => {
    expect(said(row)).toMatch(/once more than both sides do/);
  });

  it.each<[string, Row]>([
    ['round one in Ruby', ['a.rb', 'a(1)\n', 'b(2)\n', 'a(1)\nb(2\n']],
    ['curly one in Swift', ['a.swift', 'if a { b() }\n', 'c()\n', 'if a { b()\nc()\n']],
    ['square one in Kotlin', ['a.kt', 'a[1] = 2\n', 'b(2)\n', 'a[1 = 2\nb(2)\n']],
    ['curly one in CSS', ['a.cs', 'a { b; }\n', 'c();\n', 'a { b; }}\nc();\n']],
  ])('does not close, or closes too often, a %s', (_, row) => {
    expect(said(row)).toMatch(/is opened and not closed|closes nothing/);
  });

  it.each<[string, Row]>([
    [
      'two words in another order',
      ['a.cs', 'a();\n', 'Browser.Open(host);\n', 'a();\nOpen.Browser(host);\n'],
    ],
    [
      'a key and its value in another order',
      ['a.yml', '- a\n', '- phpenv config ini\n', '- a\n- config phpenv ini\n'],
    ],
    [
      'no modifier',
      ['A.java', 'a();\n', 'public static Zstd zstd() {\n}\n', 'a();\npublic Zstd zstd() {\n}\n'],
    ],
  ])('says a line of a side with %s', (_, row) => {
    expect(said(row)).toMatch(/in another order|without|missing/);
  });

  it('says a line twice, one below the other', () => {
    const line = 'return value(of: raw)\n';
    expect(said(['a.swift', `${line}a()\n`, `${line}b()\n`, `${line}${line}a()\nb()\n`])).toMatch(
      /twice|2 times/,
    );
  });

  it('brings back a line that both sides deleted', () => {
    expect(
      said(['a.js', 'run(one);\n', 'stop(two);\n', 'old(three);\nrun(one);\nstop(two);\n'], 'old(three);\n'),
    ).toContain('that both sides deleted is back');
  });

  it.each([
    ['a.cs', 'using System.Diagnostics.Tracing;\n'],
    ['a.rb', "require 'open3'\n"],
    ['a.php', "require_once 'other.php';\n"],
  ])('brings in what neither side does, in %s', (path, line) => {
    expect(said([path, 'a();\n', 'b();\n', `${line}a();\nb();\n`])).toMatch(/neither side (?:imports|has)/);
  });
});

describe('an answer passes that', () => {
  it.each<[string, Row, string]>([
    [
      'returns as often as both sides',
      ['a.js', 'if (a) return 1;\n', 'if (b) return 2;\n', 'if (a) return 1;\nif (b) return 2;\n'],
      '',
    ],
    [
      'breaks a line in two',
      [
        'A.java',
        'a();\n',
        'run(token, options.None, plan);\n',
        'a();\nrun(token,\n    options.None, plan);\n',
      ],
      '',
    ],
    [
      'has what both changed in one line',
      ['a.js', 'run(one, b);\n', 'run(a, two);\n', 'run(one, two);\n'],
      'run(a, b);\n',
    ],
    [
      'leaves out a word that the other side took out',
      ['a.js', 'run(first, old, added);\n', 'run(first);\n', 'run(first, added);\n'],
      'run(first, old);\n',
    ],
    ['has brackets in strings and comments', ['a.rb', 'a("(")\n', 'b # (\n', 'a("(")\nb # (\n'], ''],
    ['says in data what steers programs', ['a.yml', 'a: return\n', 'b: try\n', 'a: return\nb: try\n'], ''],
  ])('%s', (_, row, base) => {
    expect(said(row, base)).toBe('');
  });
});

describe('an end that two additions share, and that git leaves below the hunk,', () => {
  const go = (name: string) => `func ${name}() error {\n\t${name}1()\n`;
  const below: [string, string] = ['', '\treturn nil\n}\n'];
  const ends = (answer: string) =>
    judge({ path: 'a.go', around: below, ours: go('A'), theirs: go('B'), answer }).join('\n');

  it('may stand between them as well, in either order', () => {
    expect(ends(`${go('A')}\treturn nil\n}\n\n${go('B')}`)).toBe('');
    expect(ends(`${go('B')}\treturn nil\n}\n\n${go('A')}`)).toBe('');
  });

  it('is a break of a case', () => {
    const one = (n: number) => `  case ${n}:\n    run${n}();\n`;
    const around: [string, string] = ['switch (x) {\n', '    break;\n}\n'];
    const answer = `${one(1)}    break;\n${one(2)}`;
    expect(judge({ path: 'a.js', around, ours: one(1), theirs: one(2), answer })).toEqual([]);
  });

  it('excuses no other word, none twice, and none where the additions begin nothing', () => {
    const more = /once more than both sides do/;
    expect(ends(`${go('A')}\treturn err\n}\n\n${go('B')}`)).toMatch(more);
    expect(ends(`${go('A')}\treturn nil\n\treturn nil\n}\n\n${go('B')}`)).toMatch(more);
    const plain = { path: 'a.go', around: ['', 'return nil\n'] as [string, string] };
    expect(
      judge({ ...plain, ours: 'a()\n', theirs: 'b()\n', answer: 'a()\nreturn nil\nb()\n' }).join(),
    ).toMatch(more);
  });
});
