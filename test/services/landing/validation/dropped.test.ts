import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { validateNow } from '../../../../src/services/landing/validation/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** A task began on a target with a commit of the person's, which the person changes while the work is done. */
async function make(change: (git: (...args: string[]) => string, repo: string) => void) {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const git = (...args: string[]) => sandbox.git(repo, ...args);
  sandbox.commit(repo, { '.codex-agent/config.toml': 'schema = 1\n', 'mine.txt': 'mine\n' }, 'Mine');
  const session = await sandbox.session(repo);
  const planned = await sandbox.task(session, 'one');
  const { path } = await addWorktree(session, planned);
  sandbox.commit(path, { 'work.txt': 'work\n' }, 'Work\n\nRun: one-1');
  change(git, repo);
  const { policies } = await validateNow(session, { ...planned, runIds: ['one-1'] });
  return policies.filter(({ status }) => status !== 'pass').map((one) => `${one.status} ${one.detail}`);
}

test('what a rebase of the target gave it anew is no part of the work', async () => {
  const told = await make((git, repo) => {
    git('checkout', '-q', '-b', 'upstream', 'HEAD~1');
    sandbox.commit(repo, { 'up.txt': 'up\n' }, 'Up');
    git('checkout', '-q', 'main');
    git('rebase', '-q', 'upstream');
  });
  expect(told).toEqual([]);
});

test.each<[string, (git: (...args: string[]) => string) => void]>([
  ['was amended', (git) => git('commit', '-q', '--amend', '-m', 'Mine, better', '--allow-empty')],
  ['was reset', (git) => git('reset', '-q', '--hard', 'HEAD~1')],
])('work on a commit of the target that %s waits for a person', async (_, change) => {
  const told = await make((git) => {
    git('rm', '-q', 'mine.txt');
    change(git);
  });
  expect(told.join('\n')).toMatch(/held \w+ "Mine" was on the target and is not any more/);
});

test('the work itself, merged by hand and taken back, is still the work', async () => {
  const told = await make((git) => {
    git('merge', '-q', '--ff-only', 'codex-agent/one');
    git('reset', '-q', '--hard', 'HEAD~1');
  });
  expect(told).toEqual([]);
});
