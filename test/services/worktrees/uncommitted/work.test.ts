import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runMark } from '../../../../src/domain/worktrees/guard.js';
import { addWorktree, inspectWorktrees } from '../../../../src/services/worktrees/index.js';
import { commitWork } from '../../../../src/services/worktrees/uncommitted/index.js';
import { plant } from '../../../support/planted.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const more = { message: 'Do the work', runId: 'one-t1-1' };

async function make() {
  const repo = sandbox.repo({ '.gitignore': '*.log\n', 'a.txt': 'a\n', 'b.txt': 'b\n', 'dir/c.txt': 'c\n' });
  const session = await sandbox.session(repo);
  const task = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, task);
  return { repo, session, path, base, task: { ...task, worktree: path, base } };
}

describe('commitWork', () => {
  test('puts the configured trailers below its own', async () => {
    const { repo, session, task, path } = await make();
    session.config = {
      ...session.config,
      git: { ...session.config.git, trailers: ['Co-authored-by: Ann <ann@example.com>'] },
    };
    sandbox.write(path, { 'a.txt': 'changed\n' });
    await commitWork(session, task, more);
    const format = '--format=%(trailers:key=Co-authored-by,valueonly)';
    expect(sandbox.git(repo, 'log', '-1', format, task.branch).trim()).toBe('Ann <ann@example.com>');
  });

  test('commits new, changed, deleted and swapped files, and nothing else', async () => {
    const { repo, session, task, path, base } = await make();
    sandbox.write(path, { 'a.txt': 'changed\n', 'new/n.txt': 'new\n', 'x.log': 'ignored\n' });
    rmSync(join(path, 'b.txt'));
    rmSync(join(path, 'dir'), { recursive: true });
    writeFileSync(join(path, 'dir'), 'now a file\n');
    const work = await commitWork(session, task, more);
    expect(work.problem).toBeUndefined();
    expect(work.files.sort()).toEqual(['a.txt', 'b.txt', 'dir', 'dir/c.txt', 'new/n.txt']);
    expect(work.commit).toBe(work.head);
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(work.head);
    expect(sandbox.git(repo, 'rev-parse', `${work.head}^`)).toBe(base);
    const body = sandbox.git(repo, 'log', '-1', '--format=%B', task.branch);
    expect(body.trim()).toBe('Do the work\n\nTask: one\nRun: one-t1-1');
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(repo, 'ls-tree', '-r', '--name-only', task.branch).split('\n')).toEqual([
      '.gitignore',
      'a.txt',
      'dir',
      'new/n.txt',
    ]);
  });

  test('changes nothing the second time, nor when there is nothing', async () => {
    const { session, task, path, base } = await make();
    expect(await commitWork(session, task, more)).toEqual({ head: base, files: [] });
    sandbox.write(path, { 'a.txt': 'changed\n' });
    const first = await commitWork(session, task, more);
    expect(await commitWork(session, task, more)).toEqual({ head: first.head, files: [] });
  });

  test('after a kill between the branch and the index, the index follows', async () => {
    const { repo, session, task, path } = await make();
    sandbox.write(path, { 'a.txt': 'changed\n' });
    const { head } = await commitWork(session, task, more);
    sandbox.git(path, 'read-tree', `${head}^`);
    expect(sandbox.git(path, 'status', '--porcelain')).not.toBe('');
    expect(await commitWork(session, task, more)).toEqual({ head, files: [] });
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(head);
  });

  test("keeps the agent's own commits below the rest", async () => {
    const { repo, session, task, path } = await make();
    const own = sandbox.commit(path, { 'own.txt': 'own\n' });
    sandbox.write(path, { 'rest.txt': 'rest\n' });
    const work = await commitWork(session, task, more);
    expect(sandbox.git(repo, 'rev-parse', `${work.head}^`)).toBe(own);
    expect(work.files).toEqual(['rest.txt']);
  });

  test('takes in commits made on another branch or on none, if they build on its own', async () => {
    const { repo, session, task, path } = await make();
    sandbox.git(path, 'checkout', '-q', '-b', 'agents-idea');
    const idea = sandbox.commit(path, { 'idea.txt': 'idea\n' });
    sandbox.write(path, { 'rest.txt': 'rest\n' });
    const work = await commitWork(session, task, more);
    expect(work.problem).toBeUndefined();
    expect(sandbox.git(repo, 'rev-parse', `${task.branch}^`)).toBe(idea);
    expect(sandbox.git(path, 'branch', '--show-current')).toBe(task.branch);
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(repo, 'rev-parse', 'agents-idea')).toBe(idea);
    sandbox.git(path, 'checkout', '-q', '--detach');
    const loose = sandbox.commit(path, { 'loose.txt': 'loose\n' });
    expect((await commitWork(session, task, more)).head).toBe(loose);
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(loose);
  });

  test('takes no branch without its own beginning for its work, unless the run itself committed there', async () => {
    const { repo, session, task, path } = await make();
    const before = sandbox.git(repo, 'rev-parse', task.branch);
    sandbox.git(path, 'checkout', '-q', '--orphan', 'of-a-person');
    const persons = sandbox.commit(path, { 'other.txt': 'other\n' });
    expect(await commitWork(session, task, more)).toMatchObject({
      head: before,
      problem: expect.stringContaining('switched the worktree to of-a-person'),
    });
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(before);
    const mark = `user.email=${runMark(more.runId)}`;
    sandbox.git(path, '-c', mark, 'commit', '-q', '--allow-empty', '-m', 'By the run');
    const { head } = await commitWork(session, task, more);
    expect(sandbox.git(repo, 'rev-parse', `${head}^`)).toBe(persons);
  });

  test('leaves everything alone when the worktree went elsewhere or is in the middle of a merge', async () => {
    const { repo, session, task, path } = await make();
    const head = sandbox.commit(path, { 'own.txt': 'own\n' });
    sandbox.git(path, 'checkout', '-q', '--detach', 'main');
    sandbox.write(path, { 'rest.txt': 'rest\n' });
    expect(await commitWork(session, task, more)).toMatchObject({
      head,
      files: [],
      problem: expect.stringContaining('switched'),
    });
    sandbox.git(path, 'checkout', '-q', task.branch);
    sandbox.commit(repo, { 'own.txt': 'theirs\n' });
    expect(() => sandbox.git(path, 'merge', '-q', 'main')).toThrow();
    expect(await commitWork(session, task, more)).toMatchObject({
      head,
      problem: expect.stringContaining('merge'),
    });
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(head);
    expect(readFileSync(join(path, 'rest.txt'), 'utf8')).toBe('rest\n');
  });

  test.each([
    ['a link that leads out', 'link is a link that leads out'],
    ['a link into .git', 'link is a link that leads out'],
    ['a required filter of the repository', 'a.txt needs the filter "crypt"'],
  ])('refuses %s', async (what, problem) => {
    const { repo, session, task, path, base } = await make();
    sandbox.write(path, { 'a.txt': 'changed\n' });
    if (what === 'a link that leads out') symlinkSync('../../outside', join(path, 'link'));
    else if (what === 'a link into .git') symlinkSync('.git/config', join(path, 'link'));
    else {
      sandbox.git(repo, 'config', 'filter.crypt.clean', 'tr a-z n-za-m');
      sandbox.git(repo, 'config', 'filter.crypt.required', 'true');
      writeFileSync(join(repo, '.git', 'info', 'attributes'), '*.txt filter=crypt\n');
    }
    const work = await commitWork(session, task, more);
    expect(work).toMatchObject({ head: base, files: [], problem: expect.stringContaining(problem) });
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(base);
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('changed\n');
  });

  test('runs nothing that an agent planted', async () => {
    const { repo, session, task, path } = await make();
    const planted = plant(sandbox, repo);
    sandbox.write(path, { 'a.txt': 'changed\n', 'x.hidden': 'x\n', 'y.odd': 'y\n' });
    // What its filter should have changed is held, not run.
    expect((await commitWork(session, task, more)).problem).toContain('needs the filter "evil"');
    expect(planted.fired()).toEqual([]);
  });

  test('asks nothing of a repository that the agent committed into its branch, and refuses it', async () => {
    const { session, task, path } = await make();
    const inner = join(path, 'inner');
    mkdirSync(inner);
    sandbox.git(inner, 'init', '-q');
    sandbox.commit(inner, { 'x.txt': 'x\n' });
    const own = sandbox.commit(path, {}, 'With a pointer');
    const planted = plant(sandbox, inner);
    sandbox.write(path, { 'inner/x.txt': 'changed\n', 'a.txt': 'changed\n' });
    expect(await commitWork(session, task, more)).toMatchObject({
      head: own,
      files: [],
      problem: expect.stringMatching(
        /^inner is a repository of its own and no submodule.*rm -q --cached inner/,
      ),
    });
    expect(await inspectWorktrees(session, [task])).toMatchObject([{ state: 'ready', dirty: 1 }]);
    expect(planted.fired()).toEqual([]);
  });

  test('commits the rest where a scaffolder made a repository inside; both ways out work', async () => {
    const { session, task, path } = await make();
    for (const name of ['app', 'odd name']) {
      mkdirSync(join(path, name));
      sandbox.git(join(path, name), 'init', '-q');
      sandbox.commit(join(path, name), { 'x.txt': 'x\n' });
    }
    sandbox.write(path, { 'a.txt': 'changed\n' });
    const ways = (problem = '') => [...problem.matchAll(/`([^`]+)`/g)].map(([, command]) => command!);
    const sh = (command: string) => execFileSync('sh', ['-ec', command], { env: sandbox.env });
    const first = await commitWork(session, task, more);
    expect(first).toMatchObject({ files: ['a.txt'], problem: expect.stringContaining('the rest is') });
    sh(ways(first.problem)[0]!);
    const second = await commitWork(session, task, more);
    expect(second.files).toEqual(['app/x.txt']);
    sh(ways(second.problem)[1]!);
    const third = await commitWork(session, task, more);
    expect(third).toMatchObject({ files: ['.gitignore'] });
    expect(third.problem).toBeUndefined();
  });

  test("what a person's core.safecrlf refuses is told with the command that mends it", async () => {
    const { repo, session, task, path } = await make();
    sandbox.git(repo, 'config', '--global', 'core.safecrlf', 'true');
    sandbox.git(repo, 'config', '--global', 'core.autocrlf', 'input');
    sandbox.write(path, { 'mixed.txt': 'one\r\ntwo\n' });
    const { problem = '' } = await commitWork(session, task, more);
    expect(problem).toMatch(/mixed\.txt has CRLF.*core\.safecrlf/);
    execFileSync('sh', ['-c', /mend it: `([^`]+)`/.exec(problem)![1]!], { env: sandbox.env });
    expect(await commitWork(session, task, more)).toMatchObject({ files: ['mixed.txt'] });
  });

  test('a rebase that the agent left is told with the commands that end it', async () => {
    const { session, task, path } = await make();
    sandbox.commit(path, { 'a.txt': 'one\n' });
    const one = sandbox.git(path, 'rev-parse', 'HEAD');
    sandbox.git(path, 'checkout', '-q', '-B', task.branch, task.base!);
    sandbox.commit(path, { 'a.txt': 'two\n' });
    expect(() => sandbox.git(path, 'rebase', '-q', one)).toThrow();
    const { problem = '' } = await commitWork(session, task, more);
    expect(problem).toMatch(/left a rebase unfinished.*rebase --continue.*rebase --abort.*task retry one/);
    execFileSync('sh', ['-c', /give it up: `([^`]+)`/.exec(problem)![1]!], { env: sandbox.env });
    expect((await commitWork(session, task, more)).problem).toBeUndefined();
  });

  test('does not take files that a sparse checkout leaves out for deleted', async () => {
    const { session, task, path } = await make();
    sandbox.git(path, 'sparse-checkout', 'set', '--no-cone', '/a.txt', '/.gitignore');
    expect(existsSync(join(path, 'b.txt'))).toBe(false);
    sandbox.write(path, { 'a.txt': 'changed\n' });
    expect((await commitWork(session, task, more)).files).toEqual(['a.txt']);
  });

  test('a branch that went is made again where its worktree stood', async () => {
    const { repo, session, task, path } = await make();
    const own = sandbox.commit(path, { 'a.txt': 'committed\n' });
    sandbox.write(path, { 'b.txt': 'left\n' });
    sandbox.git(repo, 'update-ref', '-d', `refs/heads/${task.branch}`);
    const work = await commitWork(session, task, more);
    expect(work).toMatchObject({ files: ['b.txt'] });
    expect(work.problem).toBeUndefined();
    expect(sandbox.git(repo, 'rev-parse', `${task.branch}^`)).toBe(own);
  });

  test('a branch that is gone is told, and the files stay', async () => {
    const { repo, session, task, path } = await make();
    sandbox.write(path, { 'a.txt': 'changed\n' });
    sandbox.git(repo, 'update-ref', '-d', `refs/heads/${task.branch}`);
    rmSync(sandbox.git(path, 'rev-parse', '--git-path', 'logs/HEAD'));
    expect(await commitWork(session, task, more)).toMatchObject({
      problem: expect.stringContaining('is gone'),
    });
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('changed\n');
    const { worktree: _, ...without } = task;
    const problem = `the branch ${task.branch} is gone`;
    expect(await commitWork(session, without, more)).toEqual({ head: '', files: [], problem });
  });
});
