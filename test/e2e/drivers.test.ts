import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let program: Program;
const slugs = ['one', 'two', 'three', 'four'];

beforeEach(async () => {
  sandbox = makeSandbox();
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  program = programIn(sandbox, repo);
  await program.run('init');
  // Two starts would leave two lines.
  const agent = `echo "$0" >> "$0.txt"`;
  sandbox.write(join(sandbox.env.XDG_CONFIG_HOME!, 'codex-agents'), {
    'config.toml': `[runner]\ndefault = "command"\n[runner.command]\nargs = ${JSON.stringify(['sh', '-c', agent, '{slug}'])}\n`,
  });
  for (const slug of slugs) await program.run('task', 'add', slug, '--slug', slug);
});
afterEach(() => sandbox.cleanup());

const written = (slug: string) =>
  sandbox.git(join(sandbox.root, 'repo'), 'show', `codex-agent/${slug}:${slug}.txt`);

describe('two processes that would', () => {
  it('drive together: every agent starts once, and both come to the same end', async () => {
    const [first, second] = [1, 2].map(() => program.start('manager', 'launch', '--wait', '--json'));
    const ended = await Promise.all([first!.done, second!.done]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(slugs.map(written)).toEqual(slugs);
    const { tasks } = (await program.run('task', 'list', '--json')).data<{
      tasks: { slug: string; status: string; runIds: string[] }[];
    }>();
    expect(tasks.map(({ status, runIds }) => [status, runIds.length])).toEqual(slugs.map(() => ['done', 1]));
  }, 60_000);
});

describe('a process that drives', () => {
  it('ends with the reason when the registry cannot be written any more, and the next start goes on', async () => {
    const data = join(sandbox.env.XDG_DATA_HOME!, 'codex-agents');
    const hook = join(process.cwd(), 'scripts/bench/lib/faults/hook.mjs');
    const met = join(sandbox.root, 'met');
    writeFileSync(met, '');
    const FAULT = JSON.stringify({ n: 45, mode: 'full', kind: 'write', out: met, below: [data] });
    const argv = ['--import', hook, entry, 'task', 'run', 'one', '--wait'];
    const ended = spawnSync(process.execPath, argv, {
      cwd: join(sandbox.root, 'repo'),
      env: { ...sandbox.env, FAULT },
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(readFileSync(met, 'utf8')).toContain('full');
    expect([ended.signal, ended.status]).toEqual([null, 1]);
    expect(ended.stderr).toContain('The disk is full');
    const { data: result } = await program.run('task', 'show', 'one', '--json');
    const { status } = result<{ task: { status: string } }>().task;
    await program.run(...(status === 'ready' ? ['task', 'run', 'one', '--wait'] : ['manager', 'monitor']));
    expect((await program.run('task', 'list')).stdout).toMatch(/one +◇ done/);
    expect(written('one')).toBe('one');
  }, 60_000);
});
