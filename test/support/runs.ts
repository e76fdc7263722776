/** Runs of fake agents (small programs in test/fixtures/agents) in a folder of their own. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunIntent, RunLimits } from '../../src/domain/agents/run.js';
import { executorOf, inspectRun, stopRun } from '../../src/services/agents/runs/index.js';
import { bootId, pidNamespace } from '../../src/services/platform/files/identity.js';
import { removeFolder } from './folder.js';

export const agentProgram = (name: string) => join(process.cwd(), 'test/fixtures/agents', `${name}.sh`);

const patient: RunLimits = {
  totalMs: 60_000,
  idleMs: 60_000,
  connectMs: 60_000,
  killGraceMs: 300,
  maxOutputBytes: 1e9,
};

export function makeRuns() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'codex-agents-runs-')));
  const paths = { runsDir: join(root, 'runs') };
  const cwd = join(root, 'tree with $(touch canary) "quotes"');
  mkdirSync(cwd);
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: root };
  const folder = (runId: string) => join(paths.runsDir, runId);
  const ids = new Set<string>();

  /** Writes the intent of a run of a fake agent; nothing is started. */
  function intend(
    runId: string,
    argv: string[],
    more: Partial<Omit<RunIntent, 'limits'>> & { limits?: Partial<RunLimits> } = {},
  ): RunIntent {
    const intent: RunIntent = {
      runId,
      task: 'song',
      taskId: '1',
      repo: 'r',
      agent: 'developer',
      attempt: 1,
      runner: 'command',
      argv,
      cwd,
      base: '',
      env: {},
      envAllow: [],
      boot: bootId(),
      pidNamespace: pidNamespace(),
      at: new Date().toISOString(),
      ...more,
      limits: { ...patient, ...more.limits },
    };
    mkdirSync(folder(runId), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder(runId), 'intent.json'), JSON.stringify(intent));
    ids.add(runId);
    return intent;
  }

  return {
    root,
    paths,
    cwd,
    env,
    folder,
    intend,
    read: (runId: string, name: string) => readFileSync(join(folder(runId), name), 'utf8'),
    executor: executorOf(paths),
    /** Starts a fake agent with these arguments. */
    async start(
      runId: string,
      argv: string[],
      more: Parameters<typeof intend>[2] & { stdin?: string } = {},
    ): Promise<RunIntent> {
      const { stdin = '', ...rest } = more;
      const intent = intend(runId, argv, rest);
      await executorOf(paths).launch(intent, stdin, env);
      return intent;
    },
    /** Resolves with the view of a run once it is over. */
    over: (runId: string) =>
      until(async () => {
        const view = await inspectRun(paths, runId);
        return view.status ? view : undefined;
      }),
    said: (runId: string, text: string) =>
      until(() => {
        try {
          return readFileSync(join(folder(runId), 'transcript.log'), 'utf8').includes(text);
        } catch {
          return false;
        }
      }),
    async cleanup() {
      await Promise.allSettled([...ids].map((runId) => stopRun(paths, runId, 'interrupt')));
      removeFolder(root);
    },
  };
}

export type Runs = ReturnType<typeof makeRuns>;

/** Waits for a condition to give something; fails after `limitMs`. */
export async function until<T>(condition: () => T | Promise<T>, limitMs = 15_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    if (performance.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain for ${condition}`);
    await sleep(10);
  }
}

/** Whether a process with this pid lives (zombies do not). */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
