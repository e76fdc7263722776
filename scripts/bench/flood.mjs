/**
 * Agents that write without end: a gigabyte of text, of binary bytes, and of lines of 10 MB. Each once with the program
 * driving headless, and once with the dashboard open on it in a terminal. Prints what the program takes at most, how
 * large the transcript was at its largest, how long a frame takes meanwhile, and how long a key takes to the screen.
 * MEGABYTES=100 for a short one, PARTS=binary for some. Ends with 1 when a bar is missed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from './lib/views.mjs';
import { openDashboard, watchFrames } from './lib/watchers.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const megabytes = Number(process.env.MEGABYTES ?? 1000);
const capMb = 50;
const bars = { residentMb: 150, frameMs: 16, overMb: capMb };
let missed = 0;

/** Shell lines that write this many megabytes. */
const floods = {
  text: `yes 'a line of an agent that has much to say, forty times over and over again' | head -c ${megabytes}M`,
  binary: `head -c ${megabytes}M /dev/urandom`,
  lines: `i=0; while [ $i -lt ${Math.ceil(megabytes / 10)} ]; do head -c 10M /dev/zero | tr '\\0' x; echo; i=$((i+1)); done`,
};

/** Resident memory of a process at its highest, in MB. */
function peak(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return 0;
  }
}

function judge(name, value, bar, unit) {
  const good = value <= bar;
  if (!good) missed++;
  console.log(`${good ? 'ok   ' : 'OVER '} ${name}: ${value.toFixed(1)} ${unit} (bar ${bar})`);
}

function setUp(line) {
  const sandbox = makeSandbox();
  const repo = join(sandbox.root, 'repo');
  mkdirSync(repo);
  sandbox.run(repo, 'git', 'init', '-q');
  sandbox.codexAgent(repo, 'init');
  sandbox.run(repo, 'git', 'add', '-A');
  sandbox.run(repo, 'git', 'commit', '-qm', 'First');
  const agent = `echo x > x.txt; ${line}; echo; echo the end`;
  const settings = [
    ['runner.default', '"command"'],
    ['runner.command.args', JSON.stringify(['sh', '-c', agent])],
    ['run.max_output', JSON.stringify(`${capMb} MB`)],
    ['worktree.spare', '0'],
  ];
  for (const [key, value] of settings) sandbox.codexAgent(repo, 'config', 'set', key, value);
  sandbox.codexAgent(repo, 'task', 'add', 'Flood');
  const runs = join(sandbox.env.XDG_STATE_HOME, 'codex-agents', 'runs');
  const transcript = () => join(runs, existsSync(runs) ? (readdirSync(runs)[0] ?? '') : '', 'transcript.log');
  return { sandbox, repo, runs, transcript };
}

/** Looks at a process and at a transcript until it is stopped; gives the most of each that there was. */
function watchSizes(pid, transcript) {
  const most = { resident: 0, onDisk: 0 };
  const timer = setInterval(() => {
    most.resident = Math.max(most.resident, peak(pid));
    most.onDisk = Math.max(most.onDisk, statSync(transcript(), { throwIfNoEntry: false })?.size ?? 0);
  }, 3);
  return () => {
    clearInterval(timer);
    return most;
  };
}

function judgeSizes({ resident, onDisk }, transcript) {
  const text = readFileSync(transcript, 'latin1');
  const whole = text.includes('"codex-agents.dropped"') && text.endsWith('the end\n');
  if (!whole) missed++;
  console.log(
    `${whole ? 'ok   ' : 'WRONG'}   in the end ${(text.length / 1e6).toFixed(1)} MB with ` +
      `${text.split('"codex-agents.dropped"').length - 1} marker, its last word ${text.endsWith('the end\n') ? 'kept' : 'LOST'}`,
  );
  judge('  resident memory at its highest', resident, bars.residentMb, 'MB');
  judge(`  transcript at its largest, limit ${capMb} MB`, onDisk / 1e6, bars.overMb, 'MB');
}

async function headless(name, line) {
  const { sandbox, repo, runs, transcript } = setUp(line);
  try {
    const begin = performance.now();
    const child = spawn(process.execPath, [program, 'manager', 'launch', '--wait', '--json'], {
      cwd: repo,
      env: sandbox.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const sizes = watchSizes(child.pid, transcript);
    const frames = watchFrames(runs);
    const code = await new Promise((resolve) => child.on('close', resolve));
    const most = sizes();
    const { work, clock } = await frames.stop();
    const result = JSON.parse(output.trim().split('\n').at(-1));
    const seconds = (performance.now() - begin) / 1000;
    const status = result.data?.tasks?.[0]?.status;
    if (code !== 0 || status !== 'done') missed++;
    console.log(`${name}, ${megabytes} MB, headless: exit ${code}, task ${status}, ${seconds.toFixed(0)} s`);
    judgeSizes(most, transcript());
    console.log(
      `         ${work.length} frames: p50 ${quantile(work, 0.5).toFixed(2)}, worst ${quantile(work, 1).toFixed(2)} ms of work; ` +
        `by the clock p50 ${quantile(clock, 0.5).toFixed(2)}, p99 ${quantile(clock, 0.99).toFixed(2)} ms`,
    );
    judge('  work for a frame, p99', quantile(work, 0.99), bars.frameMs, 'ms');
  } finally {
    sandbox.cleanup();
  }
}

async function inDashboard(name, line) {
  const { sandbox, repo, transcript } = setUp(line);
  try {
    const dashboard = openDashboard(program, repo, sandbox.env);
    const sizes = watchSizes(dashboard.pid, transcript);
    await dashboard.shows('1 Tasks');
    dashboard.keys('w', 'l');
    await dashboard.shows('account.');
    dashboard.keys('y', '2');
    const over = () => existsSync(join(transcript(), '..', 'exit.json'));
    while (!existsSync(transcript())) await sleep(10);
    const times = [];
    while (!over()) times.push(await dashboard.time('?', 'Keys and words', '\x03'));
    await dashboard.shows('done', 60_000);
    const most = sizes();
    await dashboard.quit();
    console.log(`${name}, ${megabytes} MB, with the dashboard open:`);
    judgeSizes(most, transcript());
    console.log(
      `         a key to the screen: p50 ${quantile(times, 0.5).toFixed(1)}, p99 ${quantile(times, 0.99).toFixed(1)} ms (${times.length} keys)`,
    );
  } finally {
    sandbox.codexAgent(repo, 'manager', 'stop');
    sandbox.cleanup();
  }
}

const wanted = process.env.PARTS?.split(',') ?? Object.keys(floods);
for (const name of wanted) {
  await headless(name, floods[name]);
  await inDashboard(name, floods[name]);
}
process.exit(missed > 0 ? 1 : 0);
