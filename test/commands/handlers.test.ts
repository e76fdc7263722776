import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { pathsFrom } from '../../src/services/platform/files/paths.js';
import { openRegistry } from '../../src/services/store/registry/index.js';
import { commandsIn } from '../support/commands.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let run: ReturnType<typeof commandsIn>['run'];
let events: ReturnType<typeof commandsIn>['events'];

beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'a.txt': 'one\ntwo\nthree\n' });
  ({ run, events } = commandsIn(sandbox, repo));
  await run('init');
  sandbox.commit(repo, {}, 'Set up');
  const { data } = await run('trust', { show: true });
  await run('trust', { hash: (data as { hash: string }).hash });
});
afterEach(() => sandbox.cleanup());

const tasks = async () => ((await run('task.list')).data as { tasks: Task[] }).tasks;

/** A branch with this text in a.txt, adopted by a task. */
async function branchTask(slug: string, text: string): Promise<void> {
  sandbox.git(repo, 'switch', '-qc', slug);
  sandbox.commit(repo, { 'a.txt': text }, slug);
  sandbox.git(repo, 'switch', '-q', 'main');
  expect(await run('task.add', { title: slug, branch: slug })).toMatchObject({ code: 'ok' });
}

describe('invoking a command', () => {
  it.each([
    ['no.such', {}, {}, 'unknown-command'],
    ['task.show', {}, {}, 'bad-arguments'],
    ['task.show', { task: 'a', colour: 'red' }, {}, 'bad-arguments'],
    ['manager.launch', { maxParallel: 0 }, {}, 'bad-arguments'],
    ['merge.resolve', { task: 'a', strategy: 'luck' }, {}, 'bad-arguments'],
    ['task.remove', { task: 'a' }, { dryRun: true }, 'no-dry-run'],
    ['task.show', { task: 'a' }, {}, 'task-not-found'],
    ['status', { tui: true }, {}, 'no-terminal'],
    ['config.set', { key: 'a', value: '1', user: true, repo: true }, {}, 'bad-flags'],
    ['agents.edit', { name: 'developer', user: true, repo: true }, {}, 'bad-flags'],
    ['session.search', { text: ' ' }, {}, 'nothing-to-find'],
    ['task.edit', { task: 'a' }, {}, 'nothing-to-change'],
    ['task.add', {}, {}, 'input-needed'],
    ['task.add', { title: 'x', budgetCost: 'much' }, {}, 'bad-budget'],
    ['session.approve', { id: 'a', option: 'yes', deny: true }, {}, 'bad-arguments'],
  ])('%s %j %j is refused: %s', async (id, args, flags, code) => {
    const before = await tasks();
    expect((await run(id, args, flags)).code).toBe(code);
    expect(await tasks()).toEqual(before);
  });

  it('tells that it started and how it ended', async () => {
    await run('version');
    await run('no.such');
    expect(events.filter(({ type }) => type.startsWith('command.')).slice(-4)).toMatchObject([
      { type: 'command.started', id: 'version' },
      { type: 'command.ended', id: 'version', ok: true },
      { type: 'command.started', id: 'no.such' },
      { type: 'command.ended', id: 'no.such', ok: false, message: 'no.such: There is no command no.such.' },
    ]);
  });
});

describe('tasks', () => {
  it('are added, changed, listed and removed', async () => {
    expect((await run('task.list')).lines).toEqual([
      'No tasks to list: add one with `codex-agent task add`.',
    ]);
    expect(await run('task.add', { title: 'Port the lexer', goal: 'a\n  b', labels: ['x'] })).toMatchObject({
      lines: ['Added port-the-lexer: Port the lexer'],
    });
    expect(
      await run('task.edit', { task: 'port-the-lexer', priority: 'high', budgetTokens: 100 }),
    ).toMatchObject({
      lines: ['Changed port-the-lexer.'],
    });
    expect(await tasks()).toMatchObject([{ goal: 'a\n  b', priority: 'high', budget: { tokens: 100 } }]);
    expect((await run('task.list', { label: 'x' })).lines).toEqual([
      'port-the-lexer  ○ ready  Port the lexer',
    ]);
    expect((await run('task.list', { status: 'landed' })).lines[0]).toContain('No tasks to list');
    expect((await run('task.remove', { task: 'port-the-lexer' })).lines).toEqual(['Removed port-the-lexer.']);
    expect(await tasks()).toEqual([]);
  });

  it('a dry run shows what would be added, and adds nothing', async () => {
    const shown = await run('task.add', { title: 'Port the lexer' }, { dryRun: true });
    expect(shown.lines).toEqual(['Added port-the-lexer: Port the lexer']);
    expect(await tasks()).toEqual([]);
    expect(existsSync(join(repo, '.codex-agent/tasks/port-the-lexer.md'))).toBe(false);
  });

  it('a dry run of a launch names the tasks that would start now, of those that were named', async () => {
    await run('task.add', { title: 'a' });
    await run('task.add', { title: 'b', dependsOn: ['a'] });
    await run('task.add', { title: 'c' });
    const plan = await run('manager.plan');
    expect(plan.lines).toEqual(['wave 1: a, c', 'wave 2: b']);
    const launch = (names?: string[]) =>
      run('manager.launch', names ? { tasks: names } : {}, { dryRun: true });
    await run('config.set', { key: 'runner.default', value: 'codex' });
    await run('config.set', { key: 'runner.codex.path', value: join(sandbox.root, 'not-there') });
    expect(await launch()).toMatchObject({ code: 'runner-missing' });
    await run('config.set', { key: 'runner.codex.path', value: process.execPath });
    expect((await launch()).lines).toEqual(['Would launch a, c.']);
    expect((await launch(['b'])).lines).toEqual(['Would launch a.']);
    expect((await launch(['c'])).lines).toEqual(['Would launch c.']);
    await run('config.set', { key: 'run.max_parallel', value: '1' });
    expect((await launch()).lines).toEqual(['Would launch a, c, 1 at a time.']);
    expect((await tasks()).every((task) => task.status === 'ready' && task.launch === undefined)).toBe(true);
  });
});

describe('merges', () => {
  it('a check ends with 4 when a task conflicts, and names the path', async () => {
    await branchTask('left', 'one\nLEFT\nthree\n');
    await branchTask('right', 'one\nRIGHT\nthree\n');
    expect(await run('merge.check')).toMatchObject({ exit: 0 });
    const both = await run('merge.check', { all: true, pairs: true, queue: true });
    expect(both.exit).toBe(4);
    expect(both.lines.join('\n')).toMatch(/left × right +✗ conflict +a\.txt \(/);
    expect(both.lines.join('\n')).toContain('queue: 1 of 2 lands; the first that does not is right');
    sandbox.commit(repo, { 'a.txt': 'one\nMAIN\nthree\n' });
    const after = await run('merge.check', { tasks: ['left'] });
    expect(after).toMatchObject({
      exit: 4,
      lines: [
        expect.stringMatching(/^left +✗ conflict +a\.txt \(/),
        'next: codex-agent merge hunks left',
        '  or: codex-agent merge resolve left',
      ],
    });
  });

  it('a review of what was never resolved says so', async () => {
    await branchTask('left', 'x\n');
    expect((await run('merge.review', { task: 'left' })).code).toBe('no-resolution');
  });

  it('a dry run of a landing says what it would merge', async () => {
    expect((await run('merge.land', {}, { dryRun: true })).lines).toEqual(['Nothing is ready to land.']);
  });
});

describe('configuration', () => {
  it('is set, got and shown with its origin', async () => {
    expect((await run('config.get', { key: 'run.max_parallel' })).lines).toHaveLength(1);
    const set = await run('config.set', { key: 'run.max_parallel', value: '3' });
    const [file] = (await run('config.path')).lines;
    expect(set.lines).toEqual([`Set run.max_parallel in ${file}.`]);
    expect(readFileSync(file!, 'utf8')).toContain('max_parallel = 3');
    expect((await run('config.get', { key: 'run.max_parallel' })).lines).toEqual(['3']);
    expect((await run('config.show', { origin: true })).lines.join('\n')).toMatch(
      /^max_parallel = 3 # user: /m,
    );
  });

  it('schemas, completion and version are printed as they are', async () => {
    expect(JSON.parse((await run('schema', { name: 'stub' })).lines.join('\n'))).toMatchObject({
      type: 'object',
    });
    expect((await run('version')).lines).toEqual(['1.2.3']);
    const script = (await run('completion', { shell: 'bash' })).lines.join('\n');
    expect(script).toContain('--depends-on');
    expect((await run('completion', { shell: 'zsh' })).lines.join('\n')).toContain(
      'agents:See, edit and check the agents',
    );
  });
});

describe('worktrees and runs', () => {
  it('a worktree is made, listed, found and removed', async () => {
    await run('task.add', { title: 'a' });
    const [path] = (await run('task.worktree.add', { task: 'a' })).lines;
    expect(existsSync(join(path!, 'a.txt'))).toBe(true);
    expect((await run('task.worktree.path', { task: 'a' })).lines).toEqual([path]);
    expect(
      (await run('task.worktree.list')).lines.some((line) => line.startsWith('a ') && line.endsWith(path!)),
    ).toBe(true);
    expect((await run('task.worktree.remove', { task: 'a' })).lines[0]).toMatch(
      /^Removed the worktree of a\./,
    );
    expect(existsSync(path!)).toBe(false);
    expect((await run('task.worktree.open', { task: 'a' })).code).not.toBe('ok');
  });

  it('a task without a run says how to start one', async () => {
    await run('task.add', { title: 'a' });
    expect(await run('session.show', { id: 'a' })).toMatchObject({
      code: 'no-run',
      message: 'Task a has no run yet.',
    });
    expect((await run('session.list')).lines).toEqual(['No sessions yet.']);
    expect((await run('task.stop', { task: 'a' })).lines).toEqual(['a was not running.']);
    expect((await run('manager.stop')).lines).toEqual(['Nothing was running.']);
  });

  it('status shows the tasks, and with a dashboard makes it look again', async () => {
    let looked = 0;
    const screen = commandsIn(sandbox, repo, { lookAgain: () => (looked += 1) });
    await run('task.add', { title: 'a' });
    expect((await screen.run('status')).lines).toEqual([`${repo}, landing on main`, '○ 1 ready']);
    expect(looked).toBe(1);
    expect((await run('status', { allRepos: true })).lines).toEqual([`${repo}  1 ready`]);
  });

  it('status counts what waits for others as blocked, as the screen does', async () => {
    await run('task.add', { title: 'a' });
    await run('task.add', { title: 'b', dependsOn: ['a'] });
    const { lines, data } = await run('status');
    expect(lines).toEqual([`${repo}, landing on main`, '○ 1 ready   ○ 1 blocked']);
    expect(data).toMatchObject({ tasks: { ready: 2 }, blocked: ['b'] });
  });

  it('status says which tasks are tried again by themselves, when and why', async () => {
    await run('task.add', { title: 'a' });
    await run('task.add', { title: 'b' });
    const wish = { land: false, at: '2026-01-01T00:00:00.000Z', retried: 1 };
    const problem = { code: 'killed', message: 'It is lost.' };
    const again = (task: Task): Task => {
      const notBefore = task.slug === 'a' ? '2999-01-01T10:11:12.000Z' : wish.at;
      return { ...task, problem, launch: { ...wish, notBefore } };
    };
    await openRegistry(pathsFrom(sandbox.env)).update('lose', (file) => ({
      file: { ...file, tasks: file.tasks.map(again) },
      result: undefined,
    }));
    const { lines, data } = await run('status');
    expect(lines).toEqual(
      expect.arrayContaining([
        'a is tried again at 10:11:12 UTC. It is lost.',
        'b is tried again as soon as a process drives, such as `codex-agent manager monitor`. It is lost.',
      ]),
    );
    expect(data).toMatchObject({
      again: [
        { task: 'a', why: 'It is lost.' },
        { task: 'b', at: wish.at },
      ],
    });
  });

  it('status says that nothing is started while the configuration is not what was trusted', async () => {
    expect((await run('status')).lines.join('\n')).not.toContain('not trusted');
    sandbox.commit(repo, { '.codex-agent/config.toml': 'schema = 1\n' }, 'Change what runs');
    const { lines, data } = await run('status');
    expect(lines).toContain(
      '! The configuration of this repository is not trusted, so nothing is started: `codex-agent trust`.',
    );
    expect(data).toMatchObject({ untrusted: true });
  });

  it('status tells documents for coding CLIs that changed, until they are taken as seen', async () => {
    sandbox.commit(repo, { 'docs/AGENTS.md': 'Be kind.\n', '.codex-agent/config.toml': 'schema = 1\n' });
    const { data } = await run('trust', { show: true });
    await run('trust', { hash: (data as { hash: string }).hash });
    sandbox.write(repo, { 'docs/AGENTS.md': 'Be quick.\n' });
    const told = await run('status');
    expect(told.data).toMatchObject({ told: ['docs/AGENTS.md'] });
    expect(told.lines.join('\n')).toContain('Changed since you trusted this repository: docs/AGENTS.md.');
    await run('trust');
    expect((await run('status')).data).not.toHaveProperty('told');
  });
});
