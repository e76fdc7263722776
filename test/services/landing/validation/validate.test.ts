import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../../src/domain/landing/validation.js';
import type { CheckConfig } from '../../../../src/domain/store/config.js';
import { landTasks } from '../../../../src/services/landing/train/index.js';
import { runChecks, validateTask } from '../../../../src/services/landing/validation/index.js';
import { treeReader } from '../../../../src/services/platform/git/trees.js';
import { requireTask } from '../../../../src/services/store/tasks/index.js';
import { check, given, sandbox } from '../../../support/judged-task.js';
import { commitOn } from '../../../support/thinking.js';

describe('checks', () => {
  it('run on the merged tree: the work of both sides is there, and nothing of it moves', async () => {
    const { session, task } = await given({ checks: [check(['grep', '-h', '.', 'src/a.js', 'main.txt'])] });
    const before = sandbox.git(session.root, 'for-each-ref');
    const report = await validateTask(session, task);
    expect(report).toMatchObject({
      task: 'add-a',
      verdict: 'pass',
      checks: [{ name: 'test', kind: 'test', status: 'pass', summary: 'new' }],
      target: sandbox.git(session.root, 'rev-parse', 'main'),
      head: sandbox.git(session.root, 'rev-parse', task.branch),
      skipped: [expect.stringContaining('no model configured')],
    });
    expect(sandbox.git(session.root, 'for-each-ref')).toBe(before);
    expect(sandbox.git(session.root, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(await requireTask(session, 'add-a')).toMatchObject({
      status: 'validated',
      validation: { verdict: 'pass', tree: report.tree, summary: '1 check passed' },
    });
    expect(session.events).toContainEqual({ type: 'validation.started', task: 'add-a' });
    expect(session.events).toContainEqual(
      expect.objectContaining({ type: 'validation.finished', task: 'add-a', verdict: 'pass' }),
    );
  });

  it('fail with the tail of what they said, without colours and keys, and all of them run', async () => {
    const script = join(sandbox.root, 'fails.sh');
    writeFileSync(script, `#!/bin/sh\nprintf '\\033[31mbad\\033[0m AKIA${'A'.repeat(16)}\\n\\n'\nexit 3\n`);
    chmodSync(script, 0o755);
    const { session, task } = await given({ checks: [check([script]), check(['true'], { name: 'lint' })] });
    const report = await validateTask(session, { ...task });
    expect(report).toMatchObject({
      verdict: 'fail',
      checks: [{ status: 'fail' }, { name: 'lint', status: 'pass' }],
    });
    expect(report.checks[0]!.summary).toBe('exit code 3\nbad [redacted]');
    expect(await requireTask(session, 'add-a')).toMatchObject({
      status: 'done',
      validation: { verdict: 'fail' },
    });
  });

  it.each<[string, CheckConfig, string]>([
    ['a missing program', check(['no-such-program']), 'no-such-program'],
    ['a check that takes too long', check(['sleep', '30'], { timeout: '200ms' }), 'took longer than 200ms'],
    ['a check that is killed', check(['sh', '-c', 'kill -9 $$']), 'SIGKILL'],
  ])('%s is an error, not a failure', async (_, config, summary) => {
    const { session } = await given({ checks: [config] });
    const results = await runChecks(session, session.root, [], session.signal);
    expect(results).toMatchObject([{ status: 'error', summary: expect.stringContaining(summary) }]);
  });

  it('are judged by their exit code when they leave a process running, which is told and ended', async () => {
    const { session } = await given({});
    const run = ['sh', '-c', 'sleep 60 & echo all good'];
    const results = await runChecks(
      {
        config: { ...session.config, validator: { ...session.config.validator, checks: [check(run)] } },
        env: session.env,
      },
      session.root,
      [],
      session.signal,
    );
    expect(results).toMatchObject([{ status: 'pass', summary: 'all good (it left a process running)' }]);
  });

  it('are skipped where nothing they look at has changed', async () => {
    const checks = [
      check(['true'], { when: ['docs/**'] }),
      check(['true'], { name: 'js', when: ['**/*.js'] }),
    ];
    const { session, task } = await given({ checks });
    expect((await validateTask(session, task)).checks).toMatchObject([
      { status: 'skipped', summary: 'no change in docs/**' },
      { name: 'js', status: 'pass' },
    ]);
  });

  it.each<[string, string, string]>([
    ['formats a file', 'echo "export const a = 2;" > src/a.js', 'src/a.js'],
    ['removes a file', 'rm main.txt', 'main.txt'],
    ['leaves a file', 'echo x > report.xml', 'report.xml'],
    [
      'commits what it wrote',
      'echo 1 > main.txt; git -c user.name=a -c user.email=a commit -qam x',
      'main.txt',
    ],
    ['hides what it wrote', 'git update-index --assume-unchanged main.txt; echo 1 > main.txt', 'main.txt'],
    ['ignores what it wrote', 'echo "*" > .gitignore; echo x > stray', '.gitignore, stray'],
    ['makes a folder of a file', 'rm main.txt; mkdir main.txt; echo x > main.txt/x', 'main.txt'],
    [
      'keeps time and size',
      'touch -r main.txt ../t; echo bad > main.txt; touch -r ../t main.txt; rm ../t',
      'main.txt',
    ],
  ])(
    'that %s is an error that names it, and the next check sees the tree that is judged',
    async (_, run, named) => {
      const same = [
        'sh',
        '-c',
        'test -z "$(ls -A | grep -vxE "README.md|main.txt|src|.git")" && grep -qx new main.txt && cat src/a.js',
      ];
      const checks = [check(['sh', '-c', run]), check(same, { name: 'next' })];
      const { session, task } = await given({ checks });
      const report = await validateTask(session, task);
      expect(report).toMatchObject({
        verdict: 'error',
        checks: [
          {
            status: 'error',
            summary: expect.stringContaining(`it wrote to the tree that it judges: ${named}`),
          },
          { name: 'next', status: 'pass', summary: 'export const a = 1;' },
        ],
      });
    },
  );

  it('may write what is ignored, and judge the candidate though a set-up command wrote to it', async () => {
    const { session, task } = await given({
      checks: [check(['sh', '-c', 'echo x > out.log; cat src/a.js'])],
      files: { '.gitignore': '*.log\n', 'src/a.js': 'export const a = 1;\n' },
    });
    session.config.worktree = { ...session.config.worktree, setup: [['sh', '-c', 'echo bad > src/a.js']] };
    session.config.validator.policies = {};
    const report = await validateTask(session, task);
    expect(report).toMatchObject({ verdict: 'pass', checks: [{ summary: 'export const a = 1;' }] });
  });

  it('see no key, no NODE_OPTIONS and no GIT_ variable', async () => {
    const env = { OPENAI_API_KEY: 'sk-secret', AWS_SECRET_ACCESS_KEY: 'x', NODE_OPTIONS: '--no-warnings' };
    const { session } = await given({ checks: [check(['env'])], env });
    const [result] = await runChecks(
      {
        ...session,
        config: {
          ...session.config,
          validator: { ...session.config.validator, checks: [check(['sh', '-c', 'env; exit 1'])] },
        },
      },
      session.root,
      [],
      session.signal,
    );
    expect(result!.summary).toContain('HOME=');
    expect(result!.summary).not.toMatch(/KEY|NODE_OPTIONS|GIT_/);
  });
});

describe('policies', () => {
  it('judge the task, not what the target did, and no checks at all are said, not hidden', async () => {
    const { session, task } = await given({ files: { '.github/ci.yml': 'evil\n', 'a.js': '>>>>>>> x\n' } });
    const report = await validateTask(session, task);
    expect(report.verdict).toBe('fail');
    expect(report.policies.filter((policy) => policy.status === 'fail')).toMatchObject([
      { name: 'protected_paths', status: 'fail', detail: '.github/ci.yml' },
      { name: 'conflict_markers', status: 'fail', detail: 'a.js:1: >>>>>>> x' },
    ]);
    expect(report.skipped).toContain('checks: no checks configured');
  });
});

describe('an agent that weakens what judges it', () => {
  it('fails by its tests and its checks, though these pass, and a person may allow it by name', async () => {
    const run = ['sh', './check.sh'];
    const test = "it('adds', () => {\n  expect(sum(1, 1)).toBe(2);\n});\n";
    const { session, task } = await given({ checks: [check(run)] });
    const kept = { 'check.sh': 'exit 1\n', 'a.test.js': test };
    commitOn(sandbox, session.root, 'main', kept);
    sandbox.git(session.root, 'update-ref', `refs/heads/${task.branch}`, 'main');
    commitOn(sandbox, session.root, task.branch, { 'check.sh': 'exit 0\n', 'a.test.js': null });
    const report = await validateTask(session, task);
    expect(report).toMatchObject({ verdict: 'fail', checks: [{ status: 'pass' }] });
    expect(report.policies.filter(({ status }) => status === 'fail')).toMatchObject([
      { name: 'weakened_tests', status: 'fail', detail: 'a.test.js:1: the test adds is missing' },
      { name: 'check_definitions', status: 'fail', detail: expect.stringContaining('check.sh') },
    ]);
    const { landed } = await landTasks(session, { tasks: [task.slug] });
    expect(landed).toEqual([]);
    const allowed = { ...task, allowed: ['weakened_tests', 'check_definitions'] };
    expect(await validateTask(session, allowed)).toMatchObject({ verdict: 'pass' });
  });
});

describe('a task', () => {
  it('that was validated goes back to done when it does not pass any more', async () => {
    const { session, task } = await given({ checks: [check(['test', '!', '-e', 'stop'])] });
    await validateTask(session, task);
    expect(await requireTask(session, 'add-a')).toMatchObject({ status: 'validated' });
    commitOn(sandbox, session.root, 'main', { stop: '' });
    await validateTask(session, await requireTask(session, 'add-a'));
    expect(await requireTask(session, 'add-a')).toMatchObject({ status: 'done' });
  });

  it('in conflict is checked as it stands, and the conflict is named', async () => {
    const { session, task } = await given({ checks: [check(['true'])], files: { 'main.txt': 'mine\n' } });
    const report = await validateTask(session, task);
    expect(report.tree).toBe(sandbox.git(session.root, 'rev-parse', `${task.branch}^{tree}`));
    expect(report.skipped).toContainEqual(expect.stringContaining('conflicts in main.txt'));
    expect(report).toMatchObject({ verdict: 'conflict', reason: 'it conflicts with main in main.txt' });
    expect((await requireTask(session, 'add-a')).status).toBe('done');
  });

  it('whose target or branch moved meanwhile is stale, and stays done', async () => {
    const { session, task } = await given({});
    const move = `git update-ref refs/heads/main main~1; git update-ref refs/heads/${task.branch} main`;
    session.config.validator = { ...session.config.validator, checks: [check(['sh', '-c', move])] };
    expect(await validateTask(session, task)).toMatchObject({
      verdict: 'stale',
      reason: `main and ${task.branch} moved while it was validated`,
    });
    expect((await requireTask(session, 'add-a')).status).toBe('done');
  });

  it('that no check looks at is unchecked', async () => {
    const { session, task } = await given({ checks: [check(['true'], { when: ['docs/**'] })] });
    expect((await validateTask(session, task)).verdict).toBe('unchecked');
  });

  it('with nothing of its own, or with no branch, gets no verdict', async () => {
    const { session, task } = await given({ checks: [check(['true'])] });
    sandbox.git(session.root, 'update-ref', `refs/heads/${task.branch}`, 'main');
    expect(await validateTask(session, task)).toMatchObject({
      verdict: 'unchanged',
      reason: expect.stringContaining('nothing that main lacks'),
    });
    sandbox.git(session.root, 'update-ref', '-d', `refs/heads/${task.branch}`);
    expect(await validateTask(session, task)).toMatchObject({ verdict: 'error', checks: [] });
  });

  it('is mended with what was found, as often as allowed, and validated again each time', async () => {
    const { session, task } = await given({ checks: [check(['grep', '-q', 'fixed 2', 'src/a.js'])] });
    const told: string[] = [];
    const fix = async (findings: readonly Finding[]) => {
      told.push(findings.map((found) => found.message).join());
      commitOn(sandbox, session.root, task.branch, { 'src/a.js': `fixed ${told.length}\n` });
      return true;
    };
    expect(await validateTask(session, task, { fix })).toMatchObject({ verdict: 'pass', attempts: 2 });
    expect(told).toEqual([
      expect.stringContaining('"test" failed'),
      expect.stringContaining('"test" failed'),
    ]);
  });

  it('is not mended for ever, and not at all when nothing could be changed', async () => {
    const { session, task } = await given({ checks: [check(['false'])] });
    let asked = 0;
    const always = async () => ++asked > 0;
    expect(await validateTask(session, task, { fix: always })).toMatchObject({
      verdict: 'fail',
      attempts: 2,
    });
    expect(asked).toBe(2);
    expect(await validateTask(session, task, { fix: async () => false })).toMatchObject({ attempts: 1 });
  });
});

it('asks git little for a tree that has passed: nothing twice, and for no worktree', async () => {
  const { session, task } = await given({ checks: [check(['true'])] });
  await validateTask(session, task);
  const asked: string[] = [];
  const run: typeof session.git.run = (args, options) => {
    asked.push(args.join(' '));
    return session.git.run(args, options);
  };
  const git = { ...session.git, run, ...treeReader(run) };
  expect(await validateTask({ ...session, git }, task)).toMatchObject({
    verdict: 'pass',
    checks: [{ cached: true }],
  });
  expect(asked.filter((args, at) => asked.indexOf(args) !== at && !args.startsWith('cat-file'))).toEqual([]);
  expect(asked.length).toBeLessThanOrEqual(10);
  expect(asked.filter((args) => /^(worktree|merge-base|commit-tree)\b/.test(args))).toHaveLength(3);
});
