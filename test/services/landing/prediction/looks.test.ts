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
      'a.proto: 2 stands for b and c (task at a.proto:15, main at a.proto:2)',
    ],
    [
      'both give one key two values',
      { 'a.yaml': far.replaceAll(/far = (\d+)/g, 'far$1: $1') },
      { 'a.yaml': `retries: 3\n${far.replaceAll(/far = (\d+)/g, 'far$1: $1')}` },
      { 'a.yaml': `${far.replaceAll(/far = (\d+)/g, 'far$1: $1')}retries: 5\n` },
      'a.yaml: the key retries stands there twice (task at a.yaml:13, main at a.yaml:1)',
    ],
    [
      'both add a step of one number',
      { a: 'a\n' },
      { 'db/migrations/0002_one.sql': 'select 1;\n' },
      { 'db/migrations/0002_two.sql': 'select 2;\n' },
      'task and main both add number 0002 (task at db/migrations/0002_two.sql:1, main at db/migrations/0002_one.sql:1)',
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

describe('two branches in flight', () => {
  async function inFlight(base: Files, one: Files, two: Files) {
    const repo = buildCase(sandbox, { base, ours: put({ 'main.txt': 'moved on\n' }), theirs: put(one) });
    sandbox.git(repo, 'checkout', '-q', '-b', 'other', 'side~1');
    put(two)(repo);
    sandbox.commit(repo, {}, 'other');
    sandbox.git(repo, 'checkout', '-q', 'main');
    const session = await sandbox.session(repo, {}, { target: 'main' });
    const heads = [
      { slug: 'one', branch: 'side' },
      { slug: 'two', branch: 'other' },
    ];
    const before = fingerprint(repo);
    const options = { looks: true, pairs: true };
    const report = await checkMerges(session, heads, options);
    expect(fingerprint(repo)).toBe(before);
    const again = await checkMerges(session, heads, options);
    expect(again.pairs).toEqual(report.pairs);
    return { pair: report.pairs[0]!, lines: mergeLines(report).join('\n') };
  }

  test.each<[string, Files, Files, Files, string]>([
    [
      'in files that the other does not touch',
      { 'a.js': 'export function total(list) {\n}\n', 'b.js': '// nothing\n' },
      { 'a.js': 'export function sum(list) {\n}\n' },
      { 'b.js': 'total([]);\n' },
      'one × two: one renamed total to sum (a.js:1), and two uses it (b.js:1)',
    ],
    [
      'in a file that both change',
      { 'a.yaml': far.replaceAll(/far = (\d+)/g, 'far$1: $1') },
      { 'a.yaml': `retries: 3\n${far.replaceAll(/far = (\d+)/g, 'far$1: $1')}` },
      { 'a.yaml': `${far.replaceAll(/far = (\d+)/g, 'far$1: $1')}retries: 5\n` },
      'one × two: a.yaml: the key retries stands there twice (one at a.yaml:1, two at a.yaml:13)',
    ],
    [
      'by one number for two migrations',
      { a: 'a\n' },
      { 'db/migrations/0002_one.sql': 'select 1;\n' },
      { 'db/migrations/0002_two.sql': 'select 2;\n' },
      'one × two: one and two both add number 0002 (one at db/migrations/0002_one.sql:1, two at db/migrations/0002_two.sql:1)',
    ],
  ])('are told what they take from each other %s', async (_, base, one, two, line) => {
    const { pair, lines } = await inFlight(base, one, two);
    expect(pair.status).toBe('clean');
    expect(lines).toContain(`look, though git merges it:\n  ${line}`);
  });

  test('that take nothing from each other are not told', async () => {
    const { pair } = await inFlight(
      { 'a.js': 'let a;\n', 'b.js': 'let b;\n' },
      { 'a.js': 'let c;\n' },
      { 'b.js': 'let d;\n' },
    );
    expect(pair).toEqual({ a: 'one', b: 'two', status: 'clean', paths: [] });
  });
});

describe('what cannot be looked into is told as unknown, and is no reason to call the merge unclean', () => {
  test('files that are too many, or too large', async () => {
    const many = Object.fromEntries(Array.from({ length: 41 }, (_, n) => [`f${n}.js`, far]));
    const change = (before: string, after: string) =>
      Object.fromEntries(Object.keys(many).map((path) => [path, `${before}${far}${after}`]));
    const repo = buildCase(sandbox, {
      base: many,
      ours: put(change('let top;\n', '')),
      theirs: put(change('', 'let end;\n')),
    });
    const session = await sandbox.session(repo, {}, { target: 'main' });
    const report = await checkMerges(session, [{ slug: 'task', branch: 'side' }], { looks: true });
    expect(report.results[0]).toMatchObject({
      status: 'clean',
      notLooked: 'both sides change 41 files, too many to look into',
    });
    expect(mergeLines(report).join('\n')).toContain(
      'not known whether there is more to look at:\n  task: both',
    );
  });

  test('what many pairs change in common, and no more than that', async () => {
    const line = (n: number) => `  entry${n}: ${n}\n`;
    const text = (...more: string[]) =>
      `${more.join('')}list:\n${Array.from({ length: 9_000 }, (_, n) => line(n)).join('')}`;
    const small = ['b', 'c', 'd', 'e', 'f'].map((word) => `${word}\n`);
    const repo = sandbox.repo({ 'a.yaml': text(), 'b.txt': small.join('') });
    const heads = [1, 2, 3, 4, 5, 6, 7].map((n) => ({ slug: `t${n}`, branch: `h${n}` }));
    for (const [at, { branch }] of heads.entries()) {
      sandbox.git(repo, 'checkout', '-q', '-b', branch, 'main');
      if (at === 5) sandbox.commit(repo, { 'b.txt': `x\n${small.slice(1).join('')}` }, branch);
      else if (at === 6) sandbox.commit(repo, { 'b.txt': `${small.slice(0, -1).join('')}x\n` }, branch);
      else
        sandbox.commit(
          repo,
          { 'a.yaml': text().replace(line(at * 1_000), `  entry${at * 1_000}: x\n`) },
          branch,
        );
    }
    sandbox.git(repo, 'checkout', '-q', 'main');
    const session = await sandbox.session(repo, {}, { target: 'main' });
    const report = await checkMerges(session, heads, { looks: true, pairs: true });
    const { pairs } = report;
    const unknown = pairs.filter(({ notLooked }) => notLooked?.includes('looked into first'));
    const said = mergeLines(report).join('\n');
    expect(said).toContain(`:\n  in ${unknown.length} of 21 pairs: --json tells which, and why`);
    expect(said).not.toContain('looked into first');
    expect(pairs.every(({ status }) => status === 'clean')).toBe(true);
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.length).toBeLessThan(10);
    // Where nothing is changed by both, or little, nothing is left out.
    expect(unknown.some(({ a, b }) => [a, b].some((name) => ['t6', 't7'].includes(name)))).toBe(false);
  });

  test('a history that meets the target in several places', async () => {
    const repo = buildCase(sandbox, {
      base: { a: 'a\n' },
      ours: put({ b: 'b\n' }),
      theirs: put({ c: 'c\n' }),
    });
    sandbox.git(repo, 'branch', 'before', 'main');
    sandbox.git(repo, 'merge', '-q', '--no-edit', 'side');
    sandbox.git(repo, 'checkout', '-q', 'side');
    sandbox.git(repo, 'merge', '-q', '--no-edit', 'before');
    sandbox.commit(repo, { d: 'd\n' }, 'more');
    sandbox.git(repo, 'checkout', '-q', 'main');
    sandbox.commit(repo, { e: 'e\n' }, 'more');
    const session = await sandbox.session(repo, {}, { target: 'main' });
    const report = await checkMerges(session, [{ slug: 'task', branch: 'side' }], { looks: true });
    expect(report.results[0]).toMatchObject({
      status: 'clean',
      notLooked: expect.stringContaining('meets the target'),
    });
  });
});
