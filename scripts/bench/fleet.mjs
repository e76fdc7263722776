/**
 * What an open dashboard costs while nothing happens: a core's share, memory and file watches with many idle worktrees
 * (Linux), each with a commit of its own that is predicted against the target and all others. Then how long a commit
 * made in one of them takes to show, and what it costs. COUNT worktrees of FILES tracked files.
 */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { makeRepo } from './lib/worktree-repo.mjs';
import { makeSandbox, median, program } from './sandbox.mjs';

const count = Number(process.env.COUNT ?? 50);
const files = Number(process.env.FILES ?? 2_000);
const seconds = Number(process.env.SECONDS ?? 30);
/** The first look at all of them is not what idling costs. */
const settle = Number(process.env.SETTLE ?? 60);
const sandbox = makeSandbox();

/** CPU seconds since its start (children that ended included), resident bytes and inotify watches of a process. */
function usage(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const inotify = readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).includes('inotify');
    } catch {
      return false;
    }
  });
  const watches = inotify.flatMap(
    (fd) => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8').match(/^inotify/gm) ?? [],
  );
  return {
    own: (fields[11] + fields[12]) / 100,
    cpu: (fields[11] + fields[12] + fields[13] + fields[14]) / 100,
    mb: (fields[21] * 4096) / 1e6,
    watches: watches.length,
  };
}

/** Writes files and commits them, as an agent would. */
function work(folder, texts) {
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  sandbox.run(folder, 'git', 'add', '-A');
  sandbox.run(folder, 'git', 'commit', '-q', '-m', 'Work');
}

try {
  const repo = makeRepo(sandbox, { tracked: files, ignored: 0 });
  const paths = [];
  for (let at = 0; at < count; at++) {
    sandbox.codexAgent(repo, 'task', 'add', `t${at}`, '--slug', `t${at}`, '--goal', 'bench');
    paths.push(sandbox.codexAgent(repo, 'task', 'worktree', 'add', `t${at}`).trim());
    // Work of its own, and some in a file that others change as well: pairs to be predicted.
    work(paths[at], { [`own-${at}.txt`]: 'own\n', [`shared-${at % 10}.txt`]: `by ${at}\n` });
  }
  const screen = pty.spawn(process.execPath, [program], {
    cols: 200,
    rows: 60,
    cwd: repo,
    env: { ...sandbox.env, TERM: 'xterm-256color', CODEX_AGENT_WORKTREE__SPARE: '0' },
  });
  // Only cells that changed are painted, so what is shown takes a terminal to tell.
  const terminal = new xterm.Terminal({ cols: 200, rows: 60, allowProposedApi: true });
  screen.onData((data) => terminal.write(data));
  const shown = () =>
    Array.from({ length: 60 }, (_, y) => terminal.buffer.active.getLine(y)?.translateToString() ?? '');
  const ahead = (slug) => shown().some((line) => new RegExp(`\\b${slug} .*↑2`).test(line));
  const ended = new Promise((done) => screen.onExit(done));
  await sleep(settle * 1000);
  const before = usage(screen.pid);
  console.log(`the first look at all cost ${before.cpu.toFixed(1)} s of a core`);
  await sleep(seconds * 1000);
  const after = usage(screen.pid);
  const share = (key) => (((after[key] - before[key]) / seconds) * 100).toFixed(2);
  console.log(
    `${count} idle worktrees of ${files} files: ${share('cpu')} % of a core over ${seconds} s, ${share('own')} % without git's`,
  );
  console.log(`resident ${after.mb.toFixed(0)} MB, inotify watches ${after.watches}`);
  const delays = [];
  const costs = [];
  for (let at = 0; at < 5; at++) {
    const start = usage(screen.pid).cpu;
    work(paths[at], { [`own-${at}.txt`]: 'more\n' });
    const begin = Date.now();
    while (!ahead(`t${at}`) && Date.now() - begin < 20_000) await sleep(5);
    delays.push(Date.now() - begin);
    await sleep(10_000);
    costs.push(Math.round((usage(screen.pid).cpu - start) * 1000));
  }
  console.log(`a commit shows after ${median(delays)} ms (${delays.join(', ')})`);
  console.log(
    `the ten seconds after it cost ${median(costs)} ms of CPU (${costs.join(', ')}), the idle share included`,
  );
  screen.write('q');
  await Promise.race([ended, sleep(5000)]);
  screen.kill('SIGKILL');
} finally {
  sandbox.cleanup();
}
