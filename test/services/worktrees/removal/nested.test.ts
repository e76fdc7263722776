/** Repositories inside a worktree, and worktrees of others: what only they have does not go with it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  addWorktree,
  collectWorktrees,
  removeWorktree,
  showKept,
} from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

async function make(before: (repo: string) => void = () => {}) {
  const repo = sandbox.repo({ '.gitignore': 'in/\n', 'a.txt': 'a\n' });
  before(repo);
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  return { repo, session, path, task: { ...added, worktree: path, base } };
}

function nest(folder: string): string {
  sandbox.write(folder, { 'c.txt': 'only copy\n' });
  sandbox.git(folder, 'init', '-q');
  sandbox.git(folder, 'add', '-A');
  sandbox.git(folder, 'commit', '-q', '-m', 'Only copy');
  return folder;
}

const refusal = (removal: Promise<unknown>) =>
  removal.then(
    () => ({ message: '', hint: '' }),
    (error: { message: string; hint: string }) => error,
  );

test.each<[string, (path: string) => void, string]>([
  [
    'a repository without files',
    (path) => {
      const source = nest(join(sandbox.root, 'source'));
      sandbox.git(path, 'init', '-q', '--bare', 'in/store.git');
      sandbox.git(source, 'push', '-q', join(path, 'in/store.git'), 'main');
    },
    'that is nowhere else: in/store.git.',
  ],
  [
    'files staged in a repository without a commit',
    (path) => {
      const folder = join(path, 'in/begun');
      sandbox.write(folder, { 'c.txt': 'only copy\n' });
      sandbox.git(folder, 'init', '-q');
      sandbox.git(folder, 'add', 'c.txt');
      rmSync(join(folder, 'c.txt'));
    },
    'that is nowhere else: in/begun.',
  ],
  [
    'a repository whose git directory has another name',
    (path) => {
      sandbox.write(path, { 'in/lib/note.txt': 'note\n' });
      sandbox.git(path, 'init', '-q', '--separate-git-dir', 'in/store', 'in/lib');
      sandbox.commit(join(path, 'in/lib'), { 'c.txt': 'only copy\n' });
    },
    ', in/lib.',
  ],
  [
    'commits that only the reflog of a cloned repository names',
    (path) => {
      sandbox.git(path, 'clone', '-q', nest(join(sandbox.root, 'source')), 'in/cloned');
      sandbox.commit(join(path, 'in/cloned'), { 'd.txt': 'only copy\n' });
      sandbox.git(join(path, 'in/cloned'), 'reset', '-q', '--hard', 'HEAD~1');
    },
    'that is nowhere else: in/cloned.',
  ],
  [
    'commits in the reflog of a clone whose objects our git cannot read',
    (path) => {
      const source = join(sandbox.root, 'source');
      sandbox.git(sandbox.root, 'init', '-q', '--object-format=sha256', source);
      sandbox.commit(source, { 'c.txt': 'elsewhere\n' });
      sandbox.git(path, 'clone', '-q', source, 'in/cloned');
      sandbox.commit(join(path, 'in/cloned'), { 'd.txt': 'only copy\n' });
      sandbox.git(join(path, 'in/cloned'), 'reset', '-q', '--hard', 'HEAD~1');
    },
    'that is nowhere else: in/cloned.',
  ],
  [
    'a worktree of the same repository',
    (path) => void sandbox.git(path, 'worktree', 'add', '-q', '-b', 'inner', 'in/inner'),
    'a worktree of a repository inside: in/inner.',
  ],
  [
    'a worktree of another repository',
    (path) => {
      const other = nest(join(sandbox.root, 'other'));
      sandbox.git(other, 'worktree', 'add', '-q', '-b', 'away', join(path, 'in/away'));
    },
    'a worktree of a repository inside: in/away.',
  ],
])('%s in an ignored folder: removal and gc refuse, by force it is kept for good', async (_, put, named) => {
  const { session, task, path } = await make();
  put(path);
  const { message, hint } = await refusal(removeWorktree(session, task));
  expect(message).toContain(named);
  expect(hint).toContain('--force');
  // What others left in the temporary folder of this machine is no matter of this test.
  const alone = { ...session, env: { ...session.env, TMPDIR: sandbox.root } };
  const { removed } = await collectWorktrees(alone, [{ ...task, status: 'landed' }]);
  expect(removed).toEqual([]);
  const { trash } = await removeWorktree(session, task, { force: true });
  expect(trash).toMatch(/\.kept$/);
});

test('one without files that was cloned on this disk and has commits of its own, or cannot be read, counts as work', async () => {
  const { session, task, path } = await make();
  const source = nest(join(sandbox.root, 'source'));
  const clone = join(path, 'in/clone.git');
  sandbox.git(path, 'clone', '-q', '--bare', source, clone);
  const own = sandbox.git(clone, 'commit-tree', '-m', 'Own', 'HEAD^{tree}');
  sandbox.git(clone, 'update-ref', 'refs/heads/own', own);
  const unread = join(path, 'in/unread');
  sandbox.git(path, 'clone', '-q', source, unread);
  rmSync(join(unread, '.git/packed-refs'));
  mkdirSync(join(unread, '.git/packed-refs'));
  const { message } = await refusal(removeWorktree(session, task));
  for (const named of ['in/clone.git', 'in/unread']) expect(message).toContain(named);
});

test('without find(1) the same is found: a repository inside, and what was written', async () => {
  const { session, task, path } = await make();
  const bin = join(sandbox.root, 'bin');
  mkdirSync(bin);
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  symlinkSync(git, join(bin, 'git'));
  const without = { ...session, env: { ...session.env, PATH: bin } };
  sandbox.write(path, { 'in/written.txt': 'mine\n', 'in/deep/objects': 'a file\n' });
  nest(join(path, 'in/deep/lib'));
  expect((await refusal(removeWorktree(without, task))).message).toContain('in/deep/lib');
  rmSync(join(path, 'in/deep/lib'), { recursive: true });
  const { written } = await removeWorktree(without, task);
  expect(written?.sort()).toEqual(['in/deep/objects', 'in/written.txt']);
});

test('a worktree inside is moved as the message says; by force a ref keeps what only it has', async () => {
  const { repo, session, task, path } = await make();
  const inner = join(path, 'in/inner');
  sandbox.git(path, 'worktree', 'add', '-q', '--detach', inner);
  sandbox.commit(inner, { 'lonely.txt': 'lonely\n' });
  sandbox.write(inner, { 'new.txt': 'new\n' });
  const { hint } = await refusal(removeWorktree(session, task));
  const moved = join(sandbox.root, 'moved');
  sandbox.git(repo, ...hint.match(/`git (-C [^`]+) <folder>`/)![1]!.split(' '), moved);
  sandbox.git(repo, 'worktree', 'move', moved, inner);
  await removeWorktree(session, task, { force: true });
  sandbox.git(repo, 'worktree', 'prune', '--expire=now');
  sandbox.git(repo, 'gc', '-q', '--prune=now');
  expect((await showKept(session, 'rescue/one/1')).files).toContain('new.txt');
  expect(sandbox.git(repo, 'show', 'refs/codex-agents/rescue/one/1:lonely.txt')).toBe('lonely');
});

test('nothing is held up by a repository that is elsewhere too, nor by what a tool keeps to fetch from', async () => {
  const { session, task, path } = await make((repo) => void nest(join(repo, 'in/lib')));
  const remote = nest(join(sandbox.root, 'remote'));
  sandbox.git(path, 'clone', '-q', remote, join(path, 'in/cloned'));
  sandbox.git(path, 'clone', '-q', '--bare', remote, join(path, 'in/cache'));
  // Pushed, and gone back from.
  const behind = join(path, 'in/behind');
  sandbox.git(path, 'clone', '-q', remote, behind);
  for (const text of ['d', 'e']) sandbox.commit(behind, { 'd.txt': text });
  sandbox.git(behind, 'push', '-q', 'origin', 'HEAD:refs/heads/pushed');
  sandbox.git(behind, 'reset', '-q', '--hard', 'HEAD~2');
  expect(await removeWorktree(session, task)).toMatchObject({ removed: true });
});
