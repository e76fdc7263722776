import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { inspectRun } from '../../../../src/services/agents/runs/index.js';
import { agentProgram, makeRuns } from '../../../support/runs.js';

const wantedKills = 40;
const runCount = 8;
const lineCount = 5;

let folder: string;
let launcher: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'codex-agents-launcher-'));
  launcher = join(folder, 'launcher.mjs');
  await build({
    stdin: {
      contents: `
        import { readdirSync, readFileSync } from 'node:fs';
        import { join } from 'node:path';
        import { executorOf } from './src/services/agents/runs/executor.ts';
        const runsDir = process.argv[2];
        const executor = executorOf({ runsDir });
        for (const runId of readdirSync(runsDir).sort()) {
          await executor.launch(JSON.parse(readFileSync(join(runsDir, runId, 'intent.json'), 'utf8')), '', process.env);
        }`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: launcher,
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function launch(runsDir: string, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [launcher, runsDir], { env, stdio: 'inherit' });
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));

/** Two launchers race for the same runs and are killed at random moments; how many kills came in time. */
async function race(runs: ReturnType<typeof makeRuns>, patience: number): Promise<number> {
  const pair = [0, 1].map(() => {
    const child = launch(runs.paths.runsDir, runs.env);
    return { child, end: ended(child) };
  });
  let kills = 0;
  for (const { child, end } of pair) {
    await sleep(20 + Math.random() * patience);
    // One that was done before the kill does not count.
    child.kill('SIGKILL');
    if ((await end) === null) kills++;
  }
  return kills;
}

test('launchers killed 40 times: every run starts once, and no line and no exit code is lost', async () => {
  const wrong: string[] = [];
  const expected = Array.from({ length: lineCount }, (_, at) => `line ${at + 1}\n`).join('');
  let kills = 0;
  for (let round = 0; kills < wantedKills; round++) {
    const runs = makeRuns();
    const names = Array.from({ length: runCount }, (_, n) => `r${round}-${n}`);
    const marks = (name: string) => join(runs.root, `marks-${name}`);
    for (const [n, name] of names.entries()) {
      runs.intend(name, [agentProgram('count'), String(lineCount), String(n % 7), marks(name)]);
    }
    kills += await race(runs, 120);
    kills += await race(runs, 60);
    const last = await ended(launch(runs.paths.runsDir, runs.env));
    if (last !== 0) wrong.push(`round ${round}: the last launcher ended with ${last}`);
    for (const [n, name] of names.entries()) {
      const view = await runs.over(name);
      const starts = readFileSync(marks(name), 'utf8');
      const lines = runs.read(name, 'transcript.log');
      if (view.exitCode !== n % 7) wrong.push(`${name}: exit code ${view.exitCode}, not ${n % 7}`);
      if (starts !== 'start\n') wrong.push(`${name}: started ${starts.split('\n').length - 1} times`);
      if (lines !== expected) wrong.push(`${name}: transcript ${JSON.stringify(lines)}`);
    }
    await runs.cleanup();
  }
  expect(wrong).toEqual([]);
}, 60_000);

test('twenty agents at once, all adopted after their launcher is gone', async () => {
  const runs = makeRuns();
  const names = Array.from({ length: 20 }, (_, n) => `t${n}`);
  for (const [n, name] of names.entries()) {
    runs.intend(name, [agentProgram('count'), '30', String(n % 7), join(runs.root, `marks-${name}`)]);
  }
  expect(await ended(launch(runs.paths.runsDir, runs.env))).toBe(0);
  const views = await Promise.all(names.map((name) => inspectRun(runs.paths, name)));
  expect(views.filter((view) => ['running', 'starting', 'exited'].includes(view.phase))).toHaveLength(20);
  const over = await Promise.all(names.map((name) => runs.over(name)));
  expect(over.map((view) => view.exitCode)).toEqual(names.map((_, n) => n % 7));
  expect(over.map((view) => view.lastLine)).toEqual(names.map(() => 'line 30'));
  await runs.cleanup();
}, 30_000);
