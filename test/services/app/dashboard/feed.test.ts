import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { moveTask } from '../../../../src/domain/store/task.js';
import { startFeed } from '../../../../src/services/app/dashboard/index.js';
import { watchRunners } from '../../../../src/services/app/dashboard/missing.js';
import { drive } from '../../../../src/services/app/manager/index.js';
import { stubFolder } from '../../../../src/services/store/stubs/index.js';
import { noteStubs, requireTask, tasksOf, updateTask } from '../../../../src/services/store/tasks/index.js';
import { until } from '../../../support/runs.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let ending: AbortController;
beforeEach(() => {
  sandbox = makeSandbox();
  ending = new AbortController();
});
afterEach(() => sandbox.cleanup());

test('attempts before the newest are told once, of the task that is looked at', async () => {
  const config = {
    runner: {
      default: 'command',
      command: { path: '', args: ['sh', '-c', 'exit 1'], model: '', env_allow: [] },
    },
    run: { retries: 0 },
    worktree: { spare: 0 },
  };
  const session = await sandbox.session(sandbox.repo(), config as never);
  const launch = { land: false, at: new Date().toISOString() };
  await sandbox.task(session, 'one', { launch });
  await drive(session, { until: 'rest' });
  await updateTask(session, 'one', (task) => moveTask(task, 'ready', { launch }));
  await drive(session, { until: 'rest' });
  const { runIds } = await requireTask(session, 'one');
  expect(runIds).toHaveLength(2);

  session.events.length = 0;
  const feed = startFeed({ ...session, signal: ending.signal });
  const told = () =>
    session.events.filter((event) => event.type === 'run.changed' && event.run.runId === runIds[0]);
  feed.focus('one', runIds);
  feed.focus('one', [...runIds, 'never-made-3']);
  await until(() => told().length > 0);
  expect(told()).toMatchObject([{ run: { status: 'failed', attempt: 1 } }]);
  ending.abort();
  await feed.stop();
  expect(told()).toHaveLength(1);
});

/** Only a machine that stands still needs so long. */
const patienceMs = 60_000;
const testMs = 3 * patienceMs;

test(
  'a stub that comes with a pull becomes a task while the screen is open',
  async () => {
    const session = await sandbox.session(sandbox.repo());
    await noteStubs(session);
    mkdirSync(join(session.root, stubFolder), { recursive: true });
    const feed = startFeed({ ...session, signal: ending.signal });
    const slugs = async () => tasksOf(await session.registry.read(), session.repo.id).map(({ slug }) => slug);
    try {
      writeFileSync(join(session.root, stubFolder, 'pulled.md'), '# Pulled\n');
      await until(async () => (await slugs()).includes('pulled'), patienceMs);
      writeFileSync(join(session.root, stubFolder, 'later.md'), '# Later\n');
      await until(async () => (await slugs()).includes('later'), patienceMs);
    } finally {
      ending.abort();
      await feed.stop();
    }
  },
  testMs,
);

test(
  'a runner that is missing is told before anything is launched, and told to be there again',
  async () => {
    const path = join(sandbox.root, 'later-codex');
    const config = { runner: { default: 'codex', codex: { path } } };
    const session = await sandbox.session(sandbox.repo(), config as never);
    await sandbox.task(session, 'one');
    const feed = startFeed({ ...session, signal: ending.signal });
    const told = () =>
      session.events.flatMap((event) => (event.type === 'runners.missed' ? [event.missing] : []));
    try {
      await until(() => told().length > 0, patienceMs);
      expect(told()).toEqual([{ what: expect.stringContaining('not found'), all: true }]);
      writeFileSync(path, '#!/bin/sh\necho codex 1.2.3\n', { mode: 0o755 });
      await sandbox.task(session, 'two');
      await until(() => told().length > 1, patienceMs);
      expect(told()[1]).toBeUndefined();
    } finally {
      ending.abort();
      await feed.stop();
    }
  },
  testMs,
);

test(
  'a program that is installed into a folder that changes all the time is noticed',
  async () => {
    const bin = join(sandbox.root, 'bin');
    mkdirSync(bin);
    const path = join(bin, 'codex');
    const config = { runner: { default: 'codex', codex: { path } } };
    const session = await sandbox.session(sandbox.repo(), config as never);
    await sandbox.task(session, 'one');
    const stop = watchRunners(session);
    const told = () => session.events.filter((event) => event.type === 'runners.missed');
    let times = 0;
    const changes = setInterval(() => writeFileSync(join(bin, 'log'), `${times++}`), 50);
    try {
      await until(() => told().length > 0, patienceMs);
      writeFileSync(path, '#!/bin/sh\necho codex 1.2.3\n', { mode: 0o755 });
      await until(() => told().length > 1, patienceMs);
    } finally {
      clearInterval(changes);
      await stop();
    }
  },
  testMs,
);

test(
  'a program that is installed while it is missing is noticed by its folder, not by asking every few seconds',
  async () => {
    const bin = join(sandbox.root, 'bin');
    mkdirSync(bin);
    const path = join(bin, 'codex');
    const config = { runner: { default: 'codex', codex: { path } } };
    const session = await sandbox.session(sandbox.repo(), config as never);
    await sandbox.task(session, 'one');
    const feed = startFeed({ ...session, signal: ending.signal });
    const told = () => session.events.filter((event) => event.type === 'runners.missed');
    try {
      await until(() => told().length > 0, patienceMs);
      const installed = performance.now();
      writeFileSync(path, '#!/bin/sh\necho codex 1.2.3\n', { mode: 0o755 });
      await until(() => told().length > 1, patienceMs);
      expect(told()[1]).toEqual({ type: 'runners.missed' });
      // The slow tick alone would need a minute.
      expect(performance.now() - installed).toBeLessThan(45_000);
    } finally {
      ending.abort();
      await feed.stop();
    }
  },
  testMs,
);
