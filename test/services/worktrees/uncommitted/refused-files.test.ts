/** Files that git itself refuses to stage: what is rescued holds them all the same. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addWorktree, commitWork, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

async function make() {
  const repo = sandbox.repo({ 'sub/a.txt': 'a\n', 'b.txt': 'b\n' });
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  return { repo, session, path, task: { ...added, worktree: path, base } };
}

const configure = (repo: string, key: string, value: string) =>
  sandbox.git(repo, 'config', '--global', key, value);

test.each<[string, (repo: string, path: string) => void]>([
  [
    'mixed ends of lines under core.safecrlf',
    (repo) => {
      configure(repo, 'core.autocrlf', 'true');
      configure(repo, 'core.safecrlf', 'true');
    },
  ],
  [
    'what is not in the encoding that its attributes name',
    (_, path) => sandbox.write(path, { '.gitattributes': 'new* working-tree-encoding=UTF-16\n' }),
  ],
  [
    'what its required filter fails on',
    (repo, path) => {
      configure(repo, 'filter.fails.clean', 'false');
      configure(repo, 'filter.fails.required', 'true');
      sandbox.write(path, { '.gitattributes': 'new* filter=fails\n' });
    },
  ],
])('%s is rescued byte for byte', async (_, refuse) => {
  const { repo, session, task, path } = await make();
  refuse(repo, path);
  const text = 'one\r\ntwo\nthree';
  for (const name of ['new.txt', 'new "quoted"\nname.txt']) writeFileSync(join(path, name), text);
  symlinkSync('b.txt', join(path, 'link'));
  rmSync(join(path, 'b.txt'));
  const { rescue } = await removeWorktree(session, task, { force: true });
  const raw = (name: string) => sandbox.git(repo, 'cat-file', '-p', `${rescue}:${name}`);
  expect(raw('new.txt')).toBe(text);
  expect(raw('new "quoted"\nname.txt')).toBe(text);
  expect(raw('link')).toBe('b.txt');
  expect(() => raw('b.txt')).toThrow();
});

test('a link in place of a folder of tracked files is committed, and rescued', async () => {
  const { repo, session, task, path } = await make();
  rmSync(join(path, 'sub'), { recursive: true });
  mkdirSync(join(path, 'other'));
  writeFileSync(join(path, 'other/a.txt'), 'a\n');
  symlinkSync('other', join(path, 'sub'));
  const { rescue } = await removeWorktree(session, task, { force: true });
  expect(sandbox.git(repo, 'ls-tree', rescue!, 'sub')).toMatch(/^120000 /);
  const { path: again } = await addWorktree(session, task);
  rmSync(join(again, 'sub'), { recursive: true });
  symlinkSync('b.txt', join(again, 'sub'));
  const { problem, files } = await commitWork(session, task, { message: 'Work', runId: 'one#1' });
  expect(problem).toBeUndefined();
  expect(files).toEqual(['sub', 'sub/a.txt']);
});

test('a file in place of a folder whose files git was told not to look at is rescued', async () => {
  const { repo, session, task, path } = await make();
  sandbox.git(path, 'update-index', '--skip-worktree', 'sub/a.txt');
  rmSync(join(path, 'sub'), { recursive: true });
  writeFileSync(join(path, 'sub'), 'a file now\n');
  await expect(removeWorktree(session, task)).rejects.toMatchObject({ code: 'worktree-dirty' });
  const { rescue } = await removeWorktree(session, task, { force: true });
  expect(sandbox.git(repo, 'show', `${rescue}:sub`)).toBe('a file now');
});
