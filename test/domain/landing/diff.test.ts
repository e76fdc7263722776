import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DiffFile, parseDiff } from '../../../src/domain/landing/diff.js';
import { makeSandbox, type Sandbox } from '../../support/sandbox.js';

const args = [
  'diff',
  '--no-color',
  '--find-renames',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '-U3',
  'HEAD~1',
  'HEAD',
];

/** What git says of a commit that does all that files can have done to them. */
describe('the diff of git', () => {
  let sandbox: Sandbox;
  let files: Map<string, DiffFile>;

  beforeAll(() => {
    sandbox = makeSandbox();
    const body = Array.from({ length: 40 }, (_, at) => `line ${at + 1}`).join('\n');
    const repo = sandbox.repo({
      'plain.txt': `${body}\n`,
      'moved.txt': `${body}\nmoved\n`,
      'run.sh': 'echo\n',
      'crlf.txt': 'a\r\nb\r\n',
      'unended.txt': 'one\ntwo',
      'gone.txt': '-- not a header\n',
      'data.bin': '\0\x01\x02',
      'empty.txt': '',
      'was-file': 'text\n',
      'ünï "q"\tname.txt': 'odd\n',
      'a b/c d.txt': 'spaces\n',
    });
    sandbox.write(repo, {
      'plain.txt': `${body.replace('line 3\n', 'line three\n').replace('line 38', 'line thirty-eight')}\n`,
      'crlf.txt': 'a\r\nc\r\n',
      'unended.txt': 'one\nTWO',
      'data.bin': '\0\x01\x03',
      'new.txt': '+++ not a header\n\\ nor this\n',
      'ünï "q"\tname.txt': 'odder\n',
      'a b/c d.txt': 'more spaces\n',
    });
    renameSync(join(repo, 'moved.txt'), join(repo, 'moved-away.txt'));
    chmodSync(join(repo, 'run.sh'), 0o755);
    for (const name of ['gone.txt', 'empty.txt', 'was-file']) rmSync(join(repo, name));
    symlinkSync('plain.txt', join(repo, 'was-file'));
    const module = join(repo, 'vendor');
    mkdirSync(module);
    sandbox.git(module, 'init', '-q');
    sandbox.commit(module, { 'x.txt': 'x\n' });
    sandbox.git(repo, 'add', '-A');
    sandbox.git(repo, 'commit', '-q', '-m', 'All kinds');
    const text = execFileSync('git', args, { cwd: repo, env: sandbox.env, encoding: 'utf8' });
    files = new Map(parseDiff(text).map((file) => [file.path, file]));
  });
  afterAll(() => sandbox.cleanup());

  const lines = (path: string) =>
    files.get(path)!.hunks.map((hunk) => hunk.map(({ kind, line, oldLine }) => [kind[0], line, oldLine]));

  it('numbers the lines of both sides, hunk by hunk', () => {
    const [first, second] = lines('plain.txt');
    expect(first!.slice(0, 5)).toEqual([
      ['c', 1, 1],
      ['c', 2, 2],
      ['r', 3, 3],
      ['a', 3, undefined],
      ['c', 4, 4],
    ]);
    expect(second![0]).toEqual(['c', 35, 35]);
  });

  it('knows renames, modes, binary files, links and submodules', () => {
    expect(files.get('moved-away.txt')).toMatchObject({ change: 'renamed', oldPath: 'moved.txt', hunks: [] });
    expect(files.get('run.sh')).toMatchObject({ modes: ['100644', '100755'], hunks: [] });
    expect(files.get('data.bin')).toMatchObject({
      binary: true,
      blobs: expect.stringMatching(/^\w+\.\.\w+$/),
    });
    expect(files.get('vendor')).toMatchObject({ submodule: true, change: 'added', added: 1 });
    expect(files.get('empty.txt')).toMatchObject({ change: 'deleted', hunks: [] });
    // git tells a file that became a link as two files.
    expect(files.get('was-file')).toMatchObject({ change: 'added', added: 1 });
  });

  it('keeps carriage returns, missing newlines and lines that look like headers', () => {
    expect(files.get('crlf.txt')!.hunks[0]!.map(({ text }) => text)).toEqual(['a\r', 'b\r', 'c\r']);
    expect(files.get('unended.txt')!.hunks[0]!.map(({ unended }) => unended)).toEqual([
      undefined,
      true,
      true,
    ]);
    expect(files.get('new.txt')!.hunks[0]!.map(({ text }) => text)).toEqual([
      '+++ not a header',
      '\\ nor this',
    ]);
    expect(files.get('gone.txt')).toMatchObject({ change: 'deleted', removed: 1 });
  });

  it('reads names with spaces, quotes, tabs and letters beyond ASCII', () => {
    expect(files.get('ünï "q"\tname.txt')).toMatchObject({ added: 1, removed: 1 });
    expect(files.get('a b/c d.txt')).toMatchObject({ added: 1, removed: 1 });
    expect(files.size).toBe(13);
  });

  it('reads 20,000 lines in a blink, and with as little work a line as 2,000', () => {
    const textOf = (count: number) =>
      `diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,0 +1,${count} @@\n${'+some line of code\n'.repeat(count)}`;
    expect(parseDiff(textOf(20_000))[0]!.hunks[0]).toHaveLength(20_000);
  });
});
