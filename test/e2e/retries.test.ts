import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { endDrivers } from '../support/drivers.js';
import { type Program, programIn } from '../support/program.js';
import { until } from '../support/runs.js';
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

/** Stands in for codex: does its work and these lines of shell, and says that it is done. */
async function agent(more: string): Promise<void> {
  const path = fakeCodex(0, '');
  const text = readFileSync(path, 'utf8').replace('echo done > done.txt', `date +%N > done.txt\n${more}`);
  writeFileSync(path, text);
  await program.run('config', 'set', 'runner.codex.path', JSON.stringify(path));
}

beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
  program = programIn(sandbox, repo);
  await program.run('init');
  await program.run('task', 'add', 'Try');
});
afterEach(async () => {
  await endDrivers(repo);
  sandbox.cleanup();
});

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

  it('without the word of its supervisor is started again, once nothing of it is alive', async () => {
    // Ends its own supervisor first, and leaves a child when it goes; the second one does neither.
    await agent(`if [ "$(wc -l < "${sandbox.root}/runs")" -le 1 ]; then
  kill -9 $PPID
  (exec sleep 600) & echo $! > "${sandbox.root}/child"
else
  kill -0 "$(cat "${sandbox.root}/child")" && echo two at once >> "${sandbox.root}/runs"
fi`);
    const launched = await program.run('manager', 'launch', '--wait', '--json');
    expect(launched.stdout).toContain('its supervisor was killed, and its agent is gone, trying again');
    expect([launched.code, runs(), await task()]).toEqual([
      0,
      2,
      expect.objectContaining({ status: 'done', attempts: 2 }),
    ]);
  }, 40_000);

  it('without the word of its supervisor each time is a loss in the end, whatever its agent says', async () => {
    await agent('kill -9 $PPID');
    await program.run('config', 'set', '--user', 'run.retries', '1');
    expect((await program.run('manager', 'launch', '--wait', '--json')).code).toBe(5);
    expect([runs(), await task()]).toEqual([
      2,
      expect.objectContaining({ status: 'failed', problem: expect.objectContaining({ code: 'killed' }) }),
    ]);
    expect((await program.run('task', 'retry', 'try', '--wait', '--json')).code).toBe(5);
    expect(runs()).toBe(4);
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

describe('a machine that restarts while an agent works', () => {
  it('leaves the files in the worktree, and both commands that it names go on there', async () => {
    const path = join(sandbox.root, 'codex');
    const lines = ['{"type":"thread.started","thread_id":"t1"}', '{"type":"turn.started"}'];
    const end =
      '{"type":"turn.completed","usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":1}}';
    writeFileSync(
      path,
      `#!/bin/sh
[ "$1" = --version ] && { echo codex-cli 0.169.0; exit 0; }
[ "$1" = features ] && exit 0
printf '%s\\n' '${lines.join("' '")}'
[ -e half.txt ] && { case "$*" in *" resume t1 -") echo resumed ;; *) echo afresh ;; esac > done.txt; echo '${end}'; exit; }
echo half > half.txt
exec sleep 600
`,
      { mode: 0o755 },
    );
    await program.run('config', 'set', 'runner.codex.path', JSON.stringify(path));
    const driver = program.start('manager', 'launch', '--wait');
    const worktree = `${repo}.worktrees/try`;
    await until(() => existsSync(join(worktree, 'half.txt')));
    driver.kill('SIGKILL');
    await driver.done;
    const run = join(sandbox.env.XDG_STATE_HOME!, 'codex-agents', 'runs', (await task()).runIds[0]!);
    for (const [file, key] of [
      ['claim.json', 'shim'],
      ['pid.json', 'pid'],
    ] as const)
      process.kill(JSON.parse(readFileSync(join(run, file), 'utf8'))[key], 'SIGKILL');
    const boot = join(sandbox.root, 'boot');
    writeFileSync(boot, 'of another start\n');
    const restarted = programIn(sandbox, repo, { CODEX_AGENTS_BOOT_ID_FILE: boot });
    await restarted.run('manager', 'monitor', '--json');

    const { status, problem } = await task();
    expect([status, problem?.code]).toEqual(['needs-input', 'interrupted']);
    expect(readFileSync(join(worktree, 'half.txt'), 'utf8')).toBe('half\n');
    const named = [...problem!.message.matchAll(/`codex-agent ([^`]+)`/g)].map(([, words]) => words!);
    expect(named).toEqual(['task retry try', 'session resume try']);
    const done = async () => {
      await program.run('manager', 'monitor', '--json');
      return [(await task()).status, readFileSync(join(worktree, 'done.txt'), 'utf8')];
    };
    expect((await program.run(...named[1]!.split(' '))).code).toBe(0);
    expect(await done()).toEqual(['done', 'resumed\n']);
    expect((await program.run(...named[0]!.split(' '))).code).toBe(0);
    expect(await done()).toEqual(['done', 'afresh\n']);
  }, 60_000);
});
