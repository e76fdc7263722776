/** A repository driven by the built program against a loopback model server, for benchmarks of runs that are held by a host. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeSandbox, program } from '../sandbox.mjs';

/** A repository with these tasks and settings, and a look into the directories of its runs. */
export function makeRepo(
  /** @type {Record<string, any>} */ { env = () => ({}), settings = {}, tasks = ['One'] } = {},
) {
  const sandbox = makeSandbox();
  const repo = join(sandbox.root, 'repo');
  mkdirSync(repo);
  Object.assign(sandbox.env, env(sandbox.root));
  sandbox.run(repo, 'git', 'init', '-q');
  sandbox.codexAgent(repo, 'init');
  sandbox.run(repo, 'git', 'add', '-A');
  sandbox.run(repo, 'git', 'commit', '-qm', 'First');
  for (const [key, value] of Object.entries({ 'run.retries': '0', ...settings })) {
    sandbox.codexAgent(repo, 'config', 'set', key, value);
  }
  for (const title of tasks) sandbox.codexAgent(repo, 'task', 'add', title);
  const runs = join(sandbox.env.XDG_STATE_HOME, 'codex-agents', 'runs');
  const folders = () => (existsSync(runs) ? readdirSync(runs) : []);
  const read = (name, run = folders().at(-1)) => {
    const path = join(runs, run ?? '', name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  return { ...sandbox, repo, runs, folders, read };
}

/** Starts the program; never blocks, since the model server lives in this process. */
export function start(at, ...args) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: at.repo,
    env: at.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    out += chunk;
  });
  const done = new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
  return { child, done };
}
export const call = (at, ...args) => start(at, ...args).done;

export async function until(what, limitMs = 300_000) {
  const end = performance.now() + limitMs;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await sleep(20);
  }
}
export const said = (at, text, run) => until(() => at.read('transcript.log', run).includes(text), 120_000);
export const show = async (at, id = 'one') =>
  JSON.parse((await call(at, 'session', 'show', id, '--json')).out).data;
export const status = async (at, slug = 'one') =>
  JSON.parse((await call(at, 'task', 'show', slug, '--json')).out).data.task;

/** Processes of the sandbox that still live, by the cookie in their environment. */
export function alive(at) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8');
        if (/^[ZX]/.test(state.slice(state.lastIndexOf(')') + 2))) return false;
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`CODEX_AGENTS_RUN_DIR=${at.runs}`);
      } catch {
        return false;
      }
    });
}

export function pidsOf(at, run = at.folders().at(-1)) {
  const agent = JSON.parse(at.read('pid.json', run)).pid;
  const host = Number(readFileSync(`/proc/${agent}/task/${agent}/children`, 'utf8').trim().split(' ')[0]);
  return { agent, host };
}

/** Plays one scene on a repository of its own and prints what it told, a line. */
export async function scene(name, options, play) {
  const wanted = process.argv.slice(2);
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const at = makeRepo(options);
  try {
    const begin = performance.now();
    const told = await play(at);
    console.log(`${name}: ${told}; ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.log(`${name}: FAILED ${error.message} ${at.read('transcript.log').slice(-500)}`);
    process.exitCode = 1;
  } finally {
    await call(at, 'manager', 'stop');
    at.cleanup();
  }
}

export const launch = ['manager', 'launch', '--wait', '--json'];

/** Whether the branch of a task holds the file its agent was to write. */
export const committed = (at, slug = 'one') =>
  at
    .run(at.repo, 'git', 'ls-tree', '--name-only', `codex-agent/${slug}`)
    .trim()
    .split('\n')
    .includes(`${slug}.txt`);
