import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'smol-toml';
import type { Agent } from '../../../../src/domain/agents/agent.js';
import { runnerFor } from '../../../../src/services/agents/runners/index.js';
import { inspectRun, launchRun, prepareRun } from '../../../../src/services/agents/runs/index.js';
import { agentProgram, until } from '../../../support/runs.js';
import { type ConfigOverrides, makeSandbox, type Sandbox } from '../../../support/sandbox.js';

const developer: Agent = {
  name: 'developer',
  runner: 'codex',
  runnerOrigin: 'default',
  sandbox: 'workspace-write',
  envAllow: ['MINE'],
  instructions: 'Be kind.\nWrite "tests"\t\u007f ♪ \\ \ud800 end',
  timeouts: {},
  layers: [],
};

let sandbox: Sandbox;
let home: string;
let bin: string;
beforeEach(() => {
  sandbox = makeSandbox();
  home = join(sandbox.root, 'codex-home');
  bin = join(sandbox.root, 'bin');
  for (const folder of [home, bin]) mkdirSync(folder);
  copyFileSync(agentProgram('fake-codex'), join(bin, 'codex'));
  chmodSync(join(bin, 'codex'), 0o755);
  sandbox.env.PATH = `${bin}:${process.env.PATH}`;
  sandbox.env.CODEX_HOME = home;
});
afterEach(() => sandbox.cleanup());

/** A fake codex that replays this stream and ends with this code. */
function replay(name: string, code: number): void {
  copyFileSync(join(process.cwd(), 'test/fixtures/streams', `${name}.jsonl`), join(home, 'stream.jsonl'));
  writeFileSync(join(home, 'code'), String(code));
}

async function prepared(
  agent: Agent = developer,
  more: { resume?: string; prompt?: string; config?: ConfigOverrides } = {},
) {
  const root = sandbox.repo();
  const session = await sandbox.session(root, more.config);
  const task = await sandbox.task(session, 'song', { worktree: root, branch: 'main' });
  const intent = await prepareRun(session, { task, agent, prompt: 'Write a song.', attempt: 1, ...more });
  return { session, task, intent, root };
}

/** The value after a flag. */
const flagValue = (argv: readonly string[], flag: string) => argv[argv.indexOf(flag) + 1];

describe('codex', () => {
  test('gets its prompt on standard input and everything else as arguments', async () => {
    replay('edit', 0);
    const { session, intent, root } = await prepared();
    await launchRun(session, intent);
    const view = await until(async () => {
      const found = await inspectRun(session.paths, intent.runId);
      return found.status ? found : undefined;
    });
    expect(view).toMatchObject({
      status: 'completed',
      sessionId: 's-edit',
      finalText: 'The song has chords now ♪',
    });
    expect(readFileSync(join(home, 'prompt'), 'utf8')).toBe('Write a song.');
    const argv = intent.argv;
    expect(argv.slice(1, 7)).toEqual(['exec', '--json', '-C', root, '-s', 'workspace-write']);
    expect(argv).toContain('approval_policy="never"');
    expect(argv.at(-1)).toBe('-');
    expect(argv).not.toContain('--disable');
    const instructions = argv.find((argument) => argument.startsWith('developer_instructions='))!;
    expect(parse(instructions)).toEqual({
      developer_instructions: developer.instructions.replace('\ud800', '\ufffd'),
    });
  });

  test('a repeated preparation changes nothing', async () => {
    replay('edit', 0);
    const { session, task, intent } = await prepared();
    const again = await prepareRun(session, { task, agent: developer, prompt: 'Another.', attempt: 1 });
    expect(again).toEqual(intent);
    expect(readFileSync(join(session.paths.runsDir, intent.runId, 'stdin'), 'utf8')).toBe('Write a song.');
  });

  test('secrets pass by name and are never written to the run directory', async () => {
    replay('edit', 0);
    Object.assign(sandbox.env, { OPENAI_API_KEY: 'sk-canary', MINE: 'canary-2', OTHER: 'canary-3' });
    const { session, intent } = await prepared();
    expect(intent.envAllow).toEqual(expect.arrayContaining(['OPENAI_*', 'CODEX_HOME', 'MINE']));
    expect(JSON.stringify(intent)).not.toContain('canary');
    await launchRun(session, intent);
    await until(async () => (await inspectRun(session.paths, intent.runId)).status);
    const seen = readFileSync(join(home, 'environment'), 'utf8');
    expect(seen).toContain('OPENAI_API_KEY=sk-canary\n');
    expect(seen).toContain('MINE=canary-2\n');
    expect(seen).not.toContain('canary-3');
  });

  test('a failed turn is a failed run with its error code', async () => {
    replay('unauthorized', 1);
    const { session, intent } = await prepared();
    await launchRun(session, intent);
    const view = await until(async () => {
      const found = await inspectRun(session.paths, intent.runId);
      return found.status ? found : undefined;
    });
    expect(view).toMatchObject({ status: 'failed', exitCode: 1, error: { code: 'auth', http: 401 } });
  });

  test('endless retries are switched off where the installed version knows the switch', async () => {
    writeFileSync(
      join(home, 'features'),
      'apple  stable  true\nunbounded_connection_retries  stable  true\n',
    );
    const { intent } = await prepared();
    expect(flagValue(intent.argv, '--disable')).toBe('unbounded_connection_retries');
  });

  test('a session is resumed with the options before the subcommand', async () => {
    const { intent } = await prepared(
      { ...developer, model: 'm-1', sandbox: 'full' },
      { resume: 's-1', prompt: 'Go on.', config: { run: { full_access: true } as never } },
    );
    expect(intent.argv.slice(-3)).toEqual(['resume', 's-1', '-']);
    expect(flagValue(intent.argv, '-m')).toBe('m-1');
    expect(flagValue(intent.argv, '-s')).toBe('danger-full-access');
    expect(intent.resumes).toBe('s-1');
  });

  test('full access has to be allowed besides being asked for', async () => {
    await expect(prepared({ ...developer, sandbox: 'full' })).rejects.toMatchObject({
      code: 'full-access',
      hint: expect.stringContaining('run.full_access'),
    });
  });

  test('commits of its own open four folders of git to a sandboxed agent, and no more', async () => {
    const { intent } = await prepared();
    expect(intent.argv).not.toContain('--add-dir');
    // Codex lets agents write to temporary folders, and this repository stands in one.
    expect(intent).toMatchObject({
      confined: false,
      confinement: { open: expect.stringContaining('below') },
    });
    const root = sandbox.repo({ 'a.txt': 'a\n' }, 'second');
    const session = await sandbox.session(root, { run: { agent_commits: true } as never });
    const worktree = join(sandbox.root, 'tree');
    sandbox.git(root, 'worktree', 'add', '-q', '-b', 'tree', worktree);
    const task = await sandbox.task(session, 'tree', { worktree, branch: 'tree' });
    const open = await prepareRun(session, { task, agent: developer, prompt: 'x', attempt: 1 });
    const roots = open.argv.flatMap((word, at) => (open.argv[at - 1] === '--add-dir' ? [word] : []));
    const git = join(root, '.git');
    expect(roots).toEqual([`${git}/worktrees/tree`, `${git}/objects`, `${git}/refs`, `${git}/logs`]);
    expect(open.confined).toBe(false);
    const strict = await prepareRun(session, {
      task,
      agent: { ...developer, sandbox: 'read-only' },
      prompt: 'x',
      attempt: 2,
    });
    expect(strict.argv).not.toContain('--add-dir');
    expect(strict).toMatchObject({ confined: true, confinement: { by: 'runner' } });
  });

  test('instructions too long for an argument go ahead of the prompt', async () => {
    const { session, intent } = await prepared({ ...developer, instructions: 'x'.repeat(200_000) });
    expect(intent.argv.join(' ')).not.toContain('developer_instructions');
    const stdin = readFileSync(join(session.paths.runsDir, intent.runId, 'stdin'), 'utf8');
    expect(stdin.endsWith('x\n\nWrite a song.')).toBe(true);
  });

  test('it is probed, and a missing one is an error with a hint', async () => {
    const settings = { path: '', args: [], model: '', env_allow: [] };
    const codex = runnerFor('codex');
    expect(await codex.probe(settings, sandbox.env)).toMatchObject({
      name: 'codex',
      path: join(bin, 'codex'),
      version: '0.169.0',
    });
    expect((await codex.probe(settings, { PATH: '/nowhere' })).problem).toContain('not found');
    sandbox.env.PATH = '/usr/bin:/bin';
    const root = sandbox.repo();
    const runner = { codex: { ...settings, path: '/no/codex' } };
    const session = await sandbox.session(root, { runner } as ConfigOverrides);
    const task = await sandbox.task(session, 'solo', { worktree: root });
    const preparing = prepareRun(session, { task, agent: developer, prompt: '', attempt: 1 });
    await expect(preparing).rejects.toMatchObject({ code: 'runner-not-found', hint: expect.any(String) });
  });
});

test('unknown names are refused', () => {
  expect(() => runnerFor('parrot')).toThrow('no runner called "parrot"');
});
