/**
 * What a file costs as repositories grow: worktrees filled at several sizes, interleaved, beside git and cp doing the
 * same, and how much memory the program took at its most. SIZES (files, two fifths of them tracked) and ROUNDS.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRepo } from './lib/worktree-repo.mjs';
import { makeSandbox, median, program } from './sandbox.mjs';

const sizes = (process.env.SIZES ?? '10000,20000,40000,80000').split(',').map(Number);
const rounds = Number(process.env.ROUNDS ?? 3);
const sandbox = makeSandbox();

/** Runs a program to its end. Resolves with seconds and the most memory it had, in MB, as often as one can look. */
function measure(repo, command, ...args) {
  const begin = process.hrtime.bigint();
  const child = spawn(command, args, { cwd: repo, env: sandbox.env, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  let memory = 0;
  const look = setInterval(() => {
    memory = Math.max(memory, peakOf(child.pid));
  }, 20);
  return new Promise((done, fail) => {
    child.on('close', (code) => {
      clearInterval(look);
      const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
      if (code === 0) done({ seconds, memory, said: said.trim() });
      else fail(new Error(`${command} ${args.join(' ')} ended with ${code}`));
    });
  });
}

function peakOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const cp = ['-a', '--reflink=auto', '--parents'];
async function byHand(repo, folder) {
  const add = ['worktree', 'add', '-q', '--detach', folder];
  const made = await measure(repo, 'git', ...add);
  const filled = await measure(repo, 'cp', ...cp, '-t', folder, '--', 'node_modules', 'target');
  return made.seconds + filled.seconds;
}

try {
  const rows = sizes.map((files) => {
    const tracked = Math.round(files * 0.4);
    const repo = makeRepo(sandbox, { tracked, ignored: files - tracked, name: `repo-${files}` });
    return { files, repo, ours: [], hand: [], memory: [] };
  });
  for (let round = 0; round < rounds; round++) {
    for (const { repo, ours, hand, memory } of rows) {
      const slug = `task-${round}`;
      sandbox.codexAgent(repo, 'task', 'add', slug, '--slug', slug, '--goal', 'bench');
      const made = await measure(repo, process.execPath, program, 'task', 'worktree', 'add', slug);
      ours.push(made.seconds);
      memory.push(made.memory);
      const folder = join(sandbox.root, `by-hand-${round}`);
      hand.push(await byHand(repo, folder));
      sandbox.run(repo, 'git', 'worktree', 'remove', '--force', folder);
      sandbox.run(repo, 'git', 'worktree', 'remove', '--force', made.said);
    }
  }
  for (const { files, ours, hand, memory } of rows) {
    const each = ((median(ours) / files) * 1e6).toFixed(0);
    const ratio = median(ours.map((seconds, at) => seconds / hand[at])).toFixed(2);
    const most = Math.max(...memory).toFixed(0);
    console.log(
      `${files} files: ${median(ours).toFixed(2)} s, ${each} us a file, ${ratio} x by hand, ${most} MB at most`,
    );
  }
} finally {
  sandbox.cleanup();
}
