/** Merges of one file that went wrong where they were reported: left to a person, or answered rightly. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mergeFile } from '../../../../src/services/landing/structural/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** The merged text; undefined where the conflict is left. */
async function merged(sides: readonly string[], path: string, accept: 'proven' | 'checked') {
  const names = ['base', 'ours', 'theirs'];
  for (const [at, text] of sides.entries()) writeFileSync(join(sandbox.root, names[at]!), text);
  const files = { base: 'base', ours: 'ours', theirs: 'theirs', out: 'out' };
  const place = { path, cwd: sandbox.root, env: sandbox.env, signal: new AbortController().signal };
  const { status } = await mergeFile({ ...files, ...place, accept });
  return status === 'not-resolved' ? undefined : readFileSync(join(sandbox.root, 'out'), 'utf8');
}

const go = (...lines: string[]) =>
  `package p\n\nfunc f() {\n${lines.map((line) => `\t${line}\n`).join('')}}\n`;
const js = (...lines: string[]) => `function f(x) {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
const proto = (...lines: string[]) => `message M {\n${lines.map((line) => `  ${line};\n`).join('')}}\n`;
const cargo =
  '[package]\nname = "x"\n\n[dev-dependencies]\npretty_assertions = { workspace = true }\ntempfile = { workspace = true }\n';
const jobs = (...lines: string[]) =>
  ['jobs:', '  test:', '    steps:', '      - run: a', ...lines, ''].join('\n');

const reported: [string, string, readonly [string, string, string], (text: string) => boolean][] = [
  [
    'a line that one side adds, and the brace behind a line that the other deletes',
    'p/f.go',
    [
      go('mu.Lock()', 'work()', 'mu.Unlock()'),
      go('mu.Lock()', 'defer mu.Unlock()', 'work()'),
      go('mu.Lock()', 'work()', 'more()', 'mu.Unlock()'),
    ],
    (text) => /^\tmore\(\)$/m.test(text),
  ],
  [
    'a statement of one side, and the return that the other ends with',
    'src/a.js',
    [js('const y = x;'), js('const y = x;', 'return y;'), js('const y = x;', 'log(y);')],
    (text) => text.indexOf('log(y)') < text.indexOf('return y'),
  ],
  [
    'the next number of a message, taken by both sides',
    'api/m.proto',
    [
      proto('string a = 1', 'string b = 2'),
      proto('string a = 1', 'string b = 2', 'string c = 3'),
      proto('string a = 1', 'string b = 2', 'int32 d = 3'),
    ],
    (text) => text.split('= 3;').length === 2,
  ],
  [
    'a key of one side, and the table that the other ends the file with',
    'crates/x/Cargo.toml',
    [cargo, `${cargo}\n[lints]\nworkspace = true\n`, `${cargo}text-block-macros = { workspace = true }\n`],
    (text) => text.indexOf('text-block-macros') < text.indexOf('[lints]'),
  ],
  [
    'a key that both sides add',
    'config/app.yaml',
    ['a: 1\n', 'a: 1\nretries: 3\nb: 2\n', 'a: 1\nretries: 5\nc: 3\n'],
    (text) => text.split('retries:').length === 2,
  ],
  [
    'a step of one side, and the job that the other adds below the same line',
    '.github/workflows/ci.yml',
    [jobs(), jobs('  lint:', '    steps:', '      - run: l'), jobs('      - run: b')],
    (text) => text.includes('- run: a\n      - run: b\n'),
  ],
];

it.each(reported)('%s are never mixed up', async (_, path, sides, isRight) => {
  for (const accept of ['proven', 'checked'] as const) {
    const text = await merged(sides, path, accept);
    expect(text === undefined || isRight(text) ? 'right' : text).toBe('right');
  }
});
