import { describe, expect, it } from '@jest/globals';
import { certify } from '../../../../src/domain/landing/gate/certificate.js';
import { fillHunks, type Part } from '../../../../src/domain/landing/hunks.js';

type Sides = [base: string, ours: string, theirs: string];

/** The certificate of an answer to one hunk between two lines. */
function proof([base, ours, theirs]: Sides, answer: string, path = 'src/a.js') {
  const parts: Part[] = [
    { type: 'text', text: 'first();\n' },
    { type: 'hunk', hunk: { index: 1, base, ours, theirs } },
    { type: 'text', text: 'last();\n' },
  ];
  const whole = (middle: string) => fillHunks(parts, new Map([[1, middle]]));
  const input = { path, parts, base: whole(base), ours: whole(ours), theirs: whole(theirs) };
  const { status, reason } = certify({ ...input, result: whole(answer) }).certificate;
  return `${status}: ${reason}`;
}

describe('proven is', () => {
  it.each<[string, Sides, string, string?]>([
    [
      'a line changed by each side',
      ['run(a);\nstop(b);\n', 'run(a, 1);\nstop(b);\n', 'run(a);\nstop(b, 2);\n'],
      'run(a, 1);\nstop(b, 2);\n',
    ],
    ['what both did', ['run(a);\n', 'run(b);\n', 'run(b);\n'], 'run(b);\n'],
    [
      'what both did, and more by one',
      ['run(a);\nstop(x);\n', 'run(b);\nstop(x);\n', 'run(b);\nstop(y);\n'],
      'run(b);\nstop(y);\n',
    ],
    [
      'the higher of two versions that both raised',
      ['version = "1.2.3"\n', 'version = "1.2.4"\n', 'version = "1.3.0"\n'],
      'version = "1.3.0"\n',
      'Cargo.toml',
    ],
    [
      'the higher version though it is not released, of the product itself',
      ['version = "1.2.3"\n', 'version = "1.3.0-rc.1"\n', 'version = "1.2.4"\n'],
      'version = "1.3.0-rc.1"\n',
      'Cargo.toml',
    ],
    [
      'brackets that each side opens and closes',
      ['run(a);\nstop(b);\n', 'if (a) { run(a); }\nstop(b);\n', 'run(a);\nstop(b);\nif (b) { close(b); }\n'],
      'if (a) { run(a); }\nstop(b);\nif (b) { close(b); }\n',
    ],
    [
      'imports of both sides, in the order of their texts',
      [
        "import { a } from './a';\n",
        "import { a } from './a';\nimport { b } from './b';\n",
        "import { a } from './a';\nimport { c } from './c';\n",
      ],
      "import { a } from './a';\nimport { b } from './b';\nimport { c } from './c';\n",
    ],
    [
      'imports that each side adds at a place of its own',
      [
        "import { z } from './z';\nimport { a } from './a';\n",
        "import { y } from './y';\nimport { z } from './z';\nimport { a } from './a';\n",
        "import { z } from './z';\nimport { a } from './a';\nimport { b } from './b';\n",
      ],
      "import { y } from './y';\nimport { z } from './z';\nimport { a } from './a';\nimport { b } from './b';\n",
    ],
  ])('%s', (_, sides, answer, path = 'src/a.js') => {
    expect(proof(sides, answer, path)).toMatch(/^proven/);
  });
});

describe('passes the gate and is not proven', () => {
  it.each<[string, Sides, string, string, string?]>([
    [
      'an order of two additions',
      ['', 'one();\n', 'two();\n'],
      'one();\ntwo();\n',
      'their order would be a guess',
    ],
    [
      'prose',
      ['a cat sat\non a mat\n', 'a dog sat\non a mat\n', 'a cat sat\non a rug\n'],
      'a dog sat\non a rug\n',
      'both sides change prose',
      'README.md',
    ],
    [
      'words of comments',
      ['// a cat sat\n// on a mat\n', '// a dog sat\n// on a mat\n', '// a cat sat\n// on a rug\n'],
      '// a dog sat\n// on a rug\n',
      'both sides change prose',
    ],
    [
      'a line that one side adds beside what the other rewrites',
      ['stop(now());\n', 'stopAll();\n', 'stop(now());\nsetEnd(x);\n'],
      'stopAll();\nsetEnd(x);\n',
      'right beside what the other changes',
    ],
    [
      'a line of a kind that the other side changes',
      [
        'gui.hide("one");\ngui.show("two");\n',
        'void gui.hide("one");\ngui.show("two");\n',
        'gui.hide("one");\ngui.show("two");\ngui.hide("three");\n',
      ],
      'void gui.hide("one");\ngui.show("two");\ngui.hide("three");\n',
      'the other adds it anew without that change',
    ],
    [
      'an entry among entries that the other side all changes alike',
      ['A=a\nB=b\nC=c\n', 'A="a"\nB="b"\nC="c"\n', 'A=a\nB=b\nC=c\nD=d\n'],
      'A="a"\nB="b"\nC="c"\nD=d\n',
      'the other adds it anew without that change',
      '.env.example',
    ],
    [
      'a word changed in lines that the other side breaks elsewhere',
      ['call(a, b, c);\n', 'call(\n  a,\n  b,\n  c);\n', 'call(a, b, d);\n'],
      'call(\n  a,\n  b,\n  d);\n',
      'lays out anew the lines',
    ],
    [
      'a statement changed from its first word in a block that the other side indents anew',
      ['if (x) {\n  warn(x);\n}\n', '  if (x) {\n    warn(x);\n  }\n', 'if (x) {\n  fail(x);\n}\n'],
      '  if (x) {\n  fail(x);\n  }\n',
      'lays out anew the lines',
    ],
  ])('%s', (_, sides, answer, why, path = 'src/a.js') => {
    const told = proof(sides, answer, path);
    expect(told).toMatch(/^checked/);
    expect(told).toContain(why);
  });
});

describe('is not proven', () => {
  it.each<[string, Sides, string, string?]>([
    [
      'the lower of two versions',
      ['run("v1.2.3");\n', 'run("v1.2.4");\n', 'run("v1.3.0");\n'],
      'run("v1.2.4");\n',
    ],
    ['the higher of two amounts', ['wait(1.5);\n', 'wait(1.7);\n', 'wait(2.5);\n'], 'wait(2.5);\n'],
    [
      'the higher version in a line that a tool made',
      ['1.2.3', '1.2.4', '1.3.0-pre'].map(
        (version) => `<title>Version ${version}</title>${'<link rel="icon" href="a.png">'.repeat(20)}\n`,
      ) as Sides,
      `<title>Version 1.3.0-pre</title>${'<link rel="icon" href="a.png">'.repeat(20)}\n`,
      'docs/index.html',
    ],
    [
      'the higher version where one side went back',
      ['run("v1.2.3");\n', 'run("v1.2.2");\n', 'run("v1.3.0");\n'],
      'run("v1.3.0");\n',
    ],
    [
      'a dependency that one side raised to a release, and the other to what is only prepared',
      ['  "a": "^2.0.0",\n', '  "a": "^2.1.0",\n', '  "a": "^3.0.0-beta.1",\n'],
      '  "a": "^3.0.0-beta.1",\n',
      'package.json',
    ],
    [
      'the same in a table of its own',
      ['a = { version = "2.0.0" }\n', 'a = { version = "2.1.0" }\n', 'a = { version = "3.0.0-rc.1" }\n'],
      'a = { version = "3.0.0-rc.1" }\n',
      'Cargo.toml',
    ],
    [
      'a release in place of what the other side prepares',
      ['run("v1.2.3");\n', 'run("v1.3.0");\n', 'run("v1.4.0-rc.1");\n'],
      'run("v1.4.0-rc.1");\n',
    ],
    [
      'the higher version of what is stored, which both raised',
      ["CONF_VERSION = '1.2.0'\n", "CONF_VERSION = '1.3.0'\n", "CONF_VERSION = '2.0.0'\n"],
      "CONF_VERSION = '2.0.0'\n",
      'src/a.py',
    ],
    [
      'the higher version of a schema, in a manifest',
      ['  "schemaVersion": "1.2.0",\n', '  "schemaVersion": "1.3.0",\n', '  "schemaVersion": "1.2.1",\n'],
      '  "schemaVersion": "1.3.0",\n',
      'package.json',
    ],
    [
      'a bracket that one side closes elsewhere',
      [
        'if (!session)\n  return -1;\nwait(session);\nif (rc != 0) {\n',
        'if (!session)\n  return -2;\nwait(session);\nif (rc != 0) {\n',
        'if (!session)\n  return -1;\nwait(session);\nif (rc != 0)\n',
      ],
      'if (!session)\n  return -2;\nwait(session);\nif (rc != 0)\n',
      'src/a.c',
    ],
    [
      'an import beside a block that the other side moved away',
      [
        "import { a } from './a';\nimport { b } from './b';\n",
        "import { x } from './x';\n",
        "import { a } from './a';\nimport { b } from './b';\nimport { z } from './z';\n",
      ],
      "import { x } from './x';\nimport { z } from './z';\n",
    ],
    [
      'a version of a module whose checksum stands elsewhere',
      ['require a.b/c v1.2.3\n', 'require a.b/c v1.2.4\n', 'require a.b/c v1.3.0\n'],
      'require a.b/c v1.3.0\n',
      'go.mod',
    ],
    [
      'included files in another order',
      ['', '#include "one.h"\n', '#include "two.h"\n'],
      '#include "two.h"\n#include "one.h"\n',
      'src/a.c',
    ],
    [
      'an import that one side deleted and the answer has',
      [
        "import { a } from './a';\nimport { z } from './z';\n",
        "import { a } from './a';\nimport { b } from './b';\n",
        "import { a } from './a';\nimport { z } from './z';\nimport { c } from './c';\n",
      ],
      "import { a } from './a';\nimport { b } from './b';\nimport { z } from './z';\nimport { c } from './c';\n",
    ],
    [
      'imports that both add at one place, in no order',
      [
        "import { a } from './a';\n",
        "import { a } from './a';\nimport { b } from './b';\n",
        "import { a } from './a';\nimport { c } from './c';\n",
      ],
      "import { a } from './a';\nimport { c } from './c';\nimport { b } from './b';\n",
    ],
    [
      'what looks like one change of both, beside another change',
      [
        'return Arrays.asList(new String[] {});\n',
        'return Collections.emptyList();\n',
        'return Arrays.asList();\n',
      ],
      'return Collections.emptyList();\n',
      'A.java',
    ],
    [
      'two imports from one place',
      ['', "import { a } from './x';\n", "import { b } from './x';\n"],
      "import { a } from './x';\nimport { b } from './x';\n",
    ],
  ])('%s', (_, sides, answer, path = 'src/a.js') => {
    expect(proof(sides, answer, path)).not.toMatch(/^proven/);
  });
});
