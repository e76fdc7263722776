/**
 * Landing many tasks at once, by the built program: 30 tasks of which 3 are bad alone and 2 only together, with
 * checks that name files and with checks that say nothing; then kill -9 at random moments and at random git calls,
 * and a target that moves under it. A line a case: what landed, what was blamed, how many runs of the checks.
 */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { git, ground, mixed, registry } from './lib/train-ground.mjs';
import { drawTrain, patterns } from './lib/train-patterns.mjs';
import { program } from './sandbox.mjs';

const kills = Number(process.env.KILLS ?? 40);
const step = Number(process.env.STEP ?? 10);
const from = Number(process.env.FROM ?? 1);
/** Runs the program; `kill` gets the child and may end it. */
function land(sandbox, /** @type {Record<string, any>} */ { env = {}, kill, args = [] } = {}) {
  return new Promise((resolve) => {
    const begin = performance.now();
    const child = spawn(process.execPath, [program, 'merge', 'land', ...args, '--json', '--yes'], {
      cwd: join(sandbox.root, 'repo'),
      env: { ...sandbox.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    kill?.(child);
    child.on('close', (code, signal) => {
      const seconds = (performance.now() - begin) / 1000;
      // One event a line, the last one the result; whoever was killed left none.
      const last = signal ? undefined : output.trimEnd().split('\n').at(-1);
      const { data, error } = last ? JSON.parse(last) : {};
      resolve({ code, signal, seconds, data, error });
    });
  });
}

const runs = (sandbox) => readFileSync(join(sandbox.root, 'runs'), 'utf8').split('\n').length - 1;

/** Everything that must hold at any moment, whoever was killed; a list of what does not. */
function violations({ sandbox }, over) {
  const wrong = [];
  const status = git(sandbox, 'status', '--porcelain');
  if (status) wrong.push(`the main worktree is not clean: ${status.split('\n')[0]}`);
  const landed = git(sandbox, 'ls-tree', '-r', '--name-only', 'main').split('\n');
  const bad = landed.filter((path) => path.startsWith('bad/'));
  if (bad.length > 0) wrong.push(`landed: ${bad}`);
  if (landed.includes('work/left') && landed.includes('work/right')) wrong.push('landed both of the pair');
  try {
    git(sandbox, 'fsck', '--connectivity-only');
  } catch (error) {
    wrong.push(`fsck: ${error.message}`);
  }
  for (const { slug, status: state } of registry(sandbox).tasks) {
    const there = landed.includes(`work/${slug}`);
    if (state === 'landed' && !there) wrong.push(`${slug} is called landed and is not on main`);
    if (over && there && state !== 'landed') wrong.push(`${slug} is on main and called ${state}`);
    const refs = git(sandbox, 'for-each-ref', '--format=%(refname)');
    const kept =
      refs.includes(`refs/heads/codex-agent/${slug}`) || refs.includes(`refs/codex-agents/done/${slug}`);
    if (!kept) wrong.push(`no ref holds ${slug}`);
  }
  if (over && git(sandbox, 'worktree', 'list').split('\n').length > 1)
    wrong.push('worktrees were left behind');
  return wrong;
}

async function batch(loud) {
  const where = await ground({ names: mixed(30, 3), loud, sets: [['left', 'right']] });
  const { sandbox } = where;
  try {
    const { code, seconds, data } = await land(sandbox);
    const blamed = data.refused.map(
      ({ task, code: why, evidence }) => `${task} ${why}${evidence.with ? ` (${evidence.with})` : ''}`,
    );
    console.log(
      `30 tasks, 3 bad, 1 pair, checks ${loud ? 'name files' : 'say nothing'}: exit ${code}, landed ${data.landed.length}, ` +
        `blamed ${blamed.sort().join(', ')}; pairs ${JSON.stringify(data.pairs.map(({ a, b }) => [a, b]))}; ` +
        `${data.checkRuns} runs reported, ${runs(sandbox)} counted, ${data.oneByOne} one by one; ${seconds.toFixed(1)} s; ` +
        `wrong: ${violations(where, true).join('; ') || 'nothing'}`,
    );
  } finally {
    sandbox.cleanup();
  }
}

async function moving() {
  const first = `[ -e '$ROOT/moved' ] || { touch '$ROOT/moved'; cd '$ROOT/repo' && echo mine > mine.txt && git add mine.txt && git -c user.name=Me -c user.email=me@example.com commit -qm Mine; }`;
  const where = await ground({
    names: mixed(8, 1),
    loud: true,
    first: '. "$HOME/first"',
    sets: [['left', 'right']],
  });
  const { sandbox } = where;
  try {
    writeFileSync(join(sandbox.root, 'first'), `(${first.replaceAll('$ROOT', sandbox.root)})\n`);
    const { code, data } = await land(sandbox);
    const mine = git(sandbox, 'log', '--format=%s', 'main').split('\n').includes('Mine');
    console.log(
      `a person commits to the target during the first check: exit ${code}, landed ${data.landed.length} of 6 good, ` +
        `their commit ${mine ? 'kept' : 'LOST'}, ${data.checkRuns} runs; wrong: ${violations(where, true).join('; ') || 'nothing'}`,
    );
  } finally {
    sandbox.cleanup();
  }
}

/** A git that ends the program that called it when its number comes up, before or after it has done its work. */
function deadlyGit(sandbox) {
  const bin = join(sandbox.root, 'bin');
  mkdirSync(bin, { recursive: true });
  // Calls run side by side: each adds a byte, and nobody reads what another one is just writing.
  const [armed, calls] = [join(sandbox.root, 'armed'), join(sandbox.root, 'calls')];
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh
read -r limit when < '${armed}'
printf x >> '${calls}'
n=$((limit - $(wc -c < '${calls}')))
PATH='${sandbox.env.PATH}'
[ "$n" -gt 0 ] && exec git "$@"
[ "$n$when" = 0after ] && git "$@" <&0
# Orphans have another parent by now.
tr '\\0' ' ' < "/proc/$PPID/cmdline" | grep -q 'main.js merge land' && kill -9 $PPID
exit 143
`,
  );
  chmodSync(join(bin, 'git'), 0o755);
  return {
    PATH: `${bin}:${sandbox.env.PATH}`,
    arm(limit, when = 'before') {
      writeFileSync(calls, '');
      writeFileSync(armed, `${limit} ${when}\n`);
    },
  };
}

/** Keeps a ground, to begin with it again and again. */
function keep({ sandbox }) {
  const saved = `${sandbox.root}.saved`;
  const copying = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };
  cpSync(sandbox.root, saved, copying);
  return {
    restore() {
      for (const name of ['repo', 'config', 'data', 'state', 'cache', 'runs', 'repo.worktrees'])
        rmSync(join(sandbox.root, name), { recursive: true, force: true });
      cpSync(saved, sandbox.root, copying);
    },
    drop: () => rmSync(saved, { recursive: true, force: true }),
  };
}

const landedIn = (sandbox) => registry(sandbox).tasks.filter(({ status }) => status === 'landed').length;

/** Killed at one git call after the other, then run once more: everything must come to the same end. */
async function everyCall() {
  const where = await ground({ names: mixed(5, 1), sets: [['left', 'right']] });
  const { sandbox } = where;
  const kept = keep(where);
  const { PATH, arm } = deadlyGit(sandbox);
  const found = new Map();
  const note = (what, where) => {
    for (const one of what) if (!found.has(one)) found.set(one, where);
  };
  let kills = 0;
  let call = from;
  try {
    for (let survived = false; !survived; call += step) {
      for (const when of ['before', 'after']) {
        kept.restore();
        arm(call, when);
        const { signal } = await land(sandbox, { env: { PATH } });
        if (!signal) {
          survived = true;
          break;
        }
        kills++;
        note(violations(where, false), `killed ${when} call ${call}`);
        await land(sandbox);
        note(violations(where, true), `after ${when} call ${call}`);
        const landed = landedIn(sandbox);
        if (landed !== 3) note([`${landed} of 3 landed in the end`], `${when} call ${call}`);
      }
    }
    console.log(
      `killed at every ${step === 1 ? '' : `${step}th `}git call of a landing of 5 tasks, from the ${from}. to about the ${call - step}., before and after each: ` +
        `${kills} kills, each followed by one more landing; wrong: ${[...found].map(([what, at]) => `${what} (${at})`).join('; ') || 'nothing'}`,
    );
  } finally {
    sandbox.cleanup();
    kept.drop();
  }
}

async function killed() {
  const where = await ground({ names: mixed(8, 1), sets: [['left', 'right']] });
  const { sandbox } = where;
  const kept = keep(where);
  const { PATH, arm } = deadlyGit(sandbox);
  const found = [];
  let ended = 0;
  let rounds = 0;
  let most = 0;
  try {
    while (ended < kills) {
      rounds++;
      let result;
      do {
        const atCall = ended % 2 === 0;
        if (atCall) arm(1 + Math.floor(Math.random() * 200), Math.random() < 0.5 ? 'before' : 'after');
        else arm(100_000);
        const kill = atCall
          ? undefined
          : (child) => {
              const timer = setTimeout(() => child.kill('SIGKILL'), 200 + Math.random() * 6000);
              child.on('close', () => clearTimeout(timer));
            };
        result = await land(sandbox, { env: { PATH }, kill });
        if (result.signal) ended++;
        found.push(...violations(where, false));
      } while (result.signal && ended < kills);
      arm(100_000);
      if (result.signal) result = await land(sandbox);
      // Everything is decided by now; one more run finds nothing to do but to blame again.
      const again = await land(sandbox);
      found.push(...violations(where, true));
      const landed = landedIn(sandbox);
      if (landed !== 6) found.push(`${landed} of 6 landed in the end`);
      if (again.data?.landed.length) found.push('the last run still landed something');
      most = Math.max(most, runs(sandbox));
      kept.restore();
    }
    console.log(
      `kill -9: ${ended} kills in ${rounds} landings of 8 tasks (half at a random git call), at most ${most} runs of the checks a landing; ` +
        `wrong: ${[...new Set(found)].join('; ') || 'nothing'}`,
    );
  } finally {
    sandbox.cleanup();
    kept.drop();
  }
}

/** Trains of forty in the patterns that trains fail in: the right set, the names, and the runs against one by one. */
async function everyPattern() {
  const size = Number(process.env.TASKS ?? 40);
  for (const [name, pattern] of Object.entries(patterns)) {
    if (process.env.PATTERNS && !process.env.PATTERNS.split(',').includes(name)) continue;
    const drawn = drawTrain(pattern, size);
    const { sandbox } = await ground(drawn);
    try {
      const { code, seconds, data } = await land(sandbox);
      const landed = new Set(data.landed.map(({ task }) => task));
      const stays = drawn.names.filter((task) => !drawn.guilty.has(task) && !landed.has(task));
      const wrong = [...landed].filter((task) => drawn.guilty.has(task));
      const named = data.refused.map(({ task, code: why, evidence }) =>
        evidence?.with?.length > 5
          ? `${task} ${why} (${evidence.with.length} tasks)`
          : `${task} ${why} (${evidence?.with ?? ''})`,
      );
      const inexact = data.refused.filter(
        ({ task, evidence }) => String(evidence?.with ?? '') !== String(drawn.guilty.get(task) ?? ''),
      );
      console.log(
        `${name}: exit ${code}, ${landed.size} of ${size} landed, innocent left ${stays.length}, guilty landed ${wrong.length}, ` +
          `named not as small as can be ${drawn.isRed ? 0 : inexact.length}; ${data.checkRuns} runs reported, ${runs(sandbox)} counted, ` +
          `one by one and culprits ${size + drawn.guilty.size}; told as flaky ${data.flaky.length}; ${seconds.toFixed(0)} s, load ${loadavg()[0].toFixed(0)}; ` +
          `${named.slice(0, 6).join(', ')}`,
      );
    } finally {
      sandbox.cleanup();
    }
  }
}

const only = process.env.CASES?.split(',') ?? ['loud', 'mute', 'patterns', 'moving', 'killed', 'calls'];
if (only.includes('patterns')) await everyPattern();
if (only.includes('loud')) await batch(true);
if (only.includes('mute')) await batch(false);
if (only.includes('moving')) await moving();
if (only.includes('killed')) await killed();
if (only.includes('calls')) await everyCall();
