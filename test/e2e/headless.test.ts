import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { endDrivers } from '../support/drivers.js';
import { type Program, programIn } from '../support/program.js';
import { until } from '../support/runs.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;

beforeEach(() => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'README.md': 'hello\n', 'check.sh': 'test ! -e bad.txt\n' });
  program = programIn(sandbox, repo);
});
afterEach(async () => {
  await endDrivers(repo);
  sandbox.cleanup();
});

/** A repository set up for an agent that is a shell line; what it writes depends on the task. */
async function setUp(agent: string, ...config: [string, string][]): Promise<void> {
  await program.run('init');
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-qm', 'Set up codex-agent');
  await program.run('config', 'set', 'runner.default', '"command"');
  await program.run('config', 'set', 'runner.command.args', JSON.stringify(['sh', '-c', agent, '{slug}']));
  for (const [key, value] of config) await program.run('config', 'set', '--repo', key, value);
  sandbox.git(repo, 'commit', '-qam', 'Configure', '--allow-empty');
}

const checks = '[{ name = "no bad file", run = ["sh", "check.sh"] }]';
const tasks = async () => (await program.run('task', 'list', '--json')).data<{ tasks: Task[] }>().tasks;
const statuses = async () => Object.fromEntries((await tasks()).map((task) => [task.slug, task.status]));

describe('without a screen', () => {
  it('says what to do in a folder that is no repository, and in one that is not set up', async () => {
    const outside = await programIn(sandbox, sandbox.root).run('task', 'list', '--json');
    expect([outside.code, outside.error().code]).toEqual([1, 'not-a-repository']);
    const fresh = await program.run('task', 'list', '--json');
    expect(fresh.error()).toMatchObject({ code: 'not-initialised', hint: expect.stringContaining('init') });
  });

  it('prints the path of a new worktree, and beside it how it was filled and what stayed behind', async () => {
    await setUp('true');
    sandbox.write(repo, { '.git/info/exclude': '.env\n', '.env': 'SECRET=1\n' });
    await program.run('task', 'add', 'One');
    const added = await program.run('task', 'worktree', 'add', 'one');
    expect(added.stdout).toBe(`${join(sandbox.root, 'repo.worktrees', 'one')}\n`);
    expect(added.stderr).toMatch(
      /^one: worktree ready in .*s by .*, left out: \.env \(may hold secrets\)\n$/,
    );
  });

  it('never reads what could not be told as clean', async () => {
    await setUp('echo x > x.txt');
    await program.run('task', 'add', 'Gone');
    await program.run('task', 'run', 'gone', '--wait');
    await program.run('task', 'worktree', 'remove', 'gone', '--force');
    sandbox.git(repo, 'branch', '-D', 'codex-agent/gone');
    const check = await program.run('merge', 'check', 'gone', '--json');
    expect([check.code, check.data()]).toMatchObject([1, { results: [{ status: 'unknown' }] }]);
    expect((await program.run('-C', '/nowhere', 'task', 'list', '--json')).error().code).toBe('no-folder');
  });

  it('tells of the end of a run once, not again with the next launch', async () => {
    await setUp('echo "$0" > "$0.txt"');
    await program.run('task', 'add', 'One');
    const first = await program.run('manager', 'launch', '--wait', '--json');
    expect(first.stdout.match(/"type":"run.ended"/g)).toHaveLength(1);
    await program.run('task', 'add', 'Two');
    const second = await program.run('manager', 'launch', 'two', '--wait', '--json');
    const ended = second
      .json<{ type: string; run: { task: string } }>()
      .filter(({ type }) => type === 'run.ended');
    expect(ended.map(({ run }) => run.task)).toEqual(['two']);
  });

  it('answers bad usage with exit 2, in JSON too', async () => {
    const wrong = await program.run('task', 'frobnicate', '--json');
    expect([wrong.code, wrong.error().code]).toEqual([2, 'usage']);
  });

  it('adds, shows, edits and removes tasks', async () => {
    await program.run('init');
    const added = await program.run('task', 'add', 'Write the parser', '--goal', 'It parses.', '--json');
    expect(added.data<{ tasks: Task[] }>().tasks[0]).toMatchObject({
      slug: 'write-the-parser',
      status: 'ready',
    });
    await program.run(
      'task',
      'add',
      'Use the parser',
      '--depends-on',
      'write-the-parser',
      '--priority',
      'high',
    );
    const edited = await program.run('task', 'edit', 'use-the-parser', '--title', 'Use it', '--json');
    expect(edited.data<{ task: Task }>().task).toMatchObject({ title: 'Use it', priority: 'high' });
    const refused = await program.run('task', 'remove', 'write-the-parser', '--json');
    expect(refused.code).toBe(1);
    expect(refused.error().message).toContain('use-the-parser');
    expect((await program.run('task', 'remove', 'use-the-parser')).code).toBe(0);
    expect(Object.keys(await statuses())).toEqual(['write-the-parser']);
  });

  it('refuses a dependency that does not exist and a circle, and adds nothing', async () => {
    await program.run('init');
    await program.run('task', 'add', 'A');
    expect(
      (await program.run('task', 'add', 'B', '--depends-on', 'nowhere', '--json')).error().message,
    ).toContain('nowhere');
    await program.run('task', 'add', 'B', '--depends-on', 'a');
    expect((await program.run('task', 'edit', 'a', '--depends-on', 'b', '--json')).error().message).toMatch(
      /a → b → a|b → a → b/,
    );
    expect(Object.keys(await statuses())).toEqual(['a', 'b']);
  });

  it('launches, commits, validates and lands in the order of dependencies', async () => {
    await setUp('ls *.txt > "$0.seen" 2>/dev/null; echo "$0" > "$0.txt"', ['validator.checks', checks]);
    await program.run('task', 'add', 'First');
    await program.run('task', 'add', 'Second', '--depends-on', 'first');
    await program.run('task', 'add', 'Third', '--depends-on', 'second');

    const launched = await program.run('manager', 'launch', '--wait', '--land', '--json');

    expect(launched.code).toBe(0);
    expect(launched.json().at(-1)).toMatchObject({ type: 'result', ok: true });
    expect(await statuses()).toEqual({ first: 'landed', second: 'landed', third: 'landed' });
    // The third saw what the first two had landed, so it started from the target as it was then.
    expect(readFileSync(join(repo, 'third.seen'), 'utf8')).toBe('first.txt\nsecond.txt\n');
    expect(sandbox.git(repo, 'status', '--porcelain')).toMatch(/^(\?\? \.codex-agent\/tasks\/)?$/);
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(sandbox.git(repo, 'log', '--format=%B', 'main')).toContain('Task: third');
  });

  it('leaves finished work on its branch without --land, and lands it on request', async () => {
    await setUp('echo new > "$0.txt"');
    await program.run('task', 'add', 'Alone');
    const before = sandbox.git(repo, 'rev-parse', 'main');
    expect((await program.run('manager', 'launch', '--wait', '--json')).code).toBe(0);
    expect(await statuses()).toEqual({ alone: 'done' });
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(before);
    const completed = await program.run('task', 'complete', 'alone', '--json');
    expect(completed.data()).toMatchObject({ status: 'landed' });
    const types = completed.json().map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['train.started', 'task.landed', 'train.finished']));
    expect(types.at(-1)).toBe('result');
    expect((await program.run('merge', 'land', '--json')).json().at(-1)).toMatchObject({
      type: 'result',
      data: { landed: [], refused: [] },
    });
    expect(existsSync(join(repo, 'alone.txt'))).toBe(true);
  });

  it('returns when it has started, though something is to be landed: that goes on by itself', async () => {
    const slow = '[{ name = "slow", kind = "test", run = ["sh", "-c", "sleep 15"] }]';
    await setUp('echo new > "$0.txt"', ['validator.checks', slow]);
    await program.run('task', 'add', 'Alone');
    await program.run('manager', 'launch', '--wait');
    expect(await statuses()).toEqual({ alone: 'done' });
    const before = performance.now();
    expect((await program.run('manager', 'launch', '--land', '--json')).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(14_000);
    expect(await statuses()).toEqual({ alone: 'done' });
    await until(async () => (await statuses()).alone === 'landed', 40_000);
  }, 90_000);

  it('returns when it has started what is to be landed later: that too goes on by itself', async () => {
    await setUp('sleep 2; echo new > "$0.txt"');
    await program.run('task', 'add', 'First');
    await program.run('task', 'add', 'Second', '--depends-on', 'first');
    expect((await program.run('manager', 'launch', '--land', '--json')).code).toBe(0);
    expect(await statuses()).toEqual({ first: 'running', second: 'ready' });
    // No command of ours drives meanwhile: `task list` only looks.
    await until(async () => (await statuses()).second === 'landed', 60_000);
  }, 90_000);

  it('ends with 3 and lands nothing when a check fails', async () => {
    await setUp('echo oops > bad.txt', ['validator.checks', checks]);
    await program.run('task', 'add', 'Break it');
    const launched = await program.run('manager', 'launch', '--wait', '--land', '--json');
    expect(launched.code).toBe(3);
    expect(await statuses()).toEqual({ 'break-it': 'done' });
    expect(existsSync(join(repo, 'bad.txt'))).toBe(false);
    expect((await program.run('task', 'validate', 'break-it', '--json')).code).toBe(3);
    const { stdout } = await program.run('status');
    expect(stdout).toMatch(/1 with failed checks.*The checks of break-it failed: .*task review break-it/s);
    expect(stdout).not.toMatch(/\d done/);
  });

  it('ends with 5 when an agent fails, and keeps what it wrote', async () => {
    await setUp('echo half > half.txt; exit 7');
    await program.run('task', 'add', 'Try');
    expect((await program.run('manager', 'launch', '--wait', '--land', '--json')).code).toBe(5);
    expect((await tasks())[0]).toMatchObject({ status: 'failed', problem: { message: expect.any(String) } });
    expect(sandbox.git(repo, 'show', 'codex-agent/try:half.txt')).toBe('half');
    const retried = await program.run('task', 'retry', 'try', '--wait', '--json');
    expect(retried.code).toBe(5);
    expect((await tasks())[0]!.runIds).toHaveLength(2);
  });

  it('ends with 4 when two tasks conflict and nothing can resolve it; the first stays landed', async () => {
    await setUp('echo "$0" > same.txt');
    await program.run('task', 'add', 'One');
    await program.run('task', 'add', 'Two');
    expect((await program.run('manager', 'launch', '--wait', '--land', '--json')).code).toBe(4);
    expect(Object.values(await statuses()).sort()).toEqual(['done', 'landed']);
    const check = await program.run('merge', 'check', '--json');
    expect([check.code, check.data<{ results: unknown[] }>().results]).toEqual([
      4,
      [
        expect.objectContaining({
          status: 'conflict',
          conflicts: [expect.objectContaining({ path: 'same.txt' })],
        }),
      ],
    ]);
  });

  it('refuses to land over local edits, and loses none of them', async () => {
    await setUp('echo agent > README.md');
    await program.run('task', 'add', 'Rewrite');
    await program.run('manager', 'launch', '--wait');
    sandbox.write(repo, { 'README.md': 'my own words\n' });
    const refused = await program.run('task', 'complete', 'rewrite', '--json');
    expect(refused.code).toBe(1);
    expect(refused.error().message).toMatch(/local/);
    expect(readFileSync(join(repo, 'README.md'), 'utf8')).toBe('my own words\n');
    sandbox.git(repo, 'checkout', '-q', '--', 'README.md');
    expect((await program.run('task', 'complete', 'rewrite', '--json')).code).toBe(0);
  });

  it('names what was trusted and has landed changed, and goes on once that is trusted', async () => {
    sandbox.commit(repo, { 'AGENTS.md': 'Be kind.\n' });
    await setUp('echo Be quick. >> AGENTS.md');
    await program.run('task', 'add', 'Instruct');
    await program.run('task', 'add', 'Other', '--depends-on', 'instruct');
    const landed = await program.run('manager', 'launch', '--wait', '--land');
    expect(landed.stdout + landed.stderr).toMatch(
      /AGENTS\.md of \S+ is not what you trusted.*codex-agent trust/,
    );
    expect((await statuses()).instruct).toBe('landed');
    const refused = (await program.run('manager', 'launch', '--wait', '--json')).error();
    expect(refused).toMatchObject({ code: 'not-trusted', message: expect.stringContaining('AGENTS.md') });
    const [, hash] = /--hash (\w+)/.exec(refused.hint ?? '')!;
    expect((await program.run('trust', '--hash', hash!)).code).toBe(0);
    expect((await program.run('manager', 'launch', '--wait')).code).toBe(0);
  });

  it('stops a run with everything it started, and keeps its work', async () => {
    await setUp('echo begun > begun.txt; setsid sleep 300 & sleep 300');
    await program.run('task', 'add', 'Slow');
    await program.run('manager', 'launch', '--json');
    await eventually(() => existsSync(join(sandbox.root, 'repo.worktrees/slow/begun.txt')));
    const stopped = await program.run('task', 'stop', 'slow', '--json');
    expect(stopped.data()).toEqual({ task: 'slow', stopped: true });
    expect((await tasks())[0]).toMatchObject({ status: 'ready' });
    expect(sandbox.git(repo, 'show', 'codex-agent/slow:begun.txt')).toBe('begun');
    expect((await program.run('session', 'list', '--json')).data()).toMatchObject({
      sessions: [{ status: 'interrupted' }],
    });
  });

  it('stops runs while the process that drives is suspended, which takes them in when it goes on', async () => {
    await setUp('echo begun > begun.txt; sleep 300');
    await program.run('task', 'add', 'Slow');
    const driver = program.start('manager', 'launch', '--wait', '--json');
    await eventually(() => existsSync(join(sandbox.root, 'repo.worktrees/slow/begun.txt')), 60_000);
    driver.kill('SIGSTOP');
    const stopped = await program.run('manager', 'stop', '--json');
    expect(stopped.data()).toEqual({ stopped: ['slow'], suspended: driver.pid });
    driver.kill('SIGCONT');
    await driver.done;
    expect((await tasks())[0]).toMatchObject({ status: 'ready', problem: { code: 'stopped' } });
    expect(sandbox.git(repo, 'show', 'codex-agent/slow:begun.txt')).toBe('begun');
  }, 120_000);

  it('does not read configuration that nobody has trusted', async () => {
    await setUp('true');
    await program.run('task', 'add', 'Any');
    sandbox.write(repo, { '.codex-agent/config.toml': 'schema = 1\ntarget = "evil"\n' });
    const refused = await program.run('manager', 'launch', '--wait', '--json');
    expect([refused.code, refused.error().code]).toEqual([6, 'not-trusted']);
    const asked = await program.run('trust', '--json');
    expect(asked.code).toBe(7);
    const { hash } = (await program.run('trust', '--show', '--json')).data<{ hash: string }>();
    expect((await program.run('trust', '--hash', hash.replace(/./, 'f'), '--json')).code).not.toBe(0);
    expect((await program.run('trust', '--hash', hash, '--json')).code).toBe(0);
    expect((await program.run('config', 'get', 'target', '--json')).data()).toMatchObject({ value: 'evil' });
  });

  it('keeps its files to itself', async () => {
    await setUp('echo x > x.txt');
    await program.run('task', 'add', 'X');
    await program.run('manager', 'launch', '--wait', '--land');
    const registry = join(sandbox.env.XDG_DATA_HOME!, 'codex-agents', 'tasks.json');
    expect(statSync(registry).mode & 0o777).toBe(0o600);
    const runs = join(sandbox.env.XDG_STATE_HOME!, 'codex-agents', 'runs');
    expect(statSync(runs).mode & 0o777).toBe(0o700);
  });
});

async function eventually(condition: () => boolean, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
