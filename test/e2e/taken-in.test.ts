import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;

beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
  program = programIn(sandbox, repo);
  await program.run('init');
  sandbox.commit(repo, {});
  await program.run('config', 'set', '--user', 'runner.default', '"command"');
  await program.run('config', 'set', '--user', 'runner.command.args', '["sh", "-c", "echo one >one.txt"]');
  await program.run('task', 'add', 'One');
});
afterEach(() => sandbox.cleanup());

const task = async () => (await program.run('task', 'show', 'one', '--json')).data<{ task: Task }>().task;

/** Starts the agent, waits for its end, and lets nothing take its work in: it ends after the command that starts it. */
async function endedAlone(): Promise<void> {
  const go = join(sandbox.root, 'go');
  const script = `while [ ! -e ${go} ]; do sleep 0.05; done; echo one >one.txt`;
  await program.run('config', 'set', '--user', 'runner.command.args', JSON.stringify(['sh', '-c', script]));
  expect((await program.run('task', 'run', 'one')).code).toBe(0);
  sandbox.write(sandbox.root, { go: '' });
  await program.run('session', 'show', 'one', '--follow');
  expect((await task()).status).toBe('running');
}

it('a run that ended while nothing drove is told, and taken in by the command that acts on its work', async () => {
  await endedAlone();
  expect((await program.run('status')).stdout).toContain(
    'The agent of one has ended: the next command about its work takes that in, such as `codex-agent task review one`.',
  );
  const done = await program.run('task', 'complete', 'one');
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('one: running → done')]);
  expect(sandbox.git(repo, 'show', 'main:one.txt')).toBe('one');
}, 60_000);

it('is not called at work when it is called done, removed or reviewed', async () => {
  await endedAlone();
  const removed = await program.run('task', 'remove', 'one', '--json');
  expect(removed.error().message).not.toContain('at work');
  expect((await program.run('task', 'done', 'one')).stdout).toContain('one is done');
}, 60_000);

it('work whose branch was deleted after it was squashed by hand counts as landed', async () => {
  await program.run('task', 'run', 'one', '--wait');
  const { branch, worktree, head } = await task();
  expect(head).toBe(sandbox.git(repo, 'rev-parse', branch));
  sandbox.git(repo, 'merge', '-q', '--squash', branch);
  sandbox.git(repo, 'commit', '-q', '-m', 'One (#12)');
  sandbox.git(repo, 'worktree', 'remove', worktree!);
  sandbox.git(repo, 'branch', '-q', '-D', branch);
  expect((await program.run('task', 'complete', 'one')).code).toBe(0);
  expect(await task()).toMatchObject({ status: 'landed', landedAs: sandbox.git(repo, 'rev-parse', 'main') });
}, 60_000);

it('work whose branch is gone names the commit that it was at', async () => {
  await program.run('task', 'run', 'one', '--wait');
  const { branch, worktree, head } = await task();
  rmSync(join(worktree!), { recursive: true });
  sandbox.git(repo, 'worktree', 'prune');
  sandbox.git(repo, 'branch', '-q', '-D', branch);
  const refused = await program.run('task', 'complete', 'one', '--json');
  expect(refused.stdout).toContain(`git branch ${branch} ${head!.slice(0, 12)}`);
  sandbox.git(repo, 'branch', branch, head!.slice(0, 12));
  expect((await program.run('task', 'complete', 'one')).code).toBe(0);
}, 60_000);
