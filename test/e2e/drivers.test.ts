import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let program: Program;
const slugs = ['one', 'two', 'three', 'four'];

beforeEach(async () => {
  sandbox = makeSandbox();
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  program = programIn(sandbox, repo);
  await program.run('init');
  const agent = `echo "$0" >> '${sandbox.root}/starts'; echo "$0" > "$0.txt"`;
  sandbox.write(join(sandbox.env.XDG_CONFIG_HOME!, 'codex-agents'), {
    'config.toml': `[runner]\ndefault = "command"\n[runner.command]\nargs = ${JSON.stringify(['sh', '-c', agent, '{slug}'])}\n`,
  });
  for (const slug of slugs) await program.run('task', 'add', slug, '--slug', slug);
});
afterEach(() => sandbox.cleanup());

describe('two processes that would', () => {
  it('drive together: every agent starts once, and both come to the same end', async () => {
    const [first, second] = [1, 2].map(() => program.start('manager', 'launch', '--wait', '--json'));
    const ended = await Promise.all([first!.done, second!.done]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const starts = readFileSync(join(sandbox.root, 'starts'), 'utf8').trim().split('\n');
    expect(starts.sort()).toEqual([...slugs].sort());
    const { tasks } = (await program.run('task', 'list', '--json')).data<{
      tasks: { slug: string; status: string; runIds: string[] }[];
    }>();
    expect(tasks.map(({ status, runIds }) => [status, runIds.length])).toEqual(slugs.map(() => ['done', 1]));
  }, 60_000);
});
