import { describe, expect, it } from '@jest/globals';
import { judge } from '../../../support/judged-answer.js';

describe('a version of stored data that both sides raised', () => {
  it.each([
    ['a.py', 'SCHEMA_VERSION = "1.2.0"\n'],
    ['db.ts', "export const DB_VERSION = '1.2.0';\n"],
    ['A.java', '  static final int CACHE_VERSION = 1.2.0;\n'],
    ['a.json', '  "configVersion": "1.2.0",\n'],
    ['a.yml', 'fileVersion: 1.2.0\n'],
    ['a.toml', 'index_version = "1.2.0"\n'],
    ['a.h', '#define FORMAT_VERSION 1.2.0\n'],
    ['.env', 'PROTOCOL_VERSION=1.2.0\n'],
  ])('in %s is not one of both', (path, line) => {
    const at = (version: string) => line.replace('1.2.0', version);
    const wrapped: [string, string] = path.endsWith('json') ? ['{\n', '  "a": 1\n}\n'] : ['', ''];
    for (const [one, other] of [
      ['1.3.0', '2.0.0'],
      ['13', '14'],
    ] as const) {
      const sides = { path, around: wrapped, base: line, ours: at(one), theirs: at(other) };
      expect(judge({ ...sides, answer: at(other) }).join()).toMatch(/wants a third number/);
    }
    const raisedByOne = { path, around: wrapped, base: line, ours: at('1.3.0'), theirs: at('1.3.0') };
    expect(judge({ ...raisedByOne, answer: at('1.3.0') })).toEqual([]);
  });

  it('is told from the version of a product', () => {
    const sides = { path: 'Cargo.toml', base: 'version = "1.2.0"\n', ours: 'version = "1.3.0"\n' };
    const problems = judge({
      ...sides,
      theirs: 'version = "2.0.0"\n',
      answer: 'version = "2.0.0"\n',
      reason: '1 3',
    });
    expect(problems).toEqual([]);
  });
});

describe('a declaration that one side deleted', () => {
  it.each([
    ['a.py', 'def older():\n    pass\n\n', 'x = 1\n', 'x = older()\n'],
    ['a.js', 'function older() {\n  go();\n}\n\n', 'run(1);\n', 'run(older());\n'],
    ['a.go', 'func older() int {\n\treturn 1\n}\n\n', 'var x = 1\n', 'var x = older()\n'],
    ['a.rs', 'fn older() -> i32 {\n    1\n}\n\n', 'const X: i32 = 1;\n', 'const X: i32 = older();\n'],
    ['a.php', 'function older() {\n  go();\n}\n\n', '$x = 1;\n', '$x = older();\n'],
  ])('in %s is not used', (path, declared, plain, uses) => {
    const sides = { path, base: declared + plain, ours: plain, theirs: declared + uses };
    expect(judge({ ...sides, answer: uses }).join()).toMatch(/older is used/);
    expect(judge({ ...sides, answer: plain }).join()).not.toMatch(/older is used/);
  });

  it('may be used where both sides do, or where it comes from elsewhere now', () => {
    const declared = 'def older():\n    pass\n\n';
    const ours = 'from b import older\n\nx = older()\n';
    const sides = {
      path: 'a.py',
      base: `${declared}x = older()\n`,
      ours,
      theirs: `${declared}x = older(1)\n`,
    };
    expect(judge({ ...sides, answer: ours.replace('()', '(1)') }).join()).not.toMatch(/older is used/);
  });
});
