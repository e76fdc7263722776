import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { planLanding } from '../../../../src/services/landing/index.js';
import { mergeBaseOf, objectIdsIn, readRefs } from '../../../../src/services/platform/git/answers.js';
import { openGit } from '../../../../src/services/platform/git/git.js';
import { changedFiles } from '../../../../src/services/platform/git/porcelain.js';
import { addWorktree, overviewOf, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { listWorktrees } from '../../../../src/services/worktrees/places/list.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Puts a git first on PATH whose call of one command ends well and says nothing. */
const silence = (command: string) => answer(command, '');

/** The same, with an answer. */
function answer(command: string, said: string): void {
  const folder = join(sandbox.root, 'bin');
  const real = sandbox.env
    .PATH!.split(':')
    .filter((part) => part !== folder)
    .map((part) => join(part, 'git'))
    .find(existsSync)!;
  mkdirSync(folder, { recursive: true });
  const script = `#!/bin/sh\ncase " $* " in *" ${command} "*) printf '%s' '${said}'; exit 0;; esac\nexec ${real} "$@"\n`;
  writeFileSync(join(folder, 'git'), script, { mode: 0o755 });
  sandbox.env.PATH = `${folder}:${sandbox.env.PATH}`;
}

const opened = (repo: string) => openGit({ root: repo, commonDir: join(repo, '.git'), env: sandbox.env });
const unclear = { code: 'git-unclear' };

describe('an empty answer of git is unknown, where it cannot be', () => {
  test('a list of worktrees', async () => {
    const git = await opened(sandbox.repo());
    silence('worktree list');
    await expect(listWorktrees(git)).rejects.toMatchObject({
      ...unclear,
      message: expect.stringContaining('it does not hold the main worktree'),
    });
  });

  test('all refs, where there were some', async () => {
    const repo = sandbox.repo();
    const git = await opened(repo);
    sandbox.git(repo, 'tag', 'v1');
    const before = await readRefs(git);
    expect([...before.keys()]).toEqual(['refs/heads/main', 'refs/tags/v1']);
    silence('for-each-ref');
    await expect(readRefs(git, { known: before.size })).rejects.toMatchObject(unclear);
    expect(await readRefs(git)).toEqual(new Map());
  });

  test('what is checked out, and so what has changed', async () => {
    const repo = sandbox.repo();
    await opened(repo);
    sandbox.write(repo, { 'new.txt': 'work\n' });
    silence('status');
    const at = { root: repo, commonDir: join(repo, '.git'), env: sandbox.env };
    await expect(changedFiles(at)).rejects.toMatchObject(unclear);
  });

  test('a commit, a tree', async () => {
    const git = await opened(sandbox.repo());
    silence('rev-parse');
    await expect(git.commitOf('main')).rejects.toMatchObject(unclear);
    await expect(git.treeOf('main')).rejects.toMatchObject(unclear);
  });

  test('the configuration: what is planted in it would run', async () => {
    const repo = sandbox.repo();
    silence('config');
    const git = await opened(repo);
    await expect(git.run(['status'])).rejects.toMatchObject({ cause: unclear });
  });

  test('and no worktree is removed by it', async () => {
    const session = await sandbox.session(sandbox.repo());
    const task = await sandbox.task(session, 'a');
    const { path } = await addWorktree(session, task);
    sandbox.write(path, { 'work.txt': 'not committed\n' });
    silence('worktree list');
    await expect(removeWorktree(session, { ...task, worktree: path })).rejects.toMatchObject(unclear);
    expect(existsSync(join(path, 'work.txt'))).toBe(true);
  });

  test('and no worktree counts as one without work of its own', async () => {
    const session = await sandbox.session(sandbox.repo());
    const task = await sandbox.task(session, 'a', { status: 'cancelled' });
    const { path } = await addWorktree(session, task);
    sandbox.commit(path, { 'work.txt': 'committed\n' }, 'Work');
    const settled = [{ ...task, worktree: path }];
    const kept = async () => (await overviewOf(session, settled)).find((row) => row.path === path)!.keep;
    expect(await kept()).toEqual(['1 commit that is not on main']);
    silence('rev-list');
    expect(await kept()).toEqual([expect.stringMatching(/cannot be looked at: .*rev-list.* it is empty/)]);
  });

  test.each(['write-tree', 'commit-tree', 'update-ref'])(
    'and nothing is removed when what keeps it is written by %s in silence',
    async (command) => {
      const session = await sandbox.session(sandbox.repo());
      const task = await sandbox.task(session, 'a');
      const { path } = await addWorktree(session, task);
      sandbox.write(path, { 'work.txt': 'not committed\n' });
      silence(command);
      const removed = removeWorktree(session, { ...task, worktree: path }, { force: true });
      await expect(removed).rejects.toMatchObject(unclear);
      expect(existsSync(join(path, 'work.txt'))).toBe(true);
    },
  );

  test('where two branches parted, and what a count says', async () => {
    const repo = sandbox.repo();
    const git = await opened(repo);
    answer('merge-base', 'not an id');
    await expect(mergeBaseOf(git, 'main', 'main')).rejects.toMatchObject(unclear);
    answer('merge-base', '');
    await expect(mergeBaseOf(git, 'main', 'main')).rejects.toMatchObject(unclear);
    expect(objectIdsIn(`${'a'.repeat(40)}\n`, 'merge-base')).toEqual(['a'.repeat(40)]);
    expect(() => objectIdsIn(`${'a'.repeat(40)}\nb\n`, 'merge-base')).toThrow('it is not an object id');
  });

  test.each(['', 'many'])('and no worktree goes because its commits are counted as "%s"', async (said) => {
    const session = await sandbox.session(sandbox.repo());
    const task = await sandbox.task(session, 'a');
    const { path } = await addWorktree(session, task);
    sandbox.commit(path, { 'work.txt': 'committed\n' }, 'Work');
    answer('rev-list --count', said);
    const code = 'worktree-unlanded';
    await expect(removeWorktree(session, { ...task, worktree: path })).rejects.toMatchObject({ code });
    expect(existsSync(join(path, 'work.txt'))).toBe(true);
  });

  test('and a rehearsal does not go on from a merge that nobody made', async () => {
    const session = await sandbox.session(sandbox.repo());
    const task = await sandbox.task(session, 'a', { status: 'done' });
    const { path } = await addWorktree(session, task);
    sandbox.commit(path, { 'work.txt': 'committed\n' }, 'Work');
    silence('commit-tree');
    await expect(planLanding(session, {})).rejects.toMatchObject(unclear);
  });

  test('and no branch is deleted because the commit to move it to is missing', async () => {
    const repo = sandbox.repo();
    const git = await opened(repo);
    const main = (await git.commitOf('main'))!;
    await expect(git.moveRef('refs/heads/main', '', main, 'test')).rejects.toMatchObject(unclear);
    expect(await git.commitOf('main')).toBe(main);
  });
});
