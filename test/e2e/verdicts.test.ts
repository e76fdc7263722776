/** Every state in which `task validate` can find a task: verdict, exit code and the command that goes on, as data. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { commandsIn } from '../support/commands.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { commitOn } from '../support/thinking.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;
let run: ReturnType<typeof commandsIn>['run'];
let server: ModelServer;

/** What the reason, or a line below the verdict, has to say. */
interface Answer {
  verdict: string;
  exit: number;
  /** The command, as it begins; '' where nothing stops the person. */
  next: string;
  says?: string;
}

interface State extends Answer {
  /** What the branch changes. */
  files?: Record<string, string>;
  /** Configuration of the person. */
  config?: string;
  /** Happens after the branch was made and its task added. */
  before?: (slug: string) => unknown;
  after?: () => unknown;
}

const check = (script: string, more = '') =>
  `[[validator.checks]]\nname = "test"\nkind = "test"\nrun = ["sh", "-c", ${JSON.stringify(script)}]\n${more}`;
const coverageWanted = '[validator.policies.changed_coverage]\nlevel = "fail"\n';
const model = (url: string) => `[model]\nbase_url = "${url}"\nmodel = "test"\nconnect_timeout = "2s"\n`;
const edited = { 'shared.txt': 'of the task\n' };
const editTarget = () => sandbox.commit(repo, { 'shared.txt': `of the target ${Date.now()}\n` }, 'Edit');
const moved = (branch: string) =>
  `git update-ref refs/heads/${branch} $(git -c user.name=x -c user.email=x commit-tree -p ${branch} -m more ${branch}^{tree})`;

const adder = (sum: string, three: number) => ({
  'adder.js': `export const add = (a, b) => ${sum};\n`,
  'adder.test.js': `it('adds', () => {\n  expect(add(1, 2)).toBe(${three});\n});\n`,
});

const states: [string, () => State][] = [
  ['a check that holds', () => ({ config: check('true'), verdict: 'pass', exit: 0, next: '' })],
  [
    'a check that fails',
    () => ({
      config: check('echo no; exit 1'),
      verdict: 'fail',
      exit: 3,
      next: 'task review',
      says: 'fail test',
    }),
  ],
  [
    'a policy that is broken',
    () => ({
      config: check('true'),
      files: { 'a.js': '<<<<<<< a\n1\n=======\n2\n>>>>>>> b\n' },
      ...{ verdict: 'fail', exit: 3, next: 'task review', says: 'fail conflict_markers' },
    }),
  ],
  [
    'a finding of severity error',
    () => ({
      config: model(server.url),
      ...{ verdict: 'fail', exit: 3, next: 'task review', says: 'error finding.txt:1 wrong' },
      files: { 'finding.txt': 'x\n' },
    }),
  ],
  [
    'a check that cannot be run',
    () => ({
      config: check('true').replace('"sh"', '"no-such-program"'),
      ...{ verdict: 'error', exit: 8, next: 'task validate', says: 'error test' },
    }),
  ],
  [
    'a check that takes too long',
    () => ({
      config: check('sleep 30', 'timeout = "200ms"\n'),
      ...{ verdict: 'error', exit: 8, next: 'task validate', says: 'took longer' },
    }),
  ],
  [
    'a check that writes',
    () => ({
      config: check('echo more >> shared.txt'),
      ...{ verdict: 'error', exit: 8, next: 'task validate', says: 'shared.txt' },
    }),
  ],
  [
    'a check that fails beside one that cannot be run',
    () => ({
      config:
        check('exit 1') + check('true').replace('"sh"', '"no-such-program"').replace('"test"', '"lint"'),
      ...{ verdict: 'error', exit: 8, next: 'task validate' },
    }),
  ],
  [
    'a model that is not there',
    () => ({
      config: check('true') + model('http://127.0.0.1:1/v1'),
      ...{ verdict: 'error', exit: 8, next: 'task validate' },
    }),
  ],
  [
    'a conflict',
    () => ({
      config: check('true'),
      files: edited,
      before: editTarget,
      ...{ verdict: 'conflict', exit: 4, next: 'merge resolve', says: 'shared.txt' },
    }),
  ],
  [
    'a conflict, and no checks',
    () => ({
      files: edited,
      before: editTarget,
      ...{ verdict: 'conflict', exit: 4, next: 'merge resolve', says: 'shared.txt' },
    }),
  ],
  [
    'a conflict, and a check that fails on the branch',
    () => ({
      config: check('exit 1'),
      files: edited,
      before: editTarget,
      ...{ verdict: 'fail', exit: 3, next: 'task review', says: 'conflicts in shared.txt' },
    }),
  ],
  [
    'no checks',
    () => ({ verdict: 'unchecked', exit: 9, next: 'task complete', says: 'no checks configured' }),
  ],
  [
    'no checks, and a policy that warns',
    () => ({
      config: '[validator.policies]\nchanged_lines = { level = "warn", max = 1 }\n',
      files: { 'long.txt': 'a\nb\nc\n' },
      ...{ verdict: 'unchecked', exit: 9, next: 'task complete', says: 'warn changed_lines' },
    }),
  ],
  [
    'checks that look at nothing of it',
    () => ({
      config: check('exit 1', 'when = ["docs/**"]\n'),
      ...{ verdict: 'unchecked', exit: 9, next: 'task complete' },
    }),
  ],
  [
    'nothing that the target lacks',
    () => ({
      config: check('true'),
      before: (slug) => sandbox.git(repo, 'update-ref', `refs/heads/${slug}`, 'main'),
      ...{ verdict: 'unchanged', exit: 9, next: 'task show' },
    }),
  ],
  [
    'work that was merged by hand',
    () => ({
      config: check('true'),
      before: (slug) => sandbox.git(repo, 'merge', '-q', '--no-ff', '-m', 'Merge', slug),
      ...{ verdict: 'unchanged', exit: 9, next: 'task show' },
    }),
  ],
  [
    'work that was squashed into the target',
    () => ({
      config: check('true'),
      before: (slug) => {
        sandbox.git(repo, 'merge', '-q', '--squash', slug);
        sandbox.git(repo, 'commit', '-qm', 'Squash');
      },
      ...{ verdict: 'unchanged', exit: 9, next: 'task show' },
    }),
  ],
  [
    'a target that moves meanwhile',
    () => ({
      config: check(moved('main')),
      verdict: 'stale',
      exit: 8,
      next: 'task validate',
      says: 'main moved',
    }),
  ],
  [
    'a branch that moves meanwhile',
    () => ({
      config: check(moved('state-20')),
      ...{ verdict: 'stale', exit: 8, next: 'task validate', says: 'state-20 moved' },
    }),
  ],
  [
    'a branch that is gone',
    () => ({
      config: check('true'),
      before: (slug) => sandbox.git(repo, 'update-ref', '-d', `refs/heads/${slug}`),
      ...{ verdict: 'error', exit: 8, next: 'task run', says: 'there is no branch' },
    }),
  ],
  [
    'a worktree with work that is not committed',
    () => ({
      config: check('test ! -e draft.txt'),
      before: async (slug) => {
        const folder = join(sandbox.root, slug);
        sandbox.git(repo, 'worktree', 'add', '-q', folder, slug);
        writeFileSync(join(folder, 'draft.txt'), 'x\n');
      },
      ...{ verdict: 'pass', exit: 0, next: '' },
    }),
  ],
  [
    'weakened tests that a person allowed',
    () => ({
      config: check('true'),
      files: { 'a.test.js': "it('adds', () => {\n  expect(1 + 1).toBe(2);\n});\n" },
      before: async (slug) => {
        sandbox.git(repo, 'merge', '-q', '-m', 'Tests', slug);
        commitOn(sandbox, repo, slug, { 'a.test.js': '\n' });
        expect((await program.run('task', 'validate', slug)).code).toBe(3);
        await program.run('task', 'validate', slug, '--allow', 'weakened_tests');
      },
      ...{ verdict: 'pass', exit: 0, next: '' },
    }),
  ],
  [
    'an expectation that was changed together with the code',
    () => ({
      config: check('true'),
      files: adder('a + b', 3),
      before: (slug) => {
        sandbox.git(repo, 'merge', '-q', '-m', 'Adder', slug);
        commitOn(sandbox, repo, slug, adder('a - b', -1));
      },
      ...{ verdict: 'held', exit: 10, next: 'task review', says: 'held changed_expectations' },
    }),
  ],
  [
    'an expectation that was changed, and a check that fails',
    () => ({
      config: check('exit 1'),
      before: (slug) => commitOn(sandbox, repo, slug, adder('b - a', 1)),
      ...{ verdict: 'fail', exit: 3, next: 'task review', says: 'held changed_expectations' },
    }),
  ],
  [
    'configuration that is not trusted',
    () => ({
      before: () => sandbox.write(repo, { '.codex-agent/config.toml': `schema = 1\n${check('true')}` }),
      after: () => sandbox.git(repo, 'checkout', '-q', '--', '.codex-agent'),
      ...{ verdict: '', exit: 6, next: 'trust' },
    }),
  ],
  [
    'a check that fails beside coverage that no report tells',
    () => ({
      config: check('exit 1') + check('true').replace('"test"', '"lint"') + coverageWanted,
      ...{ verdict: 'fail', exit: 3, next: 'task review', says: 'changed_coverage' },
    }),
  ],
  [
    'coverage that no report tells',
    () => ({
      config: check('true') + coverageWanted,
      ...{ verdict: 'error', exit: 8, next: 'task validate', says: 'changed_coverage' },
    }),
  ],
];

beforeAll(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'shared.txt': 'as it was\n' });
  program = programIn(sandbox, repo);
  ({ run } = commandsIn(sandbox, repo));
  server = await startModelServer(() => ({
    answer: {
      findings: [{ severity: 'error', path: 'finding.txt', line: 1, message: 'wrong' }],
      summary: 'read',
    },
  }));
  await program.run('init');
  sandbox.commit(repo, {}, 'Set up');
});
afterAll(async () => {
  await server.close();
  sandbox.cleanup();
});

/** The person's configuration, and nothing of the one before. */
function configure(text = ''): void {
  const folder = join(sandbox.env.XDG_CONFIG_HOME!, 'codex-agents');
  rmSync(join(folder, 'config.toml'), { force: true });
  if (text !== '') sandbox.write(folder, { 'config.toml': text });
}

describe('a validation of', () => {
  it.each(states.map(([name, make], at) => [name, `state-${at + 1}`, make] as const))(
    '%s',
    async (_, slug, make) => {
      const { files = { [`${slug}.txt`]: 'x\n' }, config, before, after, ...answer } = make();
      configure();
      commitOn(sandbox, repo, slug, files);
      expect(await run('task.add', { title: slug, branch: slug })).toMatchObject({ code: 'ok' });
      sandbox.git(repo, 'add', '-A');
      sandbox.git(repo, 'commit', '-qm', 'Stub');
      configure(config);
      await before?.(slug);
      const { code, stdout, stderr } = await program.run('task', 'validate', slug);
      after?.();
      const said = stdout + stderr;
      expect([code, said]).toEqual([answer.exit, expect.stringContaining(answer.says ?? '')]);
      expect(/^[\w-]+: (\w+)/.exec(stdout)?.[1] ?? '').toBe(answer.verdict);
      if (answer.next === '') expect(stdout).not.toContain('next:');
      else if (answer.verdict === '') expect(said).toContain(`codex-agent ${answer.next}`);
      else expect(stdout).toContain(`next: codex-agent ${answer.next} ${slug}`);
    },
  );

  it('a task that there is not', async () => {
    const { code, stderr } = await program.run('task', 'validate', 'state-l');
    expect([code, stderr]).toEqual([2, expect.stringContaining('state-1')]);
  });

  it('a task whose agent is at work', async () => {
    const script = JSON.stringify(['sh', '-c', 'while ! test -e go; do sleep 0.1; done']);
    configure(`[runner]\ndefault = "command"\n[runner.command]\nargs = ${script}\n${check('true')}`);
    await run('task.add', { title: 'busy' });
    await program.run('task', 'run', 'busy');
    const { code, stdout } = await program.run('task', 'validate', 'busy');
    await program.run('task', 'stop', 'busy');
    expect([code, stdout]).toEqual([
      8,
      expect.stringContaining('busy: error, codex-agent/busy has no commits'),
    ]);
    expect(stdout).toContain('next: codex-agent session show busy --follow');
  });

  it('held work: it lands with an approval of its newest commit, and with no other', async () => {
    configure(check('true'));
    sandbox.commit(repo, adder('a + b', 3), 'Adder');
    commitOn(sandbox, repo, 'held', adder('a - b', -1));
    await run('task.add', { title: 'held', branch: 'held' });
    sandbox.git(repo, 'add', '-A');
    sandbox.git(repo, 'commit', '-qm', 'Stub');
    await program.run('task', 'done', 'held');
    const complete = () => program.run('task', 'complete', 'held', '--yes');
    const refused = async () => {
      const { code, stderr } = await complete();
      expect([code, stderr]).toEqual([10, expect.stringContaining('changed_expectations held')]);
      expect(stderr).toContain('codex-agent task review held --approve');
    };
    await refused();
    expect((await program.run('status')).stdout).toContain('held waits for your approval');
    expect((await program.run('merge', 'land', 'held', '--yes')).stdout).toContain(
      'next: codex-agent task review held',
    );
    expect((await program.run('task', 'validate', 'held', '--auto-fix')).code).toBe(10);
    await program.run('task', 'review', 'held', '--approve');
    expect(sandbox.git(repo, 'show', 'main:adder.js')).toContain('a + b');
    commitOn(sandbox, repo, 'held', { 'more.txt': 'x\n' });
    await refused();
    await program.run('task', 'review', 'held', '--approve');
    const { task } = (await program.run('task', 'show', 'held', '--json')).data<{ task: Task }>();
    expect(task).not.toHaveProperty('problem');
    expect(task.validation).toMatchObject({ verdict: 'unchecked', summary: 'approved, and not checked yet' });
    expect((await complete()).code).toBe(0);
    expect(sandbox.git(repo, 'show', 'main:adder.js')).toContain('a - b');
  });
});
