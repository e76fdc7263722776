import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runIdOf } from '../../../../src/domain/agents/run.js';
import { drive } from '../../../../src/services/app/manager/drive.js';
import { requestLaunch, stopAll } from '../../../../src/services/app/manager/index.js';
import { startRun } from '../../../../src/services/app/manager/launch.js';
import { type Lock, tryAcquireLock } from '../../../../src/services/platform/index.js';
import { requireTask, updateTask } from '../../../../src/services/store/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
const slots: Lock[] = [];
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(async () => {
  for (const slot of slots.splice(0)) await slot.release();
  sandbox.cleanup();
});

const opened = () =>
  sandbox.session(sandbox.repo(), {
    runner: { default: 'command', command: { args: ['true'], env_allow: [] } } as never,
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
  const lease = join(session.paths.stateDir, 'drivers', `${session.repo.id}.lock.d`);
  const busy = (await tryAcquireLock(lease, { command: 'a driver with much to do' }))!;

  expect(await stopAll(session)).toEqual({ stopped: ['song'], collecting: ['song'] });
  await busy.release();
  // The next one that drives takes it in.
  expect(await stopAll(session)).toEqual({ stopped: [] });
  expect(await requireTask(session, 'song')).toMatchObject({ status: 'ready', problem: { code: 'stopped' } });
});
