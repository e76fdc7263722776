import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { identityOf, liveness, selfIdentity } from '../../../../src/services/platform/files/identity.js';
import { type Folder, makeFolder } from '../../../support/folder.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  delete process.env.CODEX_AGENTS_BOOT_ID_FILE;
  folder.cleanup();
});

test('this process is alive', () => {
  expect(liveness(selfIdentity())).toBe('alive');
});

test('a process that has ended is dead', async () => {
  const child = spawn('sleep', ['60']);
  const identity = identityOf(child.pid!)!;
  expect(liveness(identity)).toBe('alive');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(liveness(identity)).toBe('dead');
  expect(identityOf(identity.pid)).toBeUndefined();
});

test('a reused pid does not make its former owner alive', () => {
  expect(liveness({ ...selfIdentity(), start: '1' })).toBe('dead');
});

test('after a reboot nobody of the former boot is alive', () => {
  const before = selfIdentity();
  const file = join(folder.path, 'boot_id');
  writeFileSync(file, 'another-boot\n');
  process.env.CODEX_AGENTS_BOOT_ID_FILE = file;
  expect(liveness(before)).toBe('dead');
  expect(liveness(selfIdentity())).toBe('alive');
});

test('what cannot be judged is unknown, never dead', () => {
  const dead = { ...selfIdentity(), start: '1' };
  expect(liveness({ ...dead, pidns: 'pid:[1]' })).toBe('unknown');
  expect(liveness({ ...dead, machine: 'another' })).toBe('unknown');
  process.env.CODEX_AGENTS_BOOT_ID_FILE = join(folder.path, 'missing');
  expect(liveness(dead)).toBe('unknown');
});

test('a record without namespace, as the supervisor writes it, is judged by pid, start and boot', () => {
  const { pid, start, boot } = selfIdentity();
  expect(liveness({ pid, start, boot })).toBe('alive');
  expect(liveness({ pid: 2 ** 22 + 1, start, boot })).toBe('dead');
});

test('a zombie is dead', async () => {
  // The inner sleep becomes a zombie: its parent is replaced by a program that never waits for children.
  const child = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(child.stdout!, 'data');
  const pid = Number(String(line).trim());
  await waitFor(() => identityOf(pid) === undefined);
  child.kill('SIGKILL');
  await once(child, 'exit');
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
