/** Which runner a task goes to while accounts are at their limits: its own, or the first of the fallbacks that is free. */
import { firstToEnd, type Pause } from '../../../domain/agents/pause.js';
import { type RunnerName, runnerNames } from '../../../domain/agents/run.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { loadAgent } from '../roles/index.js';
import { accountOf } from '../runners/account.js';
import { probeRunners } from '../runners/index.js';

type ChooseSession = Pick<RepoSession, 'config' | 'loaded' | 'root' | 'paths'>;

/** `runner`: a fallback takes the task. `pause`: no runner is free; the pause that ends first. Neither: its own runner is free. */
export interface RunnerChoice {
  runner?: RunnerName;
  pause?: Pause;
}

/**
 * Chooses a runner for the next run of a task.
 * @param env the environment that the run will have
 */
export async function chooseRunner(
  session: ChooseSession,
  task: Task,
  env: NodeJS.ProcessEnv,
  pauses: readonly Pause[],
): Promise<RunnerChoice> {
  if (pauses.length === 0) return {};
  const own = (await loadAgent(session, 'developer', task)).runner;
  const pauseOf = (name: string) =>
    pauses.find(({ runner, account }) => runner === name && account === accountOf(runner, env));
  const met = pauseOf(own);
  if (!met) return {};
  const held = [met];
  for (const name of session.config.runner.fallback) {
    const runner = runnerNames.find((known) => known === name);
    if (!runner || name === own) continue;
    const pause = pauseOf(runner);
    if (pause) held.push(pause);
    else if (await isThere(session, runner, env)) return { runner };
  }
  return { pause: firstToEnd(held)! };
}

/** A fallback that is not installed is none. */
async function isThere(
  { config, paths }: ChooseSession,
  runner: RunnerName,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const [probe] = await probeRunners(config, env, { cacheDir: paths.cacheDir, only: [runner] });
  return probe?.path !== undefined && probe.problem === undefined;
}
