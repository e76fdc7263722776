import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { defaultConfig } from '../../../../src/domain/store/config.js';
import { requireTask } from '../../../../src/services/store/tasks/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
beforeEach(() => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
});
afterEach(() => sandbox.cleanup());

const own = { branchBy: 'program', branch: 'codex-agent/one' } as const;
const configured = (worktree: Partial<typeof defaultConfig.worktree>) => ({
  worktree: { ...defaultConfig.worktree, spare: 0, ...worktree },
});

test.each([
  ['codex-agent', 'a branch named like the prefix'],
  ['codex-agent/one/more', 'a branch below the name'],
])('%s is in the way, is named, and another name is the way out', async (other) => {
  sandbox.git(repo, 'branch', other);
  const session = await sandbox.session(repo, configured({}));
  const task = await sandbox.task(session, 'one', own);
  await expect(addWorktree(session, task)).rejects.toMatchObject({
    code: 'branch-in-the-way',
    message: expect.stringContaining(other),
    hint: expect.stringMatching(/git branch -m .*worktree\.branch/),
  });
  const named = await sandbox.session(repo, configured({ branch: 'agents/{slug}' }));
  expect(await addWorktree(named, task)).toMatchObject({ branch: 'agents/one' });
  expect((await requireTask(named, 'one')).branch).toBe('agents/one');
});

test('a file that is no branch is named as well', async () => {
  writeFileSync(join(repo, '.git/refs/heads/codex-agent'), 'rubbish\n');
  const session = await sandbox.session(repo, configured({}));
  await expect(addWorktree(session, await sandbox.task(session, 'one', own))).rejects.toMatchObject({
    code: 'branch-in-the-way',
    message: expect.stringContaining('refs/heads/codex-agent is in the way'),
  });
});

test('a locked worktree whose folder is gone is in the way, and the way out works', async () => {
  const path = join(sandbox.root, 'repo.worktrees', 'one');
  sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'something', path);
  sandbox.git(repo, 'worktree', 'lock', path);
  rmSync(path, { recursive: true });
  const session = await sandbox.session(repo, configured({}));
  const task = await sandbox.task(session, 'one', own);
  const refused = await addWorktree(session, task).catch((error) => error);
  expect(refused).toMatchObject({ code: 'worktree-path-taken' });
  const commands = refused.hint.split('forget it: ')[1].split(' && ');
  expect(commands).toHaveLength(2);
  for (const command of commands) sandbox.git(repo, ...command.split(' ').slice(1));
  expect(await addWorktree(session, task)).toMatchObject({ created: true, path });
});

test('a link that leads nowhere is named as what is in the way', async () => {
  mkdirSync(join(sandbox.root, 'repo.worktrees'));
  symlinkSync('/nonexistent', join(sandbox.root, 'repo.worktrees', 'one'));
  const session = await sandbox.session(repo, configured({}));
  const adding = addWorktree(session, await sandbox.task(session, 'one', own));
  await expect(adding).rejects.toMatchObject({ code: 'worktree-path-taken' });
});

test('a CI job starts from the commit that is checked out', async () => {
  const head = sandbox.commit(repo, { 'pr.txt': 'x' });
  sandbox.git(repo, 'checkout', '-q', '--detach');
  sandbox.git(repo, 'branch', '-qD', 'main');
  const session = await sandbox.session(repo, configured({}));
  const made = await addWorktree(session, await sandbox.task(session, 'one', own));
  expect(made.base).toBe(head);
  expect(session.events).toContainEqual(
    expect.objectContaining({ type: 'noted', message: expect.stringContaining('no branch main') }),
  );
});

test('a target that is gone is named with its setting', async () => {
  sandbox.git(repo, 'branch', '-qm', 'main', 'trunk');
  const session = await sandbox.session(repo, configured({}));
  await expect(addWorktree(session, await sandbox.task(session, 'one', own))).rejects.toMatchObject({
    code: 'target-missing',
    message: expect.stringContaining('no branch main'),
    hint: expect.stringContaining('config set --repo target'),
  });
});

test.each([
  ['refs/heads/dev', 'target dev'],
  ['origin/dev', 'target dev (where there is none yet: git branch dev origin/dev)'],
  ['dev', 'git branch dev origin/dev'],
  ['-x', 'No branch can have that name'],
  ['a b', 'No branch can have that name'],
])('a target %s that is no branch says what it was meant to be', async (target, hint) => {
  sandbox.git(repo, 'update-ref', 'refs/remotes/origin/dev', 'HEAD');
  const session = { ...(await sandbox.session(repo, configured({}))), target };
  await expect(addWorktree(session, await sandbox.task(session, 'one', own))).rejects.toMatchObject({
    code: 'target-missing',
    hint: expect.stringContaining(hint),
  });
});

test('a repository without a commit says how to make the first one', async () => {
  const empty = join(sandbox.root, 'empty');
  sandbox.git(sandbox.root, 'init', '-q', '-b', 'main', empty);
  const session = await sandbox.session(empty, configured({}));
  await expect(addWorktree(session, await sandbox.task(session, 'one', own))).rejects.toMatchObject({
    code: 'no-commit',
    hint: expect.stringContaining('commit --allow-empty'),
  });
});

test('a task, then the configuration, says where its branch starts', async () => {
  const first = sandbox.git(repo, 'rev-parse', 'HEAD');
  const second = sandbox.commit(repo, { b: 'x' });
  sandbox.git(repo, 'update-ref', 'refs/remotes/origin/main', first);
  const session = await sandbox.session(repo, configured({ base: 'origin/main' }));
  const branch = (slug: string) => ({ branchBy: 'program', branch: `codex-agent/${slug}` }) as const;
  expect((await addWorktree(session, await sandbox.task(session, 'a', branch('a')))).base).toBe(first);
  const wish = await sandbox.task(session, 'b', { ...branch('b'), startFrom: 'main' });
  expect((await addWorktree(session, wish)).base).toBe(second);
  const gone = await sandbox.task(session, 'c', { ...branch('c'), startFrom: 'nope' });
  await expect(addWorktree(session, gone)).rejects.toMatchObject({
    code: 'base-missing',
    hint: expect.stringContaining('task edit c --base'),
  });
});

test('worktrees inside the repository stay out of its status', async () => {
  mkdirSync(join(repo, '.codex-agent'));
  const session = await sandbox.session(repo, configured({ root: '.trees' }));
  const { path } = await addWorktree(session, await sandbox.task(session, 'one', own));
  expect(path).toBe(join(repo, '.trees', 'one'));
  expect(existsSync(join(path, 'README.md'))).toBe(true);
  expect(sandbox.git(repo, 'status', '--porcelain')).toBe('');
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
});

test('a branch that an earlier task of the name left is not taken up, but stays, and that is said', async () => {
  const session = await sandbox.session(repo, configured({}));
  const folder = join(sandbox.root, 'earlier');
  sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'codex-agent/one', folder);
  const thrownAway = sandbox.commit(folder, { 'wrong.txt': 'wrong\n' });
  sandbox.git(repo, 'worktree', 'remove', folder);
  const later = new Date(Date.now() + 60_000).toISOString();
  const task = await sandbox.task(session, 'one', { ...own, createdAt: later });
  const made = await addWorktree(session, task);
  expect(made.branch).toBe('codex-agent/one-2');
  expect(existsSync(join(made.path, 'wrong.txt'))).toBe(false);
  expect(sandbox.git(repo, 'rev-parse', 'codex-agent/one')).toBe(thrownAway);
  expect(session.events).toContainEqual(
    expect.objectContaining({
      message: expect.stringMatching(/already has a commit of an earlier task.*--branch/),
    }),
  );
});

test('what was committed on the branch since the task was added is its own', async () => {
  const session = await sandbox.session(repo, configured({}));
  sandbox.git(repo, 'switch', '-q', '-c', 'codex-agent/one');
  const mine = sandbox.commit(repo, { 'mine.txt': 'mine\n' });
  sandbox.git(repo, 'switch', '-q', 'main');
  const made = await addWorktree(session, await sandbox.task(session, 'one', own));
  expect(made.branch).toBe('codex-agent/one');
  expect(sandbox.git(made.path, 'rev-parse', 'HEAD')).toBe(mine);
});
