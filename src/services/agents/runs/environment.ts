/** What an agent sees of our environment: an allow-list, so that a key that was not meant for it stays here. */
import type { RunIntent } from '../../../domain/agents/run.js';
import { pickVariables } from '../../../domain/platform/environment.js';
import { formerMarkPath, markVariables } from '../../worktrees/index.js';
import { everyAgent } from '../environment/allowed.js';

/**
 * The exact environment of a run: what every agent gets, what the intent allows, values it sets.
 * PWD is set, since some agents work there rather than in their working directory; the run's id and
 * directory are the cookie by which processes are found again. Its git notes the run beside what it moves.
 */
export function agentEnvironment(
  env: NodeJS.ProcessEnv,
  intent: Pick<RunIntent, 'runId' | 'cwd' | 'env' | 'envAllow' | 'commonDir' | 'mark'>,
  folder: string,
): Record<string, string> {
  const { settings, others } = gitSettings(pickVariables(env, [...everyAgent, ...intent.envAllow]));
  const result = { ...others, ...pickVariables(intent.env, ['*']) };
  const { commonDir, mark = formerMarkPath(folder) } = intent;
  if (commonDir) Object.assign(result, markVariables(commonDir, mark, settings));
  return { ...result, PWD: intent.cwd, CODEX_AGENTS_RUN_ID: intent.runId, CODEX_AGENTS_RUN_DIR: folder };
}

/** A header, or an address with a name in it, may hold a password. */
const isSecret = (text: string): boolean => /extraheader|:\/\/[^/\s]*@/i.test(text);

/** Takes the settings that a terminal gives git out of its variables; those that may hold a secret go nowhere. */
function gitSettings(variables: Record<string, string>) {
  const kept = Object.entries(variables).filter(([name]) => !/^GIT_CONFIG_(COUNT|KEY_|VALUE_)/.test(name));
  const settings = Array.from({ length: Number(variables.GIT_CONFIG_COUNT) || 0 }, (_, at) => {
    return [variables[`GIT_CONFIG_KEY_${at}`] ?? '', variables[`GIT_CONFIG_VALUE_${at}`] ?? ''] as const;
  });
  return {
    others: Object.fromEntries(kept),
    settings: settings.filter(([key, value]) => key.includes('.') && !isSecret(key) && !isSecret(value)),
  };
}
