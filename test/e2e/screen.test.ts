import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { identityOf, liveness } from '../../src/services/platform/files/identity.js';
import { entry, type Program, programIn } from '../support/program.js';
import { until } from '../support/runs.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startTerm } from '../support/term.js';

let sandbox: Sandbox;
let folder: string;
let term: ReturnType<typeof startTerm>;
let program: Program;

beforeEach(() => {
  sandbox = makeSandbox();
  folder = join(sandbox.root, 'demo');
  program = programIn(sandbox, join(folder, 'tourbook'));
});
afterEach(() => {
  term.end();
  sandbox.cleanup();
});

/** The dashboard of the built program on the demo's sample, in a real terminal. */
async function open(
  columns: number,
  rows: number,
  speed = 0,
  more: Record<string, string> = {},
): Promise<void> {
  const argv = [entry, 'demo', '--folder', folder, '--speed', String(speed)];
  const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...more } as Record<string, string>;
  term = startTerm(process.execPath, argv, { columns, rows, env, cwd: sandbox.root });
  await term.until('Say who pays whom');
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    term.key(key);
    // A person is slower than an escape sequence; two keys in one read would be one.
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

const esc = '\x1b';

/** Closes an overlay by Esc, and waits until it is gone: the next key would otherwise make a sequence with it. */
async function leave(shown: string): Promise<void> {
  await press(esc);
  await term.until(() => !term.text().includes(shown));
}

const tasks = async () => (await program.run('task', 'list', '--json')).data<{ tasks: Task[] }>().tasks;

/** The demo's first agent asks before it reads the repository's history. */
async function allow() {
  await term.until('wants to run: git log', 30_000);
  await press('A');
  await term.until('Allow (this once)');
  await press('a');
}

describe.each([
  [80, 24],
  [120, 40],
])('the dashboard at %ix%i', (columns, rows) => {
  it('goes from a plan to six landed tasks by its keys, and leaves the terminal as it was', async () => {
    await open(columns, rows);
    expect(term.alternate()).toBe(true);

    await press('?');
    await term.until('Everywhere');
    await leave('Everywhere');

    await press('w', 'p');
    await term.until('wave 1: “Share out odd cents fairly”, “Accept only dates');
    await leave('wave 1: “Share');

    // A task that is ready gets a worktree by hand, and is looked at merged.
    await press('/', ...'fair-split', '\r', 'h');
    await term.until(/“Share out odd cents fairly”: worktree/);
    await press('m', 'c');
    await term.until('Check merges');
    await leave('Check merges');

    // Nothing to stop yet, and the screen says so.
    await press('x');
    await term.until('The task is not running');

    await press(esc);
    await term.until('all 6');

    await press('z');
    await term.until(() => !term.text().includes('2 [Transcript]'));
    await press('z');
    await term.until('2 [Transcript]');

    await press('w', 'L');
    await term.until('Start 2 agents now, 4 more as others land?');
    await press('y');
    await allow();
    await term.until('▾ landed 6', 60_000);

    await press('q');
    expect(await term.exited()).toMatchObject({ exitCode: 0 });
    expect(term.alternate()).toBe(false);
    expect((await tasks()).map((task) => task.status)).toEqual(Array(6).fill('landed'));
    const root = join(folder, 'tourbook');
    expect(sandbox.git(root, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(root, 'worktree', 'list').split('\n')).toHaveLength(1);
  }, 90_000);
});

describe('a first launch of the demo', () => {
  it('holds what is done for the person, who answers, sees a conflict coming, reviews and lands', async () => {
    await open(120, 40);
    await press('w', 'l', 'y');
    await allow();
    await term.until('2 tasks can land on main.');
    await press('d');
    await term.until('merges into main');
    await press(esc);
    await term.until('1 Tasks');
    await press('m', 'l');
    await term.until('Check 2 tasks merged together and land what passes on main?');
    await press('y');
    await term.until('▸ landed 2', 60_000);
    await term.until('2 tasks can land on main.', 60_000);
    await term.until('Report what each month cost and Say who pays whom collide.');
    await press('m', 'l', 'y');
    await term.until('▸ landed 4', 60_000);
    await term.until('2 tasks can land on main.', 60_000);
    await press('m', 'l', 'y');
    await term.until('▾ landed 6', 60_000);
  }, 300_000);
});

describe('the command log', () => {
  it('shows the real commands, as they would be typed, with how long they took', async () => {
    await open(140, 40);
    await press('h');
    await term.until(/fair-split: worktree ready/, 30_000);
    await press('@');
    await term.until(/\[\d+ ms\] \$ git worktree add/);
    expect(term.text()).not.toMatch(/\$ git status/);
  });
});

describe('a fault while the dashboard shows', () => {
  it('gives the terminal back, and is told with its places and how to report it', async () => {
    const broken = join(sandbox.root, 'broken.cjs');
    writeFileSync(broken, "process.on('SIGUSR2', () => { throw new Error('it broke'); });");
    await open(140, 40, 0, { NODE_OPTIONS: `--require ${broken}` });
    process.kill(term.pid, 'SIGUSR2');
    expect(await term.exited()).toMatchObject({ exitCode: 1 });
    expect(term.alternate()).toBe(false);
    expect(term.text()).toContain('codex-agent: it broke');
    expect(term.text()).toContain('This is a fault of codex-agent');
  });
});

describe('leaving while agents work', () => {
  it('asks, lets them go on, and the next process adopts them', async () => {
    await open(100, 30, 10);
    await press('w', 'L');
    await term.until('Start 2 agents');
    await press('y');
    await allow();
    await term.until(/● \d working/);
    await press('q');
    await term.until('Detach lets them go on');
    await press('d');
    expect(await term.exited()).toMatchObject({ exitCode: 0 });
    const running = (await tasks()).filter((task) => task.status === 'running');
    // The other one may have been done before the question was answered.
    expect(running.length).toBeGreaterThan(0);

    const monitored = await program.run('manager', 'monitor', '--json');
    expect(monitored.code).toBe(0);
    expect((await tasks()).map((task) => [task.status, task.attempts])).toEqual(Array(6).fill(['landed', 1]));
  }, 120_000);

  it('stops them all when asked to, and keeps their work', async () => {
    await open(100, 30, 10);
    await press('w', 'l', 'y');
    await term.until('● 2 working');
    await press('q', 's');
    expect(await term.exited()).toMatchObject({ exitCode: 0 });
    expect((await tasks()).filter((task) => task.status === 'running')).toEqual([]);
    const { sessions } = (await program.run('session', 'list', '--json')).data<{
      sessions: { status: string }[];
    }>();
    expect(sessions.map((run) => run.status)).toEqual(['interrupted', 'interrupted']);
  }, 60_000);
});

describe('ended from outside', () => {
  it.each<[NodeJS.Signals, number]>([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ])(
    'by %s it restores the terminal, and agents go on',
    async (signal, code) => {
      // Slow enough that both are at work when they are counted, on a busy machine too.
      await open(100, 30, 50);
      await press('w', 'l', 'y');
      await term.until(/● .*(“|\$|edit|thinking)/);
      process.kill(term.pid, signal);
      const end = await term.exited();
      expect(end.signal ? 128 + end.signal : end.exitCode).toBe(code);
      expect(term.alternate()).toBe(false);
      expect(term.raw()).toContain('\x1b[?25h');
      const { sessions } = (await program.run('session', 'list', '--json')).data<{
        sessions: { phase: string }[];
      }>();
      expect(sessions.map((run) => run.phase)).toEqual(['running', 'running']);
      expect((await program.run('manager', 'stop', '--json')).data()).toMatchObject({
        stopped: { length: 2 },
      });
    },
    30_000,
  );

  it('by a terminal that is closed it ends, and agents go on', async () => {
    await open(100, 30, 50);
    await press('w', 'l', 'y');
    await term.until(/● .*(“|\$|edit|thinking)/);
    const screen = identityOf(term.pid)!;
    term.hangUp();
    await until(() => liveness(screen) === 'dead');
    const { sessions } = (await program.run('session', 'list', '--json')).data<{
      sessions: { phase: string }[];
    }>();
    expect(sessions.map((run) => run.phase)).toEqual(['running', 'running']);
    await program.run('manager', 'stop', '--json');
  }, 30_000);
});
