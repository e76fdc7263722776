import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  copyIndex,
  indexNames,
  mayHoldMarks,
  mayHoldSubmodules,
} from '../../../../src/services/platform/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

test('a copied index still shows an edit of the same size, made in the second in which the index was written', () => {
  const repo = sandbox.repo({ 'a.txt': 'one\n' });
  const file = join(repo, 'a.txt');
  const index = join(repo, '.git/index');
  const second = 1_700_000_000;
  utimesSync(file, second, second);
  sandbox.git(repo, 'update-index', '--refresh');
  utimesSync(index, second, second);
  writeFileSync(file, 'two\n');
  utimesSync(file, second, second);
  const copy = join(sandbox.root, 'copy');
  return copyIndex(index, copy).then(() => {
    // The time of change cannot be set back by a test, so git is told not to go by it.
    const seen = sandbox.git(repo, '-c', 'core.trustctime=false', 'status', '--porcelain');
    expect(seen).toBe(' M a.txt');
    sandbox.env.GIT_INDEX_FILE = copy;
    expect(sandbox.git(repo, '-c', 'core.trustctime=false', 'status', '--porcelain')).toBe(' M a.txt');
  });
});

describe('an index, read without git', () => {
  const names = [
    'a',
    'ab',
    'abc/defg',
    'abc/defgh',
    'deep/er/x',
    `${'long'.repeat(1100)}`.slice(0, 200),
    'z',
  ];
  const make = () => sandbox.repo(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  const index = (repo: string) => join(repo, '.git/index');

  test.each([
    ['of version 2', ['--index-version', '2']],
    ['of version 3', ['--index-version', '3']],
    ['of version 4', ['--index-version', '4']],
    ['in two parts', ['--split-index']],
    ['of SHA-256', ['--refresh'], 'sha256'],
  ])('tells the names that git tells: %s', async (_, args, format = 'sha1') => {
    const repo = join(sandbox.root, 'repo');
    sandbox.git(sandbox.root, 'init', '-q', `--object-format=${format}`, repo);
    sandbox.write(repo, Object.fromEntries([...names, 'd/é'].map((name) => [name, name])));
    sandbox.git(repo, 'add', '.');
    sandbox.git(repo, 'update-index', ...args);
    sandbox.write(repo, { 'd/later': 'x' });
    sandbox.git(repo, 'add', '-N', 'd/later');
    const all = sandbox.git(repo, '-c', 'core.quotePath=false', 'ls-files').split('\n');
    expect((await indexNames(join(repo, '.git'), format, () => true)).sort()).toEqual(all.sort());
    expect(await indexNames(join(repo, '.git'), format, (name) => name.startsWith('abc/'))).toEqual([
      'abc/defg',
      'abc/defgh',
    ]);
  });

  test.each([2, 3, 4])('of version %i holds marks when a file has one, and else none', async (version) => {
    const repo = make();
    sandbox.git(repo, 'update-index', '--index-version', String(version));
    expect(await mayHoldMarks(index(repo))).toBe(false);
    for (const mark of ['assume-unchanged', 'skip-worktree']) {
      for (const name of [names[0]!, names[3]!, names.at(-1)!]) {
        sandbox.git(repo, 'update-index', `--${mark}`, name);
        expect([mark, name, await mayHoldMarks(index(repo))]).toEqual([mark, name, true]);
        sandbox.git(repo, 'update-index', `--no-${mark}`, name);
      }
    }
    // An entry of the longer form without a mark.
    sandbox.write(repo, { 'm-later': 'later\n' });
    sandbox.git(repo, 'add', '-N', 'm-later');
    expect(await mayHoldMarks(index(repo))).toBe(false);
  });

  test.each([2, 4])('of version %i is read past a path of 5,000 characters', async (version) => {
    const repo = make();
    sandbox.git(repo, 'update-index', '--index-version', String(version));
    const blob = sandbox.git(repo, 'rev-parse', 'HEAD:a');
    sandbox.git(repo, 'update-index', '--add', '--cacheinfo', `100644,${blob},b/${'long/'.repeat(1000)}x`);
    expect(await mayHoldMarks(index(repo))).toBe(false);
    expect(await mayHoldSubmodules(index(repo))).toBe(false);
    sandbox.git(repo, 'update-index', '--assume-unchanged', 'z');
    expect(await mayHoldMarks(index(repo))).toBe(true);
  });

  test.each([2, 3, 4])('of version %i holds submodules when it has one, and else none', async (version) => {
    const repo = make();
    sandbox.git(repo, 'update-index', '--index-version', String(version));
    expect(await mayHoldSubmodules(index(repo))).toBe(false);
    const commit = sandbox.git(repo, 'rev-parse', 'HEAD');
    sandbox.git(repo, 'update-index', '--add', '--cacheinfo', `160000,${commit},vendor/lib`);
    expect(await mayHoldSubmodules(index(repo))).toBe(true);
    expect(await mayHoldSubmodules(join(sandbox.root, 'none'))).toBe(true);
  });

  test('that is split, of another hash, cut or gone is one that git is asked about', async () => {
    const repo = make();
    sandbox.git(repo, 'update-index', '--split-index');
    expect(await mayHoldMarks(index(repo))).toBe(true);
    const other = join(sandbox.root, 'other');
    sandbox.git(sandbox.root, 'init', '-q', '--object-format=sha256', other);
    sandbox.write(other, { a: 'a\n', bcd: 'b\n' });
    sandbox.git(other, 'add', '-A');
    expect(await mayHoldMarks(index(other))).toBe(true);
    const whole = readFileSync(index(other));
    writeFileSync(join(sandbox.root, 'cut'), whole.subarray(0, whole.length - 5));
    expect(await mayHoldMarks(join(sandbox.root, 'cut'))).toBe(true);
    expect(await mayHoldMarks(join(sandbox.root, 'none'))).toBe(true);
  });
});
