/**
 * The n-th call of the file system or of git fails, or the program is ended before or after it, for every n of every
 * command that changes something; then the next start, unhindered. A line a command: how many calls it makes, how many
 * were tried, and what was wrong. ONLY names commands, KINDS calls; MOST limits how many of a kind are tried in a
 * mode: they are then spread evenly, from a random one on. SHARE=2/5 tries the second fifth of all n only, so that every
 * n can be tried in pieces; NTH=18,19 tries these only. With SITES a read of the same file from the same place in the
 * code is tried once. LIMIT is how many seconds a command may take before it counts as hung. With FULL
 * (data,state,cache,worktrees,repository,temporary) a disk fills up instead: the n-th and all later writes below one of
 * them fail, until the next start. CUT is a command that ends the git after it in the middle of its work: "timeout -s
 * KILL 0.004", or "strace -f -qq -o /dev/null -e inject=rename,unlink:signal=KILL:when=2"; then only that is tried.
 * MANY adds so many files to the repository, so that git has work to do.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goOn, reached, start } from './lib/faults/attempt.mjs';
import { leftovers, losses, noteOf, toldBadly } from './lib/faults/checks.mjs';
import { armedGit } from './lib/faults/git.mjs';
import { makeGround } from './lib/faults/ground.mjs';
import { scenes } from './lib/faults/scenes.mjs';

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
const cut = process.env.CUT;
if (cut) Object.assign(modes, { write: [], git: ['cut'], read: [] });
/** One fault, then the next start. Gives what was wrong, each with the stage at which it was seen. */
async function attempt(ground, scene, before, git, { kind, mode, n, below }) {
  ground.restore();
  const out = join(ground.sandbox.root, 'met');
  writeFileSync(out, '');
  if (kind === 'git') git.arm(n, mode);
  const how = { path: git.path, ...(kind !== 'git' && { fault: { n, mode, kind, out, below } }) };
  const first = await start(ground, scene.argv, how);
  const met = kind === 'git' ? git.met() : readFileSync(out, 'utf8').trim();
  if (kind === 'git') git.arm(0, 'off');
  const same = ground.isAsRestored();
  const wrong = same ? [] : losses(ground, before, scene).map((what) => `at once: ${what}`);
  if (['fail', 'full', 'cut'].includes(mode)) {
    wrong.push(...toldBadly(first));
    const said = scene.saysWhy?.test(first.output);
    if (first.code === 0 && !said && !reached(ground, scene)) wrong.push('exit 0 without its work done');
  }
  if (same) return { met, first, wrong, left: [], same };
  wrong.push(...(await goOn(ground, scene, before)));
  return { met, first, wrong, left: met ? leftovers(ground) : [] };
}

/** The calls of an unhindered run, by kind, each with what was on disk before and after it. */
async function callsOf(ground, scene, git, below) {
  ground.restore();
  const out = join(ground.sandbox.root, 'met');
  writeFileSync(out, '');
  git.arm(1e9, 'count');
  const how = { path: git.path, fault: { n: 0, mode: 'count', out, below, root: ground.sandbox.root } };
  const ended = await start(ground, scene.argv, how);
  if (ended.code !== 0) throw new Error(`${scene.name} fails unhindered: ${ended.output}`);
  const lines = readFileSync(out, 'utf8').split('\n').filter(Boolean);
  const calls = { write: [], read: [], git: [] };
  for (const call of lines.map((line) => JSON.parse(line))) calls[call.kind][call.n - 1] = call;
  // Where git is called by another process of ours too, nobody knows which call is which.
  const met = git.calls();
  if (met !== calls.git.length) calls.git = Array.from({ length: met }, () => ({}));
  git.arm(0, 'off');
  return calls;
}

/** Everything that is to be tried of a command: which call, and what becomes of it. */
function* faultsOf(calls, below) {
  for (const kind of below ? ['write'] : kinds)
    for (const mode of below ? ['full'] : modes[kind])
      for (const n of nth ?? spread(calls[kind].length)) yield { kind, mode, n, below };
}

/**
 * Tells whether a fault is one that was tried already. A process that is ended leaves what is on disk: where that is
 * the same as after another end, the next start finds the same. With SITES, a read of the same file from the same place
 * in the code is tried once.
 */
function seenBefore() {
  const seen = new Set();
  return (calls, { kind, mode, n }) => {
    const call = calls[kind][n - 1];
    const read = process.env.SITES && call?.site && `${call.what} ${call.site}`;
    const key = mode === 'before' || mode === 'after' ? call?.[mode] : kind === 'read' ? read : undefined;
    if (!key || process.env.NTH) return false;
    const known = seen.has(key);
    seen.add(key);
    return known;
  };
}

/** Numbers of calls up to `count`: all of them, or as many as MOST says. */
function* spread(count) {
  const step = Math.ceil(count / Math.min(most, Math.max(1, count))) || 1;
  for (let n = 1 + Math.floor(Math.random() * step); n <= count; n += step) yield n;
}

/** Attacks one command in every way, and prints what was found. */
async function play(scene, place) {
  const below = place && places[place].map((name) => join(ground.sandbox.root, name));
  const all = await callsOf(ground, scene, git, below);
  const seen = seenBefore();
  const begin = performance.now();
  const found = new Map();
  const left = new Map();
  let tried = 0;
  let unchanged = 0;
  let alike = 0;
  for (const fault of faultsOf(all, below)) {
    const known = seen(all, fault);
    if (fault.n % shares !== share - 1) continue;
    if (known) {
      alike += 1;
      continue;
    }
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
    ? `${all.write.length} writes to ${place}`
    : `${all.git.length} git calls, ${all.write.length} writes, ${all.read.length} reads`;
  console.log(
    `${scene.name}: ${calls}; ${tried} faults tried in ${seconds} s, ${unchanged} of them changed nothing; ${alike} more are one of these; wrong: ${found.size === 0 ? 'nothing' : ''}`,
  );
  for (const [what, where] of found) console.log(`    ${what} (${where.length} times, first at ${where[0]})`);
  const rest = [...left].map(([name, times]) => `${name} ${times}`).join(', ');
  if (rest) console.log(`    left behind until something sweeps it: ${rest}`);
}

const ground = makeGround();
const git = armedGit(ground.sandbox.root, ground.sandbox.env.PATH, cut);
ground.save();
const before = noteOf(ground);
try {
  for (const scene of scenes.filter(({ name }) => !only || only.includes(name)))
    for (const place of full.length > 0 ? full : [undefined]) await play(scene, place);
} finally {
  ground.drop();
}
