/** A machine on which other programs have used up the watches of files: everything is found by looking. */
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { entry, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** In a user namespace of its own, where the limit is none. */
const without = (cwd: string, env: NodeJS.ProcessEnv, argv: readonly string[]) =>
  spawnSync(
    'unshare',
    ['-Ur', 'sh', '-c', 'echo 0 >/proc/sys/user/max_inotify_instances && exec "$@"', 'sh', ...argv],
    { cwd, env, encoding: 'utf8', timeout: 60_000 },
  );

const watched = 'require("fs").watch(".").close()';
const limited =
  without('.', process.env, [process.execPath, '-e', watched]).stderr?.includes('EMFILE') === true;

(limited ? it : it.skip)(
  'a task is run to its end without a single watch',
  async () => {
    const repo = sandbox.repo();
    const program = programIn(sandbox, repo);
    await program.run('init');
    await program.run('task', 'add', 'Try');
    const agent = join(sandbox.root, 'agent.sh');
    writeFileSync(agent, '#!/bin/sh\nsleep 1\necho done >done.txt\n');
    chmodSync(agent, 0o755);
    await program.run('config', 'set', 'runner.command.args', JSON.stringify([agent]));
    await program.run('config', 'set', 'runner.default', '"command"');
    const ended = without(repo, sandbox.env, [process.execPath, entry, 'task', 'run', 'try', '--wait']);
    expect([ended.status, ended.stderr]).toEqual([0, expect.not.stringContaining('limit')]);
    expect(sandbox.git(repo, 'show', 'codex-agent/try:done.txt')).toBe('done');
  },
  90_000,
);
