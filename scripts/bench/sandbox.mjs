/** A temporary home for benchmarks, so that they never read or write the real one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
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
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    '[user]\nname = Bench\nemail = bench@example.com\n[init]\ndefaultBranch = main\n',
  );
  const run = (cwd, command, ...args) =>
    execFileSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
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
      });
      return `${stdout}${stderr}`;
    },
    cleanup: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
