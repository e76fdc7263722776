/**
 * Codex, its own sandbox around what it runs: `codex exec --json` with the prompt on standard input, or
 * `codex app-server` held by a host where a person watches, and `exec` again where that cannot be used.
 */
import { hostArgvOr } from '../host/spec.js';
import type { LaunchSpec, Runner } from '../types.js';
import { codexOpened } from './codex-opened.js';
import { writeHostSpec } from './hosted.js';
import { codexNames } from './own-settings.js';
import { askProgram, probeProgram, type RunnerProgram, requireProgram } from './program.js';
import { networkVariables } from './providers.js';

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
    ...[
      'CODEX_HOME',
      'CODEX_*_API_KEY',
      'CODEX_API_KEY',
      'CODEX_CA_CERTIFICATE',
      'CODEX_ACCESS_TOKEN',
      'OPENAI_*',
    ],
    ...['AZURE_OPENAI_*', 'OPENROUTER_API_KEY', 'OLLAMA_*', 'LMSTUDIO_*', 'OTEL_*', 'RUST_LOG'],
    ...networkVariables,
  ],
  providerNames: (settings, env) => codexNames(env, settings.args),
  account: [
    'CODEX_HOME',
    'CODEX_API_KEY',
    'OPENAI_API_KEY',
    'OPENAI_BASE_URL',
    'AZURE_OPENAI_*',
    'OPENROUTER_API_KEY',
  ],
  probe: async (settings, env, options) => ({
    ...(await probeProgram(codex, settings, env, options)),
    can: { ...twoWay(settings.transport !== 'exec'), resume: true, schema: true, usage: true },
  }),
  async prepare(spec, env) {
    const path = requireProgram(codex, spec.settings, env);
    const bounded = (await featuresOf(path, env)).has(endlessRetries) ? ['--disable', endlessRetries] : [];
    const { instructions } = spec.agent;
    const asArgument = Buffer.byteLength(instructions) <= maxArgumentBytes;
    const stdin = asArgument || instructions === '' ? spec.prompt : `${instructions}\n\n${spec.prompt}`;
    const exec = [path, ...codexArguments(spec, bounded, asArgument)];
    if (!talksBothWays(spec)) return { argv: exec, env: {}, stdin, stream: 'codex-exec' };
    await writeHostSpec(spec, {
      protocol: 'codex-app-server',
      argv: [path, 'app-server', ...shellPolicy, ...rootsPolicy(spec), ...bounded, ...spec.settings.args],
      instructions: asArgument ? instructions : '',
    });
    return { argv: hostArgvOr(spec.runDir, env, exec), env: {}, stdin, stream: 'codex-app-server' };
  },
  confinement: 'own',
  opened: codexOpened,
  attach: (sessionId, settings, env, cwd) => [
    requireProgram(codex, settings, env),
    ...['-C', cwd],
    ...(settings.model ? ['-m', settings.model] : []),
    ...['resume', sessionId],
  ],
};

const twoWay = (able: boolean) => ({ deltas: able, steer: able, approvals: able });

/** A person who watches can steer; a question needs a person who can answer. */
function talksBothWays({ settings, attended, approvals }: LaunchSpec): boolean {
  if (settings.transport === 'app-server') return true;
  return settings.transport !== 'exec' && (attended || approvals === 'ask');
}

/** Keeps variables named like keys from the commands that the agent runs. */
const shellPolicy = ['-c', 'shell_environment_policy.ignore_default_excludes=false'];

/** What `--add-dir` is for `exec`. */
function rootsPolicy({ writableRoots = [] }: LaunchSpec): string[] {
  if (writableRoots.length === 0) return [];
  return ['-c', `sandbox_workspace_write.writable_roots=[${writableRoots.map(tomlString).join(', ')}]`];
}

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
    ...shellPolicy,
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
function tomlString(text: string): string {
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
