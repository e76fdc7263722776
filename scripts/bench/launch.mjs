/**
 * How soon rows answer a launch in the dashboard that drives: LAUNCH tasks are launched by a key while the worktrees of
 * FILL others are being filled, ROUNDS times, each in a home of its own. Milliseconds from the key until a row says
 * something else than before.
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
const slugs = Array.from({ length: launch + fill }, (_, at) => `t${String(at).padStart(3, '0')}`);

function makeHome() {
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
  for (const slug of slugs)
    writeFileSync(join(stubs, `${slug}.md`), `+++\ntitle = "Task ${slug}"\n+++\n\nWait.\n`);
  sandbox.codexAgent(repo, 'task', 'add', '--from', stubs);
  return { ...sandbox, repo };
}

/** The dashboard in a terminal; `heard` is called after each change of what it shows. */
function openScreen({ repo, env }) {
  const screen = pty.spawn(process.execPath, [program], {
    ...{ cols, rows, cwd: repo },
    env: { ...env, TERM: 'xterm-256color' },
  });
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const at = { heard: () => {} };
  screen.onData((data) => terminal.write(data, () => at.heard()));
  const ended = new Promise((done) => screen.onExit(done));
  const lines = () =>
    Array.from({ length: rows }, (_, y) => terminal.buffer.active.getLine(y)?.translateToString() ?? '');
  return Object.assign(at, {
    lines,
    keys: (text) => screen.write(text),
    async until(what, holds, limitMs = 60_000) {
      const begin = performance.now();
      while (!holds(lines())) {
        if (performance.now() - begin > limitMs)
          throw new Error(`not within ${limitMs} ms: ${what}\n${lines().join('\n')}`);
        await sleep(10);
      }
    },
    async quit() {
      screen.write('q');
      await Promise.race([ended, sleep(2_000)]);
      screen.kill('SIGKILL');
    },
  });
}

const rowOf = (slug, text) => text.find((line) => line.includes(`Task ${slug} `)) ?? '';
const isReady = (line) => / ready /.test(line.slice(0, 70));

/** Presses the key that launches; resolves with how long each row took. */
function launched(screen) {
  const waiting = new Set(slugs.slice(fill));
  const times = [];
  const begin = performance.now();
  const all = new Promise((done) => {
    screen.heard = () => {
      const text = screen.lines();
      for (const slug of waiting) {
        if (isReady(rowOf(slug, text))) continue;
        waiting.delete(slug);
        times.push(performance.now() - begin);
      }
      if (waiting.size === 0) done(undefined);
    };
  });
  screen.keys('y');
  return Promise.race([all, sleep(20_000)]).then(() => times);
}

async function measure(round) {
  const home = makeHome();
  const screen = openScreen(home);
  try {
    await screen.until('all tasks ready', (text) => slugs.every((slug) => isReady(rowOf(slug, text))));
    home.codexAgent(home.repo, 'manager', 'launch', ...slugs.slice(0, fill));
    await screen.until('worktrees being filled', (text) =>
      text.some((line) => /filling worktree/.test(line)),
    );
    screen.keys('wl');
    await screen.until('the question', (text) =>
      text.some((line) => line.includes('They run on your machine')),
    );
    const times = await launched(screen);
    const filling = screen.lines().filter((line) => /filling|to be filled/.test(line)).length;
    console.log(
      `round ${round}: ${times.length} of ${launch} rows, the last after ${Math.max(...times).toFixed(0)} ms; ${filling} worktrees to fill, load ${loadavg()[0].toFixed(1)}`,
    );
    return times;
  } finally {
    home.try(home.repo, 'manager', 'stop');
    await screen.quit();
    home.cleanup();
  }
}

const every = [];
for (let round = 1; round <= rounds; round++) every.push(...(await measure(round)));
console.log(
  `from the key to the row: p50 ${quantile(every, 0.5).toFixed(0)} ms, p95 ${quantile(every, 0.95).toFixed(0)} ms, worst ${Math.max(...every).toFixed(0)} ms (${every.length} of ${rounds * launch} rows)`,
);
