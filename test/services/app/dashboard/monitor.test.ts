/** What the monitor reads: when work landed, what runs used, how large worktrees are. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { monitorReader } from '../../../../src/services/app/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const asPerson = process.getuid?.() === 0 ? test.skip : test;
const nothing = { tasks: [], runs: {}, worktrees: {} };

test('a commit that git does not know any more hides no other one, and is asked about once', async () => {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const session = await sandbox.session(repo);
  const commit = sandbox.git(repo, 'rev-parse', 'HEAD').trim();
  const made = Number(sandbox.git(repo, 'log', '-1', '--format=%ct').trim()) * 1000;
  const updatedAt = '2020-01-01T00:00:00.000Z';
  const tasks = [
    await sandbox.task(session, 'gone', { status: 'landed', landedAs: '1'.repeat(40), updatedAt }),
    await sandbox.task(session, 'there', { status: 'landed', landedAs: commit, updatedAt }),
  ];
  const asked: string[] = [];
  const run: typeof session.git.run = (args, options) => {
    asked.push(args[0]!);
    return session.git.run(args, options);
  };
  const read = monitorReader({ ...session, git: { ...session.git, run } });
  for (let times = 0; times < 2; times++) {
    expect((await read({ ...nothing, tasks })).landings).toEqual([
      { task: 'gone', at: Date.parse(updatedAt) },
      { task: 'there', at: made },
    ]);
  }
  expect(asked).toEqual(['log']);
});

test('a run of an earlier version, which does not tell its end, has not gone on until now', async () => {
  const session = await sandbox.session(sandbox.repo({ 'a.txt': 'a\n' }));
  const at = '2020-01-01T00:00:00.000Z';
  const line = { run: 'a-1', task: 'a', agent: 'developer', at, input: 9, cached: 0, output: 1 };
  sandbox.write(join(session.paths.stateDir, 'spend'), {
    [`${session.repo.id}.jsonl`]: `${JSON.stringify(line)}\n`,
  });
  expect((await monitorReader(session)(nothing)).spends).toEqual([{ ...line, until: at }]);
});

asPerson('a worktree that cannot be read has no size, and hides that of no other one', async () => {
  const repo = sandbox.repo({ 'a.txt': 'a\n', 'closed/b.txt': 'b\n' });
  const session = await sandbox.session(repo);
  const [closed, open] = [join(repo, 'closed'), join(repo, '.git')];
  chmodSync(closed, 0);
  const place = (task: string, path: string) => ({ task, path, branch: task, state: 'ready' as const });
  const worktrees = { closed: place('closed', closed), open: place('open', open) };
  const read = monitorReader(session);
  let disk: object = {};
  for (let tries = 0; tries < 100 && !('open' in disk); tries++) {
    disk = (await read({ ...nothing, worktrees })).disk;
    await sleep(20);
  }
  chmodSync(closed, 0o755);
  expect(disk).toEqual({ open: expect.any(Number) });
});
