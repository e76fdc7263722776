import { describe, expect, it } from '@jest/globals';
import { judgeResolution } from '../../../../src/domain/landing/gate/judge.js';
import { fillHunks, type Part } from '../../../../src/domain/landing/hunks.js';

type Sides = { path: string; around: [string, string]; base: string; ours: string; theirs: string };

/** What the gate has against an answer to one hunk in a file that holds the same words elsewhere too. */
function judge({ path, around: [before, after], base, ours, theirs }: Sides, answer: string) {
  const parts: Part[] = [
    { type: 'text', text: before },
    { type: 'hunk', hunk: { index: 1, base, ours, theirs } },
    { type: 'text', text: after },
  ];
  const whole = (middle: string) => fillHunks(parts, new Map([[1, middle]]));
  const input = { path, parts, base: whole(base), ours: whole(ours), theirs: whole(theirs) };
  return judgeResolution({ ...input, result: whole(answer) }).join('\n');
}

const go: Sides = {
  path: 'pkg/load.go',
  around: [
    'package pkg\n\nfunc load(name string) error {\n\tif err == nil || !ok {\n\t\treturn nil\n\t}\n',
    '\treturn save(data, name)\n}\n',
  ],
  base: '\tdata, err := read(name)\n',
  ours: '\tdata, err := read(name)\n\tif err != nil {\n\t\treturn err\n\t}\n',
  theirs: '\tlog(name, true)\n\tdata, err := read(name)\n',
};
const right = '\tlog(name, true)\n\tdata, err := read(name)\n\tif err != nil {\n\t\treturn err\n\t}\n';

const config: Sides = {
  path: 'src/config.js',
  around: ['const names = { git: 1, update: 2, log: 3 };\n', 'use(names);\n'],
  base: 'git: start(),\n',
  ours: 'git: start(),\nupdate: start(),\n',
  theirs: 'git: await start(names),\n',
};

describe('a line that no side asked to be otherwise', () => {
  it.each<[string, Sides, string, RegExp]>([
    ['a comparison turned round', go, right.replace('err != nil', 'err == nil'), /no side changes/],
    ['a value turned round', go, right.replace('true', 'false'), /no side changes false/],
    ['arguments in another order', go, right.replace('name, true', 'true, name'), /the order of true, name/],
    ['a line in a comment', go, right.replace('\tlog(', '\t// log('), /only in a comment or a string/],
    ['a line left out whose words stand elsewhere', config, 'git: await start(names),\n', /update: start/],
    ['a wait that is gone', config, 'git: start(names),\nupdate: start(),\n', /no side changes await|await/],
    ['a last line without its end', go, right.trimEnd(), /runs into the line after it/],
  ])('is refused: %s', (_, sides, answer, why) => {
    expect(judge(sides, answer)).toMatch(why);
  });

  it.each<[string, Sides, string]>([
    ['as the sides have it', go, right],
    ['over more lines', go, right.replace('log(name, true)', 'log(\n\t\tname,\n\t\ttrue,\n\t)')],
    ['with a comment of its own', go, right.replace('\tdata', '\t// read it once\n\tdata')],
    ['with blank lines', go, right.replace('\tdata', '\n\tdata')],
    ['both changes in one line', config, 'git: await start(names),\nupdate: start(),\n'],
  ])('is not refused: %s', (_, sides, answer) => {
    expect(judge(sides, answer)).toBe('');
  });
});
