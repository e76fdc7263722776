import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CheckConfig } from '../../../../src/domain/store/config.js';
import { outputsOf, validateTask } from '../../../../src/services/landing/validation/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { addWork, openTestSession, type TestSession } from '../../../support/thinking.js';

// Some of these validate four times, each time in a worktree of its own.
jest.setTimeout(120_000);

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const check = (name: string, script: string, more: Partial<CheckConfig> = {}): CheckConfig => ({
  name,
  kind: 'other',
  run: ['sh', '-c', script],
  timeout: '60s',
  when: [],
  ...more,
});

/** A task that adds `src/a.js`. */
async function given(checks: CheckConfig[], env: NodeJS.ProcessEnv = {}, text = '1;\n') {
  const root = sandbox.repo({ 'README.md': 'hello\n', 'main.txt': 'main\n' });
  const session = await openTestSession(sandbox, root, {}, env);
  session.config = {
    ...session.config,
    validator: { ...session.config.validator, policies: {}, max_parallel: 4, checks },
  };
  const task = await addWork(sandbox, session, { title: 'Add a', slug: 'add-a' }, { 'src/a.js': text });
  return { session, task };
}

const note = (name: string) => join(sandbox.root, name);
/** Waits for a file of another check, so that both run at once whatever the machine does. */
const awaiting = (name: string) => `while [ ! -e ${note(name)} ]; do sleep 0.02; done`;
const runsOf = (name: string) => (existsSync(note(name)) ? statSync(note(name)).size : 0);

describe('checks side by side', () => {
  it('run at once where none needs the other, and after what they need', async () => {
    const { session, task } = await given([
      check('left', `touch ${note('left')}; ${awaiting('right')}; echo left`),
      check('right', `touch ${note('right')}; ${awaiting('left')}; echo right`),
      check('after', `test -e ${note('left')} && test -e ${note('right')} && echo both`, {
        needs: ['left', 'right'],
      }),
    ]);
    const { verdict, checks } = await validateTask(session, task);
    expect(verdict).toBe('pass');
    expect(checks.map(({ summary }) => summary)).toEqual(['left', 'right', 'both']);
  });

  it('are not run when what they need is broken, and say so', async () => {
    const { session, task } = await given([
      check('e2e', 'true', { needs: ['test'] }),
      check('build', 'exit 2', { kind: 'build' }),
      check('test', `touch ${note('ran')}`),
      check('lint', 'echo fine', { needs: [] }),
    ]);
    const { verdict, checks } = await validateTask(session, task);
    expect(verdict).toBe('fail');
    expect(checks).toMatchObject([
      { name: 'e2e', status: 'skipped', summary: 'not run: it needs test, which did not pass' },
      { name: 'build', status: 'fail' },
      { name: 'test', status: 'skipped', summary: 'not run: it needs build, which did not pass' },
      { name: 'lint', status: 'pass' },
    ]);
    expect(existsSync(note('ran'))).toBe(false);
  });

  it.each([
    ['changes', 'echo bad > main.txt', 'main.txt', 'error'],
    ['leaves', 'echo bad > stray.txt', 'stray.txt', 'error'],
    // What it did is undone before files are compared; the times of the file still tell.
    ['writes as it was', 'echo main > main.txt', 'main.txt', 'pass'],
  ])('judge no tree that another one %s meanwhile', async (_, write, path, status) => {
    const reader = `printf . >> ${note('reads')}; touch ${note('reading')}; ${awaiting('written')}; cat main.txt`;
    const { session, task } = await given([
      check('writer', `${awaiting('reading')}; ${write}; touch ${note('written')}`),
      check('reader', reader),
    ]);
    const { checks } = await validateTask(session, task);
    expect(checks).toMatchObject([
      { name: 'writer', status },
      { name: 'reader', status: 'pass', summary: 'main' },
    ]);
    if (status === 'error')
      expect(checks[0]!.summary).toContain(`it wrote to the tree that it judges: ${path}`);
    // The first answer was not about the tree that is judged.
    expect(runsOf('reads')).toBe(2);
  });
});

describe('a sparse main worktree', () => {
  it('leaves nothing out of the tree that is judged', async () => {
    const root = sandbox.repo({ 'src/a.txt': 'a\n', 'other/b.txt': 'b\n' });
    const session = await openTestSession(sandbox, root);
    const checks = [check('test', 'cat other/b.txt src/new.txt')];
    session.config = { ...session.config, validator: { ...session.config.validator, policies: {}, checks } };
    const task = await addWork(sandbox, session, { title: 'Add', slug: 'add' }, { 'src/new.txt': 'new\n' });
    sandbox.git(root, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'src');
    expect(existsSync(join(root, 'other'))).toBe(false);
    expect(await validateTask(session, task)).toMatchObject({
      verdict: 'pass',
      checks: [{ summary: 'new' }],
    });
  });
});

describe('what is known of a tree', () => {
  const counting = (name: string, more = '') => `printf . >> ${note(name)}; ${more}`;

  it('is not asked again, but after another definition, another value it sees, or by wish', async () => {
    const { session, task } = await given([check('test', counting('test'), { env: ['FLAVOUR'] })]);
    const validate = async (more: { fresh?: boolean } = {}) =>
      (await validateTask(session, task, more)).checks[0];
    expect(await validate()).not.toHaveProperty('cached');
    expect(await validate()).toMatchObject({ status: 'pass', cached: true });
    expect(runsOf('test')).toBe(1);
    await validate({ fresh: true });
    expect(runsOf('test')).toBe(2);
    session.env = { ...session.env, FLAVOUR: 'sweet' };
    await validate();
    expect(runsOf('test')).toBe(3);
    session.config.validator.checks = [{ ...session.config.validator.checks[0]!, timeout: '61s' }];
    await validate();
    expect(runsOf('test')).toBe(4);
  });

  it('is only a pass: what failed is run again, with what it needs and without what it does not', async () => {
    const { session, task } = await given([
      check('build', counting('build'), { kind: 'build' }),
      check('lint', counting('lint'), { needs: [] }),
      check('test', counting('test', `test -e ${note('mended')}`)),
    ]);
    expect((await validateTask(session, task)).verdict).toBe('fail');
    sandbox.write(sandbox.root, { mended: '' });
    expect((await validateTask(session, task)).verdict).toBe('pass');
    expect([runsOf('build'), runsOf('lint'), runsOf('test')]).toEqual([2, 1, 2]);
    expect((await validateTask(session, task)).checks.every(({ cached }) => cached)).toBe(true);
  });
});

describe('a base that fails by itself', () => {
  const tap = (...lines: string[]) => `${lines.join('\n')}\n1..${lines.length}\n`;
  const old = ['not ok 1 - old', 'ok 2 - second', 'ok 3 - third'];

  it.each<[string, string[], string, string, string]>([
    ['nothing new', old, 'pass', 'pass', '2 passed, 0 new failures, 1 known on main'],
    [
      'a failure',
      [...old, 'not ok 4 - added'],
      'fail',
      'fail',
      '2 passed, 1 new failure, 1 known on main\nadded: it failed',
    ],
    ['fewer tests', old.slice(0, 2), 'fail', 'fail', 'fewer tests ran than on main: 2 of 3'],
  ])(
    'makes work that brings %s no worse than it is, and is run once for each tree',
    async (_, lines, verdict, status, said) => {
      const script = `printf . >> ${note('runs')}; cat results; ! grep -q '^not ok' results`;
      const root = sandbox.repo({ results: tap(...old) });
      const session = await openTestSession(sandbox, root);
      session.config = {
        ...session.config,
        validator: {
          ...session.config.validator,
          policies: { fewer_tests: { level: 'fail' } },
          checks: [check('test', script)],
        },
      };
      const files = { results: tap(...lines), 'test/a.test.js': 'test();\n' };
      const task = await addWork(sandbox, session, { title: 'Add a', slug: 'add-a' }, files);
      const report = await validateTask(session, task);
      expect(report).toMatchObject({ verdict, checks: [{ status, summary: expect.stringContaining(said) }] });
      expect(runsOf('runs')).toBe(2);
      await validateTask(session, task);
      // Only the work is run again, where it has not passed.
      expect(runsOf('runs')).toBe(verdict === 'pass' ? 2 : said.startsWith('fewer') ? 2 : 3);
    },
  );
});

describe('the target', () => {
  it('is asked again without the cache, and it is told when it answers otherwise', async () => {
    // It is up or down by chance; the work is always down.
    const script = `if test -e ${note('up')} && ! test -e src/a.js; then echo 'ok 1 - adds'; echo 1..1; else echo 'not ok 1 - adds'; echo 1..1; exit 1; fi`;
    const { session, task } = await given([{ ...check('test', script), report: 'tap' }]);
    const noted: string[] = [];
    const { emit } = session;
    session.emit = (event) => {
      if (event.type === 'noted') noted.push(event.message);
      emit(event);
    };
    expect(await validateTask(session, task)).toMatchObject({ verdict: 'pass', checks: [{ known: 1 }] });
    sandbox.write(sandbox.root, { up: '' });
    expect(await validateTask(session, task)).toMatchObject({ verdict: 'pass' });
    expect(noted).toEqual([]);
    expect(await validateTask(session, task, { fresh: true })).toMatchObject({ verdict: 'fail' });
    expect(noted).toEqual([
      'The check test is flaky on main: on the same tree it failed before and passes now.',
    ]);
    expect(await validateTask(session, task)).toMatchObject({ verdict: 'fail' });
    expect(noted).toHaveLength(1);
  });
});

describe('coverage of changed lines', () => {
  it('fails work of which too few lines were run, also where the check passed on the tree before', async () => {
    const script =
      'mkdir -p out; printf "SF:src/a.js\\nDA:1,1\\nDA:2,0\\nDA:3,0\\nend_of_record\\n" > out/lcov.info';
    const covers = { ...check('test', script), report: 'lcov:out/lcov.info' };
    const { session, task } = await given([covers], {}, 'one();\ntwo();\nthree();\n');
    const { validator } = session.config;
    const wanting = (min: number) => {
      const policies = { changed_coverage: { level: 'fail' as const, min, ignore: [] } };
      session.config = { ...session.config, validator: { ...validator, policies } };
    };
    expect(await validateTask(session, task)).toMatchObject({ verdict: 'pass' });
    wanting(0.5);
    const report = await validateTask(session, task);
    expect(report).toMatchObject({
      verdict: 'fail',
      checks: [{ summary: expect.stringContaining('1 of 3 changed lines were run, fewer than 50 %') }],
    });
    expect(report.checks[0]).not.toHaveProperty('covered');
    wanting(0.3);
    expect(await validateTask(session, task)).toMatchObject({ verdict: 'pass', checks: [{ cached: true }] });
  });
});

describe('auto-fix', () => {
  it('gets each failure with its place, and stops when an attempt leaves as many', async () => {
    const script =
      "test ! -e src/a.js || ! printf 'src/a.js(1,1): error TS1: bad\\nsrc/a.js(2,1): error TS2: worse\\n'";
    const { session, task } = await given([check('types', script)]);
    const asked: unknown[] = [];
    const fix = async (findings: readonly unknown[]) => asked.push(findings) > 0;
    const report = await validateTask(session, task, { fix });
    expect(asked).toEqual([
      [
        { severity: 'error', path: 'src/a.js', line: 1, message: 'The check "types" failed: TS1: bad' },
        { severity: 'error', path: 'src/a.js', line: 2, message: 'The check "types" failed: TS2: worse' },
      ],
    ]);
    expect(report).toMatchObject({ verdict: 'fail', attempts: 1 });
    expect(report.skipped).toContain('auto-fix: attempt 1 left as many problems');
  });
});

describe('a check', () => {
  it('is run again as configured when it fails, and told as flaky with both outputs', async () => {
    const script = `echo try; test -e ${note('tried')} || { touch ${note('tried')}; exit 4; }`;
    const { session, task } = await given([check('test', script, { retries: 1 })]);
    const { verdict, checks } = await validateTask(session, task);
    expect(verdict).toBe('pass');
    expect(checks).toMatchObject([
      { flaky: 2, summary: 'flaky: it failed (exit code 4) and passed at attempt 2 on the same tree; try' },
    ]);
    expect((await outputsOf(session, task))[0]!.text).toMatch(/^try\n[\s\S]*again[\s\S]*\ntry\n$/);
  });

  it('sees the variables and values that it names, and those that a person lets through', async () => {
    const env = { DATABASE_URL: 'db', CI_SECRET: 's', OTHER: 'o', NODE_OPTIONS: '--no-warnings' };
    const script = 'echo "$DATABASE_URL,$CI_SECRET,$OTHER,$NODE_OPTIONS,$MODE"';
    const { session, task } = await given(
      [check('test', script, { env: ['DATABASE_*', 'NODE_OPTIONS', 'MODE=a=b'] })],
      env,
    );
    session.config = { ...session.config, env_allow: ['OTHER'] };
    expect((await validateTask(session, task)).checks[0]!.summary).toBe('db,,o,,a=b');
  });

  it('may leave the report that it promises, also where git would see it', async () => {
    const script = 'echo \'<testsuite><testcase name="a"/></testsuite>\' > report.xml';
    const { session, task } = await given([check('test', script, { report: 'junit:*.xml' })]);
    expect(await validateTask(session, task)).toMatchObject({
      verdict: 'pass',
      checks: [{ summary: '1 passed' }],
    });
  });

  it('leaves all that it wrote in a file of the person, which is shown without keys', async () => {
    const key = `AKIA${'A'.repeat(16)}`;
    const { session, task } = await given([
      check('lint', 'echo clean'),
      check('test', `seq 1 5000; echo ${key} >&2; exit 1`),
    ]);
    await expect(outputsOf(session, task)).rejects.toMatchObject({ code: 'not-validated' });
    const { checks } = await validateTask(session, task);
    const [bad, ...more] = await outputsOf(session, task);
    expect(more).toEqual([]);
    expect(bad).toMatchObject({ check: 'test', status: 'fail', text: expect.stringMatching(/^1\n2\n/) });
    expect(bad!.text).toContain('\n5000\n');
    expect(bad!.text).not.toContain(key);
    expect(statSync(checks[1]!.output!).mode & 0o777).toBe(0o600);
    expect(readFileSync(checks[1]!.output!, 'utf8')).toContain(key);
    expect(await outputsOf(session, task, 'lint')).toMatchObject([{ text: 'clean\n' }]);
    await expect(outputsOf(session, task, 'nope')).rejects.toMatchObject({ code: 'no-such-check' });
    expect(leftIn(session)).toEqual([]);
  });
});

/** Worktrees of our own that are still there. */
const leftIn = (session: TestSession) =>
  readdirSync(join(session.root, '.git')).includes('worktrees')
    ? readdirSync(join(session.root, '.git', 'worktrees'))
    : [];
