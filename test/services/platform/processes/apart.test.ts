/** Programs that a small process runs: the same answers and errors as from here, and the same ends. */
import { readFileSync } from 'node:fs';
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
beforeAll(() => {
  back = runApart(join(assetPath('dist'), 'starter.js'));
});
afterAll(() => back());

/** Gone, or a zombie that nobody of this test can reap. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return true;
  }
}

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

test('time that is up ends it, and many at once come back to whom they belong', async () => {
  expect(await sh('sleep 60', { timeoutMs: 100 })).toMatchObject({ timedOut: true });
  const all = await Promise.all(Array.from({ length: 20 }, (_, at) => sh(`echo ${at}`)));
  expect(all.map(({ stdout }) => stdout.trim())).toEqual(Array.from({ length: 20 }, (_, at) => `${at}`));
});

test('without it all is run from here as before, and it ends when it is given up', async () => {
  const before = await starter();
  back();
  back = runApart('/no/such/starter.js');
  expect(await starter()).toBe(process.pid);
  while (!isGone(before)) await sleep(10);
});
