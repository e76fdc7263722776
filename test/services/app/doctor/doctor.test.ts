import { chmodSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commands } from '../../../../src/commands/registry.js';
import { keptOnDisk } from '../../../../src/services/app/doctor/disk.js';
import { diagnose } from '../../../../src/services/app/doctor/index.js';
import type { DoctorItem } from '../../../../src/services/app/doctor/types.js';
import { acquireLock } from '../../../../src/services/platform/files/chain-lock.js';
import { pathsFrom } from '../../../../src/services/platform/files/paths.js';
import type { Paths } from '../../../../src/services/platform/types.js';
import { openRegistry } from '../../../../src/services/store/registry/index.js';
import { addWorktree, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { makeTask } from '../../../support/task.js';

let sandbox: Sandbox;
let paths: Paths;
let bin: string;
beforeEach(() => {
  sandbox = makeSandbox();
  paths = pathsFrom(sandbox.env);
  bin = join(sandbox.root, 'bin');
  mkdirSync(bin);
});
afterEach(() => sandbox.cleanup());

const look = async (more: { cwd?: string; fix?: boolean; env?: NodeJS.ProcessEnv } = {}) =>
  (await diagnose({ paths, env: sandbox.env, ...more })).items;
const named = (items: DoctorItem[], name: string) => items.filter((item) => item.name === name);

function program(name: string, text: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\necho "${text}"\n`, { mode: 0o755 });
}

test('locks that a killed git left behind are told, with what removes them', async () => {
  const repo = sandbox.repo({ a: 'x' });
  expect(named(await look({ cwd: repo }), 'git locks')).toMatchObject([{ status: 'ok' }]);
  const before = new Date(Date.now() - 60_000);
  for (const lock of ['index.lock', 'refs/heads/main.lock', 'packed-refs.lock']) {
    writeFileSync(join(repo, '.git', lock), '');
    if (lock !== 'packed-refs.lock') utimesSync(join(repo, '.git', lock), before, before);
  }
  const told = named(await look({ cwd: repo }), 'git locks');
  expect(told.map(({ status, hint = '' }) => [status, hint.split('.git/')[1]])).toEqual([
    ['warn', 'index.lock'],
    ['warn', 'refs/heads/main.lock'],
  ]);
});

test.each(['.git/hooks', '.hooks'])(
  'a merge hook in %s, which nothing runs for us, is told',
  async (folder) => {
    const repo = sandbox.repo({ a: 'x' });
    if (folder !== '.git/hooks') sandbox.git(repo, 'config', 'core.hooksPath', folder);
    mkdirSync(join(repo, folder), { recursive: true });
    const hook = join(repo, folder, 'pre-merge-commit');
    writeFileSync(hook, '#!/bin/sh\nexit 1\n');
    expect(named(await look({ cwd: repo }), 'hooks')).toEqual([]);
    chmodSync(hook, 0o755);
    expect(named(await look({ cwd: repo }), 'hooks')).toMatchObject([
      { status: 'warn', detail: expect.stringContaining(hook) },
    ]);
  },
);

test('a sound machine has nothing that fails', async () => {
  const items = await look({ cwd: sandbox.repo({ a: 'x' }) });
  expect(items.filter((item) => item.status === 'fail')).toEqual([]);
  expect(items.map((item) => item.name)).toEqual(
    expect.arrayContaining([
      'node',
      'git',
      'sh',
      'setsid',
      'registry',
      'locks',
      'reflinks',
      'terminal',
      'model',
    ]),
  );
  expect(named(items, 'reflinks')[0]!.status).toBe('ok');
});

test('the name of commits is told, and that there is none, before an agent fails at it', async () => {
  const repo = sandbox.repo({ a: 'x' });
  expect(named(await look({ cwd: repo }), 'identity')[0]).toMatchObject({
    status: 'ok',
    detail: 'Test <test@example.com>',
  });
  writeFileSync(sandbox.env.GIT_CONFIG_GLOBAL!, '[user]\n\tuseConfigOnly = true\n');
  expect(named(await look({ cwd: repo }), 'identity')[0]).toMatchObject({
    status: 'warn',
    hint: expect.stringContaining('user.email'),
  });
});

test('variables that agents do not get are named', async () => {
  const env = { ...sandbox.env, MY_OWN_TOKEN: 'x', JAVA_HOME: '/j' };
  const [item] = named(await look({ cwd: sandbox.repo({ a: 'x' }), env }), 'environment');
  expect(item?.detail).toContain('MY_OWN_TOKEN');
  expect(item?.detail).not.toContain('JAVA_HOME');
});

test('looking makes nothing', async () => {
  const repo = sandbox.repo({ a: 'x' });
  await look({ cwd: repo });
  expect([paths.dataDir, paths.stateDir, paths.configDir].filter((folder) => existsSync(folder))).toEqual([]);
  expect(sandbox.git(repo, 'status', '--porcelain')).toBe('');
  expect(readdirSync(join(repo, '..')).filter((name) => name.includes('probe'))).toEqual([]);
});

test('an old git fails, a missing one too, and both say what is needed', async () => {
  program('git', 'git version 2.38.4');
  const env = { ...sandbox.env, PATH: bin };
  const old = named(await look({ env }), 'git')[0]!;
  expect(old).toMatchObject({
    status: 'fail',
    detail: 'git version 2.38.4',
    hint: expect.stringContaining('2.39'),
  });
  program('git', 'git version 3.0.0');
  expect(named(await look({ env }), 'git')[0]!.status).toBe('ok');
  program('git', 'what?');
  expect(named(await look({ env }), 'git')[0]!.status).toBe('fail');
  const none = await look({ env: { ...env, PATH: join(sandbox.root, 'nothing') } });
  expect(named(none, 'git')[0]).toMatchObject({ status: 'fail', detail: 'not found' });
  expect(named(none, 'codex')[0]!.status).toBe('warn');
});

test('codex is found on the PATH, with its version and what it can do', async () => {
  program('codex', 'codex-cli 0.170.0');
  const env = { ...sandbox.env, PATH: `${bin}:${sandbox.env.PATH}` };
  expect(named(await look({ env }), 'codex')).toEqual([
    {
      name: 'codex',
      status: 'ok',
      detail: `0.170.0 at ${join(bin, 'codex')}: deltas, steer, approvals, resume, schema, usage`,
    },
  ]);
});

test('further coding CLIs are named where they are installed, or configured', async () => {
  program('claude', '2.1.197 (Claude Code)');
  program('my-gemini', '0.61.0');
  sandbox.write(paths.configDir, {
    'config.toml': `[runner.gemini]\npath = "${join(bin, 'my-gemini')}"\n[runner.opencode]\npath = "/no/opencode"\n`,
  });
  const items = await look({ env: { ...sandbox.env, PATH: `${bin}:/usr/bin:/bin` } });
  expect(named(items, 'claude')[0]).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('2.1.197'),
  });
  expect(named(items, 'gemini')[0]).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('my-gemini'),
  });
  expect(named(items, 'opencode')[0]).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining('/no/opencode'),
  });
  expect([...named(items, 'acp'), ...named(items, 'demo')]).toEqual([]);
});

test('wrong configuration fails with its line, and the other checks go on', async () => {
  sandbox.write(paths.configDir, { 'config.toml': '[run]\nmax = 1\n' });
  const items = await look();
  expect(named(items, 'config')[0]).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining(':2:1:'),
  });
  expect(named(items, 'registry')[0]!.status).toBe('ok');
  // What keeps several checks from looking is told once, with their names.
  expect(items.filter(({ detail }) => detail.includes(':2:1:'))).toHaveLength(1);
  expect(named(items, 'not looked at')[0]!.detail).toMatch(/runs/);
});

test('what the system refuses is told in words, also where a folder of ours is a file', async () => {
  mkdirSync(join(paths.dataDir, '..'), { recursive: true });
  writeFileSync(paths.dataDir, '');
  const failed = (await look()).filter(({ status }) => status === 'fail');
  expect(failed.map(({ name }) => name)).toContain('registry');
  for (const { detail, hint } of failed) {
    expect(detail).toContain('a file, where a folder belongs');
    expect(hint).toContain('Move it away');
  }
});

test('repository configuration that is not trusted is said', async () => {
  const repo = sandbox.repo({ '.codex-agent/config.toml': 'schema = 1\n' });
  expect(named(await look({ cwd: repo }), 'repository')[0]).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining('not trusted'),
  });
});

test('a registry that cannot be used fails, a damaged one is rebuilt and said', async () => {
  const registry = openRegistry(paths);
  const add = (slug: string) =>
    registry.update(slug, (file) => ({
      file: { ...file, tasks: [...file.tasks, makeTask(slug)] },
      result: 0,
    }));
  await add('a');
  await add('b');
  writeFileSync(paths.registryFile, '{"schemaVersion":1,"rev');
  const damaged = named(await look(), 'registry');
  expect(damaged.map((item) => item.status)).toEqual(['ok', 'warn', 'warn']);
  expect(damaged[0]!.detail).toBe('revision 2, 2 tasks in 0 repositories');
  writeFileSync(paths.registryFile, '{"schemaVersion":9}');
  expect(named(await look(), 'registry')[0]).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('newer'),
  });
});

test('who holds a lock is shown', async () => {
  const lock = await acquireLock(join(paths.stateDir, 'landing', 'r1.lock.d'), { command: 'manager launch' });
  expect(named(await look(), 'lock')).toEqual([
    {
      name: 'lock',
      status: 'ok',
      detail: expect.stringMatching(new RegExp(`PID ${process.pid} \\(manager launch, `)),
    },
  ]);
  await lock.release();
  expect(named(await look(), 'locks')).toMatchObject([{ detail: 'none held' }]);
});

test('only temporary files of dead processes are removed, and only when asked', async () => {
  mkdirSync(paths.dataDir, { recursive: true, mode: 0o700 });
  const dead = 'tasks.json.tmp.4194305.0123abcd';
  const living = `tasks.json.tmp.${process.pid}.0123abcd`;
  for (const name of [dead, living, 'mine.tmp'])
    writeFileSync(join(paths.dataDir, name), 'x', { mode: 0o600 });
  expect(named(await look(), 'temporary files')[0]).toMatchObject({
    status: 'warn',
    hint: expect.stringContaining('--fix'),
  });
  expect(readdirSync(paths.dataDir)).toHaveLength(3);
  expect(named(await look({ fix: true }), 'temporary files')[0]).toMatchObject({ status: 'ok' });
  expect(readdirSync(paths.dataDir).sort()).toEqual(['mine.tmp', living].sort());
});

test('state that others can read is warned of', async () => {
  mkdirSync(paths.stateDir, { recursive: true });
  chmodSync(paths.stateDir, 0o755);
  expect(named(await look(), 'permissions')[0]).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining(paths.stateDir),
  });
});

test('full access is a standing warning, and old runs of settled tasks are cleaned up on request', async () => {
  const cwd = sandbox.repo({ a: 'x' });
  expect(named(await look({ cwd }), 'confinement')).toMatchObject([{ status: 'ok' }]);
  sandbox.write(paths.configDir, {
    'config.toml': '[run]\nfull_access = true\nkeep_for = "1d"\n',
    'agents/developer.toml': 'sandbox = "full"\n',
  });
  expect(named(await look({ cwd }), 'confinement')[0]).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining('full access'),
  });
  const folder = join(paths.runsDir, 'old-1');
  sandbox.write(folder, {
    'intent.json': '{"runId":"old-1","boot":"other","pidNamespace":"x"}',
    'exit.json': '{"rc":0}',
  });
  utimesSync(join(folder, 'intent.json'), 0, 0);
  expect(named(await look(), 'runs')).toMatchObject([
    { status: 'warn', hint: expect.stringContaining('session gc') },
  ]);
  expect(existsSync(folder)).toBe(true);
  expect(named(await look({ fix: true }), 'runs')).toMatchObject([{ status: 'ok' }]);
  expect(existsSync(folder)).toBe(false);
});

test('all that is kept is told with its size, how long it stays, and two commands that exist', async () => {
  const repo = sandbox.repo({ a: 'x' });
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  sandbox.write(path, { 'big.txt': 'x'.repeat(100_000) });
  sandbox.write(join(paths.runsDir, 'one-1'), { 'transcript.log': 'said\n' });
  const about = { paths, env: sandbox.env, cwd: repo };
  const before = new Map((await keptOnDisk(about)).map((place) => [place.what, place]));
  expect(before.get('worktrees')).toMatchObject({ count: 1, path: join(sandbox.root, 'repo.worktrees') });
  expect(before.get('worktrees')!.bytes).toBeGreaterThan(100_000);
  expect(before.get('runs')).toMatchObject({ count: 1, keptFor: expect.stringContaining('30d') });
  expect(before.get('trash')).toMatchObject({
    count: 0,
    keptFor: expect.stringMatching(/^1d, at most 10 GB/),
  });
  await removeWorktree(session, { ...added, worktree: path, base }, { force: true });
  const after = new Map((await keptOnDisk(about)).map((place) => [place.what, place]));
  expect(after.get('worktrees')!.count).toBe(0);
  expect(after.get('trash')!.bytes).toBeGreaterThan(100_000);
  expect(after.get('rescue refs')!.count).toBe(1);
  const ids = new Set(commands.map(({ id }) => id.replaceAll('.', ' ')));
  for (const { restore, free } of after.values()) {
    for (const [, words = ''] of `${restore} ${free}`.matchAll(/codex-agent ((?:[a-z]+ ?)+)/g)) {
      const named = words.trim().replace(/ then$/, '');
      expect([named, [...ids].some((id) => named === id || named.startsWith(`${id} `))]).toEqual([
        named,
        true,
      ]);
    }
  }
  expect((await keptOnDisk({ ...about, cwd: sandbox.root })).map(({ what }) => what)).not.toContain('trash');
});
