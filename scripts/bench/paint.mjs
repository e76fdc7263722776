/**
 * From the start of a program to its first picture in a terminal of 120x40, interleaved, ROUNDS times: a program that
 * writes one frame with raw escapes and does nothing else, the dashboard on TASKS tasks, and ccmanager where
 * CCMANAGER names its program. The least and the median, and ratios of both.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { makeSandbox, median, program } from './sandbox.mjs';

const rounds = Number(process.env.ROUNDS ?? 15);
const tasks = Number(process.env.TASKS ?? 30);
const [cols, rows] = [120, 40];
const limitMs = 30_000;
const sandbox = makeSandbox();

/** What a program has to do at least: enter the screen, write every row with colours. */
const raw = `
const row = (y) => '\\x1b[' + (y + 1) + ';1H\\x1b[36m' + String(y).padEnd(4) + '\\x1b[39m' + 'a row of the raw program '.repeat(4).padEnd(116);
process.stdin.setRawMode(true);
process.stdout.write('\\x1b[?1049h\\x1b[?25l' + Array.from({ length: ${rows} }, (_, y) => row(y)).join(''));
process.stdin.on('data', () => process.exit(0));
`;

/** Milliseconds until the terminal shows these words. */
async function painted(args, words, quit, stayMs = 0) {
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const begin = performance.now();
  const screen = pty.spawn(process.execPath, args, {
    ...{ cols, rows, cwd: repo },
    env: { ...sandbox.env, TERM: 'xterm-256color' },
  });
  const ended = new Promise((done) => screen.onExit(done));
  const shown = () =>
    Array.from({ length: rows }, (_, y) => terminal.buffer.active.getLine(y)?.translateToString() ?? '');
  const seen = new Promise((done, fail) => {
    screen.onData((data) =>
      terminal.write(data, () => words.test(shown().join('\n')) && done(performance.now() - begin)),
    );
    setTimeout(
      () => fail(new Error(`not within ${limitMs} ms: ${words}\n${shown().join('\n')}`)),
      limitMs,
    ).unref();
  });
  try {
    return await seen;
  } finally {
    await sleep(stayMs);
    screen.write(quit);
    await Promise.race([ended, sleep(3_000)]);
    screen.kill('SIGKILL');
    terminal.dispose();
  }
}

const repo = join(sandbox.root, 'repo');
mkdirSync(repo);
try {
  sandbox.run(repo, 'git', 'init', '-q');
  sandbox.codexAgent(repo, 'init');
  sandbox.run(repo, 'git', 'add', '-A');
  sandbox.run(repo, 'git', 'commit', '-qm', 'First');
  const stubs = join(sandbox.root, 'stubs');
  mkdirSync(stubs);
  for (let at = 0; at < tasks; at++)
    writeFileSync(join(stubs, `t${at}.md`), `+++\ntitle = "Task number ${at}"\n+++\n\nDo part ${at}.\n`);
  sandbox.codexAgent(repo, 'task', 'add', '--from', stubs);
  const file = join(sandbox.root, 'raw.mjs');
  writeFileSync(file, raw);
  const cases = {
    raw: { args: [file], words: /39 +a row/, quit: 'q' },
    dashboard: { args: [program], words: /Task number 1 .*[\s\S]*Task number 2 /, quit: 'q' },
    ...(process.env.CCMANAGER
      ? { ccmanager: { args: [process.env.CCMANAGER], words: /CCManager[\s\S]*main/, quit: '\x03' } }
      : {}),
  };
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, { args, words, quit }] of Object.entries(cases)) {
      // The first round fills caches: a screen keeps its compiled code two seconds after its first frame.
      const ms = await painted(args, words, quit, round > 0 ? 0 : 5_000);
      if (round > 0) times[name].push(ms);
    }
  }
  const least = (name) => Math.min(...times[name]);
  console.log(`${rounds} rounds, load ${loadavg()[0].toFixed(1)}`);
  for (const name of Object.keys(cases)) {
    const over = (of) =>
      `${(least(name) / least(of)).toFixed(2)} / ${(median(times[name]) / median(times[of])).toFixed(2)}`;
    const ratios = name === 'raw' ? '' : `, ${over('raw')} x raw`;
    console.log(
      `${name}: least ${least(name).toFixed(0)}, median ${median(times[name]).toFixed(0)} ms${ratios}`,
    );
  }
  if (times.ccmanager)
    console.log(
      `ccmanager takes ${(least('ccmanager') / least('dashboard')).toFixed(1)} / ${(median(times.ccmanager) / median(times.dashboard)).toFixed(1)} x the dashboard's time (least / median)`,
    );
} finally {
  sandbox.cleanup();
}
