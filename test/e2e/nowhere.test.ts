/** A folder that the program is started in and that is not there any more: told in words, never in node's. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { entry } from '../support/program.js';
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
