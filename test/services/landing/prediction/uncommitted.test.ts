import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkMerges, openChecker } from '../../../../src/services/landing/prediction/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { lines } from '../../../support/merge-cases.js';
import { plant } from '../../../support/planted.js';
import { fingerprint } from '../../../support/real-merge.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Tasks with worktrees of their own, and `main` one edit ahead of their base. */
async function make(...slugs: string[]) {
  const repo = sandbox.repo({ 'a.txt': lines(), 'b.txt': lines(), '.gitignore': '*.log\n' });
  const session = await sandbox.session(repo);
  const tasks = [];
  for (const slug of slugs) {
    const task = await sandbox.task(session, slug);
    const { path, base } = await addWorktree(session, task);
    tasks.push({ ...task, worktree: path, base });
  }
  sandbox.commit(repo, { 'a.txt': lines([5, 'main']) });
  return { repo, session, tasks, paths: tasks.map((task) => task.worktree) };
}

test('work that nobody has committed is predicted, and nothing of it is touched', async () => {
  const { repo, session, tasks, paths } = await make('one', 'two', 'three');
  const [one, two] = paths as [string, string];
  sandbox.write(one, { 'a.txt': lines([5, 'one']), 'x.log': 'ignored\n' });
  sandbox.write(two, { 'b.txt': lines([5, 'two']), 'new/n.txt': 'two\n' });
  sandbox.git(two, 'add', 'b.txt');
  const before = [repo, ...paths].map(fingerprint);
  const report = await checkMerges(session, tasks, { pairs: true });
  expect([repo, ...paths].map(fingerprint)).toEqual(before);
  expect(report.results.map(({ status, uncommitted }) => [status, uncommitted])).toEqual([
    ['conflict', 1],
    ['clean', 2],
    ['clean', undefined],
  ]);
  expect(report.results[0]?.conflicts).toMatchObject([{ path: 'a.txt', kind: 'contents' }]);
  expect(report.pairs.map(({ status }) => status)).toEqual(['clean', 'clean', 'clean']);
  sandbox.write(one, { 'a.txt': lines(), 'new/n.txt': 'one\n' });
  const again = await checkMerges(session, tasks, { pairs: true });
  expect(again.results[0]).toMatchObject({ status: 'clean', uncommitted: 1 });
  expect(again.pairs[0]).toMatchObject({ a: 'one', b: 'two', status: 'conflict', paths: ['new/n.txt'] });
  expect(again.pairs[0]?.conflicts).toMatchObject([{ kind: 'add/add' }]);
});

test('deleted, swapped and linked files count as they stand', async () => {
  const { session, tasks, paths } = await make('one', 'two');
  const [one, two] = paths as [string, string];
  rmSync(join(one, 'a.txt'));
  mkdirSync(join(one, 'a.txt'));
  writeFileSync(join(one, 'a.txt/in.txt'), 'a folder now\n');
  rmSync(join(two, 'b.txt'));
  symlinkSync('a.txt', join(two, 'b.txt'));
  const { results } = await checkMerges(session, tasks);
  expect(results[0]?.status).toBe('conflict');
  expect(results[0]?.conflicts.map((conflict) => conflict.path)).toContain('a.txt');
  expect(results[1]).toMatchObject({ status: 'clean', uncommitted: 1 });
});

test("what a worktree's files name is not run", async () => {
  const { repo, session, tasks, paths } = await make('one');
  const planted = plant(sandbox, repo);
  sandbox.write(paths[0]!, { '.gitattributes': '* filter=evil\n', 'b.txt': lines([5, 'one']) });
  const { results } = await checkMerges(session, tasks, { pairs: true, queue: true });
  expect(planted.fired()).toEqual([]);
  // What a filter that is left out would have made of the files cannot be told, required or not.
  const unknown = { status: 'unknown', reason: expect.stringMatching(/filter "evil"/) };
  expect(results[0]).toMatchObject(unknown);
  sandbox.git(repo, 'config', 'filter.evil.required', 'true');
  const required = await checkMerges(session, tasks);
  expect(planted.fired()).toEqual([]);
  expect(required.results[0]).toMatchObject(unknown);
});

test('what cannot be told is unknown: another branch, too much, files that cannot be read', async () => {
  const { session, tasks, paths } = await make('one', 'two', 'three');
  const [one, two, three] = paths as [string, string, string];
  sandbox.git(one, 'checkout', '-q', '--orphan', 'elsewhere');
  sandbox.write(two, { 'big.bin': 'x' });
  truncateSync(join(two, 'big.bin'), 300 * 1024 * 1024);
  writeFileSync(join(three, 'b.txt'), lines([5, 'three']), { mode: 0o644 });
  rmSync(join(three, '.git'));
  const { results } = await checkMerges(session, tasks);
  expect(results.slice(0, 2).map(({ status }) => status)).toEqual(['unknown', 'unknown']);
  expect(results[1]?.reason).toMatch(/big\.bin/);
  // The link of a worktree to its repository is not asked: git's own record is.
  expect(results[2]).toMatchObject({ status: 'clean', uncommitted: 1 });
  rmSync(three, { recursive: true });
  expect((await checkMerges(session, tasks)).results[2]).toMatchObject({ status: 'clean' });
});

test('commits made off the branch are brought along', async () => {
  const { session, tasks, paths } = await make('one');
  sandbox.git(paths[0]!, 'checkout', '-q', '--detach');
  sandbox.commit(paths[0]!, { 'a.txt': lines([5, 'detached']) });
  sandbox.write(paths[0]!, { 'b.txt': lines([5, 'more']) });
  const { results } = await checkMerges(session, tasks);
  expect(results[0]).toMatchObject({ status: 'conflict', uncommitted: 1 });
});

test('a worktree that nobody saw change is not read again', async () => {
  const { session, tasks, paths } = await make('one');
  sandbox.write(paths[0]!, { 'a.txt': lines([5, 'one']) });
  const calls: string[] = [];
  const git: typeof session.git = {
    ...session.git,
    run: (args, options) => {
      calls.push(args[0]!);
      return session.git.run(args, options);
    },
  };
  const checker = await openChecker({ ...session, git });
  try {
    const changed = () => ['a.txt'];
    const first = await checker.check(tasks, { changed });
    expect(first.results[0]).toMatchObject({ status: 'conflict', uncommitted: 1 });
    calls.length = 0;
    expect(await checker.check(tasks, { changed })).toBe(first);
    expect(calls).toEqual([]);
    sandbox.write(paths[0]!, { 'a.txt': lines([11, 'one']) });
    expect((await checker.check(tasks, { changed })).results[0]?.status).toBe('clean');
    expect((await checker.check(tasks, { changed: () => undefined })).results[0]).not.toHaveProperty(
      'uncommitted',
    );
  } finally {
    await checker.close();
  }
});
