/**
 * The n-th call of the file system or of git fails, or the program is ended before or after it, for every n of every
 * command that changes something; then the next start, unhindered. A line a command: how many calls it makes, how many
 * were tried, and what was wrong. ONLY names commands, KINDS calls; MOST limits how many of a kind are tried in a
 * mode: they are then spread evenly, from a random one on. SHARE=2/5 tries the second fifth of all n only, so that every
 * n can be tried in pieces; NTH=18,19 tries these only. LIMIT is how many seconds a command may take before it counts as
 * hung. With FULL (data,state,cache,worktrees,repository,temporary) a disk fills up instead: the
 * n-th and all later writes below one of them fail, until the next start.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leftovers, losses, noteOf, toldBadly } from './lib/faults/checks.mjs';
import { armedGit } from './lib/faults/git.mjs';
import { makeGround } from './lib/faults/ground.mjs';
import { scenes } from './lib/faults/scenes.mjs';
import { program } from './sandbox.mjs';

const only = process.env.ONLY?.split(',');
const kinds = process.env.KINDS?.split(',') ?? ['git', 'write', 'read'];
const most = Number(process.env.MOST ?? Number.POSITIVE_INFINITY);
const nth = process.env.NTH?.split(',').map(Number);
const [share, shares] = (process.env.SHARE ?? '1/1').split('/').map(Number);
/** Folders of the sandbox that are a file system of their own somewhere: each fills up at its n-th write. */
const places = {
  data: ['data'],
  state: ['state'],
  cache: ['cache'],
  worktrees: ['repo.worktrees'],
  repository: ['repo/'],
  temporary: ['tmp'],
};
const full = process.env.FULL === undefined ? [] : process.env.FULL.split(',').filter(Boolean);
/** A process that is ended at a read has done nothing since the write before: those are tried as writes. */
const modes = { write: ['fail', 'before', 'after'], git: ['fail', 'before', 'after'], read: ['fail'] };
const hook = join(dirname(fileURLToPath(import.meta.url)), 'lib', 'faults', 'hook.mjs');
/** A loaded machine takes long; what hangs never ends. */
const limitMs = Number(process.env.LIMIT ?? 600) * 1000;

function start(ground, argv, /** @type {Record<string, any>} */ { fault, path } = {}) {
  const env = { ...ground.sandbox.env, ...(path ? { PATH: path } : {}) };
  if (fault) env.FAULT = JSON.stringify(fault);
  const before = fault ? ['--import', hook] : [];
  const child = spawn(process.execPath, [...before, program, ...argv], {
    cwd: ground.repo,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((done) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      done({ code, signal, output, hung: signal !== null && fault === undefined && path === undefined });
    });
  });
}

/** One fault, then the next start. Gives what was wrong, each with the stage at which it was seen. */
async function attempt(ground, scene, before, git, { kind, mode, n, below }) {
  ground.restore();
  const out = join(ground.sandbox.root, 'met');
  writeFileSync(out, '');
  if (kind === 'git') git.arm(n, mode);
  const how = kind === 'git' ? { path: git.path } : { fault: { n, mode, kind, out, below } };
  const first = await start(ground, scene.argv, how);
  const met = kind === 'git' ? git.met() : readFileSync(out, 'utf8').trim();
  if (kind === 'git') git.arm(0, 'off');
  const same = ground.isAsRestored();
  const wrong = same ? [] : losses(ground, before, scene).map((what) => `at once: ${what}`);
  if (mode === 'fail' || mode === 'full') {
    wrong.push(...toldBadly(first));
    const said = scene.saysWhy?.test(first.output);
    if (first.code === 0 && !said && !reached(ground, scene)) wrong.push('exit 0 without its work done');
  }
  if (same) return { met, first, wrong, left: [], same };
  let second = { output: '' };
  for (let tries = 0; tries < 2 && !(tries > 0 && reached(ground, scene)); tries++)
    second = await start(ground, scene.next(ground));
  if (second.signal) wrong.push('the next start hung');
  if (!reached(ground, scene))
    wrong.push(`the next start did not go on: ${second.output.trim().slice(-300)}`);
  wrong.push(...losses(ground, before, scene).map((what) => `after the next start: ${what}`));
  return { met, first, wrong, left: met ? leftovers(ground) : [] };
}

function reached(ground, scene) {
  try {
    return scene.goal(ground);
  } catch {
    return false;
  }
}

async function callsOf(ground, scene, git, below) {
  const counts = {};
  for (const kind of below ? ['write'] : ['write', 'read', 'git']) {
    ground.restore();
    const out = join(ground.sandbox.root, 'met');
    writeFileSync(out, '');
    git.arm(1e9, 'count');
    const how = kind === 'git' ? { path: git.path } : { fault: { n: 0, mode: 'count', kind, out, below } };
    const ended = await start(ground, scene.argv, how);
    if (ended.code !== 0) throw new Error(`${scene.name} fails unhindered: ${ended.output}`);
    counts[kind] = kind === 'git' ? git.calls() : readFileSync(out, 'utf8').split('\n').length - 1;
    git.arm(0, 'off');
  }
  return counts;
}

/** Everything that is to be tried of a command: which call, and what becomes of it. */
function* faultsOf(counts, below) {
  for (const kind of below ? ['write'] : kinds) {
    for (const mode of below ? ['full'] : modes[kind])
      for (const n of nth ?? spread(counts[kind])) yield { kind, mode, n, below };
  }
}

/** Numbers of calls up to `count`: all of them, or as many as MOST and SHARE say. */
function* spread(count) {
  const step = Math.ceil(count / Math.min(most, Math.max(1, count))) || 1;
  for (let n = 1 + Math.floor(Math.random() * step); n <= count; n += step)
    if (n % shares === share - 1) yield n;
}

/** Attacks one command in every way, and prints what was found. */
async function play(scene, place) {
  const below = place && places[place].map((name) => join(ground.sandbox.root, name));
  const counts = await callsOf(ground, scene, git, below);
  const begin = performance.now();
  const found = new Map();
  const left = new Map();
  let tried = 0;
  let unchanged = 0;
  for (const fault of faultsOf(counts, below)) {
    const result = await attempt(ground, scene, before, git, fault);
    if (!result.met) continue;
    tried += 1;
    if (result.same) unchanged += 1;
    for (const what of result.wrong) {
      if (process.env.LOUD) {
        const said = result.first.output.trim().slice(-400);
        console.error(`${scene.name} ${fault.kind} ${fault.n}: ${result.met}\n  ${what}\n  first: ${said}`);
      }
      found.set(what, [...(found.get(what) ?? []), `${fault.kind} ${fault.n} ${result.met}`]);
    }
    for (const name of new Set(result.left)) left.set(name, (left.get(name) ?? 0) + 1);
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  const calls = place
    ? `${counts.write} writes to ${place}`
    : `${counts.git} git calls, ${counts.write} writes, ${counts.read} reads`;
  console.log(
    `${scene.name}: ${calls}; ${tried} faults tried in ${seconds} s, ${unchanged} of them changed nothing; wrong: ${found.size === 0 ? 'nothing' : ''}`,
  );
  for (const [what, where] of found) console.log(`    ${what} (${where.length} times, first at ${where[0]})`);
  const rest = [...left].map(([name, times]) => `${name} ${times}`).join(', ');
  if (rest) console.log(`    left behind until something sweeps it: ${rest}`);
}

const ground = makeGround();
const git = armedGit(ground.sandbox.root, ground.sandbox.env.PATH);
ground.save();
const before = noteOf(ground);
try {
  for (const scene of scenes.filter(({ name }) => !only || only.includes(name)))
    for (const place of full.length > 0 ? full : [undefined]) await play(scene, place);
} finally {
  ground.drop();
}
