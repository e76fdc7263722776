import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { causedBy, onCall, type ToldCall } from '../../../../src/services/platform/processes/calls.js';
import {
  findProgram,
  handTerminal,
  runProcess,
} from '../../../../src/services/platform/processes/process.js';

let cwd: string;
const env = { PATH: process.env.PATH };
beforeAll(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'codex-agents-')));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const sh = (script: string, more = {}) => runProcess(['sh', '-c', script], { cwd, env, ...more });

/** Keeps the event loop from everything else. */
function hold(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

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

  test('keeps the end of an endless output where it is only shown, and refuses it as an answer', async () => {
    const script = 'head -c 3000000 /dev/zero; echo end';
    const result = await sh(script, { maxBytes: 1000, mayCut: true });
    expect(result).toMatchObject({ code: 0, truncated: true });
    expect(result.stdout).toHaveLength(1000);
    expect(result.stdout.endsWith('end\n')).toBe(true);
    await expect(sh(script, { maxBytes: 1000 })).rejects.toMatchObject({ code: 'output-cut' });
  });

  test('loses nothing while the loop is held and six programs end', async () => {
    const said: string[] = [];
    const busy = () => {
      hold(60);
      setImmediate(() => hold(600));
    };
    const work = async (at: number) => {
      for (let round = 0; round < 3; round++) {
        const { stdout, held } = await sh(`sleep 0.0${at}${round}; echo out`, { onOutput: busy });
        said.push(held ? 'held' : stdout);
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(work));
    expect(said).toEqual(Array.from({ length: 18 }, () => 'out\n'));
  });

  test('counts the time of the program, not of a loop that comes late', async () => {
    const running = sh('echo in time', { timeoutMs: 300 });
    await new Promise((turn) => setTimeout(turn, 1));
    hold(700);
    expect(await running).toMatchObject({ code: 0, timedOut: false, stdout: 'in time\n' });
  });

  test('ends the whole group when time is up, also who ignores being asked', async () => {
    const result = await sh("trap '' TERM; (trap '' TERM; sleep 60) & echo $!; sleep 60", { timeoutMs: 200 });
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL', code: 137 });
    await untilGone(Number(result.stdout));
  });

  test('is no success when time was up, whatever the program says', async () => {
    const result = await sh("trap 'exit 0' TERM; sleep 60 & wait", { timeoutMs: 200 });
    expect(result).toMatchObject({ code: 124, timedOut: true });
  });

  test('reads what a finished program left running still writes', async () => {
    const result = await sh('(sleep 0.4; echo late) & echo out');
    expect(result).toMatchObject({ code: 0, stdout: 'out\nlate\n', held: false });
  });

  test('does not wait for what a finished program left running for good, and ends it', async () => {
    const result = await sh('sleep 60 & echo $!', { mayCut: true });
    expect(result).toMatchObject({ code: 0, timedOut: false, held: true });
    expect(result.durationMs).toBeLessThan(20_000);
    await untilGone(Number(result.stdout));
  });

  test('takes output that a left process holds open for an answer never, and where it is shown at once', async () => {
    const pidFile = join(cwd, 'pid');
    const script = `setsid sh -c 'echo $$ >${pidFile}; exec sleep 60' & while ! [ -s ${pidFile} ]; do :; done; echo out`;
    const end = () => {
      process.kill(Number(readFileSync(pidFile, 'utf8')));
      rmSync(pidFile);
    };
    expect(await sh(script, { mayCut: true })).toMatchObject({ code: 0, stdout: 'out\n', held: true });
    end();
    await expect(sh(script)).rejects.toMatchObject({
      code: 'output-cut',
      message: expect.stringContaining('a process that it left running'),
    });
    end();
    // What only shows, as with ssh's shared connections, leaves the answer whole.
    expect(await sh(`exec 3>&1; (${script}) >/dev/null 3>&-; echo all >&3`)).toMatchObject({
      code: 0,
      stdout: 'all\n',
    });
    end();
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
    const script = join(cwd, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n', { mode: 0o755 });
    await expect(runProcess([script], { cwd, env })).rejects.toMatchObject({
      code: 'program-failed',
      hint: expect.stringContaining('first line'),
    });
  });
});

test('every program is told of when it ends, with the command that caused it', async () => {
  const heard: ToldCall[] = [];
  const stop = onCall((call) => heard.push(call));
  await causedBy('task run', () => sh('echo no >&2; exit 3', { ok: [0, 3] }));
  await sh('echo no >&2; exit 4');
  await expect(runProcess(['no-such-program'], { cwd, env })).rejects.toThrow();
  stop();
  await sh('true');
  expect(heard).toMatchObject([
    {
      kind: 'process',
      words: ['sh', '-c', expect.any(String)],
      cwd,
      outcome: 'exit 3',
      ok: true,
      cause: 'task run',
    },
    { outcome: 'exit 4', ok: false, said: 'no' },
    { outcome: 'program-not-found', ok: false },
  ]);
});

test('a program on the terminal of the person gets the given environment alone, and its end is told', async () => {
  const hand = (script: string) => handTerminal(['sh', '-c', script], { cwd, env });
  expect(await hand('exit 3')).toBe(3);
  expect(await hand('kill -TERM $$')).toBe(143);
  expect(await hand('test -z "$HOME" && test "$PWD" = "$(pwd)"')).toBe(0);
  const missing = handTerminal(['no-such-program'], { cwd, env });
  await expect(missing).rejects.toMatchObject({ code: 'program-not-found' });
});

test('findProgram looks on PATH, not in the working folder', () => {
  expect(findProgram('sh', env)).toMatch(/^\/.*\/sh$/);
  expect(findProgram('sh', { PATH: '.:relative' })).toBeUndefined();
  expect(findProgram('/bin/sh', {})).toBe('/bin/sh');
  expect(findProgram('no-such-program', env)).toBeUndefined();
  expect(findProgram('', env)).toBeUndefined();
});
