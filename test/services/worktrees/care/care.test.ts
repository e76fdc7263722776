import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import type { RepoSession } from '../../../../src/services/store/types.js';
import {
  addWorktree,
  adoptWorktree,
  collectWorktrees,
  overviewOf,
  prepareSpares,
  removeWorktree,
  repairWorktrees,
} from '../../../../src/services/worktrees/index.js';
import { deadPid } from '../../../support/dead.js';
import { type ConfigOverrides, makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

async function make(config: ConfigOverrides = {}) {
  const repo = sandbox.repo({ '.gitignore': 'node_modules/\n', 'a.txt': 'a\n' });
  const session = await sandbox.session(repo, config);
  return { repo, session, task: await sandbox.task(session, 'one') };
}

const tasksOf = async ({ registry }: RepoSession) => (await registry.read()).tasks;

/** Changes a task in the registry and returns all tasks. */
async function change(session: RepoSession, slug: string, fields: Partial<Task>): Promise<Task[]> {
  await session.registry.update('test', (file) => ({
    file: { ...file, tasks: file.tasks.map((one) => (one.slug === slug ? { ...one, ...fields } : one)) },
    result: undefined,
  }));
  return tasksOf(session);
}

/** Leaves a worktree as a process would that died while it filled it. */
async function leaveHalfMade(repo: string, path: string, ...more: string[]) {
  const reason = `codex-agents: hydrating ${await deadPid()} 1 boot`;
  sandbox.git(repo, 'worktree', 'add', '-q', '--no-checkout', '--lock', '--reason', reason, ...more, path);
}

describe('the overview', () => {
  test('says whose each worktree is, how it is and why it stays', async () => {
    const { repo, session, task } = await make();
    const { path } = await addWorktree(session, task);
    sandbox.commit(path, { 'work.txt': 'work\n' });
    writeFileSync(join(path, 'more.txt'), 'more\n');
    await prepareSpares(session);
    sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'mine', join(sandbox.root, 'mine'));
    const rows = await overviewOf(session, await change(session, 'one', { status: 'landed' }), {
      disk: true,
    });
    expect(rows.map(({ kind, task: slug, state, keep }) => [kind, slug, state, keep])).toEqual([
      ['other', undefined, 'ready', ['not made by codex-agent']],
      ['spare', undefined, 'ready', ['for the next task']],
      ['task', 'one', 'ready', ['1 file with uncommitted work', '1 commit that is not on main']],
    ]);
    for (const row of rows) expect(row.disk!.total).toBeGreaterThan(0);
  });

  test('names a half-made one, one whose folder is gone, and one that git does not know', async () => {
    const { repo, session, task } = await make();
    const two = await sandbox.task(session, 'two');
    await sandbox.task(session, 'three');
    const { path } = await addWorktree(session, task);
    rmSync(path, { recursive: true });
    const half = join(sandbox.root, 'repo.worktrees/two');
    await leaveHalfMade(repo, half, '-b', two.branch);
    await change(session, 'two', { worktree: half });
    const rows = await overviewOf(session, await change(session, 'three', { worktree: '/nowhere' }));
    expect(Object.fromEntries(rows.map((row) => [row.task, row.state]))).toEqual({
      one: 'missing',
      two: 'half-made',
      three: 'unknown',
    });
  });
});

describe('gc', () => {
  test('removes what nothing keeps and says why the rest stays', async () => {
    const { repo, session, task } = await make();
    const other = await sandbox.task(session, 'two');
    const [one, two] = [await addWorktree(session, task), await addWorktree(session, other)];
    writeFileSync(join(two.path, 'new.txt'), 'new\n');
    await change(session, 'one', { status: 'landed' });
    const tasks = await change(session, 'two', { status: 'cancelled' });
    const mine = join(sandbox.root, 'mine');
    sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'mine', mine);
    const dead = join(sandbox.root, 'repo.worktrees/.private/check-1');
    const reason = `codex-agents: private ${await deadPid()} 1 boot`;
    sandbox.git(repo, 'worktree', 'add', '-q', '--detach', '--lock', '--reason', reason, dead);

    // What others left in the temporary folder of this machine is no matter of this test.
    const alone = { ...session, env: { ...session.env, TMPDIR: sandbox.root } };
    const plan = await collectWorktrees(alone, tasks, { dryRun: true });
    expect(existsSync(one.path)).toBe(true);
    const done = await collectWorktrees(alone, tasks);
    expect(done).toEqual(plan);
    expect(done.removed).toEqual([
      { path: dead, why: 'left behind' },
      { path: one.path, task: 'one', why: 'the task is landed' },
    ]);
    expect(done.kept).toEqual([
      { path: mine, keep: ['not made by codex-agent'] },
      { path: two.path, task: 'two', keep: ['1 file with uncommitted work'] },
    ]);
    expect([one.path, dead, two.path, mine].map((path) => existsSync(path))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect((await tasksOf(session)).find(({ slug }) => slug === 'one')!.worktree).toBeUndefined();
  });

  test('goes on with deletions that a crash cut short; what is to stay a day stays, and what no ref holds for ever', async () => {
    const { session } = await make();
    const trash = join(sandbox.root, 'repo.worktrees/.trash');
    const now = Date.now();
    const old = now - 2 * 86_400_000;
    for (const name of [`a-${now}.gone`, `b-${now}.day`, `c-${old}.day`, `d-${old}`, `e-${old}.kept`]) {
      mkdirSync(join(trash, name, 'deep'), { recursive: true });
    }
    await collectWorktrees(session, []);
    await until(() => readdirSync(trash).length === 2);
    expect(readdirSync(trash).sort()).toEqual([`b-${now}.day`, `e-${old}.kept`]);
    const { removed } = await collectWorktrees(session, [], { trash: true });
    expect(removed).toEqual([{ path: join(trash, `b-${now}.day`), why: 'in the trash' }]);
    await until(() => readdirSync(trash).length === 1);
    expect(readdirSync(trash)).toEqual([`e-${old}.kept`]);
  });
});

describe('repair', () => {
  test('fills a half-made worktree anew, finds a moved repository again, and sets a dead lock aside', async () => {
    const { repo, session, task } = await make();
    const two = await sandbox.task(session, 'two');
    const half = join(sandbox.root, 'repo.worktrees/two');
    await leaveHalfMade(repo, half, '-b', two.branch);
    const { path } = await addWorktree(session, task);
    const lock = join(repo, '.git/worktrees/one/index.lock');
    writeFileSync(lock, '');
    utimesSync(lock, 1_700_000_000, 1_700_000_000);
    const tasks = await change(session, 'two', { worktree: half });
    const plan = await repairWorktrees(session, tasks, { dryRun: true });
    expect(existsSync(lock)).toBe(true);
    expect(await repairWorktrees(session, tasks)).toEqual(plan);
    expect(plan.map(({ task: slug, done }) => [slug, done])).toEqual([
      ['one', 'the lock was set aside'],
      ['two', 'filled anew'],
    ]);
    expect(existsSync(lock)).toBe(false);
    expect(sandbox.git(half, 'status', '--porcelain')).toBe('');
    expect(await repairWorktrees(session, await tasksOf(session))).toEqual([]);

    const moved = join(sandbox.root, 'moved');
    renameSync(path, moved);
    const after = await change(session, 'one', { worktree: moved });
    expect(await repairWorktrees(session, after)).toMatchObject([{ task: 'one', done: 'connected again' }]);
    expect(sandbox.git(moved, 'status', '--porcelain', '--branch')).toBe('## codex-agent/one');
  });

  test('a worktree of somebody else whose disk is away keeps its record, whatever we add, remove or collect', async () => {
    const { repo, session, task } = await make();
    const theirs = join(sandbox.root, 'disk', 'theirs');
    mkdirSync(join(sandbox.root, 'disk'));
    sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'theirs', theirs);
    renameSync(join(sandbox.root, 'disk'), join(sandbox.root, 'away'));
    const { path } = await addWorktree(session, task);
    await removeWorktree(session, { ...task, worktree: path });
    await repairWorktrees(session, await tasksOf(session));
    await collectWorktrees(session, await tasksOf(session), { trash: true });
    renameSync(join(sandbox.root, 'away'), join(sandbox.root, 'disk'));
    expect(sandbox.git(theirs, 'status', '--porcelain', '--branch')).toBe('## theirs');
  });

  test('leaves a lock alone that is young, or in a folder where a process works', async () => {
    const { repo, session, task } = await make();
    const { path } = await addWorktree(session, task);
    const tasks = await change(session, 'one', { worktree: path });
    const lock = join(repo, '.git/worktrees/one/index.lock');
    writeFileSync(lock, '');
    expect(await repairWorktrees(session, tasks)).toEqual([]);
    utimesSync(lock, 1_700_000_000, 1_700_000_000);
    const worker = spawn('sleep', ['60'], { cwd: path });
    try {
      expect(await repairWorktrees(session, tasks)).toEqual([]);
      expect(existsSync(lock)).toBe(true);
    } finally {
      const ended = once(worker, 'exit');
      worker.kill('SIGKILL');
      await ended;
    }
    expect(await repairWorktrees(session, tasks)).toMatchObject([{ done: 'the lock was set aside' }]);
  });

  test('leaves to the person what only a person can know', async () => {
    const { repo, session, task } = await make();
    const { path } = await addWorktree(session, task);
    rmSync(path, { recursive: true });
    const [found] = await repairWorktrees(session, await tasksOf(session));
    expect(found).toMatchObject({ task: 'one', problem: 'its folder is gone' });
    expect(found!.done).toBeUndefined();
    expect(sandbox.git(repo, 'worktree', 'list')).toContain('repo.worktrees/one');
  });
});

describe('adopt', () => {
  test('makes a task of a worktree, which is then removed with the same care', async () => {
    const { repo, session } = await make();
    const path = join(sandbox.root, 'elsewhere');
    sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'fix/date-parser', path);
    const base = sandbox.git(repo, 'rev-parse', 'main');
    sandbox.commit(path, { 'work.txt': 'work\n' });
    const adopted = await adoptWorktree(session, await tasksOf(session), path);
    expect(adopted).toMatchObject({ title: 'Date parser', branch: 'fix/date-parser', worktree: path, base });
    await expect(adoptWorktree(session, await tasksOf(session), path)).rejects.toMatchObject({
      code: 'worktree-taken',
    });
    writeFileSync(join(path, 'new.txt'), 'new\n');
    await expect(removeWorktree(session, adopted)).rejects.toMatchObject({ code: 'worktree-dirty' });
    rmSync(join(path, 'new.txt'));
    await expect(removeWorktree(session, adopted)).rejects.toMatchObject({ code: 'worktree-unlanded' });
    expect(await removeWorktree(session, adopted, { force: true })).toMatchObject({ removed: true });
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ['the main worktree', 'repo', 'not-a-worktree'],
    ['a folder of its own', 'home', 'not-a-worktree'],
    ['a detached one', 'detached', 'worktree-detached'],
  ])('refuses %s', async (_, name, code) => {
    const { repo, session } = await make();
    sandbox.git(repo, 'worktree', 'add', '-q', '--detach', join(sandbox.root, 'detached'));
    const path = join(sandbox.root, name);
    await expect(adoptWorktree(session, await tasksOf(session), path)).rejects.toMatchObject({ code });
  });
});

describe('room', () => {
  test('no worktree is filled when the disk is nearly full, or the worktrees have their share', async () => {
    const { session, task } = await make({ worktree: { min_free: '900 TB' } });
    await expect(addWorktree(session, task)).rejects.toMatchObject({ code: 'disk-low' });
    const roomy = {
      ...session,
      config: { ...session.config, worktree: { ...session.config.worktree, min_free: '1 B' } },
    };
    await addWorktree(roomy, task);
    const full = {
      ...roomy,
      config: { ...roomy.config, worktree: { ...roomy.config.worktree, max_disk: '1 KB' } },
    };
    const two = await sandbox.task(session, 'two');
    await expect(addWorktree(full, two)).rejects.toMatchObject({ code: 'disk-low' });
    expect((await addWorktree(roomy, two)).created).toBe(true);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await new Promise((done) => setTimeout(done, 25));
}
