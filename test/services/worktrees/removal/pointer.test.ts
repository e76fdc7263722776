/** The `.git` file of a worktree is a file like others: an agent may damage it, take it away, or point it elsewhere. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  addWorktree,
  listKept,
  removeWorktree,
  repairWorktrees,
  restoreWorktree,
} from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

async function make() {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  sandbox.write(path, { 'staged.txt': 'staged\n' });
  sandbox.git(path, 'add', 'staged.txt');
  sandbox.write(path, { 'new.txt': 'new\n' });
  const status = sandbox.git(path, 'status', '--porcelain');
  return { repo, session, path, status, task: { ...added, worktree: path, base } };
}

const forget = (session: SandboxSession) =>
  session.registry.update('test', (file) => ({
    file: { ...file, tasks: file.tasks.map((task) => ({ ...task, worktree: undefined })) },
    result: undefined,
  }));

test.each<[string, (pointer: string) => void]>([
  ['that is gone', (pointer) => rmSync(pointer)],
  ['that holds garbage', (pointer) => writeFileSync(pointer, 'garbage\n')],
  [
    'that leads to another repository',
    (pointer) =>
      writeFileSync(pointer, `gitdir: ${join(sandbox.repo({ 'b.txt': 'b\n' }, 'other'), '.git')}\n`),
  ],
])('a pointer %s hides no work, and a restore mends it', async (_, damage) => {
  const { repo, session, task, path, status } = await make();
  damage(join(path, '.git'));
  await expect(removeWorktree(session, task)).rejects.toMatchObject({ code: 'worktree-dirty' });
  const { rescue } = await removeWorktree(session, task, { force: true });
  expect(sandbox.git(repo, 'show', `${rescue}:new.txt`)).toBe('new');
  await forget(session);
  expect(await restoreWorktree(session, { slug: 'one' })).toMatchObject({ path });
  expect(sandbox.git(path, 'status', '--porcelain')).toBe(status);
  expect(sandbox.git(path, 'rev-parse', '--git-dir')).toBe(join(repo, '.git/worktrees/one'));
  if (existsSync(join(sandbox.root, 'other')))
    expect(existsSync(join(sandbox.root, 'other/.git-2'))).toBe(false);
});

test.each<[string, (made: Awaited<ReturnType<typeof make>>) => Promise<unknown>]>([
  ['a command that needs the worktree', ({ session, task }) => addWorktree(session, task)],
  ['a repair', ({ session, task }) => repairWorktrees(session, [task])],
])('%s has git write the file anew that is gone, and all is as it was', async (_, mend) => {
  const made = await make();
  rmSync(join(made.path, '.git'));
  await mend(made);
  expect(sandbox.git(made.path, 'status', '--porcelain')).toBe(made.status);
});

test('a repository in its place counts as one with work of its own, and comes back as it was', async () => {
  const { repo, session, task, path } = await make();
  sandbox.git(path, 'reset', '-q', '--hard');
  rmSync(join(path, 'new.txt'));
  rmSync(join(path, '.git'));
  sandbox.git(path, 'init', '-q');
  sandbox.commit(path, {});
  await expect(removeWorktree(session, task)).rejects.toMatchObject({
    message: expect.stringContaining('nowhere else: .git'),
  });
  const { trash } = await removeWorktree(session, task, { force: true });
  expect(trash).toMatch(/\.kept$/);
  const commit = sandbox.git(join(sandbox.root, 'repo.worktrees/.trash', trash!), 'rev-parse', 'HEAD');
  await forget(session);
  await restoreWorktree(session, { slug: 'one' });
  expect(sandbox.git(path, 'rev-parse', 'HEAD')).toBe(commit);
  expect(sandbox.git(repo, 'worktree', 'list')).toContain(path);
});

test('a repository that was moved gets its worktree back where its worktrees are now', async () => {
  const { repo, session, task, status } = await make();
  await removeWorktree(session, task, { force: true });
  await forget(session);
  const moved = join(sandbox.root, 'moved');
  mkdirSync(moved);
  for (const name of ['repo', 'repo.worktrees']) renameSync(join(sandbox.root, name), join(moved, name));
  const there = await sandbox.session(join(moved, 'repo'));
  const { path } = await restoreWorktree(there, { slug: 'one' });
  expect(path).toBe(join(moved, 'repo.worktrees/one'));
  expect(sandbox.git(path, 'status', '--porcelain')).toBe(status);
  expect(existsSync(repo)).toBe(false);
});

test('one whose folder was gone before is not called restored', async () => {
  const { session, task, path } = await make();
  renameSync(path, join(sandbox.root, 'away'));
  await removeWorktree(session, task);
  await forget(session);
  const [kept] = (await listKept(session)).filter(({ kind }) => kind === 'worktree');
  await expect(restoreWorktree(session, { name: kept!.id })).rejects.toMatchObject({
    message: expect.stringContaining('was gone before'),
  });
  expect(readFileSync(join(sandbox.root, 'away/new.txt'), 'utf8')).toBe('new\n');
});
