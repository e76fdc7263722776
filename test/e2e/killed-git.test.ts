import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { gitBefore } from '../support/git-before.js';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let program: Program;
beforeEach(async () => {
  sandbox = makeSandbox();
  program = programIn(sandbox, sandbox.repo());
  await program.run('init', '--yes');
  await program.run('config', 'set', '--user', 'runner.default', '"command"');
  await program.run('config', 'set', '--user', 'runner.command.args', '["sh", "-c", "echo done > done.txt"]');
  await program.run('config', 'set', '--user', 'worktree.spare', '0');
  await program.run('task', 'add', 'Try');
});
afterEach(() => sandbox.cleanup());

const task = async () => (await program.run('task', 'show', 'try', '--json')).data<{ task: Task }>().task;
/** Kills git when it is called for this, as often in a row as there are names. */
const kill = (command: string, ...names: string[]) =>
  gitBefore(
    sandbox,
    `case " $* " in *" ${command} "*) for name in ${names.join(' ')}; do once "$name" && kill -9 $$; done;; esac`,
  );

describe('a step of which git is killed from outside', () => {
  it.each(['worktree add', 'commit-tree', 'update-ref', 'merge-tree', 'for-each-ref', 'merge'])(
    'is taken again, and the task lands: git %s',
    async (command) => {
      kill(command, 'a', 'b');
      const launched = await program.run('manager', 'launch', '--wait', '--land', '--json');
      expect([launched.code, await task()]).toEqual([
        0,
        expect.objectContaining({ status: 'landed', attempts: 1 }),
      ]);
    },
    40_000,
  );

  it('waits for a person when that happens again and again, and says what was killed', async () => {
    kill('worktree add', 'a', 'b', 'c');
    const launched = await program.run('manager', 'launch', '--wait', '--json');
    expect(launched.stdout).toContain('launch: git worktree was killed from outside; trying again (2 of 2)');
    expect([launched.code, (await task()).problem]).toEqual([
      1,
      { code: 'git-failed', message: 'git worktree was killed from outside' },
    ]);
    expect((await program.run('task', 'retry', 'try', '--wait')).code).toBe(0);
  }, 40_000);
});
