/** What an agent sees of our environment: an allow-list, so that a key that was not meant for it stays here. */
import type { RunIntent } from '../../../domain/agents/run.js';
import { pickVariables } from '../../../domain/platform/environment.js';
import { markVariables } from '../../worktrees/index.js';
import { everyAgent } from '../environment/allowed.js';

/**
 * The exact environment of a run: what every agent gets, what the intent allows, values it sets.
 * PWD is set, since some agents work there rather than in their working directory; the run's id and
 * directory are the cookie by which processes are found again. Its git notes the run beside what it moves.
 */
export function agentEnvironment(
  env: NodeJS.ProcessEnv,
  intent: Pick<RunIntent, 'runId' | 'cwd' | 'env' | 'envAllow' | 'commonDir'>,
  folder: string,
): Record<string, string> {
  const allowed = pickVariables(env, [...everyAgent, ...intent.envAllow]);
  const result = { ...allowed, ...pickVariables(intent.env, ['*']) };
  if (intent.commonDir) Object.assign(result, markVariables(intent.commonDir, folder));
  return { ...result, PWD: intent.cwd, CODEX_AGENTS_RUN_ID: intent.runId, CODEX_AGENTS_RUN_DIR: folder };
}
