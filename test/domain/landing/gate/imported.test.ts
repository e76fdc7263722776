import { describe, expect, it } from '@jest/globals';
import { collidedIn } from '../../../../src/domain/landing/gate/collided.js';
import { lostImports, unusedImports } from '../../../../src/domain/landing/gate/imported.js';

/** One import that ours keeps and theirs takes out, each beside a line of code. */
const sides = (importing: string, use: string, rest: string) => ({
  ours: `${importing}${rest}${use}`,
  theirs: rest,
});

describe('names and imports of a merged file', () => {
  it.each<[string, string, string, string, string]>([
    ['a.ts', "import { one } from './one';\n", 'one();\n', 'other();\n', 'one'],
    ['a.ts', "import * as one from './one';\n", 'one.x();\n', 'other();\n', 'one'],
    ['a.ts', "import {\n  one,\n  two as three,\n} from './one';\n", 'three();\n', 'other();\n', 'three'],
    ['a.js', "const { one } = require('./one');\n", 'one();\n', 'other();\n', 'one'],
    ['a.py', 'from x.y import one as two\n', 'two()\n', 'other()\n', 'two'],
    ['a.py', 'import one\n', 'one.x()\n', 'other()\n', 'one'],
    ['A.java', 'import a.b.One;\n', 'One x;\n', 'Other y;\n', 'One'],
    ['A.java', 'import static a.B.one;\n', 'one(1);\n', 'other(1);\n', 'one'],
    ['a.php', 'use A\\B\\One;\n', 'new One();\n', 'new Other();\n', 'One'],
    ['a.rs', 'use a::b::{one, two};\n', 'one(); two();\n', 'other();\n', 'one'],
    ['a.go', 'import "a/b/one"\n', 'one.X()\n', 'other.X()\n', 'one'],
  ])('%s %s', (path, importing, use, rest, name) => {
    const { ours, theirs } = sides(importing, use, rest);
    expect(lostImports({ path, ours, theirs, result: `${rest}${use}` })).toContain(name);
    expect(unusedImports({ path, ours, theirs, result: `${importing}${rest}` })).toContain(name);
    expect(lostImports({ path, ours, theirs, result: ours })).toEqual([]);
    expect(unusedImports({ path, ours, theirs, result: ours })).toEqual([]);
  });

  it('are no matter where a side uses a name without importing it, or imports one without using it', () => {
    const path = 'a.ts';
    const [ours, theirs] = ["import { one } from './one';\none();\n", 'one();\n'];
    expect(lostImports({ path, ours, theirs, result: 'one();\n' })).toEqual([]);
    const unused = "import { one } from './one';\n";
    expect(unusedImports({ path, ours: unused, theirs: '', result: unused })).toEqual([]);
  });
});

it('tells of a clean merge that a name lost its import', () => {
  const filler = Array.from({ length: 8 }, (_, at) => `f${at}();\n`).join('');
  const [base, ours, theirs] = [
    `import { one } from './one';\n${filler}one();\n`,
    `${filler}`,
    `import { one } from './one';\n${filler}one();\none(2);\n`,
  ];
  const found = collidedIn({ path: 'a.ts', base, ours, theirs, result: `${filler}one(2);\n` });
  expect(found.map(({ what }) => what)).toEqual(['one is used, and nothing imports it any more']);
});
