/**
 * Twenty agents at work while the program that drives them is killed two hundred times at random moments, and each time
 * another takes over. Then: did every agent start once, is every line there, and every exit code right? Also what the
 * supervisors of fifty agents take, what becomes of a run whose supervisor is killed, and whether a stop leaves anybody.
 * KILLS=40 AGENTS=10 for a short one. Ends with 1 when a bar is missed.
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
while [ ! -e "$1/finish" ]; do i=$((i+1)); echo "line $i"; sleep 0.2; done
echo "total $i"; echo x > "$0.txt"; exit $((n % 3))`;

/** Hides children in a session and an environment of their own, and waits. */
const hiding = `
setsid sleep 1000 & echo $! >> "$1/children"
setsid env -i sleep 1000 & echo $! >> "$1/children"
sh -c 'sleep 1000 & wait' & echo $! >> "$1/children"
trap '' INT TERM; echo ready; while :; do sleep 1; done`;

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

async function matrix() {
  const { sandbox, marks, runs, drive } = setUp(counting, agents);
  try {
    let killed = 0;
    while (killed < kills) {
      const child = drive('manager', 'launch', '--wait', '--json');
      const ended = closed(child);
      await sleep(100 + Math.random() * 900);
      child.kill('SIGKILL');
      if ((await ended) === null) killed++;
    }
    // One more to start what is not started yet, then all may finish.
    const last = drive('manager', 'launch', '--wait', '--json');
    const ended = closed(last);
    await until(() => readdirSync(marks).length >= agents);
    writeFileSync(join(marks, 'finish'), '');
    await ended;
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
      if (task.status !== (code === 0 ? 'done' : 'failed')) bad.states++;
    }
    judge(
      `${killed} kills, ${file.tasks.length} agents`,
      Object.values(bad).every((n) => n === 0) && file.tasks.length === agents,
      `${bad.starts} started twice or never, ${bad.codes} wrong exit codes, ${bad.bytes} with missing bytes (of ${lines} lines), ${bad.states} tasks in a wrong state`,
    );
  } finally {
    sandbox.cleanup();
  }
}

/** What the supervisors take beyond the agents themselves: proportional set size, as the kernel counts it. */
async function memory() {
  const { sandbox, marks, runs, drive } = setUp(counting, many);
  try {
    const child = drive('manager', 'launch', '--json');
    await closed(child);
    const started = await until(() => readdirSync(marks).length >= many, 300_000);
    const folders = readdirSync(runs).map((id) => join(runs, id));
    const shims = folders.map((folder) => json(join(folder, 'claim.json')).shim);
    const pss = shims.map((pid) =>
      Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0),
    );
    const total = pss.reduce((sum, kb) => sum + kb, 0) / 1024;
    writeFileSync(join(marks, 'finish'), '');
    await closed(drive('manager', 'monitor'));
    judge(
      `supervisors of ${folders.length} agents`,
      started && total < memoryMb && pss.every((kb) => kb > 0),
      `${total.toFixed(1)} MB in all (bar ${memoryMb})`,
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
    writeFileSync(join(marks, 'finish'), '');
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
  const { sandbox, repo, marks, runs, drive } = setUp(hiding, 1);
  try {
    await closed(drive('manager', 'launch', '--json'));
    await until(() => read(join(marks, 'children')).trim().split('\n').length === 3);
    const [id] = readdirSync(runs);
    const pids = [
      json(join(runs, id, 'pid.json')).pid,
      ...read(join(marks, 'children')).trim().split('\n').map(Number),
    ];
    const before = pids.filter(alive).length;
    sandbox.codexAgent(repo, 'manager', 'stop');
    const left = pids.filter(alive).length;
    judge('stop', before === 4 && left === 0, `${before} processes before, ${left} after`);
  } finally {
    sandbox.cleanup();
  }
}

await stopLeavesNobody();
await supervisorKilled();
await memory();
await matrix();
process.exit(wrong > 0 ? 1 : 0);
