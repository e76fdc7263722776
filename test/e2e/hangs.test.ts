import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Program, programIn } from '../support/program.js';
import { isAlive, until } from '../support/runs.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;
beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
  program = programIn(sandbox, repo);
  await program.run('init');
  await program.run('task', 'add', 'One', '--slug', 'one', '--goal', 'g');
});
afterEach(() => sandbox.cleanup());

const pipeAt = (path: string) => {
  rmSync(path, { recursive: true, force: true });
  execFileSync('mkfifo', [path]);
};

/** Programs that a process has started, by their ids. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

it.each([['status'], ['doctor']])(
  '%s, whose git waits for ever, ends at the first Ctrl-C, and so does that git',
  async (command) => {
    pipeAt(join(repo, '.git/packed-refs'));
    const started = program.start(command);
    // One that is seen so often waits for what is written into the pipe.
    const seen = new Map<number, number>();
    const gits = await until(() => {
      for (const pid of childrenOf(started.pid)) seen.set(pid, (seen.get(pid) ?? 0) + 1);
      const waiting = [...seen].filter(([, times]) => times >= 40).map(([pid]) => pid);
      return waiting.length > 0 ? waiting : undefined;
    });
    started.kill('SIGINT');
    expect((await started.done).code).toBe(130);
    expect(gits.filter(isAlive)).toEqual([]);
  },
);

it('what waits for no one: pipes in the place of files of ours are told, or passed over', async () => {
  const data = join(sandbox.env.XDG_DATA_HOME!, 'codex-agents');
  pipeAt(join(data, 'events.jsonl'));
  expect((await program.run('status')).code).toBe(0);
  const edit = await program.run('task', 'edit', 'one', '--title', 'Z');
  expect([edit.code, edit.stderr]).toEqual([
    1,
    expect.stringContaining('events.jsonl is not a regular file'),
  ]);
  pipeAt(join(data, 'events.jsonl.1'));
  rmSync(join(data, 'events.jsonl'));
  expect((await program.run('task', 'edit', 'one', '--title', 'Z')).code).toBe(0);
});
