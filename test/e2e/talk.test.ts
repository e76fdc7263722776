/** Agents that are talked to, from the dashboard of the built program in a real terminal. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startTerm } from '../support/term.js';

/** A busy machine takes its time; nothing here is about speed. */
const patience = 40_000;

let sandbox: Sandbox;
let repo: string;
let home: string;
let program: Program;
let term: ReturnType<typeof startTerm> | undefined;

beforeEach(async () => {
  sandbox = makeSandbox();
  home = join(sandbox.root, 'codex-home');
  const bin = join(sandbox.root, 'bin');
  for (const folder of [home, bin]) mkdirSync(folder);
  copyFileSync(join(process.cwd(), 'test/fixtures/agents/two-way-codex.mjs'), join(bin, 'codex'));
  Object.assign(sandbox.env, { PATH: `${bin}:${process.env.PATH}`, CODEX_HOME: home });
  repo = sandbox.repo({ 'README.md': 'A song\n' });
  program = programIn(sandbox, repo);
  await program.run('init');
  await program.run('task', 'add', 'Song');
});
afterEach(async () => {
  term?.end();
  await program.run('manager', 'stop');
  sandbox.cleanup();
});

/** The dashboard, with the agent of the only task at what it is told to do in its turn. */
async function launched(turn: string, shows: string) {
  writeFileSync(join(home, 'turn'), turn);
  const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>;
  const opened = startTerm(process.execPath, [entry], { columns: 110, rows: 36, env, cwd: repo });
  term = opened;
  await opened.until('ready 1', patience);
  await press('w', 'l');
  await opened.until('Start 1 agent', patience);
  await press('y');
  await opened.until(shows, patience);
  return opened;
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    term!.key(key);
    // A person is slower than an escape sequence; two keys in one read would be one.
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

test('words are shown as they come, a message steers the turn, and what it wrote is committed', async () => {
  const shown = await launched('talk', 'word3');
  await press('t', 't');
  await shown.until('what to tell the agent', patience);
  await press(...'Sing', '\r');
  await shown.until('Steered: Sing', patience);
  await shown.until('◇ 1 to land', patience);
  expect(sandbox.git(repo, 'show', 'codex-agent/song:edited.txt')).toBe('Sing');
}, 180_000);

test('what it asks is answered by key', async () => {
  await program.run('config', 'set', 'run.approvals', '"ask"');
  const shown = await launched('ask', 'asks: ');
  await press('A');
  await shown.until('Allow (this once)', patience);
  await press('a');
  await shown.until('Did it.', patience);
  await shown.until('◇ 1 to land', patience);
}, 180_000);

test('what is allowed for all that begins so is not asked again in the next attempt', async () => {
  await program.run('config', 'set', 'run.approvals', '"ask"');
  const shown = await launched('ask', 'asks: ');
  await press('A');
  await shown.until('Allow all that begins with "rm everything" (for this task)', patience);
  await press('b');
  await shown.until('◇ 1 to land', patience);
  const { task } = (await program.run('task', 'show', 'song', '--json')).data<{
    task: { mayRun: string[] };
  }>();
  expect(task.mayRun).toEqual(['rm everything']);
  await program.run('task', 'retry', 'song');
  await shown.until('Allowed, as all that begins with "rm', patience);
  await shown.until('◇ 1 to land', patience);
}, 180_000);

test('a run that another terminal starts asks too while a screen is open, and hears what its task may run', async () => {
  await program.run('config', 'set', 'run.approvals', '"ask"');
  const shown = await launched('ask', 'asks: ');
  await press('A');
  await shown.until('Allow all that begins with "rm everything" (for this task)', patience);
  await press('b');
  await shown.until('◇ 1 to land', patience);
  expect((await program.run('task', 'edit', 'song', '--may-run', '')).code).toBe(0);
  await program.run('task', 'retry', 'song');
  await shown.until('asks: ', patience);
  expect((await program.run('task', 'edit', 'song', '--may-run', 'rm everything')).code).toBe(0);
  await shown.until('Allowed, as all that begins with "rm', patience);
  await shown.until('◇ 1 to land', patience);
}, 180_000);

test('its own program takes over the terminal and the conversation, and the screen comes back', async () => {
  const shown = await launched('sleep', 'sleeping');
  await press('t', 'o');
  await shown.until('Interrupt it and take over?', patience);
  await press('y');
  const place = join(sandbox.root, 'repo.worktrees', 'song');
  await shown.until(`Talking in t-1 at ${place}, 110x36`, patience);
  expect(shown.text()).not.toContain('Worktrees');
  await press('e', '\x03', '\x03');
  await shown.until('Back from song-', patience);
  await shown.until('1 Tasks', patience);
  expect(shown.alternate()).toBe(true);
  expect(shown.text()).not.toContain('Talking in');
  const { sessions } = (await program.run('session', 'list', '--json')).data<{
    sessions: { status: string }[];
  }>();
  expect(sessions.map((run) => run.status)).toEqual(['interrupted']);
  // Keys are the screen's again.
  await press('?');
  await shown.until('Everywhere', patience);
  expect(readFileSync(join(home, 'started'), 'utf8')).toContain(`-C ${place} resume t-1`);
}, 180_000);

test('outside of a repository it says so, and nothing else', async () => {
  const env = { ...sandbox.env } as Record<string, string>;
  term = startTerm(process.execPath, [entry], { columns: 90, rows: 20, env, cwd: sandbox.root });
  expect(await term.exited()).toMatchObject({ exitCode: 1 });
  const lines = term.lines().filter(Boolean);
  expect(lines[0]).toContain('There is no git repository');
  expect(lines.length).toBeLessThan(5);
}, 90_000);
