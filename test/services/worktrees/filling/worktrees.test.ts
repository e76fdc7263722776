import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  addWorktree,
  inspectWorktrees,
  removeWorktree,
  sweepPrivateWorktrees,
  withPrivateWorktree,
} from '../../../../src/services/worktrees/index.js';
import { deadPid } from '../../../support/dead.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
const started: ChildProcess[] = [];
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  sandbox.cleanup();
});

const project = {
  '.gitignore': 'node_modules/\ndist/\n.env*\n*.log\nsecret-store/\n',
  'src/a.txt': 'a\n',
  'package.json': '{}\n',
};

async function make(slug = 'one', config = {}, files: Record<string, string> = project) {
  const repo = sandbox.repo(files);
  const session = await sandbox.session(repo, config);
  return { repo, session, task: await sandbox.task(session, slug) };
}

describe('addWorktree', () => {
  test('makes a clean worktree with the dependencies of the main one, and no secret', async () => {
    const { repo, session, task } = await make();
    sandbox.write(repo, {
      'node_modules/p/cli.js': 'code\n',
      'dist/out.js': 'built\n',
      'secret-store/.env.local': 'KEY=1\n',
      'secret-store/fine.txt': 'fine\n',
      '.env': 'KEY=1\n',
      'x.log': 'log\n',
      '-odd name.log': 'odd\n',
    });
    mkdirSync(join(repo, 'node_modules/.bin'));
    symlinkSync('../p/cli.js', join(repo, 'node_modules/.bin/p'));
    symlinkSync('/etc/passwd', join(repo, 'away.log'));
    sandbox.write(repo, { 'src/a.txt': 'a local edit\n' });
    const added = await addWorktree(session, task);
    expect(added).toMatchObject({
      path: join(sandbox.root, 'repo.worktrees', 'one'),
      branch: 'codex-agent/one',
      base: sandbox.git(repo, 'rev-parse', 'main'),
      created: true,
    });
    const at = (path: string) => join(added.path, path);
    expect(sandbox.git(added.path, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(added.path, 'branch', '--show-current')).toBe('codex-agent/one');
    expect(readFileSync(at('src/a.txt'), 'utf8')).toBe('a\n');
    expect(readFileSync(at('node_modules/p/cli.js'), 'utf8')).toBe('code\n');
    expect(readlinkSync(at('node_modules/.bin/p'))).toBe('../p/cli.js');
    expect(readFileSync(at('-odd name.log'), 'utf8')).toBe('odd\n');
    expect(statSync(at('dist/out.js')).mtimeMs).toBe(statSync(join(repo, 'dist/out.js')).mtimeMs);
    expect(existsSync(at('secret-store/fine.txt'))).toBe(true);
    for (const left of ['.env', 'secret-store/.env.local', 'away.log'])
      expect(existsSync(at(left))).toBe(false);
    expect(added.skipped.join()).toMatch(
      /\.env .*secret-store\/\.env\.local|secret-store\/\.env\.local.*\.env /,
    );
    expect(sandbox.git(repo, 'worktree', 'list', '--porcelain')).not.toContain('locked');
    expect(readFileSync(join(repo, 'src/a.txt'), 'utf8')).toBe('a local edit\n');
  });

  test('is found ready the second time', async () => {
    const { session, task } = await make();
    const first = await addWorktree(session, task);
    sandbox.commit(first.path, { 'b.txt': 'b\n' });
    const again = await addWorktree(session, { ...task, worktree: first.path, base: first.base });
    expect(again).toMatchObject({ created: false, path: first.path, base: first.base });
    expect(existsSync(join(first.path, 'b.txt'))).toBe(true);
  });

  test('copies a named env file privately, and not one that git would commit', async () => {
    const { repo, session, task } = await make('one', { worktree: { env_files: ['.env', 'open.env'] } });
    sandbox.write(repo, { '.env': 'KEY=1\n', 'open.env': 'KEY=2\n' });
    const { path, skipped } = await addWorktree(session, task);
    expect(statSync(join(path, '.env')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(path, 'open.env'))).toBe(false);
    expect(skipped).toContain('open.env (not ignored by git, so it would be committed)');
  });

  test('runs set-up commands, only of a trusted configuration', async () => {
    const setup = [['sh', '-c', 'echo "$SECRET" > done.log']];
    const { repo, session, task } = await make('one', { worktree: { setup } });
    session.env.SECRET = 'canary';
    const { path } = await addWorktree(session, task);
    expect(readFileSync(join(path, 'done.log'), 'utf8')).toBe('\n');
    const untrusted = { ...session, loaded: { ...session.loaded, trusted: false } };
    const other = await addWorktree(untrusted, await sandbox.task(session, 'two'));
    expect(existsSync(join(other.path, 'done.log'))).toBe(false);
    expect(existsSync(join(repo, 'done.log'))).toBe(false);
  });

  test('what a killed process left half-made is made anew, what a living one makes is left alone', async () => {
    const { repo, session, task } = await make();
    const path = join(sandbox.root, 'repo.worktrees', 'one');
    const half = (reason: string) => {
      const args = ['worktree', 'add', '-q', '--no-checkout', '--lock', '--reason', reason];
      sandbox.git(repo, ...args, '-b', 'codex-agent/one', path);
      writeFileSync(join(path, 'half'), 'half\n');
    };
    half(`codex-agents: hydrating ${await deadPid()} 1 boot`);
    sandbox.commit(repo, { 'later.txt': 'later\n' });
    const added = await addWorktree(session, task);
    expect(added.base).toBe(sandbox.git(repo, 'rev-parse', 'main'));
    expect(existsSync(join(path, 'later.txt'))).toBe(true);
    expect(existsSync(join(path, 'half'))).toBe(false);
    // A person may have written there all the same.
    const trash = join(sandbox.root, 'repo.worktrees/.trash');
    const [kept = ''] = readdirSync(trash);
    expect(readFileSync(join(trash, kept, 'half'), 'utf8')).toBe('half\n');
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');

    const { lockReason } = await import('../../../../src/services/worktrees/places/list.js');
    sandbox.git(repo, 'worktree', 'lock', '--reason', lockReason('hydrating'), path);
    await expect(addWorktree(session, task)).rejects.toMatchObject({ code: 'worktree-busy' });
  });

  test('a worktree deleted by hand comes back with the commits of its branch', async () => {
    const { session, task } = await make();
    const { path, base } = await addWorktree(session, task);
    const head = sandbox.commit(path, { 'work.txt': 'work\n' });
    rmSync(path, { recursive: true });
    const known = { ...task, worktree: path, base };
    expect(await inspectWorktrees(session, [known])).toMatchObject([{ state: 'missing' }]);
    expect(await addWorktree(session, known)).toMatchObject({ created: true, base });
    expect(sandbox.git(path, 'rev-parse', 'HEAD')).toBe(head);
  });

  test('takes no worktree of a person for its own, and says how to make room', async () => {
    const { repo, session, task } = await make();
    const path = join(sandbox.root, 'repo.worktrees', 'one');
    sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'something', path);
    const refused = await addWorktree(session, task).catch((error) => error);
    expect(refused).toMatchObject({
      code: 'worktree-path-taken',
      message: expect.stringContaining('something checked out'),
    });
    const [, ...move] = refused.hint
      .replace('<another place>', join(sandbox.root, 'else'))
      .match(/git (.*)/)[1]
      .split(' ');
    sandbox.git(repo, 'worktree', ...move);
    expect(await addWorktree(session, task)).toMatchObject({ created: true, path });
  });

  test('never clears a folder it does not know, nor takes a branch from another worktree', async () => {
    const { repo, session, task } = await make();
    const path = join(sandbox.root, 'repo.worktrees', 'one');
    sandbox.write(path, { 'mine.txt': 'mine\n' });
    await expect(addWorktree(session, task)).rejects.toMatchObject({ code: 'worktree-path-taken' });
    expect(readFileSync(join(path, 'mine.txt'), 'utf8')).toBe('mine\n');
    sandbox.git(repo, 'checkout', '-q', '-b', 'codex-agent/two');
    const two = await sandbox.task(session, 'two');
    await expect(addWorktree(session, two)).rejects.toMatchObject({ code: 'branch-checked-out' });
  });

  test('six at once all come out whole', async () => {
    const { repo, session } = await make();
    sandbox.write(repo, { 'node_modules/p/cli.js': 'code\n' });
    const slugs = Array.from({ length: 6 }, (_, at) => `t${at}`);
    const tasks = [];
    for (const slug of slugs) tasks.push(await sandbox.task(session, slug));
    const all = await Promise.all(tasks.map((task) => addWorktree(session, task)));
    for (const { path } of all) {
      expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
      expect(existsSync(join(path, 'node_modules/p/cli.js'))).toBe(true);
    }
  });
});

describe('removeWorktree', () => {
  async function withWorktree() {
    const made = await make();
    const { path, base } = await addWorktree(made.session, made.task);
    return { ...made, path, task: { ...made.task, worktree: path, base } };
  }

  test('removes a clean one and keeps its branch', async () => {
    const { repo, session, task, path } = await withWorktree();
    expect(await removeWorktree(session, task)).toEqual({ removed: true, trash: expect.any(String) });
    expect(existsSync(path)).toBe(false);
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(task.base);
    expect(await removeWorktree(session, task)).toEqual({ removed: false });
  });

  test.each([
    ['changed', { 'src/a.txt': 'changed\n' }],
    ['untracked', { 'deep/new.txt': 'new\n' }],
  ])('refuses %s files; forced, a rescue ref holds them', async (_, files) => {
    const { repo, session, task, path } = await withWorktree();
    sandbox.write(path, files);
    await expect(removeWorktree(session, task)).rejects.toMatchObject({ code: 'worktree-dirty' });
    const [name, text] = Object.entries(files)[0]!;
    expect(readFileSync(join(path, name), 'utf8')).toBe(text);
    const { rescue } = await removeWorktree(session, task, { force: true });
    expect(rescue).toBe('refs/codex-agents/rescue/one/1');
    sandbox.git(repo, 'gc', '-q', '--prune=now');
    expect(`${sandbox.git(repo, 'show', `${rescue}:${name}`)}\n`).toBe(text);
    expect(existsSync(path)).toBe(false);
  });

  test('keeps commits that are on no branch, and what was staged', async () => {
    const { repo, session, task, path } = await withWorktree();
    sandbox.git(path, 'checkout', '-q', '--detach');
    const lost = sandbox.commit(path, { 'lost.txt': 'lost\n' });
    await expect(removeWorktree(session, task)).rejects.toMatchObject({ code: 'worktree-unlanded' });
    const { rescue } = await removeWorktree(session, task, { force: true });
    expect(sandbox.git(repo, 'rev-parse', `${rescue}^1`)).toBe(lost);
    const again = await addWorktree(session, task);
    sandbox.write(again.path, { 'src/a.txt': 'staged\n' });
    sandbox.git(again.path, 'add', 'src/a.txt');
    sandbox.write(again.path, { 'src/a.txt': 'edited after\n' });
    const second = await removeWorktree(session, task, { force: true });
    expect(second.rescue).toBe('refs/codex-agents/rescue/one/2');
    expect(sandbox.git(repo, 'show', `${second.rescue}:src/a.txt`)).toBe('edited after');
    expect(sandbox.git(repo, 'show', `${second.rescue}^2:src/a.txt`)).toBe('staged');
  });

  test('refuses commits that have not landed, and names them; landed, it goes', async () => {
    const { repo, session, task, path } = await withWorktree();
    sandbox.commit(path, { 'new.txt': 'new\n' });
    const head = sandbox.commit(path, { 'newer.txt': 'newer\n' });
    await expect(removeWorktree(session, task)).rejects.toMatchObject({
      code: 'worktree-unlanded',
      message: expect.stringContaining('2 commits that have not landed on main'),
    });
    sandbox.git(repo, 'merge', '-q', '--ff-only', task.branch);
    expect(await removeWorktree(session, task)).toEqual({ removed: true, trash: expect.any(String) });
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(head);
  });

  test('an unfinished merge counts as work; forced, its files are kept', async () => {
    const { repo, session, task, path } = await withWorktree();
    sandbox.commit(path, { 'src/a.txt': 'ours\n' });
    sandbox.commit(repo, { 'src/a.txt': 'theirs\n' });
    expect(() => sandbox.git(path, 'merge', 'main')).toThrow();
    await expect(removeWorktree(session, task)).rejects.toMatchObject({ code: 'worktree-dirty' });
    const { rescue } = await removeWorktree(session, task, { force: true });
    expect(sandbox.git(repo, 'show', `${rescue}:src/a.txt`)).toContain('<<<<<<<');
  });

  test('a repository inside it, which no ref can hold, stays in the trash', async () => {
    const { session, task, path } = await withWorktree();
    const inner = join(path, 'inner');
    mkdirSync(inner);
    sandbox.git(inner, 'init', '-q');
    sandbox.commit(inner, { 'deep.txt': 'deep\n' });
    await removeWorktree(session, task, { force: true });
    const trash = join(sandbox.root, 'repo.worktrees', '.trash');
    const [kept] = readdirSync(trash).filter((name) => name.endsWith('.kept'));
    expect(readFileSync(join(trash, kept!, 'inner', 'deep.txt'), 'utf8')).toBe('deep\n');
  });

  test('waits for a git that only looks at it', async () => {
    const { session, task, path } = await withWorktree();
    const looking = spawn('git', ['cat-file', '--batch'], { cwd: path, stdio: ['pipe', 'ignore', 'ignore'] });
    const removed = removeWorktree(session, task);
    setTimeout(() => looking.stdin!.end(), 300);
    expect(await removed).toMatchObject({ removed: true });
  });

  test('refuses while a process works there, when locked, and for the main worktree', async () => {
    const { repo, session, task, path } = await withWorktree();
    const child = spawn('sleep', ['60'], { cwd: path, stdio: 'ignore' });
    started.push(child);
    await once(child, 'spawn');
    await expect(removeWorktree(session, task, { force: true })).rejects.toMatchObject({
      code: 'worktree-in-use',
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    sandbox.git(repo, 'worktree', 'lock', '--reason', 'on a stick', path);
    await expect(removeWorktree(session, task, { force: true })).rejects.toMatchObject({
      code: 'worktree-locked',
    });
    const main = { ...task, worktree: repo };
    await expect(removeWorktree(session, main, { force: true })).rejects.toMatchObject({
      code: 'not-a-task-worktree',
    });
    const home = { ...task, worktree: sandbox.env.HOME! };
    await expect(removeWorktree(session, home, { force: true })).rejects.toMatchObject({
      code: 'not-a-task-worktree',
    });
    expect(lstatSync(join(repo, '.git')).isDirectory()).toBe(true);
    expect(existsSync(path)).toBe(true);
  });

  test('twenty at once leave the repository whole', async () => {
    const { repo, session } = await make();
    const tasks = [];
    for (let at = 0; at < 20; at++) {
      const worktree = join(sandbox.root, `t${at}`);
      sandbox.git(repo, 'worktree', 'add', '-q', '-b', `codex-agent/t${at}`, worktree);
      tasks.push(await sandbox.task(session, `t${at}`, { worktree }));
    }
    const refs = sandbox.git(repo, 'for-each-ref');
    await Promise.all(tasks.map((task) => removeWorktree(session, task)));
    expect(sandbox.git(repo, 'for-each-ref')).toBe(refs);
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
    sandbox.git(repo, 'fsck', '--strict');
  });
});

describe('inspectWorktrees', () => {
  test('counts changes and commits, and calls what cannot be told unknown', async () => {
    const { repo, session, task } = await make();
    const { path } = await addWorktree(session, task);
    sandbox.commit(path, { 'work.txt': 'work\n' });
    sandbox.commit(repo, { 'main.txt': 'main\n' });
    sandbox.write(path, { 'src/a.txt': 'changed\n', 'new/b.txt': 'b\n' });
    const known = { ...task, worktree: path };
    expect(await inspectWorktrees(session, [known])).toEqual([
      {
        task: 'one',
        path,
        branch: task.branch,
        state: 'ready',
        dirty: 2,
        ahead: 1,
        behind: 1,
        added: 3,
        removed: 1,
      },
    ]);
    rmSync(join(repo, '.git', 'worktrees', 'one', 'index'));
    mkdirSync(join(repo, '.git', 'worktrees', 'one', 'index'));
    const [view] = await inspectWorktrees(session, [known]);
    expect(view).toMatchObject({ state: 'unknown' });
    expect(view).not.toHaveProperty('dirty');
  });
});

describe('withPrivateWorktree', () => {
  test('gives a filled worktree of the commit and takes it away, also after a failure', async () => {
    const { repo, session } = await make();
    sandbox.write(repo, { 'node_modules/p/cli.js': 'code\n' });
    const commit = sandbox.git(repo, 'rev-parse', 'main');
    const seen = await withPrivateWorktree(session, commit, 'checks', async (path) => {
      expect(existsSync(join(path, 'node_modules/p/cli.js'))).toBe(true);
      expect(sandbox.git(path, 'rev-parse', 'HEAD')).toBe(commit);
      writeFileSync(join(path, 'left.txt'), 'left\n');
      return path;
    });
    expect(existsSync(seen)).toBe(false);
    const failing = withPrivateWorktree(session, commit, 'checks', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  test('sweeps those of dead processes only', async () => {
    const { repo, session } = await make();
    const dead = join(sandbox.root, 'dead');
    const args = ['worktree', 'add', '-q', '--detach', '--lock', '--reason'];
    sandbox.git(repo, ...args, `codex-agents: private ${await deadPid()} 1 boot`, dead);
    await withPrivateWorktree(session, 'main', 'checks', async (path) => {
      // One that was being taken away when its process was killed: no folder, no lock, still a record.
      const half = join(dirname(path), 'half');
      sandbox.git(repo, 'worktree', 'add', '-q', '--detach', half);
      rmSync(half, { recursive: true });
      expect((await sweepPrivateWorktrees(session)).sort()).toEqual([dead, half].sort());
      expect(existsSync(path)).toBe(true);
    });
    expect(existsSync(dead)).toBe(false);
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
  });
});
