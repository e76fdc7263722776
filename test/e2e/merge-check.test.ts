import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { MergeReport } from '../../src/domain/landing/merge.js';
import { programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
beforeEach(() => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'a.txt': 'one\n' });
  sandbox.git(repo, 'switch', '-q', '-c', 'feat');
  sandbox.commit(repo, { 'a.txt': 'two\n' });
  sandbox.git(repo, 'switch', '-q', 'main');
  sandbox.commit(repo, { 'a.txt': 'three\n' });
});
afterEach(() => sandbox.cleanup());

it('a branch that a task took over is checked like any other', async () => {
  const program = programIn(sandbox, repo);
  await program.run('init');
  expect((await program.run('task', 'add', 'Feat', '--branch', 'feat')).code).toBe(0);
  const checked = await program.run('merge', 'check', '--json');
  expect([checked.code, checked.data<MergeReport>().results]).toMatchObject([
    4,
    [{ task: 'feat', status: 'conflict', conflicts: [{ path: 'a.txt' }] }],
  ]);
});

it('a branch is checked in a repository that is not set up, and nothing is set up by that', async () => {
  const program = programIn(sandbox, repo);
  const checked = await program.run('merge', 'check', '--branch', 'feat', '--into', 'main', '--json');
  expect([checked.code, checked.data<MergeReport>().results]).toMatchObject([4, [{ status: 'conflict' }]]);
  expect(sandbox.git(repo, 'status', '--porcelain', '--ignored')).toBe('');
  expect(existsSync(join(sandbox.env.XDG_DATA_HOME!, 'codex-agents', 'tasks.json'))).toBe(false);
  expect((await program.run('merge', 'check', 'feat')).code).not.toBe(0);
});

it('a clone as a CI has it is asked by remote branch, tag, commit and HEAD, and next is what works there', async () => {
  const clone = join(repo, '..', 'clone');
  sandbox.git(repo, 'tag', 'v1', 'feat');
  sandbox.git(repo, 'clone', '-q', repo, clone);
  sandbox.git(clone, 'switch', '-q', '--detach', 'origin/feat');
  sandbox.git(clone, 'branch', '-D', 'main');
  const program = programIn(sandbox, clone);
  const commit = sandbox.git(clone, 'rev-parse', 'HEAD').trim();
  for (const branch of [
    'origin/feat',
    'v1',
    commit,
    commit.slice(0, 10),
    'HEAD',
    'refs/remotes/origin/feat',
  ]) {
    const checked = await program.run(
      'merge',
      'check',
      '--branch',
      branch,
      '--into',
      'origin/main',
      '--json',
    );
    expect([branch, checked.code, checked.data<MergeReport>()]).toMatchObject([
      branch,
      4,
      { results: [{ task: branch, status: 'conflict', conflicts: [{ path: 'a.txt' }] }] },
    ]);
  }
  const gone = await program.run(
    'merge',
    'check',
    '--branch',
    'origin/gone',
    '--into',
    'origin/main',
    '--json',
  );
  expect([gone.code, gone.data<MergeReport>().results[0]?.status]).toEqual([1, 'unknown']);
  sandbox.git(clone, 'update-ref', 'refs/remotes/origin/a;b', commit);
  const remote = await program.run('merge', 'check', '--branch', 'origin/a;b', '--into', 'origin/main');
  expect(remote.stdout).toContain(
    `next: codex-agent init, then git branch <name> 'origin/a;b' && codex-agent task add "…" --branch <name>`,
  );
  // Nothing is named that wants a set-up, or a task that is not there.
  const told = await programIn(sandbox, repo).run('merge', 'check', '--branch', 'feat', '--into', 'main');
  expect(told.stdout).toContain('next: codex-agent init, then codex-agent task add "…" --branch feat');
  expect(told.stdout).not.toContain('merge resolve');
});

it('without set-up, every local branch that the target does not hold is looked at, and nothing is written', async () => {
  sandbox.git(repo, 'branch', 'landed', 'main');
  sandbox.git(repo, 'switch', '-q', '-c', 'other');
  sandbox.commit(repo, { 'b.txt': 'new\n' });
  sandbox.git(repo, 'switch', '-q', 'main');
  const before = sandbox.git(repo, 'for-each-ref');
  const program = programIn(sandbox, repo);
  const checked = await program.run('merge', 'check', '--json');
  expect([checked.code, checked.data<MergeReport>()]).toMatchObject([
    4,
    {
      lookedAt: 'branches',
      target: 'main',
      results: [
        { task: 'feat', status: 'conflict' },
        { task: 'other', status: 'clean' },
      ],
    },
  ]);
  expect([
    sandbox.git(repo, 'status', '--porcelain', '--ignored'),
    sandbox.git(repo, 'for-each-ref'),
  ]).toEqual(['', before]);
  expect(existsSync(join(sandbox.env.XDG_DATA_HOME!, 'codex-agents', 'tasks.json'))).toBe(false);
});
