import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { addWorktree, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { mountBtrfs } from '../../../support/loop-disk.js';
import { type ConfigOverrides, makeSandbox, type Sandbox } from '../../../support/sandbox.js';

const disk = mountBtrfs();
// Where no btrfs can be mounted there is nothing real to test it on.
const onBtrfs = disk ? test : test.skip;
afterAll(() => disk?.unmount());

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox(disk?.folder);
});
afterEach(() => sandbox.cleanup());

/** A repository that is a subvolume, with dependencies, a secret and a build folder. */
async function make(config: ConfigOverrides = {}) {
  execFileSync('btrfs', ['-q', 'subvolume', 'create', join(sandbox.root, 'repo')]);
  const repo = sandbox.repo({
    '.gitignore': 'node_modules/\nbuild/\n.env\n',
    'a.txt': 'a\n',
    'b.txt': 'b\n',
    'package-lock.json': '{}\n',
  });
  sandbox.write(repo, { 'node_modules/p/index.js': 'p\n', 'build/out.o': 'o\n', '.env': 'SECRET=1\n' });
  const session = await sandbox.session(repo, config);
  return { repo, session, task: await sandbox.task(session, 'one') };
}

describe('a snapshot', () => {
  onBtrfs('is the whole main worktree less what does not belong there, clean at once', async () => {
    const { repo, session, task } = await make();
    utimesSync(join(repo, 'node_modules/p/index.js'), 1_400_000_000, 1_400_000_000);
    const { path, method, carried, skipped, warnings } = await addWorktree(session, task);
    expect({ method, files: carried?.files, warnings }).toEqual({
      method: 'snapshot',
      files: 2,
      warnings: [],
    });
    expect(skipped).toEqual(['.env (may hold secrets)']);
    expect(existsSync(join(path, '.env'))).toBe(false);
    expect(readFileSync(join(path, 'build/out.o'), 'utf8')).toBe('o\n');
    expect(statSync(join(path, 'node_modules/p/index.js')).mtimeMs).toBe(1_400_000_000_000);
    expect(sandbox.git(path, 'status', '--porcelain', '--branch')).toBe('## codex-agent/one');
    expect(sandbox.git(repo, 'status', '--porcelain')).toBe('');
  });

  onBtrfs('holds nothing of what is being edited: changed, staged, deleted, untracked', async () => {
    const { repo, session, task } = await make();
    sandbox.write(repo, { 'a.txt': 'edited\n', 'staged.txt': 'staged\n', 'untracked.txt': 'mine\n' });
    sandbox.git(repo, 'add', 'staged.txt');
    sandbox.git(repo, 'rm', '-q', 'b.txt');
    const before = sandbox.git(repo, 'status', '--porcelain');
    const { path, method } = await addWorktree(session, task);
    expect(method).toBe('snapshot');
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('a\n');
    expect(readFileSync(join(path, 'b.txt'), 'utf8')).toBe('b\n');
    expect(['staged.txt', 'untracked.txt'].filter((name) => existsSync(join(path, name)))).toEqual([]);
    expect(sandbox.git(repo, 'status', '--porcelain')).toBe(before);
  });

  onBtrfs('of an older commit has its files, and warns of a lock file that is not its own', async () => {
    const { repo, session } = await make();
    sandbox.git(repo, 'branch', 'codex-agent/old');
    const work = sandbox.commit(repo, { 'package-lock.json': '{"new":1}\n', 'late.txt': 'late\n' });
    sandbox.git(repo, 'branch', '-f', 'codex-agent/old', 'HEAD~1');
    const old = await sandbox.task(session, 'old', { branch: 'codex-agent/old' });
    const { path, method, warnings } = await addWorktree(session, old, { base: 'main~1' });
    expect(method).toBe('snapshot');
    expect(existsSync(join(path, 'late.txt'))).toBe(false);
    expect(warnings.join()).toContain('package-lock.json');
    expect(sandbox.git(path, 'rev-parse', 'HEAD')).not.toBe(work);
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  });

  onBtrfs('is removed like any other worktree', async () => {
    const { repo, session, task } = await make();
    const { path } = await addWorktree(session, task);
    expect(await removeWorktree(session, { ...task, worktree: path })).toEqual({
      removed: true,
      trash: expect.any(String),
    });
    expect(existsSync(path)).toBe(false);
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  onBtrfs.each([
    ['it is switched off', { worktree: { snapshot: false } }, undefined],
    ['the index is split', {}, ['update-index', '--split-index']],
    ['the index hides edits', {}, ['update-index', '--assume-unchanged', 'a.txt']],
  ] as const)('is not made where %s: the blocks are shared file by file', async (_, config, command) => {
    const { repo, session, task } = await make(config as ConfigOverrides);
    if (command) sandbox.git(repo, ...command);
    const { path, method } = await addWorktree(session, task);
    expect(method).toBe('reflink');
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  });
});
