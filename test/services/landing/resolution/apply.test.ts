import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { moveBranch, writeResults } from '../../../../src/services/landing/resolution/apply.js';
import type { OpenFile } from '../../../../src/services/landing/resolution/open-file.js';
import { type Folder, makeFolder } from '../../../support/folder.js';
import { makeSandbox } from '../../../support/sandbox.js';

let folder: Folder;
let worktree: string;
let outside: string;
beforeEach(() => {
  folder = makeFolder();
  [worktree, outside] = [join(folder.path, 'worktree'), join(folder.path, 'outside')];
  for (const path of [worktree, outside]) mkdirSync(path);
  writeFileSync(join(outside, 'a.txt'), 'of a person\n');
});
afterEach(() => folder.cleanup());

const answered = (path: string) => [{ path, result: 'merged\n' } as OpenFile];

test.each<[string, string, () => void]>([
  ['a file', 'a.txt', () => symlinkSync(join(outside, 'a.txt'), join(worktree, 'a.txt'))],
  ['a folder', 'in/a.txt', () => symlinkSync(outside, join(worktree, 'in'))],
])('a link that took the place of %s of the merge is not written through', async (_, path, put) => {
  put();
  await expect(writeResults(worktree, answered(path))).rejects.toMatchObject({ code: 'unsafe-path' });
  expect(readFileSync(join(outside, 'a.txt'), 'utf8')).toBe('of a person\n');
});

test('what is a file still is written', async () => {
  writeFileSync(join(worktree, 'a.txt'), 'marked\n');
  await writeResults(worktree, answered('a.txt'));
  expect(readFileSync(join(worktree, 'a.txt'), 'utf8')).toBe('merged\n');
});

test.each([
  ['set back in its worktree', 'reset -q --hard HEAD~1'],
  ['set back, checked out nowhere', 'reset -q --hard HEAD~1'],
  ['switched away from in its worktree', 'switch -q -c other'],
])('a branch that a person has meanwhile %s is not called moved', async (where, deed) => {
  const sandbox = makeSandbox();
  try {
    const repo = sandbox.repo();
    const path = join(sandbox.root, 'worktree');
    sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'codex-agent/one', path);
    sandbox.commit(path, { 'one.txt': '1\n' });
    const head = sandbox.commit(path, { 'two.txt': '2\n' });
    const target = sandbox.commit(repo, { 'main.txt': 'm\n' });
    const session = await sandbox.session(repo);
    const task = await sandbox.task(session, 'one', { branch: 'codex-agent/one', worktree: path });
    const tree = sandbox.git(repo, 'merge-tree', '--write-tree', head, target);
    const merge = sandbox.git(repo, 'commit-tree', tree, '-p', head, '-p', target, '-m', 'Merge');
    sandbox.git(path, ...deed.split(' '));
    const before = sandbox.git(repo, 'rev-parse', 'codex-agent/one');
    if (where.endsWith('nowhere')) sandbox.git(path, 'checkout', '-q', '--detach');
    const moving = moveBranch(session, task, head, merge, where.endsWith('nowhere') ? undefined : path);
    await expect(moving).rejects.toMatchObject({ code: 'ref-moved' });
    expect(sandbox.git(repo, 'rev-parse', 'codex-agent/one')).toBe(before);
  } finally {
    sandbox.cleanup();
  }
});
