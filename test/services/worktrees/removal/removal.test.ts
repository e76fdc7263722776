import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import { selfIdentity } from '../../../../src/services/platform/index.js';
import {
  addWorktree,
  collectWorktrees,
  listKept,
  removeWorktree,
  restoreKept,
  restoreWorktree,
  showKept,
} from '../../../../src/services/worktrees/index.js';
import { mountSmall } from '../../../support/loop-disk.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

interface Made {
  repo: string;
  session: SandboxSession;
  task: Task;
  path: string;
}

async function make(): Promise<Made> {
  const repo = sandbox.repo({ '.gitignore': '*.log\nnode_modules/\n', 'a.txt': 'a\n', 'b.txt': 'b\n' });
  sandbox.write(repo, { 'node_modules/pack/index.js': 'hydrated\n', 'old.log': 'hydrated\n' });
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  return { repo, session, path, task: { ...added, worktree: path, base } };
}

const trashOf = () => join(sandbox.root, 'repo.worktrees/.trash');
const tasksIn = async (session: SandboxSession) => (await session.registry.read()).tasks;

/** Forgets the worktree, as the commands do after a removal. */
const forget = (session: SandboxSession) =>
  session.registry.update('test', (file) => ({
    file: { ...file, tasks: file.tasks.map((task) => ({ ...task, worktree: undefined })) },
    result: undefined,
  }));

function nest(folder: string): string {
  sandbox.write(folder, { 'c.txt': 'only copy\n' });
  sandbox.git(folder, 'init', '-q');
  sandbox.git(folder, 'add', '-A');
  sandbox.git(folder, 'commit', '-q', '-m', 'Only copy');
  return folder;
}

describe('a removal without force', () => {
  test.each<[string, (made: Made) => void, string]>([
    [
      'edits under assume-unchanged',
      ({ path }) => {
        sandbox.git(path, 'update-index', '--assume-unchanged', 'a.txt');
        sandbox.write(path, { 'a.txt': 'hidden\n' });
      },
      'a.txt',
    ],
    [
      'edits under skip-worktree',
      ({ path }) => {
        sandbox.git(path, 'update-index', '--skip-worktree', 'a.txt');
        sandbox.write(path, { 'a.txt': 'hidden\n' });
      },
      'a.txt',
    ],
    [
      'a repository of its own in an ignored folder',
      ({ path }) => void nest(join(path, 'node_modules/lib')),
      'node_modules/lib',
    ],
    [
      'commits left on a detached HEAD',
      ({ path }) => {
        sandbox.git(path, 'checkout', '-q', '--detach');
        sandbox.commit(path, { 'lost.txt': 'lost\n' });
        sandbox.git(path, 'checkout', '-q', '-');
      },
      'on no branch',
    ],
  ])('refuses %s, and gc keeps the worktree', async (_, change, named) => {
    const made = await make();
    change(made);
    const { session, task, path } = made;
    await expect(removeWorktree(session, task)).rejects.toMatchObject({
      message: expect.stringContaining(named),
      hint: expect.stringContaining('--force'),
    });
    const settled = { ...task, status: 'landed' as const };
    for (const dryRun of [true, false]) {
      // What others left in the temporary folder of this machine is no matter of this test.
      const alone = { ...session, env: { ...session.env, TMPDIR: sandbox.root } };
      const { kept, removed } = await collectWorktrees(alone, [settled], { dryRun });
      expect(removed).toEqual([]);
      expect(kept).toMatchObject([{ task: 'one', keep: [expect.stringContaining(named)] }]);
    }
    expect(existsSync(path)).toBe(true);
  });

  test.each<[string, (made: Made) => string]>([
    [
      'ignored',
      ({ path }) => {
        sandbox.write(path, { 'notes.log': 'mine\n' });
        return 'notes.log';
      },
    ],
    [
      'ignored, and keeps the time of what it was copied from',
      ({ path }) => {
        sandbox.write(path, { 'notes.log': 'mine\n' });
        utimesSync(join(path, 'notes.log'), 1_000_000_000, 1_000_000_000);
        return 'notes.log';
      },
    ],
    [
      'hidden by info/exclude',
      ({ repo, path }) => {
        appendFileSync(join(repo, '.git/info/exclude'), 'mine.txt\n');
        sandbox.write(path, { 'mine.txt': 'mine\n' });
        return 'mine.txt';
      },
    ],
    [
      'hidden by core.excludesFile',
      ({ path }) => {
        writeFileSync(join(sandbox.root, 'excludes'), 'mine.txt\n');
        sandbox.git(path, 'config', '--global', 'core.excludesFile', join(sandbox.root, 'excludes'));
        sandbox.write(path, { 'mine.txt': 'mine\n' });
        return 'mine.txt';
      },
    ],
    [
      'in a folder that was brought along',
      ({ path }) => {
        sandbox.write(path, { 'node_modules/pack/patched.js': 'mine\n' });
        return 'node_modules/pack/patched.js';
      },
    ],
  ])('tells of a file that is %s, and it comes back with the worktree', async (_, write) => {
    const made = await make();
    const file = write(made);
    const { session, task, path } = made;
    const gone = await removeWorktree(session, task);
    // What was brought along unchanged is not mentioned.
    expect(gone).toEqual({ removed: true, trash: expect.any(String), written: [file] });
    await forget(session);
    expect(await restoreWorktree(session, { slug: 'one' })).toEqual({
      path,
      task: 'one',
      branch: task.branch,
    });
    expect(readFileSync(join(path, file), 'utf8')).toBe('mine\n');
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect((await tasksIn(session))[0]!.worktree).toBe(path);
  });
});

describe('a removal with force', () => {
  test('keeps hidden edits and loose commits under the rescue ref, and a nested repository for good', async () => {
    const { repo, session, task, path } = await make();
    sandbox.git(path, 'update-index', '--assume-unchanged', 'a.txt');
    sandbox.write(path, { 'a.txt': 'hidden\n' });
    nest(join(path, 'node_modules/lib'));
    const amended = sandbox.commit(path, { 'c.txt': 'first thought\n' });
    sandbox.write(path, { 'c.txt': 'second thought\n' });
    sandbox.git(path, 'commit', '-q', '-a', '--amend', '-m', 'Amended');
    const { rescue } = await removeWorktree(session, task, { force: true });
    expect(sandbox.git(repo, 'show', `${rescue}:a.txt`)).toBe('hidden');
    expect(sandbox.git(repo, 'rev-list', rescue!).split('\n')).toContain(amended);
    const [kept] = readdirSync(trashOf());
    expect(kept).toMatch(/\.kept$/);
    expect(readFileSync(join(trashOf(), kept!, 'node_modules/lib/c.txt'), 'utf8')).toBe('only copy\n');
  });

  test('calls ignored what is ignored, in a new folder too, and not the new files that the ref holds', async () => {
    const { repo, session, task, path } = await make();
    sandbox.write(path, { 'new/seen.txt': 'seen\n', 'new/node_modules/x.js': 'x\n', 'other.txt': 'o\n' });
    // Git takes such names for words of its own.
    sandbox.write(path, { ':!new.txt': 'new\n', ':(odd)': 'new\n', ':!kept.log': 'ignored\n' });
    const { rescue, written } = await removeWorktree(session, task, { force: true });
    expect(sandbox.git(repo, 'show', `${rescue}:new/seen.txt`)).toBe('seen');
    expect(written?.sort()).toEqual([':!kept.log', 'new/node_modules/x.js']);
  });

  test('keeps every side of an unfinished merge and what was staged beside it, and brings the merge back', async () => {
    const { repo, session, task, path } = await make();
    sandbox.commit(path, { 'a.txt': 'mine\n' });
    sandbox.commit(repo, { 'a.txt': 'theirs\n' });
    expect(() => sandbox.git(path, 'merge', '-q', 'main')).toThrow();
    sandbox.write(path, { 's.txt': 'staged\n' });
    sandbox.git(path, 'add', 's.txt');
    sandbox.write(path, { 's.txt': 'rewritten\n' });
    const status = sandbox.git(path, 'status', '--porcelain');
    const { rescue } = await removeWorktree(session, task, { force: true });
    const show = (name: string) => sandbox.git(repo, 'show', name);
    expect(show(`${rescue}:s.txt`)).toBe('rewritten');
    expect(show(`${rescue}^2:s.txt`)).toBe('staged');
    expect(show(`${rescue}^2:codex-agents-unmerged/2/a.txt`)).toBe('mine');
    expect(show(`${rescue}^2:codex-agents-unmerged/3/a.txt`)).toBe('theirs');
    await forget(session);
    await restoreWorktree(session, { slug: 'one' });
    expect(sandbox.git(path, 'status', '--porcelain')).toBe(status);
    expect(sandbox.git(path, 'rev-parse', 'MERGE_HEAD')).toBe(sandbox.git(repo, 'rev-parse', 'main'));
  });

  test('is refused when what is staged cannot be kept', async () => {
    const { session, task, path } = await make();
    sandbox.write(path, { 's.txt': 'staged\n' });
    sandbox.git(path, 'add', 's.txt');
    sandbox.write(path, { 's.txt': 'other\n' });
    const blob = sandbox.git(path, 'rev-parse', ':s.txt');
    rmSync(join(session.git.commonDir, 'objects', blob.slice(0, 2), blob.slice(2)));
    await expect(removeWorktree(session, task, { force: true })).rejects.toMatchObject({
      code: 'git-failed',
      hint: expect.stringContaining(`\`git -C ${path} reset\``),
    });
    expect(readFileSync(join(path, 's.txt'), 'utf8')).toBe('other\n');
    sandbox.git(path, 'reset', '-q');
    expect(await removeWorktree(session, task, { force: true })).toMatchObject({ removed: true });
  });
});

describe('a restore', () => {
  test('makes the branch again that went, and stands beside one that moved', async () => {
    const { repo, session, task, path } = await make();
    const base = sandbox.git(repo, 'rev-parse', 'main');
    await removeWorktree(session, task);
    await forget(session);
    sandbox.git(repo, 'branch', '-q', '-D', task.branch);
    await restoreWorktree(session, { slug: 'one' });
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(base);
    await removeWorktree(session, task);
    await forget(session);
    const ahead = sandbox.commit(repo, { 'later.txt': 'later\n' });
    sandbox.git(repo, 'update-ref', `refs/heads/${task.branch}`, ahead);
    const { branch, warning } = await restoreWorktree(session, { slug: 'one' });
    expect(branch).toBeUndefined();
    expect(warning).toContain('has moved');
    expect(sandbox.git(path, 'rev-parse', 'HEAD')).toBe(base);
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  });

  test('refuses where something is in the way, and says what there is not', async () => {
    const { session, task, path } = await make();
    await removeWorktree(session, task);
    await forget(session);
    sandbox.write(path, { 'other.txt': 'other\n' });
    await expect(restoreWorktree(session, { slug: 'one' })).rejects.toMatchObject({
      code: 'worktree-path-taken',
    });
    await expect(restoreWorktree(session, { slug: 'two' })).rejects.toMatchObject({ code: 'not-in-trash' });
    rmSync(path, { recursive: true });
    expect(await restoreWorktree(session, { slug: 'one' })).toMatchObject({ path });
  });

  test('goes on where a kill cut a removal or a restore in two', async () => {
    const { repo, session, task, path } = await make();
    const { trash } = await removeWorktree(session, task);
    const record = join(trashOf(), trash!, '.codex-agents-record');
    // The record is in its place already, the folder is not.
    sandbox.git(repo, 'worktree', 'list');
    cpSync(record, join(repo, '.git/worktrees/one'), { recursive: true });
    rmSync(record, { recursive: true });
    await forget(session);
    expect(await restoreWorktree(session, { slug: 'one' })).toMatchObject({ path });
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    // The folder is in the trash, git's record is not.
    renameSync(path, join(trashOf(), `one-${Date.now()}`));
    expect(await removeWorktree(session, task)).toEqual({ removed: true });
    await forget(session);
    expect(await restoreWorktree(session, { slug: 'one' })).toMatchObject({ path, branch: task.branch });
  });
});

test('a restore that was cut off before the registry knew is finished by the next one', async () => {
  const { repo, session, task, path } = await make();
  await removeWorktree(session, task);
  await forget(session);
  await restoreWorktree(session, { slug: 'one' });
  await forget(session);
  writeFileSync(join(repo, '.git/worktrees/one/codex-agents-head'), sandbox.git(path, 'rev-parse', 'HEAD'));
  expect(await restoreWorktree(session, { slug: 'one' })).toEqual({ path, branch: task.branch, task: 'one' });
  expect((await tasksIn(session))[0]!.worktree).toBe(path);
  await forget(session);
  await expect(restoreWorktree(session, { slug: 'one' })).rejects.toMatchObject({ code: 'not-in-trash' });
});

test('a restore leaves nothing for git gc to miss, though it ran meanwhile', async () => {
  const { repo, session, task, path } = await make();
  sandbox.write(path, { 'announced.txt': 'announced\n' });
  sandbox.git(path, 'add', '-N', 'announced.txt');
  await removeWorktree(session, task, { force: true });
  await forget(session);
  sandbox.git(repo, 'gc', '-q', '--prune=now');
  await restoreWorktree(session, { slug: 'one' });
  expect(sandbox.git(path, 'status', '--porcelain')).toBe(' A announced.txt');
  sandbox.git(repo, 'gc', '-q', '--prune=now');
});

test('gc forgets a worktree of a task that is over, of which only the registry still speaks', async () => {
  const { session, task, path } = await make();
  await removeWorktree(session, task);
  await session.registry.update('test', (file) => ({
    file: {
      ...file,
      tasks: file.tasks.map((one) => ({ ...one, worktree: path, status: 'cancelled' as const })),
    },
    result: undefined,
  }));
  const alone = { ...session, env: { ...session.env, TMPDIR: sandbox.root } };
  const { removed } = await collectWorktrees(alone, await tasksIn(session));
  expect(removed).toEqual([{ path, task: 'one', why: 'the task is cancelled' }]);
  expect((await tasksIn(session))[0]!.worktree).toBeUndefined();
});

test('on another disk that is full a removal changes nothing, and goes on once there is room', async () => {
  const root = join(sandbox.root, 'elsewhere');
  const disk = mountSmall(root, 1_000_000);
  if (!disk) return;
  try {
    const made = await make();
    const { config } = made.session;
    const session = { ...made.session, config: { ...config, worktree: { ...config.worktree, root } } };
    await removeWorktree(made.session, made.task);
    const added = await sandbox.task(session, 'two');
    const { path, base } = await addWorktree(session, added);
    const task = { ...added, worktree: path, base };
    disk.fill();
    await expect(removeWorktree(session, task)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(readdirSync(join(root, '.trash'))).toEqual([]);
    disk.free();
    expect(await removeWorktree(session, task)).toMatchObject({ removed: true });
    expect(existsSync(path)).toBe(false);
    await forget(session);
    expect(await restoreWorktree(session, { slug: 'two' })).toMatchObject({ path, branch: task.branch });
  } finally {
    disk.unmount();
  }
});

test('lists what is kept, shows it, and gets it back', async () => {
  const { repo, session, task, path } = await make();
  sandbox.write(path, { 'new.txt': 'new\n' });
  const { trash, rescue } = await removeWorktree(session, task, { force: true });
  const kept = await listKept(session);
  expect(kept.map(({ id, kind, task: slug }) => [id, kind, slug]).sort()).toEqual([
    [trash, 'worktree', 'one'],
    ['rescue/one/1', 'rescue', 'one'],
  ]);
  expect(kept.find(({ kind }) => kind === 'worktree')!.until).toBeDefined();
  expect(await showKept(session, 'rescue/one/1')).toMatchObject({ files: ['new.txt'] });
  expect(await restoreKept(session, 'rescue/one/1')).toEqual({
    id: 'rescue/one/1',
    branch: 'restored/one/1',
  });
  expect(sandbox.git(repo, 'rev-parse', 'restored/one/1')).toBe(sandbox.git(repo, 'rev-parse', rescue!));
  await forget(session);
  expect(await restoreKept(session, trash!)).toMatchObject({ path, task: 'one' });
  expect(readFileSync(join(path, 'new.txt'), 'utf8')).toBe('new\n');
  await expect(restoreKept(session, 'nothing')).rejects.toMatchObject({ code: 'not-kept' });
});

test('gc takes away the folders that a killed process of ours left, and no others', async () => {
  const { session } = await make();
  const folder = join(sandbox.root, 'tmp');
  const dead = 'codex-agents-scratch-aaaaaa';
  const kept = ['codex-agents-scratch-bbbbbb', 'codex-agents-scratch-cccccc', 'theirs'];
  for (const name of [dead, ...kept]) sandbox.write(join(folder, name), { index: '' });
  sandbox.write(join(folder, kept[0]!), { 'owner.json': JSON.stringify(selfIdentity()) });
  const old = new Date(Date.now() - 7_200_000);
  for (const name of [dead, kept[0]!, kept[2]!]) utimesSync(join(folder, name), old, old);
  const { removed } = await collectWorktrees({ ...session, env: { ...session.env, TMPDIR: folder } }, []);
  expect(removed).toEqual([{ path: join(folder, dead), why: 'left behind' }]);
  expect(readdirSync(folder).sort()).toEqual([...kept].sort());
});
