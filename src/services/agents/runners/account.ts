/** Which account a runner works on: limits belong to it. */
import { createHash } from 'node:crypto';
import type { RunnerName } from '../../../domain/agents/run.js';
import { matchesName } from '../../../domain/platform/environment.js';
import { runnerFor } from './index.js';

/** A short digest of the variables by which a runner logs in; nothing of their values can be read from it. */
export function accountOf(runner: RunnerName, env: NodeJS.ProcessEnv): string {
  const patterns = ['HOME', ...runnerFor(runner).account];
  const values = Object.keys(env)
    .filter((name) => patterns.some((pattern) => matchesName(name, pattern)))
    .sort()
    .map((name) => `${name}=${env[name]}`);
  return createHash('sha256').update(values.join('\0')).digest('hex').slice(0, 12);
}
