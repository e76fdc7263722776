/**
 * Kill -9 of the orchestrator at random moments of the demo, started again each time.
 * Prints what was found: starts per attempt, exit codes, transcripts, the registry after each kill.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSandbox, program } from './sandbox.mjs';

const kills = Number(process.env.KILLS ?? 20);
const sandbox = makeSandbox();
const folder = join(sandbox.root, 'demo');
const registry = join(sandbox.env.XDG_DATA_HOME, 'codex-agents', 'tasks.json');
const runs = join(sandbox.env.XDG_STATE_HOME, 'codex-agents', 'runs');
let invalid = 0;
let killed = 0;

const play = () =>
  spawn(
    process.execPath,
    [
      program,
      'demo',
      '--no-tui',
      '--json',
      '--folder',
      folder,
      ...(process.env.SPEED ? ['--speed', process.env.SPEED] : []),
    ],
    {
      env: sandbox.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
const closed = (child) => new Promise((resolve) => child.on('close', resolve));

try {
  while (killed < kills) {
    const child = play();
    child.stdout.resume();
    const wait = 100 + Math.random() * 1400;
    const timer = setTimeout(() => child.kill('SIGKILL'), wait);
    const code = await closed(child);
    clearTimeout(timer);
    if (code !== null) {
      console.log(`the demo ended by itself (exit ${code}) after ${killed} kills`);
      break;
    }
    killed += 1;
    try {
      JSON.parse(readFileSync(registry, 'utf8'));
    } catch (error) {
      if (error.code !== 'ENOENT') invalid += 1;
    }
  }
  const last = play();
  let output = '';
  last.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const code = await closed(last);
  const result = JSON.parse(output.trim().split('\n').at(-1));
  const tasks = JSON.parse(readFileSync(registry, 'utf8')).tasks;
  const attempts = tasks.flatMap((task) => task.runIds);
  const found = readdirSync(runs);
  const starts = found.map(
    (id) => (readFileSync(join(runs, id, 'transcript.log'), 'utf8').match(/"demo\.started"/g) ?? []).length,
  );
  const ends = found.map(
    (id) => (readFileSync(join(runs, id, 'transcript.log'), 'utf8').match(/"demo\.finished"/g) ?? []).length,
  );
  const codes = found.map((id) => JSON.parse(readFileSync(join(runs, id, 'exit.json'), 'utf8')).rc);
  console.log(
    `kills ${killed}, registry invalid after a kill ${invalid}, last exit ${code}, ok ${result.data?.ok}`,
  );
  console.log(
    `landed ${result.data?.landed?.length} of ${tasks.length}; attempts ${attempts.length}, run folders ${found.length}`,
  );
  console.log(
    `starts per run: ${starts.join(' ')}; ends per run: ${ends.join(' ')}; exit codes: ${codes.join(' ')}`,
  );
  if (!result.data?.ok) console.log(JSON.stringify(result.data ?? result.error, null, 1));
} finally {
  sandbox.cleanup();
}
