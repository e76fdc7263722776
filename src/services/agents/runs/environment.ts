/** What an agent sees of our environment: an allow-list, so that a key that was not meant for it stays here. */
import type { RunIntent } from '../../../domain/agents/run.js';
import { markVariables } from '../../worktrees/index.js';

const base = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TERM', 'TMPDIR', 'USER', 'LOGNAME', 'SHELL'];

/** Never passed on, whoever asks for it: these make programs load code or look at another repository. */
const refused = /^(NODE_OPTIONS|NODE_PATH|BASH_ENV|ENV|LD_.*|DYLD_.*|GIT_.*)$/;

/**
 * The exact environment of a run: base list, XDG folders, names the intent allows, values it sets.
 * PWD is set, since some agents work there rather than in their working directory; the run's id and
 * directory are the cookie by which processes are found again. Its git notes the run beside what it moves.
 */
export function agentEnvironment(
  env: NodeJS.ProcessEnv,
  intent: Pick<RunIntent, 'runId' | 'cwd' | 'env' | 'envAllow' | 'commonDir'>,
  folder: string,
): Record<string, string> {
  const names = Object.keys(env).filter((name) => name.startsWith('XDG_'));
  const result: Record<string, string> = {};
  for (const name of [...base, ...names, ...intent.envAllow]) {
    const value = env[name];
    if (value !== undefined) result[name] = value;
  }
  Object.assign(result, intent.env);
  for (const name of Object.keys(result)) if (refused.test(name)) delete result[name];
  if (intent.commonDir) Object.assign(result, markVariables(intent.commonDir, folder));
  return { ...result, PWD: intent.cwd, CODEX_AGENTS_RUN_ID: intent.runId, CODEX_AGENTS_RUN_DIR: folder };
}
