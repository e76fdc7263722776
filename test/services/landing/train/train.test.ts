import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { landTasks, planLanding } from '../../../../src/services/landing/train/index.js';
import { validateTask } from '../../../../src/services/landing/validation/index.js';
import { readReport } from '../../../../src/services/landing/validation/record.js';
import { acquireLock } from '../../../../src/services/platform/files/chain-lock.js';
import { commitOn } from '../../../support/thinking.js';
import { type TrainGround, trainGround } from '../../../support/train.js';

// Each makes a worktree for every run of a check: on a busy machine that takes its time.
jest.setTimeout(180_000);

let ground: TrainGround;
afterEach(() => ground.cleanup());

const git = (...args: string[]) => ground.sandbox.git(ground.root, ...args);
const onMain = () => git('ls-tree', '-r', '--name-only', 'main').split('\n');
const privateWorktrees = () => git('worktree', 'list').split('\n').length - 1;

async function given(slugs: string[], what: Parameters<typeof trainGround>[0] = {}): Promise<TrainGround> {
  ground = await trainGround(what);
  for (const slug of slugs) {
    const bad = slug.startsWith('bad');
    await ground.work(slug, { [bad ? `bad/${slug}` : `work/${slug}`]: `${slug}\n` });
  }
  return ground;
}

describe('a train', () => {
  test('lands all that passes together after one run of the checks', async () => {
    const { session, task } = await given(['a', 'b', 'c']);
    const before = git('rev-parse', 'main');
    const report = await landTasks(session);
    expect(report).toMatchObject({
      target: 'main',
      landed: [{ task: 'a' }, { task: 'b' }, { task: 'c' }],
      refused: [],
      pairs: [],
      checkRuns: 1,
      oneByOne: 3,
    });
    expect(ground.runs()).toBe(1);
    expect(git('log', '--first-parent', '--format=%s', `${before}..main`).split('\n')).toEqual([
      'Merge task c: Do c',
      'Merge task b: Do b',
      'Merge task a: Do a',
    ]);
    expect(git('status', '--porcelain')).toBe('');
    expect(readFileSync(join(ground.root, 'work/c'), 'utf8')).toBe('c\n');
    for (const { task: slug, commit } of report.landed) {
      expect(await task(slug)).toMatchObject({
        status: 'landed',
        landedAs: commit,
        validation: { verdict: 'pass' },
      });
      expect(git('rev-parse', `${commit}^2`)).toBe(git('rev-parse', `refs/codex-agents/done/${slug}`));
    }
    expect(git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe('refs/heads/main');
    expect(privateWorktrees()).toBe(0);
    expect(await landTasks(session)).toMatchObject({ landed: [], refused: [], checkRuns: 0 });
    expect(session.events.filter(({ type }) => type.startsWith('train.')).map(({ type }) => type)).toEqual([
      'train.started',
      'train.tested',
      'train.finished',
    ]);
  });

  test('lands the rest and returns each culprit with its evidence', async () => {
    const { session, task } = await given(['a', 'bad-1', 'b', 'left', 'c', 'right', 'd', 'bad-2'], {
      loud: true,
    });
    const report = await landTasks(session);
    expect(report.landed.map(({ task: slug }) => slug).sort()).toEqual(['a', 'b', 'c', 'd', 'left']);
    expect(report.pairs).toEqual([{ a: 'left', b: 'right', checks: ['test'] }]);
    expect(report.refused).toHaveLength(3);
    for (const slug of ['bad-1', 'bad-2']) {
      expect(report.refused).toContainEqual({
        task: slug,
        code: 'validation',
        reason: 'validation fail: test fail',
        evidence: expect.objectContaining({
          checks: [
            expect.objectContaining({
              name: 'test',
              summary: expect.stringContaining(`broken: bad/${slug}`),
            }),
          ],
          merged: [slug],
        }),
      });
      expect(await task(slug)).toMatchObject({
        status: 'done',
        problem: { code: 'validation' },
        validation: { verdict: 'fail' },
      });
      expect(await readReport(session, await task(slug))).toMatchObject({
        verdict: 'fail',
        checks: [{ status: 'fail' }],
      });
    }
    expect(report.refused).toContainEqual(
      expect.objectContaining({
        task: 'right',
        code: 'together',
        reason: 'passes alone, but with left the check "test" fails',
        evidence: expect.objectContaining({ with: ['left'], merged: ['left', 'right'] }),
      }),
    );
    expect(report.checkRuns).toBe(ground.runs());
    expect(onMain()).toEqual(expect.arrayContaining(['work/a', 'work/b', 'work/c', 'work/d', 'work/left']));
    expect(onMain().filter((path) => /bad|right/.test(path))).toEqual([]);
    expect(git('rev-parse', 'codex-agent/right')).toBeTruthy();
    expect(privateWorktrees()).toBe(0);
  });

  test('of one costs what landing one costs, and nothing when that very tree has passed', async () => {
    const { session, task } = await given(['a', 'bad']);
    expect(await landTasks(session, { tasks: ['bad'] })).toMatchObject({
      landed: [],
      // Before it is blamed, what failed is run once more.
      checkRuns: 2,
      oneByOne: 1,
    });
    await validateTask(session, await task('a'));
    expect(ground.runs()).toBe(3);
    expect(await landTasks(session, { tasks: ['a'] })).toMatchObject({
      landed: [{ task: 'a' }],
      checkRuns: 0,
    });
    expect(ground.runs()).toBe(3);
  });

  test('lands a tree that failed and then passed, and tells that its check is flaky', async () => {
    ground = await trainGround();
    const { sandbox, session } = ground;
    const seen = join(sandbox.root, 'seen');
    const run = ['sh', '-c', `[ -e '${seen}' ] || { touch '${seen}'; exit 1; }`];
    session.config.validator.checks = [{ name: 'test', kind: 'test', run, timeout: '20s', when: [] }];
    for (const slug of ['a', 'b', 'c']) await ground.work(slug);
    expect(await landTasks(session)).toMatchObject({
      landed: [{ task: 'a' }, { task: 'b' }, { task: 'c' }],
      refused: [],
      flaky: [{ tasks: ['a', 'b', 'c'], checks: ['test'] }],
    });
  });

  test('keeps back only what the check cannot be run to its end with, and blames it for no failure', async () => {
    ground = await trainGround();
    await ground.work('a');
    await ground.work('b', { hang: 'x\n' });
    const report = await landTasks(ground.session);
    expect(report.landed).toMatchObject([{ task: 'a' }]);
    expect(report.refused).toMatchObject([
      {
        task: 'b',
        code: 'unknown',
        reason: 'validation error: the check "test" could not be run to the end',
        evidence: { checks: [{ name: 'test', status: 'error' }], merged: ['b'] },
      },
    ]);
    expect(await ground.task('b')).toMatchObject({ status: 'done', validation: { verdict: 'error' } });
  });

  test('names what a check wrote with a task, and tries first whose file that is', async () => {
    ground = await trainGround();
    const { sandbox, session } = ground;
    const run = [
      'sh',
      '-c',
      `echo run >> '${sandbox.root}/runs'; for f in work/*.ugly; do [ -e "$f" ] && echo x > "$f"; done; :`,
    ];
    session.config.validator.checks = [{ name: 'format', kind: 'lint', run, timeout: '20s', when: [] }];
    for (const slug of ['a', 'b', 'c', 'd']) await ground.work(slug);
    await ground.work('e', { 'work/e.ugly': 'y\n' });
    await ground.work('f');
    const report = await landTasks(session);
    expect(report.landed.map(({ task }) => task).sort()).toEqual(['a', 'b', 'c', 'd', 'f']);
    const reason = 'validation error: the check "format" wrote to the tree being judged: work/e.ugly';
    const checks = [{ name: 'format', status: 'error', wrote: ['work/e.ugly'] }];
    expect(report.refused).toMatchObject([{ task: 'e', code: 'unknown', reason, evidence: { checks } }]);
    // All six, the bare target, the five others, then the one alone.
    expect(report.checkRuns).toBeLessThanOrEqual(5);
  });

  test('lands nothing when the check cannot be run at all', async () => {
    const { session } = await given(['a', 'b'], { files: { hang: 'x\n' } });
    const target = git('rev-parse', 'main');
    const report = await landTasks(session);
    expect(report).toMatchObject({ landed: [], checkRuns: 2 });
    expect(report.refused.map(({ code }) => code)).toEqual(['unknown', 'unknown']);
    expect(git('rev-parse', 'main')).toBe(target);
  });

  test('blames nobody when the target fails by itself', async () => {
    const { session } = await given(['a', 'b', 'c'], { files: { 'bad/target': 'x\n' } });
    const report = await landTasks(session);
    expect(report.refused.map(({ code, reason }) => [code, reason])).toEqual(
      ['a', 'b', 'c'].map(() => ['target', 'the check "test" fails on main itself']),
    );
    const mended = await ground.work('mend', { 'bad/target': null });
    expect(await landTasks(session, { tasks: [mended.slug] })).toMatchObject({ landed: [{ task: 'mend' }] });
    expect(await landTasks(session)).toMatchObject({ landed: [{ task: 'a' }, { task: 'b' }, { task: 'c' }] });
  });

  test('judges each task by its own diff before anything is checked', async () => {
    const { session } = await given(['a', 'b']);
    await ground.work('ci', { '.github/workflows/ci.yml': 'on: push\n' });
    const report = await landTasks(session);
    expect(report.landed.map(({ task }) => task)).toEqual(['a', 'b']);
    expect(report.refused).toMatchObject([
      {
        task: 'ci',
        code: 'validation',
        evidence: { policies: [{ name: 'protected_paths', status: 'fail' }] },
      },
    ]);
    expect(report.checkRuns).toBe(1);
  });

  test('without checks lands all that merges', async () => {
    const { session } = await given(['a', 'bad'], { checks: [] });
    expect(await landTasks(session)).toMatchObject({
      landed: [{ task: 'a' }, { task: 'bad' }],
      checkRuns: 0,
      oneByOne: 0,
    });
  });

  test('goes by urgency, and never before a dependency', async () => {
    ground = await trainGround();
    await ground.work('a', undefined, { dependsOn: [] });
    await ground.work('b', undefined, { dependsOn: ['a'], priority: 'urgent' });
    await ground.work('c', undefined, { priority: 'high' });
    const report = await landTasks(ground.session);
    expect(report.landed.map(({ task }) => task)).toEqual(['c', 'a', 'b']);
  });

  test('keeps back what depends on a culprit, or on work that is not done', async () => {
    ground = await trainGround();
    await ground.work('bad', { 'bad/x': 'x\n' });
    await ground.work('needs-bad', undefined, { dependsOn: ['bad'] });
    await ground.work('good');
    const report = await landTasks(ground.session, { tasks: ['bad', 'needs-bad', 'good'] });
    expect(report.landed.map(({ task }) => task)).toEqual(['good']);
    expect(Object.fromEntries(report.refused.map(({ task, code }) => [task, code]))).toEqual({
      bad: 'validation',
      'needs-bad': 'blocked',
    });
    expect(await landTasks(ground.session, { tasks: ['needs-bad'] })).toMatchObject({
      refused: [{ task: 'needs-bad', code: 'blocked', reason: 'waits for bad to land' }],
    });
  });

  test('leaves out what is in conflict with another, and resolves it once that has landed', async () => {
    ground = await trainGround({ files: { 'a.js': 'one();\ntwo();\nthree();\n' } });
    await ground.work('x', { 'a.js': 'one();\ntwo( 2 );\nthree();\n' });
    await ground.work('y', { 'a.js': 'one();\ntwo(2);\nthree();\n', 'work/y': 'y\n' });
    await ground.work('z', { 'a.js': 'one();\nzwei();\nthree();\n' });
    await ground.work('q');
    const report = await landTasks(ground.session);
    expect(report.landed.map(({ task }) => task)).toEqual(['x', 'q', 'y']);
    expect(report.refused).toMatchObject([
      { task: 'z', code: 'conflict', evidence: { conflicts: [{ path: 'a.js', kind: 'contents' }] } },
    ]);
    expect(git('show', 'main:a.js')).toContain('two(2)');
    expect(report.checkRuns).toBe(2);
    expect(git('rev-parse', 'codex-agent/z')).toBeTruthy();
  });

  test('says of each task named why it cannot land, and stops at a name nobody knows', async () => {
    const { session, sandbox } = await given(['a']);
    const [other] = await (await import('../../../../src/services/store/tasks/index.js')).addTasks(
      session,
      [{ title: 'Later', slug: 'later' }],
      { writeStubs: false },
    );
    expect(await landTasks(session, { tasks: ['a', other!.slug] })).toMatchObject({
      landed: [{ task: 'a' }],
      refused: [{ task: 'later', code: 'not-done' }],
    });
    await expect(landTasks(session, { tasks: ['nobody'] })).rejects.toMatchObject({ code: 'task-not-found' });
    expect(sandbox.git(ground.root, 'status', '--porcelain')).toBe('');
  });
});

describe('--dry-run', () => {
  test('shows order and conflicts and leaves the repository as it was', async () => {
    ground = await trainGround({ files: { 'a.js': 'one\ntwo\nthree\n' } });
    await ground.work('x', { 'a.js': 'one\nzwei\nthree\n' });
    await ground.work('y', { 'a.js': 'one\ndeux\nthree\n' }, { priority: 'high' });
    await ground.work('z', undefined, { priority: 'urgent' });
    const state = () =>
      [git('for-each-ref'), git('count-objects', '-v'), git('status', '--porcelain')].join('\n');
    const before = state();
    expect(await planLanding(ground.session, {})).toEqual({
      target: 'main',
      order: ['z', 'y'],
      conflicts: [{ task: 'x', with: 'others', paths: ['a.js'] }],
      refused: [],
      checks: ['test'],
    });
    expect(state()).toBe(before);
    expect(ground.runs()).toBe(0);
  });
});

describe('while people work', () => {
  test('a target that moves under it is built on anew, and nothing is lost', async () => {
    ground = await trainGround();
    const { sandbox, root, session } = ground;
    // The check itself plays the person who commits meanwhile, once.
    const moved = join(sandbox.root, 'moved');
    const run = [
      'sh',
      '-c',
      `[ -e '${moved}' ] || { touch '${moved}'; cd '${root}' && echo mine > mine.txt && git add mine.txt && git commit -qm Mine; }`,
    ];
    session.config.validator.checks = [{ name: 'test', kind: 'test', run, timeout: '20s', when: [] }];
    session.env = { ...session.env };
    await ground.work('a');
    await ground.work('b');
    sandbox.git(root, 'config', 'user.email', 'me@example.com');
    sandbox.git(root, 'config', 'user.name', 'Me');
    const report = await landTasks(session);
    expect(report).toMatchObject({ landed: [{ task: 'a' }, { task: 'b' }], checkRuns: 2 });
    expect(onMain()).toEqual(expect.arrayContaining(['mine.txt', 'work/a', 'work/b']));
    expect(git('log', '--first-parent', '--format=%s', 'main').split('\n')).toContain('Mine');
    expect(existsSync(join(root, 'mine.txt'))).toBe(true);
  });

  test('edits in the way of one task keep that one back, and stay as they are', async () => {
    const { session, sandbox, root } = await given(['a', 'b']);
    await ground.work('readme', { 'README.md': 'by the agent\n' });
    sandbox.write(root, { 'README.md': 'my edit\n' });
    const report = await landTasks(session);
    expect(report.landed.map(({ task }) => task)).toEqual(['a', 'b']);
    expect(report.refused).toMatchObject([
      { task: 'readme', code: 'landing', reason: expect.stringMatching(/^local-changes: README.md/) },
    ]);
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe('my edit\n');
    expect(git('status', '--porcelain')).toBe(' M README.md');
  });

  test('a branch that moves while it is checked stays out, and the others land', async () => {
    ground = await trainGround();
    const { sandbox, root, session } = ground;
    const moved = join(sandbox.root, 'moved');
    const run = [
      'sh',
      '-c',
      `[ -e '${moved}' ] || { touch '${moved}'; git -C '${root}' update-ref refs/heads/codex-agent/b main; }`,
    ];
    session.config.validator.checks = [{ name: 'test', kind: 'test', run, timeout: '20s', when: [] }];
    await ground.work('a');
    await ground.work('b');
    const report = await landTasks(session);
    expect(report.landed.map(({ task }) => task)).toEqual(['a']);
    expect(report.refused).toMatchObject([{ task: 'b', code: 'moved' }]);
  });

  test('one landing at a time: a second waits, and says for whom when that takes too long', async () => {
    const { session } = await given(['a', 'b']);
    const [first, second] = await Promise.all([landTasks(session), landTasks(session)]);
    expect(first.landed.length + second.landed.length).toBe(2);
    const lock = join(session.paths.stateDir, 'landing', `${session.repo.id}.lock.d`);
    const held = await acquireLock(lock, { command: 'land by hand' });
    await expect(landTasks(session, { waitMs: 0 })).rejects.toMatchObject({
      code: 'lock-held',
      message: expect.stringContaining('land by hand'),
    });
    await held.release();
  });
});

describe('what a model resolved', () => {
  test('lands without checks only when a person names it', async () => {
    ground = await trainGround({ checks: [] });
    const { session, sandbox, root } = ground;
    await ground.work('a');
    commitOn(sandbox, root, 'main', { 'other.txt': 'x\n' });
    sandbox.git(root, 'reset', '-q', '--hard');
    const parents = ['-p', git('rev-parse', 'codex-agent/a'), '-p', git('rev-parse', 'main')];
    const tree = git('merge-tree', '--write-tree', 'codex-agent/a', 'main');
    const message = 'Merge main into codex-agent/a\n\nTask: a\nResolved-by: ai\n';
    git('update-ref', 'refs/heads/codex-agent/a', git('commit-tree', tree, ...parents, '-m', message));
    expect(await landTasks(session)).toMatchObject({
      landed: [],
      refused: [{ task: 'a', code: 'unproven' }],
    });
    expect(await landTasks(session, { wanted: ['a'] })).toMatchObject({ refused: [{ code: 'unproven' }] });
    expect(await landTasks(session, { tasks: ['a'] })).toMatchObject({ landed: [{ task: 'a' }] });
  });
});
