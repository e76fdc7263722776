import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;

/** Stands in for codex: answers 429 as often as it is told to, then works. */
function fakeCodex(failures: number, message: string): string {
  const path = join(sandbox.root, 'codex');
  writeFileSync(
    path,
    `#!/bin/sh
[ "$1" = --version ] && { echo codex-cli 0.169.0; exit 0; }
[ "$1" = features ] && exit 0
echo run >> "${sandbox.root}/runs"
echo '{"type":"thread.started","thread_id":"t1"}'
echo '{"type":"turn.started"}'
if [ "$(wc -l < "${sandbox.root}/runs")" -le ${failures} ]; then
  echo '{"type":"turn.failed","error":{"message":"${message}"}}'
  exit 1
fi
echo done > done.txt
echo '{"type":"turn.completed","usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":1}}'
`,
  );
  chmodSync(path, 0o755);
  return path;
}

beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
  program = programIn(sandbox, repo);
  await program.run('init');
  await program.run('task', 'add', 'Try');
});
afterEach(() => sandbox.cleanup());

const runs = () => readFileSync(join(sandbox.root, 'runs'), 'utf8').trim().split('\n').length;
const task = async () => (await program.run('task', 'show', 'try', '--json')).data<{ task: Task }>().task;

describe('a run that failed', () => {
  it('for a reason that may pass is started again by itself, in the same worktree', async () => {
    const path = fakeCodex(1, 'exceeded retry limit, last status: 429 Too Many Requests');
    await program.run('config', 'set', 'runner.codex.path', JSON.stringify(path));
    const launched = await program.run('manager', 'launch', '--wait', '--json');
    expect(launched.code).toBe(0);
    expect(launched.stdout).toContain('trying again');
    expect([runs(), await task()]).toEqual([2, expect.objectContaining({ status: 'done', attempts: 2 })]);
  }, 40_000);

  it('since its agent fell silent is started once more, in its conversation', async () => {
    const path = join(sandbox.root, 'codex');
    writeFileSync(
      path,
      `#!/bin/sh
[ "$1" = --version ] && { echo codex-cli 0.169.0; exit 0; }
[ "$1" = features ] && exit 0
case "$*" in *" resume t1 -") echo resumed ;; *) echo fresh ;; esac >> "${sandbox.root}/runs"
echo '{"type":"thread.started","thread_id":"t1"}'
echo '{"type":"turn.started"}'
echo '{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"I look first."}}'
exec sleep 600
`,
    );
    chmodSync(path, 0o755);
    await program.run('config', 'set', 'runner.codex.path', JSON.stringify(path));
    await program.run('config', 'set', '--user', 'run.idle_timeout', '"1s"');
    expect((await program.run('manager', 'launch', '--wait', '--json')).code).toBe(5);
    expect(readFileSync(join(sandbox.root, 'runs'), 'utf8')).toBe('fresh\nresumed\n');
    expect((await task()).problem?.code).toBe('stalled');
  }, 60_000);

  it('is not started again beyond the limit, nor when it was refused', async () => {
    const path = fakeCodex(9, 'unexpected status 401 Unauthorized: no');
    await program.run('config', 'set', 'runner.codex.path', JSON.stringify(path));
    expect((await program.run('manager', 'launch', '--wait', '--json')).code).toBe(5);
    expect([runs(), await task()]).toEqual([
      1,
      expect.objectContaining({ problem: expect.objectContaining({ code: 'auth' }) }),
    ]);

    fakeCodex(9, 'exceeded retry limit, last status: 429 Too Many Requests');
    await program.run('config', 'set', 'run.retries', '0');
    expect((await program.run('task', 'retry', 'try', '--wait', '--json')).code).toBe(5);
    expect([runs(), (await task()).problem?.code]).toEqual([2, 'rate_limit']);
  }, 40_000);
});
