/** Tasks whose agent is a shell script without any sandbox around it, and a person who acts while it works. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../../src/domain/store/task.js';
import { drive } from '../../src/services/app/manager/index.js';
import { requireTask } from '../../src/services/store/tasks/index.js';
import { until } from './runs.js';
import type { Sandbox, SandboxSession } from './sandbox.js';

export interface Guarded {
  repo: string;
  session: SandboxSession;
  /** Gives a task this script as its agent; `$main` is the person's checkout, `$root` the sandbox. */
  agent(script: string, slug?: string): Promise<Task>;
  /** Runs the task to rest; once the agent has done its part, the person acts, and then the agent ends. */
  play(task: Task, person?: () => void): Promise<Task>;
  /** Runs a script in the person's checkout, with the person's own git. */
  person(script: string): void;
  /** Everything told, a line each. */
  told(): string;
  /** The person's refs, configuration, hooks and stash, in one text. */
  state(): string;
}

/**
 * @param files of the first commit
 * @param runner another one than the program `command`, with its settings
 */
export async function makeGuarded(
  sandbox: Sandbox,
  files?: Record<string, string>,
  runner?: { name: string; settings: object },
): Promise<Guarded> {
  const repo = sandbox.repo(files ?? { 'a.txt': 'a\n' });
  // Agents get no GIT_ variables, and so find the person's configuration where git does.
  copyFileSync(sandbox.env.GIT_CONFIG_GLOBAL!, join(sandbox.env.HOME!, '.gitconfig'));
  const script = join(sandbox.root, 'agent.sh');
  const session = await sandbox.session(repo, {
    runner: {
      default: runner?.name ?? 'command',
      command: { path: '', args: [script], model: '', env_allow: [] },
      ...(runner
        ? { [runner.name]: { path: '', args: [], model: '', env_allow: [], ...runner.settings } }
        : {}),
    },
    worktree: { spare: 0 },
  } as never);
  const sh = (text: string, cwd: string) =>
    execFileSync('sh', ['-ec', `main='${repo}'; root='${sandbox.root}'; ${text}`], {
      cwd,
      env: sandbox.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    repo,
    session,
    agent: async (text, slug = 'song') => {
      const ready = `: > "$root/ready"; while [ ! -e "$root/go" ]; do sleep 0.02; done`;
      writeFileSync(script, `#!/bin/sh\nset -e\nmain='${repo}'; root='${sandbox.root}'\n${text}\n${ready}\n`);
      chmodSync(script, 0o755);
      return sandbox.task(session, slug, { launch: { land: false, at: new Date().toISOString() } });
    },
    play: async (task, person) => {
      for (const name of ['ready', 'go']) rmSync(join(sandbox.root, name), { force: true });
      const driving = drive(session, { until: 'rest' });
      let over = false;
      const ended = driving.finally(() => {
        over = true;
      });
      await until(() => over || existsSync(join(sandbox.root, 'ready')), 20_000);
      person?.();
      writeFileSync(join(sandbox.root, 'go'), '');
      await ended;
      return requireTask(session, task.slug);
    },
    person: (text) => void sh(text, repo),
    told: () => session.events.flatMap((event) => (event.type === 'noted' ? [event.message] : [])).join('\n'),
    state: () =>
      sh(
        `git for-each-ref --format='%(refname) %(objectname) %(symref)' | grep -v codex-agent || :; cat .git/config
        for f in .git/hooks/* .git/info/*; do [ -d "$f" ] || { ls -l "$f" | cut -c1-10; cat "$f"; }; done
        git stash list --format='%H %gs'; git symbolic-ref HEAD`,
        repo,
      ),
  };
}
