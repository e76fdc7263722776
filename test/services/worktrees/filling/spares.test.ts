import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { addWorktree, prepareSpares } from '../../../../src/services/worktrees/index.js';
import { listWorktrees, lockReason } from '../../../../src/services/worktrees/places/list.js';
import { deadPid } from '../../../support/dead.js';
import { type ConfigOverrides, makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const project = {
  '.gitignore': 'node_modules/\n.env*\n',
  'src/a.txt': 'a\n',
  'package-lock.json': '{"lock":1}\n',
};

async function make(config: ConfigOverrides = {}) {
  const repo = sandbox.repo(project);
  sandbox.write(repo, { 'node_modules/p/a.js': 'code\n', '.env': 'KEY=1\n' });
  const session = await sandbox.session(repo, config);
  return { repo, session, task: await sandbox.task(session, 'one') };
}

const spares = async (session: Awaited<ReturnType<typeof make>>['session']) =>
  (await listWorktrees(session.git)).filter(({ path }) => path.includes('/.spare/'));

describe('a spare', () => {
  test('becomes the worktree of the next task, at what the target is then', async () => {
    const { repo, session, task } = await make({ worktree: { env_files: ['.env'] } });
    expect(await prepareSpares(session)).toEqual({ ready: 1, made: 1, discarded: 0 });
    expect(await prepareSpares(session)).toEqual({ ready: 1, made: 0, discarded: 0 });
    const [spare] = await spares(session);
    expect(existsSync(join(spare!.path, '.env'))).toBe(false);
    const later = sandbox.commit(repo, { 'src/b.txt': 'b\n' });
    sandbox.write(repo, { 'src/b.txt': 'edited\n' });
    const added = await addWorktree(session, task);
    expect(added).toMatchObject({ method: 'spare', created: true, base: later, branch: 'codex-agent/one' });
    expect(await spares(session)).toEqual([]);
    expect(sandbox.git(added.path, 'status', '--porcelain', '--branch')).toBe('## codex-agent/one');
    expect(readFileSync(join(added.path, 'src/b.txt'), 'utf8')).toBe('b\n');
    expect(readFileSync(join(added.path, 'node_modules/p/a.js'), 'utf8')).toBe('code\n');
    expect(readFileSync(join(added.path, '.env'), 'utf8')).toBe('KEY=1\n');
    expect(sandbox.git(repo, 'worktree', 'list', '--porcelain')).not.toContain('locked');
  });

  test('is not for a commit with other dependencies, nor after the rules have changed; it is replaced then', async () => {
    const { repo, session, task } = await make();
    await prepareSpares(session);
    sandbox.commit(repo, { 'package-lock.json': '{"lock":2}\n' });
    expect((await addWorktree(session, task)).method).not.toBe('spare');
    expect(await prepareSpares(session)).toEqual({ ready: 1, made: 1, discarded: 1 });
    const config = { ...session.config, worktree: { ...session.config.worktree, exclude: ['x'] } };
    expect(await prepareSpares({ ...session, config })).toEqual({ ready: 1, made: 1, discarded: 1 });
    expect(await prepareSpares(session, 0)).toEqual({ ready: 0, made: 0, discarded: 1 });
    expect(await spares(session)).toEqual([]);
  });

  test('carries on the commits of a branch that exists', async () => {
    const { repo, session, task } = await make();
    sandbox.git(repo, 'checkout', '-q', '-b', 'codex-agent/one');
    const head = sandbox.commit(repo, { 'work.txt': 'work\n' });
    sandbox.git(repo, 'checkout', '-q', 'main');
    await prepareSpares(session);
    const { path, method } = await addWorktree(session, task);
    expect(method).toBe('spare');
    expect(sandbox.git(path, 'rev-parse', 'HEAD')).toBe(head);
    expect(sandbox.git(path, 'branch', '--show-current')).toBe('codex-agent/one');
  });

  test('that somebody has worked in is not given away, and what is in it is not lost', async () => {
    const { repo, session, task } = await make();
    await prepareSpares(session);
    const [spare] = await spares(session);
    writeFileSync(join(spare!.path, 'src/a.txt'), 'a local edit\n');
    const added = await addWorktree(session, task);
    expect(added.method).not.toBe('spare');
    expect(readFileSync(join(added.path, 'src/a.txt'), 'utf8')).toBe('a\n');
    expect(readFileSync(join(spare!.path, 'src/a.txt'), 'utf8')).toBe('a local edit\n');
    expect(await prepareSpares(session)).toEqual({ ready: 1, made: 1, discarded: 1 });
    expect(sandbox.git(repo, 'show', 'refs/codex-agents/rescue/spare/1:src/a.txt')).toBe('a local edit');
    expect(sandbox.git(repo, 'branch', '--list', 'codex-agent/*').trim()).toMatch(/^\+ codex-agent\/one$/);
  });

  test('whose folder a person took away holds nobody up, and another is made', async () => {
    const { session, task } = await make();
    await prepareSpares(session);
    const [spare] = await spares(session);
    rmSync(spare!.path, { recursive: true });
    expect(await addWorktree(session, task)).toMatchObject({ created: true, branch: 'codex-agent/one' });
    expect(await prepareSpares(session)).toEqual({ ready: 1, made: 1, discarded: 1 });
    const [other] = await spares(session);
    expect(existsSync(other!.path)).toBe(true);
  });

  test('half made or half claimed by a process that died is taken away', async () => {
    const { repo, session, task } = await make();
    const folder = join(sandbox.root, 'repo.worktrees/.spare');
    mkdirSync(folder, { recursive: true });
    const leave = (name: string, reason: string | undefined, ...more: string[]) => {
      sandbox.git(repo, 'worktree', 'add', '-q', ...more, join(folder, name));
      if (reason) sandbox.git(repo, 'worktree', 'lock', '--reason', reason, join(folder, name));
    };
    const dead = await deadPid();
    leave('made', `codex-agents: private ${dead} 1 boot`, '--detach');
    leave('claimed', `codex-agents: hydrating ${dead} 1 boot`, '-b', 'codex-agent/one');
    leave('between', undefined, '--detach');
    leave('busy', lockReason('private'), '--detach');
    const added = await addWorktree(session, task);
    expect(added.created).toBe(true);
    expect((await spares(session)).map(({ path }) => path)).toEqual([join(folder, 'busy')]);
    expect(sandbox.git(added.path, 'branch', '--show-current')).toBe('codex-agent/one');
  });

  test('goes to one of two tasks that come at once', async () => {
    const { session, task } = await make();
    const other = await sandbox.task(session, 'two');
    await prepareSpares(session);
    const added = await Promise.all([addWorktree(session, task), addWorktree(session, other)]);
    expect(added.filter(({ method }) => method === 'spare')).toHaveLength(1);
    for (const { path } of added) expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  });

  test('is not made where git could not move it', async () => {
    const inner = sandbox.repo({ 'in.txt': 'in\n' }, 'inner');
    const { repo, session } = await make();
    sandbox.git(repo, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    sandbox.commit(repo, {});
    expect(await prepareSpares(session)).toMatchObject({
      made: 0,
      reason: expect.stringContaining('submodules'),
    });
  });
});
