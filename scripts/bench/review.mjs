/**
 * The review of a change of LINES lines on a screen of 120x40: milliseconds from the key that opens it to its first
 * lines, beside a program that runs git diff and writes one frame with raw escapes; then from a key to the screen while
 * the cursor moves.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { quantile } from './lib/views.mjs';
import { makeSandbox, median, program } from './sandbox.mjs';

const lines = Number(process.env.LINES ?? 20_000);
const files = 40;
const rounds = Number(process.env.ROUNDS ?? 7);
const keys = Number(process.env.KEYS ?? 100);
const [cols, rows] = [120, 40];
const sandbox = makeSandbox();
const repo = join(sandbox.root, 'repo');

const raw = `
import { spawnSync } from 'node:child_process';
const { stdout } = spawnSync('git', ['diff', '--no-color', 'main...codex-agent/big'], { encoding: 'utf8', maxBuffer: 1e9 });
const row = (text, y) => '\\x1b[' + (y + 1) + ';1H\\x1b[32m' + text.slice(0, ${cols}).padEnd(${cols});
process.stdin.setRawMode(true);
process.stdout.write('\\x1b[?1049h\\x1b[?25l' + stdout.split('\\n').slice(0, ${rows}).map(row).join(''));
process.stdin.on('data', () => process.exit(0));
`;

function open(args) {
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const screen = pty.spawn(process.execPath, args, {
    ...{ cols, rows, cwd: repo },
    env: { ...sandbox.env, TERM: 'xterm-256color' },
  });
  const ended = new Promise((done) => screen.onExit(done));
  let heard = () => {};
  screen.onData((data) => terminal.write(data, () => heard()));
  const text = () =>
    Array.from({ length: rows }, (_, y) => terminal.buffer.active.getLine(y)?.translateToString() ?? '').join(
      '\n',
    );
  return {
    text,
    keys: (name) => screen.write(name),
    /** Resolves when what is shown holds for this, with the milliseconds since `begin`. */
    when(holds, begin = performance.now(), limitMs = 30_000) {
      return new Promise((done, fail) => {
        const late = setTimeout(() => fail(new Error(`not within ${limitMs} ms\n${text()}`)), limitMs);
        heard = () => {
          if (!holds(text())) return;
          heard = () => {};
          clearTimeout(late);
          done(performance.now() - begin);
        };
        heard();
      });
    },
    async quit() {
      screen.write('q');
      await Promise.race([ended, sleep(1_000)]);
      screen.kill('SIGKILL');
      terminal.dispose();
    },
  };
}

try {
  mkdirSync(repo);
  sandbox.run(repo, 'git', 'init', '-q');
  sandbox.codexAgent(repo, 'init');
  sandbox.run(repo, 'git', 'add', '-A');
  sandbox.run(repo, 'git', 'commit', '-qm', 'First');
  const each = Math.ceil(lines / files);
  const write = `for f in $(seq ${files}); do seq -f "export const value%g = 'a line of the change';" ${each} > part$f.ts; done`;
  for (const [key, value] of Object.entries({
    'runner.default': '"command"',
    'runner.command.args': JSON.stringify(['sh', '-c', write]),
    'worktree.spare': '0',
  }))
    sandbox.codexAgent(repo, 'config', 'set', key, value);
  sandbox.codexAgent(repo, 'task', 'add', 'Big', '--goal', 'Write.');
  sandbox.codexAgent(repo, 'manager', 'launch', '--wait');
  const file = join(sandbox.root, 'raw.mjs');
  writeFileSync(file, raw);

  const times = { raw: [], review: [] };
  const moves = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    const bare = open([file]);
    times.raw.push(await bare.when((text) => text.includes('export const value1'), begin));
    await bare.quit();

    const dashboard = open([program]);
    await dashboard.when((text) => / Big /.test(text) && /done|to land|needs/i.test(text));
    await sleep(1_500);
    const shown = dashboard.when((text) => /part1\.ts[\s\S]*export const value\d+ = /.test(text));
    const pressed = performance.now();
    dashboard.keys('d');
    await shown;
    times.review.push(performance.now() - pressed);
    if (round === 0) {
      await sleep(1_500);
      for (let at = 0; at < keys; at++) {
        const before = dashboard.text();
        const started = performance.now();
        const moved = dashboard.when((text) => text !== before, started, 5_000);
        dashboard.keys(at % 10 === 9 ? '\x04' : 'j');
        moves.push(await moved);
        await sleep(25);
      }
    }
    await dashboard.quit();
  }
  const ms = (list) => `least ${Math.min(...list).toFixed(0)}, median ${median(list).toFixed(0)} ms`;
  console.log(
    `a change of ${lines} lines in ${files} files, ${rounds} rounds, load ${loadavg()[0].toFixed(1)}`,
  );
  console.log(`a raw program from its start: ${ms(times.raw)}`);
  console.log(
    `the review from its key: ${ms(times.review)}, ${(median(times.review) / median(times.raw)).toFixed(2)} x raw`,
  );
  console.log(
    `a key to the screen: p50 ${quantile(moves, 0.5).toFixed(1)} ms, p95 ${quantile(moves, 0.95).toFixed(1)} ms (${keys} keys)`,
  );
} finally {
  sandbox.cleanup();
}
