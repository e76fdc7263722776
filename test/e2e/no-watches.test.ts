/** A machine on which other programs have used up the watches of files: everything is found by looking. */
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { entry, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startTerm } from '../support/term.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** In a user namespace of its own, where the limit is none. */
const none = ['-Ur', 'sh', '-c', 'echo 0 >/proc/sys/user/max_inotify_instances && exec "$@"', 'sh'];
const without = (cwd: string, env: NodeJS.ProcessEnv, argv: readonly string[]) =>
  spawnSync('unshare', [...none, ...argv], { cwd, env, encoding: 'utf8', timeout: 60_000 });

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

(limited ? it : it.skip)(
  'a screen beside another one shows a new task without a single watch',
  async () => {
    const repo = sandbox.repo();
    const program = programIn(sandbox, repo);
    await program.run('init');
    await program.run('task', 'add', 'First');
    const size = { columns: 110, rows: 30, cwd: repo, env: sandbox.env as Record<string, string> };
    const looks = startTerm(process.execPath, [entry], size);
    try {
      await looks.until('First', 20_000);
      const reads = startTerm('unshare', [...none, process.execPath, entry], size);
      try {
        await reads.until('another codex-agent drives', 20_000);
        await program.run('task', 'add', 'Second');
        await reads.until('Second', 15_000);
      } finally {
        await reads.end();
      }
    } finally {
      await looks.end();
    }
  },
  90_000,
);
