import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Config } from '../../../../src/domain/store/config.js';
import { defaultConfig } from '../../../../src/domain/store/config.js';
import { addWorktree, commitWork, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const more = { message: 'Do the work', runId: 'one-t1-1' };

/** A repository with a submodule `vendor/lib`, which has one of its own, `deep`. */
async function make(settings: Partial<Config['worktree']> = {}, prepare: (repo: string) => void = () => {}) {
  sandbox.git(sandbox.root, 'config', '--global', 'protocol.file.allow', 'always');
  const deep = sandbox.repo({ 'deep.txt': 'deep\n' }, 'deep');
  const lib = sandbox.repo({ 'lib.txt': 'lib\n' }, 'lib');
  sandbox.git(lib, 'submodule', '--quiet', 'add', deep, 'deep');
  sandbox.commit(lib, {});
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  sandbox.git(repo, 'submodule', '--quiet', 'add', lib, 'vendor/lib');
  sandbox.git(repo, 'submodule', '--quiet', 'update', '--init', '--recursive');
  sandbox.commit(repo, {});
  prepare(repo);
  const session = await sandbox.session(repo, { worktree: { ...defaultConfig.worktree, ...settings } });
  const task = await sandbox.task(session, 'one');
  const added = await addWorktree(session, task);
  const inner = join(added.path, 'vendor/lib');
  return {
    repo,
    session,
    inner,
    added,
    path: added.path,
    task: { ...task, worktree: added.path, base: added.base },
  };
}

const moduleOf = (repo: string, ...names: string[]) =>
  join(repo, '.git', ...names.flatMap((name) => ['modules', name]));

describe('a new worktree', () => {
  test('has its submodules, nested ones too, without a network', async () => {
    const { repo, path, inner, added } = await make({}, () => {
      for (const name of ['lib', 'deep']) rmSync(join(sandbox.root, name), { recursive: true });
    });
    expect(added.skipped).toEqual([]);
    expect(readFileSync(join(inner, 'deep/deep.txt'), 'utf8')).toBe('deep\n');
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(path, 'submodule', 'status', '--recursive')).not.toMatch(/^[-+U]/m);
    expect(sandbox.git(repo, 'submodule', 'status', '--recursive')).not.toMatch(/^[-+U]/m);
    expect(sandbox.git(inner, 'remote', 'get-url', 'origin')).toBe(join(sandbox.root, 'lib'));
    expect(sandbox.git(inner, 'fsck')).toBe('');
  });

  test('has those that the main worktree never absorbed', async () => {
    const { inner, added } = await make({}, (repo) => {
      const dir = moduleOf(repo, 'vendor/lib');
      sandbox.git(repo, '--git-dir', dir, 'config', '--unset', 'core.worktree');
      rmSync(join(repo, 'vendor/lib/.git'));
      renameSync(dir, join(repo, 'vendor/lib/.git'));
    });
    expect(added.skipped).toEqual([]);
    expect(readFileSync(join(inner, 'deep/deep.txt'), 'utf8')).toBe('deep\n');
    expect(sandbox.git(inner, 'status', '--porcelain')).toBe('');
  });

  test('says which stay empty, and how to get them', async () => {
    const off = await make({ submodules: false });
    expect(off.added.skipped).toEqual([expect.stringMatching(/^vendor\/lib .*worktree\.submodules is off/)]);
    sandbox.cleanup();
    sandbox = makeSandbox();
    const absent = await make({}, (repo) => {
      rmSync(join(repo, '.git/modules'), { recursive: true });
      rmSync(join(repo, 'vendor'), { recursive: true });
    });
    expect(absent.added.skipped).toEqual([
      expect.stringMatching(/^vendor\/lib .*`git -C .*\/one submodule update --init`/),
    ]);
  });

  test('runs nothing that the configuration of a submodule names', async () => {
    const canary = join(sandbox.root, 'canary');
    await make({}, (repo) => {
      const dir = moduleOf(repo, 'vendor/lib');
      sandbox.git(repo, '--git-dir', dir, 'config', 'core.fsmonitor', `touch ${canary}`);
      sandbox.git(repo, '--git-dir', dir, 'config', 'filter.x.smudge', `touch ${canary}; cat`);
      sandbox.write(dir, { 'info/attributes': '* filter=x\n' });
    });
    expect(existsSync(canary)).toBe(false);
  });
});

describe('work in a submodule', () => {
  test('that is committed is kept in the main worktree before the branch points to it', async () => {
    const { repo, session, task, path, inner } = await make();
    const deep = sandbox.commit(join(inner, 'deep'), { 'd.txt': 'd\n' });
    const lib = sandbox.commit(inner, { 'l.txt': 'l\n' });
    const work = await commitWork(session, task, more);
    expect(work.problem).toBeUndefined();
    expect(work.modules?.map(({ path: name, commit }) => [name, commit])).toEqual([
      ['vendor/lib/deep', deep],
      ['vendor/lib', lib],
    ]);
    expect(sandbox.git(repo, 'rev-parse', `${task.branch}:vendor/lib`)).toBe(lib);
    sandbox.git(repo, 'merge', '-q', task.branch);
    await removeWorktree(session, task);
    expect(existsSync(path)).toBe(false);
    for (const names of [['vendor/lib'], ['vendor/lib', 'deep']]) {
      sandbox.git(repo, '--git-dir', moduleOf(repo, ...names), 'gc', '-q', '--prune=now');
    }
    sandbox.git(repo, 'submodule', '--quiet', 'update', '--recursive');
    expect(readFileSync(join(repo, 'vendor/lib/deep/d.txt'), 'utf8')).toBe('d\n');
    expect(readFileSync(join(repo, 'vendor/lib/l.txt'), 'utf8')).toBe('l\n');
    expect((await commitWork(session, { ...task, worktree: undefined }, more)).modules).toBeUndefined();
  });

  test('that is on no branch there any more is kept as well', async () => {
    const { repo, session, task, inner } = await make();
    const lost = sandbox.commit(inner, { 'l.txt': 'l\n' });
    sandbox.git(inner, 'checkout', '-q', 'HEAD^');
    await removeWorktree(session, task);
    expect(sandbox.git(repo, '--git-dir', moduleOf(repo, 'vendor/lib'), 'for-each-ref')).toContain(lost);
  });

  test('that a killed fetch left there on no ref is kept by one', async () => {
    const { repo, session, task, inner } = await make();
    const lib = sandbox.commit(inner, { 'l.txt': 'l\n' });
    const module = moduleOf(repo, 'vendor/lib');
    sandbox.git(repo, '--git-dir', module, 'fetch', '-q', '--no-write-fetch-head', inner, lib);
    expect(sandbox.git(repo, '--git-dir', module, 'for-each-ref')).not.toContain(lib);
    await commitWork(session, task, more);
    expect(sandbox.git(repo, '--git-dir', module, 'for-each-ref')).toContain(lib);
  });

  test('that the main worktree has no repository for is kept in its own', async () => {
    const { repo, session, task, path } = await make({}, (main) => {
      rmSync(join(main, '.git/modules'), { recursive: true });
      rmSync(join(main, 'vendor'), { recursive: true });
    });
    sandbox.git(path, 'submodule', '--quiet', 'update', '--init');
    const made = sandbox.commit(join(path, 'vendor/lib'), { 'l.txt': 'l\n' });
    const { modules } = await commitWork(session, task, more);
    const ref = `refs/codex-agents/submodule/one/vendor/lib/${made.slice(0, 16)}`;
    expect(modules).toMatchObject([{ path: 'vendor/lib', commit: made, ref }]);
    expect(sandbox.git(repo, 'show', `${ref}:l.txt`)).toBe('l');
  });

  test('that is in no commit holds the task and the removal; by force it is rescued', async () => {
    const { repo, session, task, inner } = await make();
    sandbox.write(inner, { 'deep/new.txt': 'precious\n' });
    const work = await commitWork(session, task, more);
    expect(work.problem).toContain('vendor/lib/deep');
    await expect(removeWorktree(session, task)).rejects.toMatchObject({
      code: 'worktree-dirty',
      message: expect.stringContaining('vendor/lib/deep'),
    });
    expect(await removeWorktree(session, task, { force: true })).toMatchObject({ removed: true });
    const dir = moduleOf(repo, 'vendor/lib', 'deep');
    const [line, ...others] = sandbox
      .git(repo, '--git-dir', dir, 'for-each-ref', 'refs/codex-agents')
      .split('\n');
    expect(others).toEqual([]);
    expect(sandbox.git(repo, '--git-dir', dir, 'show', `${line!.split(' ')[0]}:new.txt`)).toBe('precious');
  });

  test('that git was told not to look at holds the task and the removal as well', async () => {
    const { repo, session, task, inner } = await make();
    sandbox.git(inner, 'update-index', '--assume-unchanged', 'lib.txt');
    sandbox.write(inner, { 'lib.txt': 'precious\n' });
    expect((await commitWork(session, task, more)).problem).toContain('the submodule vendor/lib');
    await expect(removeWorktree(session, task)).rejects.toMatchObject({ code: 'worktree-dirty' });
    await removeWorktree(session, task, { force: true });
    const [line = ''] = sandbox
      .git(repo, '--git-dir', moduleOf(repo, 'vendor/lib'), 'for-each-ref', 'refs/codex-agents')
      .split('\n');
    expect(
      sandbox.git(repo, '--git-dir', moduleOf(repo, 'vendor/lib'), 'show', `${line.split(' ')[0]}:lib.txt`),
    ).toBe('precious');
  });

  test.each([true, false])(
    'that stands in an empty one holds both (.gitmodules names it: %s)',
    async (named) => {
      const { session, task, path } = await make({ submodules: false }, (repo) => {
        if (named) return;
        sandbox.git(repo, 'rm', '-q', '--cached', '.gitmodules');
        rmSync(join(repo, '.gitmodules'));
        sandbox.commit(repo, {});
      });
      sandbox.write(path, { 'vendor/lib/plain.txt': 'precious\n', 'other.txt': 'other\n' });
      const work = await commitWork(session, task, more);
      expect(work).toMatchObject({ files: ['other.txt'] });
      expect(work.problem).toMatch(/^files stand in vendor\/lib, .*`git -C .* rm -q --cached vendor\/lib`/);
      await expect(removeWorktree(session, task)).rejects.toMatchObject({
        message: expect.stringContaining('the submodule vendor/lib'),
      });
      const { trash = '' } = await removeWorktree(session, task, { force: true });
      expect(readFileSync(join(path, '../.trash', trash, 'vendor/lib/plain.txt'), 'utf8')).toBe('precious\n');
      expect(trash).toMatch(/\.kept$/);
    },
  );

  test('whose place plain files take is committed as those files', async () => {
    const { repo, session, task, path, inner } = await make();
    sandbox.git(path, 'rm', '-q', '-r', '--cached', 'vendor/lib');
    rmSync(inner, { recursive: true });
    sandbox.write(path, { 'vendor/lib/plain.txt': 'plain\n' });
    const work = await commitWork(session, task, more);
    expect(work.problem).toBeUndefined();
    expect(sandbox.git(repo, 'ls-tree', '-r', '--name-only', task.branch, 'vendor')).toBe(
      'vendor/lib/plain.txt',
    );
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  });

  test('is not looked for by a git that a planted pointer leads elsewhere', async () => {
    const { session, task, inner } = await make();
    const elsewhere = sandbox.repo({}, 'elsewhere');
    sandbox.write(inner, { '.git': `gitdir: ${join(elsewhere, '.git')}\n` });
    await expect(removeWorktree(session, task)).rejects.toMatchObject({
      message: expect.stringContaining('leads out'),
    });
  });
});
