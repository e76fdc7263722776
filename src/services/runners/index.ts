/** The runners: how each coding CLI is driven. */
import type { Config } from '../../domain/config.js';
import { appError } from '../../domain/errors.js';
import { type RunnerName, runnerNames } from '../../domain/run.js';
import type { Runner, RunnerProbe } from '../types.js';
import { acpRunner } from './acp.js';
import { claudeRunner } from './claude.js';
import { codexRunner } from './codex.js';
import { commandRunner } from './command.js';
import { demoRunner } from './demo.js';
import { geminiRunner } from './gemini.js';
import { opencodeRunner } from './opencode.js';

const runners: Readonly<Record<RunnerName, Runner>> = {
  codex: codexRunner,
  claude: claudeRunner,
  opencode: opencodeRunner,
  gemini: geminiRunner,
  acp: acpRunner,
  command: commandRunner,
  demo: demoRunner,
};

/** The runner of this name. Throws `unknown-runner` (usage). */
export function runnerFor(name: string): Runner {
  const known = runnerNames.find((runner) => runner === name);
  if (known) return runners[known];
  throw appError('unknown-runner', `There is no runner called ${JSON.stringify(name)}.`, {
    kind: 'usage',
    hint: `Runners: ${runnerNames.join(', ')}.`,
  });
}

/**
 * What is installed, for `agents list` and `doctor`: every runner, or those of these names. One that cannot be
 * used says why.
 */
export function probeRunners(
  config: Pick<Config, 'runner'>,
  env: NodeJS.ProcessEnv,
  only: readonly string[] = runnerNames,
): Promise<RunnerProbe[]> {
  const asked = runnerNames.filter((name) => only.includes(name));
  return Promise.all(asked.map((name) => runners[name].probe(config.runner[name], env)));
}
