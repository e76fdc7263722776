/**
 * How soon rows answer a launch in the dashboard that drives: LAUNCH tasks are launched by a key while the worktrees of
 * FILL others are being filled, ROUNDS times. Milliseconds from the key until a row says something else than before.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { quantile } from './lib/views.mjs';
import { makeRepo } from './lib/worktree-repo.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const launch = Number(process.env.LAUNCH ?? 20);
const fill = Number(process.env.FILL ?? 20);
const files = Number(process.env.FILES ?? 2_000);
const rounds = Number(process.env.ROUNDS ?? 5);
const [cols, rows] = [120, 80];
const sandbox = makeSandbox();

const repo = makeRepo(sandbox, { tracked: files, ignored: 200 });
mkdirSync(join(sandbox.root, 'config/codex-agents'), { recursive: true });
writeFileSync(
  join(sandbox.root, 'config/codex-agents/config.toml'),
  [
    `run.max_parallel = ${launch + fill}`,
    'worktree.spare = 0',
    'runner.default = "command"',
    'runner.command.args = ["sleep", "600"]',
    '',
  ].join('\n'),
);
const stubs = join(sandbox.root, 'stubs');
mkdirSync(stubs);
const slugs = Array.from({ length: launch + fill }, (_, at) => `t${String(at).padStart(3, '0')}`);
for (const slug of slugs)
  writeFileSync(join(stubs, `${slug}.md`), `+++\ntitle = "Task ${slug}"\n+++\n\nWait.\n`);
sandbox.codexAgent(repo, 'task', 'add', '--from', stubs);

const screen = pty.spawn(process.execPath, [program], {
  ...{ cols, rows, cwd: repo },
  env: { ...sandbox.env, TERM: 'xterm-256color' },
});
const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
let heard = () => {};
screen.onData((data) => terminal.write(data, () => heard()));
const ended = new Promise((done) => screen.onExit(done));
const lines = () =>
  Array.from({ length: rows }, (_, y) => terminal.buffer.active.getLine(y)?.translateToString() ?? '');
const rowOf = (slug, text) => text.find((line) => line.includes(`Task ${slug} `)) ?? '';
const isReady = (line) => / ready /.test(line.slice(0, 70));

async function until(what, holds, limitMs = 240_000) {
  const begin = performance.now();
  while (!holds()) {
    if (performance.now() - begin > limitMs)
      throw new Error(`not within ${limitMs} ms: ${what}\n${lines().join('\n')}`);
    await sleep(10);
  }
}

/** Presses the key that launches; resolves with how long each row took. */
function launched() {
  const waiting = new Set(slugs.slice(fill));
  const times = [];
  const begin = performance.now();
  const all = new Promise((done) => {
    heard = () => {
      const text = lines();
      for (const slug of waiting) {
        if (isReady(rowOf(slug, text))) continue;
        waiting.delete(slug);
        times.push(performance.now() - begin);
      }
      if (waiting.size === 0) done(undefined);
    };
  });
  screen.write('y');
  return Promise.race([all, sleep(20_000)]).then(() => times);
}

const every = [];
try {
  for (let round = 0; round < rounds; round++) {
    await until('all tasks ready', () => slugs.every((slug) => isReady(rowOf(slug, lines()))));
    sandbox.codexAgent(repo, 'manager', 'launch', ...slugs.slice(0, fill));
    await until('worktrees being filled', () => lines().some((line) => /filling worktree/.test(line)));
    screen.write('wl');
    await until('the question', () => lines().some((line) => line.includes('They run on your machine')));
    const times = await launched();
    every.push(...times);
    const filling = lines().filter((line) => /filling|to be filled/.test(line)).length;
    console.log(
      `round ${round + 1}: ${times.length} of ${launch} rows, the last after ${Math.max(...times).toFixed(0)} ms; ${filling} worktrees to fill, load ${loadavg()[0].toFixed(1)}`,
    );
    heard = () => {};
    sandbox.codexAgent(repo, 'manager', 'stop');
  }
  console.log(
    `from the key to the row: p50 ${quantile(every, 0.5).toFixed(0)} ms, p95 ${quantile(every, 0.95).toFixed(0)} ms, worst ${Math.max(...every).toFixed(0)} ms (${every.length} rows)`,
  );
} finally {
  sandbox.try(repo, 'manager', 'stop');
  screen.write('q');
  await Promise.race([ended, sleep(2_000)]);
  screen.kill('SIGKILL');
  sandbox.cleanup();
}
