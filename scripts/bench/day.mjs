/**
 * A day in a public repository, shortened: npm run bench -- day <path of a git repository>; needs codex on PATH.
 * Ten tasks with dependencies and two conflicts are done by the real Codex against a loopback server that limits,
 * stalls and asks. Meanwhile the person fetches, commits and pulls, the driver is killed twice, and a second terminal
 * with another key launches a task. Prints every act a person had to do, and the share of time without work.
 * One conflict is answered by rules, the other by the conflict-resolver agent, which is Codex as well.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gapsBetween, workIn } from './lib/day-gaps.mjs';
import { startDayServer } from './lib/day-server.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const source = process.argv.slice(2).find((name) => name.includes('/'));
if (!source) {
  console.error('Give the path of a git repository: npm run bench -- day <path>');
  process.exit(2);
}
if (spawnSync('codex', ['--version']).status !== 0) {
  console.error('codex is not on PATH; install it to run this.');
  process.exit(2);
}

const thinkMs = 8_000;
const limitSeconds = 45;
/** Both are wanted in the same line; the conflict-resolver keeps both. */
const plans = ['The morning is for four', 'The afternoon is for five'];
/** Slug → what its agent writes, and how its day goes. */
const tasks = {
  one: { edit: 'echo one > day-one.txt' },
  two: { edit: 'echo two > day-two.txt', first: 'stall' }, // and its CLI waits for ever
  three: { edit: 'echo three > day-three.txt', after: 'one' },
  four: { edit: `sed -i '1s/.*/${plans[0]}/' PLAN.md` },
  five: { edit: `sed -i '1s/.*/${plans[1]}/' PLAN.md` },
  six: { edit: 'echo "entry of six" >> DAY.md' },
  seven: { edit: 'echo "entry of seven" >> DAY.md' },
  eight: { edit: 'echo eight > day-eight.txt', first: 'limit', after: 'two' },
  nine: { edit: 'echo nine > day-nine.txt', asks: true },
  ten: { edit: 'echo ten > day-ten.txt', after: 'three' },
};
const script = (slug) =>
  tasks[slug] && {
    thinkMs,
    limitSeconds,
    command: tasks[slug].edit,
    said: `Did the work of ${slug}`,
    ...tasks[slug],
  };

const server = await startDayServer(script, `${plans.join('\n')}\n`);
const sandbox = makeSandbox();
const repo = join(sandbox.root, 'repo');
const origin = join(sandbox.root, 'origin.git');
const other = join(sandbox.root, 'colleague');
const git = (cwd, ...args) => sandbox.run(cwd, 'git', ...args);
const acts = [];
const began = Date.now();
const at = () => `${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s`;
const say = (text) => console.log(`${at()}  ${text}`);
const act = (kind, text) => {
  acts.push(kind);
  say(`person, ${kind}: ${text}`);
};
const exec = promisify(execFile);

/** Runs a command of ours without holding this process, which is the server's too; what it wrote, however it ended. */
async function agent(args, env = sandbox.env) {
  try {
    return (await exec(process.execPath, [program, ...args], { cwd: repo, env, maxBuffer: 1 << 28 })).stdout;
  } catch (error) {
    return `${error.stdout ?? ''}${error.stderr ?? ''}`;
  }
}
async function status() {
  const read = async (...args) => JSON.parse(await agent([...args, '--json'])).data;
  const [{ runs }, { tasks }] = [await read('status'), await read('task', 'list')];
  return { runs, tasks };
}

/** A driver as a person starts it, in a terminal of its own. */
function drive(...args) {
  const child = spawn(process.execPath, [program, ...args], { cwd: repo, env: sandbox.env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', resolve));
  return { child, ended, over: () => child.exitCode !== null || child.signalCode !== null };
}

function setUp() {
  git(sandbox.root, 'clone', '-q', '--no-hardlinks', '--bare', source, origin);
  git(sandbox.root, 'clone', '-q', origin, repo);
  writeFileSync(join(repo, 'DAY.md'), '# Day\n');
  writeFileSync(join(repo, 'PLAN.md'), 'Nothing is planned\n');
  git(repo, 'add', '-A');
  git(repo, 'commit', '-qm', 'Begin the day');
  git(repo, 'push', '-q', 'origin', 'HEAD');
  git(sandbox.root, 'clone', '-q', origin, other);
  sandbox.codexAgent(repo, 'init');
  writeFileSync(
    join(repo, '.codex-agent', 'config.toml'),
    'schema = 1\ntarget = "main"\n\n[[validator.checks]]\nname = "day"\nrun = ["sh", "-c", "sleep 2; test -d .git || test -f .git"]\n',
  );
  mkdirSync(join(repo, '.codex-agent', 'agents'), { recursive: true });
  writeFileSync(join(repo, '.codex-agent', 'agents', 'conflict-resolver.toml'), 'runner = "codex"\n');
  const { hash } = JSON.parse(sandbox.codexAgent(repo, 'trust', '--show', '--json')).data;
  sandbox.codexAgent(repo, 'trust', '--hash', hash);
  git(repo, 'add', '-A');
  git(repo, 'commit', '-qm', 'Set up codex-agent');
  const home = join(sandbox.root, 'codex-home');
  mkdirSync(home);
  writeFileSync(
    join(home, 'config.toml'),
    `model = "day"\nmodel_provider = "day"\ncheck_for_update_on_startup = false\nmodel_providers.day = { name = "day", base_url = "http://127.0.0.1:${server.port}/v1", wire_api = "responses", env_key = "DAY_KEY", request_max_retries = 1, stream_max_retries = 2 }\nanalytics.enabled = false\n`,
  );
  Object.assign(sandbox.env, { CODEX_HOME: home, DAY_KEY: 'first' });
  for (const [key, value] of [
    ['runner.codex.env_allow', '["DAY_KEY"]'],
    ['runner.codex.transport', 'app-server'],
    ['run.approvals', 'always'],
    ['run.max_parallel', '3'],
    ['run.idle_timeout', '"25s"'],
    ['run.connect_timeout', '"25s"'],
  ]) {
    sandbox.codexAgent(repo, 'config', 'set', '--user', key, value);
  }
  for (const [slug, { after }] of Object.entries(tasks)) {
    const more = after ? ['--depends-on', after] : [];
    sandbox.codexAgent(
      repo,
      'task',
      'add',
      slug,
      '--slug',
      slug,
      '--goal',
      `Do the work of ${slug}.`,
      ...more,
    );
  }
}

/** What a person does beside the agents, each at its second. */
const meanwhile = [
  {
    second: 8,
    what: () => {
      writeFileSync(join(other, 'colleague.txt'), 'from a colleague\n');
      git(other, 'add', '-A');
      git(other, 'commit', '-qm', 'A colleague works too');
      git(other, 'push', '-q');
      git(repo, 'fetch', '-q');
      say('fetched');
    },
  },
  {
    second: 15,
    what: () => {
      writeFileSync(join(repo, 'notes-of-mine.txt'), 'mine\n');
      git(repo, 'add', 'notes-of-mine.txt');
      git(repo, 'commit', '-qm', 'A note of mine');
      say('committed on the target');
    },
  },
  { second: 22, what: () => kill('first') },
  {
    second: 26,
    what: async () => {
      const env = { ...sandbox.env, DAY_KEY: 'second' };
      const begin = Date.now();
      const told = await agent(['manager', 'launch', 'ten', '--land'], env);
      if (!/^ten /m.test(told)) say(`the second terminal was told: ${told}`);
      say(
        `a second terminal, with another key, launched ten: the command returned after ${Date.now() - begin} ms`,
      );
      driver = drive('manager', 'monitor');
    },
  },
  {
    second: 40,
    what: () => {
      say(`pulled: ${gitTry(repo, 'pull', '-q', '--no-rebase', '--no-edit')}`);
    },
  },
  { second: 60, what: () => kill('second') },
  {
    second: 63,
    what: () => {
      driver = drive('manager', 'monitor');
    },
  },
];
const gitTry = (cwd, ...args) =>
  spawnSync('git', args, { cwd, env: sandbox.env, encoding: 'utf8' }).stderr || 'done';
let driver;
function kill(which) {
  driver.child.kill('SIGKILL');
  say(`the ${which} driver was killed`);
}

/** Settles what waits for a person, as the program itself proposes; how many things there were. */
async function settle(state) {
  for (const run of state.runs) {
    for (const approval of run.approvals ?? []) {
      await agent(['session', 'approve', run.runId, '--approval', approval.id]);
      act('approval', `${run.task}: ${String(approval.detail).slice(0, 60)}`);
    }
  }
  for (const task of state.tasks) {
    const { code = '', message = '' } = task.problem ?? {};
    if (task.status === 'failed') {
      act('retry', `${task.slug}: ${code} ${message.slice(0, 100)}`);
      await agent(['task', 'retry', task.slug]);
    } else if (task.status === 'needs-input' || (task.status === 'done' && code)) {
      act('conflict by hand', `${task.slug}: ${code} ${message.slice(0, 100)}`);
      await byHand(task);
    }
  }
}

/** Limits of accounts that were met: start → from, to, in milliseconds since 1970. */
const pauses = new Map();
function notePauses() {
  const folder = join(sandbox.env.XDG_STATE_HOME, 'codex-agents', 'limits');
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const { since, until } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    pauses.set(since, { from: Date.parse(since), to: Date.parse(until ?? since) });
  }
}
const common = (a, b) => {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
  return to > from ? [{ from, to }] : [];
};

async function byHand({ slug }) {
  await agent(['merge', 'resolve', slug, '--by-hand']);
  const { data } = JSON.parse(await agent(['task', 'show', slug, '--json']));
  const worktree = data.task?.worktree ?? data.worktree;
  for (const file of ['PLAN.md', 'DAY.md']) {
    const path = join(worktree, file);
    const text = readFileSync(path, 'utf8').replace(/^(<{7}|={7}|>{7}|\|{7}).*\n/gm, '');
    writeFileSync(path, text);
  }
  git(worktree, 'add', '-A');
  await agent(['merge', 'resolve', slug, '--continue']);
  await agent(['task', 'complete', slug, '--yes']);
}

try {
  setUp();
  say('set up');
  const from = Date.now();
  driver = drive('manager', 'launch', '--land', '--wait');
  const plan = meanwhile.map(({ second, what }) => ({ due: from + second * 1000, what }));
  const limit = from + 15 * 60_000;
  let state;
  for (;;) {
    while (plan[0] && plan[0].due <= Date.now()) await plan.shift().what();
    state = await status();
    notePauses();
    if (state.tasks.every((task) => task.status === 'landed') || Date.now() > limit) break;
    await settle(state);
    if (plan.length === 0 && driver.over()) driver = drive('manager', 'monitor');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  const to = Date.now();
  driver.child.kill('SIGTERM');
  await driver.ended;
  const landed = state.tasks.filter((task) => task.status === 'landed').map((task) => task.slug);
  const gaps = gapsBetween(workIn(sandbox.env.XDG_STATE_HOME, 'sleep 2; test -d', to), from, to);
  const lasting = (spans) => spans.reduce((sum, span) => sum + span.to - span.from, 0) / 1000;
  const idle = lasting(gaps);
  const limited = lasting(gaps.flatMap((gap) => [...pauses.values()].flatMap((pause) => common(gap, pause))));
  for (const gap of gaps.filter((one) => one.to - one.from >= 300)) {
    const seconds = ((gap.from - began) / 1000).toFixed(1);
    console.log(
      `no work for ${Math.round(gap.to - gap.from)} ms at ${seconds} s, after ${gap.after}, before ${gap.before}`,
    );
  }
  const whole = (to - from) / 1000;
  console.log(
    `landed: ${landed.length} of ${state.tasks.length}${
      landed.length < 10
        ? `; not: ${state.tasks
            .filter((task) => task.status !== 'landed')
            .map((task) => `${task.slug} ${task.status} ${task.problem?.message ?? ''}`)
            .join('; ')}`
        : ''
    }`,
  );
  const counted = [...new Set(acts)].map((kind) => `${acts.filter((one) => one === kind).length} ${kind}`);
  console.log(`acts of the person: ${counted.join(', ') || 'none'}`);
  console.log(
    `time: ${whole.toFixed(0)} s, of which neither an agent nor a check worked ${idle.toFixed(0)} s (${((100 * idle) / whole).toFixed(1)} %); ${limited.toFixed(0)} s of it while the account was at its limit, without which ${((100 * (idle - limited)) / (whole - limited)).toFixed(1)} %`,
  );
  console.log(`keys that task ten was run with: ${(server.keys.ten ?? []).join(', ')}`);
  console.log(
    `git fsck: ${gitTry(repo, 'fsck', '--no-dangling').trim()}; status: ${git(repo, 'status', '--short').trim() || 'clean'}`,
  );
} finally {
  server.close();
  if (!process.env.KEEP) sandbox.cleanup();
  else console.log(sandbox.root);
}
