/** A run: one process of a runner for one agent on one task, with a run directory. */
import type { AgentName } from './agent.js';
import type { PendingApproval } from './approval.js';
import type { Confinement } from './box.js';
import type { Budget, Prices, Usage } from './cost.js';

export const runnerNames = ['codex', 'claude', 'opencode', 'gemini', 'acp', 'command', 'demo'] as const;
export type RunnerName = (typeof runnerNames)[number];

/** Formats of transcripts. A runner writes one of them, or one by how it drives its program. */
export const streamNames = [
  'codex-exec',
  'codex-app-server',
  'claude',
  'opencode',
  'gemini',
  'acp',
  'command',
  'demo',
] as const;
export type StreamName = (typeof streamNames)[number];

/** What a runner can do, driven the way it is driven here. */
export interface RunnerAbilities {
  /** Text arrives piece by piece. */
  deltas: boolean;
  /** A message can be put in while it works. */
  steer: boolean;
  /** It asks before it does something, and waits for the answer. */
  approvals: boolean;
  resume: boolean;
  /** It can be held to an answer of a given JSON shape. */
  schema: boolean;
  /** It tells how many tokens it used. */
  usage: boolean;
}

/** In words, for a line of a list; empty for a program that only prints. */
export const abilitiesOf = (can: RunnerAbilities): string =>
  Object.entries(can)
    .flatMap(([name, able]) => (able ? [name] : []))
    .join(', ');

export const agentErrorCodes = [
  'not_installed',
  'bad_usage',
  'auth',
  'rate_limit',
  'quota',
  'context',
  'model_not_found',
  'server',
  'network',
  'bad_output',
  'sandbox',
  'permission',
  'stalled',
  'killed',
  'protocol',
  'other',
] as const;
export type AgentErrorCode = (typeof agentErrorCodes)[number];

/**
 * Failures that may pass by themselves. A certificate that is not trusted and a proxy that wants a password will be the
 * same next time.
 */
export function mayPass({ code, cause }: Pick<AgentError, 'code' | 'cause'>): boolean {
  if (cause === 'certificate' || cause === 'proxy') return false;
  return code === 'rate_limit' || code === 'server' || code === 'network';
}

/**
 * Whether a run ended without its supervisor's word: that was killed, so how the agent ended is not known, or it was
 * never started. Nothing of the run is alive then. A run that was asked to end is none of these, nor one whose record
 * was changed.
 */
export const isUnwitnessed = ({
  status,
  phase,
  error,
}: Pick<RunView, 'status' | 'phase' | 'error'>): boolean =>
  status === 'lost' || (status === 'crashed' && phase === 'never-started' && error?.code === 'killed');

/**
 * How often at most the task of this run is started again by itself. A silent agent gets one more chance, since it
 * has cost its whole idle limit already. A program without a protocol gets none: nothing tells that it waits.
 */
export function retriesAfter(
  run: Pick<RunView, 'status' | 'phase' | 'error' | 'requested' | 'runner'>,
  most: number,
): number {
  const { status, error, requested, runner } = run;
  if (!error) return 0;
  if (isUnwitnessed(run)) return most;
  if (status === 'failed') return mayPass(error) ? most : 0;
  const silent = status === 'timeout' && (requested === 'idle' || requested === 'connect');
  return silent && runner !== 'command' ? Math.min(1, most) : 0;
}

/** Wait before retry number `n` (from 1): 5 s, doubling, at most 5 minutes. */
export function backOffMs(n: number): number {
  return Math.min(5_000 * 2 ** (n - 1), 300_000);
}

/** A server that wants more patience than this is left to a person. */
const longestRetryMs = 3_600_000;

/** What a server asked to wait, where the agent passes its words on: "Retry-After: 30", "try again in 1m30s". */
export function askedWaitMs(message: string): number | undefined {
  const asked =
    /(?:retry[- ]?after|(?:try|retry)(?:ing)? again (?:in|after)|retry(?:ing)? in)["':=\s]*((?:\d+(?:\.\d+)?\s*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d)?[\s,]*(?:and\s+)?)+)/i.exec(
      message,
    )?.[1];
  if (!asked) return undefined;
  let total = 0;
  for (const [, number, unit = 's'] of asked.matchAll(/(\d+(?:\.\d+)?)\s*(ms|mil|[smhd])?/gi)) {
    const size =
      { ms: 1, mil: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit.toLowerCase()] ?? 1000;
    total += Number(number) * size;
  }
  return total > 0 ? total : undefined;
}

/**
 * The wait before retry number `n` after this failure, in milliseconds: what the server asked for, or the back-off
 * when that is longer. A random part is added, so that agents that failed together do not come back together.
 * Undefined when the wait is longer than `longestRetryMs`.
 * @param random 0 to 1
 */
export function retryWaitMs(n: number, message: string, random: number): number | undefined {
  const wait = Math.max(backOffMs(n), askedWaitMs(message) ?? 0);
  return wait > longestRetryMs ? undefined : Math.round(wait * (1 + random / 4));
}

export interface AgentError {
  code: AgentErrorCode;
  message: string;
  http?: number;
  /** What more is known of it: a certificate that is not trusted, a proxy that wants a password, a server that is full. */
  cause?: 'certificate' | 'proxy' | 'timeout' | 'capacity';
}

/**
 * Why we ended a run. `retries`: it would have tried again for ever, and said nothing of it. `ended`: it had said that
 * it was done, and did not go.
 */
export const stopReasons = ['interrupt', 'timeout', 'idle', 'connect', 'budget', 'retries', 'ended'] as const;
export type StopReason = (typeof stopReasons)[number];

/** How a run ended. `lost`: no process alive and no exit code; never a success. */
export type RunStatus = 'completed' | 'failed' | 'interrupted' | 'timeout' | 'crashed' | 'lost';

/**
 * Where a run stands, read from its directory and the process table.
 * `not-launched`: not claimed yet, may be launched (again) under the same id.
 * `finishing`: the agent is gone, the supervisor has not written the exit code yet.
 * `leftovers`: processes of the run live on although its agent is gone.
 */
export type RunPhase =
  | 'not-launched'
  | 'starting'
  | 'running'
  | 'unsupervised'
  | 'finishing'
  | 'leftovers'
  | 'exited'
  | 'never-started'
  | 'interrupted'
  | 'lost'
  | 'unknown';

const phaseWords: Readonly<Record<RunPhase, string>> = {
  'not-launched': 'waits to be started',
  starting: 'starting',
  running: 'running',
  unsupervised: 'running, its supervisor is gone',
  finishing: 'finishing',
  leftovers: 'ended, some of its processes live on',
  exited: 'ended',
  'never-started': 'never started',
  interrupted: 'interrupted',
  lost: 'lost',
  unknown: 'not known',
};

/** In words, how a run ended, or where it stands. */
export const standingOf = ({ status, phase }: { status?: RunStatus; phase: RunPhase }): string =>
  status ?? phaseWords[phase];

/** Phases in which a process of the run may still write to the worktree. */
export function isLive(phase: RunPhase): boolean {
  return ['starting', 'running', 'unsupervised', 'finishing', 'leftovers', 'unknown'].includes(phase);
}

/** Written to `intent.json` before anything is started. */
export interface RunIntent {
  runId: string;
  task: string;
  /** Id of the task in the registry, since slugs may repeat over repositories. */
  taskId: string;
  repo: string;
  agent: AgentName;
  attempt: number;
  runner: RunnerName;
  /** Format of the transcript; runs of earlier versions have none, and wrote the first one of their runner. */
  stream?: StreamName;
  argv: string[];
  cwd: string;
  /** The branch's commit before the run. */
  base: string;
  /** Variables with a value of their own. Never secrets: this is written to disk. */
  env: Record<string, string>;
  /** Patterns of names passed through, besides those that every agent gets: values stay off this file. */
  envAllow: string[];
  /** Digest of the account that it works on; runs of earlier versions have none. */
  account?: string;
  /** Names of variables that were set where it was asked for, and that it did not get. */
  heldBack?: string[];
  /** Session to continue, when this run resumes one. */
  resumes?: string;
  /** What that session had used before, since some runners count it again. */
  usedBefore?: Usage;
  /** Model asked for; '' for the runner's own choice. */
  model?: string;
  /** Git directory of the repository: there, the agent's git commits under the run's mark. */
  commonDir?: string;
  /** The file that says so to its git; runs of earlier versions do not tell. */
  mark?: string;
  /** A sandbox keeps the agent out of git's files altogether. */
  confined?: boolean;
  /** What holds the agent in; runs of earlier versions do not tell. */
  confinement?: Confinement;
  limits: RunLimits;
  boot: string;
  pidNamespace: string;
  at: string;
}

export interface RunLimits {
  totalMs: number;
  idleMs: number;
  connectMs: number;
  killGraceMs: number;
  maxOutputBytes: number;
  /** Tokens, and money by these prices, that the run may use. */
  budget?: Budget;
  prices?: Prices;
}

/** What a run does at this moment. `kind` decides how it is shown: what an agent prints cannot make its words look like an action. */
export interface RunNow {
  kind: 'command' | 'edit' | 'tool' | 'thought' | 'text' | 'retry' | 'message';
  text: string;
  /** How the action ended; absent while it goes on. */
  outcome?: 'ok' | 'failed';
}

/** What is known of a run: `session show`, lists and the dashboard read this. */
export interface RunView {
  runId: string;
  task: string;
  taskId: string;
  repo: string;
  agent: AgentName;
  runner: RunnerName;
  attempt: number;
  phase: RunPhase;
  startedAt: string;
  /** Set when the run is over. */
  status?: RunStatus;
  exitCode?: number;
  error?: AgentError;
  sessionId?: string;
  finalText?: string;
  usage?: Usage;
  /** Why we ended it, when we did. */
  requested?: StopReason;
  /** When the limit ends that it ran into, where that was told. */
  resetsAt?: string;
  /** Digest of the account that it works on. */
  account?: string;
  /** Names of variables that were set where it was asked for, and that it did not get. */
  heldBack?: string[];
  /** What holds the agent in; runs of earlier versions do not tell. */
  confinement?: Confinement;
  /** What this run alone used; of a live one, so far. */
  spent?: Usage;
  model?: string;
  /** Files it says it edited that lie outside of its worktree, the first few. */
  strayEdits?: string[];
  endedAt?: string;
  /** It takes messages and interrupts while it works, and may ask. */
  twoWay?: true;
  /** What it waits for an answer to. */
  approvals?: PendingApproval[];
  /** Last line of the transcript, sanitised where it is shown. */
  lastLine?: string;
  /** What a live run does at this moment. */
  now?: RunNow;
  /** Size of a live run's transcript in bytes, and when it last grew, ISO 8601. */
  written?: number;
  wroteAt?: string;
  /** How long a live run may write nothing before it is stopped, in milliseconds. */
  idleMs?: number;
}

/** Name of a run's directory: the same task and attempt always give the same id, so none starts twice. */
export function runIdOf(slug: string, taskId: string, agent: AgentName, attempt: number): string {
  const role = agent === 'developer' ? '' : `${agent}-`;
  return `${slug}-${taskId}-${role}${attempt}`;
}
