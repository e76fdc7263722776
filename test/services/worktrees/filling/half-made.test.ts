/** git was killed while it wrote the record of a new worktree: nothing is in it yet, and it holds up no other. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { unfinishedIn } from '../../../../src/services/platform/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { deadPid } from '../../../support/dead.js';
import { gitBefore } from '../../../support/git-before.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const records: [string, Record<string, string>][] = [
  ['its place and its lock', {}],
  ['an empty file that leads to the repository besides', { commondir: '' }],
  ['all but its HEAD', { commondir: '../..\n' }],
];

test('a record that git did not write to its end holds up no other worktree, and is made anew', async () => {
  for (const [name, more] of records) {
    sandbox.cleanup();
    sandbox = makeSandbox();
    expect([name, await madeAnew(more)]).toEqual([name, true]);
  }
});

async function madeAnew(more: Record<string, string>): Promise<boolean> {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const session = await sandbox.session(repo);
  const task = await sandbox.task(session, 'one');
  sandbox.git(repo, 'branch', 'codex-agent/one');
  const path = join(sandbox.root, 'repo.worktrees', 'one');
  const locked = `codex-agents: hydrating ${await deadPid()} 1 boot`;
  sandbox.write(join(repo, '.git/worktrees/one'), { gitdir: `${path}/.git\n`, locked, ...more });
  sandbox.write(path, { '.git': '' });
  // Who lands another task looks here for work that was begun and not finished.
  expect(await unfinishedIn(session.git, path)).toBeUndefined();
  await expect(session.git.run(['status'], { worktree: path })).rejects.toMatchObject({
    code: more.commondir?.trim() ? 'git-failed' : 'worktree-half-made',
  });
  const { created } = await addWorktree(session, task);
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  expect(sandbox.git(repo, 'fsck', '--connectivity-only')).toBe('');
  return created;
}

test('what a git that was killed had made of a worktree goes at once: other git commands would fail of it', async () => {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const session = await sandbox.session(repo);
  const task = await sandbox.task(session, 'one');
  const head = join(repo, '.git/worktrees/one/HEAD');
  const half = `$real "$@"; printf '%040d\\n' 0 > ${head}; rm -f ${dirname(head)}/index`;
  gitBefore(sandbox, `case " $* " in *" worktree add "*) once add && { ${half}; kill -9 $$; };; esac`);
  await expect(addWorktree(session, task)).rejects.toMatchObject({ killed: true });
  expect(existsSync(head)).toBe(false);
  expect(sandbox.git(repo, 'rev-list', '--count', '--all', '--indexed-objects')).toBe('1');
  expect((await addWorktree(session, task)).created).toBe(true);
  expect(sandbox.git(repo, 'fsck', '--connectivity-only')).toBe('');
});
