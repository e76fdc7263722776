/** A folder that the program is started in and that is not there any more: told in words, never in node's. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { entry, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

it.each([
  ['no command', []],
  ['a command', ['task', 'list']],
  ['a folder beside it', ['-C', 'x', 'task', 'list']],
])('a folder that was removed, with %s', (_, words) => {
  const gone = join(sandbox.root, 'gone');
  mkdirSync(gone);
  const shell = 'rmdir "$PWD" && exec "$@"';
  const argv = ['-c', shell, 'sh', process.execPath, entry, ...words];
  const { status, stderr } = spawnSync('sh', argv, { cwd: gone, env: sandbox.env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringContaining('The folder that you are in does not exist')]);
  expect(stderr).not.toContain('fault');
});

it('with next to no environment, as under cron, it does its work; without a home it says what to do', async () => {
  const repo = sandbox.repo();
  const { PATH, HOME } = sandbox.env;
  const bare = programIn({ env: { PATH, HOME, TERM: 'dumb' } }, repo);
  expect((await bare.run('init')).code).toBe(0);
  await bare.run('config', 'set', '--user', 'runner.default', '"command"');
  await bare.run('config', 'set', '--user', 'runner.command.args', '["sh","-c","echo x > x.txt"]');
  await bare.run('task', 'add', 'One');
  expect((await bare.run('task', 'run', 'one', '--wait')).code).toBe(0);
  const screenless = await bare.run();
  expect([screenless.code, screenless.stdout]).toEqual([0, expect.stringMatching(/^[^\x1b]*1 done/)]);
  const homeless = await programIn({ env: { PATH, HOME: join(sandbox.root, 'none') } }, repo).run('status');
  expect([homeless.code, homeless.stderr]).toEqual([1, expect.stringContaining('`codex-agent init`')]);
});
