/** Commits that only git's own record of a worktree names: a forced removal keeps each, also after `git gc`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addWorktree, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

type Git = (...args: string[]) => string;
/** Commits a file of one line on no branch and goes back; returns the commit. */
function aside(git: Git, at: string, text: string): string {
  git('checkout', '-q', '--detach');
  sandbox.write(at, { 'aside.txt': `${text}\n` });
  git('add', 'aside.txt');
  git('commit', '-qm', text);
  const commit = git('rev-parse', 'HEAD').trim();
  git('checkout', '-q', 'codex-agent/one');
  // Its log is not what holds it.
  git('reflog', 'expire', '--expire=all', 'HEAD');
  return commit;
}

/** Ends in a rebase that stopped at a conflict, with edits that git put aside by itself. */
function stoppedRebase(git: Git, at: string): void {
  const commit = (text: string) => {
    sandbox.write(at, { 'a.txt': text });
    git('commit', '-qam', text);
  };
  git('checkout', '-q', '-b', 'other');
  commit('other\n');
  git('checkout', '-q', 'codex-agent/one');
  commit('mine\n');
  sandbox.write(at, { 'b.txt': 'put aside by git\n' });
  expect(() => git('rebase', '-q', '--autostash', 'other')).toThrow();
}

/** Ends in a cherry-pick that stopped at its first commit, of two that no branch holds any more. */
function stoppedPicks(git: Git, at: string): void {
  git('checkout', '-q', '--detach');
  for (const text of ['first pick', 'second pick']) {
    sandbox.write(at, { 'a.txt': `${text}\n` });
    git('commit', '-qam', text);
  }
  const picks = git('rev-parse', 'HEAD');
  git('checkout', '-q', 'codex-agent/one');
  sandbox.write(at, { 'a.txt': 'mine\n' });
  git('commit', '-qam', 'Mine');
  git('reflog', 'expire', '--expire=all', 'HEAD');
  expect(() => git('cherry-pick', `${picks}~2..${picks}`)).toThrow();
}

const states: [string, string, (git: Git, at: string) => void][] = [
  [
    'a commit that a stopped cherry-pick has still to take, which it names shortly',
    'second pick',
    stoppedPicks,
  ],
  [
    'a name that the person gave beside HEAD',
    'by another name',
    (git, at) => git('update-ref', 'MY_OWN', aside(git, at, 'by another name')),
  ],
  ['edits that a stopped rebase put aside', 'put aside by git', stoppedRebase],
  [
    'a ref of the worktree alone',
    'marked',
    (git, at) => git('update-ref', 'refs/worktree/mine', aside(git, at, 'marked')),
  ],
  [
    'a commit that bisect calls good',
    'good one',
    (git, at) => git('update-ref', 'refs/bisect/good-1', aside(git, at, 'good one')),
  ],
  [
    'what a merge put aside',
    'of a merge',
    (git, at) => git('update-ref', '--no-deref', 'MERGE_AUTOSTASH', aside(git, at, 'of a merge')),
  ],
];

test.each(states)('%s', async (_, text, bring) => {
  const repo = sandbox.repo({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const session = await sandbox.session(repo);
  const task = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, task);
  bring((...args) => sandbox.git(path, ...args), path);
  const before = readFileSync(join(path, 'b.txt'), 'utf8');
  expect(before).toBe('b\n');
  await removeWorktree(session, { ...task, worktree: path, base }, { force: true });
  sandbox.git(repo, 'gc', '-q', '--prune=now');
  const kept = sandbox.git(repo, 'rev-list', '--all').trim().split('\n');
  const holding = kept.filter((commit) => holds(repo, commit, text));
  expect(holding).not.toEqual([]);
});

function holds(repo: string, commit: string, text: string): boolean {
  try {
    return sandbox.git(repo, 'grep', '-q', text, commit) === '';
  } catch {
    return false;
  }
}
