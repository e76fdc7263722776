/** What every runner of a coding CLI keeps to, tried with a program that is as particular as the real ones. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Agent } from '../../../../src/domain/agents/agent.js';
import { type RunIntent, type RunnerName, runnerNames } from '../../../../src/domain/agents/run.js';
import { readHostSpec } from '../../../../src/services/agents/host/spec.js';
import { runnerFor } from '../../../../src/services/agents/runners/index.js';
import {
  executorOf,
  inspectRun,
  launchRun,
  prepareRun,
  readTranscript,
  stopRun,
} from '../../../../src/services/agents/runs/index.js';
import { makeFolder } from '../../../support/folder.js';
import { buildHost } from '../../../support/host.js';
import { type Row, rows } from '../../../support/runner-rows.js';
import { agentProgram, isAlive, until } from '../../../support/runs.js';
import {
  type ConfigOverrides,
  makeSandbox,
  type Sandbox,
  type SandboxSession,
} from '../../../support/sandbox.js';
import { streamFile } from '../../../support/streams.js';

const developer: Agent = {
  name: 'developer',
  runner: 'codex',
  runnerOrigin: 'default',
  sandbox: 'workspace-write',
  envAllow: ['MINE'],
  instructions: 'Be kind.\nWrite "tests" & $(nothing) else.',
  timeouts: {},
  layers: [],
};

let sandbox: Sandbox;
let bin: string;
let control: string;
let built: { path: string; cleanup(): void };
let host: string;
/** The runner that is tried. */
let inTurn: Row | undefined;

function install(row: Row): void {
  copyFileSync(programOf(row), join(bin, row.name));
  chmodSync(join(bin, row.name), 0o755);
}
beforeAll(async () => {
  built = makeFolder();
  host = await buildHost(built.path);
});
afterAll(() => built.cleanup());
beforeEach(() => {
  sandbox = makeSandbox();
  bin = join(sandbox.root, 'bin');
  control = join(sandbox.root, 'control');
  for (const folder of [bin, control]) mkdirSync(folder);
  for (const row of [...rows].reverse()) install(row);
  sandbox.env.CODEX_AGENTS_HOST = host;
  sandbox.env.PATH = `${bin}:${process.env.PATH}`;
  sandbox.env.FAKE_CLI = control;
});
afterEach(() => sandbox.cleanup());

const noSettings = { path: '', args: [] as string[], model: '', env_allow: ['FAKE_CLI'] };
const byArguments = (name: RunnerName) => rows.some((row) => row.name === name && row.byArguments);
const settingsOf = (name: RunnerName) => ({
  ...noSettings,
  args: byArguments(name) ? [name] : [],
  ...inTurn?.settings,
});
const heldPrograms: Partial<Record<RunnerName, string>> = { acp: 'fake-acp', codex: 'fake-app-server' };
const programOf = ({ name, held }: Row) =>
  held ? join(process.cwd(), 'test/fixtures/agents', `${heldPrograms[name]}.mjs`) : agentProgram('fake-cli');
/** The agent's own command line, also where a host starts it. */
const agentArgv = (session: SandboxSession, { runId, argv }: RunIntent) =>
  inTurn?.held ? readHostSpec(join(session.paths.runsDir, runId)).argv : argv;

/** The program will replay this stream and end with this code. */
function replay(stream: string, code = 0): void {
  writeFileSync(join(control, 'stream'), streamFile(stream));
  writeFileSync(join(control, 'code'), String(code));
}

let tasks = 0;

interface More {
  agent?: Partial<Agent>;
  settings?: Partial<typeof noSettings>;
  prompt?: string;
  resume?: string;
}

async function prepared(name: RunnerName, { agent, settings, prompt, resume }: More = {}) {
  const root = sandbox.repo();
  const runner = { [name]: { ...settingsOf(name), ...settings } };
  const session = await sandbox.session(root, {
    runner,
    run: { full_access: true },
  } as unknown as ConfigOverrides);
  const task = await sandbox.task(session, `song-${++tasks}`, { worktree: root, branch: 'main' });
  const intent = await prepareRun(session, {
    task,
    agent: { ...developer, runner: name, ...agent },
    prompt: prompt ?? 'Write a song.',
    attempt: 1,
    ...(resume ? { resume } : {}),
  });
  return { session, intent, root };
}

/** Runs it to the end. */
async function played(name: RunnerName, more: More = {}) {
  const { session, intent, root } = await prepared(name, more);
  await launchRun(session, intent);
  const view = await until(async () => {
    const found = await inspectRun(session.paths, intent.runId);
    return found.status ? found : undefined;
  });
  return { session, intent, root, view };
}

const seen = (what: 'prompt' | 'environment' | 'arguments') => readFileSync(join(control, what), 'utf8');
const seenArguments = () => seen('arguments').split('\0').slice(0, -1);
const seenVariables = () => seen('environment').split('\0');

test('every runner is in here, or has a suite of its own', () => {
  const elsewhere = ['demo'];
  const here = rows.map((row): string => row.name);
  expect(runnerNames.filter((name) => !here.includes(name) && !elsewhere.includes(name))).toEqual([]);
});

test.each(runnerNames)('%s tells what it can do, also where it is missing', async (name) => {
  const probe = await runnerFor(name).probe({ ...noSettings, path: '/nowhere/it' }, { PATH: '/nowhere' });
  expect(Object.keys(probe.can).sort()).toEqual([
    'approvals',
    'deltas',
    'resume',
    'schema',
    'steer',
    'usage',
  ]);
  if (name !== 'demo') expect(probe).toMatchObject({ name, problem: expect.any(String) });
});

test('a version is remembered for as long as the program is the same file', async () => {
  const cacheDir = join(sandbox.root, 'cache');
  const gemini = (more = {}) => runnerFor('gemini').probe(noSettings, sandbox.env, { cacheDir, ...more });
  const write = (text: string) => writeFileSync(join(bin, 'gemini'), `#!/bin/sh\n${text}\n`);
  const asked = join(sandbox.root, 'asked');
  write(`echo x >>'${asked}'; echo 1.2.3`);
  for (let time = 0; time < 3; time++) expect(await gemini()).toMatchObject({ version: '1.2.3' });
  expect(readFileSync(asked, 'utf8')).toBe('x\n');
  await gemini({ fresh: true });
  expect(readFileSync(asked, 'utf8')).toBe('x\nx\n');
  write('echo 1.2.4');
  expect(await gemini()).toMatchObject({ version: '1.2.4' });
  write('sleep 60');
  expect(await gemini({ limitMs: 200 })).toMatchObject({
    path: join(bin, 'gemini'),
    problem: 'gemini --version did not answer within 0.2 s.',
  });
  // Nobody waits for it a second time, but who has the time for it.
  const begin = performance.now();
  expect((await gemini()).problem).toContain('did not answer');
  expect(performance.now() - begin).toBeLessThan(5_000);
  expect((await gemini({ fresh: true, limitMs: 100 })).problem).toContain('within 0.1 s');
});

describe.each(rows.map((row) => [row.title ?? row.name, row] as const))('the %s runner', (_, row) => {
  const { name, version, edit, reads, refused, resumes, model, held } = row;
  beforeEach(() => {
    inTurn = row;
    install(row);
  });
  afterEach(() => {
    inTurn = undefined;
  });

  test('is found on PATH, with its version', async () => {
    const probe = await runnerFor(name).probe(settingsOf(name), sandbox.env);
    expect(probe).toMatchObject({ name, path: join(bin, name), ...(version ? { version } : {}) });
    expect(probe.problem).toBeUndefined();
  });

  test('is found where the configuration says, and a wrong place is named with a hint', async () => {
    const elsewhere = join(sandbox.root, 'my own');
    mkdirSync(elsewhere);
    copyFileSync(join(bin, name), join(elsewhere, name));
    const place = (path: string) => (byArguments(name) ? { args: [path] } : { path });
    replay(edit);
    const found = await prepared(name, { settings: place(join(elsewhere, name)) });
    expect(agentArgv(found.session, found.intent)).toContain(join(elsewhere, name));

    const session = await sandbox.session(join(sandbox.root, 'repo'), {
      runner: { [name]: { ...settingsOf(name), ...place('/no/such') } },
    } as unknown as ConfigOverrides);
    const task = await sandbox.task(session, 'solo', { worktree: sandbox.root });
    await expect(
      prepareRun(session, { task, agent: { ...developer, runner: name }, prompt: 'x', attempt: 1 }),
    ).rejects.toMatchObject({
      code: 'runner-not-found',
      message: expect.stringContaining('/no/such'),
      hint: expect.stringContaining(`runner.${name}.`),
    });
  });

  test('works in the worktree, is told everything, and what it writes is read', async () => {
    replay(edit);
    const { view, root, session, intent } = await played(name);
    expect(view).toMatchObject({ status: 'completed', exitCode: 0, ...reads });
    expect(readFileSync(join(root, 'worked.txt'), 'utf8')).toBe('worked\n');
    expect(seenVariables()).toContain(`PWD=${root}`);
    expect(seenVariables()).toContain(`CODEX_AGENTS_RUN_ID=${intent.runId}`);
    expect(seen('prompt')).toContain('Write a song.');
    const folder = join(session.paths.runsDir, intent.runId);
    const told = [...seenArguments(), seen('prompt'), ...seenVariables()].map((text) =>
      text.includes(folder) ? text + read(folder, 'instructions.md') : text,
    );
    expect(told.join('\n').replace(/\\n/g, '\n').replace(/\\"/g, '"')).toContain(developer.instructions);
    const { lines } = await readTranscript(session.paths, intent.runId);
    expect(lines.map(({ text }) => text).join('\n')).toContain(reads.finalText ?? 'song');
  });

  test('takes a long prompt that looks like an option, byte for byte', async () => {
    replay(edit);
    const prompt = `--help ${'♪ '.repeat(60_000)}\n`;
    const { view } = await played(name, { prompt });
    expect(view.status).toBe('completed');
    expect(seen('prompt').endsWith(prompt)).toBe(true);
    expect(seenArguments().join(' ').length).toBeLessThan(3_000);
  });

  test('a failure is a failure with its code', async () => {
    const [stream, exitCode, code] = refused;
    replay(stream, exitCode);
    expect((await played(name)).view).toMatchObject({ status: 'failed', exitCode, error: { code } });
  });

  test('an end without a word of success is none', async () => {
    replay('cut-off', 0);
    writeFileSync(join(control, 'stream'), '');
    const { view } = await played(name);
    // A program without a protocol has nothing but its exit code; one that was talked to ended in mid-conversation.
    expect(view.status).toBe(name === 'command' ? 'completed' : held ? 'crashed' : 'failed');
  });

  test('secrets pass by name and are never written down', async () => {
    replay(edit);
    const keys = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'CODEX_API_KEY', 'MINE', 'OTHER'];
    for (const key of keys) sandbox.env[key] = `canary-${key}`;
    const { session, intent } = await played(name);
    const wanted = runnerFor(name).envAllow.filter((key) => keys.includes(key));
    for (const key of [...wanted, 'MINE']) expect(seenVariables()).toContain(`${key}=canary-${key}`);
    expect(seen('environment')).not.toContain('canary-OTHER');
    const folder = join(session.paths.runsDir, intent.runId);
    for (const file of ['intent.json', 'stdin']) expect(read(folder, file)).not.toContain('canary-');
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  test('stopped, it takes the tools it started with it', async () => {
    replay('cut-off');
    writeFileSync(join(control, 'hang'), '');
    const { session, intent } = await prepared(name);
    await launchRun(session, intent);
    const tool = Number(await until(() => read(control, 'tool').trim()));
    expect(isAlive(tool)).toBe(true);
    await stopRun(session.paths, intent.runId, 'interrupt');
    expect(isAlive(tool)).toBe(false);
    expect(await inspectRun(session.paths, intent.runId)).toMatchObject({ status: 'interrupted' });
  });

  test('silence is ended by a limit', async () => {
    writeFileSync(join(control, 'stream'), '');
    writeFileSync(join(control, 'hang'), '');
    // Until it can be prompted, an agent that talks is held to the second of them by its host.
    const timeouts = { idle: '1s', connect: held ? '20s' : '1s' };
    const { session, intent } = await prepared(name, { agent: { timeouts } });
    await launchRun(session, intent);
    const watchdog = executorOf(session.paths).adopt(intent.runId);
    const view = await until(async () => {
      const found = await inspectRun(session.paths, intent.runId);
      return found.status ? found : undefined;
    });
    watchdog.stop();
    expect(view).toMatchObject({ status: 'timeout', error: { code: 'stalled' } });
  });

  if (resumes) {
    test('goes on with a session, and a session id is never taken for an option', async () => {
      replay(edit);
      const { intent, view } = await played(name, { resume: 'abc-1', prompt: 'Go on.' });
      expect(view.status).toBe('completed');
      expect(intent.resumes).toBe('abc-1');
      expect(seenArguments().join(' ')).toContain(resumes('abc-1').join(' '));
      await expect(prepared(name, { resume: '--dangerously' })).rejects.toMatchObject({
        code: 'bad-session',
      });
    });
  }

  if (model) {
    test("uses the agent's model before the configured one, and passes further arguments", async () => {
      replay(edit);
      const { intent } = await prepared(name, {
        agent: { model: 'toy' },
        settings: { model: 'other', args: ['--mine'] },
      });
      expect(intent.argv.join(' ')).toContain(model.join(' '));
      expect(intent.argv).not.toContain('other');
      expect(intent.argv).toContain('--mine');
    });
  }

  test.each(['read-only', 'full'] as const)('runs with the sandbox %s', async (sandboxMode) => {
    replay(edit);
    const { view, intent } = await played(name, { agent: { sandbox: sandboxMode } });
    expect(view.status).toBe('completed');
    if (!version || sandboxMode === 'full') return;
    const { intent: usual } = await prepared(name);
    expect(JSON.stringify([intent.argv, intent.env])).not.toBe(JSON.stringify([usual.argv, usual.env]));
  });
});

/** A file's text; empty when there is none. */
function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return '';
  }
}
