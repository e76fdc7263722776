/** The runners: how each coding CLI is driven. */

import { type RunnerName, runnerNames } from '../../../domain/agents/run.js';
import { appError } from '../../../domain/platform/errors.js';
import type { Config } from '../../../domain/store/config.js';
import type { ProbeOptions, Runner, RunnerProbe } from '../types.js';
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

/** Programs that are slower than this are asked by `doctor`, which has more time, and remembered. */
const listLimitMs = 5_000;

/**
 * What is installed, for lists: every runner, or those of these names, side by side. Versions are remembered and
 * asked for only shortly. One that cannot be used says why.
 */
export function probeRunners(
  config: Pick<Config, 'runner'>,
  env: NodeJS.ProcessEnv,
  options: ProbeOptions & { only?: readonly string[] } = {},
): Promise<RunnerProbe[]> {
  const { only = runnerNames, ...more } = options;
  const asked = runnerNames.filter((name) => only.includes(name));
  return Promise.all(
    asked.map((name) => runners[name].probe(config.runner[name], env, { limitMs: listLimitMs, ...more })),
  );
}
