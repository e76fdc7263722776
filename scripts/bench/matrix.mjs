/**
 * Twenty agents at work while the program that drives them is killed two hundred times at random moments, and each time
 * another takes over. Then: did every agent start once, is every line there, and every exit code right? Also what the
 * supervisors of fifty agents take, what becomes of a run whose supervisor is killed, and whether a stop leaves anybody.
 * KILLS=40 AGENTS=10 for a short one, PARTS=stop,memory for some of it. Ends with 1 when a bar is missed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeSandbox, program } from './sandbox.mjs';

const kills = Number(process.env.KILLS ?? 200);
const agents = Number(process.env.AGENTS ?? 20);
const many = Number(process.env.MANY ?? 50);
const memoryMb = 150;
let wrong = 0;

/** Notes its start, counts until it is let finish, and ends with a code made from its number. */
const counting = `
n=\${0##*-}; echo start >> "$1/starts-$0"; i=0
while [ ! -e "$1/finish-$0" ]; do i=$((i+1)); echo "line $i"; sleep 0.2; done
echo "total $i"; echo x > "$0.txt"; exit $((n % 3))`;

const sleeping = `echo start >> "$1/starts-$0"; exec sleep 3600`;

/** Stands in for any coding CLI: hides children in a session, an environment and a group of their own, and stays. */
const hiding = (marks) => `#!/bin/sh
case "$*" in --version) echo 9.9.9; exit 0 ;; features*) exit 0 ;; esac
setsid sleep 1000 & echo $! >> "${marks}/children"
setsid env -i sleep 1000 & echo $! >> "${marks}/children"
sh -c 'sleep 1000 & wait' & echo $! >> "${marks}/children"
echo $$ >> "${marks}/children"
trap '' INT TERM; while :; do sleep 1; done`;

/** How each runner is told to take that program. */
const runners = {
  command: (path) => ({ args: [path] }),
  codex: (path) => ({ path, transport: 'exec' }),
  'codex over app-server': (path) => ({ path, transport: 'app-server' }),
  claude: (path) => ({ path }),
  opencode: (path) => ({ path }),
  gemini: (path) => ({ path }),
  acp: (path) => ({ args: [path] }),
};

function setUp(agent, count) {
  const sandbox = makeSandbox();
  const repo = join(sandbox.root, 'repo');
  const marks = join(sandbox.root, 'marks');
  for (const folder of [repo, marks]) mkdirSync(folder);
  sandbox.run(repo, 'git', 'init', '-q');
  sandbox.codexAgent(repo, 'init');
  sandbox.run(repo, 'git', 'add', '-A');
  sandbox.run(repo, 'git', 'commit', '-qm', 'First');
  const settings = {
    'runner.default': '"command"',
    'runner.command.args': JSON.stringify(['sh', '-c', agent, '{slug}', marks]),
    'run.max_parallel': String(count),
    'run.retries': '0',
    'run.kill_grace': '"200ms"',
    'worktree.spare': '0',
  };
  for (const [key, value] of Object.entries(settings)) sandbox.codexAgent(repo, 'config', 'set', key, value);
  const stubs = join(sandbox.root, 'stubs');
  mkdirSync(stubs);
  for (let n = 0; n < count; n++) {
    writeFileSync(join(stubs, `agent-${n}.md`), `+++\ntitle = "Agent ${n}"\nslug = "agent-${n}"\n+++\n`);
  }
  sandbox.codexAgent(repo, 'task', 'add', '--from', stubs);
  const runs = join(sandbox.env.XDG_STATE_HOME, 'codex-agents', 'runs');
  const drive = (...argv) =>
    spawn(process.execPath, [program, ...argv], { cwd: repo, env: sandbox.env, stdio: 'ignore' });
  return { sandbox, repo, marks, runs, drive };
}

const closed = (child) => new Promise((resolve) => child.on('close', resolve));
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
/** A line of `/proc/<pid>/<file>` in kB; 0 when the process is gone. */
const kbOf = (pid, file, name) =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/${file}`))?.[1] ?? 0);
const alive = (pid) => /^\d+ \(.*\) [^ZX]/s.test(read(`/proc/${pid}/stat`));

async function until(condition, limitMs = 120_000) {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) return false;
    await sleep(50);
  }
  return true;
}

function judge(name, good, figures) {
  if (!good) wrong++;
  console.log(`${good ? 'ok   ' : 'WRONG'} ${name}: ${figures}`);
}

/**
 * Half of the kills come while agents are being started, a quarter while all are at work, a quarter while one after the
 * other ends and is taken in.
 */
async function matrix() {
  const { sandbox, repo, marks, runs, drive } = setUp(counting, agents);
  try {
    const began = performance.now();
    sandbox.codexAgent(repo, 'status');
    // Long enough to get somewhere, on a slow machine too.
    const span = Math.min(2_500, Math.max(1_000, 3 * (performance.now() - began)));
    const startedNow = () => readdirSync(marks).filter((name) => name.startsWith('starts-')).length;
    const finish = (n) => writeFileSync(join(marks, `finish-agent-${n}`), '');
    let killed = 0;
    const killUntil = async (count, before = (_share) => {}) => {
      for (const first = killed; killed < count; ) {
        before((killed - first) / (count - first));
        const child = drive('manager', 'launch', '--wait', '--json');
        const ended = closed(child);
        await sleep(50 + Math.random() * span);
        child.kill('SIGKILL');
        if ((await ended) === null) killed++;
      }
    };
    await killUntil(Math.ceil(kills / 2));
    const early = startedNow();
    const helper = drive('manager', 'launch', '--wait', '--json');
    await until(() => startedNow() >= agents);
    helper.kill('SIGKILL');
    await closed(helper);
    await killUntil(Math.ceil((kills * 3) / 4));
    await killUntil(kills, (share) => finish(Math.floor(share * agents)));
    for (let n = 0; n < agents; n++) finish(n);
    const last = sandbox.try(repo, 'manager', 'launch', '--wait', '--json');
    const file = json(join(sandbox.env.XDG_DATA_HOME, 'codex-agents', 'tasks.json'));
    const bad = { starts: 0, codes: 0, bytes: 0, states: 0 };
    let lines = 0;
    for (const task of file.tasks) {
      const code = Number(task.slug.split('-').at(-1)) % 3;
      const folder = join(runs, task.runIds.at(-1) ?? 'none');
      if (read(join(marks, `starts-${task.slug}`)) !== 'start\n' || task.runIds.length !== 1) bad.starts++;
      if (!existsSync(join(folder, 'exit.json')) || json(join(folder, 'exit.json')).rc !== code) bad.codes++;
      const said = read(join(folder, 'transcript.log')).trimEnd().split('\n');
      const total = Number(said.at(-1)?.slice('total '.length));
      const whole = said.slice(0, -1).every((text, at) => text === `line ${at + 1}`);
      if (!whole || said.length - 1 !== total) bad.bytes++;
      lines += total;
      if (task.status !== (code === 0 ? 'done' : 'failed')) {
        bad.states++;
        if (bad.states === 1) console.log(last.split('\n').slice(-12).join('\n'));
        console.log(`      ${task.slug}: ${task.status}, ended with ${code}; ${task.problem?.message ?? ''}`);
      }
    }
    judge(
      `${killed} kills, ${file.tasks.length} agents`,
      Object.values(bad).every((n) => n === 0) && file.tasks.length === agents,
      `${bad.starts} started twice or never, ${bad.codes} wrong exit codes, ${bad.bytes} with missing bytes (of ${lines} lines), ${bad.states} tasks in a wrong state; ${early} agents were at work after the first half of the kills`,
    );
  } finally {
    sandbox.cleanup();
  }
}

/**
 * What fifty agents add beyond themselves: their supervisors, by proportional set size as the kernel counts it, and what
 * the program that drives them grows by. The agents sleep, so that the machine is not busy with them.
 */
async function memory() {
  const { sandbox, repo, marks, runs, drive } = setUp(sleeping, many);
  try {
    const one = drive('manager', 'launch', 'agent-0', '--wait', '--json');
    const oneEnded = closed(one);
    await until(() => readdirSync(marks).length === 1);
    await sleep(2_000);
    const before = kbOf(one.pid, 'status', 'VmRSS');
    sandbox.codexAgent(repo, 'manager', 'stop');
    await oneEnded;
    const child = drive('manager', 'launch', '--wait', '--json');
    const ended = closed(child);
    const began = performance.now();
    const started = await until(() => readdirSync(marks).length >= many, 400_000);
    const seconds = (performance.now() - began) / 1000;
    await sleep(2_000);
    const driver = kbOf(child.pid, 'status', 'VmRSS');
    const live = readdirSync(runs).filter((id) => alive(json(join(runs, id, 'claim.json')).shim));
    const pss = live.map((id) => kbOf(json(join(runs, id, 'claim.json')).shim, 'smaps_rollup', 'Pss'));
    const supervisors = pss.reduce((sum, kb) => sum + kb, 0) / 1024;
    const grown = Math.max(0, driver - before) / 1024;
    sandbox.codexAgent(repo, 'manager', 'stop');
    await ended;
    judge(
      `${live.length} agents`,
      started && live.length === many && supervisors + grown < memoryMb && pss.every((kb) => kb > 0),
      `supervisors ${supervisors.toFixed(1)} MB, driver grown by ${grown.toFixed(1)} MB to ${(driver / 1024).toFixed(0)} MB (bar ${memoryMb} for both); started in ${seconds.toFixed(0)} s`,
    );
  } finally {
    sandbox.cleanup();
  }
}

async function supervisorKilled() {
  const { sandbox, repo, marks, runs, drive } = setUp(counting, 1);
  try {
    const driving = drive('manager', 'launch', '--wait', '--json');
    const ended = closed(driving);
    await until(() => existsSync(join(marks, 'starts-agent-0')));
    const [id] = readdirSync(runs);
    process.kill(json(join(runs, id, 'claim.json')).shim, 'SIGKILL');
    writeFileSync(join(marks, 'finish-agent-0'), '');
    await ended;
    const { data } = JSON.parse(sandbox.codexAgent(repo, 'session', 'list', '--json'));
    const { data: list } = JSON.parse(sandbox.codexAgent(repo, 'task', 'list', '--json'));
    const [run] = data.sessions;
    judge(
      'a supervisor killed, its agent ended well',
      run.status === 'lost' && list.tasks[0].status === 'failed',
      `run ${run.status}, task ${list.tasks[0].status}`,
    );
  } finally {
    sandbox.cleanup();
  }
}

async function stopLeavesNobody() {
  for (const [title, settingsOf] of Object.entries(runners)) {
    const { sandbox, repo, marks, runs, drive } = setUp(sleeping, 1);
    try {
      const [name] = title.split(' ');
      const path = join(sandbox.root, 'cli');
      writeFileSync(path, hiding(marks), { mode: 0o755 });
      const settings = { 'runner.default': JSON.stringify(name) };
      for (const [key, value] of Object.entries(settingsOf(path)))
        settings[`runner.${name}.${key}`] = JSON.stringify(value);
      for (const [key, value] of Object.entries(settings))
        sandbox.codexAgent(repo, 'config', 'set', key, value);
      await closed(drive('manager', 'launch', '--json'));
      await until(() => read(join(marks, 'children')).trim().split('\n').length === 4);
      const [id] = readdirSync(runs);
      const pids = new Set([
        json(join(runs, id, 'pid.json')).pid,
        ...read(join(marks, 'children')).trim().split('\n').map(Number),
      ]);
      const before = [...pids].filter(alive).length;
      sandbox.codexAgent(repo, 'manager', 'stop');
      const left = [...pids].filter(alive).length;
      judge(
        `stop, ${title}`,
        before === pids.size && left === 0,
        `${before} processes before, ${left} after`,
      );
    } finally {
      sandbox.cleanup();
    }
  }
}

const parts = { stop: stopLeavesNobody, lost: supervisorKilled, memory, kills: matrix };
for (const name of process.env.PARTS?.split(',') ?? Object.keys(parts)) {
  const began = performance.now();
  await parts[name]();
  console.log(`      ${name} took ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
process.exit(wrong > 0 ? 1 : 0);
