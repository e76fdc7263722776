/** Codex: `codex exec --json`, prompt on standard input, its own sandbox around what it runs. */
import type { RunnerConfig } from '../../domain/config.js';
import { appError, messageOf } from '../../domain/errors.js';
import { parseCodexExec } from '../../domain/transcript/codex-exec.js';
import { reportOf } from '../../domain/transcript/report.js';
import { findProgram, runProcess } from '../process.js';
import type { LaunchSpec, Runner, RunnerProbe } from '../types.js';

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
    'SSL_CERT_FILE',
    ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
  ],
  probe,
  async prepare(spec, env) {
    const path = find(spec.settings, env);
    if (!path) throw notFound(spec.settings);
    const bounded = (await featuresOf(path, env)).has(endlessRetries) ? ['--disable', endlessRetries] : [];
    const { instructions } = spec.agent;
    const asArgument = Buffer.byteLength(instructions) <= maxArgumentBytes;
    return {
      argv: [path, ...codexArguments(spec, bounded, asArgument)],
      env: {},
      stdin: asArgument || instructions === '' ? spec.prompt : `${instructions}\n\n${spec.prompt}`,
    };
  },
  parser: parseCodexExec,
  report: (stdout, facts) =>
    reportOf(parseCodexExec(), stdout, facts, { runner: 'codex', terminal: 'event' }),
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

async function probe(settings: RunnerConfig, env: NodeJS.ProcessEnv): Promise<RunnerProbe> {
  const path = find(settings, env);
  if (!path) return { name: 'codex', problem: notFound(settings).message };
  try {
    const { code, stdout, stderr } = await ask(path, ['--version'], env);
    const version = stdout.trim().split(/\s+/).at(-1);
    if (code === 0 && version) return { name: 'codex', path, version };
    return {
      name: 'codex',
      path,
      problem: `codex --version ended with ${code}: ${stderr.trim().slice(0, 200)}`,
    };
  } catch (error) {
    return { name: 'codex', path, problem: messageOf(error) };
  }
}

const find = (settings: RunnerConfig, env: NodeJS.ProcessEnv) => findProgram(settings.path || 'codex', env);

function notFound(settings: RunnerConfig) {
  const where = settings.path ? `at ${settings.path}` : 'on PATH';
  return appError('runner-not-found', `Codex was not found ${where}.`, {
    hint: 'Install it (npm install -g @openai/codex), or set runner.codex.path in your own configuration.',
  });
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
    const { stdout } = await ask(path, ['features', 'list'], env);
    return new Set(stdout.split('\n').flatMap((line) => line.split(/\s+/)[0] || []));
  } catch {
    return new Set();
  }
}

function ask(path: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'CODEX_HOME'];
  const own = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  return runProcess([path, ...args], { cwd: '/', env: own, timeoutMs: 15_000, maxBytes: 100_000 });
}
