import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import {
  acquireLock,
  lockHolder,
  tryAcquireLock,
} from '../../../../src/services/platform/files/chain-lock.js';
import { selfIdentity } from '../../../../src/services/platform/files/identity.js';
import { type Folder, makeFolder } from '../../../support/folder.js';

let folder: Folder;
let dir: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = makeFolder();
  dir = join(folder.path, 'x.lock.d');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  folder.cleanup();
});

/** A program that may take locks. */
async function programOf(text: string): Promise<string> {
  const program = join(folder.path, 'program.mjs');
  await build({
    stdin: {
      contents: `import { acquireLock } from './src/services/platform/files/chain-lock.ts';${text}`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return program;
}

/** Another process that takes the lock and says so. */
async function otherHolder(): Promise<ChildProcess> {
  const program = await programOf(`
    const lock = await acquireLock(process.argv[2], { command: 'other' });
    process.stdout.write('held');
    process.stdin.once('data', () => lock.release().then(() => process.exit()));`);
  const child = spawn(process.execPath, [program, dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout!, 'data');
  return child;
}

test('a lock that is held is refused to others and says who holds it', async () => {
  const lock = await acquireLock(dir, { command: 'first' });
  expect(await tryAcquireLock(dir, { command: 'second' })).toBeUndefined();
  expect(await lockHolder(dir)).toMatchObject({ pid: process.pid, command: 'first' });
  await expect(acquireLock(dir, { command: 'second', waitMs: 30 })).rejects.toMatchObject({
    code: 'lock-held',
    message: expect.stringContaining(`PID ${process.pid} (first, since `),
  });
  await lock.release();
  expect(await lockHolder(dir)).toBeUndefined();
});

test('a released lock is taken by the next one, and the folder stays small', async () => {
  for (let n = 0; n < 20; n++) {
    const lock = await acquireLock(dir, { command: `round ${n}` });
    await lock.release();
    await lock.release();
  }
  expect(readdirSync(dir)).toEqual(['20']);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test('one of many at a time, within a process too', async () => {
  let inside = 0;
  let most = 0;
  const one = async (n: number) => {
    const lock = await acquireLock(dir, { command: `task ${n}` });
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    await lock.release();
  };
  await Promise.all(Array.from({ length: 20 }, (_, n) => one(n)));
  expect(most).toBe(1);
});

test('the lock of a process that was killed is free at once', async () => {
  const child = await otherHolder();
  expect(await lockHolder(dir)).toMatchObject({ pid: child.pid, command: 'other' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await acquireLock(dir, { command: 'heir', waitMs: 0 });
  await lock.release();
});

test('a suspended holder keeps its lock however long that takes', async () => {
  const child = await otherHolder();
  child.kill('SIGSTOP');
  expect(await tryAcquireLock(dir, { command: 'impatient' })).toBeUndefined();
  await expect(acquireLock(dir, { command: 'wary', unlessSuspended: true })).rejects.toMatchObject({
    code: 'lock-held',
    hint: expect.stringContaining(`kill -CONT ${child.pid}`),
  });
  const waiting = acquireLock(dir, { command: 'patient' });
  child.kill('SIGCONT');
  child.stdin!.write('go');
  await (await waiting).release();
});

test('a holder on another machine or in another pid namespace is left alone', async () => {
  for (const [index, strange] of [{ machine: 'other' }, { pidns: 'pid:[1]' }].entries()) {
    const strangeDir = join(folder.path, `${index}.lock.d`);
    mkdirSync(strangeDir);
    const record = { ...selfIdentity(), start: '1', ...strange, command: 'elsewhere', since: 'then' };
    writeFileSync(join(strangeDir, '7'), JSON.stringify(record), { mode: 0o600 });
    expect(await tryAcquireLock(strangeDir, { command: 'here' })).toBeUndefined();
  }
});

test('an unreadable owner is treated as alive and the message says what to do', async () => {
  mkdirSync(dir);
  writeFileSync(join(dir, '3'), '', { mode: 0o600 });
  await expect(acquireLock(dir, { command: 'x', waitMs: 0 })).rejects.toMatchObject({
    code: 'lock-held',
    hint: expect.stringContaining(`chmod 0400 ${join(dir, '3')}`),
  });
});

test('tickets of dead processes are swept, those of the living stay', async () => {
  mkdirSync(dir);
  const dead = { ...selfIdentity(), pid: 2 ** 22 + 1 };
  writeFileSync(join(dir, `t.${dead.pid}.aa`), JSON.stringify({ ...dead, command: 'x', since: '' }));
  writeFileSync(
    join(dir, `t.${process.pid}.bb`),
    JSON.stringify({ ...selfIdentity(), command: 'x', since: '' }),
  );
  await (await acquireLock(dir, { command: 'x' })).release();
  expect(readdirSync(dir).sort()).toEqual(['1', `t.${process.pid}.bb`]);
});

test('waiting ends when it is aborted, and leaves nothing behind', async () => {
  const lock = await acquireLock(dir, { command: 'first' });
  const controller = new AbortController();
  const waiting = acquireLock(dir, { command: 'second', signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
  expect(readdirSync(dir)).toEqual(['1']);
  await lock.release();
});

test('a disk that lets no lock be released keeps it from others only, and from no one once its process has ended', async () => {
  const program = await programOf(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    fs.chmodSync = () => { throw Object.assign(new Error('refused'), { code: 'EROFS' }); };
    syncBuiltinESMExports();
    for (const round of [1, 2]) {
      const lock = await acquireLock(process.argv[2], { command: 'x', waitMs: 0 });
      await lock.release();
    }`);
  const ended = spawnSync(process.execPath, [program, dir], { encoding: 'utf8' });
  expect([ended.status, ended.stderr]).toEqual([0, '']);
  await (await acquireLock(dir, { command: 'next', waitMs: 0 })).release();
});

test('a call of the file system that fails, whichever, leaves no lock that nobody can take', async () => {
  const program = await programOf(`
    const once = async (waitMs) => (await acquireLock(process.argv[2], { command: 'x', waitMs })).release();
    await once(0).catch((error) => console.log(error.code));
    await once(0).catch(() => once(0));`);
  const hook = join(process.cwd(), 'scripts/bench/lib/faults/hook.mjs');
  const met = join(folder.path, 'met');
  let calls = 0;
  do {
    calls += 1;
    rmSync(dir, { recursive: true, force: true });
    writeFileSync(met, '');
    const FAULT = JSON.stringify({ n: calls, mode: 'fail', kind: 'write', out: met });
    const env = { ...process.env, FAULT };
    const ended = spawnSync(process.execPath, ['--import', hook, program, dir], { env, encoding: 'utf8' });
    const said = `${readFileSync(met, 'utf8')}: ${ended.stdout}${ended.stderr}`;
    expect([said, ended.status]).toEqual([said, 0]);
  } while (readFileSync(met, 'utf8') !== '');
  expect(calls).toBeGreaterThan(10);
});
