/**
 * Kills among many agents: of the process that drives, alone and with all that it started, of supervisors, of git; it
 * is stopped and goes on, a second one drives beside it, and clocks are an hour off. Then fifty writers at once, some
 * killed. Counts what must never be: lost work, a run that started twice or two of one task at once, a task that is
 * held though its agent did nothing wrong, processes that are left. Tells how many tasks waited for a person's hand.
 * KILLS, AGENTS, WRITERS, SEED; WEIGHTS="supervisor=4,git=2" hits those more often than the others, which weigh 1.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentsBeCommand } from './lib/command-home.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const kills = Number(process.env.KILLS ?? 30);
const agents = Number(process.env.AGENTS ?? 20);
const writers = Number(process.env.WRITERS ?? 50);
const limitMs = Number(process.env.LIMIT_S ?? 1800) * 1000;
const sandbox = makeSandbox();
const { root, env } = sandbox;
const repo = join(root, 'repo');
const runs = join(env.XDG_STATE_HOME, 'codex-agents', 'runs');
const registry = join(env.XDG_DATA_HOME, 'codex-agents', 'tasks.json');
const count = { driver: 0, group: 0, supervisor: 0, git: 0, stop: 0, second: 0, clock: 0 };
const found = { lost: 0, double: 0, held: 0, fsck: 0, left: 0, faults: 0, invalid: 0 };
const begin = performance.now();

let state = Number(process.env.SEED ?? 1);
const chance = () => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 0x7fffffff;
};
const pick = (list) => list[Math.floor(chance() * list.length)];
const seconds = () => ((performance.now() - begin) / 1000).toFixed(0);
const say = (what, text) => {
  found[what] += 1;
  console.log(`${what} after ${seconds()} s: ${text}`);
};

/** Starts the program; `shiftMs` puts its clock off. */
function start(argv, shiftMs = 0) {
  const off = shiftMs === 0 ? [] : ['--import', join(root, `clock${shiftMs}.mjs`)];
  if (shiftMs !== 0)
    writeFileSync(
      off[1],
      `const now = Date.now; const Real = Date; Date.now = () => now() + ${shiftMs};\n` +
        `globalThis.Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(now() + ${shiftMs}); } static now() { return now() + ${shiftMs}; } };\n`,
    );
  const child = spawn(process.execPath, [...off, program, ...argv], {
    cwd: repo,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const done = new Promise((resolve) =>
    child.on('close', (code, signal) => {
      if (/This is a fault of/.test(output)) say('faults', `${argv.join(' ')}: ${output.slice(-800)}`);
      resolve({ code, signal, output });
    }),
  );
  return { child, done };
}
const call = (...argv) => start(argv).done;
const kill = (pid, signal = 'SIGKILL') => {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
};

/** Processes of this sandbox: pid, command line. */
function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const told = readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`XDG_STATE_HOME=${root}/`);
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0];
        const ours = told || readlinkSync(`/proc/${pid}/cwd`).startsWith(`${root}/`);
        return ours && state !== 'Z' && state !== 'X' ? [{ pid: Number(pid), words }] : [];
      } catch {
        return [];
      }
    });
}
const tasksNow = () => {
  try {
    return JSON.parse(readFileSync(registry, 'utf8')).tasks;
  } catch (error) {
    say('invalid', `the registry cannot be read: ${error.message}`);
    return [];
  }
};
const ended = new Set(['landed', 'cancelled']);

let made = 0;
async function addTasks(n) {
  const folder = join(root, `stubs-${made}`);
  mkdirSync(folder);
  for (let at = 0; at < n; at++, made++)
    writeFileSync(
      join(folder, `t${made}.md`),
      `+++\ntitle = "Task ${made}"\nslug = "t${made}"\n+++\nWrite it.\n`,
    );
  const { code, output } = await call('task', 'add', '--from', folder);
  if (code !== 0) throw new Error(`tasks were not added: ${output}`);
}

/** Kills one of the processes that `test` takes, as soon as there is one; looks for it every so often. */
async function killOne(test, everyMs) {
  for (const until = performance.now() + 5000; performance.now() < until; await sleep(everyMs)) {
    const them = processes().filter(test);
    if (them.length > 0) return kill(pick(them).pid);
  }
  return false;
}

/** One disturbance of a running driver; resolves when it has had its effect. */
const disturbances = {
  driver: async ({ child }) => kill(child.pid),
  group: async ({ child }) => kill(-child.pid),
  supervisor: () => killOne(({ words }) => words[0] === 'sh' && words[3] === 'run.sh', 50),
  git: () => killOne(({ words }) => /(^|\/)git$/.test(words[0]), 3),
  stop: async ({ child }) => {
    if (!kill(child.pid, 'SIGSTOP')) return false;
    const other = start(['manager', 'launch', '--wait', '--land']);
    await sleep(500 + chance() * 2500);
    kill(child.pid, 'SIGCONT');
    kill(other.child.pid);
    await other.done;
    return true;
  },
  second: async () => {
    const other = start(['manager', 'launch', '--wait', '--land']);
    await sleep(500 + chance() * 2500);
    kill(other.child.pid);
    await other.done;
    return true;
  },
};

const weights = Object.fromEntries((process.env.WEIGHTS ?? '').split(',').map((one) => one.split('=')));
const kinds = Object.keys(disturbances).flatMap((kind) =>
  Array.from({ length: Number(weights[kind] ?? 1) }, () => kind),
);

/** Drives until all that is there has landed, with or without disturbances. */
async function drive(disturb) {
  const shift = disturb && chance() < 0.2 ? pick([3_600_000, -3_600_000]) : 0;
  if (shift !== 0) count.clock += 1;
  const driver = start(['manager', 'launch', '--wait', '--land'], shift);
  let over = false;
  const done = driver.done.then((end) => {
    over = true;
    return end;
  });
  while (disturb && !over && total() < kills && performance.now() - begin < limitMs) {
    await Promise.race([done, sleep(300 + chance() * 1700)]);
    // What failed waits for a person: it keeps no driver at work.
    const open = tasksNow().filter(({ status }) => !ended.has(status) && status !== 'failed').length;
    if (open < agents / 2) await addTasks(agents - open);
    const kind = pick(kinds);
    if (!over && (await disturbances[kind](driver))) count[kind] += 1;
    if (kind === 'driver' || kind === 'group') break;
  }
  if (disturb && !over) kill(driver.child.pid);
  return done;
}
const total = () => Object.values(count).reduce((sum, n) => sum + n, 0) - count.clock;

const agent = join(root, 'agent.sh');
try {
  mkdirSync(repo);
  sandbox.run(repo, 'git', 'init', '-q');
  writeFileSync(join(repo, 'a.txt'), 'a\n');
  writeFileSync(
    agent,
    [
      '#!/bin/sh',
      'slug=$(basename "$PWD")',
      'n=$(od -An -N4 -tu4 /dev/urandom | tr -d " ")',
      'echo "BEGIN $slug $n $(date +%s%N)"',
      'echo "WORK-$slug-$n" > "$slug-$n.txt"; echo "WORD WORK-$slug-$n"',
      'i=0; while [ $i -lt $((4 + n % 9)) ]; do sleep 0.5; i=$((i + 1)); echo "LINE $i"; done',
      '[ $((n % 4)) = 0 ] && { git add -A; git commit -qm "of its own"; }',
      'echo "LINES $i"; echo "END $slug $n $(date +%s%N)"\n',
    ].join('\n'),
    { mode: 0o755 },
  );
  agentsBeCommand(env, [agent], { run: `max_parallel = ${agents}`, retries: 2 });
  await call('init');
  sandbox.run(repo, 'git', 'add', '-A');
  sandbox.run(repo, 'git', 'commit', '-qm', 'First');
  await addTasks(agents);

  while (total() < kills && performance.now() - begin < limitMs) await drive(true);
  console.log(`${total()} disturbances in ${seconds()} s: ${JSON.stringify(count)}; ${made} tasks`);
  const told = new Map();
  const byHand = new Set();
  const unsettled = () => tasksNow().filter(({ status }) => !ended.has(status));
  for (let round = 1; round <= 8 && unsettled().length > 0; round++) {
    await drive(false);
    for (const { slug, status, problem } of unsettled()) {
      // Where a supervisor was killed, nobody knows how the agent ended: that is cause enough to ask.
      const cause = `${status} ${problem?.code ?? ''}`;
      told.set(cause, [...(told.get(cause) ?? []), `${slug}: ${problem?.message ?? ''}`]);
      if (status !== 'failed' && status !== 'needs-input') continue;
      byHand.add(slug);
      await call('task', 'retry', slug);
    }
  }
  console.log(`${byHand.size} tasks waited for a person's hand`);
  for (const [cause, list] of told) {
    console.log(`not landed at once, ${cause}: ${list.length}, as ${list[0].slice(0, 400)}`);
    if (!/^(failed|ready)/.test(cause)) for (const one of list) say('held', `${cause}: ${one}`);
  }
  for (const { slug, status, problem } of unsettled())
    say('held', `${slug} is ${status} to the end: ${problem?.message}`);

  const spans = new Map();
  const words = new Set();
  for (const run of readdirSync(runs)) {
    const path = join(runs, run, 'transcript.log');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const begins = [...text.matchAll(/BEGIN (\S+) (\d+) (\d+)/g)];
    if (begins.length > 1) say('double', `${run} started ${begins.length} times`);
    for (const [, word] of text.matchAll(/WORD (WORK-\S+?)(?=["\\\s])/g)) words.add(word);
    const end = /END \S+ \d+ (\d+)/.exec(text);
    const lines = (text.match(/LINE \d/g) ?? []).length;
    if (end && lines !== Number(/LINES (\d+)/.exec(text)?.[1]))
      say('lost', `${run} lost lines of its transcript`);
    for (const [, slug, , at] of begins)
      spans.set(slug, [...(spans.get(slug) ?? []), [BigInt(at), BigInt(end?.[1] ?? at), run]]);
  }
  for (const [slug, list] of spans) {
    list.sort(([a], [b]) => (a < b ? -1 : 1));
    for (let at = 1; at < list.length; at++)
      if (list[at][0] < list[at - 1][1])
        say('double', `two of ${slug} at once: ${list[at - 1][2]}, ${list[at][2]}`);
  }
  const refs = sandbox.run(repo, 'git', 'rev-list', '--objects', '--no-object-names', '--all');
  const blobs = spawnSync('git', ['cat-file', '--batch'], {
    cwd: repo,
    env,
    input: refs,
    maxBuffer: 1 << 28,
  });
  const kept = new Set(blobs.stdout.toString('latin1').match(/WORK-[\w-]+/g) ?? []);
  for (const word of words) if (!kept.has(word)) say('lost', `${word} is in no commit`);
  const { status, stderr } = spawnSync('git', ['fsck', '--no-dangling'], {
    cwd: repo,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) say('fsck', stderr);
  await call('manager', 'stop');
  // What deletes the trash at leisure may go on.
  for (const { words: argv } of processes())
    if (!/^(nice|ionice|rm|sleep|du)$/.test(argv[0])) say('left', argv.join(' ').slice(0, 200));
  console.log(`${spans.size} tasks ran, ${readdirSync(runs).length} runs, ${words.size} texts`);
  await write();
  console.log(
    `${Object.entries(found)
      .map(([what, n]) => `${what} ${n}`)
      .join(', ')}; ${seconds()} s`,
  );
  if (Object.values(found).some((n) => n > 0)) process.exitCode = 1;
} finally {
  for (const { pid } of processes()) kill(pid);
  if (process.env.KEEP && process.exitCode) console.log(`kept at ${root}`);
  else sandbox.cleanup();
}

/** Every acknowledged change of many writers at once is there, whoever is killed and whatever their clocks say. */
async function write() {
  const wishes = Array.from({ length: writers }, (_, at) => ({
    slug: `t${at % made}`,
    field: ['owner', 'model', 'goal'][Math.floor(at / made)],
    value: `writer ${at}`,
    shift: at % 3 === 0 ? pick([3_600_000, -3_600_000]) : 0,
    killAt: chance() < 0.3 ? 200 + chance() * 4000 : undefined,
  }));
  const acknowledged = await Promise.all(
    wishes.map(async ({ slug, field, value, shift, killAt }) => {
      const one = start(['task', 'edit', slug, `--${field}`, value, '--json'], shift);
      const timer = killAt && setTimeout(() => kill(one.child.pid), killAt);
      const { output } = await one.done;
      clearTimeout(timer);
      return output.includes('"ok":true');
    }),
  );
  const after = new Map(tasksNow().map((task) => [task.slug, task]));
  for (const [at, { slug, field, value }] of wishes.entries())
    if (acknowledged[at] && after.get(slug)?.[field] !== value) say('lost', `${field} of ${slug}: ${value}`);
  const well = acknowledged.filter(Boolean).length;
  console.log(`${writers} writers at once, some killed: ${well} acknowledged`);
}
