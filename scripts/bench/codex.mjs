/**
 * The real Codex CLI from PATH, driven by the built program against a loopback model server:
 * three tasks with a dependency land; refused keys, a dead server and a stalled one end in time.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../validators.mjs';
import { makeSandbox, program } from './sandbox.mjs';

if (spawnSync('codex', ['--version']).status !== 0) {
  console.error('codex is not on PATH; install it to run this.');
  process.exit(2);
}
const { startCodexServer } = await load('test/support/codex-server.ts');
const server = await startCodexServer({
  work: {
    type: 'work',
    command: 'ls *.txt > "$(basename "$PWD").seen" 2>/dev/null; echo done > "$(basename "$PWD").txt"',
    said: 'Wrote the file.',
  },
  refused: { type: 'status', status: 401 },
  stalled: { type: 'stall' },
});

async function play(name, scenario, port, limits, tasks) {
  const sandbox = makeSandbox();
  const codexHome = join(sandbox.root, 'codex-home');
  mkdirSync(codexHome);
  writeFileSync(join(codexHome, 'config.toml'), server.config(scenario, { port }));
  const repo = join(sandbox.root, 'repo');
  mkdirSync(repo);
  Object.assign(sandbox.env, { CODEX_HOME: codexHome, FAKE_KEY: 'x' });
  try {
    sandbox.run(repo, 'git', 'init', '-q');
    sandbox.codexAgent(repo, 'init');
    sandbox.run(repo, 'git', 'add', '-A');
    sandbox.run(repo, 'git', 'commit', '-qm', 'First');
    sandbox.codexAgent(repo, 'config', 'set', 'runner.codex.env_allow', '["FAKE_KEY"]');
    for (const [key, value] of Object.entries(limits)) sandbox.codexAgent(repo, 'config', 'set', key, value);
    for (const [title, after] of tasks) {
      sandbox.codexAgent(repo, 'task', 'add', title, ...(after ? ['--depends-on', after] : []));
    }
    const begin = process.hrtime.bigint();
    // Asynchronously: the server lives in this process.
    const { spawn } = await import('node:child_process');
    const child = spawn(process.execPath, [program, 'manager', 'launch', '--wait', '--land', '--json'], {
      cwd: repo,
      env: sandbox.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const result = lines.at(-1);
    const outcomes = (result.data?.tasks ?? []).map(
      (task) =>
        `${task.slug} ${task.status}${task.problem ? ` (${task.problem.code}: ${task.problem.message.slice(0, 80)})` : ''}`,
    );
    const files = tasks.filter(([title]) => existsSync(join(repo, `${title.toLowerCase()}.txt`))).length;
    const log = sandbox.run(repo, 'git', 'log', '--oneline', '--no-merges').trim().split('\n').length - 1;
    console.log(
      `${name}: exit ${code} in ${seconds.toFixed(1)} s; ${outcomes.join(', ')}; ${files} files and ${log} commits on main; ${lines.length} JSON lines`,
    );
  } finally {
    sandbox.cleanup();
  }
}

try {
  await play('three tasks', 'work', server.port, {}, [['One'], ['Two', 'one'], ['Three', 'one']]);
  await play('401', 'refused', server.port, {}, [['One']]);
  await play('dead server', 'work', 9, { 'run.total_timeout': '"60s"', 'run.connect_timeout': '"20s"' }, [
    ['One'],
  ]);
  await play('stalled, idle limit 5 s', 'stalled', server.port, { 'run.idle_timeout': '"5s"' }, [['One']]);
} finally {
  await server.close();
}
