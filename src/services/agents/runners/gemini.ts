/** Gemini CLI: `gemini -o stream-json`, prompt and instructions on standard input. */
import type { Agent } from '../../../domain/agents/agent.js';
import type { LaunchSpec, Runner } from '../types.js';
import { promptWithInstructions } from './instructions.js';
import { geminiNames } from './own-settings.js';
import { placesOfProgram } from './places.js';
import { boxed, probeProgram, type RunnerProgram, requireProgram } from './program.js';
import { googleVariables, networkVariables } from './providers.js';

const gemini: RunnerProgram = {
  runner: 'gemini',
  title: 'Gemini CLI',
  program: 'gemini',
  install: 'npm install -g @google/gemini-cli',
  needs: ['GEMINI_CLI_HOME'],
};

/** What a mode does not allow is refused without a word, so there is nothing between reading and everything. */
const approvalModes: Readonly<Record<Agent['sandbox'], string>> = {
  'read-only': 'plan',
  'workspace-write': 'yolo',
  full: 'yolo',
};

/** It would start itself once more as its own child, and the parent is deaf to signals. */
export const geminiEnvironment = { GEMINI_CLI_NO_RELAUNCH: 'true' } as const;

/** Where it writes that a request failed and is tried again, where it speaks a protocol and says it nowhere else. */
export const geminiLog = 'GEMINI_DEBUG_LOG_FILE';

export const geminiRunner: Runner = {
  name: 'gemini',
  confinement: 'box',
  places: (_, env) => placesOfProgram('gemini', env),
  attach: (sessionId, settings, env) => [requireProgram(gemini, settings, env), '--resume', sessionId],
  envAllow: ['GEMINI_*', ...googleVariables, 'OTEL_*', ...networkVariables],
  providerNames: (_, env) => geminiNames(env),
  account: [
    'GEMINI_API_KEY',
    'GEMINI_CLI_HOME',
    'GOOGLE_API_KEY',
    'GOOGLE_CLOUD_PROJECT',
    'GOOGLE_GENAI_USE_*',
  ],
  probe: async (settings, env, options) => ({
    ...(await probeProgram(gemini, settings, env, options)),
    can: { deltas: true, steer: false, approvals: false, resume: true, schema: false, usage: true },
  }),
  async prepare(spec, env) {
    const path = requireProgram(gemini, spec.settings, env);
    return {
      argv: boxed(spec, [path, ...geminiArguments(spec)]),
      env: geminiEnvironment,
      // Its system prompt can only be replaced as a whole, and it reads GEMINI.md itself.
      stdin: promptWithInstructions(spec),
      stream: 'gemini',
      // Told to end by INT or TERM, it had done nothing after ten seconds.
      deaf: true,
    };
  },
};

/** Folders that were not trusted at a terminal are refused without --skip-trust; ours are trusted by `trust`. */
function geminiArguments({ agent, settings, resume }: LaunchSpec): string[] {
  const model = agent.model || settings.model;
  return [
    '-o',
    'stream-json',
    '--skip-trust',
    '--approval-mode',
    approvalModes[agent.sandbox],
    ...(model ? ['-m', model] : []),
    ...(resume ? ['--resume', resume] : []),
    ...settings.args,
  ];
}
