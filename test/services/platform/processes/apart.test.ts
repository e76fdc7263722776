/** Programs that a thread runs: the same answers and errors as from here, and the same ends. */
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
beforeAll(async () => {
  back = await runApart(join(assetPath('dist'), 'process-thread.js'));
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

/** Ids of the threads of this process that have started the programs running now. */
async function startedBy(script: string): Promise<string> {
  const { stdout } = await sh(`${script}; for t in /proc/$PPID/task/*; do
    case " $(cat $t/children) " in *" $$ "*) echo "\${t##*/}";; esac; done`);
  return stdout.trim();
}

test('a program is started by another thread than this one', async () => {
  const thread = await startedBy('true');
  expect(thread).toMatch(/^\d+$/);
  expect(thread).not.toBe(String(process.pid));
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

test('without its program all is run from here as before, also after the thread has ended', async () => {
  back();
  back = await runApart('/no/such/thread.js');
  expect(await startedBy('true')).toBe(String(process.pid));
});
