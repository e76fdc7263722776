import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type { Call } from '../../../../src/domain/platform/call.js';
import { logFiles, logFolder, openCallLog } from '../../../../src/services/platform/files/call-log.js';
import { followCalls, readCalls } from '../../../../src/services/platform/files/call-log-reader.js';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'codex-agents-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const call = (what: string): Call => ({
  at: '2026-01-01T00:00:00.000Z',
  pid: 1,
  cause: 'status',
  kind: 'git',
  what,
  ms: 1,
  outcome: 'ok',
  ok: true,
});
const whats = (calls: readonly Call[]) => calls.map(({ what }) => what);

test('keeps what was called, for its owner only, and gives back the newest', async () => {
  const log = openCallLog({ stateDir });
  expect(logFiles({ stateDir })).toEqual([]);
  for (const what of ['a', 'b', 'c']) log.add(call(what));
  log.flush();
  expect(whats(await readCalls({ stateDir }, 2))).toEqual(['b', 'c']);
  const [file] = logFiles({ stateDir });
  expect([statSync(file!).mode & 0o777, statSync(logFolder({ stateDir })).mode & 0o777]).toEqual([
    0o600, 0o700,
  ]);
});

test('writes by itself soon, without being asked to', async () => {
  const heard: Call[] = [];
  const ending = new AbortController();
  const following = followCalls(
    { stateDir },
    10,
    (one) => {
      heard.push(one);
      ending.abort();
    },
    ending.signal,
  );
  openCallLog({ stateDir }).add(call('soon'));
  await following;
  expect(whats(heard)).toEqual(['soon']);
});

test('stays small: the two newest files are kept', async () => {
  const log = openCallLog({ stateDir }, 1000);
  for (let at = 0; at < 100; at++) {
    log.add(call(`call ${at} ${'x'.repeat(100)}`));
    log.flush();
  }
  const files = logFiles({ stateDir });
  expect(files).toHaveLength(2);
  for (const file of files) expect(statSync(file).size).toBeLessThan(1300);
  expect((await readCalls({ stateDir }, 1))[0]?.what).toMatch(/^call 99 /);
});

test('many processes write whole lines at once, over the change from file to file', async () => {
  const script = join(stateDir, 'writer.mjs');
  const contents = `
    import { openCallLog } from './src/services/platform/files/call-log.ts';
    const log = openCallLog({ stateDir: process.argv[2] }, 60_000);
    for (let at = 0; at < 300; at++) {
      log.add({ ...${JSON.stringify(call(''))}, what: process.argv[3] + ' ' + at + ' ' + 'y'.repeat(at) });
      if (at % 7 === 0) log.flush();
    }
    log.flush();`;
  const banner = { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" };
  await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner,
    outfile: script,
    logLevel: 'error',
  });
  const writers = ['a', 'b', 'c', 'd'].map(
    (name) =>
      new Promise((done) => {
        spawn(process.execPath, [script, stateDir, name], { stdio: 'inherit' }).once('close', done);
      }),
  );
  expect(await Promise.all(writers)).toEqual([0, 0, 0, 0]);
  const lines = logFiles({ stateDir }).flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
  expect(lines.length).toBeGreaterThan(100);
  expect(await readCalls({ stateDir }, Number.POSITIVE_INFINITY)).toHaveLength(lines.length);
});

test('a log that cannot be written fails nothing', () => {
  writeFileSync(logFolder({ stateDir }), 'a file where the folder should be');
  const log = openCallLog({ stateDir });
  log.add(call('a'));
  expect(() => log.flush()).not.toThrow();
});

test('goes on in a new file when the old one was taken away', async () => {
  const log = openCallLog({ stateDir });
  log.add(call('a'));
  log.flush();
  rmSync(logFolder({ stateDir }), { recursive: true });
  log.add(call('b'));
  log.flush();
  expect(whats(await readCalls({ stateDir }, 9))).toEqual(['b']);
});
