/** 50 `task add` and `task edit` processes at once, some killed at random: is every acknowledged change there? */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSandbox, program } from './sandbox.mjs';

const rounds = Number(process.env.ROUNDS ?? 3);
const atOnce = 50;
const sandbox = makeSandbox();
const repo = join(sandbox.root, 'repo');
const registry = join(sandbox.env.XDG_DATA_HOME, 'codex-agents', 'tasks.json');
mkdirSync(repo);

/** Resolves with whether the change was acknowledged, and whether its process was killed. */
function change(argv, killAfterMs) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...argv, '--json'], {
      cwd: repo,
      env: sandbox.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const timer =
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ acknowledged: output.includes('"ok":true'), killed: signal === 'SIGKILL', code });
    });
  });
}

try {
  sandbox.run(repo, 'git', 'init', '-q');
  sandbox.codexAgent(repo, 'init');
  for (let i = 0; i < atOnce / 2; i++) sandbox.codexAgent(repo, 'task', 'add', `Old ${i}`);
  const expected = new Map();
  const counts = { acknowledged: 0, killed: 0, refused: 0 };
  let lost = 0;
  const begin = process.hrtime.bigint();
  for (let round = 0; round < rounds; round++) {
    const work = Array.from({ length: atOnce }, async (_, i) => {
      const add = i % 2 === 0;
      const slug = add ? `new-${round}-${i}` : `old-${(i - 1) / 2}`;
      const title = `Title ${round} ${i}`;
      const argv = add ? ['task', 'add', title, '--slug', slug] : ['task', 'edit', slug, '--title', title];
      const ended = await change(argv, Math.random() < 0.3 ? 200 + Math.random() * 3000 : undefined);
      if (ended.acknowledged) expected.set(slug, title);
      else if (!add) expected.delete(slug);
      counts.acknowledged += ended.acknowledged ? 1 : 0;
      counts.killed += ended.killed ? 1 : 0;
      counts.refused += !ended.acknowledged && !ended.killed ? 1 : 0;
    });
    await Promise.all(work);
    const titles = new Map(
      JSON.parse(readFileSync(registry, 'utf8')).tasks.map((task) => [task.slug, task.title]),
    );
    for (const [slug, title] of expected) if (titles.get(slug) !== title) lost += 1;
  }
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  console.log(
    `${rounds * atOnce} processes, ${atOnce} at once, in ${seconds.toFixed(1)} s: ${counts.acknowledged} acknowledged, ${counts.killed} killed, ${counts.refused} refused; acknowledged but lost: ${lost}`,
  );
  if (lost > 0) process.exitCode = 1;
} finally {
  sandbox.cleanup();
}
