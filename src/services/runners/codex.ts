/** Codex: `codex exec --json`, prompt on standard input, its own sandbox around what it runs. */
import type { LaunchSpec, Runner } from '../types.js';
import { networkVariables } from './network.js';
import { askProgram, probeProgram, type RunnerProgram, requireProgram } from './program.js';

const codex: RunnerProgram = {
  runner: 'codex',
  title: 'Codex',
  program: 'codex',
  install: 'npm install -g @openai/codex',
  needs: ['CODEX_HOME'],
};

const sandboxModes = {
  'read-only': 'read-only',
  'workspace-write': 'workspace-write',
  full: 'danger-full-access',
} as const;

/** Left on, a server that cannot be reached keeps Codex "waiting for network" without end. */
const endlessRetries = 'unbounded_connection_retries';

/** The kernel refuses a single argument over 128 KiB; what is longer goes ahead of the prompt. */
const maxArgumentBytes = 100_000;

export const codexRunner: Runner = {
  name: 'codex',
  envAllow: [
    'CODEX_HOME',
    'CODEX_API_KEY',
    'CODEX_CA_CERTIFICATE',
    'OPENAI_API_KEY',
    'OPENAI_BASE_URL',
    ...networkVariables,
  ],
  probe: async (settings, env) => ({
    ...(await probeProgram(codex, settings, env)),
    can: { deltas: false, steer: false, approvals: false, resume: true, schema: true, usage: true },
  }),
  async prepare(spec, env) {
    const path = requireProgram(codex, spec.settings, env);
    const bounded = (await featuresOf(path, env)).has(endlessRetries) ? ['--disable', endlessRetries] : [];
    const { instructions } = spec.agent;
    const asArgument = Buffer.byteLength(instructions) <= maxArgumentBytes;
    return {
      argv: [path, ...codexArguments(spec, bounded, asArgument)],
      env: {},
      stdin: asArgument || instructions === '' ? spec.prompt : `${instructions}\n\n${spec.prompt}`,
      stream: 'codex-exec',
    };
  },
  confines: true,
};

/** Options stand before `resume`, which knows none of them itself. */
function codexArguments(spec: LaunchSpec, more: readonly string[], withInstructions: boolean): string[] {
  const { agent, settings } = spec;
  const model = agent.model || settings.model;
  return [
    'exec',
    '--json',
    '-C',
    spec.cwd,
    '-s',
    sandboxModes[agent.sandbox],
    '-c',
    'approval_policy="never"',
    // Keeps variables named like keys from the commands that the agent runs.
    '-c',
    'shell_environment_policy.ignore_default_excludes=false',
    ...(withInstructions && agent.instructions
      ? ['-c', `developer_instructions=${tomlString(agent.instructions)}`]
      : []),
    ...(model ? ['-m', model] : []),
    ...(spec.writableRoots ?? []).flatMap((folder) => ['--add-dir', folder]),
    ...more,
    ...settings.args,
    ...(spec.resume ? ['resume', spec.resume] : []),
    '-',
  ];
}

/** A TOML basic string. JSON's escapes are TOML's too, but TOML wants DEL escaped and knows no half characters. */
export function tomlString(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/\u007f/g, '\\u007f');
}

const known = new Map<string, Promise<ReadonlySet<string>>>();

/** Names of the features this installation knows. Asked once per program; none when it cannot tell. */
function featuresOf(path: string, env: NodeJS.ProcessEnv): Promise<ReadonlySet<string>> {
  const asked = known.get(path) ?? askFeatures(path, env);
  known.set(path, asked);
  return asked;
}

async function askFeatures(path: string, env: NodeJS.ProcessEnv): Promise<ReadonlySet<string>> {
  try {
    const { stdout } = await askProgram(codex, path, ['features', 'list'], env);
    return new Set(stdout.split('\n').flatMap((line) => line.split(/\s+/)[0] || []));
  } catch {
    return new Set();
  }
}
