/**
 * The host: a small process that holds one run's conversation with its agent, in place of the agent's own command
 * line. The supervisor starts it like any agent; what it writes to standard output is the run's transcript.
 *
 * In the run's directory it has:
 * - `host.json`: what to start and how to talk to it
 * - `began`: there from the moment the agent was given work; before, another way of driving it may be tried
 * - `control.sock`: where a person's messages, answers and interrupts come in
 * - `pending.json`: what the agent waits for an answer to, for lists and the screen; no file: nothing
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assetPath } from '../../platform/index.js';

export interface HostSpec {
  protocol: 'codex-app-server' | 'acp';
  /** The agent's program in its two-way mode. */
  argv: string[];
  cwd: string;
  model?: string;
  /** What the agent is told besides the prompt, where the protocol has a place for it. */
  instructions?: string;
  sandbox: 'read-only' | 'workspace-write' | 'full';
  /** `never`: permission is decided by the sandbox mode alone. */
  approvals: 'never' | 'ask';
  /** How commands begin that a person has allowed for all runs of the task. */
  mayRun?: readonly string[];
  /** An approval that nothing has answered for this long is denied. */
  approvalTimeoutMs: number;
  /** How long the agent may take until it can be given work. */
  startTimeoutMs: number;
  killGraceMs: number;
  /** Session to continue. */
  resume?: string;
  /** How to log in, for ACP agents that want to be told. */
  authMethod?: string;
}

export const hostFiles = {
  spec: 'host.json',
  began: 'began',
  socket: 'control.sock',
  pending: 'pending.json',
} as const;

export function readHostSpec(folder: string): HostSpec {
  return JSON.parse(readFileSync(join(folder, hostFiles.spec), 'utf8')) as HostSpec;
}

/** Keeps the host small: it handles one message at a time, and none is large. */
const nodeFlags = ['--max-old-space-size=128', '--max-semi-space-size=1', '--no-warnings'];

/** Names the program to run instead of the one in the package; for tests, which run from source. */
const programVariable = 'CODEX_AGENTS_HOST';

/** The host's command line for a run. */
export function hostArgv(folder: string, env: NodeJS.ProcessEnv): string[] {
  return [process.execPath, ...nodeFlags, hostProgram(env), folder];
}

const hostProgram = (env: NodeJS.ProcessEnv): string => env[programVariable] || assetPath('dist/host.js');

/**
 * Runs the host, and another program in its place when the host ended badly, however it did, before the agent was
 * given any work and it had not been asked to stop. `exec` keeps the pid that was recorded.
 */
const fallbackText = `
d=$1 node=$2 host=$3; shift 3
trap : HUP INT TERM
"$node" ${nodeFlags.join(' ')} "$host" "$d"; rc=$?
if [ $rc = 0 ] || [ -e "$d/${hostFiles.began}" ] || [ -e "$d/stop.json" ]; then exit $rc; fi
trap - HUP INT TERM
printf '\\n{"dir":"host","type":"fallback","text":"The two-way mode could not be used: going on one-way."}\\n'
exec "$@" <"$d/stdin"
`;

/** A command line that runs the host and, where that fails before any work was given, `otherwise`. */
export function hostArgvOr(folder: string, env: NodeJS.ProcessEnv, otherwise: readonly string[]): string[] {
  return ['sh', '-c', fallbackText, 'sh', folder, process.execPath, hostProgram(env), ...otherwise];
}
