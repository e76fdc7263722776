import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findProgram, runProcess } from '../../../../src/services/platform/processes/process.js';

let cwd: string;
const env = { PATH: process.env.PATH };
beforeAll(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'codex-agents-')));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const sh = (script: string, more = {}) => runProcess(['sh', '-c', script], { cwd, env, ...more });

/** Gone, or a zombie that nobody of this test can reap. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return true;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (!isGone(pid)) await new Promise((tick) => setTimeout(tick, 10));
}

describe('runProcess', () => {
  test('gives output, exit code and input as they are', async () => {
    const result = await sh('cat; echo err >&2; exit 3', { input: 'in\n\n' });
    expect(result).toMatchObject({
      code: 3,
      stdout: 'in\n\n',
      stderr: 'err\n',
      timedOut: false,
      truncated: false,
    });
  });

  test('passes arguments without a shell, and the environment and nothing else', async () => {
    const odd = '$(touch canary); "a\nb" *';
    const said = await runProcess(['printf', '%s', odd], { cwd, env });
    expect(said.stdout).toBe(odd);
    const { stdout } = await runProcess(['env'], { cwd, env: { ...env, ONLY: 'this' } });
    expect(stdout.split('\n').filter(Boolean).sort()).toEqual(['ONLY=this', `PATH=${env.PATH}`]);
  });

  test('keeps the end of an endless output', async () => {
    const result = await sh('head -c 3000000 /dev/zero; echo end', { maxBytes: 1000 });
    expect(result).toMatchObject({ code: 0, truncated: true });
    expect(result.stdout).toHaveLength(1000);
    expect(result.stdout.endsWith('end\n')).toBe(true);
  });

  test('ends the whole group when time is up, also who ignores being asked', async () => {
    const result = await sh("trap '' TERM; (trap '' TERM; sleep 60) & echo $!; sleep 60", { timeoutMs: 200 });
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL', code: 137 });
    await untilGone(Number(result.stdout));
  });

  test('does not wait for what a finished program left running, and ends it', async () => {
    const result = await sh('sleep 60 & echo $!');
    expect(result).toMatchObject({ code: 0, timedOut: false });
    expect(result.durationMs).toBeLessThan(20_000);
    await untilGone(Number(result.stdout));
  });

  test('an abort ends it and is thrown', async () => {
    const controller = new AbortController();
    const running = sh('sleep 60', { signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await expect(running).rejects.toMatchObject({ code: 'interrupted', kind: 'interrupted' });
    await expect(sh('true', { signal: controller.signal })).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('names what is missing', async () => {
    await expect(runProcess(['no-such-program'], { cwd, env })).rejects.toMatchObject({
      code: 'program-not-found',
      hint: expect.stringContaining('no-such-program'),
    });
    await expect(sh('true', { cwd: join(cwd, 'none') })).rejects.toMatchObject({ code: 'folder-not-found' });
  });
});

test('findProgram looks on PATH, not in the working folder', () => {
  expect(findProgram('sh', env)).toMatch(/^\/.*\/sh$/);
  expect(findProgram('sh', { PATH: '.:relative' })).toBeUndefined();
  expect(findProgram('/bin/sh', {})).toBe('/bin/sh');
  expect(findProgram('no-such-program', env)).toBeUndefined();
  expect(findProgram('', env)).toBeUndefined();
});
