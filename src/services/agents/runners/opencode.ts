/** opencode: `opencode run --format json`, prompt on standard input. */
import type { Agent } from '../../../domain/agents/agent.js';
import type { LaunchSpec, Runner } from '../types.js';
import { instructionsFile, promptWithInstructions } from './instructions.js';
import { opencodeNames } from './own-settings.js';
import { placesOfProgram } from './places.js';
import { boxed, probeProgram, type RunnerProgram, requireProgram } from './program.js';
import { manyProviders, networkVariables } from './providers.js';

const opencode: RunnerProgram = {
  runner: 'opencode',
  title: 'opencode',
  program: 'opencode',
  install: 'npm install -g opencode-ai',
  needs: ['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'],
};

/** Configuration of this one run. A person who sets the variable keeps what is in it. */
const ownConfig = 'OPENCODE_CONFIG_CONTENT';

/**
 * Only what would otherwise be asked, and by that end the run, is decided here: other permissions are the
 * person's own. `full` goes without asking, by --auto.
 */
const permissions: Readonly<Record<Agent['sandbox'], Record<string, string>>> = {
  'read-only': { edit: 'deny', bash: 'deny', external_directory: 'deny' },
  'workspace-write': { external_directory: 'deny' },
  full: {},
};

/** What it tries again, without end, it tells of nowhere else (`opencodeFailures`). */
export const opencodeLog = { OPENCODE_PRINT_LOGS: '1', OPENCODE_LOG_LEVEL: 'ERROR' } as const;

export const opencodeRunner: Runner = {
  name: 'opencode',
  confinement: 'box',
  places: (_, env) => placesOfProgram('opencode', env),
  attach: (sessionId, settings, env) => [requireProgram(opencode, settings, env), '--session', sessionId],
  envAllow: ['OPENCODE_*', ...manyProviders, ...networkVariables],
  providerNames: (settings, env) => opencodeNames(settings.model, env),
  account: ['*_API_KEY', '*_BASE_URL', '*_TOKEN', 'OPENCODE_CONFIG*', 'XDG_DATA_HOME'],
  probe: async (settings, env, options) => ({
    ...(await probeProgram(opencode, settings, env, options)),
    can: { deltas: false, steer: false, approvals: false, resume: true, schema: false, usage: true },
  }),
  async prepare(spec, env) {
    const path = requireProgram(opencode, spec.settings, env);
    const taken = env[ownConfig] !== undefined;
    return {
      argv: boxed(spec, [path, ...opencodeArguments(spec)]),
      env: {
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        ...opencodeLog,
        ...(taken ? {} : { [ownConfig]: JSON.stringify(await configOf(spec)) }),
      },
      stdin: taken ? promptWithInstructions(spec) : spec.prompt,
      stream: 'opencode',
    };
  },
};

async function configOf(spec: LaunchSpec): Promise<object> {
  const file = await instructionsFile(spec);
  return { ...(file ? { instructions: [file] } : {}), permission: permissions[spec.agent.sandbox] };
}

/** A title of ours saves the request that would find one. */
function opencodeArguments({ agent, settings, slug, cwd, resume }: LaunchSpec): string[] {
  const model = agent.model || settings.model;
  return [
    'run',
    '--format',
    'json',
    '--dir',
    cwd,
    '--thinking',
    ...(agent.sandbox === 'full' ? ['--auto'] : []),
    ...(model ? ['--model', model] : []),
    ...(resume ? ['--session', resume] : ['--title', slug]),
    ...settings.args,
  ];
}
