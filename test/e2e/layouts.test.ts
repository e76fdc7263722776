import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
  const config = join(sandbox.root, 'home', 'config', 'codex-agents');
  mkdirSync(config, { recursive: true });
  writeFileSync(
    join(config, 'config.toml'),
    '[runner]\ndefault = "command"\n[runner.command]\nargs = ["sh", "-c", "echo x > new.txt"]\n',
  );
});
afterEach(() => sandbox.cleanup());

const slugs = async (cwd: string) => {
  const { tasks } = (await programIn(sandbox, cwd).run('task', 'list', '--json')).data<{ tasks: Task[] }>();
  return tasks.map(({ slug, status }) => `${slug} ${status}`);
};

it('works in a bare clone with linked worktrees, whatever worktree stands for it', async () => {
  const source = sandbox.repo();
  const proj = join(sandbox.root, 'proj');
  mkdirSync(proj);
  sandbox.git(proj, 'clone', '-q', '--bare', source, join(proj, '.bare'));
  writeFileSync(join(proj, '.git'), 'gitdir: ./.bare\n');
  sandbox.git(proj, 'worktree', 'add', '-q', 'main', 'main');
  sandbox.git(proj, 'worktree', 'add', '-q', '-b', 'other', 'other');
  const main = join(proj, 'main');
  const program = programIn(sandbox, main);
  expect((await program.run('init')).code).toBe(0);
  sandbox.commit(main, {}, 'Set up');
  await program.run('task', 'add', 'One');
  const launched = await program.run('manager', 'launch', '--wait', '--land');
  expect([launched.code, launched.stderr]).toEqual([0, expect.anything()]);
  expect(sandbox.git(main, 'show', 'main:new.txt')).toBe('x');
  expect(sandbox.git(main, 'status', '--porcelain', '--', '.', ':!.codex-agent')).toBe('');
  for (const place of ['main', 'other', '.', '.bare'])
    expect(await slugs(join(proj, place))).toEqual(['one landed']);

  sandbox.git(main, 'switch', '-q', '-c', 'elsewhere');
  sandbox.git(join(proj, 'other'), 'switch', '-q', 'main');
  expect(await slugs(join(proj, 'other'))).toEqual(['one landed']);
});

it('is one repository by its path, through a link and from a folder in it, whatever signs are in its name', async () => {
  const repo = sandbox.repo({ 'a.txt': 'a\n', 'sub/b.txt': 'b\n' }, 'my repo #1 100% wörk');
  const link = join(sandbox.root, 'link');
  symlinkSync(repo, link);
  const program = programIn(sandbox, repo);
  expect((await program.run('init')).code).toBe(0);
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-qm', 'Set up');
  const agent = JSON.stringify(['sh', '-c', 'echo x >> new.txt']);
  await program.run('config', 'set', '--user', 'runner.command.args', agent);
  await program.run('task', 'add', 'One');
  await programIn(sandbox, join(link, 'sub')).run('task', 'add', 'Two', '--depends-on', 'one');
  const launched = await programIn(sandbox, sandbox.root).run(
    '-C',
    link,
    'manager',
    'launch',
    '--wait',
    '--land',
  );
  expect([launched.code, launched.stderr]).toEqual([0, expect.anything()]);
  for (const place of [repo, link, join(link, 'sub')])
    expect(await slugs(place)).toEqual(['one landed', 'two landed']);
});

it.each(['of its own', 'of a submodule'])(
  'lands where the git directory lies elsewhere: %s',
  async (what) => {
    const around = sandbox.repo({ 'r.txt': 'r\n' }, 'around');
    const source = sandbox.repo({ 'a.txt': 'a\n' }, 'source');
    const repo = join(around, 'lib');
    if (what === 'of a submodule') {
      sandbox.git(around, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', source, 'lib');
      sandbox.git(around, 'commit', '-qm', 'Add lib');
      sandbox.git(repo, 'switch', '-q', 'main');
    } else sandbox.git(around, 'clone', '-q', '--separate-git-dir', join(sandbox.root, 'gd'), source, repo);
    const program = programIn(sandbox, repo);
    expect((await program.run('init')).code).toBe(0);
    sandbox.git(repo, 'add', '.codex-agent');
    sandbox.git(repo, 'commit', '-qm', 'Set up');
    await program.run('task', 'add', 'One');
    const launched = await program.run('manager', 'launch', '--wait', '--land');
    expect([launched.code, launched.stderr]).toEqual([0, expect.anything()]);
    expect(sandbox.git(repo, 'show', 'main:new.txt')).toBe('x');
    expect(sandbox.git(repo, 'status', '--porcelain', '--', '.', ':!.codex-agent')).toBe('');
    // The folder of its worktrees lies in the repository around it.
    if (what === 'of a submodule') expect(sandbox.git(around, 'status', '--porcelain')).toBe(' M lib');
  },
);

it.each([
  ['was moved', false],
  ['was moved, and left a link', true],
])('knows a repository that %s, and takes its tasks and worktrees over when asked', async (_, isLinked) => {
  const repo = sandbox.repo();
  const program = programIn(sandbox, repo);
  await program.run('init');
  await program.run('task', 'add', 'One');
  await program.run('task', 'run', 'one', '--wait');
  const moved = join(sandbox.root, 'moved');
  renameSync(repo, moved);
  if (isLinked) symlinkSync(moved, repo);

  const there = programIn(sandbox, moved);
  const told = (await there.run('task', 'list', '--json')).error();
  expect(told).toMatchObject({
    code: 'repository-moved',
    hint: expect.stringContaining(`--moved-from ${repo}`),
  });
  await there.run('init');
  expect(await slugs(moved)).toEqual([]);
  const adopted = await there.run('init', '--moved-from', repo);
  expect([adopted.code, adopted.stderr]).toEqual([0, '']);
  expect(await slugs(moved)).toEqual(['one done']);
  const landed = await there.run('task', 'complete', 'one');
  expect([landed.code, landed.stderr]).toEqual([0, '']);
  expect(sandbox.git(moved, 'show', 'main:new.txt')).toBe('x');
});

it('does not take a copy, or another repository, for one that was moved', async () => {
  const repo = sandbox.repo();
  await programIn(sandbox, repo).run('init');
  await programIn(sandbox, repo).run('task', 'add', 'One');
  const clone = join(sandbox.root, 'clone');
  sandbox.git(sandbox.root, 'clone', '-q', repo, clone);
  const copy = programIn(sandbox, clone);
  expect((await copy.run('task', 'list', '--json')).error().code).toBe('not-initialised');
  const refused = await copy.run('init', '--moved-from', repo, '--json');
  expect(refused.error().code).toBe('not-moved');
});

it('does not go on without a committed configuration that the sparse checkout leaves out', async () => {
  const repo = sandbox.repo({ 'inside/a.txt': 'a\n', 'outside/b.txt': 'b\n' });
  sandbox.git(repo, 'sparse-checkout', 'set', '--cone', 'inside');
  const program = programIn(sandbox, repo);
  const remedy = `git -C ${repo} sparse-checkout add .codex-agent`;
  expect((await program.run('init')).stdout).toContain(remedy);
  sandbox.git(repo, 'add', '--sparse', '.codex-agent');
  sandbox.git(repo, 'commit', '-qm', 'Set up');
  sandbox.git(repo, 'sparse-checkout', 'reapply');
  const asked = await program.run('config', 'get', 'target');
  expect([asked.code, asked.stderr]).toEqual([0, expect.stringContaining(remedy)]);
  await program.run('task', 'add', 'One');
  const refused = await program.run('manager', 'launch', '--wait', '--land', '--json');
  expect([refused.code, refused.error()]).toEqual([
    2,
    expect.objectContaining({ code: 'config-left-out', hint: remedy }),
  ]);

  sandbox.git(repo, 'sparse-checkout', 'add', '.codex-agent');
  expect((await program.run('manager', 'launch', '--wait', '--land')).code).toBe(0);
  expect(await slugs(repo)).toEqual(['one landed']);
});

it('tells a setting in a bare repository, and beside an index that git cannot read', async () => {
  const bare = join(sandbox.root, 'bare.git');
  sandbox.git(sandbox.root, 'init', '-q', '--bare', bare);
  const there = await programIn(sandbox, bare).run('config', 'get', 'runner.default');
  expect([there.code, there.stdout, there.stderr]).toEqual([0, 'command\n', '']);
  const repo = sandbox.repo();
  writeFileSync(join(repo, '.git/index'), 'broken');
  const told = await programIn(sandbox, repo).run('config', 'get', 'runner.default');
  expect([told.code, told.stdout]).toEqual([0, 'command\n']);
  expect(told.stderr).toMatch(
    /^Whether .* left out here cannot be told: .*index file.*The index there is broken\./s,
  );
});
