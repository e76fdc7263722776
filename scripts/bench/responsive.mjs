/**
 * The dashboard that drives, at work: AGENTS agents write LINES lines a second each while FILL more worktrees are filled.
 * Milliseconds from a key to its first byte on the terminal, how long until every launched row has changed, and how
 * long Stop takes: by a key while worktrees fill, and by the command line while that dashboard is suspended.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { quantile } from './lib/views.mjs';
import { makeRepo } from './lib/worktree-repo.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const agents = Number(process.env.AGENTS ?? 50);
const lines = Number(process.env.LINES ?? 20);
const fill = Number(process.env.FILL ?? 20);
const files = Number(process.env.FILES ?? 2_000);
const keys = Number(process.env.KEYS ?? 200);
const sandbox = makeSandbox();

/** In perl, whose pauses start no process: the agents are to write, and not to use up the machine. */
const agent = `$|=1; while (1) { $i++; print "line $i of a transcript that says what it does\\n"; select(undef, undef, undef, ${1 / lines}) }`;

/** Processes of the run of this task that still live, by the folder in their environment. */
function alive(slug) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8');
        if (/^[ZX]/.test(state.slice(state.lastIndexOf(')') + 2))) return false;
        return new RegExp(`CODEX_AGENTS_RUN_DIR=${sandbox.root}[^\\0]*/${slug}-`).test(
          readFileSync(`/proc/${pid}/environ`, 'latin1'),
        );
      } catch {
        return false;
      }
    });
}

async function until(what, holds, limitMs = 120_000) {
  const begin = performance.now();
  while (!holds()) {
    if (performance.now() - begin > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(5);
  }
  return performance.now() - begin;
}

const tell = (name, times) =>
  console.log(
    `${name}: p50 ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms, worst ${Math.max(...times).toFixed(0)} ms (${times.length} keys)`,
  );

const repo = makeRepo(sandbox, { tracked: files, ignored: 0 });
mkdirSync(join(sandbox.root, 'config/codex-agents'), { recursive: true });
writeFileSync(
  join(sandbox.root, 'config/codex-agents/config.toml'),
  [
    `run.max_parallel = ${agents + fill}`,
    'worktree.spare = 0',
    'runner.default = "command"',
    `runner.command.args = ${JSON.stringify(['perl', '-e', agent])}`,
    '',
  ].join('\n'),
);
const stubs = join(sandbox.root, 'stubs');
mkdirSync(stubs);
const slugs = Array.from({ length: agents + fill }, (_, at) => `t${String(at).padStart(3, '0')}`);
for (const slug of slugs)
  writeFileSync(join(stubs, `${slug}.md`), `+++\ntitle = "Task ${slug}"\n+++\n\nWrite.\n`);
sandbox.codexAgent(repo, 'task', 'add', '--from', stubs);

const screen = pty.spawn(process.execPath, [program], {
  cols: 120,
  rows: 40,
  cwd: repo,
  env: { ...sandbox.env, TERM: 'xterm-256color' },
});
const terminal = new xterm.Terminal({ cols: 120, rows: 40, allowProposedApi: true });
let heard = () => {};
// A key is answered when the terminal shows it.
screen.onData((data) => terminal.write(data, () => heard()));
const ended = new Promise((done) => screen.onExit(done));
const shown = () =>
  Array.from({ length: 40 }, (_, y) => terminal.buffer.active.getLine(y)?.translateToString() ?? '').join(
    '\n',
  );

/** Presses a key and waits for what it changes: the marker of the selected row. */
async function press(key) {
  const before = shown();
  const begin = performance.now();
  const seen = new Promise((/** @type {(value?: unknown) => void} */ done) => {
    heard = () => selection(shown()) !== selection(before) && done();
  });
  screen.write(key);
  await Promise.race([seen, sleep(2_000)]);
  return performance.now() - begin;
}
const selection = (text) => text.split('\n').findIndex((line) => line.includes('▶'));

async function typing(count) {
  const times = [];
  for (let at = 0; at < count; at++) {
    times.push(await press(at % 8 < 4 ? 'j' : 'k'));
    await sleep(15);
  }
  return times;
}

const live = () => Number(/(\d+) working/.exec(shown())?.[1] ?? 0);

try {
  await until('the screen', () => shown().includes('Tasks'));
  await sleep(2_000);
  tell('at rest', await typing(40));
  sandbox.codexAgent(repo, 'manager', 'launch', ...slugs.slice(0, agents));
  await until(
    'all agents at work',
    () => slugs.slice(0, agents).every((slug) => alive(slug).length > 0),
    400_000,
  );
  console.log(`${agents} agents at work (${live()} shown), load ${loadavg()[0].toFixed(1)}`);
  await sleep(5_000);
  tell(`${agents} agents write ${lines} lines a second each`, await typing(keys));

  const launching = performance.now();
  sandbox.codexAgent(repo, 'manager', 'launch', ...slugs.slice(agents));
  console.log(`the command that launches ${fill} more took ${(performance.now() - launching).toFixed(0)} ms`);
  tell(`the same, ${fill} worktrees being filled`, await typing(keys));
  const filled = slugs.slice(agents).filter((slug) => alive(slug).length > 0).length;
  console.log(`${filled} of ${fill} are filled by then, load ${loadavg()[0].toFixed(1)}`);

  const begin = performance.now();
  sandbox.codexAgent(repo, 'task', 'stop', slugs[0]);
  await until('stopped', () => alive(slugs[0]).length === 0, 30_000);
  console.log(`stopped from the command line meanwhile: ${(performance.now() - begin).toFixed(0)} ms`);

  process.kill(screen.pid, 'SIGSTOP');
  const frozen = performance.now();
  sandbox.codexAgent(repo, 'task', 'stop', slugs[1]);
  await until('stopped', () => alive(slugs[1]).length === 0, 30_000);
  console.log(
    `stopped while the driving dashboard is suspended: ${(performance.now() - frozen).toFixed(0)} ms`,
  );
  process.kill(screen.pid, 'SIGCONT');
} finally {
  if (existsSync(repo)) sandbox.try(repo, 'manager', 'stop');
  screen.write('q');
  await Promise.race([ended, sleep(2_000)]);
  screen.kill('SIGKILL');
  sandbox.cleanup();
}
