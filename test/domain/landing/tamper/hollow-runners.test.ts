import { describe, expect, it } from '@jest/globals';
import { judgePolicies } from '../../../../src/domain/landing/policies/judge.js';
import { defaultPolicies } from '../../../../src/domain/store/policies.js';
import { changeOf, type Files } from '../../../support/seeds/change.js';

const failing = (files: Files) =>
  judgePolicies(changeOf(files), defaultPolicies())
    .filter(({ status }) => status === 'fail')
    .flatMap(({ evidence = [] }) => evidence.filter(({ mild }) => !mild).map(({ what }) => what));

const js = (head: string) =>
  `${head}\nimport assert from 'node:assert';\nimport { add } from '../src/add.js';\n\ntest('adds', () => {\n  assert.equal(add(1, 2), 3);\n});\n`;
const node = "import { test } from 'node:test';";
const taken = (wrapper: string, head = "import { test } from './harness.js';"): Files => ({
  'test/add.test.js': [js(node), js(head)],
  'test/harness.js': ['', wrapper],
});
const base = "import { test as base } from 'node:test';\n";
const good = `${base}export const test = (title, run) => base(title, run);\n`;

describe('a word that declares tests', () => {
  it.each<[string, Files]>([
    ['an arrow without a body', taken('export const test = () => {};\n')],
    ['names that are not used', taken('export function test(title, run) {\n  console.log(title);\n}\n')],
    ['one that voids it', taken('export const test = (title, run) => {\n  void run;\n};\n')],
    ['the real one without it', taken(`${base}export const test = (title, run) => base(title, () => {});\n`)],
    [
      'by another name',
      taken('export const quiet = (title, run) => title;\n', "import { quiet as test } from './harness.js';"),
    ],
    ['by default', taken('export default function (title, run) {}\n', "import test from './harness.js';")],
    [
      'outside of the tests',
      {
        'test/add.test.js': [js(node), js("import { test } from '../scripts/run.js';")],
        'scripts/run.js': ['', 'export const test = (title, run) => undefined;\n'],
      },
    ],
    ['in its own file', { 'test/add.test.js': [js(node), js('const test = (title, run) => {};')] }],
    ['a wrapper that was good', { 'test/harness.js': [good, 'export const test = (title, run) => {};\n'] }],
  ])('fails where it runs nothing: %s', (_, files) => {
    expect(failing(files)).toContainEqual(expect.stringContaining('does not run what it is given'));
  });

  it('fails where it swallows what fails', () => {
    const wrapper = `${base}export const test = (title, run) =>\n  base(title, async () => {\n    try {\n      await run();\n    } catch {}\n  });\n`;
    expect(failing(taken(wrapper))).toEqual(['test swallows what fails']);
  });

  it.each<[string, Files]>([
    ['calls it', taken(good)],
    [
      'calls it with more',
      taken(
        `${base}export function test(title, run) {\n  return base(title, async (t) => {\n    await run({ t, dir: await temporary() });\n  });\n}\n`,
      ),
    ],
    ['hands all on', taken(`${base}export const test = (...given) => base(...given);\n`)],
    ['is made by a call', taken(`${base}export const test = base.extend({ page: 1 });\n`)],
    ['is handed on', taken("export { test } from 'node:test';\n")],
    [
      'takes options before',
      taken(`${base}export const test = (title, options, run) => base(title, options, run);\n`),
    ],
    [
      'is a helper within a test',
      {
        'test/add.test.js': [
          js(node),
          `${js(node)}\ntest('more', () => {\n  const it = () => {};\n  assert.equal(add(2, 2), 4);\n});\n`,
        ],
      },
    ],
    [
      'was so before',
      { 'test/harness.js': ['export const test = () => {};\n', 'export const test = () => {};\n\n'] },
    ],
  ])('passes where it %s', (_, files) => {
    expect(failing(files)).toEqual([]);
  });
});
