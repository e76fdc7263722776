/** Edits that git shows nowhere, and an index that it cannot read. */
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addWorktree, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

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
  return { repo, session, path, task: { ...added, worktree: path, base } };
}

test('an edit of the same size and time is seen where git is told to look at no more', async () => {
  const { repo, session, task, path } = await make();
  const past = () => utimesSync(join(path, 'a.txt'), 1_000_000_000, 1_000_000_000);
  past();
  sandbox.git(path, 'update-index', '--refresh');
  sandbox.git(repo, 'config', 'core.trustctime', 'false');
  sandbox.git(repo, 'config', 'core.checkStat', 'minimal');
  // As an editor writes: ids of files tell, since times of change count in seconds.
  sandbox.write(path, { 'a.new': 'b\n' });
  renameSync(join(path, 'a.new'), join(path, 'a.txt'));
  past();
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  await expect(removeWorktree(session, task)).rejects.toMatchObject({
    message: expect.stringContaining('uncommitted work: a.txt'),
  });
  const { rescue } = await removeWorktree(session, task, { force: true });
  expect(sandbox.git(repo, 'show', `${rescue}:a.txt`)).toBe('b');
});

test('an edit in place of the same size and time is seen by the time of its change', async () => {
  const { repo, session, task, path } = await make();
  const past = () => utimesSync(join(path, 'a.txt'), 1_000_000_000, 1_000_000_000);
  past();
  sandbox.git(path, 'update-index', '--refresh');
  sandbox.git(repo, 'config', 'core.trustctime', 'false');
  // Where git counts times in seconds, two changes in one are the same to it.
  const second = () => Math.floor(statSync(join(path, 'a.txt')).ctimeMs / 1000);
  for (const before = second(); second() === before; past()) writeFileSync(join(path, 'a.txt'), 'b\n');
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  await expect(removeWorktree(session, task)).rejects.toMatchObject({
    message: expect.stringContaining('uncommitted work: a.txt'),
  });
});

test('a new file whose name differs by case alone is seen where git is told that no such file can be', async () => {
  const { repo, session, task, path } = await make();
  sandbox.git(repo, 'config', 'core.ignoreCase', 'true');
  renameSync(join(path, 'a.txt'), join(path, 'A.txt'));
  writeFileSync(join(path, 'A.txt'), 'b\n');
  const { rescue } = await removeWorktree(session, task, { force: true });
  expect(sandbox.git(repo, 'show', `${rescue}:A.txt`)).toBe('b');
});

test('a bisection holds a removal up; of patches under way the trash is kept for good', async () => {
  const { session, task, path } = await make();
  sandbox.git(path, 'bisect', 'start');
  await expect(removeWorktree(session, task)).rejects.toMatchObject({
    message: expect.stringContaining('an unfinished bisect'),
  });
  sandbox.git(path, 'bisect', 'reset');
  sandbox.write(sandbox.root, { 'a.mbox': 'From x\nFrom: A <a@b.c>\nSubject: y\n\nno patch\n' });
  expect(() => sandbox.git(path, 'am', '-q', join(sandbox.root, 'a.mbox'))).toThrow();
  expect((await removeWorktree(session, task, { force: true })).trash).toMatch(/\.kept$/);
});

test('an edit that the person’s own filter takes away is told, and stands in the trash', async () => {
  const { repo, session, task, path } = await make();
  sandbox.git(repo, 'config', '--global', 'filter.plain.clean', 'sed s/.*/a/');
  sandbox.write(repo, { '.git/info/attributes': 'a.txt filter=plain\n' });
  sandbox.write(path, { 'a.txt': 'b\n' });
  // Not in the second in which git wrote it.
  utimesSync(join(path, 'a.txt'), 1_000_000_000, 1_000_000_000);
  const { trash, written } = await removeWorktree(session, task);
  expect(written).toEqual(['a.txt']);
  const kept = join(sandbox.root, 'repo.worktrees/.trash', trash!, 'a.txt');
  expect(readFileSync(kept, 'utf8')).toBe('b\n');
});

test.each(['garbage', '0123456789012345678901234567890123456789', ''])(
  'a branch that is broken (%s) is named, and what the error says mends it',
  async (bytes) => {
    const { repo, session, task, path } = await make();
    sandbox.write(path, { 'new.txt': 'only copy\n' });
    sandbox.git(repo, 'branch', 'broken');
    writeFileSync(join(repo, '.git/refs/heads/broken'), `${bytes}\n`);
    const refusal = await removeWorktree(session, task, { force: true }).catch((error) => error);
    expect(refusal.message).toContain('refs/heads/broken names no commit of the repository');
    const [log, away] = [.../`([^`]+)`/g[Symbol.matchAll](refusal.hint)].map((match) => match[1]!);
    const run = (command: string) =>
      execFileSync('sh', ['-ec', command], { cwd: repo, env: sandbox.env, encoding: 'utf8' });
    expect(run(log!)).toContain(sandbox.git(repo, 'rev-parse', 'main'));
    run(away!);
    const { rescue } = await removeWorktree(session, task, { force: true });
    expect(sandbox.git(repo, 'show', `${rescue}:new.txt`)).toBe('only copy');
  },
);

test.each(['garbage', 'DIRC'])('an index that is broken (%s) is told, with what mends it', async (bytes) => {
  const { repo, session, task, path } = await make();
  sandbox.write(path, { 'new.txt': 'only copy\n' });
  writeFileSync(join(repo, '.git/worktrees/one/index'), bytes);
  const refusal = await removeWorktree(session, task, { force: true }).catch((error) => error);
  const command = /`(i=.*)`/.exec(refusal.hint)![1]!;
  execFileSync('sh', ['-ec', command], { cwd: path, env: sandbox.env });
  const { rescue } = await removeWorktree(session, task, { force: true });
  expect(sandbox.git(repo, 'show', `${rescue}:new.txt`)).toBe('only copy');
});
