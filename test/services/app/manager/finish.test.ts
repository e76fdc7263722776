/** A person's own work is called done, and lands like the work of an agent. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import { commandsIn } from '../../../support/commands.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let run: ReturnType<typeof commandsIn>['run'];

beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'a.txt': 'one\n' });
  ({ run } = commandsIn(sandbox, repo));
  await run('init');
  sandbox.commit(repo, {}, 'Set up');
  const { data } = await run('trust', { show: true });
  await run('trust', { hash: (data as { hash: string }).hash });
});
afterEach(() => sandbox.cleanup());

const taskOf = async (task: string) => ((await run('task.show', { task })).data as { task: Task }).task;

/** A worktree of a person's on a branch of this name, adopted as a task of the same name. */
async function adopted(name: string, files?: Record<string, string>): Promise<string> {
  const folder = join(sandbox.root, `${name}-tree`);
  sandbox.git(repo, 'worktree', 'add', '-q', '-b', name, folder);
  if (files) sandbox.commit(folder, files, `Work on ${name}`);
  expect(await run('task.worktree.adopt', { path: folder, title: name })).toMatchObject({ code: 'ok' });
  return folder;
}

/** The command runner runs this script for every task. */
function agentRuns(script: string): void {
  const runner = `[runner]\ndefault = "command"\n[runner.command]\nargs = ${JSON.stringify(['sh', '-c', script])}\n`;
  sandbox.write(join(sandbox.env.XDG_CONFIG_HOME!, 'codex-agents'), { 'config.toml': runner });
}

it('a lock of the index that the agent left is set aside, and its work is committed', async () => {
  agentRuns('echo work > work.txt; : > "$(git rev-parse --git-dir)/index.lock"');
  await run('task.add', { title: 'locked' });
  await run('task.run', { task: 'locked', wait: true });
  const { status, branch = '' } = await taskOf('locked');
  expect([status, sandbox.git(repo, 'show', `${branch}:work.txt`)]).toEqual(['done', 'work']);
});

describe('what lands once it is called done', () => {
  it('an adopted worktree', async () => {
    await adopted('song', { 'song.txt': 'la\n' });
    const { lines } = await run('task.done', { task: 'song' });
    expect(lines).toEqual([
      'song is done: 1 commit of song can land on main with `codex-agent task complete song`.',
    ]);
    expect(await run('task.complete', { task: 'song' })).toMatchObject({ code: 'ok' });
    expect(sandbox.git(repo, 'show', 'main:song.txt')).toBe('la');
    expect(sandbox.git(repo, 'branch', '--list', 'song')).not.toBe('');
    expect(await run('task.done', { task: 'song' })).toMatchObject({ code: 'not-open' });
  });

  it('a branch added by hand, which is checked out in the main worktree', async () => {
    sandbox.git(repo, 'switch', '-qc', 'own');
    sandbox.commit(repo, { 'own.txt': 'mine\n' }, 'Own work');
    await run('config.set', { key: 'target', value: 'main', user: true });
    expect(await run('task.add', { title: 'own', branch: 'own' })).toMatchObject({ code: 'ok' });
    expect(await run('task.done', { task: 'own' })).toMatchObject({ code: 'ok' });
    expect(await run('merge.land', { tasks: ['own'] })).toMatchObject({ exit: 0 });
    expect(sandbox.git(repo, 'show', 'main:own.txt')).toBe('mine');
  });

  it('what a person finished after a run that failed', async () => {
    agentRuns('echo half > half.txt; exit 3');
    await run('task.add', { title: 'half' });
    await run('task.run', { task: 'half', wait: true });
    const { worktree = '', status } = await taskOf('half');
    expect(status).toBe('failed');
    sandbox.commit(worktree, { 'half.txt': 'whole\n' }, 'Finish it by hand');
    expect(await run('task.done', { task: 'half' })).toMatchObject({ code: 'ok' });
    expect(await taskOf('half')).toMatchObject({ status: 'done', base: expect.any(String) });
    expect((await taskOf('half')).problem).toBeUndefined();
    expect(await run('task.complete', { task: 'half' })).toMatchObject({ code: 'ok' });
    expect(sandbox.git(repo, 'show', 'main:half.txt')).toBe('whole');
  });
});

describe('what is not done, with what to do first', () => {
  it.each<[string, string, (folder: string) => void, string]>([
    [
      'a file that is not committed',
      'uncommitted',
      (at) => sandbox.write(at, { 'new.txt': 'x\n' }),
      'new.txt',
    ],
    ['an edit', 'uncommitted', (at) => sandbox.write(at, { 'song.txt': 'lala\n' }), 'song.txt'],
    [
      'a merge under way',
      'unfinished-operation',
      (at) => {
        sandbox.commit(repo, { 'song.txt': 'other\n' }, 'Other song');
        expect(() => sandbox.git(at, 'merge', 'main')).toThrow();
      },
      'merge',
    ],
    [
      'a rebase under way',
      'unfinished-operation',
      (at) => {
        sandbox.commit(repo, { 'song.txt': 'other\n' }, 'Other song');
        expect(() => sandbox.git(at, 'rebase', 'main')).toThrow();
      },
      'rebase',
    ],
    [
      'a worktree on another branch',
      'worktree-elsewhere',
      (at) => void sandbox.git(at, 'switch', '-qc', 'aside'),
      'aside',
    ],
    [
      'a worktree on no branch',
      'worktree-elsewhere',
      (at) => void sandbox.git(at, 'switch', '-q', '--detach'),
      'the commit',
    ],
  ])('%s', async (_, code, change, named) => {
    const folder = await adopted('song', { 'song.txt': 'la\n' });
    change(folder);
    const before = [sandbox.git(folder, 'status', '--porcelain'), sandbox.git(repo, 'for-each-ref')];
    const refused = await run('task.done', { task: 'song' });
    expect(refused).toMatchObject({ code, message: expect.stringContaining(named) });
    expect(await taskOf('song')).toMatchObject({ status: 'draft' });
    expect([sandbox.git(folder, 'status', '--porcelain'), sandbox.git(repo, 'for-each-ref')]).toEqual(before);
  });

  it('a branch with nothing that the target lacks, and a task without a branch', async () => {
    const folder = await adopted('empty');
    expect(await run('task.done', { task: 'empty' })).toMatchObject({ code: 'nothing-committed' });
    writeFileSync(join(folder, 'b.txt'), 'b\n');
    expect(await run('task.done', { task: 'empty' })).toMatchObject({ code: 'uncommitted' });
    await run('task.add', { title: 'fresh' });
    expect(await run('task.done', { task: 'fresh' })).toMatchObject({ code: 'no-branch' });
  });

  it('the work of an agent that is still at it', async () => {
    agentRuns('echo a > b.txt; while ! test -e go; do sleep 0.1; done');
    await run('task.add', { title: 'busy' });
    await run('task.run', { task: 'busy' });
    expect(await run('task.done', { task: 'busy' })).toMatchObject({ code: 'still-running' });
    await run('task.stop', { task: 'busy' });
    expect(await taskOf('busy')).toMatchObject({ status: 'ready' });
    expect(await run('task.done', { task: 'busy' })).toMatchObject({ code: 'ok' });
  });
});

describe('an adopted worktree', () => {
  it('is left alone by a wave, and gets an agent when a person names it', async () => {
    agentRuns('echo agent > agent.txt');
    const folder = await adopted('song', { 'song.txt': 'la\n' });
    writeFileSync(join(folder, 'draft.txt'), 'mine\n');
    await run('task.add', { title: 'other' });
    expect((await run('manager.launch', { wait: true })).data).toMatchObject({ launched: ['other'] });
    expect(sandbox.git(folder, 'status', '--porcelain')).toBe('?? draft.txt');
    expect(await taskOf('song')).toMatchObject({ status: 'draft', runIds: [] });
    await run('task.run', { task: 'song', wait: true });
    expect(await taskOf('song')).toMatchObject({ status: 'done', worktree: folder });
    expect(readFileSync(join(folder, 'agent.txt'), 'utf8')).toBe('agent\n');
  });
});

it('a launch and a monitor that land say that nothing was checked, where no checks are configured', async () => {
  agentRuns('echo x > $RANDOM$$.txt');
  const nothing = 'Nothing was checked: no checks are configured.';
  await run('task.add', { title: 'first' });
  const launched = await run('manager.launch', { wait: true, land: true });
  expect(launched.lines).toEqual([expect.stringContaining('landed'), nothing]);
  await run('task.add', { title: 'second' });
  expect((await run('manager.launch', { tasks: ['second'], wait: true })).lines).not.toContain(nothing);
  expect((await run('manager.monitor')).lines).not.toContain(nothing);
  await run('task.add', { title: 'third' });
  await run('manager.launch', { tasks: ['third'], land: true });
  expect((await run('manager.monitor')).lines).toContain(nothing);
  expect(await taskOf('third')).toMatchObject({ status: 'landed' });
});
