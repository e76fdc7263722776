/** Programs that a small process runs: the same answers and errors as from here, and the same ends. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assetPath } from '../../../../src/services/platform/files/assets.js';
import { runApart } from '../../../../src/services/platform/processes/apart.js';
import { type ProcessOptions, runProcess } from '../../../../src/services/platform/processes/process.js';

const here = { cwd: '/', env: { PATH: process.env.PATH } };
const sh = (script: string, more: Partial<ProcessOptions> = {}) =>
  runProcess(['sh', '-c', script], { ...here, ...more });

let back = () => {};
const again = (file = join(assetPath('dist'), 'starter.js'), patienceMs?: number) => {
  back();
  back = runApart(file, patienceMs);
};
const folder = mkdtempSync(join(tmpdir(), 'apart-'));
beforeAll(() => again());
afterAll(() => {
  back();
  rmSync(folder, { recursive: true, force: true });
});

/** Gone, or a zombie that nobody of this test can reap. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return true;
  }
}

/** Megabytes that a process holds. */
const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** The process that has started a program. */
const starter = async (): Promise<number> => Number((await sh('echo $PPID')).stdout);

test('a program is started by another process than this one, which ends with this one', async () => {
  expect(await starter()).toBeGreaterThan(1);
  expect(await starter()).not.toBe(process.pid);
});

test('output, errors, input, bytes and exit code are those of the program', async () => {
  const answer = await sh('cat; echo oops >&2; exit 3', { input: 'from here' });
  expect(answer).toMatchObject({ code: 3, stdout: 'from here', stderr: 'oops\n', timedOut: false });
  const bytes = await sh('cat', { input: Uint8Array.from([0, 200, 255]), encoding: 'latin1' });
  expect(Buffer.from(bytes.stdout, 'latin1')).toEqual(Buffer.from([0, 200, 255]));
});

test('pieces of output come before the end, and in order', async () => {
  let heard = '';
  await sh('echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three', {
    onOutput: (chunk) => {
      heard += Buffer.from(chunk).toString();
    },
  });
  expect(heard).toBe('one\ntwo\nthree\n');
});

test('errors keep code, kind and hint', async () => {
  const missing = runProcess(['no-such-program-here'], here);
  await expect(missing).rejects.toMatchObject({
    name: 'AppError',
    code: 'program-not-found',
    kind: 'failure',
    hint: expect.stringContaining('Install'),
  });
  await expect(sh('true', { cwd: '/no/such/folder' })).rejects.toMatchObject({ code: 'folder-not-found' });
});

test('an abort ends the program and its children', async () => {
  const ending = new AbortController();
  let child = '';
  const running = sh('sleep 60 & echo $!; wait', {
    signal: ending.signal,
    onOutput: (chunk) => {
      child += Buffer.from(chunk).toString();
      ending.abort();
    },
  });
  await expect(running).rejects.toMatchObject({ code: 'interrupted', kind: 'interrupted' });
  expect(Number(child)).toBeGreaterThan(0);
  while (!isGone(Number(child))) await sleep(10);
  await expect(sh('true', { signal: ending.signal })).rejects.toMatchObject({ code: 'interrupted' });
});

test('who asks after the abort begins nothing', async () => {
  const mark = join(folder, 'begun');
  const late = { signal: AbortSignal.abort() };
  for (let at = 0; at < 5; at++)
    await expect(sh(`echo begun > '${mark}'`, late)).rejects.toMatchObject({ code: 'interrupted' });
  expect(existsSync(mark)).toBe(false);
});

test('who hears slowly holds up the program, and not the memory of the starter', async () => {
  const of = await starter();
  let heard = 0;
  let [pieces, most] = [0, 0];
  await sh('head -c 150000000 /dev/zero', {
    mayCut: true,
    maxBytes: 1000,
    onOutput: (chunk) => {
      heard += chunk.length;
      if (++pieces % 50 !== 0) return;
      const until = performance.now() + 20;
      while (performance.now() < until);
      most = Math.max(most, memoryOf(of));
    },
  });
  expect(heard).toBe(150_000_000);
  expect(most).toBeLessThan(140);
});

test('time that is up ends it, and many at once come back to whom they belong', async () => {
  expect(await sh('sleep 60', { timeoutMs: 100 })).toMatchObject({ timedOut: true });
  const all = await Promise.all(Array.from({ length: 20 }, (_, at) => sh(`echo ${at}`)));
  expect(all.map(({ stdout }) => stdout.trim())).toEqual(Array.from({ length: 20 }, (_, at) => `${at}`));
});

test('when it is killed, what it ran is ended, and the next is run from here', async () => {
  const of = await starter();
  let child = 0;
  const running = sh('sleep 60 & echo $!; wait', {
    onOutput: (chunk) => {
      child = Number(Buffer.from(chunk));
      process.kill(of, 'SIGKILL');
    },
  });
  await expect(running).rejects.toMatchObject({ code: 'program-failed' });
  expect(child).toBeGreaterThan(0);
  expect(isGone(child)).toBe(true);
  expect(await starter()).toBe(process.pid);
  again();
});

test('one that is stuck is given up: after an abort, and when the time of a program was up', async () => {
  const ways = [
    { more: () => ({ timeoutMs: 100 }), code: 'program-failed' },
    { more: () => ({ signal: AbortSignal.timeout(100) }), code: 'interrupted' },
  ];
  for (const { more, code } of ways) {
    again(join(assetPath('dist'), 'starter.js'), 300);
    const of = await starter();
    process.kill(of, 'SIGSTOP');
    await expect(sh('sleep 60', more())).rejects.toMatchObject({ code });
    expect(isGone(of)).toBe(true);
    expect(await starter()).toBe(process.pid);
  }
  again();
});

test('one that cannot work has begun nothing: all is run from here', async () => {
  const broken = join(folder, 'broken.js');
  writeFileSync(broken, 'process.exit(127)');
  again(broken);
  const both = await Promise.all([starter(), starter()]);
  expect(both).toEqual([process.pid, process.pid]);
  again();
});

test('without it all is run from here as before, and it ends when it is given up', async () => {
  const before = await starter();
  back();
  back = runApart('/no/such/starter.js');
  expect(await starter()).toBe(process.pid);
  while (!isGone(before)) await sleep(10);
});
