import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { mergeLines } from '../../../../src/commands/merge/print.js';
import { checkMerges } from '../../../../src/services/landing/prediction/index.js';
import { buildCase } from '../../../support/merge-cases.js';
import { fingerprint } from '../../../support/real-merge.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

type Files = Record<string, string>;
const put = (files: Files) => (repo: string) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(repo, path, '..'), { recursive: true });
    writeFileSync(join(repo, path), content);
  }
};
const far = Array.from({ length: 12 }, (_, at) => `far = ${at}\n`).join('');

/** The clean merge of two branches from one base: its looks, and what a person reads. */
async function lookInto(base: Files, main: Files, side: Files) {
  const repo = buildCase(sandbox, { base, ours: put(main), theirs: put(side) });
  const session = await sandbox.session(repo, {}, { target: 'main' });
  const before = fingerprint(repo);
  const report = await checkMerges(session, [{ slug: 'task', branch: 'side' }], { looks: true });
  expect(fingerprint(repo)).toBe(before);
  expect(report.results[0]?.status).toBe('clean');
  // Remembered, it is told again.
  const again = await checkMerges(session, [{ slug: 'task', branch: 'side' }], { looks: true });
  expect(again.results[0]?.looks).toEqual(report.results[0]?.looks);
  return { looks: report.results[0]?.looks ?? [], lines: mergeLines(report).join('\n') };
}

describe('a clean merge in which', () => {
  it.each<[string, Files, Files, Files, string]>([
    [
      'one side renames what the other calls',
      { 'a.js': 'export function total(list) {\n}\n' },
      { 'a.js': 'export function sum(list) {\n}\n' },
      { 'b.js': 'total([]);\n' },
      'main renamed total to sum (a.js:1), and task uses it (b.js:1)',
    ],
    [
      'the task takes out what the target calls',
      { 'a.py': 'def gone():\n    return 1\n\n\ndef stays():\n    return 2\n' },
      { 'b.py': 'gone()\n' },
      { 'a.py': 'def stays():\n    return 2\n' },
      'task took out gone (a.py:1), and main uses it (b.py:1)',
    ],
    [
      'both give one number to two fields',
      { 'a.proto': `message M {\n  string a = 1;\n${far.replace(/far = (\d+)/g, '  string f$1 = 2$1;')}}\n` },
      {
        'a.proto': `message M {\n  string b = 2;\n  string a = 1;\n${far.replace(/far = (\d+)/g, '  string f$1 = 2$1;')}}\n`,
      },
      {
        'a.proto': `message M {\n  string a = 1;\n${far.replace(/far = (\d+)/g, '  string f$1 = 2$1;')}  string c = 2;\n}\n`,
      },
      'a.proto: 2 stands for b and c (main at a.proto:2, task at a.proto:15)',
    ],
    [
      'both give one key two values',
      { 'a.yaml': far.replaceAll(/far = (\d+)/g, 'far$1: $1') },
      { 'a.yaml': `retries: 3\n${far.replaceAll(/far = (\d+)/g, 'far$1: $1')}` },
      { 'a.yaml': `${far.replaceAll(/far = (\d+)/g, 'far$1: $1')}retries: 5\n` },
      'a.yaml: the key retries stands there twice (main at a.yaml:1, task at a.yaml:13)',
    ],
    [
      'both add a step of one number',
      { a: 'a\n' },
      { 'db/migrations/0002_one.sql': 'select 1;\n' },
      { 'db/migrations/0002_two.sql': 'select 2;\n' },
      'main and task both add number 0002 (main at db/migrations/0002_one.sql:1, task at db/migrations/0002_two.sql:1)',
    ],
  ])('%s', async (_, base, main, side, line) => {
    const { lines } = await lookInto(base, main, side);
    expect(lines).toContain(`look, though git merges it:\n  task: ${line}`);
  });
});

test('a name that the changing side still says elsewhere is not told', async () => {
  const { looks, lines } = await lookInto(
    { 'a.js': 'export function load(from) {\n}\n', 'c.js': 'other.load(1);\n' },
    { 'a.js': 'export const nothing = 1;\n' },
    { 'b.js': 'load(1);\n' },
  );
  expect(looks).toEqual([]);
  expect(lines).not.toContain('look');
});
