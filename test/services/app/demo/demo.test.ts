import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Agent } from '../../../../src/domain/agents/agent.js';
import { parseDemo } from '../../../../src/domain/agents/transcript/demo.js';
import { plainLines } from '../../../../src/domain/agents/transcript/plain.js';
import { renderEvents } from '../../../../src/domain/agents/transcript/render.js';
import { createFold } from '../../../../src/domain/agents/transcript/report.js';
import { fillHunks, hunksOf, parseConflicts } from '../../../../src/domain/landing/hunks.js';
import { inspectRun, launchRun, prepareRun } from '../../../../src/services/agents/runs/index.js';
import { createDemo, type Demo } from '../../../../src/services/app/demo/create.js';
import { buildDemoAgent } from '../../../support/demo-agent.js';
import { until } from '../../../support/runs.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

const story = join(process.cwd(), 'demo/story.json');
const waves = [
  ['fair-split', 'real-dates'],
  ['settle-up', 'monthly-report'],
  ['csv-export', 'tour-guide'],
];

const agent: Agent = {
  name: 'developer',
  runner: 'demo',
  runnerOrigin: 'default',
  sandbox: 'workspace-write',
  envAllow: [],
  instructions: '',
  timeouts: {},
  layers: [],
};

let sandbox: Sandbox;
let program: string;
beforeAll(async () => {
  sandbox = makeSandbox();
  program = await buildDemoAgent(sandbox.root);
});
afterAll(() => sandbox.cleanup());

/** Plays a task in a folder at full speed, as the runner would. */
function play(cwd: string, task: string, file = story) {
  const { stdout, status } = spawnSync(
    process.execPath,
    [program, '--story', file, '--task', task, '--speed', '0'],
    { cwd, env: { PATH: process.env.PATH, HOME: sandbox.root } },
  );
  const parser = parseDemo();
  const fold = createFold('demo', { terminal: 'event' }, true);
  fold.add(parser.push(stdout));
  fold.add(parser.end());
  return fold.report({ exitCode: status ?? 1 });
}

const testsPass = (cwd: string) =>
  spawnSync(process.execPath, ['--test'], { cwd, env: { PATH: process.env.PATH } }).status === 0;

const make = (name: string): Promise<Demo> =>
  createDemo({ folder: join(sandbox.root, name), env: sandbox.env, speed: 0 });

describe('the sample', () => {
  test('is a clean repository with a passing test suite, six stubs and settings of its own', async () => {
    const { root, tasks } = await make('clean');
    expect(sandbox.git(root, 'status', '--porcelain', '--ignored')).toBe('');
    expect(sandbox.git(root, 'branch', '--show-current')).toBe('main');
    expect(testsPass(root)).toBe(true);
    for (const slug of waves.flat()) expect(existsSync(join(tasks, `${slug}.md`))).toBe(true);
    expect(readFileSync(join(root, '.codex-agent/config.toml'), 'utf8')).toContain('args = ["--speed", "0"]');
  });

  test('made again in the same folder it is found again, work included; something else there is refused', async () => {
    const first = await make('again');
    sandbox.commit(first.root, { 'mine.txt': 'x' });
    const head = sandbox.git(first.root, 'rev-parse', 'HEAD');
    expect(await make('again')).toEqual(first);
    expect(sandbox.git(first.root, 'rev-parse', 'HEAD')).toBe(head);
    mkdirSync(join(sandbox.root, 'taken/tourbook'), { recursive: true });
    await expect(make('taken')).rejects.toMatchObject({ code: 'demo-folder-taken' });
  });

  test('needs no identity and no home of the person', async () => {
    const env = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };
    const { root } = await createDemo({ folder: join(sandbox.root, 'bare'), env, speed: 100 });
    expect(sandbox.git(root, 'log', '-1', '--format=%ae')).toBe('demo@codex-agents.invalid');
  });
});

/** Merges `branch` into main; the one conflict is answered by the story. Returns the conflicted paths. */
function land(root: string, branch: string): string[] {
  const merge = spawnSync(
    'git',
    ['-c', 'merge.conflictStyle=diff3', 'merge', '-q', '--no-ff', '-m', branch, branch],
    {
      cwd: root,
      env: sandbox.env,
    },
  );
  if (merge.status === 0) return [];
  const conflicted = sandbox.git(root, 'diff', '--name-only', '--diff-filter=U').split('\n');
  const { answers } = JSON.parse(readFileSync(story, 'utf8'));
  for (const path of conflicted) {
    const parts = parseConflicts(readFileSync(join(root, path), 'utf8'))!;
    const { hunks } = answers['conflict-resolver'][path] as { hunks: { index: number; content: string }[] };
    expect(hunks.map((hunk) => hunk.index)).toEqual(hunksOf(parts).map((hunk) => hunk.index));
    writeFileSync(
      join(root, path),
      fillHunks(parts, new Map(hunks.map((hunk) => [hunk.index, hunk.content]))),
    );
  }
  sandbox.git(root, 'commit', '-q', '-am', branch);
  return conflicted;
}

describe('the story', () => {
  test('lands whole in either order: one conflict, answered alike, and the sample does what was asked', async () => {
    const { root } = await make('story');
    const conflicts: string[] = [];
    for (const wave of waves) {
      for (const slug of wave) {
        sandbox.git(root, 'switch', '-q', '-c', slug, 'main');
        const report = play(root, slug);
        expect([slug, report.status, report.error]).toEqual([slug, 'completed', undefined]);
        sandbox.commit(root, {}, slug);
      }
      const orders = { reversed: [...wave].reverse(), forward: wave };
      for (const [branch, order] of Object.entries(orders)) {
        sandbox.git(root, 'switch', '-q', '-C', branch, 'main');
        for (const slug of order) for (const path of land(root, slug)) conflicts.push(`${slug}: ${path}`);
      }
      const treeOf = (branch: string) => sandbox.git(root, 'rev-parse', `${branch}^{tree}`);
      expect(treeOf('reversed')).toBe(treeOf('forward'));
      sandbox.git(root, 'switch', '-q', 'main');
      sandbox.git(root, 'merge', '-q', '--ff-only', 'forward');
    }
    expect(conflicts).toEqual(['settle-up: src/cli.js', 'monthly-report: src/cli.js']);
    expect(testsPass(root)).toBe(true);

    const cli = (...args: string[]) =>
      spawnSync(process.execPath, [join(root, 'src/cli.js'), ...args], {
        cwd: sandbox.root,
        encoding: 'utf8',
      }).stdout;
    cli('add', 'kim', '48', 'petrol', '2026-05-02');
    cli('add', 'lou', '12', 'strings, "light"', '2026-06-01');
    expect(cli('settle')).toBe('lou  18.00  → kim\n');
    expect(cli('months')).toBe('2026-05  48.00\n2026-06  12.00\n');
    expect(cli('csv')).toContain('"strings, ""light"""');
  }, 60_000);

  test('is played by the demo runner like any other run', async () => {
    const { root } = await make('run');
    const env = { ...sandbox.env, CODEX_AGENTS_DEMO_AGENT: program, CODEX_AGENTS_DEMO_SPEED: '0' };
    const session = await sandbox.session(root, {}, { env });
    const task = await sandbox.task(session, 'real-dates', { worktree: root, branch: 'main' });
    const intent = await prepareRun(session, { task, agent, prompt: '', attempt: 1 });
    await launchRun(session, intent);
    const view = await until(async () => {
      const found = await inspectRun(session.paths, intent.runId);
      return found.status ? found : undefined;
    });
    expect(view).toMatchObject({ status: 'completed', runner: 'demo', sessionId: 'demo-real-dates' });
    expect(view.finalText).toContain('refuses dates');
    expect(sandbox.git(root, 'status', '--porcelain')).toContain('src/dates.js');
  });

  test('says in its first line that it is scripted, and shows real commands and edits', async () => {
    const { root } = await make('shown');
    const report = play(root, 'fair-split');
    const lines = plainLines(renderEvents(report.events));
    expect(lines[0]).toMatch(/^! Scripted demo: .*No model/);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\$ cat src\/ledger\.js/),
        expect.stringMatching(/^~ edit src\/money\.js/),
        expect.stringMatching(/^\$ node --test test\/split\.test\.js/),
      ]),
    );
    expect(report.edits).toEqual(['src/money.js', 'src/ledger.js', 'test/split.test.js']);
  });

  test('played again in the same worktree it changes nothing more', async () => {
    const { root } = await make('twice');
    play(root, 'fair-split');
    const before = sandbox.git(root, 'diff');
    expect(play(root, 'fair-split').status).toBe('completed');
    expect(sandbox.git(root, 'diff')).toBe(before);
  });

  test.each([
    ['a task it does not know', 'no-such-task', undefined, /has no task no-such-task/],
    ['a failing command', 't', [{ run: ['node', '-e', 'process.exit(3)'] }], /exit code 3/],
    [
      'an edit that fits nowhere',
      't',
      [{ edit: 'README.md', find: 'no such words', replace: 'x' }],
      /0 places/,
    ],
    ['a path outside of the worktree', 't', [{ write: '../out.txt', text: 'x' }], /outside of the worktree/],
  ])('ends as a failure at %s', async (name, task, steps, message) => {
    const { root } = await make(`bad ${name}`);
    const file = join(sandbox.root, 'bad-story.json');
    writeFileSync(file, JSON.stringify({ tasks: { t: { steps: steps ?? [] } } }));
    const report = play(root, task, steps ? file : story);
    expect(report).toMatchObject({ status: 'failed', error: { code: 'other' } });
    expect(report.error?.message).toMatch(message);
    expect(existsSync(join(root, '../out.txt'))).toBe(false);
  });
});
