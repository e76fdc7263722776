/**
 * What a dashboard costs while nothing happens, as an outsider sees it (Linux): git processes a minute, counted by a
 * program called git in front of the real one, and a core's share, for a first screen and for a second one beside it.
 * TASKS tasks, COUNT of them with a worktree and a commit; SETTLE seconds of quiet before, in which the spare worktree is
 * filled, SECONDS of measuring.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import { makeRepo } from './lib/worktree-repo.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const tasks = Number(process.env.TASKS ?? 30);
const count = Number(process.env.COUNT ?? 6);
const files = Number(process.env.FILES ?? 2_000);
const seconds = Number(process.env.SECONDS ?? 60);
const settle = Number(process.env.SETTLE ?? 150);
const sandbox = makeSandbox();

/** A screen and the small process that runs its programs, once there is one. */
const withStarter = (pid) => [
  pid,
  ...readdirSync('/proc').filter((name) => {
    try {
      const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      return Number(parent) === pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('starter.js');
    } catch {
      return false;
    }
  }),
];

/** CPU seconds since their start, children that ended included. */
const cpuOf = (pid) => withStarter(pid).reduce((sum, one) => sum + ownCpuOf(one), 0);

function ownCpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return (fields[11] + fields[12] + fields[13] + fields[14]) / 100;
}

/** Puts a git in front of the real one that notes each call under `name` in the environment. */
function countingGit() {
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const bin = join(sandbox.root, 'counting');
  mkdirSync(bin);
  const text = `#!/bin/sh\nprintf '%s\\n' "$*" >> "${sandbox.root}/calls-$PPID"\nexec ${real} "$@"\n`;
  writeFileSync(join(bin, 'git'), text);
  chmodSync(join(bin, 'git'), 0o755);
  return `${bin}:${sandbox.env.PATH}`;
}

const callsOf = (pid) => withStarter(pid).flatMap(ownCallsOf);

function ownCallsOf(pid) {
  try {
    return readFileSync(join(sandbox.root, `calls-${pid}`), 'utf8')
      .split('\n')
      .filter(Boolean);
  } catch {
    return [];
  }
}

const screens = [];

function open(repo, PATH) {
  const screen = pty.spawn(process.execPath, [program], {
    cols: 120,
    rows: 40,
    cwd: repo,
    env: { ...sandbox.env, PATH, TERM: 'xterm-256color' },
  });
  screen.onData(() => {});
  const ended = new Promise((done) => screen.onExit(done));
  screens.push({ screen, ended });
  return screen.pid;
}

async function measure(name, pids) {
  const before = pids.map((pid) => ({ cpu: cpuOf(pid), calls: callsOf(pid).length }));
  await sleep(seconds * 1000);
  return pids.map((pid, at) => {
    const calls = callsOf(pid).slice(before[at].calls);
    const share = ((cpuOf(pid) - before[at].cpu) / seconds) * 100;
    const perMinute = (calls.length * 60) / seconds;
    console.log(
      `${name[at]}: ${perMinute.toFixed(1)} git processes a minute, ${share.toFixed(2)} % of a core over ${seconds} s`,
    );
    if (process.env.SHOW) for (const call of calls) console.log(`    git ${call.slice(0, 150)}`);
    return share;
  });
}

try {
  const repo = makeRepo(sandbox, { tracked: files, ignored: 0 });
  const stubs = join(sandbox.root, 'stubs');
  mkdirSync(stubs);
  for (let at = 0; at < tasks; at++) {
    writeFileSync(join(stubs, `t${at}.md`), `+++\ntitle = "Task ${at}"\n+++\n\nDo part ${at}.\n`);
  }
  sandbox.codexAgent(repo, 'task', 'add', '--from', stubs);
  for (let at = 0; at < count; at++) {
    const path = sandbox.codexAgent(repo, 'task', 'worktree', 'add', `t${at}`).trim();
    writeFileSync(join(path, `own-${at}.txt`), 'own\n');
    sandbox.run(path, 'git', 'add', '-A');
    sandbox.run(path, 'git', 'commit', '-q', '-m', 'Work');
    // One with work that is not committed.
    if (at === 0) writeFileSync(join(path, 'loose.txt'), 'loose\n');
  }
  const path = countingGit();
  const first = open(repo, path);
  await sleep(settle * 1000);
  console.log(`${tasks} tasks, ${count} worktrees of ${files} files, load ${loadavg()[0].toFixed(1)}`);
  const [alone] = await measure(['first screen, alone'], [first]);
  const second = open(repo, path);
  await sleep(settle * 1000);
  const [driving, watching] = await measure(['first screen', 'second screen'], [first, second]);
  const base = Math.max(alone, driving);
  console.log(`the second costs ${((watching / base) * 100).toFixed(0)} % of the first`);
} finally {
  for (const { screen, ended } of screens) {
    screen.write('q');
    await Promise.race([ended, sleep(5000)]);
    screen.kill('SIGKILL');
  }
  sandbox.cleanup();
}
