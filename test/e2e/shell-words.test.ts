/** Text that a shell would obey, wherever a person, an agent or a repository may put text. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { endDrivers } from '../support/drivers.js';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;
beforeEach(() => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'a.txt': 'a\n' });
  program = programIn(sandbox, repo);
});
afterEach(async () => {
  await endDrivers(repo);
  sandbox.cleanup();
});

/** Each would make a file called `fired` where a shell obeyed it, or git took it for an option. */
const words = [
  '$(touch fired)',
  '`touch fired`',
  ';touch fired;',
  '|touch fired',
  '&touch fired&',
  "';touch fired;'",
  '";touch fired;"',
  '>fired',
  '<(touch fired)',
  '--exec=touch fired',
  '--upload-pack=touch fired',
  '-oProxyCommand=touch fired',
  '--output=fired',
];
/** Those that git takes for a branch. */
const branches = [
  'x$(touch${IFS}fired)',
  'x`touch${IFS}fired`',
  'x;touch${IFS}fired',
  "x'|touch${IFS}fired",
  'x>fired',
];

it('makes nothing happen as a title, a goal, a branch, a file, a message or an answer', async () => {
  for (const branch of branches) {
    sandbox.git(repo, 'update-ref', `refs/heads/${branch}`, 'main');
  }
  sandbox.git(repo, 'worktree', 'add', '-q', '--detach', join(sandbox.root, 'beside'));
  for (const [at, branch] of branches.entries()) {
    sandbox.git(join(sandbox.root, 'beside'), 'switch', '-q', branch);
    sandbox.commit(
      join(sandbox.root, 'beside'),
      { [`b${at}.txt`]: 'b\n', [words[at]!]: 'w\n' },
      words.join(' '),
    );
  }
  sandbox.git(join(sandbox.root, 'beside'), 'switch', '-q', '--detach');
  await program.run('init');
  const names = join(sandbox.root, 'names');
  writeFileSync(names, `${words.filter((word) => !word.includes('/')).join('\n')}\n`);
  const agent = `while read -r name; do echo x > "./$name"; done < '${names}'; cat '${names}'`;
  const config = join(sandbox.env.XDG_CONFIG_HOME!, 'codex-agents');
  const told = join(sandbox.root, 'told');
  const hook = ['sh', '-c', 'cat >> "$1"', 'sh', told];
  sandbox.write(config, {
    'config.toml': `[runner]\ndefault = "command"\n[runner.command]\nargs = ${JSON.stringify(['sh', '-c', agent])}\n[hooks]\non_run_end = [${JSON.stringify(hook)}]\n[[validator.checks]]\nname = "test"\nrun = ["true"]\n`,
  });
  const said = words.join(' ');
  const text = [
    '--goal',
    `${said}\n${said}`,
    '--acceptance',
    said,
    '--owner',
    words[0]!,
    '--labels',
    words[1]!,
  ];
  const own = await program.run('task', 'add', said.slice(0, 200), '--slug', 'own', ...text);
  expect([own.code, own.stderr]).toEqual([0, '']);
  for (const [at, branch] of branches.entries()) {
    const added = await program.run('task', 'add', words[at]!, '--slug', `b${at}`, '--branch', branch);
    expect([added.code, added.stderr]).toEqual([0, '']);
  }
  for (const slug of words) await program.run('task', 'show', '--', slug);
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-qm', 'Set up');
  const ended = await program.run('task', 'run', 'own', '--wait');
  expect([ended.code, ended.code === 0 ? '' : ended.stderr]).toEqual([0, '']);
  for (const call of [
    ['task', 'validate', 'own'],
    ['merge', 'check', '--all', '--pairs', '--queue'],
    ['merge', 'check', '--branch', branches[0]!, '--into', 'main'],
    ['task', 'worktree', 'add', 'b1'],
    ['task', 'review', 'own'],
    ['merge', 'land', 'own'],
    ['task', 'worktree', 'remove', 'b1', '--force'],
    ['session', 'export', 'own'],
    ['status'],
    ['doctor'],
    ['rescue', 'list'],
  ])
    await program.run(...call);
  expect(sandbox.git(repo, 'show', '--name-only', '--format=', 'main^2')).toContain('touch fired');
  expect(readFileSync(told, 'utf8')).toContain('own');
  const fired = readdirSync(sandbox.root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => basename(path) === 'fired',
  );
  expect(fired).toEqual([]);
}, 120_000);
