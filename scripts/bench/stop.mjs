/**
 * How long `manager stop` takes (Linux), by an outsider's clock: AGENTS agents at work, FILL more worktrees being filled
 * by the process that drives. Once while that process lives, once while it is suspended (SIGSTOP). Milliseconds from the
 * command's start until the last agent is gone, until nothing fills any more, and until the command has returned;
 * then whether an agent came up after all, and how many unfinished worktrees stayed. A third time one task is stopped
 * while the others' worktrees fill: until its agent is gone, until the command has returned, and until the process that
 * drives has taken in what it left. ONLY=fills, suspended or one for one of the three.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeRepo } from './lib/worktree-repo.mjs';
import { makeSandbox, processesIn, program } from './sandbox.mjs';

const agents = Number(process.env.AGENTS ?? 20);
const fill = Number(process.env.FILL ?? 20);
const tracked = Number(process.env.FILES ?? 2_000);
const ignored = Number(process.env.IGNORED ?? 8_000);
const limitMs = Number(process.env.LIMIT ?? 60_000);
/** In perl, whose pauses start no process. */
const agent = '$|=1; while (1) { print "at work\\n"; select(undef, undef, undef, 0.2) }';

/** The pid's environment, or its command line; empty when it has ended. */
function readOf(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}

const runOf = (pid) => /CODEX_AGENTS_RUN_DIR=([^\0]*)/.exec(readOf(pid, 'environ'))?.[1];

const agentsOf = (root) => processesIn(root).filter((pid) => runOf(pid) !== undefined);

/** Copies and checkouts below the worktrees' folder: what the driver has started there, agents apart. */
const fillersOf = (root, worktrees) =>
  processesIn(root).filter((pid) => {
    if (runOf(pid) !== undefined) return false;
    const line = readOf(pid, 'cmdline');
    if (/^(cp|rsync)\0/.test(line)) return line.includes(worktrees);
    return line.startsWith('git\0') && `${folderOf(pid)}\0${line}`.includes(worktrees);
  });

function folderOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

async function until(what, holds, ms = 120_000) {
  const begin = performance.now();
  while (!holds()) {
    if (performance.now() - begin > ms) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(50);
  }
}

/** Agents at work and more worktrees being filled, by a process that drives. */
async function atWork(body) {
  const sandbox = makeSandbox();
  const repo = makeRepo(sandbox, { tracked, ignored });
  const worktrees = `${repo}.worktrees`;
  mkdirSync(join(sandbox.root, 'config/codex-agents'), { recursive: true });
  const settings = [
    `run.max_parallel = ${agents + fill}`,
    'worktree.spare = 0',
    'runner.default = "command"',
    `runner.command.args = ${JSON.stringify(['perl', '-e', agent])}`,
  ];
  writeFileSync(join(sandbox.root, 'config/codex-agents/config.toml'), `${settings.join('\n')}\n`);
  const stubs = join(sandbox.root, 'stubs');
  mkdirSync(stubs);
  const slugs = Array.from({ length: agents + fill }, (_, at) => `t${String(at).padStart(3, '0')}`);
  for (const slug of slugs)
    writeFileSync(join(stubs, `${slug}.md`), `+++\ntitle = "Task ${slug}"\n+++\n\nWrite.\n`);
  sandbox.codexAgent(repo, 'task', 'add', '--from', stubs);
  const options = { cwd: repo, env: sandbox.env, stdio: /** @type {const} */ ('ignore') };
  const driver = spawn(process.execPath, [program, 'manager', 'launch', '--wait', ...slugs], options);
  const over = new Promise((done) => driver.on('exit', done));
  try {
    const folders = () => new Set(agentsOf(sandbox.root).map((pid) => runOf(pid))).size;
    await until('agents at work', () => folders() >= agents);
    await until('the next worktree is being filled', () => fillersOf(sandbox.root, worktrees).length > 0);
    await body({ sandbox, repo, worktrees, driver, over, folders, options, slugs });
  } finally {
    driver.kill('SIGCONT');
    driver.kill('SIGTERM');
    await Promise.race([over, sleep(5_000)]);
    driver.kill('SIGKILL');
    sandbox.cleanup();
  }
}

const ms = (time) => (time === undefined ? `not within ${limitMs / 1000} s` : `${time.toFixed(0)} ms`);

async function measure(name, at, { suspended }) {
  const { sandbox, repo, worktrees, driver, over, folders, options } = at;
  if (suspended) driver.kill('SIGSTOP');
  const load = loadavg()[0].toFixed(1);
  const count = folders();
  const begin = performance.now();
  const stop = spawn(process.execPath, [program, 'manager', 'stop'], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [stop.stdout, stop.stderr]) stream.on('data', (data) => (said += data));
  let returned;
  stop.on('exit', () => (returned = performance.now() - begin));
  let gone;
  let filled;
  while (
    (gone === undefined || filled === undefined || returned === undefined) &&
    performance.now() - begin < limitMs
  ) {
    await sleep(25);
    if (agentsOf(sandbox.root).length > 0) gone = undefined;
    else gone ??= performance.now() - begin;
    if (fillersOf(sandbox.root, worktrees).length > 0) filled = undefined;
    else filled ??= performance.now() - begin;
  }
  console.log(
    `${name} (${count} agents, load ${load}): last agent gone ${ms(gone)}, filling over ${ms(filled)}, command returned ${ms(returned)}`,
  );
  if (process.env.SHOW) console.log(said.slice(0, 600));
  if (suspended) driver.kill('SIGCONT');
  await Promise.race([over, sleep(10_000)]);
  const idle = performance.now();
  sandbox.try(repo, 'manager', 'stop');
  console.log(`  the same command with nothing to stop: ${(performance.now() - idle).toFixed(0)} ms`);
  const status = JSON.parse(sandbox.codexAgent(repo, 'task', 'list', '--json')).data.tasks;
  const running = status.filter(({ status: now }) => now === 'running').length;
  const locked = sandbox.run(repo, 'git', 'worktree', 'list', '--porcelain').match(/^locked/gm)?.length ?? 0;
  console.log(`  afterwards: ${folders()} agents, ${running} tasks running, ${locked} worktrees unfinished`);
  stop.kill('SIGKILL');
}

async function measureOne({ sandbox, repo, worktrees, folders, options, slugs }) {
  const load = loadavg()[0].toFixed(1);
  const run = runOf(agentsOf(sandbox.root)[0]);
  const slug = slugs.find((one) => run.includes(one));
  const ofTask = () => agentsOf(sandbox.root).filter((pid) => runOf(pid) === run);
  const begin = performance.now();
  const stop = spawn(process.execPath, [program, 'task', 'stop', slug], options);
  let returned;
  stop.on('exit', () => (returned = performance.now() - begin));
  let gone;
  let takenIn;
  const tasks = join(sandbox.root, 'data/codex-agents/tasks.json');
  const statusOf = () =>
    JSON.parse(readFileSync(tasks, 'utf8')).tasks.find((task) => task.slug === slug).status;
  while (
    (gone === undefined || returned === undefined || takenIn === undefined) &&
    performance.now() - begin < limitMs
  ) {
    await sleep(25);
    if (ofTask().length === 0) gone ??= performance.now() - begin;
    if (statusOf() !== 'running') takenIn ??= performance.now() - begin;
  }
  const filling = fillersOf(sandbox.root, worktrees).length;
  console.log(
    `one task (${folders()} agents, ${filling} still filling, load ${load}): its agent gone ${ms(gone)}, command returned ${ms(returned)}, taken in ${ms(takenIn)}`,
  );
  stop.kill('SIGKILL');
  sandbox.try(repo, 'manager', 'stop');
}

const only = process.env.ONLY ?? 'fills suspended one';
if (only.includes('fills')) await atWork((at) => measure('while the driver fills', at, { suspended: false }));
if (only.includes('suspended'))
  await atWork((at) => measure('while the driver is suspended', at, { suspended: true }));
if (only.includes('one')) await atWork(measureOne);
