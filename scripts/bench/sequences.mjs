/**
 * Random sequences of commands, acts of a person and of agents, and kills, on one repository a seed. Every text that
 * was written or committed has a word of its own; each must be found in a file, in the trash, or in an object that git
 * reaches, also after a `git gc --prune=now`. SEEDS (count or list), LENGTH of each, REPO to clone instead of a small one.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { agentsBeCommand, passingCheck } from './lib/command-home.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const given = process.env.SEEDS ?? '5';
const seeds = given.includes(',')
  ? given.split(',').filter(Boolean).map(Number)
  : Array.from({ length: Number(given) }, (_, at) => at + 1);
const length = Number(process.env.LENGTH ?? 60);
const total = { commands: 0, acts: 0, kills: 0, words: 0, lost: 0, fsck: 0, hung: 0, traces: 0 };

/** The same numbers for the same seed (mulberry32). */
function chance(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, pick: (list) => list[Math.floor(next() * list.length)] };
}

async function play(seed) {
  const sandbox = makeSandbox();
  const repo = join(sandbox.root, 'repo');
  const root = join(sandbox.root, 'repo.worktrees');
  const { next, pick } = chance(seed);
  const words = new Map();
  const lost = new Set();
  const trail = [];
  let written = 0;
  /** The commit that was cloned: what it reaches holds no word of ours. */
  let cloned = '';
  const word = (where) => {
    written += 1;
    const one = `WORD${seed}x${written}x`;
    words.set(one, `${where} (step ${trail.length})`);
    return one;
  };
  const slugs = ['a', 'b', 'c', 'd', 'e'];
  const hidden = Array.from({ length: 9 }, (_, at) => `hidden-${at}.txt`);
  const agent = join(sandbox.root, 'agent.sh');
  const env = { ...sandbox.env };

  const git = (at, ...args) => spawnSync('git', args, { cwd: at, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const worktrees = () =>
    existsSync(root)
      ? readdirSync(root).filter((name) => !name.startsWith('.') && existsSync(join(root, name, '.git')))
      : [];

  /** Runs a command to its end, or kills it after a while. Agents that it started go on. */
  function command(argv, killAfterMs) {
    trail.push(`${argv.join(' ')}${killAfterMs ? ` (killed after ${killAfterMs})` : ''}`);
    const child = spawn(process.execPath, [program, ...argv, '--yes', '--no-input'], {
      cwd: repo,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs ?? 120_000);
    return new Promise((done) =>
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        total.commands += 1;
        if (killAfterMs && signal) total.kills += 1;
        if (!killAfterMs && signal) total.hung += 1;
        if (/This is a fault of/.test(output)) {
          total.traces += 1;
          console.log(
            `seed ${seed}: a fault of ours at step ${trail.length} (${trail.at(-1)}): ${output.slice(0, 600)}`,
          );
        }
        done(code);
      }),
    );
  }

  const commands = [
    () => ['task', 'add', `Task ${next()}`, '--slug', pick(slugs), '--goal', 'g'],
    () => ['task', 'worktree', 'add', pick(slugs)],
    () => ['task', 'worktree', 'remove', pick(slugs)],
    () => ['task', 'worktree', 'remove', pick(slugs), '--force'],
    () => ['task', 'worktree', 'restore', pick(slugs)],
    () => ['task', 'worktree', 'gc'],
    () => ['task', 'worktree', 'repair'],
    () => ['task', 'worktree', 'prepare', '--count', pick(['0', '1'])],
    () => ['task', 'remove', pick(slugs), '--force'],
    () => ['task', 'edit', pick(slugs), '--status', pick(['cancelled', 'ready'])],
    () => ['task', 'run', pick(slugs), '--wait'],
    () => ['task', 'retry', pick(slugs), '--wait'],
    () => ['task', 'validate', pick(slugs)],
    () => ['task', 'complete', pick(slugs)],
    () => ['merge', 'land'],
    () => ['merge', 'check', '--all'],
    () => ['merge', 'resolve', pick(slugs)],
    () => ['merge', 'rebase', pick(slugs)],
    () => ['manager', 'launch', '--wait', '--land'],
    () => ['manager', 'monitor'],
    () => ['doctor', '--fix'],
  ];

  /** What a person does in a worktree of a task. */
  const acts = [
    (at) => writeFileSync(join(at, `new-${written}.txt`), word(`a new file in ${at}`)),
    (at) => writeFileSync(join(at, `kept-${written}.ignored`), word(`an ignored file in ${at}`)),
    (at) => {
      const name = `staged-${written}.txt`;
      writeFileSync(join(at, name), word(`staged in ${at}`));
      git(at, 'add', name);
      writeFileSync(join(at, name), word(`written over what was staged in ${at}`));
    },
    (at) => commit(at, 'a commit'),
    (at) => {
      commit(at, 'a commit that was amended');
      git(at, 'commit', '-q', '--amend', '-m', 'Amended');
    },
    (at) => {
      git(at, 'checkout', '-q', '--detach');
      commit(at, 'a commit on a detached HEAD');
      if (next() < 0.7) git(at, 'checkout', '-q', '-');
    },
    (at) => {
      const inner = join(at, 'node_modules', `lib-${written}`);
      mkdirSync(inner, { recursive: true });
      git(inner, 'init', '-q');
      commit(inner, 'a commit of a repository inside');
    },
    (at) => {
      // A second edit of the same file would be the person's own loss.
      const path = hidden.find(
        (name) => existsSync(join(at, name)) && !readFileSync(join(at, name), 'utf8').includes('WORD'),
      );
      if (!path) return;
      writeFileSync(join(at, path), `${word(`an edit that is hidden in ${at}`)}\n`);
      git(at, 'update-index', pick(['--assume-unchanged', '--skip-worktree']), path);
    },
    // A merge that git refuses ends in its own `reset --hard`, which overwrites edits under assume-unchanged.
    (at) => /^h /m.test(git(at, 'ls-files', '-v').stdout) || git(at, 'merge', '-q', '--no-edit', 'main'),
  ];
  const commit = (at, what) => {
    const name = `committed-${written}.txt`;
    writeFileSync(join(at, name), word(`${what} in ${at}`));
    git(at, 'add', name);
    git(at, 'commit', '-q', '-m', `Work ${written}`);
  };

  function missing() {
    const found = new Set();
    const look = (text) => {
      for (const [one] of text.matchAll(/WORD\d+x\d+x/g)) found.add(one);
    };
    const walk = (folder, inner) => {
      for (const entry of entriesOf(folder)) {
        const path = join(folder, entry.name);
        if (entry.name === '.git' && (inner === undefined || entry.isFile())) continue;
        if (entry.isDirectory()) walk(path, entry.name === '.git' ? undefined : (inner ?? 0) + 1);
        else if (entry.isFile()) look(textOf(path));
      }
    };
    // An agent that still works, or a clean-up, may take a file away meanwhile: its text is then looked for elsewhere.
    const unlessGone = (read, gone) => {
      try {
        return read();
      } catch (error) {
        if (error.code === 'ENOENT') return gone;
        throw error;
      }
    };
    const textOf = (path) => unlessGone(() => readFileSync(path, 'latin1'), '');
    const entriesOf = (folder) => unlessGone(() => readdirSync(folder, { withFileTypes: true }), []);
    for (const folder of [repo, root]) if (existsSync(folder)) walk(folder, undefined);
    const ids = git(
      repo,
      'rev-list',
      '--objects',
      '--all',
      '--reflog',
      '--indexed-objects',
      '--no-object-names',
      ...(cloned ? [`^${cloned}`] : []),
    ).stdout;
    const read = spawnSync('git', ['cat-file', '--batch'], {
      cwd: repo,
      env,
      input: ids,
      encoding: 'latin1',
      maxBuffer: 1 << 28,
    });
    look(read.stdout);
    // What agents wrote is told by the agent itself.
    const runs = join(env.XDG_STATE_HOME, 'codex-agents', 'runs');
    for (const run of existsSync(runs) ? readdirSync(runs) : []) {
      const transcript = join(runs, run, 'transcript.log');
      if (!existsSync(transcript)) continue;
      for (const [one] of readFileSync(transcript, 'latin1').matchAll(/WORD\d+x\d+x/g))
        if (!words.has(one)) words.set(one, `the agent of ${run}`);
    }
    return [...words].filter(([one]) => !found.has(one));
  }

  function check(when) {
    for (const [one, where] of missing()) {
      if (lost.has(one)) continue;
      lost.add(one);
      total.lost += 1;
      console.log(
        `seed ${seed}: LOST ${one}, ${where}, seen at step ${trail.length} ${when}; before: ${trail.slice(-12).join(' | ')}`,
      );
    }
    const fsck = git(repo, 'fsck', '--connectivity-only', '--no-dangling');
    if (fsck.status !== 0) {
      total.fsck += 1;
      console.log(
        `seed ${seed}: fsck at step ${trail.length} ${when}: ${fsck.stdout}${fsck.stderr}`.slice(0, 400),
      );
    }
  }

  try {
    if (process.env.REPO) git(sandbox.root, 'clone', '-q', '--no-local', process.env.REPO, repo);
    else git(sandbox.root, 'init', '-q', repo);
    git(repo, 'checkout', '-q', '-B', 'main');
    git(repo, 'remote', 'remove', 'origin');
    if (process.env.REPO) cloned = git(repo, 'rev-parse', 'HEAD').stdout.trim();
    for (const name of ['a.txt', ...hidden]) writeFileSync(join(repo, name), 'a\nb\nc\n');
    appendFileSync(join(repo, '.gitignore'), '\n*.ignored\nnode_modules/\n');
    git(repo, 'add', '-A');
    git(repo, 'commit', '-qm', 'First');
    writeFileSync(
      agent,
      // It tells what it wrote: where it runs in a sandbox, it can write nowhere else.
      [
        '#!/bin/sh',
        `new() { n=$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); w="WORD${seed}x9$n"x; }`,
        'new; echo "$w" > "agent-$n.txt"; echo "$w"',
        '[ $((n % 3)) = 0 ] && { git add -A; git commit -qm agent; new; echo "$w" > "more-$n.txt"; echo "$w"; }',
        'exit 0\n',
      ].join('\n'),
      { mode: 0o755 },
    );
    agentsBeCommand(env, [agent], { rest: passingCheck });
    await command(['init']);
    git(repo, 'add', '-A');
    git(repo, 'commit', '-qm', 'Set up');
    for (const slug of slugs) await command(['task', 'add', slug, '--slug', slug]);
    for (let step = 0; step < length; step++) {
      const there = worktrees();
      if (there.length > 0 && next() < 0.4) {
        const at = join(root, pick(there));
        const act = pick(acts);
        trail.push(`act ${acts.indexOf(act)} in ${at.slice(root.length + 1)}`);
        act(at);
        total.acts += 1;
      } else if (next() < 0.08) {
        trail.push('a commit on main');
        commit(repo, 'a commit on main');
      } else await command(pick(commands)(), next() < 0.3 ? 30 + Math.floor(next() ** 2 * 1200) : undefined);
      if (step % 10 === 9) check('');
    }
    await command(['manager', 'monitor']);
    check('at the end');
    git(repo, 'gc', '--prune=now', '-q');
    check('after git gc --prune=now');
    total.words += words.size;
  } finally {
    await command(['manager', 'stop']);
    if (process.env.KEEP && lost.size > 0) console.log(`seed ${seed} is kept at ${sandbox.root}`);
    else rmSync(sandbox.root, { recursive: true, force: true, maxRetries: 9 });
  }
}

for (const seed of seeds) await play(seed);
console.log(
  `${seeds.length} seeds of ${length} steps: ${total.commands} commands, ${total.acts} acts of a person, ${total.kills} kills; ${total.words} texts written, ${total.lost} lost; ` +
    `fsck ${total.fsck}, hung ${total.hung}, faults of ours ${total.traces}`,
);
