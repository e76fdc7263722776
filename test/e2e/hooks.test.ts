/** A person's hooks are told by the program that drives, once each. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let program: Program;
const told = () => join(sandbox.root, 'told.jsonl');

beforeEach(async () => {
  sandbox = makeSandbox();
  const repo = sandbox.repo({ 'README.md': 'hello\n' });
  program = programIn(sandbox, repo);
  sandbox.write(sandbox.root, { 'hook.sh': `#!/bin/sh\ncat >> "${told()}"\n` });
  chmodSync(join(sandbox.root, 'hook.sh'), 0o755);
  await program.run('init');
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-qm', 'Set up codex-agent');
  const agent = 'test "$0" != bad && echo x > "$0.txt"';
  await program.run('config', 'set', 'runner.default', '"command"');
  await program.run('config', 'set', 'runner.command.args', JSON.stringify(['sh', '-c', agent, '{slug}']));
  for (const hook of ['on_attention', 'on_run_end', 'on_land', 'on_limit']) {
    const value = JSON.stringify([[join(sandbox.root, 'hook.sh')]]);
    expect((await program.run('config', 'set', '--user', `hooks.${hook}`, value)).code).toBe(0);
  }
});
afterEach(() => sandbox.cleanup());

it('tells of every run that ended, of a landing, and of what needs the person', async () => {
  for (const title of ['Good', 'Bad']) await program.run('task', 'add', title);
  const { code } = await program.run('manager', 'launch', '--wait', '--land', '--json');
  expect([code, existsSync(told())]).toEqual([5, true]);
  const lines = readFileSync(told(), 'utf8').trim().split('\n');
  const news = lines.map((line) => JSON.parse(line) as { hook: string; task: string });
  expect(news.map(({ hook, task }) => `${hook} ${task}`).sort()).toEqual([
    'on_attention bad',
    'on_land good',
    'on_run_end bad',
    'on_run_end good',
  ]);
  expect(news).toContainEqual(
    expect.objectContaining({ hook: 'on_attention', kind: 'failed', count: 1, title: 'Bad' }),
  );
});
