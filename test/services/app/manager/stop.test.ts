import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runIdOf } from '../../../../src/domain/agents/run.js';
import { executorOf, inspectRun } from '../../../../src/services/agents/index.js';
import { drive } from '../../../../src/services/app/manager/drive.js';
import { requestLaunch, stopAll, stopTask } from '../../../../src/services/app/manager/index.js';
import { startAnew, startRun } from '../../../../src/services/app/manager/launch.js';
import { takeInEnded } from '../../../../src/services/app/manager/take-in.js';
import { identityOf, isSuspended } from '../../../../src/services/platform/files/identity.js';
import { type Lock, tryAcquireLock } from '../../../../src/services/platform/index.js';
import { requireTask, updateTask } from '../../../../src/services/store/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
const slots: Lock[] = [];
const started: ChildProcess[] = [];
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(async () => {
  for (const slot of slots.splice(0)) await slot.release();
  for (const child of started.splice(0)) child.kill('SIGKILL');
  sandbox.cleanup();
});

const opened = (agent = ['true']) =>
  sandbox.session(sandbox.repo(), {
    runner: { default: 'command', command: { args: agent, env_allow: [] } } as never,
    worktree: { spare: 0 } as never,
  });

/** Nothing is filled until these are released. */
async function holdFilling({ paths }: SandboxSession): Promise<void> {
  for (let at = 0; at < availableParallelism(); at++) {
    const folder = join(paths.stateDir, 'hydration', `slot-${at}.lock.d`);
    slots.push((await tryAcquireLock(folder, { command: 'test' }))!);
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A process that is halted, and holds this lock. */
async function frozenHolderOf(lock: string): Promise<ChildProcess> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  started.push(child);
  const identity = identityOf(child.pid!)!;
  child.kill('SIGSTOP');
  await until(() => isSuspended(identity));
  mkdirSync(lock, { recursive: true, mode: 0o700 });
  const record = { ...identity, command: 'test', since: new Date().toISOString() };
  writeFileSync(join(lock, String(readdirSync(lock).length + 100)), JSON.stringify(record), { mode: 0o600 });
  return child;
}

const leaseOf = ({ paths, repo }: SandboxSession) => join(paths.stateDir, 'drivers', `${repo.id}.lock.d`);

/** Agents at work, which no process drives any more. */
async function agentsAtWork(session: SandboxSession, slugs: readonly string[]): Promise<string[]> {
  for (const slug of slugs) await sandbox.task(session, slug);
  await requestLaunch(session, { tasks: [...slugs], land: false });
  await drive(session, { until: 'started' });
  return Promise.all(slugs.map(async (slug) => (await requireTask(session, slug)).runIds[0]!));
}

const judged = ({ paths }: SandboxSession, runs: readonly string[]) =>
  runs.filter((run) => existsSync(join(paths.runsDir, run, 'outcome.json')));

const writes = ['sh', '-c', 'echo begun > begun.txt; exec sleep 600'];

test('a stop while the process that drives is suspended leaves all that is to be judged to later', async () => {
  const session = await opened(writes);
  const slugs = ['one', 'two', 'three', 'four'];
  const runs = await agentsAtWork(session, slugs);
  const driver = await frozenHolderOf(leaseOf(session));

  expect(await stopAll(session)).toEqual({ stopped: slugs, suspended: driver.pid });
  for (const run of runs) expect((await executorOf(session.paths).phase(run)).phase).toBe('exited');
  expect(judged(session, runs)).toEqual([]);

  // The driver never goes on: the next command takes in what it would have.
  driver.kill('SIGKILL');
  await until(() => identityOf(driver.pid!) === undefined);
  await takeInEnded(session, []);
  for (const slug of slugs) {
    expect(await requireTask(session, slug)).toMatchObject({
      ...{ status: 'ready', problem: { code: 'stopped' } },
    });
    expect(sandbox.git(session.root, 'show', `codex-agent/${slug}:begun.txt`)).toBe('begun');
  }
}, 60_000);

test('a stop while another process drives judges nothing that is left to that one', async () => {
  const session = await opened(writes);
  const runs = await agentsAtWork(session, ['one', 'two']);
  slots.push((await tryAcquireLock(leaseOf(session), { command: 'a driver with much to do' }))!);
  expect(await stopAll(session)).toEqual({ stopped: ['one', 'two'], collecting: ['one', 'two'] });
  expect(judged(session, runs)).toEqual([]);
}, 60_000);

test('a stop of one task waits about a second for a process that drives and has its hands full', async () => {
  const session = await opened(writes);
  const [run] = await agentsAtWork(session, ['one']);
  slots.push((await tryAcquireLock(leaseOf(session), { command: 'a driver with much to do' }))!);
  const begin = performance.now();
  expect(await stopTask(session, 'one')).toEqual({ task: 'one', stopped: true, collecting: true });
  // Nearly all of these are for a busy machine.
  expect(performance.now() - begin).toBeLessThan(20_000);
  expect((await executorOf(session.paths).phase(run!)).phase).toBe('exited');
}, 60_000);

test('a stop while a suspended process holds the registry ends the runs, and says what stays to be launched', async () => {
  const session = await opened(writes);
  const runs = await agentsAtWork(session, ['one', 'two']);
  await sandbox.task(session, 'three', { launch: { land: false, at: '2026-01-01T00:00:00Z' } });
  const holder = await frozenHolderOf(join(session.paths.dataDir, 'tasks.lock.d'));

  const refused = await stopAll(session).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'lock-held',
    message: expect.stringMatching(
      /^Stopped one, two\. Not taken back: the launch of three\. .* is held by PID/,
    ),
    hint: expect.stringContaining(`kill -CONT ${holder.pid}`),
  });
  for (const run of runs) expect((await executorOf(session.paths).phase(run)).phase).toBe('exited');
  expect((await requireTask(session, 'three')).launch).toBeDefined();

  holder.kill('SIGKILL');
  await until(() => identityOf(holder.pid!) === undefined);
  expect(await stopAll(session)).toEqual({ stopped: [] });
  expect(await requireTask(session, 'three')).toMatchObject({ status: 'ready' });
  expect((await requireTask(session, 'three')).launch).toBeUndefined();
  expect(await requireTask(session, 'one')).toMatchObject({ status: 'ready', problem: { code: 'stopped' } });
}, 20_000);

test('a stop while worktrees are filled ends the filling, takes back what was made, and starts nothing', async () => {
  const session = await opened();
  const slugs = ['one', 'two', 'three'];
  for (const slug of slugs) await sandbox.task(session, slug);
  await holdFilling(session);
  await requestLaunch(session, { tasks: slugs, land: false });
  const driving = drive(session, { until: 'rest' });
  const made = () => sandbox.git(session.root, 'worktree', 'list').split('\n').length - 1;
  // Git cannot list what another git is just about to add.
  const madeSoFar = () => {
    try {
      return made();
    } catch {
      return 0;
    }
  };
  await until(() => madeSoFar() === slugs.length);

  expect(await stopAll(session)).toEqual({ stopped: [] });

  // The queue is still held: what waits in it goes without its turn.
  await driving;
  expect(made()).toBe(0);
  for (const slug of slugs) {
    const { status, launch, problem, runIds } = await requireTask(session, slug);
    expect({ status, launch, problem, runIds }).toEqual({ status: 'ready', runIds: [] });
    expect(existsSync(`${session.root}.worktrees/${slug}`)).toBe(false);
  }
});

test('an agent that says it was interrupted, unasked, needs a person and is not called stopped on request', async () => {
  const result = JSON.stringify({ type: 'result', subtype: 'error_during_execution', is_error: true });
  const path = join(sandbox.root, 'claude');
  writeFileSync(path, `#!/bin/sh\ncat >/dev/null\necho '${result}'\nexit 1\n`, { mode: 0o755 });
  const session = await sandbox.session(sandbox.repo(), {
    runner: { default: 'claude', claude: { path, args: [], model: '', env_allow: [] } } as never,
    worktree: { spare: 0 } as never,
  });
  await sandbox.task(session, 'one');
  await requestLaunch(session, { tasks: ['one'], land: false });
  await drive(session, { until: 'rest' });
  expect(await requireTask(session, 'one')).toMatchObject({
    status: 'needs-input',
    problem: { code: 'interrupted', message: expect.stringContaining('nothing here asked for that') },
  });
});

test('all wishes are taken back in one change of the registry', async () => {
  const session = await opened();
  const slugs = ['one', 'two', 'three', 'four'];
  for (const slug of slugs) await sandbox.task(session, slug);
  await requestLaunch(session, { tasks: slugs, land: false });
  const { rev } = await session.registry.read();
  await stopAll(session);
  const after = await session.registry.read();
  expect(after.tasks.map(({ launch }) => launch)).toEqual(slugs.map(() => undefined));
  expect(after.rev).toBe(rev + 1);
});

test('a run that is on record only is called off: whoever prepares it later starts nothing', async () => {
  const session = await opened();
  const task = await sandbox.task(session, 'song');
  const { path, base } = await addWorktree(session, task);
  const run = runIdOf('song', task.id, 'developer', 1);
  await updateTask(session, 'song', (fresh) => ({
    ...fresh,
    ...{ status: 'running', worktree: path, base, attempts: 1, runIds: [run] },
  }));
  expect(await stopAll(session)).toEqual({ stopped: ['song'] });
  expect(await requireTask(session, 'song')).toMatchObject({ status: 'ready', problem: { code: 'stopped' } });
  expect(await startRun(session, 'song')).toMatchObject({ phase: 'never-started', status: 'interrupted' });
  expect(session.events.filter(({ type }) => type === 'run.started')).toEqual([]);
});

test('a stop of everything does not wait until another process has committed what many agents left', async () => {
  const session = await opened();
  const task = await sandbox.task(session, 'song');
  const { path, base } = await addWorktree(session, task);
  const run = runIdOf('song', task.id, 'developer', 1);
  await updateTask(session, 'song', (fresh) => ({
    ...fresh,
    ...{ status: 'running', worktree: path, base, attempts: 1, runIds: [run] },
  }));
  const busy = (await tryAcquireLock(leaseOf(session), { command: 'a driver with much to do' }))!;

  expect(await stopAll(session)).toEqual({ stopped: ['song'], collecting: ['song'] });
  await busy.release();
  // The next one that drives takes it in.
  expect(await stopAll(session)).toEqual({ stopped: [] });
  expect(await requireTask(session, 'song')).toMatchObject({ status: 'ready', problem: { code: 'stopped' } });
});

test('a run that was lost before its stop is not tried again, although a person had told it something', async () => {
  const session = await opened(['sh', '-c', 'kill -9 $PPID']);
  const task = await sandbox.task(session, 'song', { status: 'done' });
  const { runId } = await startAnew(session, task, 'Sing louder.');
  while ((await inspectRun(session.paths, runId)).status !== 'lost') await new Promise(setImmediate);
  await stopTask(session, 'song');
  const stopped = await requireTask(session, 'song');
  expect([stopped.status, stopped.launch, stopped.runIds]).toEqual(['failed', undefined, [runId]]);
});
