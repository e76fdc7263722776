/**
 * Any agent that speaks the Agent Client Protocol, held by a host. Its command line is configuration, such as
 * ["opencode", "acp"]. It has no sandbox of ours: what it asks for is allowed, denied or asked for.
 */
import { basename } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { RunnerConfig } from '../../../domain/store/config.js';
import { findProgram } from '../../platform/index.js';
import { hostArgv } from '../host/spec.js';
import type { Runner, RunnerProbe } from '../types.js';
import { geminiEnvironment, geminiLog } from './gemini.js';
import { writeHostSpec } from './hosted.js';
import { promptWithInstructions } from './instructions.js';
import { opencodeLog } from './opencode.js';
import { placesOfProgram } from './places.js';
import { boxed } from './program.js';
import { bedrockNames, manyProviders, networkVariables } from './providers.js';

export const acpRunner: Runner = {
  name: 'acp',
  confinement: 'box',
  places: ({ args: [program = ''] }, env) => placesOfProgram(program, env),
  // An agent of any provider: it gets what such an agent may be logged in by.
  envAllow: [
    ...manyProviders,
    'CODEX_HOME',
    'CODEX_API_KEY',
    'OPENCODE_*',
    'CLAUDE_CONFIG_DIR',
    'CLAUDE_CODE_OAUTH_TOKEN',
    ...networkVariables,
  ],
  providerNames: (settings, env) => bedrockNames(settings.args.join(' '), env),
  account: ['*_API_KEY', '*_BASE_URL', '*_TOKEN', 'CODEX_HOME', 'CLAUDE_CONFIG_DIR'],
  probe: async (settings, env) => probe(settings, env),
  async prepare(spec, env) {
    const { problem, path } = probe(spec.settings, env);
    if (problem || !path) throw appError('runner-not-found', problem ?? 'No agent.', { hint: howToSet });
    const { args, auth } = spec.settings;
    await writeHostSpec(spec, {
      protocol: 'acp',
      argv: boxed(spec, [path, ...args.slice(1)]),
      ...(auth ? { authMethod: auth } : {}),
    });
    return {
      argv: hostArgv(spec.runDir, env),
      env: ofItsOwn(path, env),
      stdin: promptWithInstructions(spec),
      stream: 'acp',
    };
  },
};

/** What agents with ways of their own want, by their names. */
function ofItsOwn(path: string, env: NodeJS.ProcessEnv): Record<string, string> {
  switch (basename(path)) {
    case 'opencode':
      return opencodeLog;
    case 'gemini':
      return { ...geminiEnvironment, ...(env[geminiLog] ? {} : { [geminiLog]: '/dev/stderr' }) };
    default:
      return {};
  }
}

const howToSet =
  'Set runner.acp.args in your own configuration to an agent and its arguments, e.g. ["opencode", "acp"].';

function probe(settings: RunnerConfig, env: NodeJS.ProcessEnv): RunnerProbe {
  const about = {
    name: 'acp',
    can: { deltas: true, steer: true, approvals: true, resume: true, schema: false, usage: true },
  } as const;
  const [program] = settings.args;
  if (!program) return { ...about, problem: 'No agent is configured.' };
  const path = findProgram(program, env);
  return path ? { ...about, path } : { ...about, problem: `The program ${program} was not found.` };
}
