/** Which variables an agent gets: one list for the run, for `doctor`, and for what is kept with a wish. */
import type { Agent } from '../../../domain/agents/agent.js';
import {
  certificateNames,
  gitNames,
  heldBack,
  systemNames,
  toolchainNames,
} from '../../../domain/platform/environment.js';
import type { Config } from '../../../domain/store/config.js';
import { runnerFor } from '../runners/index.js';
import type { Runner } from '../types.js';

/** Patterns besides those that every agent gets: what the runner and its providers need, and what a person allows. */
export function allowedFor(
  runner: Runner,
  config: Pick<Config, 'runner' | 'env_allow'>,
  agent: Pick<Agent, 'envAllow'>,
  env: NodeJS.ProcessEnv,
): string[] {
  const settings = config.runner[runner.name];
  return [
    ...new Set([
      ...runner.envAllow,
      ...(runner.providerNames?.(settings, env) ?? []),
      ...settings.env_allow,
      ...config.env_allow,
      ...agent.envAllow,
    ]),
  ];
}

/** What every agent gets, whichever its runner. */
export const everyAgent: readonly string[] = [
  ...systemNames,
  ...toolchainNames,
  ...certificateNames,
  ...gitNames,
];

/** Names of set variables that agents of this runner do not get; those of the shell itself apart. */
export function namesHeldBack(
  runner: string,
  config: Pick<Config, 'runner' | 'env_allow'>,
  env: NodeJS.ProcessEnv,
): string[] {
  return heldBack(env, [...everyAgent, ...allowedFor(runnerFor(runner), config, { envAllow: [] }, env)]);
}
