/** What only the repository of a submodule holds when its worktree goes. */
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
  sandbox.git(sandbox.root, 'config', '--global', 'protocol.file.allow', 'always');
  const lib = sandbox.repo({ 'lib.txt': 'lib\n', '.gitignore': 'in/\n' }, 'lib');
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  sandbox.git(repo, 'submodule', '--quiet', 'add', lib, 'vendor/lib');
  sandbox.commit(repo, {});
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  const inner = join(path, 'vendor/lib');
  return {
    session,
    path,
    task: { ...added, worktree: path, base },
    inner,
    git: (...args: string[]) => sandbox.git(inner, ...args),
    /** Whether the main worktree's repository of it has the object on a ref. */
    holds(id: string): boolean {
      const keeper = join(repo, '.git/modules/vendor/lib');
      const refs = sandbox.git(sandbox.root, '--git-dir', keeper, 'for-each-ref', '--format=%(objectname)');
      const all = sandbox.git(sandbox.root, '--git-dir', keeper, '-c', 'core.worktree=', 'rev-list', '--all');
      return [...refs.split('\n'), ...all.split('\n')].includes(id);
    },
  };
}
type Made = Awaited<ReturnType<typeof make>>;

/** A commit that no branch holds; its log holds it no longer either. */
function aside({ git, inner }: Made): string {
  const before = git('rev-parse', 'HEAD');
  git('checkout', '-q', '--detach');
  const commit = sandbox.commit(inner, { 'aside.txt': 'aside\n' });
  git('checkout', '-q', before);
  return commit;
}
const forget = ({ git }: Made) => git('reflog', 'expire', '--expire=all', '--all');

test.each<[string, (made: Made) => string]>([
  [
    'a tag, with its commit',
    (made) => {
      const commit = aside(made);
      made.git('tag', '-a', '-m', 'Mark', 'mark', commit);
      forget(made);
      return made.git('rev-parse', 'mark');
    },
  ],
  [
    'a commit under a name of the person’s own',
    (made) => {
      const commit = aside(made);
      made.git('update-ref', 'refs/mine/aside', commit);
      forget(made);
      return commit;
    },
  ],
  [
    'a note',
    ({ git }) => {
      git('notes', 'add', '-m', 'Note');
      return git('rev-parse', 'refs/notes/commits');
    },
  ],
  [
    'a file under a name of its own',
    ({ git }) => {
      const id = git('hash-object', '-w', 'lib.txt');
      git('update-ref', 'refs/mine/file', id);
      return id;
    },
  ],
  [
    'commits of one that was taken out of the worktree',
    (made) => {
      made.git('checkout', '-q', '-b', 'own');
      const commit = sandbox.commit(made.inner, { 'own.txt': 'own\n' });
      made.git('checkout', '-q', '-');
      sandbox.git(made.path, 'submodule', '--quiet', 'deinit', '-f', 'vendor/lib');
      return commit;
    },
  ],
])('%s is kept in the repository of the main worktree', async (_, bring) => {
  const made = await make();
  const id = bring(made);
  expect(await removeWorktree(made.session, made.task)).toMatchObject({ removed: true });
  expect(made.holds(id)).toBe(true);
});

test('a merge that is not finished there, and edits nothing, refuses the removal', async () => {
  const { session, task, git, inner } = await make();
  git('checkout', '-q', '-b', 'other');
  sandbox.commit(inner, { 'other.txt': 'other\n' });
  git('checkout', '-q', '-');
  git('merge', '-q', '--no-commit', '--no-ff', '-s', 'ours', 'other');
  await expect(removeWorktree(session, task)).rejects.toMatchObject({
    message: expect.stringContaining('submodule vendor/lib'),
  });
});

test('a repository inside refuses the removal, and files that git leaves out there are told', async () => {
  const { session, task, inner } = await make();
  sandbox.write(inner, { 'in/lib/c.txt': 'only copy\n', 'in/notes.txt': 'mine\n' });
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-qm', 'Only copy'],
  ])
    sandbox.git(join(inner, 'in/lib'), ...args);
  await expect(removeWorktree(session, task)).rejects.toMatchObject({
    message: expect.stringContaining('nowhere else: vendor/lib/in/lib'),
  });
  const { trash, written } = await removeWorktree(session, task, { force: true });
  expect(trash).toMatch(/\.kept$/);
  expect(written).toContain('vendor/lib/in/notes.txt');
});
