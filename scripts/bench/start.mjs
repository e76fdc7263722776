/** Cold start: `version` and `task list` with 1,000 tasks beside a bare `node -e 0`, interleaved. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSandbox, median, program } from './sandbox.mjs';

const rounds = 21;
const sandbox = makeSandbox();
try {
  const repo = join(sandbox.root, 'repo');
  mkdirSync(repo);
  sandbox.run(repo, 'git', 'init', '-q');
  sandbox.codexAgent(repo, 'init');
  const stubs = join(sandbox.root, 'stubs');
  mkdirSync(stubs);
  for (let i = 0; i < 1000; i++) {
    writeFileSync(
      join(stubs, `task-${i}.md`),
      `+++\ntitle = "Task number ${i}"\n+++\nA goal of some length for task ${i}.\n`,
    );
  }
  sandbox.codexAgent(repo, 'task', 'add', '--from', stubs);
  const cases = {
    'node -e 0': ['-e', '0'],
    version: [program, 'version'],
    'task list': [program, 'task', 'list'],
    'task list --json': [program, 'task', 'list', '--json'],
  };
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, argv] of Object.entries(cases)) {
      const begin = process.hrtime.bigint();
      const ended = spawnSync(process.execPath, argv, { cwd: repo, env: sandbox.env, stdio: 'pipe' });
      times[name].push(Number(process.hrtime.bigint() - begin) / 1e6);
      if (ended.status !== 0) throw new Error(`${name}: ${ended.stderr}`);
    }
  }
  const bare = median(times['node -e 0']);
  for (const [name, each] of Object.entries(times)) {
    const ms = median(each);
    console.log(`${name}: median ${ms.toFixed(0)} ms of ${rounds}, bare + ${(ms - bare).toFixed(0)} ms`);
  }
} finally {
  sandbox.cleanup();
}
