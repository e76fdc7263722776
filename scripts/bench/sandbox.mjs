/** A temporary home for benchmarks, so that they never read or write the real one. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const program = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'main.js');

export function makeSandbox() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'codex-agents-bench-')));
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    LANG: 'C.UTF-8',
    TMPDIR: join(root, 'tmp'),
    XDG_CONFIG_HOME: join(root, 'config'),
    XDG_DATA_HOME: join(root, 'data'),
    XDG_STATE_HOME: join(root, 'state'),
    XDG_CACHE_HOME: join(root, 'cache'),
    GIT_CONFIG_GLOBAL: join(root, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
  };
  mkdirSync(env.TMPDIR);
  if (!process.env.KEEP) standing.add(root);
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    '[user]\nname = Bench\nemail = bench@example.com\n[init]\ndefaultBranch = main\n',
  );
  const run = (cwd, command, ...args) =>
    execFileSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28, timeout: longestMs });
  return {
    root,
    env,
    run,
    codexAgent: (cwd, ...args) => run(cwd, process.execPath, program, ...args),
    /** The same, however it ends; what it wrote. */
    try(cwd, ...args) {
      const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
        cwd,
        env,
        encoding: 'utf8',
        timeout: longestMs,
      });
      return `${stdout}${stderr}`;
    },
    /** Ends what still runs in this home, then removes it. Also done when the benchmark is interrupted. */
    cleanup() {
      standing.delete(root);
      end(root);
    },
  };
}

/** A command of a benchmark that takes longer hangs. */
const longestMs = 15 * 60_000;
/** Homes of benchmarks that go on. */
const standing = new Set();

function end(root) {
  const deadline = performance.now() + 10_000;
  for (
    let left = processesIn(root);
    left.length > 0 && performance.now() < deadline;
    left = processesIn(root)
  ) {
    for (const pid of left) kill(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

/** Live processes whose home is this folder, or whose run is in it. */
export function processesIn(root) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        if (/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))) return false;
        const variables = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
        return variables.some(
          (one) => one === `HOME=${root}` || one.startsWith(`CODEX_AGENTS_RUN_DIR=${root}/`),
        );
      } catch {
        return false;
      }
    });
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

process.on('exit', () => {
  for (const root of standing) end(root);
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => process.exit(1));
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
